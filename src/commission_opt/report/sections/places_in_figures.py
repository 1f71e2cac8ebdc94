"""Places of every profession in every region in figures, where a chart has no room for them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from commission_opt.explain.answer import AnswerTable
from commission_opt.report.charts.heat_map import MOST_WRITTEN
from commission_opt.report.facts import Facts, relative
from commission_opt.report.section import Exhibit, Section, tabled, totals
from commission_opt.views import words

_ACROSS = 8  # regions beside each other, as many as can be read on paper
_LONG = 45  # professions from which tables open on demand only


def places_in_figures(facts: Facts) -> Section | None:
    """Return the section; None where the chart of places has its figures written in it."""
    count = len(facts.regions)
    if count <= MOST_WRITTEN:
        return None
    shown = np.flatnonzero(facts.taught.any(axis=1))
    tables = -(-count // _ACROSS)
    starts = [round(k * count / tables) for k in range(tables + 1)]
    exhibits = tuple(
        _exhibit(facts, shown, list(range(a, b)), k + 1, tables)
        for k, (a, b) in enumerate(pairwise(starts))
    )
    said = (
        f"Places in {words.year(facts.commissioned_years[0])}, and in brackets the change on last "
        "year. A dash stands where there is no course.",
    )
    return Section("places-in-figures", "Places by profession and region", said, exhibits)


def _exhibit(facts: Facts, shown: np.ndarray, regions: list[int], number: int, of: int) -> Exhibit:
    now, last = facts.places[:, :, 0], facts.last_year
    columns = (
        ("profession", "profession", [facts.professions[p] for p in shown]),
        *(
            (f"region {q}", facts.regions[q], [_cell(facts, p, q) for p in shown], _figure)
            for q in regions
        ),
    )
    title = f"Places in figures, {number} of {of}: {facts.regions[regions[0]]} to "
    title += facts.regions[regions[-1]]
    table: AnswerTable = tabled(f"figures-{number}", title, columns)
    sums = {f"region {q}": _written(now[:, q].sum(), last[:, q].sum()) for q in regions}
    return Exhibit(table, total=totals(table, profession="all", **sums), folded=len(shown) > _LONG)


def _cell(facts: Facts, p: int, q: int) -> str:
    if not facts.taught[p, q]:
        return words.NOTHING
    return _written(facts.places[p, q, 0], facts.last_year[p, q])


def _written(now: float, last: float) -> str:
    change = float(relative(np.array([now]), np.array([last]))[0])
    return f"{words.count(now)} ({words.whole_percent(change)})"


def _figure(text: str) -> str:
    """Show what is written already, aligned as figures are."""
    return text
