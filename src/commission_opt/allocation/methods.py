"""Methods that find whole places: fast, exact, or first the one and then the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from commission_opt.allocation.conditioned import as_given
from commission_opt.allocation.further import further
from commission_opt.allocation.improve import improved, mended, value_of
from commission_opt.allocation.improve_near import improved_near
from commission_opt.allocation.narrowing import narrowed
from commission_opt.allocation.relaxation import Relaxation, solve_relaxation
from commission_opt.allocation.search.landscape import Landscape, landscape
from commission_opt.allocation.search.rounding import rounded
from commission_opt.allocation.search.search import polished, search
from commission_opt.allocation.search.state import State
from commission_opt.allocation.settled import pointed, settled
from commission_opt.allocation.shares import at_sums
from commission_opt.allocation.task import IntegerMethod, Task
from commission_opt.allocation.whole import whole_formulation
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.parts import Spread, mixed
from commission_opt.solvers.believed import believed, way_by
from commission_opt.solvers.highs import solve_integer
from commission_opt.solvers.linear import Algorithm, is_large
from commission_opt.solvers.status import Limits, Result, Status, Watch

_BRANCHED = 2000  # decision columns up to which branch and bound is worth the time that is left
_SETTLED = 3  # times that places are searched for those deployed, and these settled for the places
_WEIGHED = 4  # times that places are searched by weights of futures
_MOST = 0.75  # of the time for each of these but the last, as the first is worth most
_MENDED, _CHAINED = 0.5, 0.8  # parts of the time for places that break rows, before they are left
_COARSE = 1e-5  # relative gain that counts before those deployed are settled again
_SEARCHED, _POLISHED = (1.0, 0.0), (0.0,)  # shares of prices, for the first of these and later
# What a round of a search has to gain, or trees are grown before it goes on: of the gap, which
# trees narrow by so much in the same time, and of what is left to the target.
_RAISED, _LEFT = 0.04, 0.25
SMALL = 400  # up to which one tree over everything may close the gap before that


class Method(StrEnum):
    """How whole places are found."""

    AUTO = "auto"
    FAST = "fast"
    EXACT = "exact"


def branch_and_bound(task: Task, nodes: int | None = None) -> tuple[Result, Floats | None]:
    """Find whole places by HiGHS's branch and bound, of so many nodes if that is said.

    If the task has a plan, the solver starts from it, and from a box narrowed to better ones.
    """
    formulation, point = task.formulation, None
    if task.start is not None:
        point = pointed(formulation, task.start)
        value = formulation.program.value(point)
        formulation = narrowed(formulation, task.relaxation.multipliers, value)
    whole = whole_formulation(formulation)
    start = None if point is None else whole.from_point(point)
    result = solve_integer(
        whole.program,
        whole.integer,
        task.limits,
        task.watch,
        seconds=task.seconds,
        start=start,
        nodes=nodes,
    )
    return result, None if result.x is None else whole.to_columns(result.x)


def fast(task: Task) -> tuple[Result, Floats | None]:
    """Round the relaxation and search near it; branch and bound only if that finds no plan."""
    end = task.watch.now() + task.seconds
    columns = searched(task)
    if columns is None:
        return branch_and_bound(_from_now(task, end))
    return Result(Status.LIMIT), columns


def auto(task: Task) -> tuple[Result, Floats | None]:
    """Search, then improve; branch and bound in the end if there are not too many decisions.

    Each is left out if the gap asked for is reached; small problems are only searched, as trees
    may prove what was found.
    """
    return _improved(task, branch=task.formulation.problem.layout.size <= _BRANCHED)


def exact(task: Task) -> tuple[Result, Floats | None]:
    """Search, improve, then branch and bound until the gap asked for or the time limit.

    Small problems are only searched.
    """
    return _improved(task, branch=True)


def _improved(task: Task, *, branch: bool) -> tuple[Result, Floats | None]:
    end = task.watch.now() + task.seconds
    layout, hinges = task.formulation.problem.layout, task.formulation.hinges
    # Hinges that may exceed the objective mislead a search, which is then only where to start.
    misled = hinges is not None and not hinges.exact and layout.size <= _BRANCHED
    small, own = layout.size <= SMALL, task.formulation
    proved = small and not (own.held or own.aim.spread)  # perhaps, by trees, before it is improved
    branch = misled or (branch and not small)
    # Where branch and bound goes on to the end, a plan found in haste gains nothing.
    hasty = task.prove is not None and is_large(own.program) and not branch
    hasty = hasty and not (own.held or own.problem.deploys)
    columns = searched(task, hasty=hasty)
    if task.start is not None and (columns is not None or not branch):
        columns = _better(task, columns, layout.to_columns(task.start))
    if columns is not None and task.prove is not None and not _done(task) and not misled:
        task.prove(layout.to_amounts(columns))
        if hasty and not _done(task):
            columns = _searched_on(_from_now(task, end), columns)
    if columns is not None and not (proved or misled or _done(task)):
        columns = _refined(_from_now(task, end), columns)
    if columns is not None and (_done(task) or not branch):
        return Result(Status.LIMIT), columns
    start = task.start if columns is None else layout.to_amounts(columns)
    result, found = branch_and_bound(replace(_from_now(task, end), start=start))
    return result, columns if found is None else found


def _refined(task: Task, columns: Floats) -> Floats:
    """Improve places in neighbourhoods; in small boxes where earlier objectives are held."""
    task = at_sums(task, columns, exactly=True) or task
    own, spread = task.formulation, task.formulation.aim.spread
    if own.problem.deploys or not (own.held or spread):
        return improved(task, columns)
    if spread is not None:
        own = _weighed(own, spread, _weights(task, spread))
    land = _landscape(replace(task, formulation=own), None)
    if land is None or not len(land.caps):
        return improved(task, columns)
    return improved_near(task, land, columns)


def _better(task: Task, found: Floats | None, start: Floats) -> Floats:
    """Return what was found, unless the plan before is as good."""
    return start if found is None or value_of(task, start) <= value_of(task, found) else found


def _done(task: Task) -> bool:
    return task.watch.best <= task.watch.target or task.watch.stopped


def _from_now(task: Task, end: float) -> Task:
    return replace(task, seconds=max(0.0, end - task.watch.now()))


def _searched_on(task: Task, columns: Floats) -> Floats:
    """Go on with a search that ended in haste."""
    land = _landscape(task, None)
    found = None if land is None else _near(task, land, columns, _POLISHED)
    return columns if found is None else found


def searched(task: Task, *, hasty: bool = False) -> Floats | None:
    """Return the columns that the search finds; None if it cannot be used or finds no plan.

    Where rows hold shares of sums it searches where the sums stay near those of the relaxation,
    and then from there.
    """
    strict, end = at_sums(task, task.relaxation.columns), task.watch.now() + task.seconds
    found = None if strict is None else _searched(strict)
    if found is not None:
        return _searched_on(_from_now(task, end), found)
    return _searched(_from_now(task, end), hasty=hasty)


def _searched(task: Task, *, hasty: bool = False) -> Floats | None:
    """Return the columns that the search finds; None if it cannot be used or finds no plan.

    Where staff can be deployed the objective is no sum of hinges in the places alone: it is one for
    those whom the relaxation deploys, and then for those whom the places found ask for. Once
    stopped, a search is not begun where there is a plan already. In haste it ends where to raise
    the bound is worth more than to go on.
    """
    if task.start is not None and task.watch.stopped:
        return None
    if task.formulation.aim.hinges is None and task.formulation.aim.spread is not None:
        return _searched_by_weights(task, task.formulation.aim.spread)
    land = _landscape(task, task.relaxation.deployed)
    if land is None:
        return None
    x = task.relaxation.columns
    if not task.formulation.problem.deploys:
        return _near(task, land, x, _SEARCHED, hasty=hasty)
    x, kept, best = rounded(land, x), None, np.inf
    for k in range(_SETTLED):
        amounts = task.formulation.problem.layout.to_amounts(x)
        land = _landscape(task, settled(task.formulation, amounts))
        shares = _POLISHED if k else _SEARCHED
        found = None if land is None else _near(task, land, x, shares, _COARSE, pairs=k > 0)
        if found is None:
            break
        x, value, last = found, value_of(task, found), best
        if value < best:
            kept, best = found, value
        if last - value < _COARSE * max(1.0, abs(value)):
            break
    return kept


def _searched_by_weights(task: Task, spread: Spread) -> Floats | None:
    """Search where the objective is the largest of weighted sums of hinges.

    The search is for one of them: at first by the weights that the relaxation shows, then half way
    to those that count most at the plan.
    """
    formulation, end = task.formulation, task.watch.now() + task.seconds
    layout, weights = formulation.problem.layout, _weights(task, spread)
    best, least = None, np.inf
    for k in range(_WEIGHED):
        left = (end - task.watch.now()) * (_MOST if k < _WEIGHED - 1 else 1.0)
        own = _weighed(formulation, spread, weights)
        one = replace(task, formulation=own, watch=task.watch.inner(), seconds=max(0.0, left))
        found = _searched(one)
        if found is None:
            break
        value = value_of(task, found)
        if value >= least:
            break
        best, least = found, value
        task.watch.found(value)
        if _done(task):
            break
        most = _given(spread, settled(formulation, layout.to_amounts(found))).at(found)
        weights = (weights / weights.sum() + most) / 2.0
    return best


def _weights(task: Task, spread: Spread) -> Floats:
    """Return the weights that the relaxation shows, shape (W,)."""
    multipliers = as_given(task.formulation, task.relaxation.multipliers)[1]
    weights = spread.always + np.abs(multipliers[task.formulation.program.rows[spread.rows]])
    return weights if weights.any() else spread.weights(np.zeros(len(weights)))


def _weighed(formulation: Formulation, spread: Spread, weights: Floats) -> Formulation:
    """Return a stage whose objective is a sum of hinges; the search knows a plain largest too."""
    hinges = mixed(spread.hinges, weights / weights.sum())
    aim = replace(formulation.aim, hinges=hinges, spread=spread if spread.largest else None)
    return replace(formulation, aim=aim)


def _given(spread: Spread, deployed: Floats | None) -> Spread:
    """Return the same over places alone, for what is deployed."""
    if deployed is None:
        return spread
    return replace(spread, hinges=tuple(hinges.given(deployed) for hinges in spread.hinges))


def _landscape(task: Task, deployed: Floats | None) -> Landscape | None:
    bound = task.relaxation.bound
    return landscape(task.formulation, task.relaxation.multipliers, deployed, bound)


def _near(
    task: Task,
    land: Landscape,
    x: Floats,
    shares: Sequence[float],
    enough: float = 0.0,
    *,
    pairs: bool = True,
    hasty: bool = False,
) -> Floats | None:
    """Return the columns that the search finds near some; None if they break a row."""
    watch, start = task.watch, task.watch.now()
    end = start + task.seconds
    # Chains do not mend all rows of many futures; they do bring down what is held.
    hard = task.formulation.problem.drawn is not None and not land.caps

    def report(state: State) -> bool:
        watch.meter.add(state.worked())
        kept = state.violation == 0.0
        if kept:
            watch.found(state.value)
        late = watch.late(end if kept else middle)  # so that time is left to mend
        good = watch.best <= watch.target or (hard and state.value <= watch.target)
        return watch.stopped or good or late

    def repair(x: Floats) -> Floats | None:
        # What is held ties everything together: too much for branch and bound to mend.
        return None if before is not None else mended(_from_now(task, end), x)

    before = None
    if len(land.caps) and task.start is not None:
        before = task.formulation.problem.layout.to_columns(task.start)
    # Chains bring what is held below its limit late; to go on from a plan takes less than to mend.
    middle = start + task.seconds * (_MENDED if before is None else _CHAINED)

    def going(before: float, value: float) -> bool:
        gap, left = value - task.relaxation.bound, value - watch.target
        return not hasty or before - value >= min(_RAISED * gap, _LEFT * left)

    def solve(program: LinearProgram) -> Result:
        way = way_by(Algorithm.SIMPLEX, program, task.limits, watch.inner())
        # What it leads to is judged where the search reports it.
        return believed([way], lambda result, _: result, end - watch.now(), watch).result

    large = is_large(task.formulation.program)  # where chains may take all the time there is
    at_once = solve if large else None
    state = search(land, x, report, repair, shares, enough, solve=at_once, pairs=pairs, going=going)
    report(state)
    if state.violation > 0.0 and before is not None:  # what is found breaks it, what is known not
        state = polished(land, before, report)
        report(state)
    return state.x if state.violation == 0.0 else None


@dataclass(frozen=True)
class Effort:
    """How much is done for a stage.

    Parameters
    ----------
    find : callable
        Finds whole places.
    nodes_before, nodes_after : int
        Most nodes of each tree that raises the bound, before whole places are looked for, and
        afterwards if the gap asked for is not reached.
    share : float
        Share of the time that whole places may take.
    further : callable
        Finds better whole places for a small problem in turns, as its tree grows, if that is to be
        finished.
    finish : callable or None
        Finds whole places for a small problem if these leave more than the gap asked for.
    relax : callable
        Solves the relaxation of a formulation within limits, followed by a watch, in seconds.
    """

    find: IntegerMethod
    nodes_before: int = 2
    nodes_after: int = 200
    share: float = 0.75
    further: Callable[[Task, int], tuple[Result, Floats | None]] = further
    finish: IntegerMethod | None = None
    relax: Callable[[Formulation, Limits, Watch, float], Relaxation] = solve_relaxation


METHODS: Mapping[Method, Effort] = {
    Method.AUTO: Effort(auto, finish=branch_and_bound),
    Method.FAST: Effort(fast, nodes_after=0, share=1.0),
    Method.EXACT: Effort(exact, nodes_after=100_000, share=0.6, finish=branch_and_bound),
}
