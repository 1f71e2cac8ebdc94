"""A sweep as a page: what was varied, what it does, which places are robust, what failed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.activities import KINDS
from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerColumn, AnswerTable
from commission_opt.report.drawing import Chart, Picture
from commission_opt.report.page import Page
from commission_opt.report.section import Exhibit, Section, known, tabled
from commission_opt.report.sections.provenance import came_from, pairs, sources
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.fields import MODEL
from commission_opt.sweep.store import reading
from commission_opt.sweep.summary import courses
from commission_opt.sweep.summary.results import HOW, Results, read_results
from commission_opt.sweep.summary.summarise import PARTS, SummaryPart, overview
from commission_opt.views import lines, words
from commission_opt.views.charts import written
from commission_opt.views.names import names_of

_MOST = 2000  # rows of a table
_LONG = 1000  # characters of a value that is shown
_LEADS = {
    "tornado": "What the {} changes by when one thing alone is changed, in {}; what moves it most "
    "comes first.",
    "storylines": "What each storyline adds to the {}, against the plan as given, in {}.",
    "heat_map": "The {} over two axes at a time, the others held, in {}.",
    "lines": "The {} from the least to the greatest value of each axis, the others held, in {}.",
}
_HEADINGS = {
    "first": "alone (first order)", "first_conf": "± of it", "total": "together with others",
    "total_conf": "± of it all", "mu_star": "mean size of the effect", "mu_star_conf": "± of it",
    "mu": "mean effect", "sigma": "spread", "x": "first axis", "x_value": "its value",
    "y": "second axis", "y_value": "its own value", "less": "share with fewer places",
    "more": "share with more places", "same": "share with as many", "none": "share with none",
}  # fmt: skip
_SHARES = {"less", "more", "same", "none", "share"}
_MADE = {
    "instance": "instance", "model": "commissioning model", "command": "command",
    "design": "design", "size": "scenarios", "samples": "samples", "seed": "seed of the design",
    "relaxed": "in fractions of places", "gap": "gap asked for",
    "time limit": "time limit, seconds", "method": "search for whole places",
    "chunk": "scenarios in a chunk", "threads": "threads",
    "solver seed": "seed of the solver", "machine": "machine",
}  # fmt: skip
_PRINTS = {"scenarios": "the scenarios", "source code": "the program"}
_UNSAID = {"courses", "measures", "axes", "storylines", "first_year", "format", "name", "title"}


def sweep_page(folder: Path, measure: str = "objective") -> Page:
    """Return the page of a sweep, also while it runs: what is not done yet is not counted.

    Parameters
    ----------
    measure : str
        What tables and charts are about.

    Raises
    ------
    UsageError
        If there is no sweep, or no scenario has the measure.
    """
    with reading(folder) as store:
        about, results = store.about(), read_results(folder, store, measure)
    parts = [_part(part, results) for part in PARTS]
    sections = (
        _overview(about, results),
        *(section for section in parts if section is not None),
        _provenance(about, results),
    )
    shown, names = courses.table(results), names_of(results.instance)
    choices = {
        "profession": tuple(names.professions.values()),
        "region": tuple(names.regions[code] for code in results.instance.regions["region"]),
    }
    return Page(
        title=words.clean(results.title),
        kind="Sweep of scenarios",
        subtitle=f"Commissioning model “{about.get('model', '')}”; tables and charts show the "
        f"{results.measure.label}, in {results.measure.unit}",
        sections=sections,
        choices=None if shown is None else choices,
    )


def _overview(about: Mapping[str, str], results: Results) -> Section:
    said = [f"{text[0].upper()}{text[1:]}." for text in overview(results)]
    if about.get("relaxed") == "true":
        bought = lines.what(results.instance)
        said.append(
            f"Every scenario is solved in fractions of {bought}: a bound, not a plan to give."
        )
    elif "gap" in about:
        gap = words.ceil_percent(float(about["gap"]), 2)
        said.append(f"“Optimal” means a plan that is proved to be within {gap} of the best.")
    how = {"lhs": "a Latin hypercube"}.get(results.design, results.design.replace("-", " "))
    axes, exhibits = results.axes, []
    if axes:
        columns = (
            ("axis", "axis", [axis.name for axis in axes]),
            ("what", "what is changed", [_changed(axis) for axis in axes]),
            ("least", "least", [f"{min(axis.values):g}" for axis in axes], str),
            ("most", "most", [f"{max(axis.values):g}" for axis in axes], str),
            ("values", "values given", [len(axis.values) for axis in axes], words.count),
        )
        exhibits.append(Exhibit(tabled("axes", "What was varied", columns, note=f"Design: {how}.")))
    if results.storylines:
        told = pairs("stories", "What the storylines are", results.storylines.items())
        exhibits.append(Exhibit(told))
    return Section("decision", "What it shows", exhibits=tuple(exhibits), points=tuple(said))


def _changed(axis: Axis) -> str:
    """Say which figures an axis changes, and how."""
    where = [f"{key} {words.joined(codes, 'or')}" for key, codes in axis.filters]
    field = axis.field.removeprefix(MODEL).removeprefix("rules.").replace(".", ": ")
    field = field.replace("_", " ")
    only = f" of {' and '.join(where)}" if where else ""
    return f"{field}{only}, {HOW[axis.operator]}"


def _part(part: SummaryPart, results: Results) -> Section | None:
    said, table = part.say(results), part.table(results)
    if table is None and not said:
        return None
    points = tuple(map(_sentence, said))
    lead = _LEADS.get(part.name, "").format(results.measure.label, results.measure.unit)
    exhibits: tuple[Exhibit, ...] = ()
    if table is not None:
        charts = _charts(part, results, points)
        exhibits = (Exhibit(_table(part, table, results), charts, told=True),)
    key = part.name.replace("_", "-")
    return Section(key, part.title, (lead,) if lead else (), exhibits, points)


def _sentence(text: str) -> str:
    text = text.replace("heat_map_", "map ")
    return (
        text[:1].upper() + text[1:] if text.split(maxsplit=1)[0].rstrip(":;,").isalpha() else text
    )


def _charts(part: SummaryPart, results: Results, points: Sequence[str]) -> tuple[Chart, ...]:
    if part.draw is None:
        return ()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        part.draw(results, folder)
        files = sorted(folder.glob("*.svg"))
        return tuple(
            Chart(
                file.stem.replace("_", "-"),
                part.title if len(files) == 1 else f"{part.title}, map {number}",
                "; ".join(points) if len(files) == 1 else points[number - 1],
                _drawn(file),
                narrows=False,
            )
            for number, file in enumerate(files, start=1)
        )


def _drawn(file: Path) -> Picture:
    """Return a chart of the summary as it was drawn into a folder."""
    content = {form: file.with_suffix(f".{form}").read_bytes() for form in ("svg", "png")}
    return lambda form: (content[form], {})


def _table(part: SummaryPart, frame: pd.DataFrame, results: Results) -> AnswerTable:
    """Return a table of the summary with names instead of codes."""
    if "profession" in frame:  # of courses or measures
        called = names_of(results.instance)
        named: dict[str, Callable[[str], str]] = {
            "measure": called.measures.__getitem__,
            "kind": lambda kind: KINDS[kind].title,
            "profession": called.professions.__getitem__,
            "region": called.regions.__getitem__,
        }
        shown = {column: frame[column].map(say) for column, say in named.items() if column in frame}
        frame = frame.drop(columns="title").assign(**shown)
    frame = frame.drop(columns="example_reason", errors="ignore")
    units = "measure" in frame  # of measures it is units that there are more or fewer of
    headings = {k: v.replace("places", "units") if units else v for k, v in _HEADINGS.items()}
    headings[results.measure.name] = results.measure.words
    columns = tuple(
        AnswerColumn(column, headings.get(column, column.replace("_", " ")), _show(frame[column]))
        for column in map(str, frame.columns)
    )
    return AnswerTable(part.name, part.title, frame, columns, _MOST)


def _show(column: pd.Series) -> Callable[[Any], str]:
    if not pd.api.types.is_numeric_dtype(column):
        return figures.text
    return words.percent if column.name in _SHARES else known(written)


def _provenance(about: Mapping[str, str], results: Results) -> Section:
    files = [key for key in about if key.endswith((".csv", ".toml", ".json"))]
    rest = sorted(about.keys() - _MADE.keys() - _UNSAID - set(files) - _PRINTS.keys())
    made = [
        (label, value if len(value) <= _LONG else f"{value[:_LONG]}…")
        for key, label in (_MADE | {key: f"version of {key}" for key in rest}).items()
        if (value := about.get(key, "")) not in ("", "null")
    ]
    prints = [(name, about[name]) for name in sorted(files)]
    prints += [(label, about[key]) for key, label in _PRINTS.items() if key in about]
    return came_from(
        results.instance.description,
        ("made", "How the sweep was made", made),
        ("sources", "Sources that the instance names", sources(results.instance.files)),
        ("hashes", "SHA-256 of every file", prints),
    )
