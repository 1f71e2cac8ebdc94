"""The linear relaxation of a stage: the best that places in any number could reach.

It is solved from nothing or from the last one on, in units of its own, and proved in those of the
stage: see ``solvers.believed``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from commission_opt.allocation.conditioned import EVERY_DIGIT, Conditioned, conditioned
from commission_opt.allocation.conflict import conflict, is_proved
from commission_opt.allocation.settled import deployed_in
from commission_opt.arrays import Floats
from commission_opt.certificate.trees import Tree
from commission_opt.core.linear_program import lagrangian_bound
from commission_opt.errors import InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.believed import Believed, Way, agree, believed, from_nothing, way_by
from commission_opt.solvers.linear import Algorithm, is_large
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result, Status, Watch
from commission_opt.text.counts import agreed, plural

REPEATED = "repeated cold"
_EXACT = 1e-7  # largest violation of a relaxed plan


class UnsolvedError(NoPlanError):
    """Every way to solve a relaxation failed; whether there is a plan is not known."""


@dataclass(frozen=True)
class Relaxation:
    """The solved relaxation.

    Parameters
    ----------
    columns : array, shape (n,)
        The decision columns found, within their box.
    multipliers : array, shape (m,)
        Row duals.
    bound : float
        What the multipliers and the trees prove, in the units of the program.
    trees : tuple of Tree
        Over blocks of courses, to raise the bound for whole places.
    deployed : array, shape (S, Y), or None
        The FTE deployed with them, within their box; None where nobody can be.
    whole : array, shape (n,), or None
        Decision columns in admissible numbers to which a tree came and that cost less than what
        was known.
    points : tuple of array, shape (n,)
        Decision columns of relaxations near the bound: at the top of a tree, and at its leaves.
    """

    columns: Floats
    multipliers: Floats
    bound: float
    trees: tuple[Tree, ...] = ()
    deployed: Floats | None = None
    whole: Floats | None = None
    points: tuple[Floats, ...] = ()


_Found = Relaxation | InfeasibleError
Relax = Callable[[Formulation, Limits, Watch, float], Relaxation]
"""Such as ``solve_relaxation``, or ``HotRelaxations`` for one stage after the other."""


def solve_relaxation(
    formulation: Formulation, limits: Limits, watch: Watch, seconds: float | None = None
) -> Relaxation:
    """Solve the linear relaxation of a formulation from nothing.

    One whose places will be made whole anyway may be solved approximately, as the certificate takes
    any multipliers.

    Raises
    ------
    InfeasibleError
        If it is proved that no allocation satisfies every rule, with the rules in conflict.
    UnsolvedError
        If every way failed.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    """
    check_box(formulation)
    left = limits.budget if seconds is None else seconds
    ways = _ways(formulation, limits, watch)
    found: Believed[_Found] = believed(ways, _prove(formulation), left, watch)
    return _settled(found, limits)


@dataclass(eq=False)
class HotRelaxations:
    """Solves the relaxations of one scenario after the other; one program for each objective.

    Parameters
    ----------
    counts : Counter
        How many relaxations were solved in which way: see ``PersistentProgram.way``, each with
        ``(infeasible)`` if it proved that there is no plan; ``repeated cold`` if it proved nothing.
    """

    counts: Counter[str] = field(default_factory=Counter)
    _programs: dict[str, PersistentProgram] = field(default_factory=dict)

    def __call__(
        self, formulation: Formulation, limits: Limits, watch: Watch, seconds: float
    ) -> Relaxation:
        """Solve the relaxation of a formulation; see ``solve_relaxation``."""
        check_box(formulation)
        program = formulation.program
        if formulation.problem.policy.integer and is_large(program):
            self.counts["cold: approximate"] += 1
            return solve_relaxation(formulation, limits, watch, seconds)
        held = self._programs.setdefault(formulation.aim.name, PersistentProgram(limits))
        ways = held.ways(program, watch, _ways(formulation, limits, watch))
        found: Believed[_Found] = believed(ways, _prove(formulation), seconds, watch)
        way = held.way + " (infeasible)" * isinstance(found.proof, InfeasibleError)
        self.counts[way if found.proof and len(found.tried) == 1 else REPEATED] += 1
        return _settled(found, limits)

    def forget(self) -> None:
        """Start anew: no relaxation that follows depends on those before."""
        self._programs.clear()


def relaxed(
    given: Formulation, relax: Relax, limits: Limits, watch: Watch, seconds: float
) -> Relaxation:
    """Relax a stage in units of its own.

    Returns
    -------
    Relaxation
        Of the stage as given: its multipliers, and what they prove there.

    Raises
    ------
    InfeasibleError, UnsolvedError, NoPlanError, StoppedError
        As ``solve_relaxation`` does.
    """
    own = conditioned(given, EVERY_DIGIT)  # rounding would be seen in what is proved
    found = relaxed_own(own, relax, limits, watch, seconds)
    return _again(given, found, own.multipliers(found.multipliers))


def relaxed_own(
    own: Conditioned, relax: Relax, limits: Limits, watch: Watch, seconds: float
) -> Relaxation:
    """Relax a stage that is in units of its own already; as it was given if that fails.

    Rounding can take the last point from a stage whose earlier objectives are held where they are.
    """
    start = watch.now()
    try:
        return relax(own, limits, watch, seconds)
    except UnsolvedError:
        left = max(0.0, seconds - (watch.now() - start))
        found = relax(own.given, limits, watch, left)
    return _again(own, found, own.taken(found.multipliers))


def _again(formulation: Formulation, found: Relaxation, multipliers: Floats) -> Relaxation:
    """Return a relaxation in the units of another formulation of the stage."""
    columns, bound = _columns(formulation, found.columns), _bound(formulation, multipliers)
    return Relaxation(columns, multipliers, bound, deployed=found.deployed)


def refuse_impossible(
    formulation: Formulation, limits: Limits, watch: Watch, seconds: float
) -> None:
    """Raise InfeasibleError if it is proved that no allocation in fractions of places is one.

    An approximate relaxation does not see a conflict that is smaller than its tolerance.
    """
    program = formulation.program.without_cost()
    ways = [way_by(Algorithm.SIMPLEX, program, limits, watch)]
    refused = believed(ways, lambda result, _: _impossible(formulation, result), seconds, watch)
    if refused.proof is not None:
        raise refused.proof


def _ways(formulation: Formulation, limits: Limits, watch: Watch) -> Iterator[Way]:
    exact = not formulation.problem.policy.integer
    tied = bool(formulation.held)
    return from_nothing(formulation.program, limits, watch, exact=exact, tied=tied)


def _impossible(formulation: Formulation, result: Result) -> InfeasibleError | None:
    """Return what stands in each other's way, if a result proves that there is no allocation."""
    proved = is_proved(formulation, result)
    return InfeasibleError(conflict(formulation, result)) if proved else None


