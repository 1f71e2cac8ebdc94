"""What one FTE more of a floor costs each objective, at the margin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.accounts.floors import Levels
from commission_opt.allocation.decided import Decided
from commission_opt.allocation.relaxation import UnsolvedError, solve_relaxation
from commission_opt.arrays import Floats
from commission_opt.certificate.limits import limit
from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerTable, columns
from commission_opt.formulation.assemble import HELD, Formulation, aims, formulate, rule_parts
from commission_opt.formulation.objectives import BELOW, OBJECTIVES
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.shortage import year_weights
from commission_opt.formulation.wording import Number
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.status import Limits, Watch
from commission_opt.views import words
from commission_opt.views.floors import headline, missed
from commission_opt.views.shortfall import Baselines

_SHOWN = 10
_NOTHING = 1e-6  # of the largest price of an objective: rounding
_SLACK = 1e-9  # relative; what rounding may leave of a limit
_NOTE = (
    "At the margin, in fractions of places, each objective at its best while those before it are "
    "held to their limits, which move by what the floor costs those. One FTE less saves as much "
    "where the price holds. Of a floor that is missed anyway more would be missed too, so that it "
    "costs later objectives nothing."
)


@dataclass(frozen=True, eq=False)
class FloorPrices:
    """What floors cost at the margin.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``floor``, ``region``, ``year``, ``required``, ``service`` and ``below`` (FTE, of the plan),
        and a column for each objective of the model from ``below_floor`` on: by how much one FTE
        more asked for raises it, in its unit. The dearest first.
    exchange : mapping of str to float
        How much of each objective behind ``below_floor`` one FTE-year more below floors would save.
    """

    frame: pd.DataFrame
    exchange: Mapping[str, float]

    @property
    def objectives(self) -> list[str]:
        """The objectives that are priced, in order."""
        return [name for name in self.frame.columns if name in OBJECTIVES]

    @property
    def behind(self) -> str:
        """The objective right behind the floors; ``below_floor`` if there is none."""
        return self.objectives[min(1, len(self.objectives) - 1)]


def floor_prices(
    problem: Planning, levels: Levels, limits: Limits, watch: Watch
) -> FloorPrices | None:
    """Work out what one FTE more asked for by each floor, region and year costs each objective.

    Parameters
    ----------
    levels : Levels
        How the plan keeps the floors.
    limits, watch
        As for solving.

    Returns
    -------
    FloorPrices or None
        None where the model does not count floors, or the program is too large to be solved again
        for each objective.
    """
    policy = problem.policy.relaxed()
    names = [objective.minimise for objective in policy.objectives]
    if BELOW not in names or not len(problem.instance.floors):
        return None
    solved: list[tuple[Floats, float]] = []
    relaxed = planning(problem.instance, policy, problem.effects)
    with suppress(UnsolvedError):
        solved += _prices(relaxed, limits, watch)
    first = names.index(BELOW)
    if len(solved) <= first:
        return None
    found = problem.instance.floors[["floor", "region", "year"]].reset_index(drop=True)
    for name in ("required", "service", "below"):
        found[name] = getattr(levels, name)
    own = dict(zip(names[first:], solved[first:], strict=False))
    for name, (price, _) in own.items():
        found[name] = price
    found[BELOW] += _settled(relaxed, levels)
    order = np.lexsort([-found[name].abs() for name in list(own)[:2]])
    exchange = {name: saved for name, (_, saved) in own.items() if name != BELOW}
    return FloorPrices(found.iloc[order].reset_index(drop=True), exchange)


def _prices(problem: Planning, limits: Limits, watch: Watch) -> Iterator[tuple[Floats, float]]:
    """Yield what one FTE more of each floor costs each objective, and what is saved for less.

    The best of an objective moves with a floor by the price of its row, and by what the limits of
    the objectives before it move. Nothing is yielded from a program on that is too large.
    """
    parts, held = rule_parts(problem), list[tuple[Aim, float]]()
    moved: list[tuple[Aim, Floats]] = []  # of each limit
    for each, objective in zip(aims(problem), problem.policy.objectives, strict=True):
        watch.begin(f"prices of floors: {OBJECTIVES[each.name].title}")
        stage = formulate(problem, each, parts, held)
        if is_large(stage.program):
            return
        found = solve_relaxation(stage, limits, watch)
        price, saved = _of_rows(stage, found.multipliers), 0.0
        for before, movement in moved:
            of_limit = _of_limit(stage, before, found.multipliers)
            price += of_limit * movement
            saved = -of_limit if before.name == BELOW else saved
        price[np.abs(price) <= _NOTHING * max(1.0, float(np.abs(price).max(initial=0.0)))] = 0.0
        best = found.bound * each.scale
        slack = _SLACK * max(1.0, abs(best))
        held.append((each, limit(best, objective.tolerance) + slack))
        moved.append((each, price))
        yield price, saved


def _of_rows(stage: Formulation, multipliers: Floats) -> Floats:
    """Return the price of each row of ``Instance.floors``, in the unit of the objective."""
    price = np.zeros(len(stage.problem.instance.floors))
    for block in stage.rows:
        if block.name == BELOW and block.items is not None:
            price[block.items] = multipliers[stage.program.rows[BELOW]]
    return stage.aim.scale * price


def _settled(problem: Planning, levels: Levels) -> Floats:
    """Return what one FTE more costs where a floor is missed whatever is decided.

    Such a row is in no program; what it adds to the objective, its limit allows.
    """
    blocks = [rows for part in OBJECTIVES[BELOW].aim(problem).parts for rows in part.rows]
    fixed = np.ones(len(levels.below), dtype=bool)
    for block in blocks:
        fixed[block.items] = False
    year = problem.instance.floors["year"].to_numpy(int) - problem.instance.first_year
    each = year_weights(problem.instance, problem.policy)[year]
    return np.where(fixed & missed(levels), each, 0.0)


def _of_limit(stage: Formulation, before: Aim, multipliers: Floats) -> float:
    """Return the price of the limit of an objective before, per unit of it."""
    row = stage.program.rows.get(f"{HELD}{before.name}")
    price = 0.0 if row is None else float(multipliers[row][0])
    return price * stage.aim.scale / before.scale


def table(prices: FloorPrices) -> AnswerTable:
    """Lay the prices out, those of the objective behind the floors first."""
    frame, named = prices.frame, prices.objectives
    priced = [
        column
        for name in named
        for column in columns(
            figures.pounds if OBJECTIVES[name].number is Number.POUNDS else figures.signed_fte,
            **{name: f"{OBJECTIVES[name].title}, {OBJECTIVES[name].unit}"},
        )
    ]
    shown = (
        *columns(floor="floor", region="region"), *columns(figures.year, year="year"),
        *columns(figures.fte, required="asked for, FTE", service="service, FTE"), *priced,
    )  # fmt: skip
    some = int((frame[named].abs() > 0).any(axis=1).sum())
    title = "What one FTE more of a floor costs each objective"
    return AnswerTable("floors", title, frame, shown, min(_SHOWN, some), _NOTE)


def sentences(plan: Decided, prices: FloorPrices | None) -> Iterator[str]:
    """Say how a plan keeps its floors, and of which one FTE more costs most."""
    problem, futures = plan.problem, Baselines(plan.problem, plan.outcome)
    if said := headline(problem.instance, plan.outcome, futures.nothing, futures.titles[0]):
        yield said
    if prices is None:
        return
    kind = OBJECTIVES[prices.behind]
    for name, saved in list(prices.exchange.items())[:1]:
        if saved > 0:
            yield (
                f"One discounted FTE-year more below floors would save {_amount(name, saved)} of "
                f"the {kind.title}."
            )
    costing = prices.frame[prices.frame[prices.behind] > 0]
    if not len(costing):
        yield (
            f"One FTE more of any floor would cost nothing of the {kind.title}; of one that is "
            "missed more would be missed too."
        )
        return
    first = costing.iloc[0]
    yield (
        f"One FTE more of a floor costs most of the {kind.title} on {first['floor']!r} in "
        f"{first['region']} in {words.year(first['year'])}: "
        f"{_amount(prices.behind, first[prices.behind])}."
    )


def _amount(name: str, value: float) -> str:
    kind = OBJECTIVES[name]
    return kind.amount(value, None if kind.number is Number.POUNDS else figures.fte(value))
