"""A problem in more than one future: the same decisions, which keep every rule in each of them.

Rows that are the same in several futures stand once, at their tightest ends; what is not decided,
such as what is missing of demand, has columns and rows of its own in each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.formulation.cohorts import Cohorts
from commission_opt.formulation.decisions import selection, times_of, widened
from commission_opt.formulation.parts import OF_FUTURE, PLACES, Aim, Columns, Part, Rows
from commission_opt.formulation.problem import Future, Planning, planning
from commission_opt.instance.instance import Instance
from commission_opt.text.plain import escaped


@dataclass(frozen=True, eq=False)
class Possible:
    """What may come: an instance, how likely it is, what it is called and whether it was drawn."""

    name: str
    probability: float
    instance: Instance
    drawn: bool = False


def in_futures(problem: Planning, possible: Sequence[Possible]) -> Planning:
    """Return a problem whose decisions are weighed in several futures.

    A number of places that is decided now is admissible if it is so in all of them. The pace of
    change goes by the largest of the smallest cohorts and by the least of the most places over the
    futures, in all years. What is fair is said by the instance as given. Years after those that the
    model decides now have columns of their own in each future.

    Parameters
    ----------
    problem : Planning
        Of the instance as given.
    possible : sequence of Possible
        Their probabilities add up to 1.
    """
    how, years = problem.policy.uncertainty, problem.policy.commissioning_years
    now = years if how is None or how.decide_now is None else how.decide_now
    own = [planning(each.instance, problem.policy, last=problem) for each in possible]
    cohorts = common([each.cohorts for each in own])
    relaxed = now if how is not None and how.later_relaxed and now < years else None
    own = [replace(one, given=problem.instance, paced=cohorts, relaxed_from=relaxed) for one in own]
    given = replace(problem, cohorts=cohorts, relaxed_from=relaxed)
    pairs = list(zip(possible, own, strict=True))
    if now >= years:
        futures = (Future(each.name, each.probability, one, each.drawn) for each, one in pairs)
        return _deploying(replace(given, futures=tuple(futures)))
    times = times_of(years, now, np.array([each.probability for each in possible]))
    wide = widened(problem.layout, times)
    effects = problem.effects.over(wide.started)
    return _deploying(replace(given, layout=wide, column_effects=effects, futures=tuple(
        Future(
            each.name, each.probability, one, each.drawn,
            wide.of_future(w, one.layout), times.of_future[w],
        )
        for w, (each, one) in enumerate(pairs)
    )))  # fmt: skip


def _deploying(problem: Planning) -> Planning:
    """Return the same problem where who is deployed is decided in each future."""
    if not problem.deploys:
        return problem
    n, (pairs, years) = problem.layout.size, problem.instance.deployments.shape
    futures = []
    for w, future in enumerate(problem.futures):
        decisions = np.arange(n) if future.columns is None else future.columns
        sent = n + np.arange(w * pairs * years, (w + 1) * pairs * years)
        own = slice(w * pairs, (w + 1) * pairs)
        futures.append(replace(future, columns=np.append(decisions, sent), pairs=own))
    return replace(problem, futures=tuple(futures))


def common(cohorts: Sequence[Cohorts]) -> Cohorts:
    """Return the numbers of places that are admissible by all of some cohorts of equal steps."""
    smallest = np.maximum.reduce([each.smallest for each in cohorts])
    largest = np.minimum.reduce([each.largest for each in cohorts])
    some = smallest <= largest
    return Cohorts(
        cohorts[0].step,
        np.where(some, smallest, 0.0),
        np.where(some, largest, 0.0),
        np.minimum.reduce([each.capacity for each in cohorts]),
        np.maximum.reduce([each.least for each in cohorts]),
    )


def of_future(part: Part, future: Future, width: int) -> Part:
    """Return what a rule or an objective adds in one future, under names of its own.

    Parameters
    ----------
    width : int
        How many decision columns the program has.
    """
    return _renamed(_widened(part, future, width), future)


def _renamed(part: Part, future: Future) -> Part:
    return replace(
        part,
        columns=tuple(_columns_of(block, future.name) for block in part.columns),
        rows=tuple(_rows_of(block, future) for block in part.rows),
    )


def _widened(part: Part, future: Future, width: int) -> Part:
    """Return a part over the decision columns of the program in which it is weighed."""
    if future.columns is None:
        return part
    box = part.box
    if box is not None:
        low, high = np.full(width, -np.inf), np.full(width, np.inf)
        own = future.columns[: len(box[0])]
        low[own], high[own] = box
        box = low, high
    return replace(
        part,
        columns=tuple(replace(block, fill=_filled(block, future)) for block in part.columns),
        rows=tuple(
            replace(block, coefficients=_wide(block.coefficients, future, width))
            for block in part.rows
        ),
        box=box,
    )


def _filled(block: Columns, future: Future) -> Callable[[Floats], Floats]:
    return lambda x: block.fill(future.own(x))


def _wide(
    coefficients: Mapping[str, sparse.csr_array], future: Future, width: int
) -> dict[str, sparse.csr_array]:
    found = dict(coefficients)
    if PLACES in found:
        found[PLACES] = over(found[PLACES], future, width)
    return found


def over(matrix: sparse.csr_array, future: Future, width: int) -> sparse.csr_array:
    """Return a matrix over columns of a future as one over so many of the program.

    Its decision columns, or these and after them those deployed.
    """
    if future.columns is None:
        return matrix
    return sparse.csr_array(matrix @ selection(future.columns[: matrix.shape[1]], width))


def aim_over(aim: Aim, future: Future, problem: Planning) -> Aim:
    """Return a future's aim over what is decided in the problem; its parts are its own."""
    width = problem.layout.size
    if future.columns is None:
        return aim
    cost = dict(aim.cost)
    if PLACES in cost:
        cost[PLACES] = _spread(cost[PLACES], future, width)
    hinges = aim.hinges
    if hinges is not None:
        linear = _spread(hinges.linear, future, width)
        deployed = hinges.reach.shape[1] > len(hinges.linear)
        beside = math.prod(problem.deployments) if deployed else 0
        reach = over(hinges.reach, future, width + beside)
        hinges = replace(hinges, reach=reach, linear=linear)
    return replace(aim, cost=cost, hinges=hinges)


