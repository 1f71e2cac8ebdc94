"""What an FTE-year costs, worked out again from the tables, and solved again at the margin."""

import numpy as np
import pytest

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.settled import first_value
from commission_opt.explain.margins.line_costs import ALL
from commission_opt.explain.margins.margins import margins
from commission_opt.solvers.status import Limits
from handworked import hand
from lever_cases import COSTS, levers, rules, supplied

LIMITS = Limits(seconds=20.0)
CASES = [
    {"years": 1, "continuation": "none", "rate": 0.0},
    {"years": 1, "continuation": "repeat"},
    {"years": 2, "continuation": "last_intake", "level": True},
    {"years": 3, "continuation": "repeat", "integer": False},
]


def bought(found: Allocation, line: int) -> list[float]:
    """What starts on a line in each year of the horizon, by the rule of the model."""
    instance, policy = found.instance, found.policy
    amounts = list(found.amounts[line])
    last = float(instance.lines["last_amount"].iloc[line])
    later = {"none": 0.0, "repeat": amounts[-1], "last_intake": last}[policy.rules.continuation]
    return [*amounts, *[later] * (instance.horizon - len(amounts))]


def of_measure(found: Allocation, line: int, rate: float) -> tuple[float, float]:
    """£ and FTE-years of a measure, discounted, from the columns of its tables."""
    instance = found.instance
    code = str(instance.lines["line"].iloc[line])
    own = (row.split(",") for row in COSTS.splitlines())
    each = {year: float(pounds) for course, _, year, _, pounds in own if course == code}
    paid = int(instance.lines["paid_years"].iloc[line])
    cost = fte = 0.0
    for start, amount in enumerate(bought(found, line)):
        for year in range(instance.horizon):
            factor = (1 + rate) ** -year
            if 1 <= year - start + 1 <= paid:
                cost += factor * amount * each.get(str(year - start + 1), each.get("*", 0.0))
            fte += factor * amount * supplied(instance, code, start, year)
    return cost, fte


@pytest.mark.each(2)
@pytest.mark.parametrize("keys", CASES)
def test_costs_are_those_of_the_tables(keys: dict[str, object]) -> None:
    found = allocate(levers(), rules(**keys), LIMITS)
    frame = margins(found, seconds=1.0).frame("line_costs").set_index("line")
    instance, rate = found.instance, found.policy.discount_rate
    for line, code in enumerate(instance.lines["line"]):
        row = frame.loc[code]
        assert row["amount"] == pytest.approx(found.amounts[line].sum())
        if row["kind"] == "course":
            continue
        cost, fte = of_measure(found, line, rate)
        assert (row["cost"], row["fte_years"]) == pytest.approx((cost, fte))
        assert np.isnan(row["per_fte_year"]) == (fte == 0)
        if fte > 0:
            assert row["per_fte_year"] == pytest.approx(cost / fte)
    # Of courses: what the outcome is without measures, and what it is charged.
    alone = without_units(found)
    years = (1 + rate) ** -np.arange(instance.horizon)
    new = (alone.supply - alone.supply_base) @ years
    if keys["continuation"] != "last_intake":
        courses = frame[frame["kind"] == "course"]
        assert courses["fte_years"].sum() == pytest.approx(new.sum())
    every = frame[frame["kind"] == ALL].iloc[0]
    lines = frame[frame["kind"] != ALL]
    assert every["cost"] == pytest.approx(lines["cost"].sum())
    assert every["fte_years"] == pytest.approx(
        float(((found.outcome.supply - found.outcome.supply_base) @ years).sum())
    )
    assert every["per_fte_year"] == pytest.approx(every["cost"] / every["fte_years"])
    bought_first = lines["per_fte_year"].dropna().to_list()
    assert bought_first == sorted(bought_first)


def without_units(found: Allocation) -> Outcome:
    amounts = found.amounts.copy()
    amounts[len(found.places) :] = 0.0
    return found.problem.outcome(amounts)


def test_the_margin_is_what_one_more_really_saves() -> None:
    """Where a measure has room and nothing else is scarce, one more saves what prices say."""
    instance = levers(budgets="fund,region,year,amount\n")
    policy = rules(years=1, integer=False, continuation="none")
    found = allocate(instance, policy, LIMITS)
    frame = margins(found, seconds=1.0).frame("line_costs").set_index("line")
    line = instance.lines["line"].tolist().index("locum")
    less = found.amounts.copy()
    less[line] -= 1e-3
    value = found.certificate.stages[0].final
    lost = first_value(found.problem, less) - value
    cost, _ = of_measure(found, line, policy.discount_rate)
    assert lost > 0
    each = cost / found.amounts[line].sum()
    assert frame.loc["locum", "marginal"] == pytest.approx(each * 1e-3 / lost, rel=1e-6)


def test_sentences_say_what_the_table_has() -> None:
    found = allocate(levers(), rules(years=2), LIMITS)
    answer = margins(found, seconds=1.0)
    frame = answer.frame("line_costs")
    (said,) = [s for s in answer.sentences if s.startswith("An FTE-year of new supply costs £")]
    every, lines = frame.iloc[0], frame.iloc[1:]
    assert f"costs £{every['per_fte_year']:,.0f} within" in said
    for what, some in (
        ("places", lines[lines["kind"] == "course"]),
        ("units", lines[lines["kind"] != "course"]),
    ):
        each = some["cost"].sum() / some["fte_years"].sum()
        assert f"£{each:,.0f} from {what}" in said
    best = lines.sort_values("marginal").iloc[0]
    assert f"on {best['line']}: £{best['marginal']:,.0f} for each weighted FTE-year." in said


def test_there_is_no_table_without_measures() -> None:
    found = allocate(hand(), rules(), LIMITS)
    answer = margins(found, seconds=1.0)
    assert {"line_costs", "units"}.isdisjoint(answer.frames())
    assert "units" not in answer.frame("capacity").columns
    assert not any("measure" in s or "unit" in s for s in answer.sentences)


def test_first_objectives_that_are_not_shortfalls_have_no_margin() -> None:
    policy = rules(stages=[("cost", 0.0)])
    found = allocate(levers(), policy, LIMITS)
    answer = margins(found, seconds=1.0)
    assert answer.frame("line_costs")["marginal"].isna().all()
    shown = next(t for t in answer.tables if t.name == "line_costs")
    assert "marginal" not in {column.name for column in shown.columns}
