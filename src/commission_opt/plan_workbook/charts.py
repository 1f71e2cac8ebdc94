"""Charts of a plan, as the spreadsheet draws them from the cells beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commission_opt.workbook.frame_sheet import Area

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart

BEFORE, AFTER, LIMIT = "#8795A1", "#1F4E79", "#B3261E"
_PARTS = {"committed": "#8795A1", "planned": "#1F4E79", "continued": "#7FA7CF"}
_MILLIONS = "#,##0.0,,"
_BY_YEAR = {"name": "financial year", "num_font": {"rotation": -45}}  # level, they overlap
_ROW_HEIGHT, _FRAME = 34, 130  # pixels for a profession, and around them all


def bars(
    book: Workbook,
    area: Area,
    title: str,
    unit: str,
    before: int,
    after: int,
    name: str | None = None,
) -> Chart:
    """Return bars of two columns of a table, row by row.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    area : Area
        Names in its first column; a last row that sums up is left out by its size.
    title, unit : str
    before, after : int
        Positions of the columns.
    name : str, optional
        What the second column is called; its heading if not given.
    """
    chart = book.add_chart({"type": "bar"})
    series = ((before, BEFORE, area.heading(before)), (after, AFTER, name or area.heading(after)))
    for column, colour, called in series:
        chart.add_series(
            {
                "name": called,
                "categories": area.cells(0),
                "values": area.cells(column),
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    chart.set_y_axis({"reverse": True, "crossing": "max"})  # first row at the top, scale below
    _frame(chart, title, unit, "x")
    chart.set_size({"width": 760, "height": _FRAME + _ROW_HEIGHT * area.rows})
    return chart


def lines(
    book: Workbook, area: Area, title: str, unit: str, columns: tuple[int, int, int]
) -> Chart:
    """Return three lines over the years of a table: two baselines, and the plan."""
    chart = book.add_chart({"type": "line"})
    for column, colour in zip(columns, (LIMIT, BEFORE, AFTER), strict=True):
        chart.add_series(
            {
                "name": area.heading(column),
                "categories": area.cells(0),
                "values": area.cells(column),
                "line": {"color": colour, "width": 2.5},
            }
        )
    chart.set_x_axis(_BY_YEAR)
    _frame(chart, title, unit, "y")
    chart.set_size({"width": 760, "height": 380})
    return chart


def fund(book: Workbook, area: Area, name: str, first: int, count: int) -> Chart:
    """Return what a fund spends by year, in £m, stacked, below its budget.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    area : Area
        The table of money.
    name : str
        The fund.
    first, count : int
        Its rows in the table.
    """
    at = {heading: column for column, heading in area.columns.items()}
    years = area.cells(at["year"], first, count)
    chart = book.add_chart({"type": "column", "subtype": "stacked"})
    for part, colour in _PARTS.items():
        values = area.cells(at[part], first, count)
        chart.add_series(
            {"name": part, "categories": years, "values": values, "fill": {"color": colour}}
        )
    limit = book.add_chart({"type": "line"})
    values = area.cells(at["budget"], first, count)
    limit.add_series(
        {"name": "budget", "categories": years, "values": values, "line": {"color": LIMIT}}
    )
    chart.combine(limit)
    chart.set_x_axis(_BY_YEAR)
    _frame(chart, f"Fund {name}: spending and budget", "£m", "y", _MILLIONS)
    chart.set_size({"width": 620, "height": 320})
    return chart


def _frame(chart: Chart, title: str, unit: str, along: str, code: str = "#,##0") -> None:
    chart.set_title({"name": title, "name_font": {"size": 13}, "overlay": False})
    chart.set_legend({"position": "bottom"})
    axis = {"name": unit, "num_format": code, "major_gridlines": _GRID, "min": 0}
    if along == "x":
        chart.set_x_axis(axis)
    else:
        chart.set_y_axis(axis)


_GRID = {"visible": True, "line": {"color": "#D9E2EC"}}
