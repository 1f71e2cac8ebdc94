"""Repairs of an instance without a plan: edits, each tried before it is offered."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.methods import Method
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import InfeasibleError, NoPlanError, UsageError
from commission_opt.explain.infeasible.collect import rulebook
from commission_opt.explain.infeasible.contradictions import Reached, contradictions, edited_policy
from commission_opt.explain.infeasible.edits import Edit, edited
from commission_opt.explain.infeasible.elastic import BENDS
from commission_opt.explain.infeasible.prices import Prices
from commission_opt.explain.infeasible.settling import Key, settled
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Watch

DEFAULT_BENDS = tuple(name for name, made in BENDS.items() if made[0].lines is not None)
"""Those of the tables; what the model says stays as it is."""

_ROUNDS = 4  # of bending what bending itself has changed
_GAP = 0.05  # at which a repaired instance counts as solved
_SMALL = 400  # decisions up to which it is also solved anew


@dataclass(frozen=True)
class Repair:
    """Edits after which there is a plan.

    Parameters
    ----------
    bends : tuple of str
        The kinds of rules that were allowed to give way.
    edits : tuple of Edit
    price : float
        £, see ``formulation.place_prices``.
    cheapest : bool
        Whether the solver found nothing cheaper of these kinds, but for rounding outward.
    """

    bends: tuple[str, ...]
    edits: tuple[Edit, ...]
    price: float
    cheapest: bool

    def files(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the files of the instance with the edits made."""
        return edited(files, self.edits)

    def policy(self, policy: Policy) -> Policy:
        """Return the commissioning model with the edits made."""
        return edited_policy(policy, self.edits)

    @property
    def changes_model(self) -> bool:
        """Whether an edit is one of the commissioning model."""
        return any(edit.row is None for edit in self.edits)


def find_repairs(
    start: Reached,
    conflicts: Sequence[Set[Key]],
    bends: Sequence[str],
    limits: Limits,
    watch: Watch,
    end: float,
) -> tuple[Repair, ...]:
    """Find the cheapest repair for each kind of rule alone, and for all together.

    Parameters
    ----------
    start : Reached
        The instance and its model as they are.
    conflicts : sequence of set of Key
        The statements of each known conflict, one of which must give way; see ``keys``.
    bends : sequence of str
        Kinds of rules that may give way, keys of ``explain.elastic.BENDS``.
    limits : Limits
    watch : Watch
    end : float
        When to stop, by ``time.perf_counter``.

    Returns
    -------
    tuple of Repair
        Cheapest first. With the edits of each made, a plan was found and checked.
    """
    found: dict[object, Repair] = {}
    alone = [(name,) for name in bends] + ([tuple(bends)] if len(bends) > 1 else [])
    choices = [choice for choice in alone if _may_help(choice, conflicts)]
    for k, choice in enumerate(choices):
        now = time.perf_counter()
        if now >= end or watch.stopped:
            break
        until = now + 2.0 * (end - now) / (len(choices) - k + 1)
        repair = _repair(start, conflicts, choice, limits, watch, until)
        if repair is None:
            continue
        same = frozenset(edit.cell for edit in repair.edits)
        if same not in found or repair.price < found[same].price:
            found[same] = repair
    return tuple(sorted(found.values(), key=lambda r: (r.price, r.bends)))


def _may_help(bends: Sequence[str], conflicts: Sequence[Set[Key]]) -> bool:
    """Say whether every conflict has a statement that may give way."""
    able = {origin for name in bends for origin in BENDS[name]}
    return all(any(origin in able for origin, _ in conflict) for conflict in conflicts)


def _repair(
    start: Reached,
    known: Sequence[Set[Key]],
    bends: tuple[str, ...],
    limits: Limits,
    watch: Watch,
    end: float,
) -> Repair | None:
    """Bend, make the edits, and bend again where the edits themselves changed what holds."""
    edits: dict[object, Edit] = {}
    cheapest, reached = True, start
    _merge(edits, contradictions(start, bends, of_courses=True))
    if edits:
        reached = start.after([*edits.values()])
    for _ in range(_ROUNDS):
        book = rulebook(reached.problem)
        bent = settled(book, known, bends, limits, watch, end)
        if bent is None:
            return None
        cheapest &= bent.cheapest
        _merge(edits, bent.edits)
        reached = start.after([*edits.values()])
        if more := contradictions(reached, bends):
            _merge(edits, more)
            reached = start.after([*edits.values()])
        if _keeps(reached, bent.x) and _solves(reached, limits, watch, end):
            return _offered(start, edits, bends, cheapest=cheapest)
    return None


def _offered(
    start: Reached, edits: Mapping[object, Edit], bends: tuple[str, ...], *, cheapest: bool
) -> Repair:
    prices, chosen = Prices(start.problem.instance), tuple(edits.values())
    total = sum(prices.of_edit(edit) for edit in chosen)
    return Repair(bends, chosen, float(total), cheapest)


def _merge(edits: dict[object, Edit], more: Sequence[Edit]) -> None:
    """Add edits; of two of one cell the last figure holds."""
    for edit in more:
        first = edits.get(edit.cell, edit)
        edits[edit.cell] = replace(edit, old=first.old)


def _keeps(reached: Reached, x: Floats) -> bool:
    """Say whether a repaired instance is valid and some places keep every rule of it."""
    if reached.errors:
        return False
    problem = reached.problem
    places = x.reshape(len(problem.instance.courses), problem.policy.commissioning_years)
    return keeps_rules(problem, problem.outcome(places))


def _solves(reached: Reached, limits: Limits, watch: Watch, end: float) -> bool:
    """Say whether ``solve`` can find a plan too, where trying that takes little time.

    There is one: the places with which the repair was found.
    """
    problem = reached.problem
    if problem.layout.size > _SMALL:
        return True
    seconds = max(1.0, end - time.perf_counter())
    try:
        made = allocate(
            problem.instance, problem.policy.first_stages(1),
            replace(limits, seconds=seconds, gap=_GAP), watch.inner(), Method.FAST,
        )  # fmt: skip
    except InfeasibleError:
        return False
    except NoPlanError:
        return True
    return made.certificate.feasible


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
