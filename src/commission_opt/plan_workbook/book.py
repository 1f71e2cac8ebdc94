"""A plan as a workbook: what it says, its charts, its tables and its certificate. No formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from commission_opt.errors import UsageError
from commission_opt.files.spreadsheet.cells import LAST_COLUMN, LAST_ROW
from commission_opt.formulation.goals import weighs
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.plan.read import StoredPlan
from commission_opt.plan_workbook import charts as plan_charts
from commission_opt.plan_workbook import tables as plan_views
from commission_opt.plan_workbook.facts import facts
from commission_opt.plan_workbook.first import FIRST, UPRIGHT, write_decision
from commission_opt.views import deployment, floors, lines, posts, words
from commission_opt.views.decision import Proposal
from commission_opt.views.later import LATER_TITLE
from commission_opt.views.names import names_of
from commission_opt.views.prospects import HEADINGS, note
from commission_opt.views.shortfall import Baselines
from commission_opt.views.weighing import titled, told
from commission_opt.workbook.formats import Formats, for_paper
from commission_opt.workbook.frame_sheet import Area, text_height, write_frame
from commission_opt.workbook.instance_book import new_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

_FTE, _POUNDS, _SIGNED = "#,##0.0", "#,##0", "+#,##0;-#,##0;0"
_SOME = "#,##0.##"
_OF_STAFF = (
    "demand", "supply", "shortfall", "surplus", "supply_base", "demand_after", "posts",
    "unemployed", "required", "service", "fte", "covers", "below", "entrants", "fed", "carried",
    "eligible", "drawn",
)  # fmt: skip
_CODES = {"year": "0", **dict.fromkeys(_OF_STAFF, _FTE)}
_GAP = 2  # rows between tables
_BESIDE = 8  # column of the charts beside tables
_PIXELS = 20  # of a row
_ACROSS = 200  # characters, about: a table with charts beside it
_BESIDE_EACH_OTHER = 14  # regions on a page
CERTIFICATE = "certificate"
_LABELS, _VALUES = 48, 72  # characters of its columns
_FEW = 6  # columns that fit on paper upright
_PRINTED = 40  # rows of a table that is for looking up: a page, where all would be a hundred


def plan_workbook(plan: StoredPlan, why: Sequence[str] = ()) -> bytes:
    """Return the workbook of a plan.

    Parameters
    ----------
    why : sequence of str
        A sentence for each of the largest cuts and rises, for the first sheet.

    Raises
    ------
    UsageError
        If its tables are too large for a sheet.
    """
    target = io.BytesIO()
    book = new_book(target)
    formats = Formats(book)
    at = Proposal(Baselines(plan.problem, plan.outcome))
    write_decision(book.add_worksheet(FIRST), plan, at, why, formats)
    for name, write in _SHEETS.items():
        if _speaks_of(plan.problem, name):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(2 * (name == "money"), 1)
            for_paper(sheet, _ACROSS, headings=False, on_one=True)
            if name == "places" and (pages := len(plan.instance.regions) // _BESIDE_EACH_OTHER):
                sheet.fit_to_pages(1 + pages, 0)
                sheet.repeat_columns(0)
            write(_Page(book, sheet, formats), plan)
    for name, table in plan.frames().items():
        _write_table(book, f"{name} table", table, formats)
    _write_facts(book.add_worksheet(CERTIFICATE), plan, formats)
    book.close()
    return target.getvalue()


@dataclass(frozen=True)
class _Page:
    """A sheet of tables, each under a title, with charts beside them."""

    book: Workbook
    sheet: Worksheet
    formats: Formats

    def titled(
        self, row: int, title: str, frame: pd.DataFrame, codes: dict[str, str] | str
    ) -> Area:
        """Write a table; one number format is for all of its columns."""
        head = self.formats.of(bold=True, font_size=13, font_color="#1F4E79")
        self.sheet.write_string(row, 0, title, head)
        sums = (plan_views.ALL, plan_views.ALL_MEASURES)
        total = len(frame) > 0 and str(frame.iloc[-1, 0]) in sums
        if isinstance(codes, str):
            codes = dict.fromkeys(map(str, frame.columns), codes)
        return write_frame(self.sheet, frame, self.formats, row + 1, codes, total=total)

    def insert(self, row: int, column: int, chart: Chart, alt: str) -> None:
        """Put a chart at a cell, with words for those who cannot see it."""
        self.sheet.insert_chart(row, column, chart, {"description": alt})


def _write_facts(sheet: Worksheet, plan: StoredPlan, formats: Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _LABELS)
    sheet.set_column(1, 1, _VALUES)
    for_paper(sheet, UPRIGHT, headings=False, on_one=True)
    sheet.set_row(0, 28)
    title = words.clean(plan.instance.title)
    sheet.write_string(0, 0, title, formats.of(bold=True, font_size=18))
    row = 1
    for label, value in facts(plan):
        if not label:
            row += 1
            head = formats.of(bold=True, font_size=13, font_color="#1F4E79")
            sheet.write_string(row, 0, str(value), head)
        else:
            tall = max(text_height(label, _LABELS), text_height(str(value), _VALUES))
            sheet.set_row(row, tall)
            sheet.write_string(row, 0, words.clean(label), formats.of(text_wrap=True))
            if isinstance(value, int | float):
                code = "0.0000%" if label.startswith(("gap", "part")) else "#,##0.######"
                code = "#,##0" if label.startswith(("places", "units", "change")) else code
                look = formats.of(num_format=code, align="left")
                sheet.write_number(row, 1, value, look)
            else:
                sheet.write_string(row, 1, words.clean(str(value)), formats.of(text_wrap=True))
        row += 1


def _write_places(page: _Page, plan: StoredPlan) -> None:
    now, change = plan_views.places(plan.instance, plan.outcome)
    year = words.year(plan.instance.first_year)
    area = page.titled(0, f"Places in {year}", now, {"change": _SIGNED})
    row = area.below + _GAP
    heat = page.titled(row, "Change on last year", change, _SIGNED)
    if heat.rows > 1:
        bottom, right = heat.row + heat.rows - 1, len(heat.columns) - 2
        page.sheet.conditional_format(heat.row + 1, 1, bottom, right, _HEAT)
    page_end = heat.below + _GAP
    if plan.places.shape[1] > 1:
        by_year = plan_views.places_by_year(plan.instance, plan.decided_now[: len(plan.places)])
        page_end = page.titled(page_end, "Places by year", by_year, {}).below + _GAP
    columns = list(area.columns)
    body = Area(area.sheet, area.row, area.rows - 1, area.columns)  # without the sums
    if body.rows:
        title, before, after = f"Places in {year} and last year", columns[-2], columns[-3]
        chart = plan_charts.bars(page.book, body, title, "places", before, after, year)
        many = len(plan.instance.regions) > _BESIDE_EACH_OTHER
        corner = (page_end, 1) if many else (1, len(columns) + 1)
        page.insert(*corner, chart, "Bars: places by profession, last year and now")


_HEAT = {
    "type": "3_color_scale",
    "min_color": "#D98880",
    "mid_color": "#FFFFFF",
    "max_color": "#7FA7CF",
    "mid_type": "num",
    "mid_value": 0,
}


def _write_measures(page: _Page, plan: StoredPlan) -> None:
    bought, of_lines = plan_views.measures(plan), plan_views.of_lines(plan)
    codes = {"FTE-years": _FTE, "change": _SIGNED}
    area = page.titled(0, titled(plan.problem, "What is bought besides places"), bought, codes)
    body = Area(area.sheet, area.row, area.rows - 1, area.columns)  # without the sums
    year = words.year(plan.instance.first_year)
    before, after = (
        next(at for at, name in area.columns.items() if name == heading)
        for heading in ("last year", year)
    )
    title = f"Units in {year} and last year"
    chart = plan_charts.bars(page.book, body, title, "units", before, after)
    alt = "Bars: units by measure, last year and now"
    page.insert(1, len(bought.columns) + 1, chart, alt)
    row = area.below
    page.sheet.write_string(row, 0, lines.note(plan.problem))
    title = "Courses and measures side by side, all commissioning years"
    page.titled(row + 1 + _GAP, title, of_lines, codes)
    page.sheet.set_column(1, max(len(bought.columns), len(of_lines.columns)) - 1, 14)


def _write_shortfall(page: _Page, plan: StoredPlan) -> None:
    futures = Baselines(plan.problem, plan.outcome)
    by_year = plan_views.shortfall_by_year(futures)
    area = page.titled(0, titled(plan.problem, "Shortfall by year, FTE"), by_year, _FTE)
    page.sheet.set_column(1, 6, 17)
    chart = plan_charts.lines(page.book, area, "Shortfall by year", "FTE", (4, 5, 6))
    alt = f"Lines: shortfall by year {futures.titles[0]}, with last year repeated and with the plan"
    page.insert(1, _BESIDE, chart, alt)
    row = area.below + _GAP
    beside = 1 + 380 // _PIXELS + _GAP
    for what in ("region", "profession"):
        frame = plan_views.shortfall_by(futures, what)
        title = titled(plan.problem, f"Shortfall by {what}, FTE-years over the horizon")
        area = page.titled(row, title, frame, _FTE)
        chart = plan_charts.bars(page.book, area, f"Shortfall by {what}", "FTE-years", 2, 3)
        alt = f"Bars: shortfall by {what} with last year repeated and with the plan"
        page.insert(beside, _BESIDE, chart, alt)
        row = area.below + _GAP
        beside += int(chart.height) // _PIXELS + _GAP


def _write_floors(page: _Page, plan: StoredPlan) -> None:
    futures = Baselines(plan.problem, plan.outcome)
    by_year, by_region = plan_views.floors_by_year(futures), plan_views.floors_by_region(plan)
    area = page.titled(0, titled(plan.problem, "Service below floors by year, FTE"), by_year, _FTE)
    title = "Service below floors by year"
    chart = plan_charts.lines(page.book, area, title, "FTE", (1, 2, 3))
    alt = f"Lines: service below floors {futures.titles[0]}, with last year repeated and the plan"
    page.insert(1, _BESIDE, chart, alt)
    region = names_of(plan.instance).regions.__getitem__
    said = floors.headline(plan.instance, plan.outcome, futures.nothing, futures.titles[0], region)
    page.sheet.write_string(area.below, 0, words.clean(told(plan.problem, said)))
    row = max(area.below + 1 + _GAP, 2 + 380 // _PIXELS)
    title = titled(plan.problem, "Floors by region; a margin below 0 is missed")
    page.titled(
        row, title, by_region, dict.fromkeys(("FTE-years below", "least margin, FTE"), _FTE)
    )
    page.sheet.set_column(1, len(by_region.columns) - 1, 18)


def _write_posts(page: _Page, plan: StoredPlan) -> None:
    by_year, by_region = plan_views.posts_of(plan)
    area = page.titled(0, titled(plan.problem, "Posts and staff by year, FTE"), by_year, _FTE)
    chart = plan_charts.lines(page.book, area, "Posts and staff by year", "FTE", (1, 2, 3))
    alt = "Lines: posts, the staff who are there, and those without a post, by year"
    page.insert(1, _BESIDE, chart, alt)
    for number, text in enumerate(posts.said(Baselines(plan.problem, plan.outcome))):
        page.sheet.write_string(area.below + number, 0, words.clean(told(plan.problem, text)))
    row = max(area.below + 2 + _GAP, 2 + 380 // _PIXELS)
    title = titled(plan.problem, "Posts and staff by region, FTE-years over the horizon")
    page.titled(row, title, by_region, _FTE)
    page.sheet.set_column(1, len(by_region.columns) - 1, 18)


def _write_futures(page: _Page, plan: StoredPlan) -> None:
    futures, kind = Baselines(plan.problem, plan.outcome), first_objective(plan.policy)
    found = plan_views.prospects_of(plan, futures).table()
    found = found.astype(object).where(found.notna(), words.NOTHING).rename(columns=HEADINGS)
    found["scenario"] = found["scenario"].map(words.clean)
    unit = f", {kind.unit}" if kind.unit else ""
    codes = dict.fromkeys(HEADINGS.values(), "#,##0.0##") | {"probability": "0.0%"}
    area = page.titled(0, f"The {kind.title} by scenario{unit}", found, codes)
    page.sheet.write_string(area.below, 0, note(plan.problem))
    page.sheet.set_column(0, 0, 36)
    page.sheet.set_column(1, len(found.columns) - 1, 18)
    if plan.mean_amounts is not None:
        title = "What this plan and one for the mean of the scenarios buy"
        area = page.titled(area.below + 1 + _GAP, title, plan_views.mean_plan(plan), _SOME)
    if plan.problem.layout.times is not None:
        codes = dict.fromkeys(("least", "mean", "most"), _SOME)
        page.titled(area.below + 1 + _GAP, LATER_TITLE, plan_views.later(plan), codes)


def _write_deployment(page: _Page, plan: StoredPlan) -> None:
    pairs, by_region = plan_views.deployed(plan)
    name = names_of(plan.instance).professions.__getitem__
    said = deployment.headline(plan.problem, plan.outcome, name)
    title = titled(plan.problem, "Who stands in for whom, FTE-years")
    area = page.titled(0, title, pairs, _FTE)
    page.sheet.write_string(area.below, 0, words.clean(told(plan.problem, said)))
    shown = dict.fromkeys(("FTE-years deployed", "FTE-years covered"), _FTE)
    title = titled(plan.problem, "Who stands in for whom, by region")
    below = page.titled(area.below + 1 + _GAP, title, by_region, shown)
    if plan.problem.futures and plan.problem.deploys:
        title = "Who stands in for whom, by scenario"
        frame = plan_views.deployed_by_scenario(plan)
        page.titled(below.below + _GAP, title, frame, shown)
    page.sheet.set_column(1, len(by_region.columns) - 1, 18)


def _write_money(page: _Page, plan: StoredPlan) -> None:
    frame = plan_views.money(plan.instance, plan_views.money_of(plan))
    title = titled(plan.problem, f"Money by fund and year, £ ({plan.instance.price_base})")
    area = page.titled(0, title, frame, _POUNDS)
    page.sheet.set_column(1, len(area.columns) - 1, 16)
    funds = frame["fund"].tolist()
    for i, fund in enumerate(dict.fromkeys(funds)):
        rows = [at for at, name in enumerate(funds) if name == fund]
        if not any(frame.loc[rows, "budget"] == "none"):
            chart = plan_charts.fund(page.book, area, str(fund), rows[0], len(rows))
            alt = f"Columns: what fund {fund} spends by year, below its budget"
            page.insert(1 + i * (320 // _PIXELS + 1), 9, chart, alt)


def _write_pathways(page: _Page, plan: StoredPlan) -> None:
    pools, stages = plan_views.pathways(plan)
    years = words.span(plan.instance.years[0], plan.instance.years[-1])
    area = page.titled(0, f"People in each pool, {years}", pools, _FTE)
    page.titled(area.below + _GAP, f"People on each stage of training, {years}", stages, _FTE)
    page.sheet.set_column(1, max(len(pools.columns), len(stages.columns)) - 1, 17)


_SHEETS = {
    "places": _write_places, "measures": _write_measures, "pathways": _write_pathways,
    "shortfall": _write_shortfall, "deployment": _write_deployment, "floors": _write_floors,
    "posts": _write_posts, "money": _write_money, "scenarios": _write_futures,
}  # fmt: skip
_ONLY_WITH = {
    "measures": "measures", "pathways": "eligible", "floors": "floors",
    "deployment": "substitution",
}  # fmt: skip
"""What an instance must have for a sheet."""


def _speaks_of(problem: Planning, name: str) -> bool:
    """Say whether a plan has what a sheet is about."""
    instance = problem.instance
    if name == "scenarios":
        return weighs(problem)
    if name == "posts":
        return not np.isnan(instance.posts).all()
    return len(getattr(instance, _ONLY_WITH.get(name, "courses"))) > 0


def _write_table(book: Workbook, name: str, table: pd.DataFrame, formats: Formats) -> None:
    if len(table) >= LAST_ROW or len(table.columns) > LAST_COLUMN:
        raise UsageError(f"the table {name} has more rows than a sheet; use the CSV files")
    sheet = book.add_worksheet(name)
    area = write_frame(sheet, table, formats, codes=_CODES)
    sheet.freeze_panes(1, 1)
    for_paper(sheet, _ACROSS if len(table.columns) > _FEW else 0, on_one=True)
    if area.rows > _PRINTED:
        sheet.print_area(0, 0, _PRINTED, len(area.columns) - 1)
        said = f"the first {_PRINTED} of {area.rows:,} rows, and the sheet has them all"
        sheet.set_footer(f"&L&8&F, &A: {said}&R&8page &P of &N")
    if area.rows:
        sheet.autofilter(f"A1:{xl_col_to_name(len(area.columns) - 1)}{area.rows + 1}")
