"""Plans for several futures, against the extensive form of the independent model."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import extensive
import independent
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.futures_tables import futures_tables
from commission_opt.errors import InfeasibleError
from commission_opt.formulation.assemble import rule_parts
from commission_opt.formulation.futures import Possible, in_futures
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.problem import planning
from commission_opt.formulation.rules import RULES
from commission_opt.policy import Policy, UnderUncertainty
from commission_opt.solvers.status import Limits
from drawn_floors import with_floors
from drawn_posts import with_posts
from drawn_substitution import substituting
from measured import taking, with_measures
from samples import PACE, Sample, as_amounts, both, deployed_as, made, model, policy, problem_of
from some import some

Tables = Mapping[str, pd.DataFrame]
RISKS = ("expected", "cvar", "worst", "regret")
FIGURES = (  # table, column, least and greatest factor
    ("demand", "fte", 0.85, 1.2),
    ("joiners", "fte", 0.5, 1.5),
    ("workforce", "leaver_rate", 0.7, 1.4),
    ("workforce", "fte", 0.95, 1.05),
    ("courses", "completion_rate", 0.9, 1.0),
    ("courses", "join_rate", 0.9, 1.0),
    ("budgets", "amount", 1.0, 1.2),
    ("costs", "cost", 0.9, 1.0),
    ("placements", "capacity", 1.0, 1.3),
)


def tables(seed: int) -> tuple[Mapping[str, object], Tables]:
    """Tables with posts, floors, measures, takers or staff who do each other's work, in turn."""
    random = np.random.default_rng([seed, 5])
    size = (int(random.integers(2, 4)), int(random.integers(1, 4)), int(random.integers(1, 3)))
    synthetic = made(*size, seed)
    found: Tables = synthetic.tables
    if seed % 3 == 1:
        found = with_posts(found, seed)
    if seed % 3 == 2:
        found = with_floors(found, 4, seed)
    if seed % 2:
        found = with_measures(found, 3, seed)
    if seed % 4 == 1:
        found = taking(found, seed)
    if seed % 2 == 0 and seed:
        found = substituting(found, seed)
    return synthetic.settings, found


def otherwise(given: Tables, seed: int) -> Tables:
    """The same tables with some figures times a factor of their own."""
    random, found = np.random.default_rng(seed), dict(given)
    for table, column, low, high in FIGURES:
        if random.uniform() < 0.6 and len(found[table]):
            values = found[table][column].astype(str)
            factor = random.uniform(low, high, len(values))
            rate = column.endswith("rate")
            new = [
                str(min(float(v) * f, 1.0) if rate else float(v) * f) if v not in ("", "nan") else v
                for v, f in zip(values, factor, strict=True)
            ]
            found[table] = found[table].assign(**{column: new})
    return found


def futures(seed: int) -> list[tuple[Sample, float]]:
    """Two to four futures; the first is as given."""
    about, given = tables(seed)
    count = 2 + seed % 3
    p = np.random.default_rng([seed, 6]).dirichlet(np.ones(count))
    every = [given, *(otherwise(given, 100 * seed + k) for k in range(1, count))]
    return [(both(about, each), float(share)) for each, share in zip(every, p, strict=True)]


def weighed(text: str, risk: str) -> Policy:
    more = {"alpha": 0.7, "weight": 0.6} if risk == "cvar" else {}
    return replace(policy(text), uncertainty=UnderUncertainty("drawn", risk, **more))  # type: ignore[arg-type]


