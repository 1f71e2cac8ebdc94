"""A sweep as a page: what was varied, what it does, which places are robust, what failed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.explain.answer import Column, Table
from commission_opt.report import words
from commission_opt.report.drawing import styled
from commission_opt.report.page import Page
from commission_opt.report.section import Block, Section
from commission_opt.report.sections.provenance import described, pairs, sources
from commission_opt.report.svg import finished
from commission_opt.sweep.store import exists, reading
from commission_opt.sweep.summary import courses
from commission_opt.sweep.summary.results import Results, read_results
from commission_opt.sweep.summary.summarise import PARTS, overview

_MOST = 2000  # rows of a table
_LONG = 1000  # characters of a value that is shown


@dataclass(frozen=True)
class DrawnChart:
    """A chart of a sweep's summary.

    Parameters
    ----------
    name, title, summary : str
    text : str
        The SVG file.
    picture : bytes
        The PNG file.
    """

    name: str
    title: str
    summary: str
    text: str
    picture: bytes

    def svg(self) -> str:
        """Return the chart as an SVG element."""
        return finished(self.text, self.name, self.title, self.summary, {})

    def png(self) -> bytes:
        """Return the chart as a PNG file."""
        return self.picture


def is_sweep(folder: Path | str) -> bool:
    """Say whether a folder holds a sweep."""
    return exists(Path(folder))


def sweep_page(folder: Path, measure: str = "objective") -> Page:
    """Return the page of a sweep, also while it runs: what is not done yet is not counted.

    Parameters
    ----------
    folder : Path
    measure : str
        What tables and charts are about.

    Raises
    ------
    UsageError
        If there is no sweep, or no scenario has the measure.
    """
    with reading(folder) as store:
        about, results = store.about(), read_results(folder, store, measure)
    parts = [_part(title, part, results) for title, part in PARTS.items()]
    sections = (
        _varied(results),
        *(section for section in parts if section is not None),
        _provenance(about, results),
    )
    shown = courses.table(results)
    return Page(
        title=words.clean(results.title),
        kind="Sweep of scenarios",
        subtitle=f"Tables and charts are about the {words.clean(results.measure.words)}",
        sections=sections,
        choices=None if shown is None else _choices(results),
    )


def _varied(results: Results) -> Section:
    how = {"lhs": "a Latin hypercube"}.get(results.design, results.design.replace("-", " "))
    said = [f"{text[0].upper()}{text[1:]}." for text in overview(results)]
    rows = [
        (axis.name, axis.target, f"{min(axis.values):g}", f"{max(axis.values):g}", len(axis.values))
        for axis in results.axes
    ]
    names = ("axis", "what", "least", "most", "values")
    headings = ("axis", "what is changed", "least", "most", "values given")
    shows = (None, None, None, None, words.count)
    columns = tuple(
        Column(n, h) if show is None else Column(n, h, show)
        for n, h, show in zip(names, headings, shows, strict=True)
    )
    note = f"Design: {how}."
    blocks = []
    if rows:
        frame = pd.DataFrame(rows, columns=names)
        blocks.append(Block(Table("axes", "What was varied", frame, columns, note=note)))
    if results.storylines:
        blocks.append(Block(pairs("stories", "Storylines", results.storylines.items())))
    return Section("decision", "What was varied", blocks=tuple(blocks), points=tuple(said))


def _part(title: str, part: ModuleType, results: Results) -> Section | None:
    said, table = part.say(results), part.table(results)
    if table is None and not said:
        return None
    blocks: list[Block] = []
    if table is not None:
        charts = _charts(title, part, results)
        shown = _table(title, part.NAME, table, results)
        blocks.append(Block(shown, charts))
    return Section(
        part.NAME.replace("_", "-"), title, points=tuple(map(_sentence, said)), blocks=tuple(blocks)
    )


def _sentence(text: str) -> str:
    text = text.replace("heat_map_", "map ")
    return text[:1].upper() + text[1:]


def _charts(title: str, part: ModuleType, results: Results) -> tuple[DrawnChart, ...]:
    if not hasattr(part, "draw"):
        return ()
    with tempfile.TemporaryDirectory() as name, styled():
        folder = Path(name)
        part.draw(results, folder)
        files = sorted(folder.glob("*.svg"))
        return tuple(
            DrawnChart(
                file.stem.replace("_", "-"),
                title if len(files) == 1 else f"{title}, map {number}",
                "The list above says what is to be seen, and the table below has the figures.",
                file.read_text("utf-8"),
                file.with_suffix(".png").read_bytes(),
            )
            for number, file in enumerate(files, start=1)
        )


def _table(title: str, name: str, frame: pd.DataFrame, results: Results) -> Table:
    """Return a table of the summary; names instead of codes, and no more rows than can be read."""
    note = ""
    if name == courses.NAME:
        known = _names(results)
        frame = frame.drop(columns="title").assign(
            profession=frame["profession"].map(known["profession"]),
            region=frame["region"].map(known["region"]),
        )
    if len(frame) > _MOST:
        note = (
            f"The first {_MOST:,} of {len(frame):,} rows; commission-opt sweep summary writes them "
            f"all to {name}.csv."
        )
    columns = tuple(
        Column(str(column), str(column).replace("_", " "), _figure)
        if pd.api.types.is_numeric_dtype(frame[column])
        else Column(str(column), str(column).replace("_", " "))
        for column in frame.columns
    )
    return Table(name, f"{title}: all figures", frame.head(_MOST), columns, note=note)


def _figure(value: Any) -> str:
    if not np.isfinite(value):
        return words.NOTHING
    return words.count(value) if abs(value) >= 1000 else f"{value:,.4g}".replace("-", "−")


def _names(results: Results) -> dict[str, dict[str, str]]:
    found = {}
    for kind, table in (
        ("profession", results.instance.professions), ("region", results.instance.regions),
    ):  # fmt: skip
        codes = table[kind].tolist()
        found[kind] = dict(zip(codes, words.names(codes, table["title"].tolist()), strict=True))
    return found


def _choices(results: Results) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(known.values()) for kind, known in _names(results).items()}


def _provenance(about: Mapping[str, str], results: Results) -> Section:
    files = [key for key in about if key.endswith((".csv", ".toml", ".json"))]
    hidden = {"courses", "axes", "storylines", *files}
    made = [
        (key, value if len(value) <= _LONG else f"{value[:_LONG]}…")
        for key, value in sorted(about.items())
        if key not in hidden and json.dumps(value) not in ('""', '"null"')
    ]
    prints = [(name, about[name]) for name in sorted(files)]
    return Section(
        "provenance",
        "Where it comes from",
        described(results.instance.description),
        (
            Block(pairs("made", "How the sweep was made", made)),
            Block(
                pairs("sources", "Sources that the instance names", sources(results.instance.files))
            ),
            Block(pairs("hashes", "SHA-256 of every file", prints), folded=True),
        ),
    )
