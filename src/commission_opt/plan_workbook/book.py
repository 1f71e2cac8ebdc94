"""A plan as a workbook: what it says, its charts, its tables and its certificate. No formulas."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from commission_opt.errors import UsageError
from commission_opt.files.spreadsheet.grid import LAST_COLUMN, LAST_ROW
from commission_opt.plan.read import StoredPlan
from commission_opt.plan_workbook import charts as plan_charts
from commission_opt.plan_workbook import tables as plan_views
from commission_opt.views import lines, words
from commission_opt.views.shortfall import Futures
from commission_opt.workbook.formats import Formats, for_paper
from commission_opt.workbook.frame_sheet import Area, write_frame
from commission_opt.workbook.instance_book import new_book

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart
    from xlsxwriter.worksheet import Worksheet

_FTE, _POUNDS = "#,##0.0", "#,##0"
_CODES = {
    "year": "0",
    **dict.fromkeys(
        ("demand", "supply", "shortfall", "surplus", "supply_base", "demand_after"), _FTE
    ),
}
_GAP = 2  # rows between tables
_BESIDE = 8  # column of the charts beside tables
_PIXELS = 20  # of a row
_ACROSS = 200  # characters, about: a table with charts beside it
_FEW = 6  # columns that fit on paper upright


def plan_workbook(plan: StoredPlan) -> bytes:
    """Return the workbook of a plan.

    Parameters
    ----------
    plan : StoredPlan

    Raises
    ------
    UsageError
        If its tables are too large for a sheet.
    """
    target = io.BytesIO()
    book = new_book(target)
    formats = Formats(book)
    _write_facts(book.add_worksheet("plan"), plan, formats)
    _write_places(book, plan, formats)
    if len(plan.instance.measures):
        _write_measures(book, plan, formats)
    _write_shortfall(book, plan, formats)
    _write_money(book, plan, formats)
    tables = plan.frames()
    for name, table in tables.items():
        _write_table(book, f"{name} table", table, formats)
    book.close()
    return target.getvalue()


def _write_facts(sheet: Worksheet, plan: StoredPlan, formats: Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 1, 70)
    for_paper(sheet, 48 + 70, headings=False)
    sheet.set_row(0, 28)
    title = words.clean(plan.instance.title)
    sheet.write_string(0, 0, title, formats.of(bold=True, font_size=18))
    row = 1
    for label, value in plan_views.facts(plan):
        if not label:
            row += 1
            head = formats.of(bold=True, font_size=13, font_color="#1F4E79")
            sheet.write_string(row, 0, str(value), head)
        else:
            sheet.write_string(row, 0, words.clean(label), formats.of(text_wrap=True))
            if isinstance(value, int | float):
                code = "0.0000%" if label.startswith(("gap", "part")) else "#,##0.######"
                code = "#,##0" if label.startswith(("places", "units", "change")) else code
                look = formats.of(num_format=code, align="left")
                sheet.write_number(row, 1, value, look)
            else:
                sheet.write_string(row, 1, words.clean(str(value)), formats.of(text_wrap=True))
        row += 1


def _write_places(book: Workbook, plan: StoredPlan, formats: Formats) -> None:
    sheet = book.add_worksheet("places")
    now, change = plan_views.places(plan.instance, plan.outcome)
    year = words.year(plan.instance.first_year)
    signed = dict.fromkeys(map(str, change.columns), "+#,##0;-#,##0;0")
    area = _titled(sheet, 0, f"Places in {year}", now, formats, {"change": "+#,##0;-#,##0;0"})
    row = area.row + area.rows + 1 + _GAP
    heat = _titled(sheet, row, "Change on last year", change, formats, signed)
    if heat.rows > 1:
        bottom, right = heat.row + heat.rows - 1, len(heat.columns) - 2
        sheet.conditional_format(heat.row + 1, 1, bottom, right, _HEAT)
    row = heat.row + heat.rows + 1 + _GAP
    if plan.places.shape[1] > 1:
        by_year = plan_views.places_by_year(plan.instance, plan.outcome)
        more = _titled(sheet, row, "Places by year", by_year, formats, {})
        row = more.row + more.rows + 1 + _GAP
    columns = list(area.columns)
    body = Area(area.sheet, area.row, area.rows - 1, area.columns)  # without the sums
    if body.rows:
        title, before, after = f"Places in {year} and last year", columns[-2], columns[-3]
        chart = plan_charts.bars(book, body, title, "places", before, after, year)
        _insert(sheet, 1, len(columns) + 1, chart, "Bars: places by profession, last year and now")
    sheet.freeze_panes(0, 1)
    for_paper(sheet, _ACROSS, headings=False, on_one=True)


_HEAT = {
    "type": "3_color_scale",
    "min_color": "#D98880",
    "mid_color": "#FFFFFF",
    "max_color": "#7FA7CF",
    "mid_type": "num",
    "mid_value": 0,
}


def _write_measures(book: Workbook, plan: StoredPlan, formats: Formats) -> None:
    sheet = book.add_worksheet("measures")
    bought, of_lines = plan_views.measures(plan), plan_views.of_lines(plan)
    codes = {"FTE-years": _FTE, "change": "+#,##0;-#,##0;0"}
    area = _titled(sheet, 0, "What is bought besides places", bought, formats, codes)
    body = Area(area.sheet, area.row, area.rows - 1, area.columns)  # without the sums
    year = words.year(plan.instance.first_year)
    before, after = (
        next(at for at, name in area.columns.items() if name == heading)
        for heading in ("last year", year)
    )
    title = f"Units in {year} and last year"
    chart = plan_charts.bars(book, body, title, "units", before, after)
    alt = "Bars: units by measure, last year and now"
    _insert(sheet, 1, len(bought.columns) + 1, chart, alt)
    row = area.row + area.rows + 1
    sheet.write_string(row, 0, lines.note(plan.problem))
    title = "Courses and measures side by side, all commissioning years"
    _titled(sheet, row + 1 + _GAP, title, of_lines, formats, codes)
    sheet.set_column(1, max(len(bought.columns), len(of_lines.columns)) - 1, 14)
    sheet.freeze_panes(0, 1)
    for_paper(sheet, _ACROSS, headings=False, on_one=True)


def _write_shortfall(book: Workbook, plan: StoredPlan, formats: Formats) -> None:
    sheet = book.add_worksheet("shortfall")
    futures = Futures(plan.problem, plan.outcome)
    by_year = plan_views.shortfall_by_year(futures)
    codes = dict.fromkeys(map(str, by_year.columns), _FTE)
    area = _titled(sheet, 0, "Shortfall by year, FTE", by_year, formats, codes)
    sheet.set_column(1, 6, 17)
    chart = plan_charts.lines(book, area, "Shortfall by year", "FTE", (4, 5, 6))
    alt = f"Lines: shortfall by year {futures.titles[0]}, with last year repeated and with the plan"
    _insert(sheet, 1, _BESIDE, chart, alt)
    row = area.row + area.rows + 1 + _GAP
    beside = 1 + 380 // _PIXELS + _GAP
    for what in ("region", "profession"):
        frame = plan_views.shortfall_by(futures, what)
        codes = dict.fromkeys(map(str, frame.columns), _FTE)
        title = f"Shortfall by {what}, FTE-years over the horizon"
        area = _titled(sheet, row, title, frame, formats, codes)
        chart = plan_charts.bars(book, area, f"Shortfall by {what}", "FTE-years", 2, 3)
        alt = f"Bars: shortfall by {what} with last year repeated and with the plan"
        _insert(sheet, beside, _BESIDE, chart, alt)
        row = area.row + area.rows + 1 + _GAP
        beside += int(chart.height) // _PIXELS + _GAP
    sheet.freeze_panes(0, 1)
    for_paper(sheet, _ACROSS, headings=False, on_one=True)


def _write_money(book: Workbook, plan: StoredPlan, formats: Formats) -> None:
    sheet = book.add_worksheet("money")
    frame = plan_views.money(plan.instance, plan_views.money_of(plan))
    title = f"Money by fund and year, £ ({plan.instance.price_base})"
    codes = dict.fromkeys(map(str, frame.columns), _POUNDS)
    area = _titled(sheet, 0, title, frame, formats, codes)
    sheet.set_column(1, len(area.columns) - 1, 16)
    funds = frame["fund"].tolist()
    for i, fund in enumerate(dict.fromkeys(funds)):
        rows = [at for at, name in enumerate(funds) if name == fund]
        if not any(frame.loc[rows, "budget"] == "none"):
            chart = plan_charts.fund(book, area, str(fund), rows[0], len(rows))
            alt = f"Columns: what fund {fund} spends by year, below its budget"
            _insert(sheet, 1 + i * (320 // _PIXELS + 1), 9, chart, alt)
    sheet.freeze_panes(2, 1)
    for_paper(sheet, _ACROSS, headings=False, on_one=True)


def _titled(
    sheet: Worksheet,
    row: int,
    title: str,
    frame: pd.DataFrame,
    formats: Formats,
    codes: dict[str, str],
) -> Area:
    sheet.write_string(row, 0, title, formats.of(bold=True, font_size=13, font_color="#1F4E79"))
    sums = (plan_views.ALL, plan_views.ALL_MEASURES)
    total = len(frame) > 0 and str(frame.iloc[-1, 0]) in sums
    return write_frame(sheet, frame, formats, row + 1, codes, total=total)


def _insert(sheet: Worksheet, row: int, column: int, chart: Chart, alt: str) -> None:
    sheet.insert_chart(row, column, chart, {"description": alt})


def _write_table(book: Workbook, name: str, table: pd.DataFrame, formats: Formats) -> None:
    if len(table) >= LAST_ROW or len(table.columns) > LAST_COLUMN:
        raise UsageError(f"the table {name} has more rows than a sheet; use the CSV files")
    sheet = book.add_worksheet(name)
    area = write_frame(sheet, table, formats, codes=_CODES)
    sheet.freeze_panes(1, 1)
    for_paper(sheet, _ACROSS if len(table.columns) > _FEW else 0)
    if area.rows:
        sheet.autofilter(f"A1:{xl_col_to_name(len(area.columns) - 1)}{area.rows + 1}")
