"""What must hold of any problem, whatever its figures.

Relaxations are compared exactly, whole plans through their certified bounds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import independent
from commission_opt.accounts.effects import effects
from commission_opt.accounts.outcome import outcome
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.formulation.objectives import shortfall
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from measured import with_measures
from samples import (
    PACE,
    Sample,
    as_amounts,
    both,
    few,
    made,
    model,
    policy,
    problem_of,
    result_of,
    sample,
)
from some import some

Tables = dict[str, pd.DataFrame]
CODES = {
    "profession": "profession",
    "region": "region",
    "parent": "region",
    "from_region": "region",
    "to_region": "region",
    "course": "course",
    "group": "group",
    "fund": "fund",
    "pool": "pool",
    "provider": "provider",
    "commitment": "commitment",
    "measure": "measure",
    "assumption": "assumption",
}


@dataclass(frozen=True)
class Problem:
    """A generated instance by its size and seed, and a relaxed model for it."""

    professions: int
    regions: int
    years: int
    seed: int
    text: str
    measures: int = 0

    @property
    def size(self) -> tuple[int, int, int, int]:
        return self.professions, self.regions, self.years, self.seed

    @property
    def sample(self) -> Sample:
        return sample(*self.size, measures=self.measures)

    def with_tables(self, alter: Callable[[Tables], Tables]) -> Sample:
        return both(made(*self.size).settings, alter(self.tables))

    @property
    def tables(self) -> Tables:
        tables = made(*self.size).tables
        if self.measures:
            tables = with_measures(tables, self.measures, self.seed)
        return {name: table.copy() for name, table in tables.items()}


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    years = draw(st.integers(1, 3))
    text = model(
        years,
        integer=False,
        pace=draw(st.sampled_from([PACE, "false"])),
        cohorts=draw(st.booleans()),
        level=draw(st.booleans()),
        continuation=draw(st.sampled_from(["repeat", "last_intake", "none"])),
    )
    size = draw(st.integers(1, 3)), draw(st.integers(1, 4)), years
    return Problem(*size, draw(st.integers(0, 9)), text, draw(st.sampled_from([0, 3])))


def solved(instance: Instance, text: str, gap: float = 1e-9) -> Allocation:
    found = allocate(instance, policy(text), Limits(gap=gap))
    assert found.certificate.valid
    return found


def least(instance: Instance, text: str) -> float:
    """The optimum of a relaxation, proved."""
    found = solved(instance, text).certificate
    assert found.gap * found.objective <= 1e-9 * max(1.0, found.objective)
    return found.objective


def whole(text: str) -> str:
    return text.replace("integer = false", "integer = true")


numbers = st.integers(0, 2**32)


@pytest.mark.slow
@given(problems(), numbers)
@few
def test_more_money_never_hurts(problem: Problem, draw: int) -> None:
    def richer(tables: Tables) -> Tables:
        rng = np.random.default_rng(draw)
        budgets = tables["budgets"]
        budgets["amount"] = budgets["amount"] * (1 + rng.choice([0, 0.1, 0.5], len(budgets)))
        return tables

    before, more = problem.sample.instance, problem.with_tables(richer).instance
    assert (more.budgets["amount"] >= before.budgets["amount"]).all()
    best, better = least(before, problem.text), least(more, problem.text)
    assert better <= best * (1 + 1e-9)


def test_more_money_helps_somewhere() -> None:
    """Otherwise the test above would prove nothing."""
    problem = Problem(3, 3, 2, 0, model(2, integer=False))

    def richer(tables: Tables) -> Tables:
        tables["budgets"]["amount"] *= 2
        return tables

    assert least(problem.with_tables(richer).instance, problem.text) < 0.999 * least(
        problem.sample.instance, problem.text
    )


def scaled(factor: float, tables: Tables) -> Tables:
    for name, column in (("costs", "cost"), ("budgets", "amount")):
        tables[name][column] = tables[name][column] * factor
    return tables


@pytest.mark.slow
@given(problems(), st.sampled_from([1e-3, 0.01, 0.5, 3.0, 100.0]))
@few
def test_the_unit_of_money_does_not_matter(problem: Problem, factor: float) -> None:
    pounds, other = problem.sample.instance, problem.with_tables(partial(scaled, factor)).instance
    assert least(other, problem.text) == pytest.approx(least(pounds, problem.text), rel=1e-7)
    chosen = policy(problem.text)
    amounts = solved(pounds, problem.text).amounts
    one, two = (outcome(i, chosen, effects(i), amounts) for i in (pounds, other))
    assert two.spend.total == pytest.approx(one.spend.total * factor)
    assert two.spend.headroom == pytest.approx(one.spend.headroom * factor, abs=1e-2 * factor)
    assert (two.supply == one.supply).all()
    assert (two.weeks.total == one.weeks.total).all()
    assert (two.shortfall == one.shortfall).all()


@pytest.mark.slow
@pytest.mark.parametrize("factor", some([1e-6, 1e-3, 1e3], 3))
def test_whole_plans_keep_small_and_large_budgets(factor: float) -> None:
    """What a solver may break a row by must not buy a place."""
    problem = Problem(4, 3, 2, 1, model(2))

    pounds = solved(problem.sample.instance, problem.text, gap=1e-3).certificate
    other = solved(
        problem.with_tables(partial(scaled, factor)).instance, problem.text, gap=1e-3
    ).certificate
    assert other.largest_violation < 1e-9
    assert other.objective == pytest.approx(pounds.objective, rel=1e-3)


@pytest.mark.slow
@given(problems(), numbers)
@few
def test_codes_and_the_order_of_rows_do_not_matter(problem: Problem, draw: int) -> None:
    rng = np.random.default_rng(draw)

    def renamed(tables: Tables) -> Tables:
        changes: dict[str, str] = {}
        for kind, column in (
            ("professions", "profession"),
            ("regions", "region"),
            ("courses", "course"),
        ):
            codes = list(tables[kind][column])
            changes |= dict(zip(codes, [f"x{i}" + column[0] for i in rng.permutation(len(codes))],
                                strict=True))  # fmt: skip
        for name, table in tables.items():
            for column in table.columns.intersection(list(CODES)):
                table[column] = table[column].replace(changes)
            tables[name] = table.sample(frac=1, random_state=int(rng.integers(2**31)))
        return tables

    other = problem.with_tables(renamed).instance
    assert set(other.regions["region"]).isdisjoint(problem.sample.instance.regions["region"])
    expected = least(problem.sample.instance, problem.text)
    assert least(other, problem.text) == pytest.approx(expected, rel=1e-9)


def apart(tables: Tables, case: independent.Case, prefix: str) -> Tables:
    """An instance with codes of its own and no wildcard that could reach another's courses."""

    def rates(of: independent.Rates, item: str, value: str) -> pd.DataFrame:
        rows = [
            (course, year, code, each)
            for (course, year), items in of.items()
            for code, each in items.items()
        ]
        return pd.DataFrame(rows, columns=["course", "study_year", item, value])

    moves = [
        (profession, start, end, share)
        for (profession, start), shares in case.destinations.items()
        for end, share in shares.items()
    ]
    own = tables | {
        "costs": rates(case.cost, "fund", "cost"),
        "placement_use": rates(case.weeks, "pool", "weeks"),
        "destinations": pd.DataFrame(
            moves, columns=["profession", "from_region", "to_region", "share"]
        ),
    }
    for name, table in own.items():
        own[name] = table.copy()
        for column in table.columns.intersection(list(CODES)):
            named = ~own[name][column].isin(["", "*"])
            own[name].loc[named, column] = prefix + own[name].loc[named, column]
    return own


