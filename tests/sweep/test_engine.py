"""Every scenario is solved again, cold, by the model of the tests that shares no code with ours."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import independent
import naive
from commission_opt.allocation.allocate import Allocation, allocate, allocate_problem
from commission_opt.allocation.methods import METHODS, Method
from commission_opt.formulation.problem import planning
from commission_opt.scenario.axis import Axis, parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Scenario, Setting
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result, Status, Watch
from commission_opt.sweep import engine as module
from commission_opt.sweep.engine import Measuring, Session, adding
from naive_relaxation import Relaxation
from samples import made, model, policy, sample
from some import some
from sweep_tables import FIELDS, write_by_hand

AXES = [
    "budget*=0.97:1.2",
    "demand*=0.8:1.3",
    "leavers*=0.7:1.4",
    "completion_rate*=0.8:1",
    "fill_rate*=0.7:1",
    "cost*=0.8:1.01",
    "placement_capacity*=1:1.3",
    "max_intake*=1:1.5",
    "model.discount_rate=0:0.1",
]
# These change no coefficient.
PLAIN = [
    Scenario(text, (Setting(axis := parse_axis(text), axis.values[0]),))
    for text in ("budget*=1.05", "demand*=1.02", "max_intake*=1.1")
]
LIMITS = Limits(seconds=60.0)
YEARS = 2


def drawn(seed: int, count: int) -> list[Scenario]:
    rng = np.random.default_rng(seed)
    axes: list[Axis] = [parse_axis(text) for text in AXES]
    found = []
    for k in range(count):
        some = sorted(rng.choice(len(axes), 3, replace=False))
        settings = tuple(
            Setting(axes[i], float(rng.uniform(min(axes[i].values), max(axes[i].values))))
            for i in some
        )
        found.append(Scenario(f"drawn {k}", settings))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(2), 2))
def test_relaxed_scenarios_agree_with_the_independent_model_solved_cold(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In rows of a unit of their own, a factor on all of them moves no coefficient: few are moved.
    monkeypatch.setattr("commission_opt.solvers.persistent._COEFFICIENTS", 350)
    synthetic, text = made(3, 2, 2, seed), model(2, integer=False)
    known, given = sample(3, 2, 2, seed), policy(text)
    session, ways, plans = Session(known.instance, given, LIMITS), set(), 0
    for scenario in [*drawn(seed, 10), *PLAIN]:
        answer = session.run(scenario)
        ways.add(answer.how)
        _, changed = Ground(known.instance, given).apply(scenario.settings)
        figures = [each for each in scenario.settings if each.axis.field in FIELDS]
        write_by_hand(tmp_path, synthetic, known.instance, figures)
        case = independent.load(tmp_path)
        again = model(2, integer=False, rate=changed.discount_rate)
        naively = Relaxation(case, naive.load_policy(again))
        try:
            (best,) = naively.best({"shortfall": 0.0}, 0.0)
        except independent.Infeasible:
            assert answer.status == "infeasible"
            continue
        assert answer.status == "optimal", answer.reason
        assert answer.measures["objective"] == pytest.approx(best, rel=1e-6)
        assert answer.measures["bound"] == pytest.approx(best, rel=1e-6)
        plans += 1
    assert plans >= 5
    assert ways == {"cold: first program", "rebuilt: many coefficients", "hot"}


@pytest.mark.slow
def test_whole_scenarios_are_those_of_a_cold_run() -> None:
    known, given = sample(3, 2, 2, 0), policy(model(2))
    session = Session(known.instance, given, LIMITS, Method.FAST)
    for scenario in drawn(3, 4):
        answer = session.run(scenario)
        problem = planning(*Ground(known.instance, given).apply(scenario.settings))
        cold = allocate_problem(problem, LIMITS, Watch(), METHODS[Method.FAST]).certificate
        assert answer.status in ("optimal", "feasible"), answer.reason
        assert answer.places is not None
        assert np.array_equal(answer.places, np.round(answer.places))
        # Another vertex of the relaxation may lead to another plan; each proves the other's bound.
        assert answer.measures["objective"] >= cold.bound - 1e-6 * abs(cold.bound)
        assert cold.objective >= answer.measures["bound"] - 1e-6 * abs(cold.bound)


def test_a_price_is_what_more_money_saves() -> None:
    known, given = sample(3, 3, 2, 1), policy(model(2, integer=False))
    session = Session(known.instance, given, LIMITS)

    def prices(measures: dict[str, float]) -> dict[str, float]:
        return {k: v for k, v in measures.items() if k.startswith("price:") and ":*:" not in k}

    for share in np.arange(1.0, 0.3, -0.02):
        less = Setting(parse_axis(f"budget*={share:.2f}"), float(round(share, 2)))
        base = session.run(Scenario("less", (less,))).measures
        if base and max(prices(base).values()) > 1e-3:
            break
    dearest, price = max(prices(base).items(), key=lambda item: item[1])
    assert price > 1e-3
    _, _, fund, region, year = dearest.split(":")
    axis = parse_axis(f"budget[fund={fund},region={region},year={year}]+=100")
    more = session.run(Scenario("more", (less, Setting(axis, 100.0)))).measures
    saved = base["objective"] - more["objective"]
    assert saved == pytest.approx(price * 1e-4, rel=0.05)


def test_spending_is_what_the_budgets_say_where_one_row_covers_a_fund() -> None:
    known, given = sample(3, 3, 2, 1), policy(model(2, integer=False))
    answer = Session(known.instance, given, LIMITS).run(Scenario("as given"))
    result, budgets = allocate(known.instance, given, LIMITS).outcome.spend, known.instance.budgets
    used = result.planned + result.continued
    everywhere = budgets["region"] == "*"
    for fund in budgets["fund"][everywhere].unique():
        mine = (everywhere & (budgets["fund"] == fund)).to_numpy()
        years = budgets["year"].to_numpy()[mine]
        if set(years) == set(known.instance.years):
            assert answer.measures[f"spend:fund:{fund}"] == pytest.approx(
                used[mine].sum(), rel=2e-2
            )


def test_what_cannot_be_is_an_answer_with_its_reason() -> None:
    known, given = sample(3, 2, 2, 0), policy(model(2, integer=False))
    session = Session(known.instance, given, LIMITS)

    def run(text: str) -> tuple[str, str]:
        axis = parse_axis(text)
        answer = session.run(Scenario(text, (Setting(axis, axis.values[0]),)))
        assert answer.places is None
        assert not answer.measures
        return answer.status, answer.reason

    status, reason = run("budget*=0.01")
    assert status == "infeasible"
    assert "these cannot all hold together" in reason
    status, reason = run("fill_rate*=3")
    assert status == "invalid"
    assert "fill_rate" in reason
    assert session.run(Scenario("as given")).status == "optimal"


def test_a_fault_of_ours_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no luck")

    known, given = sample(3, 2, 2, 0), policy(model(2, integer=False))
    session = Session(known.instance, given, LIMITS)
    monkeypatch.setattr(module, "allocate_problem", broken)
    answer = session.run(Scenario("as given"))
    assert (answer.status, answer.reason) == ("error", "ZeroDivisionError: no luck")


@pytest.mark.parametrize("wrong", ["duals", "point", "status"])
def test_a_hot_start_that_lies_is_repeated_cold(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = PersistentProgram.solve

    def lie(self: PersistentProgram, *words: object) -> object:
        result = honest(self, *words)  # type: ignore[arg-type]
        assert result.x is not None
        assert result.multipliers is not None
        return {
            "duals": replace(result, multipliers=result.multipliers * 1.5),
            "point": replace(result, x=result.x * 0.5),
            "status": Result(Status.INFEASIBLE),
        }[wrong]

    known, given = sample(3, 2, 2, 0), policy(model(2, integer=False))
    scenario = Scenario("as given")
    expected = Session(known.instance, given, LIMITS).run(scenario)
    monkeypatch.setattr(PersistentProgram, "solve", lie)
    answer = Session(known.instance, given, LIMITS).run(scenario)
    assert answer.how == "repeated cold"
    assert answer.measures["objective"] == pytest.approx(expected.measures["objective"], rel=1e-7)


def test_what_came_before_does_not_matter_after_forgetting() -> None:
    known, given = sample(3, 3, 2, 1), policy(model(2, integer=False))
    session, scenarios = Session(known.instance, given, LIMITS), drawn(5, 3)
    first = [session.run(s) for s in scenarios]
    session.forget()
    second = [session.run(s) for s in scenarios]
    for a, b in zip(first, second, strict=True):
        assert (a.status, a.how, a.measures) == (b.status, b.how, b.measures)


@pytest.fixture(scope="module")
def found() -> Allocation:
    given = policy(model(YEARS, integer=False))
    return allocate(sample(3, 3, YEARS, 1).instance, given, Limits(seconds=20.0))


@pytest.fixture(scope="module")
def measures(found: Allocation) -> dict[str, float]:
    return Measuring(found.instance).of(found)


def test_figures_are_added_up_by_code() -> None:
    sums = adding("spend:fund", ["b", "a", "b"])
    assert sums(np.array([1.0, 2.0, 4.0])) == {"spend:fund:a": 2.0, "spend:fund:b": 5.0}


def test_shortfall_and_places_are_those_of_each_code(
    found: Allocation, measures: dict[str, float]
) -> None:
    instance, missing = found.instance, found.outcome.shortfall
    group = instance.professions["group"].to_numpy(str)
    region = instance.regions["region"].to_numpy(str)
    for code in set(group):
        expected = missing[group == code].sum()
        assert measures[f"shortfall:group:{code}"] == pytest.approx(expected)
    for code in set(region):
        assert measures[f"shortfall:region:{code}"] == pytest.approx(
            missing[:, region == code].sum()
        )
        here = instance.courses["region"].to_numpy(str) == code
        assert measures[f"places:region:{code}"] == pytest.approx(found.places[here].sum())
    for t, year in enumerate(instance.years):
        assert measures[f"shortfall:year:{year}"] == pytest.approx(missing[:, :, t].sum())
    assert measures["shortfall"] == pytest.approx(missing.sum())
    assert measures["places"] == pytest.approx(found.places.sum())


@pytest.mark.parametrize("whole", ["spend", "places"])
def test_parts_add_up_to_the_whole(whole: str, measures: dict[str, float]) -> None:
    parts = {k: v for k, v in measures.items() if k.startswith((f"{whole}:fund", f"{whole}:group"))}
    assert len(parts) > 1
    assert sum(parts.values()) == pytest.approx(measures[whole])


def test_there_is_a_price_of_every_budget_row(
    found: Allocation, measures: dict[str, float]
) -> None:
    prices = {k: v for k, v in measures.items() if k.startswith("price:budget:")}
    rows = found.instance.budgets
    assert set(prices) == {
        f"price:budget:{fund}:{region}:{year}"
        for fund, region, year in zip(rows["fund"], rows["region"], rows["year"], strict=True)
    }
    assert min(prices.values()) >= -1e-9
    assert measures["objective"] == found.certificate.objective
    assert measures["bound"] == found.certificate.bound
