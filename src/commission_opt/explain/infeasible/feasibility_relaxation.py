"""The cheapest way to let statements give way until there is a plan, as edits of figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Bools, Floats
from commission_opt.explain.infeasible.edits import Edit
from commission_opt.explain.infeasible.elastic_program import Prices
from commission_opt.explain.infeasible.iis import reduced
from commission_opt.explain.infeasible.rulebook import Rulebook
from commission_opt.explain.infeasible.trial import Trial
from commission_opt.formulation.origin import MODEL_FILE, SLIGHT, Origin
from commission_opt.formulation.rules import ORIGINS
from commission_opt.solvers.status import Status

_GAP = 4e-3  # the solver stops a quarter of this from the cheapest
_MILLION = 1e6  # £
_ROUNDS = 8
_FEW = 200  # statements up to which it pays to leave out all others
Key = tuple[Origin, int]

BENDS: dict[str, tuple[Origin, ...]] = {}
for _origin in sorted(ORIGINS, key=lambda o: (o.lines is None, o.of_course, not o.drawn)):
    if (_relax := _origin.relax) is not None:
        BENDS[_relax.name] = (*BENDS.get(_relax.name, ()), _origin)


@dataclass(frozen=True, eq=False)
class ElasticSolution:
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


def keys(book: Rulebook, statements: Iterable[int]) -> list[Key]:
    """Return what names statements in the rulebooks of an instance before and after edits."""
    return [(book.origins[s], int(book.items[s])) for s in statements]


def cheapest(
    trial: Trial, known: Sequence[Set[Key]], bends: Sequence[str]
) -> ElasticSolution | None:
    """Bend the conflicts that are known until no other is left, so that few statements count.

    What settles all statements settles the known conflicts too, so the least price for these is
    never above the least price for all. As soon as bending them leaves a plan, it is the cheapest.

    Returns
    -------
    ElasticSolution or None
        None if no bending of these kinds helps, or the time was too short to find one.
    """
    book = trial.book
    if any(_follows(origin) for name in bends for origin in BENDS[name]):
        # figures that follow from the places of all courses
        return _bent(trial, book.everything, bends)
    number = {key: k for k, key in enumerate(keys(book, range(book.size)))}
    counted = book.mask([number[key] for one in known for key in one if key in number])
    for _ in range(_ROUNDS):
        if counted.sum() > _FEW:
            break
        bent = _bent(trial, counted, bends)
        if bent is None:
            return None
        after = replace(trial, book=book.moved(bent.moves))
        others = _impossible(after)
        if not others.any():
            answer = after.ask(book.everything)
            if answer.x is not None:
                return replace(bent, x=answer.x)
            if answer.reason is None:
                break
            others = book.mask(reduced(after, answer.reason).numbers)
        if not np.any(others & ~counted):
            break
        counted |= others
    return _bent(trial, book.everything, bends)


def _follows(origin: Origin) -> bool:
    """Say whether a figure follows from places, as all figures of the model do."""
    return origin.lines is None or (origin.relax is not None and origin.relax.of_places is not None)


def _impossible(trial: Trial) -> Bools:
    """Return the statements of proofs, one after the other, that no fractions of places will do."""
    book = trial.book
    active, found = book.everything, book.mask(())
    while reason := trial.in_fractions(active, tight=book.whole).reason:
        found, active = found | book.mask(reason), active & ~book.mask(reason)
    return found


def _bent(trial: Trial, active: Bools, bends: Sequence[str]) -> ElasticSolution | None:
    """Bend some statements at the least price."""
    book = trial.book
    prices = _prices(book, active, {origin for name in bends for origin in BENDS[name]})
    near = replace(trial, limits=replace(trial.limits, gap=_GAP))
    status, x, given = near.bent(active, prices)
    if x is None:
        return None
    edits, moves = list[Edit](), dict[int, float]()
    for statements, by in zip(prices, given, strict=True):
        if by <= SLIGHT or (edit := _edit(book, statements, float(by), x)) is None:
            continue
        edits.append(edit)
        scale = book.origins[statements[0]].scale
        moves |= dict.fromkeys(statements, abs(edit.new - edit.old) / scale)
    return ElasticSolution(tuple(edits), x, status is Status.OPTIMAL, moves)


def _prices(book: Rulebook, active: Bools, able: Set[Origin]) -> Prices:
    """Group the statements of some origins by their figure, a cell or a key, and price 1 of it."""
    instance = book.problem.instance
    lines = {o: o.lines(book.problem) for o in able if o.lines is not None}
    groups: dict[tuple[str, int | None], list[int]] = {}
    for number in np.flatnonzero(active & [origin in able for origin in book.origins]).tolist():
        origin = book.origins[number]
        line = int(lines[origin][book.items[number]]) if origin in lines else None
        groups.setdefault((origin.column, line), []).append(number)
    of_origin = {o: o.relax.prices(instance) for o in able if o.relax is not None}
    prices = {}
    for (_, line), group in groups.items():
        origin, relax = book.origins[group[0]], book.origins[group[0]].relax
        assert relax is not None
        unit = of_origin[origin](line) * origin.scale / _MILLION
        if relax.of_model is not None:
            unit /= relax.of_model.gives(instance)
        if relax.of_places is not None and line is not None:
            unit /= relax.of_places.gives(instance, line)
        given_up = book.statement(group[0]).limit - 1.0 if relax.whole else 1.0
        prices[tuple(group)] = unit * given_up
    return prices


def _edit(book: Rulebook, statements: Sequence[int], by: float, x: Floats) -> Edit | None:
    said = book.statement(statements[0])
    origin, relax = said.origin, said.origin.relax
    assert relax is not None
    instance = book.problem.instance
    amounts = x.reshape(len(instance.lines), -1)
    if (given := relax.of_places) is not None and said.row is not None:
        new = given.figure(book.problem, amounts, said.row)
        return Edit(
            origin.file, said.row, origin.column, said.limit, new, said.undated, relax.words
        )
    if (model := relax.of_model) is not None:
        places = amounts[: len(instance.courses)]
        old, new = model.figures(book.problem, places)
        return Edit(MODEL_FILE, None, model.key, old, new, model.name) if new > old else None
    name = said.name if origin.drawn and len(statements) == 1 else said.undated
    new = said.relaxed(by * origin.scale)
    return Edit(origin.file, said.row, origin.column, said.limit, new, name, relax.words, said.unit)
