"""What answers say where funds pay staff."""

from functools import cache

import numpy as np
import pytest

from commission_opt.accounts.outcome import spent, spent_by_fund
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import UsageError
from commission_opt.explain.best import BestPlaces
from commission_opt.explain.figures import pounds
from commission_opt.explain.infeasible.answers import headline
from commission_opt.explain.infeasible.diagnosis import diagnosis_of
from commission_opt.explain.margins.consequences import Leading
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.spending import in_words
from commission_opt.explain.what_if.breakdown import by_year, measures
from commission_opt.explain.why.course import why_measure
from commission_opt.explain.why.one_more import takes
from commission_opt.formulation.problem import planning
from commission_opt.frontier.curve import trace_frontier
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits, Watch
from drawn_pay import SALARIES, with_pay
from handworked import hand
from measured import taking, with_measures
from samples import both, made, model

TEXT = model(2, integer=False, pace="false", continuation="none")
PAY = "fund,profession,region,year,pay\nwages,nurse,south,*,1000\n"


@cache
def paying(seed: int) -> Instance:
    synthetic = made(3, 2, 2, seed)
    tables = taking(with_measures(synthetic.tables, 4, seed), seed)
    return both(synthetic.settings, with_pay(synthetic.settings, tables, seed)).instance


@cache
def planned(seed: int = 5) -> Allocation:
    return allocate(paying(seed), parse_policy(TEXT.encode()), Limits(gap=1e-9))


def test_what_decisions_lead_to_is_spent_with_pay_and_adds_up() -> None:
    plan = planned()
    led = Leading(plan.problem)(plan.problem.layout.to_columns(plan.amounts))
    new = plan.outcome.pay[1:]
    assert led.pounds == pytest.approx(spent(plan.instance, plan.outcome))
    assert led.paid.sum() == pytest.approx(new.sum())
    by_fund = spent_by_fund(plan.instance, plan.outcome)
    assert led.spent.sum(axis=1).to_dict() == pytest.approx(by_fund.to_dict())
    assert by_fund.sum() == pytest.approx(led.pounds)
    assert f"{SALARIES}, pay" in by_fund.index
    frame = by_year(plan, plan)
    assert frame["spent_before"].sum() == pytest.approx(led.pounds)
    parts = measures(plan, plan).set_index("what")["before"]
    funds = parts[[name for name in parts.index if name.startswith("spend, ")]]
    assert funds.iloc[0] == pytest.approx(funds.iloc[1:].sum())


def test_one_more_takes_its_pay() -> None:
    problem = planned().problem
    column = 0
    taken = takes(problem, column)
    one = np.zeros(problem.layout.size)
    one[column] = 1.0
    leading = Leading(problem)
    more = leading(one).more_than(leading(0.0 * one))
    assert taken.loc[taken["unit"] == "£", "amount"].sum() == pytest.approx(more.pounds)


def test_why_a_measure_is_bought_tells_pay_apart() -> None:
    plan = planned()
    code = str(plan.instance.measures["measure"].iloc[0])
    answer = why_measure(plan, code)
    (said,) = [text for text in answer.sentences if text.startswith("One more unit in")]
    taken = answer.frame("takes")
    money = taken[taken["unit"] == "£"]
    pay = money.loc[money["what"].str.endswith(", pay"), "amount"].sum()
    assert pay > 0
    parts = f"{pounds(money['amount'].sum())}, {pounds(pay)} of it pay"
    assert f"and takes {parts}" in said


def test_margins_tell_what_is_pay() -> None:
    answer = margins(planned(), seconds=30.0)
    frame = answer.frame("money")
    some = frame[frame["worth"] > 1e-6]
    assert len(some)
    assert (some["paid"].abs() > 0.5).any()
    (money,) = [table for table in answer.tables if table.name == "money"]
    columns = [column.name for column in money.columns]
    assert columns.index("paid") == columns.index("spent") + 1
    spending = answer.frame("spending")
    for row in some.to_dict("records"):
        own = spending[spending["change"] == " and ".join(row["change"])]
        pay = own["fund"].str.endswith(", pay")
        assert own["spent"].sum() == pytest.approx(row["spent"], abs=1.0 * max(1, len(own)))
        assert own["spent"][pay].sum() == pytest.approx(row["paid"], abs=1.0 * max(1, len(own)))