def _spread(values: Floats, future: Future, width: int) -> Floats:
    found = np.zeros(width)
    assert future.columns is not None
    found[future.columns[: len(values)]] = values
    return found


def named(block: str, future: str) -> str:
    """Name a block of one future."""
    return block if block == PLACES else f"{block}{OF_FUTURE}{future}"


def of_costs(cost: Mapping[str, Floats], future: str) -> dict[str, Floats]:
    """Return costs by block under the names that these have in one future."""
    return {named(block, future): values for block, values in cost.items()}


def _columns_of(block: Columns, future: str) -> Columns:
    return replace(block, name=named(block.name, future))


def _rows_of(block: Rows, future: Future) -> Rows:
    return replace(
        block,
        name=named(block.name, future.name),
        coefficients={named(k, future.name): part for k, part in block.coefficients.items()},
        label=_in_words(block.label, future.name),
        future=future.problem,
    )


def _in_words(label: Callable[[int], str], future: str) -> Callable[[int], str]:
    return lambda i: f"{label(i)} in scenario {escaped(repr(future))}"


def together(futures: Sequence[Future], parts: Sequence[Part], width: int) -> Part:
    """Return what a rule adds in all futures.

    Parameters
    ----------
    parts : sequence of Part
        What it adds in each, over decision columns of its own.
    width : int
        How many decision columns the program has.
    """
    parts = [_widened(part, each, width) for part, each in zip(parts, futures, strict=True)]
    boxes = [part.box for part in parts if part.box is not None]
    box = None
    if boxes:
        box = (np.maximum.reduce([b[0] for b in boxes]), np.minimum.reduce([b[1] for b in boxes]))
    own = [_renamed(part, future) for part, future in zip(parts, futures, strict=True)]
    return replace(
        parts[0],
        columns=tuple(block for part in own for block in part.columns),
        rows=tuple(_distinct(parts, own)),
        box=box,
    )


