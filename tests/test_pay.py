"""Plans in which budgets carry pay, against the independent model and by hand."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import independent
import naive
from agreement import CONTINUATIONS, check_optimum, check_whole
from commission_opt.accounts.effects import effects
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.decided import Decided
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.instance.instance import Instance
from commission_opt.instance.write import write_instance
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.known_effects import KnownEffects
from commission_opt.scenario.scenario import Scenario, read_changes
from commission_opt.solvers.status import Limits
from commission_opt.views.money import Fund, unbudgeted
from commission_opt.views.money import money as funds
from drawn_pay import with_pay
from handworked import TABLES, hand
from measured import taking, with_measures
from samples import Sample, as_amounts, both, made, model, problem_of, result_of
from some import some

PAY = "fund,profession,region,year,pay\n"


def drawn(seed: int) -> Sample:
    """An instance that pays staff, with measures or courses that take staff or both."""
    random = np.random.default_rng([seed, 7])
    regions = int(random.integers(1, 5))
    synthetic = made(int(random.integers(2, 4)), regions, int(random.integers(1, 4)), seed)
    tables = synthetic.tables
    if seed % 3 != 1:
        tables = with_measures(tables, 4, seed)
    if seed % 3:
        tables = taking(tables, seed)
    return both(synthetic.settings, with_pay(synthetic.settings, tables, seed))


def check(known: Sample, plan: Decided, text: str) -> None:
    """Follow a plan through by the independent model, and look for rules that it breaks."""
    again, amounts = independent.load_policy(text), as_amounts(known.instance, plan.amounts)
    assert independent.violations(known.case, again, amounts) == []
    spend = independent.simulate(known.case, again, amounts).spend
    budgets, ours = known.instance.budgets, plan.outcome.spend
    keys = budgets[["fund", "region", "year"]].itertuples(index=False, name=None)
    theirs = np.array([spend[key] for key in keys])
    found = np.stack([ours.committed, ours.planned, ours.continued], axis=1)
    assert found == pytest.approx(theirs, rel=1e-9, abs=1e-3)


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", some(range(24), 8, 2))
def test_optima_agree(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed % 3, integer=False, continuation=CONTINUATIONS[seed % 3], pace="false",
        level=seed % 4 == 3,
    )  # fmt: skip
    assert check_optimum(known, text, check) is not None


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(24), 12, 4))
def test_whole_plans_are_valid_and_bounds_hold(seed: int) -> None:
    text = model(1 + seed % 2, continuation=("repeat", "none")[seed // 2 % 2], pace="false")
    check_whole(drawn(seed), text, check)


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(12), 6, 3))
def test_the_cost_with_pay_is_that_of_the_naive_model(seed: int) -> None:
    known = drawn(seed)
    text = model(
        1 + seed % 3, integer=False, continuation=("repeat", "none")[seed % 2], pace="false",
        stages=(("shortfall", 0.02), ("cost", 0.0)),
    )  # fmt: skip
    text += "pay = true\n"
    plan = allocate(known.instance, parse_policy(text.encode()))
    amounts = as_amounts(known.instance, plan.amounts)
    found = naive.values(known.case, naive.load_policy(text), amounts)["cost"]
    assert plan.certificate.stages[1].final == pytest.approx(found, rel=1e-9)
    again = allocate_algebraically(known.instance, parse_policy(text.encode()))
    assert again.certificate.stages[1].final == pytest.approx(found, rel=1e-5)


@pytest.mark.slow
def test_what_is_drawn_has_cells_where_a_row_of_each_kind_holds() -> None:
    seen = {tuple(row) for seed in range(12) for row in _levels(drawn(seed).instance)}
    assert seen >= {(0, 0, 0), (1, 0, 0), (2, 0, 1), (2, 1, 1), (2, 1, 0)}


def money(instance: Instance, places: Sequence[Sequence[float]], text: str) -> dict[str, Fund]:
    problem = problem_of(instance, text)
    result = result_of(problem, np.array(places, dtype=float))
    return {fund.code: fund for fund in funds(instance, problem.policy, result)}


ONCE = model(1, integer=False, pace="false", continuation="none", rate=0.0)
TWICE = ONCE.replace('continuation = "none"', 'continuation = "repeat"')
TAKES = (
    TABLES["courses"]
    .replace("fte_per_joiner\n", "fte_per_joiner,from_profession,fte_from,release_rate\n")
    .replace("1,1,1,1\n", "1,1,1,1,nurse,0.5,0.4\n")
    .replace("0.5\n", "0.5,,,\n")
    .replace("1,1\n", "1,1,,,\n")
)
BUDGETS = "fund,region,year,amount\n" + "".join(
    f"wages,nation,{year},9e6\n" for year in range(2026, 2031)
)


def test_pay_of_graduates_is_due_where_they_work() -> None:
    """Of 20 places 1.6 FTE enter in 2028, half of them in the north, a quarter in the south."""
    pay = PAY + "wages,nurse,north,*,100\nwages,nurse,south,*,10\nwages,nurse,north,2029,200\n"
    found = money(hand(pay=pay, budgets=BUDGETS), [[20], [0], [0]], ONCE)
    committed, planned, continued = found["wages"].within
    assert committed == pytest.approx([10500, 9400, 8420, 14836, 6765.8])
    assert planned == pytest.approx([0, 0, 80 + 4, 200 * 0.4 + 3.2, 100 * 0.2 + 2.56])
    assert continued == pytest.approx([0] * 5)
    assert found["wages"].paid_within == pytest.approx(found["wages"].within.sum(axis=0))
    assert found["tuition"].paid.sum() == 0.0


def test_a_new_cohort_shows_nothing_while_it_studies_and_then_the_pay_that_is_lost() -> None:
    """Four medics, for three years of whom 0.5 FTE each were nurses; a fifth of nurses leave."""
    instance = hand(courses=TAKES, pay=PAY + "wages,nurse,south,*,1000\n", budgets=BUDGETS)
    committed, planned, _ = money(instance, [[0], [0], [4]], ONCE)["wages"].within
    assert committed == pytest.approx([50e3 * 0.8**k for k in range(5)])
    assert planned == pytest.approx([0, 0, 0, -2000 * 0.8**3, -2000 * 0.8**4])


def test_staff_of_the_pipeline_stay_paid_while_they_study() -> None:
    """All of them are in the workforce of 50; the pay of two FTE is lost after 2027."""
    pipeline = "course,start_year,started\nC,2025,4\n"
    instance = hand(
        courses=TAKES, pay=PAY + "wages,nurse,*,*,1000\n", pipeline=pipeline,
        budgets=BUDGETS.replace("nation", "south"),
    )  # fmt: skip
    committed, _, _ = money(instance, [[0], [0], [0]], ONCE)["wages"].within
    there = [50 * 0.8**k - (2 * 0.8**k if k >= 2 else 0) for k in range(5)]
    assert committed == pytest.approx([1000 * fte for fte in there])


def test_every_kind_of_measure_is_paid_but_one() -> None:
    head = "measure,kind,profession,region,lead_years,fte_per_unit,lasts_years,last_amount,"
    head += "max_amount\n"
    kinds = {"recruit": "", "retain": "", "temporary": "2", "reshape": ""}
    measures = head + "".join(
        f"{kind},{kind},nurse,south,1,1,{lasts},0,5\n" for kind, lasts in kinds.items()
    )
    instance = hand(measures=measures, pay=PAY + "wages,nurse,south,*,100\n", budgets=BUDGETS)
    due = {}
    for at, kind in enumerate(kinds):
        bought = [[3.0 * (at == i - 3)] for i in range(7)]
        due[kind] = money(instance, bought, ONCE)["wages"].within[1].tolist()
    assert due["recruit"] == pytest.approx([0, 300, 240, 192, 153.6])
    assert due["retain"] == pytest.approx([0, 0, 300, 240, 192])
    assert due["temporary"] == pytest.approx([0, 300, 300, 0, 0])
    assert due["reshape"] == [0] * 5


def test_what_is_spent_under_no_budget_is_told_with_its_pay() -> None:
    """Six of B cost 500 each in the south, once, and bring 3 FTE a year later."""
    pay = PAY + "tuition,nurse,south,2027,1000\n"
    instance = hand(pay=pay, budgets=TABLES["budgets"] + "wages,*,2026,5\n")
    found = money(instance, [[0], [6], [0]], ONCE)["tuition"]
    assert found.beside.sum() == pytest.approx(3000 + 40000 + 3000)
    (said,) = unbudgeted([found])
    assert said.startswith("£46,000 is spent under no budget, £43,000 of it pay: fund 'tuition'")
    (said,) = unbudgeted([money(instance, [[0], [0], [0]], ONCE)["tuition"]])
    assert said.startswith("£40,000 is spent under no budget, all of it pay: fund 'tuition'")


def test_the_cost_counts_pay_of_new_staff_if_it_is_asked_to() -> None:
    """B costs 500 and brings 0.5 FTE for four years, of whom a fifth leave in each."""
    instance = hand(pay=PAY + "wages,nurse,*,*,1000\n")
    plain = ONCE + '\n[[objective]]\nminimise = "cost"\n'
    stays = 1 + 0.8 + 0.8**2 + 0.8**3
    for text, cost in ((plain, 500.0), (plain + "pay = true\n", 500 + 500 * stays)):
        problem = problem_of(instance, text)
        result = result_of(problem, np.array([[0.0], [1.0], [0.0]]))
        assert OBJECTIVES["cost"].value(problem, result) == pytest.approx(cost)


def test_money_that_is_saved_by_training_staff_away_can_be_spent() -> None:
    """Of 6 medics 3 FTE were nurses, whose pay is free for others from 2029 on."""
    budgets = "fund,region,year,amount\nwages,south,2030,20400\n"
    instance = hand(
        courses=TAKES, pay=PAY + "wages,nurse,south,*,1000\n", budgets=budgets,
        need={("nurse", "south"): 60, ("medic", "south"): 60},
    )  # fmt: skip
    plan = allocate(instance, parse_policy(ONCE.encode()), Limits(gap=1e-9))
    again = allocate_algebraically(instance, parse_policy(ONCE.encode()))
    assert plan.certificate.objective == pytest.approx(again.certificate.objective)
    assert plan.outcome.spend.planned[0] == pytest.approx(20400 - 50e3 * 0.8**4)
    assert plan.certificate.valid


def _levels(instance: Instance) -> list[tuple[int, int, int]]:
    table = instance.tables["pay"].loc[instance.pay["row"].unique()]
    known = set(instance.professions["profession"])
    level = np.where(table["profession"] == "*", 0, np.where(table["profession"].isin(known), 2, 1))
    rest = [(table[column] != "*").astype(int) for column in ("region", "year")]
    return list(zip(level.tolist(), *rest, strict=True))


@pytest.mark.each(3)
@pytest.mark.parametrize(
    "changes",
    [
        ["leavers*=0.8"],
        ["pay[fund=salaries]*=1.1"],
        ["join_rate*=0.9", "pay[year=2027]+=50"],
        ["completion_rate*=0.95"],
        ["budget*=1.5"],
    ],
)
def test_scenarios_know_the_pay_that_they_change(changes: list[str]) -> None:
    known = drawn(5).instance
    settings = tuple(read_changes(changes))
    changed, _ = Ground(known, parse_policy(ONCE.encode())).apply(settings)
    own = effects(changed)
    found = KnownEffects(known).of(changed, Scenario("", settings))
    assert found.spend.constant == pytest.approx(own.spend.constant)
    assert found.spend.upper == pytest.approx(own.spend.upper)
    assert abs(found.spend.matrix - own.spend.matrix).max() <= 1e-6
    with tempfile.TemporaryDirectory() as folder:  # tables say the same
        about = {name: getattr(changed, name) for name in ABOUT}
        write_instance(Path(folder), about, changed.tables)
        again = effects(read_instance(folder))
    assert again.spend.constant == pytest.approx(own.spend.constant)


ABOUT = ("name", "title", "first_year", "horizon", "price_base", "description")