@pytest.mark.parametrize(
    ("pounds", "paid", "said"),
    [
        (5e6, 2e6, "£5.00m more in all (£3.00m more on what is bought, £2.00m more on pay of "
         "staff), 2026/27: 4.00 FTE-years for each £1m spent"),
        (-1e6, -2e6, "£1.00m less in all (£1.00m more on what is bought, £2.00m less on pay of "
         "staff), 2026/27"),
        (1e6, 0.0, "£1.00m more in all, 2026/27: 4.00 FTE-years for each £1m spent"),
        (0.0, 0.0, "nothing more"),
    ],
)  # fmt: skip
def test_what_is_spent_in_words(pounds: float, paid: float, said: str) -> None:
    row = {"spent": pounds, "paid": paid, "per_million": 4.0}
    assert in_words(row | {"first_spent": 2026, "last_spent": 2026}, "FTE-years") == said


def test_what_an_fte_year_costs_counts_pay_if_it_is_asked_to() -> None:
    """B costs 500 and brings 0.5 FTE for four years, of whom a fifth leave in each."""
    need = {("nurse", "south"): 60.0}
    plan = allocate(hand(pay=PAY, need=need), parse_policy(TEXT.encode()))
    answer = margins(plan, seconds=5.0, pay=True)
    (found,) = (row for row in answer.frame("line_costs").to_dict("records") if row["line"] == "B")
    assert found["cost"] > 0
    fte = 0.5 * sum(0.8**k / 1.035 ** (k + 1) for k in range(4))
    second = 0.5 * sum(0.8**k / 1.035 ** (k + 2) for k in range(3))
    cost = (500 + 500 / 1.035) / (fte + second) + 1000
    assert found["one_more"] == pytest.approx(cost)
    assert any("discounted, pay included: " in text for text in answer.sentences)
    with pytest.raises(UsageError, match="there is no pay"):
        margins(allocate(hand(), parse_policy(TEXT.encode())), seconds=5.0, pay=True)


@pytest.mark.slow
def test_a_frontier_over_cost_counts_pay_as_the_model_does() -> None:
    instance = hand(pay=PAY)
    plain = TEXT + '\n[[objective]]\nminimise = "cost"\n'
    ends = []
    for text in (plain, plain + "pay = true\n"):
        curve = trace_frontier(instance, parse_policy(text.encode()), over="cost")
        problem, (_, last) = curve.family.problem, curve.points["t"].iloc[[0, -1]]
        ends.append(float(last))
        assert problem.policy.objectives[0].minimise == "shortfall"
    assert ends[1] > ends[0] > 0.0


def test_without_pay_there_is_no_column_of_it() -> None:
    plan = allocate(hand(), parse_policy(TEXT.encode()))
    assert "paid" not in margins(plan, seconds=5.0).frame("capacity")


def test_the_cheapest_of_the_best_counts_pay() -> None:
    plan = planned()
    policy = parse_policy(TEXT.encode())
    best = BestPlaces(Limits(), Watch()).best(planning(plan.instance, policy))
    result = plan.problem.outcome(best.places)
    assert best.spend.value == pytest.approx(spent(plan.instance, result), rel=1e-6)
    assert best.spend.value <= spent(plan.instance, plan.outcome) * (1 + 1e-6)


def test_pay_of_the_base_that_a_budget_cannot_bear_is_said_and_repaired() -> None:
    budgets = "fund,region,year,amount\nwages,*,2026,49000\n"
    instance = hand(pay=PAY, budgets=budgets)
    found = diagnosis_of(instance.files, parse_policy(TEXT.encode()))
    assert [headline(conflict) for conflict in found.conflicts] == [
        "The budget of fund 'wages' in 2026 (budgets.csv row 2) is £1,000 less than students on "
        "course and pay need."
    ]
    (edit,) = found.repairs[0].edits
    assert (edit.file, edit.row, edit.new) == ("budgets.csv", 2, 50000.0)


def test_what_is_left_is_left_after_pay() -> None:
    budgets = "fund,region,year,amount\nwages,*,2028,34000\n"
    promise = "commitment,course,first_year,last_year,min_places,max_places,owner,reason\n"
    promise += "grow,B,2026,2026,12,,a,b\n"
    instance = hand(pay=PAY, budgets=budgets, commitments=promise)
    found = diagnosis_of(instance.files, parse_policy(TEXT.encode()))
    (said,) = map(headline, found.conflicts)
    assert "£4,800 from fund 'wages' in 2028, but £2,000 is left after the pipeline and pay" in said
