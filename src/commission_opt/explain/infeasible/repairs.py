"""Repairs of an instance without a plan: edits, each tried before it is offered."""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.methods import Method
from commission_opt.allocation.settled import outcome_of
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import InfeasibleError, NoPlanError, UsageError
from commission_opt.explain.infeasible.collect import rulebook
from commission_opt.explain.infeasible.contradictions import Reached, contradictions
from commission_opt.explain.infeasible.edits import Edit
from commission_opt.explain.infeasible.feasibility_relaxation import BENDS, Key, cheapest
from commission_opt.explain.infeasible.trial import Trial
from commission_opt.formulation.origin import MODEL_FILE, Origin
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules import ORIGINS
from commission_opt.instance.instance import Instance

_ROUNDS = 4  # of bending what bending itself has changed
_MORE = 5  # times as many where targets get further rows on the way
_GAP = 0.05  # at which a repaired instance counts as solved
_SMALL = 400  # decisions up to which it is also solved anew
_RARE = {"measures.csv": "measures", "eligible.csv": "eligible"}
"""Tables, by file, that most instances do not have."""
_ORIGINS = {
    (o.file, o.relax.of_model.key if o.relax.of_model else o.column): o
    for o in ORIGINS
    if o.relax is not None
}


@dataclass(frozen=True)
class Repair:
    """Edits after which there is a plan.

    Parameters
    ----------
    bends : tuple of str
        The kinds of rules that were allowed to give way.
    price : float
        £, see ``formulation.place_prices``.
    cheapest : bool
        Whether the solver found nothing cheaper of these kinds, but for rounding outward.
    """

    bends: tuple[str, ...]
    edits: tuple[Edit, ...]
    price: float
    cheapest: bool


def find_repairs(
    start: Reached,
    conflicts: Sequence[Set[Key]],
    bends: Sequence[str],
    trial: Trial,
    points: Sequence[Floats] = (),
) -> tuple[Repair, ...]:
    """Find the cheapest repair for each kind of rule alone, and for all together.

    Parameters
    ----------
    start : Reached
        The instance and its model as they are.
    conflicts : sequence of set of Key
        The statements of each known conflict, one of which must give way.
    bends : sequence of str
        Keys of ``BENDS``.
    trial : Trial
        Its limits, watch and end count.
    points : sequence of array, shape (n,)
        Places at which targets have rows of their own.

    Returns
    -------
    tuple of Repair
        Cheapest first. With the edits of each made, a plan was found and checked.
    """
    found: dict[object, Repair] = {}
    alone = [(name,) for name in bends] + ([tuple(bends)] if len(bends) > 1 else [])
    able = {choice: {o for name in choice for o in BENDS[name]} for choice in alone}
    choices = [
        choice
        for choice, origins in able.items()  # every conflict has a statement that may give way
        if all(any(origin in origins for origin, _ in conflict) for conflict in conflicts)
    ]
    for k, choice in enumerate(choices):
        if trial.late:
            break
        until = time.perf_counter() + 2.0 * trial.seconds / (len(choices) - k + 1)
        repair = _repair(start, conflicts, choice, replace(trial, end=until), points)
        if repair is None:
            continue
        same = frozenset(edit.cell for edit in repair.edits)
        if same not in found or repair.price < found[same].price:
            found[same] = repair
    return tuple(sorted(found.values(), key=lambda r: (r.price, r.bends)))


def _repair(
    start: Reached,
    known: Sequence[Set[Key]],
    bends: tuple[str, ...],
    trial: Trial,
    points: Sequence[Floats],
) -> Repair | None:
    """Bend, make the edits, and bend again where the edits themselves changed what holds."""
    edits: dict[object, Edit] = {}
    least, reached = True, start
    _merge(edits, contradictions(start, bends, of_courses=True))
    if edits:
        reached = start.after([*edits.values()])
    targets = len(start.problem.policy.targets) > 0
    for _ in range(_ROUNDS * (_MORE if targets else 1)):
        book = rulebook(reached.problem, points)
        bent = cheapest(replace(trial, book=book), known, bends)
        if bent is None or trial.late:
            return None
        points = [*points, bent.x] if targets else points
        least &= bent.cheapest
        _merge(edits, bent.edits)
        reached = start.after([*edits.values()])
        if more := contradictions(reached, bends):
            _merge(edits, more)
            reached = start.after([*edits.values()])
        kept = None if reached.errors else places_kept(reached.problem, bent.x)
        if kept is not None and _solves(reached, trial):
            made = tuple(edits.values())
            return Repair(bends, made, _price(start.problem.instance, made), least)
    return None


def _price(instance: Instance, edits: Sequence[Edit]) -> float:
    """Return what edits cost, £."""
    origins = [_ORIGINS[edit.file, edit.column] for edit in edits]
    prices = {o: o.relax.prices(instance) for o in {*origins} if o.relax is not None}
    each = zip(origins, edits, strict=True)
    return float(sum(prices[o](edit.row) * abs(edit.new - edit.old) for o, edit in each))


def _merge(edits: dict[object, Edit], more: Sequence[Edit]) -> None:
    """Add edits; of two of one cell the last figure holds."""
    for edit in more:
        first = edits.get(edit.cell, edit)
        edits[edit.cell] = replace(edit, old=first.old)


def places_kept(problem: Planning, x: Floats) -> Floats | None:
    """Return places as a plan has them, if they keep every rule as certificates check it."""
    places = x.reshape(len(problem.instance.lines), problem.policy.commissioning_years)
    return places if keeps_rules(problem, outcome_of(problem, places)) else None


def _solves(reached: Reached, trial: Trial) -> bool:
    """Say whether ``solve`` can find a plan too, where trying that takes little time.

    There is one: the places with which the repair was found.
    """
    problem = reached.problem
    if problem.layout.size > _SMALL:
        return True
    limits = replace(trial.limits, seconds=max(1.0, trial.seconds), gap=_GAP)
    try:
        made = allocate(
            problem.instance, problem.policy.first_stages(1), limits, trial.watch.inner(),
            Method.FAST,
        )  # fmt: skip
    except InfeasibleError:
        return False
    except NoPlanError:
        return True
    return made.certificate.feasible


def default_bends(problem: Planning) -> tuple[str, ...]:
    """Return the kinds of rules of the tables, and of targets that a model asks for.

    Everything else that the model says stays as it is.
    """
    return tuple(name for name, made in BENDS.items() if _stands(problem, made))


def _stands(problem: Planning, made: Sequence[Origin]) -> bool:
    """Say whether figures of some origins stand in tables that there are, or in the model."""
    file = made[0].file
    if file == MODEL_FILE:
        return any(o.lines is not None and len(o.lines(problem)) > 0 for o in made)
    table = _RARE.get(file)
    return table is None or len(problem.instance.tables[table]) > 0


def check_bends(asked: str) -> tuple[str, ...]:
    """Return the kinds of rules in a list with commas.

    Raises
    ------
    UsageError
        If one is none.
    """
    names = tuple(dict.fromkeys(part.strip() for part in asked.split(",") if part.strip()))
    unknown = [name for name in names if name not in BENDS]
    if unknown or not names:
        what = f"{unknown[0]!r} is" if unknown else "nothing names"
        raise UsageError(f"--bend: {what} no kind of rule; there are {', '.join(BENDS)}")
    return names
