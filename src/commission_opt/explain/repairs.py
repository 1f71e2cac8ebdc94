"""Repairs of an instance without a plan: edits, each tried before it is offered."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.methods import Method
from commission_opt.certificate import TOLERANCE, violations
from commission_opt.errors import InfeasibleError, NoPlanError, UsageError
from commission_opt.errors import Problem as InputProblem
from commission_opt.explain.collect import rulebook
from commission_opt.explain.conflict import reduced, whole_answer
from commission_opt.explain.edits import Edit, edited, edited_model
from commission_opt.explain.elastic import BENDS, MONEY, OF_THE_MODEL, elastic
from commission_opt.explain.prices import Prices
from commission_opt.explain.rulebook import Rulebook
from commission_opt.explain.statements import Kind
from commission_opt.explain.trial import Trial
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.read import read_contents, read_regardless
from commission_opt.instance.use import budget_use, placement_use
from commission_opt.linear_program import Floats
from commission_opt.outcome import outcome
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits, Watch

DEFAULT_BENDS = ("budgets", "placements", "commitments", "capacity", "cohorts")
Key = tuple[Kind, int]
_CONFLICTS = 4  # further ones that are looked for before all statements are bent at once
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
        £, see ``explain.prices``.
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
        return _policy(policy, self.edits)

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


def keys(book: Rulebook, statements: Iterable[int]) -> list[Key]:
    """Return what names statements in the rulebooks of an instance before and after edits."""
    return [(book.kinds[s], int(book.items[s])) for s in statements]


def _may_help(bends: Sequence[str], conflicts: Sequence[Set[Key]]) -> bool:
    """Say whether every conflict has a statement that may give way."""
    kinds = {kind for name in bends for kind in BENDS[name]}
    return all(any(kind in kinds for kind, _ in conflict) for conflict in conflicts)


@dataclass(frozen=True, eq=False)
class Reached:
    """What some edits lead to.

    Parameters
    ----------
    files : mapping of str to bytes
    problem : Planning
        The instance that they hold, contradictions and all, under the model.
    errors : tuple of Problem
        What is wrong with it; all of it contradictions.
    """

    files: Mapping[str, bytes]
    problem: Planning
    errors: tuple[InputProblem, ...]

    @classmethod
    def at(cls, files: Mapping[str, bytes], policy: Policy) -> Reached:
        """Read files, whether or not their figures contradict each other."""
        reading = read_contents(files)
        instance = reading.instance or read_regardless(files)
        errors = tuple(p for p in reading.problems if p.severity == "error")
        return cls(files, planning(instance, policy), errors)


def _repair(
    start: Reached,
    known: Sequence[Set[Key]],
    bends: tuple[str, ...],
    limits: Limits,
    watch: Watch,
    end: float,
) -> Repair | None:
    """Find the cheapest repair by some kinds of rules."""
    if not {*bends} & {*OF_THE_MODEL}:
        settled, repair = _by_conflicts(start, known, bends, limits, watch, end)
        if settled:
            return repair
    return _at_once(start, bends, limits, watch, end)


def _by_conflicts(
    start: Reached,
    known: Sequence[Set[Key]],
    bends: tuple[str, ...],
    limits: Limits,
    watch: Watch,
    end: float,
) -> tuple[bool, Repair | None]:
    """Repair the conflicts that are known; go on with the next as long as there is one.

    What repairs all statements repairs these, so that the cheapest repair of the conflicts is the
    cheapest of all as soon as it leaves a plan.

    Returns
    -------
    settled : bool
        Whether the repair is the cheapest, or none means that there is none.
    repair : Repair or None
    """
    book = rulebook(start.problem)
    number = {key: k for k, key in enumerate(keys(book, range(book.size)))}
    counted = {key for conflict in known for key in conflict if key in number}
    for _ in range(_CONFLICTS):
        edits: dict[object, Edit] = {}
        _merge(edits, _contradictions(start, bends, only="courses.csv"))
        active = book.mask([number[key] for key in counted])
        bent = elastic(book, active, bends, limits, watch, end)
        if bent is None:
            break
        _merge(edits, bent.edits)
        reached = _reach(start, edits)
        if reached.errors:
            break
        trial = Trial(rulebook(reached.problem), limits, watch, end)
        answer = whole_answer(trial, trial.book.everything)
        if answer.x is not None:
            if not _keeps(reached, answer.x) or not _solves(reached, limits, watch, end):
                break
            return True, _offered(start, edits, bends, cheapest=bent.cheapest)
        reason = answer.support
        if reason and not answer.proved:  # all that the solver was given, not what matters of it
            reason = reduced(trial, answer).statements
        more = {*keys(trial.book, reason)}
        if not more <= number.keys() or more <= counted:
            break
        counted |= more
    return False, None


def _at_once(
    start: Reached, bends: tuple[str, ...], limits: Limits, watch: Watch, end: float
) -> Repair | None:
    """Bend all statements, and again where the edits themselves changed what holds."""
    edits: dict[object, Edit] = {}
    cheapest, reached = True, start
    _merge(edits, _contradictions(start, bends, only="courses.csv"))
    if edits:
        reached = _reach(start, edits)
    for _ in range(_ROUNDS):
        book = rulebook(reached.problem)
        bent = elastic(book, book.everything, bends, limits, watch, end)
        if bent is None:
            return None
        cheapest &= bent.cheapest
        _merge(edits, bent.edits)
        reached = _reach(start, edits)
        if more := _contradictions(reached, bends):
            _merge(edits, more)
            reached = _reach(start, edits)
        if _keeps(reached, bent.x) and _solves(reached, limits, watch, end):
            return _offered(start, edits, bends, cheapest=cheapest)
    return None


def _offered(
    start: Reached, edits: Mapping[object, Edit], bends: tuple[str, ...], *, cheapest: bool
) -> Repair:
    prices, chosen = Prices(start.problem.instance), tuple(edits.values())
    price = sum(prices.of(e.column, e.row) * abs(e.new - e.old) for e in chosen)
    return Repair(bends, chosen, float(price), cheapest)


def _reach(start: Reached, edits: Mapping[object, Edit]) -> Reached:
    chosen = tuple(edits.values())
    return Reached.at(edited(start.files, chosen), _policy(start.problem.policy, chosen))


def _merge(edits: dict[object, Edit], more: Sequence[Edit]) -> None:
    """Add edits; of two of one cell the last figure holds."""
    for edit in more:
        first = edits.get(edit.cell, edit)
        edits[edit.cell] = replace(edit, old=first.old)


def _policy(policy: Policy, edits: Sequence[Edit]) -> Policy:
    content = edited_model(policy.content, edits)
    if content == policy.content:
        return policy
    return replace(parse_policy(content), integer=policy.integer)


def _keeps(reached: Reached, x: Floats) -> bool:
    """Say whether a repaired instance is valid and some places keep every rule of it."""
    if reached.errors:
        return False
    problem = reached.problem
    places = x.reshape(len(problem.instance.courses), problem.policy.commissioning_years)
    result = outcome(problem.instance, problem.policy, problem.effects, places)
    return all(v.size <= TOLERANCE for v in violations(problem, result))


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


def _contradictions(reached: Reached, bends: Sequence[str], only: str = "") -> list[Edit]:
    """Return the edits that contradictory figures need whatever the model says."""
    return [
        edit
        for problem in reached.errors
        if problem.file == only or not only
        for edit in _needed(reached.problem.instance, problem, bends)
    ]


def _needed(instance: Instance, problem: InputProblem, bends: Sequence[str]) -> Iterator[Edit]:
    """Yield the edit that one contradiction needs, if its kind of rule may give way."""
    row = problem.row
    assert row is not None
    if problem.file == "courses.csv":
        course = instance.courses.iloc[int(np.flatnonzero(instance.courses.index == row)[0])]
        least, most = float(course["min_cohort"]), float(course["max_intake"])
        code = course["course"]
        if "cohorts" in bends:
            name = f"min_cohort of course {code!r}"
            yield Edit(problem.file, row, "min_cohort", least, most, name)
        elif "capacity" in bends:
            name = f"max_intake of course {code!r}"
            yield Edit(problem.file, row, "max_intake", most, least, name)
    elif problem.file == "commitments.csv" and "commitments" in bends:
        at = int(np.flatnonzero(instance.commitments.index == row)[0])
        said = instance.commitments.iloc[at]
        intakes = instance.courses["max_intake"].to_numpy(float)
        reach = float(intakes[instance.commitment_courses[at]].sum())
        new = float(np.nanmin([reach, said["max_places"]]))
        name = f"commitment {said['commitment']!r}"
        yield Edit(problem.file, row, "min_places", float(said["min_places"]), new, name)
    elif problem.file == "budgets.csv" and "budgets" in bends:
        at = int(np.flatnonzero(instance.budgets.index == row)[0])
        said = instance.budgets.iloc[at]
        new = float(np.ceil(budget_use(instance).committed[at] / MONEY) * MONEY)
        name = f"budget of fund {said['fund']!r} in {said['year']}"
        yield Edit(problem.file, row, "amount", float(said["amount"]), new, name)
    elif problem.file == "placements.csv" and "placements" in bends:
        table = instance.tables["placements"]
        said = table.iloc[int(np.flatnonzero(table.index == row)[0])]
        pools = instance.placements
        own = ((pools["pool"] == said["pool"]) & (pools["region"] == said["region"])).to_numpy()
        own &= (pools["capacity"] == said["capacity"]).to_numpy()
        new = float(np.ceil(placement_use(instance).committed[own].max()))
        name = f"capacity of pool {said['pool']!r} in {said['region']!r}"
        yield Edit(problem.file, row, "capacity", float(said["capacity"]), new, name)


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
