"""The cheapest way to bend statements until there is a plan, as edits of figures."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.explain.infeasible.bending import Cell, bend
from commission_opt.explain.infeasible.edits import Edit
from commission_opt.explain.infeasible.prices import Prices
from commission_opt.explain.infeasible.rulebook import Rulebook
from commission_opt.formulation.origin import MODEL_FILE, SLIGHT, Origin
from commission_opt.formulation.rules import ORIGINS
from commission_opt.instance.instance import Bools
from commission_opt.solvers.status import Limits, Status, Watch

_GAP = 4e-3  # the solver stops a quarter of this from the cheapest
_MILLION = 1e6  # £

BENDS: dict[str, tuple[Origin, ...]] = {}
for _origin in sorted(ORIGINS, key=lambda o: (o.lines is None, o.of_course, not o.drawn)):
    if (_relax := _origin.relax) is not None:
        BENDS[_relax.name] = (*BENDS.get(_relax.name, ()), _origin)


@dataclass(frozen=True, eq=False)
class Elastic:
    """Edits that leave a plan.

    Parameters
    ----------
    edits : tuple of Edit
        None if there is a plan already.
    x : array, shape (n,)
        Places by course and year that the edited figures allow.
    cheapest : bool
        Whether the solver found no cheaper one; figures are rounded outward after that.
    moves : mapping of int to float
        By how much the edits let each statement give way, £m, weeks or places.
    """

    edits: tuple[Edit, ...]
    x: Floats
    cheapest: bool
    moves: Mapping[int, float]


def elastic(
    book: Rulebook, active: Bools, bends: Sequence[str], limits: Limits, watch: Watch, end: float
) -> Elastic | None:
    """Bend statements of some kinds at the least price.

    Parameters
    ----------
    book : Rulebook
    active : array of bool
        The statements that count.
    bends : sequence of str
        Keys of ``BENDS``.
    limits : Limits
    watch : Watch
    end : float
        When to stop, by ``time.perf_counter``.

    Returns
    -------
    Elastic or None
        None if no bending of these kinds helps, or the time was too short to find one.
    """
    able = {origin for name in bends for origin in BENDS[name]}
    prices = Prices(book.problem.instance)
    cells = [
        Cell(tuple(group), _price(book, prices, group, line))
        for (_, line), group in _figures(book, active, able).items()
    ]
    near, part = replace(limits, gap=_GAP), book.only(active)
    bent = bend(part, active, cells, near, watch, end - time.perf_counter())
    if bent.x is None or bent.by is None:
        return None
    x = book.spread(part, bent.x)
    edits, moves = list[Edit](), dict[int, float]()
    for cell, by in zip(cells, bent.by, strict=True):
        if by <= SLIGHT or (edit := _edit(book, cell.statements, float(by), x)) is None:
            continue
        edits.append(edit)
        scale = book.origins[cell.statements[0]].scale
        moves |= dict.fromkeys(cell.statements, abs(edit.new - edit.old) / scale)
    return Elastic(tuple(edits), x, bent.status is Status.OPTIMAL, moves)


def _figures(
    book: Rulebook, active: Bools, able: set[Origin]
) -> dict[tuple[str, int | None], list[int]]:
    """Group the statements of some origins by the figure that makes them: a cell, or a key."""
    lines = {o: o.lines(book.problem) for o in able if o.lines is not None}
    groups: dict[tuple[str, int | None], list[int]] = {}
    for number in np.flatnonzero(active & [origin in able for origin in book.origins]):
        origin = book.origins[number]
        line = int(lines[origin][book.items[number]]) if origin in lines else None
        groups.setdefault((origin.column, line), []).append(int(number))
    return groups


def _price(book: Rulebook, prices: Prices, group: Sequence[int], line: int | None) -> float:
    """Return the price, £m, of letting the rows of a figure give way by 1."""
    origin = book.origins[group[0]]
    assert origin.relax is not None
    unit = prices.of(origin, line) * origin.scale / _MILLION
    if origin.relax.of_model is not None:
        unit /= origin.relax.of_model.gives(book.problem.instance)
    return unit * (book.statement(group[0]).limit - 1.0) if origin.relax.whole else unit


def _edit(book: Rulebook, statements: Sequence[int], by: float, x: Floats) -> Edit | None:
    said = book.statement(statements[0])
    origin, relax = said.origin, said.origin.relax
    assert relax is not None
    if (model := relax.of_model) is not None:
        places = x.reshape(len(book.problem.instance.courses), -1)
        old, new = model.figures(book.problem, places)
        return Edit(MODEL_FILE, None, model.key, old, new, model.name) if new > old else None
    name = said.name if origin.drawn and len(statements) == 1 else said.undated
    new = said.relaxed(by * origin.scale)
    return Edit(origin.file, said.row, origin.column, said.limit, new, name, relax.words)