def _prove(formulation: Formulation) -> Callable[[Result, float], _Found | None]:
    """Return what results prove: a relaxation, or that there is none."""
    problem, program = formulation.problem, formulation.program

    def prove(result: Result, within: float) -> _Found | None:
        if result.status is Status.ERROR or result.x is None or result.multipliers is None:
            return _impossible(formulation, result)
        found = relaxation_from(formulation, result.x, result.multipliers)
        if math.isinf(within):  # by an exact method, from nothing: nothing will be nearer
            return found if result.status is Status.OPTIMAL else None
        point = formulation.point(problem.layout.to_amounts(found.columns), found.deployed)
        kept = problem.policy.integer or program.largest_violation(point) <= _EXACT
        return found if agree(found.bound, program.value(point), within) and kept else None

    return prove


def _settled(found: Believed[_Found], limits: Limits) -> Relaxation:
    """Return the relaxation that was found, or raise why there is none."""
    if isinstance(found.proof, Relaxation):
        return found.proof
    if found.proof is not None:
        raise found.proof
    if found.result.status is Status.STOPPED:
        raise StoppedError("stopped before the linear relaxation was solved")
    if found.late:
        message = f"the time limit of {limits.seconds:g} s came before the relaxation was solved"
        raise NoPlanError(f"{message}; give more with --time-limit")
    raise UnsolvedError(
        "the linear relaxation could not be solved, so that it is not known whether any allocation "
        f"satisfies every rule; tried {', '.join(found.tried)}"
    )


def relaxation_from(formulation: Formulation, x: Floats, multipliers: Floats) -> Relaxation:
    """Return a point of the program, brought into its box, and what multipliers prove."""
    deployed = deployed_in(formulation, x)
    columns = _columns(formulation, x[formulation.program.columns[PLACES]])
    return Relaxation(columns, multipliers, _bound(formulation, multipliers), deployed=deployed)


def _columns(formulation: Formulation, places: Floats) -> Floats:
    """Bring decision columns into their box."""
    program = formulation.program
    where = program.columns[PLACES]
    return np.clip(places, program.lower[where], program.upper[where])


def _bound(formulation: Formulation, multipliers: Floats) -> float:
    program = formulation.program
    bounds = [lagrangian_bound(program, y) for y in (multipliers, np.zeros_like(multipliers))]
    return max(bounds)


def check_box(formulation: Formulation) -> None:
    """Refuse, by an InfeasibleError, a line whose own bounds leave it no number."""
    program = formulation.program
    places = program.columns[PLACES]
    crossed = np.flatnonzero(program.lower[places] > program.upper[places] + 1e-9)
    if len(crossed):
        first = formulation.column_names()[int(crossed[0])]
        raise InfeasibleError(
            f"{plural(len(crossed), 'decision')}, such as {first}, "
            f"{agreed(len(crossed), 'has', 'have')} no admissible number of places "
            "within capacity and the pace of change"
        )