def joined(one: Tables, two: Tables, years: range) -> Tables:
    """Both instances in one; none of the staff of one is needed in the regions of the other."""
    tables = {name: pd.concat([one[name], two[name]], ignore_index=True) for name in one}
    parents = set(tables["regions"]["parent"])
    leaves = [[r for r in t["regions"]["region"] if r not in parents] for t in (one, two)]
    pairs = [
        *product(one["professions"]["profession"], leaves[1]),
        *product(two["professions"]["profession"], leaves[0]),
    ]
    nobody = pd.DataFrame(pairs, columns=["profession", "region"])
    staff = nobody.assign(fte=0, leaver_rate=0, early_leaver_rate="", early_years="")
    need = nobody.merge(pd.DataFrame({"year": list(years)}), how="cross").assign(fte=0)
    tables["workforce"] = pd.concat([tables["workforce"], staff], ignore_index=True)
    tables["demand"] = pd.concat([tables["demand"], need], ignore_index=True)
    return tables


@pytest.mark.slow
@given(problems(), st.integers(1, 2), st.integers(1, 3), st.integers(20, 29))
@few
def test_two_problems_that_share_nothing_add_up(
    problem: Problem, professions: int, regions: int, seed: int
) -> None:
    other = replace(problem, professions=professions, regions=regions, seed=seed)
    parts = [p.sample for p in (problem, other)]
    one, two = (
        apart(p.tables, p.sample.case, prefix) for p, prefix in ((problem, "n-"), (other, "s-"))
    )
    tables = joined(one, two, parts[0].instance.years)
    together = both(made(*problem.size).settings, tables)
    expected = sum(least(part.instance, problem.text) for part in parts)
    assert least(together.instance, problem.text) == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@given(problems(), numbers)
