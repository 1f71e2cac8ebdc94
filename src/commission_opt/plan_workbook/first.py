"""The first sheet of a plan's workbook: the decision, its figures, why, and what to know first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from commission_opt.formulation.goals import weighs
from commission_opt.plan.judged import judged_plan
from commission_opt.plan.read import StoredPlan
from commission_opt.plan_workbook.facts import one_of_many
from commission_opt.views import decision as view
from commission_opt.views import words
from commission_opt.views.caveats import caveats
from commission_opt.views.decision import Proposal, three_lines
from commission_opt.views.shortfall import caveat
from commission_opt.views.verdict import recorded
from commission_opt.views.weighing import titled, told
from commission_opt.workbook.formats import ACCENT, Formats, for_paper
from commission_opt.workbook.frame_sheet import write_frame, write_texts

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FIRST = "decision"
_NAMED, _OTHER = 30, 13  # characters of columns
_GAP = 1  # rows between parts
_POUNDS, _SIGNED = "#,##0.0,,", "+#,##0.0,,;-#,##0.0,,;0"  # millions of what is in the cell
UPRIGHT = 0  # so that it is printed upright, however many columns


def write_decision(
    sheet: Worksheet, plan: StoredPlan, at: Proposal, why: Sequence[str], formats: Formats
) -> None:
    """Write the sheet; ``why`` has a sentence for each of the largest cuts and rises."""
    rows, codes = _lines(plan, at)
    across = len(rows.columns)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _NAMED)
    sheet.set_column(1, across - 1, _OTHER)
    for_paper(sheet, UPRIGHT, headings=False, on_one=True)
    sheet.set_row(0, 28)
    title = words.clean(plan.instance.title)
    sheet.write_string(0, 0, title, formats.of(bold=True, font_size=18))
    width = _NAMED + (across - 1) * _OTHER

    def part(row: int, head: str, said: Sequence[str]) -> int:
        sheet.write_string(row, 0, head, formats.of(bold=True, font_size=13, font_color=ACCENT))
        return write_texts(sheet, formats, row + 1, said, across, width) + _GAP

    row = part(1, "What is decided", _decided(plan, at))
    sheet.write_string(
        row, 0, titled(plan.problem, "What each choice leaves short, and what it costs"),
        formats.of(bold=True, font_size=13, font_color=ACCENT),
    )  # fmt: skip
    area = write_frame(sheet, rows, formats, row + 1, codes)
    note = told(plan.problem, caveat(at.futures))
    row = write_texts(sheet, formats, area.below, [note], across, width) + _GAP
    if why:
        row = part(row, "Why: the largest cuts and rises", why)
    known = (*caveats(at), one_of_many(plan))
    row = part(row, "What to know first", known)
    row = part(row, "In plain words", view.plain_units(at))
    sheet.print_area(0, 0, row - 1, across - 1)


def _decided(plan: StoredPlan, at: Proposal) -> tuple[str, ...]:
    money = " ".join(filter(None, [view.money_words(at), view.extra_words(at)]))
    good = judged_plan(plan, at.futures, recorded(plan.record))
    return (
        view.places_words(at),
        *([view.units_words(at)] if at.futures.units else []),
        view.professions_words(at),
        view.shortfall_words(at),
        told(plan.problem, money),
        *good[: len(good) if weighs(plan.problem) else 2],
    )


def _lines(plan: StoredPlan, at: Proposal) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return nothing new, last year repeated and the plan, and number formats by heading."""
    years = plan.instance.years
    first, end = (words.year(years[k]) for k in (0, -1))
    headings = {
        "line": "choice", "places": f"places in {first}", "units": f"units in {first}",
        "short_first": f"FTE short in {first}", "short_last": f"FTE short in {end}",
        "fte_years": f"FTE-years short to {end}", "pounds_first": f"£m in {first}",
        "extra_first": f"£m against last year repeated, {first}", "pounds": f"£m to {end}",
        "extra": f"£m against last year repeated, to {end}", "pay": f"pay to {end}, £m",
    }  # fmt: skip
    left_out = {
        *(() if at.futures.units else ("units",)),
        *(() if at.pays else ("pay",)),
        *(() if at.costs else ("pounds_first", "extra_first", "pounds", "extra")),
    }
    rows = three_lines(at)[[name for name in headings if name not in left_out]]
    looks = {"pounds_first": _POUNDS, "pounds": _POUNDS, "pay": _POUNDS}
    looks |= {"extra_first": _SIGNED, "extra": _SIGNED}
    codes = {headings[name]: look for name, look in looks.items()}
    return rows.rename(columns=headings), codes
