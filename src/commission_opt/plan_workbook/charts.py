"""Charts of a plan, as the spreadsheet draws them from the cells beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from commission_opt.workbook.frame_sheet import Area

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.chart import Chart

BEFORE, AFTER, LIMIT = "#8795A1", "#1F4E79", "#B3261E"
_PARTS = {"committed": "#8795A1", "planned": "#1F4E79", "continued": "#7FA7CF"}
_MILLIONS = "#,##0.0,,"
_BY_YEAR = {"name": "financial year", "num_font": {"rotation": -45}}  # level, they overlap
_GRID = {"visible": True, "line": {"color": "#D9E2EC"}}
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
    """Return bars of two columns of a table, row by row, by their positions.

    Names stand in its first column; ``name`` is what the second one is called, if not its heading.
    """
    series = (
        (called, area.cells(column), {"fill": {"color": colour}, "gap": 60})
        for column, colour, called in (
            (before, BEFORE, area.heading(before)), (after, AFTER, name or area.heading(after)),
        )
    )  # fmt: skip
    chart = _drawn(book, {"type": "bar"}, area.cells(0), series)
    chart.set_y_axis({"reverse": True, "crossing": "max"})  # first row at the top, scale below
    _frame(chart, title, unit, "x")
    chart.set_size({"width": 760, "height": _FRAME + _ROW_HEIGHT * area.rows})
    return chart


def lines(
    book: Workbook, area: Area, title: str, unit: str, columns: tuple[int, int, int]
) -> Chart:
    """Return three lines over the years of a table: two baselines, and the plan."""
    series = (
        (area.heading(column), area.cells(column), {"line": {"color": colour, "width": 2.5}})
        for column, colour in zip(columns, (LIMIT, BEFORE, AFTER), strict=True)
    )
    chart = _drawn(book, {"type": "line"}, area.cells(0), series)
    chart.set_x_axis(_BY_YEAR)
    _frame(chart, title, unit, "y")
    chart.set_size({"width": 760, "height": 380})
    return chart


def fund(book: Workbook, area: Area, name: str, first: int, count: int) -> Chart:
    """Return what a fund spends by year, in £m, stacked, below its budget.

    Its rows in the table of money are so many from the first.
    """
    at = {heading: column for column, heading in area.columns.items()}
    years = area.cells(at["year"], first, count)
    parts = (
        (part, area.cells(at[part], first, count), {"fill": {"color": colour}})
        for part, colour in _PARTS.items()
    )
    chart = _drawn(book, {"type": "column", "subtype": "stacked"}, years, parts)
    budget = ("budget", area.cells(at["budget"], first, count), {"line": {"color": LIMIT}})
    limit = _drawn(book, {"type": "line"}, years, [budget])
    chart.combine(limit)
    chart.set_x_axis(_BY_YEAR)
    _frame(chart, f"Fund {name}: spending and budget", "£m", "y", _MILLIONS)
    chart.set_size({"width": 620, "height": 320})
    return chart


def _drawn(
    book: Workbook,
    kind: dict[str, str],
    along: list[object],
    series: Iterable[tuple[Any, list[object], Mapping[str, object]]],
) -> Chart:
    """Return a chart of series, each with its name, its cells and how it looks."""
    chart = book.add_chart(kind)
    for name, cells, look in series:
        chart.add_series({"name": name, "categories": along, "values": cells, **look})
    return chart


def _frame(chart: Chart, title: str, unit: str, along: str, code: str = "#,##0") -> None:
    chart.set_title({"name": title, "name_font": {"size": 13}, "overlay": False})
    chart.set_legend({"position": "bottom"})
    axis = {"name": unit, "num_format": code, "major_gridlines": _GRID, "min": 0}
    if along == "x":
        chart.set_x_axis(axis)
    else:
        chart.set_y_axis(axis)
