"""The objectives, a function of the same name each, and the stages that optimise them in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr.numvalue import is_fixed

from commission_opt.algebra.data import Data
from commission_opt.policy import Objective, Policy

# Solvers see objectives and caps in these units, else in the objective's own: their tolerances
# are absolute, and a place moves a share by less than that. A cap is divided by its own size.
UNITS = {"cost": 1e3, "worst_region": 1e-6}


def add_objectives(m: Any, d: Data, policy: Policy) -> None:
    """Write down what the commissioning model minimises, one stage for each objective.

    ``objective_value[name]`` is an objective in its own unit, ``minimise[name]`` asks a solver
    for the least of it, ``held[name]`` keeps it at or below a cap. Only one stage is active.
    """
    names = [objective.minimise for objective in policy.objectives]

    def minimise(m: Any, name: str) -> Any:
        return m.objective_value[name] / UNITS.get(name, 1.0)

    m.stages = pyo.Set(initialize=names)
    m.objective_value = pyo.Expression(m.stages)
    for objective in policy.objectives:
        expression: Callable[[Any, Data, Policy, Objective], Any] = globals()[objective.minimise]
        m.objective_value[objective.minimise] = expression(m, d, policy, objective)
    m.minimise = pyo.Objective(m.stages, rule=minimise)
    m.held = pyo.Constraint(m.stages)
    set_stage(m, 0, ())


def shortfall(m: Any, d: Data, policy: Policy, objective: Objective) -> Any:
    """Weigh the shortfall (``shortfall``), in weighted FTE-years.

    Σ w[p] w[q] δ^(y − first_year) Σ_b ω_b shortfall_band[p,q,y,b]; the bands are cut at shares of
    demand, the last one open. Each place that a soft commitment misses adds commitment_price, and
    what is beyond the end of a soft target adds its price.
    """
    tiers = objective.tiers

    def width(_m: Any, p: str, q: str, y: int, b: int) -> tuple[float, float | None]:
        if b == len(tiers) - 1:
            return 0, None
        below = tiers[b - 1].up_to if b > 0 else 0.0
        return 0, (tiers[b].up_to - below) * d.demand[p, q, y]

    def bands(m: Any, p: str, q: str, y: int) -> Any:
        return m.shortfall[p, q, y] == pyo.quicksum(m.shortfall_band[p, q, y, b] for b in m.bands)

    m.bands = pyo.Set(initialize=range(len(tiers)))
    m.shortfall_band = pyo.Var(m.cells, m.bands, bounds=width)
    m.banding = pyo.Constraint(m.cells, rule=bands)
    total = pyo.quicksum(
        d.profession_weight[p] * d.region_weight[q] * d.discount[y] * tiers[b].weight * band
        for (p, q, y, b), band in m.shortfall_band.items()
    )
    if policy.rules.commitments == "soft":
        missed = pyo.quicksum(m.missing.values()) + pyo.quicksum(m.beyond.values())
        total = total + policy.rules.commitment_price * missed
    if policy.targets:
        total = total + pyo.quicksum(
            m.target_price[k] * beyond for (k, _), beyond in m.beyond_target.items()
        )
    return total


def worst_region(m: Any, d: Data, _policy: Policy, _objective: Objective) -> Any:
    """Find the region that is worst off (``worst_region``), as a share of its demand.

    The largest over regions of Σ_{p,y} w[p] δ^(y − first_year) u over the same sum of demand;
    neither tiers nor weights of regions. A region whose demand weighs nothing is left out.
    """

    def weighted(values: Any, q: str) -> Any:
        return pyo.quicksum(
            d.profession_weight[p] * d.discount[y] * values[p, q, y]
            for p in d.professions
            for y in d.years
        )

    def region_shortfall(m: Any, q: str) -> Any:
        return weighted(m.shortfall, q)

    def worst(m: Any, q: str) -> Any:
        return m.region_shortfall[q] <= m.region_demand[q] * m.worst_region

    need = {q: float(weighted(d.demand, q)) for q in d.regions}
    m.needy_regions = pyo.Set(initialize=[q for q in d.regions if need[q] > 0])
    m.region_demand = pyo.Param(m.needy_regions, initialize={q: need[q] for q in m.needy_regions})
    m.region_shortfall = pyo.Expression(m.needy_regions, rule=region_shortfall)
    m.worst_region = pyo.Var(within=pyo.NonNegativeReals)
    m.worst = pyo.Constraint(m.needy_regions, rule=worst)
    return 1.0 * m.worst_region


def cost(m: Any, d: Data, _policy: Policy, objective: Objective) -> Any:
    """Add up the spend on what is bought, new and continued (``cost``), in £.

    All funds, whether or not they have a budget; the years of the horizon, discounted. The
    pipeline is left out: it is spent whatever is decided. With pay, that of those whom the plan
    adds counts as well: Σ £ per FTE-year δ^(y − first_year) ``new_paid``.
    """
    spent = pyo.quicksum(
        rate * d.discount[y] * m.charged[line, j, y]
        for (line, j), rates in d.cost.items()
        for rate in rates.values()
        for y in d.years
        if y - j + 1 >= d.first_year
    )
    if objective.pay:
        spent = spent + pyo.quicksum(
            rate * d.discount[y] * m.new_paid[p, q, y]
            for rates in d.pay.values()
            for (p, q, y), rate in rates.items()
        )
    return spent


def change(m: Any, d: Data, _policy: Policy, objective: Objective) -> Any:
    """Count the places that move (``change``): Σ |x[c,t] − last_intake| in the first year.

    Year on year, each later year against the one before it as well: Σ_t |x[c,t] − x[c,t−1]|.
    """
    years = d.commissioning_years if objective.basis == "year-on-year" else [d.first_year]

    def moved(m: Any, c: str, t: int) -> Any:
        before = d.courses[c].last_amount if t == d.first_year else m.places[c, t - 1]
        return m.places[c, t] - before == m.increase[c, t] - m.decrease[c, t]

    m.moving_years = pyo.Set(initialize=years)
    m.increase = pyo.Var(m.courses, m.moving_years, within=pyo.NonNegativeReals)
    m.decrease = pyo.Var(m.courses, m.moving_years, within=pyo.NonNegativeReals)
    m.moved = pyo.Constraint(m.courses, m.moving_years, rule=moved)
    return pyo.quicksum(m.increase.values()) + pyo.quicksum(m.decrease.values())


def surplus(m: Any, d: Data, _policy: Policy, _objective: Objective) -> Any:
    """Add up the surplus (``surplus``): Σ δ^(y − first_year) max(0, service − D), FTE-years."""
    return pyo.quicksum(d.discount[y] * over for (_, _, y), over in m.surplus.items())


def below_floor(m: Any, d: Data, _policy: Policy, _objective: Objective) -> Any:
    """Add up what floors miss (``below_floor``): Σ δ^(y − first_year) below[floor], FTE-years.

    Each floor asks, in each of its regions and years, for FTE, for a share of the demand for the
    professions that it names, before reshaping, or for a share of the service of others:

        Σ service + below ≥ fte + demand_share Σ D + mix_share Σ_of service
    """

    def required(m: Any, name: str, q: str, y: int) -> Any:
        floor = d.floors[name, q, y]
        needed = sum(d.demand[p, q, y] for p in floor.professions)
        others = pyo.quicksum(m.service[p, q, y] for p in floor.of)
        return floor.fte + floor.demand_share * needed + floor.mix_share * others

    def served(m: Any, name: str, q: str, y: int) -> Any:
        return pyo.quicksum(m.service[p, q, y] for p in d.floors[name, q, y].professions)

    def floor(m: Any, *key: Any) -> Any:
        return m.floor_service[key] + m.below_floor[key] - m.floor_required[key] >= 0.0

    m.floors = pyo.Set(dimen=3, initialize=list(d.floors))
    m.floor_required = pyo.Expression(m.floors, rule=required)
    m.floor_service = pyo.Expression(m.floors, rule=served)
    m.below_floor = pyo.Var(m.floors, within=pyo.NonNegativeReals)
    m.floor = pyo.Constraint(m.floors, rule=floor)
    return pyo.quicksum(d.discount[y] * below for (_, _, y), below in m.below_floor.items())


def unemployed(m: Any, d: Data, _policy: Policy, _objective: Objective) -> Any:
    """Add up staff without a post (``unemployed``): Σ δ^(y − first_year) max(0, supply − P)."""

    def beyond_posts(m: Any, p: str, q: str, y: int) -> Any:
        return m.unemployed[p, q, y] >= m.supply[p, q, y] - d.posts[p, q, y]

    m.unemployed = pyo.Var(m.cells_with_posts, within=pyo.NonNegativeReals)
    m.beyond_posts = pyo.Constraint(m.cells_with_posts, rule=beyond_posts)
    return pyo.quicksum(d.discount[y] * idle for (_, _, y), idle in m.unemployed.items())


def set_stage(model: pyo.ConcreteModel, k: int, held: Sequence[float]) -> None:
    """Make one stage the active one.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
    k : int
        Number of the objective to minimise, from 0.
    held : sequence of float
        Cap of each of the objectives before it, in its own unit.
    """
    if len(held) != k:
        raise ValueError(f"stage {k} holds {k} objectives before it, not {len(held)}")
    stages = list(model.stages)
    for objective in model.component_data_objects(pyo.Objective, active=True):
        objective.deactivate()
    model.minimise[stages[k]].activate()
    model.held.clear()
    for name, cap in zip(stages, held, strict=False):
        value, scale = model.objective_value[name], max(UNITS.get(name, 1.0), abs(cap))
        if not is_fixed(value):  # what no decision reaches holds by itself
            model.held[name] = value / scale <= cap / scale
