"""A sweep's results in a folder: tables, charts and a text that says what they show."""

from __future__ import annotations

from collections import Counter
from math import isnan
from pathlib import Path
from types import ModuleType

import numpy as np

from commission_opt.files.folder import check_target, whole_folder
from commission_opt.sweep.store import reading
from commission_opt.sweep.summary import (
    courses,
    failures,
    heat_map,
    lines,
    measures,
    sensitivity,
    storylines,
    tornado,
)
from commission_opt.sweep.summary.results import Results, read_results
from commission_opt.text.counts import plural
from commission_opt.views.charts import ADVICE, available

PARTS: dict[str, ModuleType] = {
    "One thing at a time": tornado,
    "Storylines": storylines,
    "Two axes": heat_map,
    "Along each axis": lines,
    "Sensitivity": sensitivity,
    "Robust and fragile places": courses,
    "Robust and fragile units": measures,
    "Scenarios without a plan": failures,
}


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
        for part in PARTS.values():
            table = part.table(results)
            if table is None:
                continue
            table.to_csv(new / f"{part.NAME}.csv", index=False, lineterminator="\n")
            if available() and hasattr(part, "draw"):
                part.draw(results, new)
        (new / "summary.md").write_text(text, encoding="utf-8", newline="\n")
        return text, sorted(path.name for path in new.iterdir())


def report(results: Results) -> str:
    """Say in Markdown what a sweep shows."""
    blocks = [f"# {results.title}", _listed(overview(results))]
    for title, part in PARTS.items():
        said = part.say(results)
        if said:
            blocks.append(f"## {title}\n\n{_listed(said)}")
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
