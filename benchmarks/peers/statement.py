"""The problem as plain arrays, which is where every peer starts.

A peer writes the variables, the constraints and the objective in its own library. What it starts
from is data preparation that any of them would need: supply without new places and what a place
adds to it, what a place costs, bounds. All of that comes from the package's `planning`. Decisions
are counted in cohort steps, so that a whole number of them is what the integer plan asks for; the
relaxation of {0} ∪ [least, upper] is the box, so it has no binaries.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.core.account import Account
from commission_opt.errors import InfeasibleError, UsageError
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.rules.commitments import in_force
from commission_opt.policy import Policy

Ints = npt.NDArray[np.int64]

THOUSAND = 1e3  # budgets are counted in £ thousand


@dataclass(frozen=True)
class Statement:
    """What every peer is told; n decisions, one for each course and commissioning year.

    Parameters
    ----------
    problem : Planning
        Where it comes from; a peer does not look at it.
    step : array, shape (n,)
        Places per cohort step.
    lower, upper : array, shape (n,)
        Bounds, steps: capacity, the first year's pace of change, both tightened to admissible
        numbers year after year.
    guarded : array of int, shape (g,)
        Decisions that are 0 or at least their smallest cohort.
    least : array, shape (g,)
        That cohort, steps.
    supply : scipy.sparse.csr_array, shape (cells, n)
        FTE that a step adds to each profession, region and year. A cell that needs nobody, or
        that no decision reaches, is left out.
    gap : array, shape (cells,)
        FTE missing there without new places.
    width : array, shape (cells, tiers)
        How much of the gap falls into each tier, which is the most that can be missing in it.
    price : array, shape (cells, tiers)
        Weighted FTE-years for each FTE missing.
    offset : float
        Weighted FTE-years that no decision changes.
    budget : scipy.sparse.csr_array, shape (budgets, n)
        £ thousand that a step costs.
    budget_left, budget_amount : array, shape (budgets,)
        £ thousand left by the pipeline, and the whole amount.
    placement : scipy.sparse.csr_array, shape (pools, n)
        Weeks that a step uses.
    placement_left : array, shape (pools,)
        Weeks left by the pipeline.
    promise : scipy.sparse.csr_array, shape (promises, n)
        Places that a step adds to each commitment in each year of its range.
    promised_least, promised_most : array, shape (promises,)
        Places, infinite where nothing is promised.
    now, before : array of int, shape (paces,)
        Pairs of decisions of one course in a year and in the year before it:
        ``slowest · before − fall ≤ now ≤ fastest · before + rise``.
    slowest, fastest : float
    fall, rise : array, shape (paces,)
        Steps.
    """

    problem: Planning
    step: Floats
    lower: Floats
    upper: Floats
    guarded: Ints
    least: Floats
    supply: sparse.csr_array
    gap: Floats
    width: Floats
    price: Floats
    offset: float
    budget: sparse.csr_array
    budget_left: Floats
    budget_amount: Floats
    placement: sparse.csr_array
    placement_left: Floats
    promise: sparse.csr_array
    promised_least: Floats
    promised_most: Floats
    now: Ints
    before: Ints
    slowest: float
    fastest: float
    fall: Floats
    rise: Floats

    def budgets(self, factor: float) -> Floats:
        """Return what is left of the budgets, £ thousand, if every amount is scaled."""
        return np.asarray(self.budget_left + (factor - 1.0) * self.budget_amount)

    def places(self, steps: Floats) -> Floats:
        """Return places by course and commissioning year, shape (C, K)."""
        return self.problem.layout.to_amounts(steps * self.step)


def state(problem: Planning) -> Statement:
    """Put a problem into plain arrays.

    Raises
    ------
    UsageError
        If the commissioning model has a rule or an objective that the peers do not write.
    InfeasibleError
        If a limit that no decision reaches is broken.
    """
    refuse(problem.policy)
    if len(problem.instance.measures):
        raise UsageError("the peers do not write measures; take an instance without any")
    course = problem.layout.line
    step = problem.cohorts.step[course]
    lower, upper = (side.ravel() / step for side in _bounds(problem))
    smallest = problem.cohorts.smallest[course] / step
    guarded = np.flatnonzero((smallest > 1) & (lower < smallest) & (upper > 0))
    supply, gap, width, price, offset = _shortage(problem, step)
    effects = problem.effects
    budget, left, amount = _drawn(problem, effects.spend, step, THOUSAND, "budget")
    placement, weeks, _ = _drawn(problem, effects.weeks, step, 1.0, "placement capacity")
    promise, promised_least, promised_most = _promise(problem, step)
    now, before, slowest, fastest, fall, rise = _pace(problem, step)
    return Statement(
        problem=problem, step=step, lower=lower, upper=upper,
        guarded=guarded, least=smallest[guarded],
        supply=supply, gap=gap, width=width, price=price, offset=offset,
        budget=budget, budget_left=left, budget_amount=amount,
        placement=placement, placement_left=weeks,
        promise=promise, promised_least=promised_least, promised_most=promised_most,
        now=now, before=before, slowest=slowest, fastest=fastest, fall=fall, rise=rise,
    )  # fmt: skip


def refuse(policy: Policy) -> None:
    """Refuse a commissioning model that has more than the generated ones have.

    Raises
    ------
    UsageError
    """
    rules = policy.rules
    unwritten = {
        "integer = false": not policy.integer,
        "level_intake": rules.level_intake,
        "fair_share": rules.fair_share is not None,
        "soft commitments": rules.commitments == "soft",
        "budgets = false": not rules.budgets,
        "placements = false": not rules.placements,
        "objectives other than a single shortfall": [o.minimise for o in policy.objectives]
        != ["shortfall"],
    }
    if found := [name for name, has in unwritten.items() if has]:
        raise UsageError(
            f"the peers do not write {', '.join(found)}, which the commissioning model "
            f"{policy.name!r} has; use a model that `commission-opt generate` makes"
        )


def _bounds(problem: Planning) -> tuple[Floats, Floats]:
    """Bound the places of each course and year, shape (C, K) each."""
    cohorts, pace = problem.cohorts, problem.policy.rules.pace_of_change
    lower = np.zeros(problem.layout.grid.shape)
    upper = np.zeros_like(lower)
    low = high = problem.instance.courses["last_intake"].to_numpy(float)
    for year in range(problem.layout.grid.shape[1]):
        if pace is None:
            low, high = np.zeros_like(low), cohorts.capacity
        else:
            low = low * (1.0 - pace.max_decrease) - pace.allowance
            high = high * (1.0 + pace.max_increase) + np.maximum(pace.allowance, cohorts.smallest)
            low = np.minimum(low, cohorts.largest) if year == 0 else low
        low, high = cohorts.tightened(low, np.minimum(high, cohorts.capacity))
        lower[:, year], upper[:, year] = low, high
    return lower, upper


def _shortage(
    problem: Planning, step: Floats
) -> tuple[sparse.csr_array, Floats, Floats, Floats, float]:
    """Return supply, gap, width, price and offset."""
    instance, effects, layout = problem.instance, problem.effects, problem.layout
    fixed = (effects.supply.matrix @ layout.started.constant).reshape(instance.shape)
    gap = np.maximum(
        instance.demand - effects.supply.constant.reshape(instance.shape) - fixed, 0.0
    ).ravel()
    tiers = problem.policy.objectives[0].tiers
    demand = instance.demand.reshape(-1, 1)
    low = demand * np.array([0.0, *(tier.up_to for tier in tiers[:-1])])
    high = np.hstack([low[:, 1:], np.full((len(low), 1), np.inf)])
    width = np.clip(gap[:, None], low, high) - low
    discount = (1.0 + problem.policy.discount_rate) ** -np.arange(float(instance.horizon))
    weight = (
        instance.professions["weight"].to_numpy(float)[:, None, None]
        * instance.regions["weight"].to_numpy(float)[:, None]
        * discount
    )
    price = weight.reshape(-1, 1) * np.array([tier.weight for tier in tiers])
    supply = _per_step(effects.supply.matrix, problem, step)
    live = (gap > 0) & (np.diff(supply.indptr) > 0)
    offset = float(np.sum((price * width)[~live]))
    return supply[live], gap[live], width[live], price[live], offset


def _drawn(
    problem: Planning, use: Account, step: Floats, unit: float, name: str
) -> tuple[sparse.csr_array, Floats, Floats]:
    """Return what a step uses of each limit, what the pipeline leaves of it, and all of it."""
    left = use.upper - use.constant - use.matrix @ problem.layout.started.constant
    matrix = _per_step(use.matrix, problem, step / unit)
    reached = _reached(matrix, left >= -TOLERANCE * np.maximum(1.0, use.upper), name)
    return matrix[reached], left[reached] / unit, use.upper[reached] / unit


def _per_step(per_start: sparse.csr_array, problem: Planning, step: Floats) -> sparse.csr_array:
    """Turn an effect of a place by start year into that of a decision's step."""
    matrix = sparse.csr_array(per_start @ problem.layout.started.matrix)
    matrix.sum_duplicates()
    matrix.data *= step[matrix.indices]
    return matrix


