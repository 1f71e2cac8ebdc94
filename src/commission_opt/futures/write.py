"""Futures as tables: each with its probability, and the figures that differ in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from commission_opt.arrays import Ints
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.futures import Futures
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.scenario.axis import quoted
from commission_opt.scenario.sheets import VariedRows

_OPEN: Mapping[str, tuple[str, ...]] = {
    "costs": ("course", "study_year"), "pay": ("profession", "region", "year"),
    "posts": ("year",), "placements": ("year",), "eligible": ("year",), "substitution": ("region",),
    "floors": ("region", "year"),
}  # fmt: skip
"""Keys that a row of a table may leave open, so that it stands for several figures."""

Beside = tuple[Key, Ints, list[str], list[str]]
SCENARIOS, FIGURES = "scenarios.csv", "figures.csv"


def write_futures(futures: Futures, folder: Path) -> None:
    """Write ``scenarios.csv`` and ``figures.csv`` into a folder.

    Figures are those that are drawn and, for an explicit scenario, those that it names. They read
    back exactly.
    """
    with (folder / SCENARIOS).open("w", encoding="utf-8", newline="") as file:
        file.write("scenario,probability\n")
        for name, probability in zip(futures.names, futures.probability.tolist(), strict=True):
            file.write(f"{_cell(name)},{probability!r}\n")
    with (folder / FIGURES).open("w", encoding="utf-8", newline="") as file:
        file.write("scenario,table,row,column,value,of\n")
        for lines in _figures(futures):
            file.writelines(lines)


def drawn_figures(futures: Futures) -> int:
    """Return how many figures are drawn."""
    return sum(len(column.cells) for column in futures.columns.values())


def _figures(futures: Futures) -> Iterator[list[str]]:
    """Give the lines of each scenario."""
    of = cache(lambda table: spelled_out(futures.instance, futures.sheet(table), table))

    def beside(named: Mapping[Key, Ints]) -> list[Beside]:
        """Say what stands before and after the values of some figures."""
        found = []
        for (table, column), cells in named.items():
            lines = futures.sheet(table).lines[cells].tolist()
            before = [f"{table},{line},{column}" for line in lines]
            after = [_cell(of(table)[i]) for i in cells.tolist()]
            found.append(((table, column), cells, before, after))
        return found

    drawn = beside({key: column.cells for key, column in futures.columns.items()})
    for which in chunks(len(futures.names)):
        figures = futures.figures(which)
        for w in range(which.start, which.stop):
            name = _cell(futures.names[w])
            told = beside(futures.written.named[w]) if w < futures.explicit else drawn
            yield [
                f"{name},{before},{value!r},{after}\n"
                for key, cells, befores, afters in told
                for before, value, after in zip(
                    befores, figures[key][w - which.start, cells].tolist(), afters, strict=True
                )
            ]


def spelled_out(instance: Instance, sheet: VariedRows, table: str) -> list[str]:
    """Say which of the figures of its row each row of a sheet is, such as ``year=2028``.

    Empty where the row says so itself; several keys as in a filter, ``course=A,study_year=2``.
    """
    keys = _OPEN.get(table, ())
    said = [""] * len(sheet.lines)
    for key in keys:
        written = instance.tables[table].loc[sheet.lines, key].tolist()
        for i, (own, code) in enumerate(zip(written, sheet.codes[key].tolist(), strict=True)):
            if code and own != code and (own == ANY or not isinstance(own, int | float)):
                said[i] += f"{',' if said[i] else ''}{key}={quoted(code)}"
    return said


def _cell(text: str) -> str:
    """Write a cell of a CSV file, in quotes if it needs them."""
    if not any(sign in text for sign in ',"\r\n'):
        return text
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([text])
    return line.getvalue()