def _distinct(given: Sequence[Part], own: Sequence[Part]) -> list[Rows]:
    """Return the rows on decisions alone that are no looser copies of others, and all others."""
    blocks = [
        (was, now) for a, b in zip(given, own, strict=True)
        for was, now in zip(a.rows, b.rows, strict=True)
    ]  # fmt: skip
    decided = [set(was.coefficients) <= {PLACES} for was, _ in blocks]
    kept = _tightest([was for (was, _), alone in zip(blocks, decided, strict=True) if alone])
    found: list[Rows] = []
    everywhere = len(given)
    for (was, now), alone in zip(blocks, decided, strict=True):
        if not alone:
            found.append(now)
            continue
        rows, same = next(kept)
        plain = rows & (same == everywhere)
        for some, block in ((plain, was), (rows & ~plain, now)):
            if some.any():
                found.append(_some(block, np.flatnonzero(some)))
    return found


def _tightest(blocks: Sequence[Rows]) -> Iterator[tuple[Bools, Ints]]:
    """Say which rows of each block to keep: of equal coefficients those with the tightest ends.

    Beside that, in how many blocks rows are equal to each in coefficients and ends; a block may
    have several.
    """
    groups: dict[bytes, int] = {}
    group = []
    for block in blocks:
        matrix = block.coefficients.get(PLACES, sparse.csr_array((len(block.lower), 0)))
        for start, end in pairwise(matrix.indptr.tolist()):
            key = matrix.indices[start:end].tobytes() + matrix.data[start:end].tobytes()
            group.append(groups.setdefault(key, len(groups)))
    sizes = [len(block.lower) for block in blocks]
    own, of_group = np.repeat(np.arange(len(blocks)), sizes), np.array(group, dtype=np.int64)
    lower = np.concatenate([np.zeros(0), *(block.lower for block in blocks)])
    upper = np.concatenate([np.zeros(0), *(block.upper for block in blocks)])
    keep = np.zeros(len(own), dtype=bool)
    for tightness in (-lower, upper):
        order = np.lexsort((tightness, of_group))
        keep[order[_new(of_group[order])]] = True
    order = np.lexsort((own, upper, lower, of_group))
    alike = _new(of_group[order], lower[order], upper[order])
    another = alike | _new(own[order])
    kind = np.cumsum(alike) - 1
    same = np.zeros(len(own), dtype=np.int64)
    same[order] = np.bincount(kind, another)[kind]
    ends = np.cumsum(sizes)[:-1]
    return zip(np.split(keep, ends), np.split(same, ends), strict=True)


def _new(*sorted_by: Floats | Ints) -> Bools:
    """Say where any of some arrays is not what it was before; at the beginning it is."""
    new = np.zeros(len(sorted_by[0]), dtype=bool)
    new[:1] = True
    for each in sorted_by:
        new[1:] |= each[1:] != each[:-1]
    return new


def _some(block: Rows, rows: np.ndarray) -> Rows:
    """Return some rows of a block."""
    items = rows if block.items is None else block.items[rows]
    return replace(
        block,
        coefficients={name: part[rows] for name, part in block.coefficients.items()},
        lower=block.lower[rows],
        upper=block.upper[rows],
        label=lambda i: block.label(int(rows[i])),
        key=lambda i: block.key(int(rows[i])),
        unit=block.unit if isinstance(block.unit, float | int) else block.unit[rows],
        items=items,
        share=None if block.share is None else block.share[rows],
    )