def drawn_model(seed: int, *, integer: bool) -> str:
    later = ("unemployed", "below_floor", "cost")[(seed % 3 + 2) % 3]
    return model(
        1 + seed % 2, integer=integer, pace="false" if seed % 4 else PACE,
        continuation=("repeat", "last_intake", "none")[seed // 3 % 3],
        stages=[("shortfall", 0.01), (later, 0.0)],
    )  # fmt: skip


def solved(known: list[tuple[Sample, float]], plan_model: Policy, limits: Limits) -> Allocation:
    possible = [Possible(f"future {k}", p, sample.instance) for k, (sample, p) in enumerate(known)]
    return allocate(known[0][0].instance, plan_model, limits, futures=possible)


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("seed", some(range(18), 9, 1))
def test_relaxed_optima_are_those_of_the_extensive_form(seed: int, risk: str) -> None:
    known, text = futures(seed), drawn_model(seed, integer=False)
    cases, p = [sample.case for sample, _ in known], [share for _, share in known]
    again = independent.load_policy(text)
    try:
        best, _ = extensive.solve(cases, p, again, risk, alpha=0.7, weight=0.6)
    except independent.Infeasible:
        with pytest.raises(InfeasibleError):
            solved(known, weighed(text, risk), Limits())
        return
    plan = solved(known, weighed(text, risk), Limits(gap=1e-9))
    assert plan.certificate.valid
    assert plan.certificate.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert plan.certificate.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
    if risk == "regret":
        bounds = np.array([each.bound for each in plan.alone])
        least = np.array(extensive.alone(cases, again))
        assert bounds == pytest.approx(least, rel=1e-6, abs=1e-6)
        assert (bounds <= least + 1e-7 * np.maximum(1.0, least)).all()


@pytest.mark.parametrize("risk", RISKS)
@pytest.mark.parametrize("seed", some(range(18), 9, 4))
def test_whole_plans_keep_every_rule_in_every_future(seed: int, risk: str) -> None:
    known, text = futures(seed), drawn_model(seed, integer=True)
    cases, p = [sample.case for sample, _ in known], [share for _, share in known]
    again = independent.load_policy(text)
    try:
        best, bound = extensive.solve(cases, p, again, risk, alpha=0.7, weight=0.6, gap=1e-4)
    except independent.Infeasible:
        with pytest.raises(InfeasibleError):
            solved(known, weighed(text, risk), Limits())
        return
    plan = solved(known, weighed(text, risk), Limits(gap=0.001, seconds=20))
    assert plan.certificate.valid
    decided = [_decided(known[0][0], plan, w) for w in range(len(cases))]
    for case, each in zip(cases, decided, strict=True):
        assert independent.violations(case, again, each) == []
    stage = plan.certificate.stages[0]
    values = np.array(
        [
            independent.simulate(case, again, each).objective
            for case, each in zip(cases, decided, strict=True)
        ]
    )
    counted, small = what_counts(values, cases, again, risk)
    assert stage.bound <= best * (1 + 1e-6) + small
    assert stage.objective >= bound * (1 - 1e-6) - small
    final = risk_of(counted, np.array(p), risk)
    assert stage.final == pytest.approx(final, rel=1e-9, abs=small)


def what_counts(
    values: np.ndarray, cases: list[independent.Case], model: independent.Policy, risk: str
) -> tuple[np.ndarray, float]:
    """What counts of values in the futures, and what a difference of such is known within."""
    if risk != "regret":
        return values, 0.0
    return values - np.array(extensive.alone(cases, model)), 1e-6 * float(values.max())


def _decided(known: Sample, plan: Allocation, w: int) -> dict[tuple[object, ...], float]:
    """What is decided for one future, as the independent model writes it."""
    deployed = plan.problem.futures[w].outcome(plan.outcome.decision).deployed
    bought = as_amounts(known.instance, plan.amounts).items()
    return dict([*bought, *deployed_as(known.instance, deployed).items()])


def risk_of(values: np.ndarray, p: np.ndarray, risk: str) -> float:
    """The risk of values: the least over all quantiles, which is at one of the values."""
    if risk in ("worst", "regret"):
        return float(values.max())
    mean = float(p @ values)
    if risk == "expected":
        return mean
    tails = [eta + float(p @ np.maximum(values - eta, 0)) / 0.3 for eta in values]
    return float(0.4 * mean + 0.6 * min(tails))


def test_numbers_of_places_are_those_that_every_future_admits() -> None:
    about, given = tables(0)
    problem = problem_of(both(about, given).instance, drawn_model(0, integer=True))
    cohorts = problem.cohorts

    def possible(name: str, least: float, most: float) -> Possible:
        courses = given["courses"]
        changed = {
            "min_cohort": (courses["min_cohort"].astype(float) * least).astype(int).astype(str),
            "max_intake": (courses["max_intake"].astype(float) * most).astype(int).astype(str),
        }
        return Possible(
            name, 0.5, both(about, {**given, "courses": courses.assign(**changed)}).instance
        )

    more = in_futures(problem, [possible("a", 1, 2), possible("b", 1, 3)]).cohorts
    assert more.capacity == pytest.approx(np.floor(2 * cohorts.capacity))  # not those as given
    less = in_futures(problem, [possible("a", 1, 1), possible("b", 2, 2)])
    assert less.cohorts.capacity == pytest.approx(cohorts.capacity)
    assert (less.cohorts.smallest >= cohorts.smallest).all()
    assert (less.cohorts.smallest > cohorts.smallest).any()
    assert all(future.problem.paced is less.cohorts for future in less.futures)


@pytest.mark.parametrize("now", [1, 2])
def test_rows_that_are_equal_in_one_future_alone_stay_in_all(now: int) -> None:
    # Once intakes repeat, years have equal rows: as many of them as there are futures, four.
    known = futures(2)
    chosen = policy(model(2, integer=False, pace="false"))
    how = UnderUncertainty("drawn", "expected", decide_now=now)
    problem = planning(known[0][0].instance, replace(chosen, uncertainty=how))
    possible = [Possible(str(k), p, sample.instance) for k, (sample, p) in enumerate(known)]
    together = in_futures(problem, possible)
    parts = rule_parts(together)
    named = [block.name for part in parts for block in part.rows]
    assert len(named) == len(set(named)), "blocks of one name are taken for one"
    x = np.random.default_rng(1).uniform(0.0, 5.0, together.layout.size)
    x = np.append(x * together.column_cohorts.capacity, np.zeros(together.deployments).ravel())
    n, broken = together.layout.size, []
    for size in np.linspace(0.0, 1.0, 21):
        together_broken = any(_above(block, size * x[:n]) for part in parts for block in part.rows)
        own = [
            _above(block, size * future.own(x)[: future.problem.layout.size])
            for future in together.futures
            for rule in RULES.values()
            for block in rule.rows(future.problem).rows
        ]
        assert together_broken == any(own)
        broken.append(together_broken)
    assert any(broken)
    assert not all(broken)


def _above(block: Rows, x: np.ndarray) -> bool:
    """Whether decisions alone break a row on them."""
    if set(block.coefficients) != {PLACES}:
        return False
    return bool((block.coefficients[PLACES] @ x > block.upper + 1e-6).any())


def test_what_is_fair_is_said_by_the_instance_as_given() -> None:
    synthetic = made(2, 2, 1, 4)
    about, given = synthetic.settings, synthetic.tables
    fair = 'fair_share = { max_deviation = 0.3, basis = "demand" }'
    text = model(1, integer=False, pace="false", rules=fair)
    demand = given["demand"]["fte"].astype(float)
    tilted: pd.Series = demand * np.where(
        given["demand"]["region"] == given["demand"]["region"].iloc[0], 3, 1
    )
    other = {**given, "demand": given["demand"].assign(fte=tilted.astype(str))}
    known = [(both(about, given), 0.5), (both(about, other), 0.5)]
    problem = problem_of(known[0][0].instance, text)
    possible = [Possible(str(k), p, sample.instance) for k, (sample, p) in enumerate(known)]
    weighed_over = in_futures(problem, possible)
    alone, together = (
        [block.name for part in rule_parts(each) for block in part.rows if "fair" in block.name]
        for each in (problem, weighed_over)
    )
    assert alone == together  # no rows of a future's own
    one = in_futures(problem_of(known[1][0].instance, text), possible[1:])
    rows = [b for part in rule_parts(one) for b in part.rows if b.name == "fair_share_most"]
    mine = [b for part in rule_parts(problem) for b in part.rows if b.name == "fair_share_most"]
    matrices = [block.coefficients["places"].toarray() for block in (rows[0], mine[0])]
    assert not np.allclose(matrices[0], matrices[1])  # by its own demand something else is fair


def test_the_spread_of_one_future_is_what_the_table_of_its_supply_says() -> None:
    synthetic = made(2, 2, 1, 3)
    known = both(synthetic.settings, with_measures(synthetic.tables, 8, 3)).instance
    assert (known.measures["kind"] == "reshape").any()
    problem = in_futures(problem_of(known, model(1, pace="false")), [Possible("one", 1.0, known)])
    result = problem.outcome(problem.cohorts.capacity[:, None])
    found = futures_tables(problem, result, None)
    spread, supply = found["spread"], found["supply"]
    for name in ("demand", "supply", "shortfall"):
        for q in ("p05", "p50", "p95"):
            values = spread[f"{name}_{q}"].to_numpy()
            assert values == pytest.approx(supply[name].to_numpy())
    assert (supply["demand_after"] < supply["demand"]).any()