def _reached(matrix: sparse.csr_array, kept: npt.NDArray[np.bool_], name: str) -> Ints:
    """Return the rows that a decision reaches; the others are kept as they are, or never."""
    empty = np.diff(matrix.indptr) == 0
    if (empty & ~kept).any():
        row = int(np.flatnonzero(empty & ~kept)[0])
        raise InfeasibleError(f"{name} {row + 1} is broken whatever the places")
    return np.flatnonzero(~empty)


def _promise(problem: Planning, step: Floats) -> tuple[sparse.csr_array, Floats, Floats]:
    """Return what a step adds to each commitment in each year, its least and its most."""
    instance, layout = problem.instance, problem.layout
    which, when = in_force(instance, layout.years)
    least = instance.commitments["min_places"].fillna(-np.inf).to_numpy(float)[which]
    most = instance.commitments["max_places"].fillna(np.inf).to_numpy(float)[which]
    row, course = np.nonzero(instance.commitment_lines[which])
    column = layout.column(course, when[row])
    matrix = sparse.csr_array((step[column], (row, column)), shape=(len(which), len(step)))
    reached = _reached(matrix, (least <= 0) & (most >= 0), "commitment")
    return matrix[reached], least[reached], most[reached]


def _pace(problem: Planning, step: Floats) -> tuple[Ints, Ints, float, float, Floats, Floats]:
    pace, layout = problem.policy.rules.pace_of_change, problem.layout
    now, before = layout.grid[:, 1:].ravel(), layout.grid[:, :-1].ravel()
    if pace is None:
        return now[:0], now[:0], 0.0, 0.0, step[:0], step[:0]
    room = np.maximum(pace.allowance, problem.cohorts.smallest)[layout.line[now]]
    return (
        now,
        before,
        1.0 - pace.max_decrease,
        1.0 + pace.max_increase,
        pace.allowance / step[now],
        room / step[now],
    )
