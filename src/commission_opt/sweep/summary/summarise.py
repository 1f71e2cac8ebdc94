"""A sweep's results in a folder: tables, charts and a text that says what they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd

from commission_opt.files.folder import check_target, whole_folder
from commission_opt.sweep.store import reading
from commission_opt.sweep.summary import (
    courses,
    failures,
    heat_map,
    lines,
    sensitivity,
    storylines,
    tornado,
)
from commission_opt.sweep.summary.results import Results, read_results
from commission_opt.text.counts import plural
from commission_opt.views.charts import ADVICE, available


@dataclass(frozen=True)
class SummaryPart:
    """A part of a summary: its name in files, its title, table, sentences and charts, if any."""

    name: str
    title: str
    table: Callable[[Results], pd.DataFrame | None]
    say: Callable[[Results], list[str]]
    draw: Callable[[Results, Path], None] | None = None


PARTS = (
    SummaryPart("tornado", "One thing at a time", tornado.table, tornado.say, tornado.draw),
    SummaryPart("storylines", "Storylines", storylines.table, storylines.say, storylines.draw),
    SummaryPart("heat_map", "Two axes", heat_map.table, heat_map.say, heat_map.draw),
    SummaryPart("lines", "Along each axis", lines.table, lines.say, lines.draw),
    SummaryPart("sensitivity", "Sensitivity", sensitivity.table, sensitivity.say, sensitivity.draw),
    SummaryPart("courses", "Robust and fragile places", courses.table, courses.say, courses.draw),
    SummaryPart("measures", "Robust and fragile units", courses.units, courses.say_units),
    SummaryPart("failures", "Scenarios without a plan", failures.table, failures.say),
)


def summarise(
    folder: Path,
    out: Path | None = None,
    measure: str = "objective",
    *,
    force: bool = False,
    files: bool = True,
) -> tuple[str, list[str]]:
    """Summarise a sweep, also while it runs: what is not done yet is not counted.

    Parameters
    ----------
    folder : Path
        Of the sweep.
    out : Path, optional
        Folder to make, whole or not at all; ``summary`` in the sweep's own if not given.
    measure : str
        What tables and charts are about.
    force : bool
        Whether an existing folder may be replaced.
    files : bool
        Whether to write any; without them nothing needs to be writable.

    Returns
    -------
    text : str
        What it says, in Markdown; which parts there are depends on the design.
    written : list of str
        Names of the files that were written. Charts are left out without matplotlib.

    Raises
    ------
    UsageError
        If there is no sweep, if no scenario has the measure, or if the folder may not be replaced.
    """
    out = out or folder / "summary"
    with reading(folder) as store:
        if files:
            check_target(out, force=force, inputs=(folder,))
        results = read_results(folder, store, measure)
    text = report(results)
    if not files:
        return text, []
    with whole_folder(out, force=force) as new:
        for part in PARTS:
            table = part.table(results)
            if table is None:
                continue
            table.to_csv(new / f"{part.name}.csv", index=False, lineterminator="\n")
            if available() and part.draw:
                part.draw(results, new)
        (new / "summary.md").write_text(text, encoding="utf-8", newline="\n")
        return text, sorted(path.name for path in new.iterdir())


def report(results: Results) -> str:
    """Say in Markdown what a sweep shows."""
    blocks = [f"# {results.title}", _listed(overview(results))]
    for part in PARTS:
        said = part.say(results)
        if said:
            blocks.append(f"## {part.title}\n\n{_listed(said)}")
    if not available():
        blocks.append(ADVICE)
    return "\n\n".join(blocks) + "\n"


def _listed(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def overview(results: Results) -> list[str]:
    """Say how many scenarios are done, and where the measure lies."""
    measure, base = results.measure, results.base
    counts = Counter(results.scenarios["status"])
    statuses = ", ".join(f"{n:,} {status.replace('_', ' ')}" for status, n in counts.most_common())
    done = f"{len(results.scenarios):,} of {plural(results.size, 'scenario')} done"
    lines = [f"{done}" + (f": {statuses}" if statuses else "")]
    lines += results.changes
    if isnan(base):
        lines.append("there is no plan as given, so nothing is compared with it")
    else:
        lines.append(f"{measure.label} as given: {measure.with_unit(base)}")
    values = results.scenarios["value"].dropna()
    if len(values) > 1:
        low, middle, high = (measure.shown(v) for v in np.percentile(values, [0, 50, 100]))
        lines.append(f"over all scenarios: least {low}, middle {middle}, most {high}")
    return lines
