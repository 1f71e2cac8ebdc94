"""Why an instance has no plan under a model, and what would give it one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commission_opt.arrays import Bools, Floats
from commission_opt.errors import InputError, NoPlanError, StoppedError
from commission_opt.errors import Problem as InputProblem
from commission_opt.explain.infeasible.collect import rulebook
from commission_opt.explain.infeasible.contradictions import Reached, contradicting
from commission_opt.explain.infeasible.feasibility_relaxation import keys
from commission_opt.explain.infeasible.iis import Conflict, Stated, find_conflicts
from commission_opt.explain.infeasible.repairs import (
    Repair,
    default_bends,
    find_repairs,
    places_kept,
)
from commission_opt.explain.infeasible.rulebook import Rulebook
from commission_opt.explain.infeasible.trial import Trial
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import ORIGINS
from commission_opt.policy import Policy
from commission_opt.reading.read import is_contradiction, read_contents, read_regardless
from commission_opt.solvers.status import Limits, Status, Watch

_CONFLICTS = 5
_CUTS = 30  # rounds in which targets get further rows
_SHARE = 0.5  # of the time that conflicts may take
_EASED = 24  # statements of a conflict whose figures are worked out
_UNKNOWN = sum(not origin.of_course or origin.lines is not None for origin in ORIGINS) - 0.5


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What stands in the way of a plan.

    Parameters
    ----------
    problem : Planning
        The instance, contradictions and all, under its model.
    errors : tuple of Problem
        Figures of the instance that contradict each other.
    conflicts : tuple of Conflict
        Minimal conflicts, no two of which share a statement.
    more : bool
        Whether there are further conflicts.
    places : array, shape (C, K), or None
        A plan that keeps every rule, if there is one.
    repairs : tuple of Repair
        Cheapest first.
    bends : tuple of str
        Kinds of rules that repairs were allowed to bend.
    """

    problem: Planning
    errors: tuple[InputProblem, ...]
    conflicts: tuple[Conflict, ...]
    more: bool
    places: Floats | None
    repairs: tuple[Repair, ...]
    bends: tuple[str, ...]


def diagnosis_of(
    files: Mapping[str, bytes],
    policy: Policy,
    bends: Sequence[str] = (),
    limits: Limits | None = None,
    watch: Watch | None = None,
    known: Sequence[InputProblem] = (),
) -> Diagnosis:
    """Say whether an instance has a plan under a model, and if not, why and what would help.

    Parameters
    ----------
    files : mapping of str to bytes
        The instance, contents by the name of the file.
    bends : sequence of str
        Kinds of rules that repairs may bend, keys of ``BENDS``; if none are given, all those of
        the tables that the instance has.
    watch : Watch, optional
        Told of progress; can stop the work.
    known : sequence of Problem
        What is known to be wrong with the instance beside its contents.

    Raises
    ------
    InputError
        If anything else is wrong with the instance than that its figures contradict each other.
    NoPlanError, StoppedError
        If the time or the user came before it was clear whether there is a plan.
    """
    limits, watch = limits or Limits(), watch or Watch()
    start = time.perf_counter()
    watch.begin("reading the statements")
    reading = read_contents(files, known)
    errors = tuple(p for p in reading.problems if p.severity == "error")
    if not all(is_contradiction(problem, files) for problem in errors):
        raise InputError(reading.problems)
    instance = reading.instance or read_regardless(files)
    check_fits(instance, policy)
    problem = planning(instance, policy)
    bends = bends or default_bends(problem)
    points: list[Floats] = []
    watch.begin("looking for conflicts")
    for _ in range(_CUTS):
        book = rulebook(problem, points)
        trial = Trial(book, limits, watch, start + _SHARE * limits.seconds)
        explained, apart = _cohort_errors(book, errors)
        most = _CONFLICTS - len(explained)
        conflicts, kept = find_conflicts(trial, book.everything & ~apart, most)
        plan = None if kept is None or conflicts or errors else places_kept(problem, kept)
        if kept is None or conflicts or errors or plan is not None or trial.late:
            break
        points.append(kept)  # places that miss a target, which gets a row for them
    if plan is None and not conflicts and not errors:
        if watch.stopped:
            raise StoppedError("stopped before it was clear whether there is a plan")
        raise NoPlanError(
            f"after {limits.seconds:g} s it is not clear whether there is a plan: neither a plan "
            "nor a conflict was found; give more with --time-limit"
        )
    explained += [_explained(trial, conflict) for conflict in conflicts]
    repairs: tuple[Repair, ...] = ()
    if explained or errors:
        watch.begin("looking for repairs")
        found = [{*keys(book, conflict.numbers)} for conflict in conflicts]
        begun, until = Reached(files, problem, errors), start + limits.seconds
        repairs = find_repairs(begun, found, bends, replace(trial, end=until), points)
    more = bool(conflicts) and kept is None
    return Diagnosis(problem, errors, tuple(explained), more, plan, repairs, tuple(bends))


def _cohort_errors(book: Rulebook, errors: Sequence[InputProblem]) -> tuple[list[Conflict], Bools]:
    """Return the lines whose least amount is beyond their most, and what these say.

    Such a line could stay at nothing, so that places and units alone do not show the contradiction.
    """
    found = list[Conflict]()
    apart = book.mask(())
    for error in errors[:_CONFLICTS]:
        both = [origin for origin in contradicting(error) if origin.of_course]
        if not both:
            continue
        both.sort(key=lambda origin: not origin.asks_for_more)
        lines = both[0].lines
        assert lines is not None
        at = int(np.flatnonzero(lines(book.problem) == error.row)[0])
        own = {(origin, at) for origin in both}
        said = [origin.statement(book.problem, at) for origin in both]
        beyond = said[0].limit - said[1].limit
        stated = tuple(Stated(one, one.limit, beyond) for one in said)
        numbers = [k for k, key in enumerate(keys(book, range(book.size))) if key in own]
        found.append(Conflict(tuple(numbers), proved=True, minimal=True, stated=stated))
        apart |= book.mask(numbers)
    return found, apart


def _explained(trial: Trial, conflict: Conflict) -> Conflict:
    """Say what stands in the files, and by how much each statement is short."""
    book, own = trial.book, trial.book.mask(conflict.numbers)
    part, stated = trial.among(own), []

    def importance(number: int) -> tuple[float, int]:
        origin = book.origins[number]
        return ORIGINS.index(origin) if origin in ORIGINS else _UNKNOWN, number

    for k, number in enumerate(sorted(conflict.numbers, key=importance)):
        said = book.statement(number)
        scale, relax, left, short = said.origin.scale, said.origin.relax, said.limit, None
        if said.origin.drawn:
            left = float(book.row_upper[book.upper_of == number][0]) * scale
        if k < _EASED and relax is not None and not relax.whole:
            status, _, given = part.bent(own, {(number,): 1.0})
            short = float(given[0]) * scale if status is Status.OPTIMAL else None
        stated.append(Stated(said, left, short))
    return replace(conflict, stated=tuple(stated))