@few
def test_more_demand_never_lowers_the_shortfall(problem: Problem, draw: int) -> None:
    def needier(tables: Tables) -> Tables:
        rng = np.random.default_rng(draw)
        demand = tables["demand"]
        demand["fte"] = demand["fte"] + rng.choice([0.0, 0.0, 3.0, 40.0], len(demand))
        return tables

    best = least(problem.sample.instance, problem.text)
    worse = least(problem.with_tables(needier).instance, problem.text)
    assert worse >= best * (1 - 1e-9)
    assert worse != best


@given(problems())
@few
def test_fewer_rules_never_hurt(problem: Problem) -> None:
    instance, text = problem.sample.instance, problem.text
    best = least(instance, text)
    for strict, loose in (
        (PACE, "false"),
        ("budgets = true", "budgets = false"),
        ("placements = true", "placements = false"),
        ("level_intake = true", "level_intake = false"),
        ("minimum_cohorts = false", "minimum_cohorts = true"),  # s may grow: pace is looser
    ):
        assert least(instance, text.replace(strict, loose)) <= best * (1 + 1e-9)


@given(problems())
@few
def test_a_plan_recomputes_to_its_objective(problem: Problem) -> None:
    known = problem.sample
    for text in (problem.text, whole(problem.text)):
        found = solved(known.instance, text, gap=0.02)
        planned = problem_of(known.instance, text)
        again = shortfall.value(planned, result_of(planned, found.amounts))
        assert again == found.certificate.objective
        simulated = independent.simulate(
            known.case, independent.load_policy(text), as_amounts(known.instance, found.amounts)
        )
        assert simulated.objective == pytest.approx(found.certificate.objective, rel=1e-9)


@pytest.mark.slow
@given(problems())
@few
def test_whole_places_cost_something_and_bounds_hold(problem: Problem) -> None:
    instance, text = problem.sample.instance, whole(problem.text)
    relaxed = least(instance, problem.text)
    tight = solved(instance, text, gap=0.001).certificate
    loose = solved(instance, text, gap=0.1).certificate
    assert tight.objective >= relaxed * (1 - 1e-9)
    # Whatever is proved with one gap holds for the plan found with another.
    assert loose.bound <= tight.objective
    assert tight.bound <= loose.objective


def changed(problem: Problem) -> Iterator[tuple[Sample, Sample]]:
    """Pairs of problems of which the second can only be better."""

    def richer(tables: Tables) -> Tables:
        tables["budgets"]["amount"] *= 1.3
        return tables

    def roomier(tables: Tables) -> Tables:
        tables["placements"]["capacity"] *= 2
        return tables

    def less_needy(tables: Tables) -> Tables:
        tables["demand"]["fte"] *= 0.97
        return tables

    for alter in (richer, roomier, less_needy):
        yield problem.sample, problem.with_tables(alter)


@pytest.mark.slow
@given(problems())
@few
def test_what_is_proved_of_a_better_problem_holds_for_a_plan_of_the_worse(problem: Problem) -> None:
    chosen = parse_policy(whole(problem.text).encode())
    for worse, better in changed(problem):
        plan = allocate(worse.instance, chosen, Limits(gap=0.05))
        proof = allocate(better.instance, chosen, Limits(gap=0.05))
        assert proof.certificate.bound <= plan.certificate.objective
