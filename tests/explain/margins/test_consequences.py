"""What a change at the margin really spends, held to places that others worked out."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import naive
from commission_opt.accounts.outcome import charged, outcome
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.consequences import Leading
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.prices import first_stage
from commission_opt.explain.margins.spending import spends
from commission_opt.explain.margins.worth import ESTIMATE
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits
from commission_opt.views import words
from margin_cases import changed_case, keep_courses
from naive_relaxation import Relaxation
from other_units import UNITS
from samples import both, made, model, policy, sample
from some import some

RELAXED = (model(1, integer=False), 5, 1)
CASES = [RELAXED, (model(2, integer=False, continuation="none"), 3, 2), (model(1), 5, 1)]


@cache
def planned(text: str, seed: int, years: int) -> Allocation:
    return allocate(sample(3, 2, years, seed).instance, policy(text), Limits(seconds=20.0))


@cache
def answered(text: str, seed: int, years: int) -> Answer:
    return margins(planned(text, seed, years), seconds=60.0)


def test_money_in_millions_is_spent_too() -> None:
    """Less than half a £ in each year can be more than that in all."""
    known = made(3, 2, 1, 5, 9)
    tables = dict(known.tables)
    for table, column in UNITS["money"]:
        millions = pd.to_numeric(tables[table][column]) * 1e-6
        tables[table] = tables[table].assign(**{column: millions})
    frames = margins(allocate(both(known.settings, tables).instance, policy(model())), seconds=60.0)
    rows = [row for name in ("money", "funds") for _, row in frames.frame(name).iterrows()]
    few = [row for row in rows if 0.5 <= row["spent"] < 2.0]
    assert few
    for row in few:
        assert row["first_spent"] <= row["last_spent"]
        assert words.year(row["first_spent"]) in spends(row, "")


@pytest.mark.parametrize("continuation", ["repeat", "last_intake", "none"])
def test_what_places_take_is_what_their_outcome_is_charged(continuation: str) -> None:
    known = sample(4, 3, 2, 3)
    rules = policy(model(2, integer=False, continuation=continuation))
    problem = first_stage(allocate(known.instance, rules).problem).problem
    rng = np.random.default_rng(5)
    columns = rng.uniform(0.0, 40.0, problem.layout.size)
    taken = Leading(problem)(columns)
    result = outcome(problem.instance, rules, problem.effects, problem.layout.to_amounts(columns))
    assert taken.missing == pytest.approx(result.shortfall.ravel())
    rows = charged(problem.instance, result)
    assert taken.pounds == pytest.approx(rows.sum())
    by_fund = pd.Series(rows).groupby(problem.instance.costs["code"].to_numpy()).sum()
    for fund, pounds in taken.spent.iterrows():
        assert pounds.sum() == pytest.approx(by_fund[str(fund)])
    assert taken.places.sum() == pytest.approx(result.started.sum())
    # Pools have a capacity in every region and year here, so that all weeks are counted there.
    assert taken.weeks.sum() == pytest.approx((result.weeks.planned + result.weeks.continued).sum())
    national = problem.instance.budgets.reset_index(drop=True)
    national = national[national["region"] == "*"]
    new = result.spend.planned + result.spend.continued
    assert len(national)
    for i, (_, row) in zip(national.index.to_list(), national.iterrows(), strict=True):
        assert taken.spent.loc[row["fund"], row["year"]] == pytest.approx(new[i])


def test_without_placements_no_weeks_are_taken() -> None:
    instance = sample(3, 2, 1, 5).instance
    bare = replace(instance, placement_use=instance.placement_use.iloc[:0])
    problem = first_stage(allocate(bare, policy(model(integer=False))).problem).problem
    taken = Leading(problem)(np.ones(problem.layout.size))
    assert taken.weeks.shape[0] == 0
    assert taken.pounds > 0


def spend_of_the_best(text: str, seed: int, years: int, *changes: str) -> tuple[float, float]:
    """The least and the most that places can spend that are the best, by the other model."""
    case = changed_case(made(3, 2, years, seed), sample(3, 2, years, seed).instance, changes)
    rules = naive.load_policy(text)
    found = planned(text, seed, years)
    problem, places = found.problem, found.places
    relaxed = Relaxation(case, rules)
    if problem.policy.integer:
        keep_courses(relaxed, case, rules, problem, places)
    program, (terms, constant) = relaxed.program, relaxed.terms["shortfall"]
    undiscounted = rules | {"discount_rate": 0.0}
    nothing = naive.cost(case, undiscounted, {})
    cost = {
        column: naive.cost(case, undiscounted, {key: 1.0}) - nothing
        for key, column in relaxed.x.items()
    }

    def minimise(goal: dict[int, float]) -> float:
        columns = program.columns
        for i, (_, low, high, whole) in enumerate(columns):
            columns[i] = (goal.get(i, 0.0), low, high, whole)
        x, _ = program.minimise(0.0, None)
        return sum(each * x[i] for i, each in goal.items())

    best = minimise(terms)
    program.row(dict(terms), -np.inf, best + 1e-7 * max(1.0, best + constant))
    least, most = minimise(cost), -minimise({i: -each for i, each in cost.items()})
    return nothing + least, nothing + most


@pytest.mark.slow
@pytest.mark.parametrize(("text", "seed", "years"), some(CASES, 2))
def test_spending_is_the_difference_of_places_solved_without_and_with_the_change(
    text: str, seed: int, years: int
) -> None:
    low, high = spend_of_the_best(text, seed, years)
    answer, spent = answered(text, seed, years), 0
    for name in ("money", "placements", "capacity"):
        frame = answer.frame(name)
        for _, row in (
            frame[(frame["worth"] > 1e-3) & (frame["how"] != ESTIMATE)].head(1).iterrows()
        ):
            least, most = spend_of_the_best(text, seed, years, *row["change"])
            error = 1e-5 * max(1.0, abs(high))
            assert least - high - error <= row["spent"] <= most - low + error, row
            spent += abs(row["spent"]) > error
    assert spent


@pytest.mark.each(3)
@pytest.mark.parametrize(("text", "seed", "years"), CASES)
def test_every_row_adds_up(text: str, seed: int, years: int) -> None:
    answer = answered(text, seed, years)
    by_year = answer.frame("spending")
    total = by_year.groupby("change")["spent"].sum()
    span = by_year.groupby("change")["year"].agg(["min", "max"])
    seen = 0
    for name in ("money", "funds", "placements", "pools", "capacity"):
        for _, row in answer.frame(name).iterrows():
            if row["how"] == ESTIMATE:
                assert np.isnan(row["spent"])
                continue
            if row["worth"] <= 1e-6 or abs(row["spent"]) < 1:
                assert not row["per_million"] > 0 or row["spent"] > 0
                continue
            change = " and ".join(row["change"])
            assert total[change] == pytest.approx(row["spent"], abs=15)
            assert row["first_spent"] <= span.loc[change, "min"]
            assert row["last_spent"] >= span.loc[change, "max"]
            if row["spent"] > 0:
                assert row["per_million"] * row["spent"] / 1e6 == pytest.approx(row["worth"])
            else:
                assert np.isnan(row["per_million"])
            seen += 1
    assert seen


def test_the_best_sentence_tells_what_its_row_spends() -> None:
    answer = answered(*RELAXED)
    frame = answer.frame("money")
    first = frame[frame["year"] != "every"].iloc[0]
    (said,) = [s for s in answer.sentences if s.startswith("Another £1m")]
    money, rest = said.split("It would spend £")[1].split(" more in all, ")
    factor = 1e6 if money.endswith("m") else 1.0
    assert float(money.rstrip("m").replace(",", "")) * factor == pytest.approx(
        first["spent"], rel=0.006
    )
    years, each = rest.split(": ")
    spent_in = [words.year(first[name]) for name in ("first_spent", "last_spent")]
    assert years == " to ".join(dict.fromkeys(spent_in))
    assert float(each.split()[0].replace(",", "")) == pytest.approx(first["per_million"], rel=0.006)


def test_repeated_intakes_spend_more_than_what_is_given() -> None:
    """A step in one year is repeated by the places of later years, against unused budgets."""
    frame = answered(*RELAXED).frame("money")
    first = frame.iloc[0]
    assert first["spent"] > 1.2 * first["step"]
    assert first["last_spent"] > first["year"]


@pytest.mark.each(2)
@pytest.mark.parametrize("rate", some(["join_rate", "fill_rate", "fte_per_joiner"], 2))
def test_where_no_place_reaches_any_shortfall_more_is_worth_nothing(rate: str) -> None:
    known = sample(3, 2, 1, 5).instance
    instance, rules = Ground(known, policy(model(1))).apply(read_changes([f"{rate}=0"]))
    found = allocate(instance, rules, Limits(seconds=20.0))
    answer = margins(found, seconds=1.0)
    for name in ("money", "funds", "placements", "pools", "capacity"):
        assert answer.frame(name)["worth"].to_numpy() == pytest.approx(0.0, abs=1e-6)
    assert any("would buy nothing in any budget" in said for said in answer.sentences)
