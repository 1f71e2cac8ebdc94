"""What is said of a plan for several futures, against its files and a naive model."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import extensive
import independent
from commission_opt.allocation.allocate import Allocation
from commission_opt.plan.read import read_plan
from commission_opt.plan.uncertain import WeighedRecord
from commission_opt.plan.verify import verify
from commission_opt.views.prospects import LAST, MEAN, PLAN, Prospects
from commission_opt.views.shortfall import Baselines, caveat, cuts, judged, trend
from futures_made import row, scenario
from plan_of_futures import RISKS, solved, weighing, written
from plan_tables import PlanTables, numbers
from samples import model, sample
from some import diagonal
from test_futures import drawn_model, futures, weighed
from test_futures import solved as solved_naively

INSTANCE = sample(2, 2, 1, 3).instance


def prospects(plan: Allocation, record: WeighedRecord) -> Prospects:
    baselines = Baselines(plan.problem, plan.outcome)
    mean = record.mean_amounts
    return Prospects(baselines, record.record, mean, plan.bounds, record.mean_deployed)


def cells(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """The figures of a table by scenario and column."""
    columns = [name for name in table.columns if name != "scenario"]
    return {
        (str(who), name): float(value)
        for name in columns
        for who, value in zip(table["scenario"], table[name].astype(float), strict=True)
    }


@pytest.mark.parametrize("risk", RISKS)
def test_the_verdict_says_what_is_weighed(tmp_path: Path, risk: str) -> None:
    stages = [("shortfall", 0.01), ("cost", 0.0)]
    text = weighing(model(stages=stages), risk)
    folder = written(tmp_path / "plan", INSTANCE, text)
    found = verify(read_plan(folder))
    assert found.holds, found.problems
    plan, record = found.plan, PlanTables(folder).record
    said = list(judged(Baselines(plan.problem, plan.outcome), found.certificate, 0.0005))
    begins = "The largest regret over" if risk == "regret" else "The weighted shortfall of"
    first = next(text for text in said if text.startswith(begins))
    how = {
        "expected": "FTE-years, expected over 3 scenarios, is",
        "cvar": "FTE-years, 0.4 times the expectation plus 0.6 times the mean of the worst 20 % "
        "of 3 scenarios (conditional value at risk), is",
        "worst": "FTE-years, in the worst of 3 scenarios, is",
        "regret": "weighted FTE-years of weighted shortfall above the least that fractions of "
        "places could have in one of them alone, is",
    }[risk]
    assert how in first
    own = numbers(first)[risk == "regret"]
    assert own == pytest.approx(record["stages"][0]["final"], rel=1e-5)
    assert any("is kept in each of 3 scenarios (whole places)" in text for text in said)
    assert any(text.startswith("The cost of") and ", expected over 3" in text for text in said)
    its = "The expectation of the weighted shortfall itself" * (risk == "regret")
    its = its or "Its expectation"
    settled = [text for text in said if text.startswith(f"{its} over 3 scenarios is")]
    assert len(settled) == (risk != "expected")
    for text in settled:
        expected = record["uncertainty"]["expected"]
        _, final, *limit, bound = numbers(text)
        assert final == pytest.approx(expected["final"], rel=1e-5)
        same = "no higher than that of this plan" in text
        assert limit == (
            [] if same else [pytest.approx(record["stages"][0]["objective"], rel=1e-5)]
        )
        assert bound == pytest.approx(expected["bound"], rel=1e-5)


@pytest.mark.parametrize(("seed", "risk"), diagonal((1, 3, 5), RISKS, every=3))
def test_last_year_repeated_is_weighed_as_the_plan_is(seed: int, risk: str) -> None:
    known, text = futures(seed), drawn_model(seed, integer=False)
    plan = solved_naively(known, weighed(text, risk), None)  # type: ignore[arg-type]
    settings = independent.load_policy(text)
    years = range(plan.instance.first_year, plan.instance.first_year + plan.amounts.shape[1])
    lines = plan.instance.lines
    last = {
        (str(code), year): float(amount)
        for code, amount in zip(lines["line"], lines["last_amount"], strict=True)
        for year in years
    }
    cases, p = [each.case for each, _ in known], np.array([share for _, share in known])
    values = np.array([independent.simulate(c, settings, last).objective for c in cases])
    mean = float(p @ values)
    tails = [eta + float(p @ np.maximum(values - eta, 0)) / 0.3 for eta in values]
    least = {"expected": mean, "worst": values.max(), "cvar": 0.4 * mean + 0.6 * min(tails)}
    least["regret"] = float((values - extensive.alone(cases, settings)).max())
    futures_of = Baselines(plan.problem, plan.outcome)
    assert futures_of.last_year_value == pytest.approx(least[risk], rel=1e-9)
    breaks = any(independent.violations(case, settings, last) for case in cases)
    assert bool(futures_of.broken) is breaks
    if breaks:
        assert all("in scenario 'future " in text for text in futures_of.broken)


def test_the_table_holds_what_the_files_hold() -> None:
    tables = (row("demand", "uniform = [0.95, 1.1]"), scenario("many leave", 0.3, "leavers*=1.3"))
    plan, record = solved(INSTANCE, model(), *tables)
    table = cells(prospects(plan, record).table())
    frames = plan.frames()["scenarios"]
    values, p = frames["shortfall"].to_numpy(float), frames["probability"].to_numpy(float)
    assert table["many leave", PLAN] == pytest.approx(values[0])
    drawn = np.sort(values[1:])
    for name, at in (("p05", 0), ("median", 7), ("p95", 15)):  # of 16, each with its probability
        assert table[f"16 draws: {name}", PLAN] == pytest.approx(drawn[at])
    expected = float(p @ values)
    assert table["expected", PLAN] == pytest.approx(expected)
    assert table["expected", PLAN] == pytest.approx(plan.certificate.stages[0].final)
    assert table["mean of the worst tenth", PLAN] == pytest.approx(_tail(values, p))
    assert table["expected", LAST] == pytest.approx(
        Baselines(plan.problem, plan.outcome).last_year_value
    )
    assert table["expected", MEAN] == pytest.approx(record.record["expected_value_plan"][0])


def _tail(values: np.ndarray, p: np.ndarray) -> float:
    """The mean of the worst tenth, future by future."""
    left, total = 0.1, 0.0
    for value, share in sorted(zip(values, p, strict=True), reverse=True):
        taken = min(left, share)
        total, left = total + taken * value, left - taken
    return total / 0.1


def test_the_sentence_for_the_board_is_that_of_the_tables() -> None:
    plan, record = solved(INSTANCE, model())
    seen = prospects(plan, record)
    table = cells(seen.table())
    (said,) = [s for s in seen.sentences(plan.certificate.stages[0]) if s.startswith("Against")]
    parts = said.split(" is ")[1].split(", and ")
    for text, name in zip(parts, ("as given", "mean of the worst tenth"), strict=True):
        mine, other = table[name, PLAN], table[name, MEAN]
        if "the same" in text:
            assert mine == pytest.approx(other, rel=1e-4)
        else:
            assert numbers(text)[0] == pytest.approx(100 * abs(mine / other - 1), abs=0.0051)
            assert ("larger" in text) is (mine > other)


BRACKETS: dict[str, tuple[dict[str, Any], str]] = {
    "worth": ({"vss": [3.0, 5.0]}, "worth between 3.00000 and 5.00000 weighted FTE-years"),
    "noise": ({"vss": [-3.0, 5.0]}, "is worth no more than noise"),
    "nothing": ({"vss": [0.0, 0.0]}, "Weighing the scenarios is worth nothing"),
    "unknown": (
        {"vss": None, "expected_value_plan": None, "expected_value_plan_reason": "it breaks it"},
        "is not known, for no plan for their mean stands beside this one: it breaks it.",
    ),
    "unknown, mended": (
        {
            "vss": None,
            "expected_value_plan": None,
            "expected_value_plan_reason": "it breaks it",
            "value": [90.0, 100.0],
            "repaired": 125.0,
        },
        "scenario have 125.000 weighted FTE-years in the same measure: that of this plan is "
        "20.00 % smaller.",
    ),
    "knowing": ({"evpi": [1.0, 2.0]}, "comes would be worth between 1.00000 and 2.00000 weighted"),
    "knowing noise": ({"evpi": [-1.0, 2.0]}, "no more than noise: between −1.00000 and 2.00000"),
    "knowing at most": (
        {"evpi": [-1.0, 2000.0]},
        "worth at most 2,000.00 weighted FTE-years; that",
    ),
    "knowing nothing": ({"evpi": [0.0, 0.0]}, "would be worth nothing"),
    "not known": ({"evpi": None}, "was not worked out"),
}


@pytest.mark.parametrize("case", BRACKETS)
def test_brackets_are_said_in_words(case: str) -> None:
    plan, record = _plan()
    said, expected = BRACKETS[case]
    given = {"vss": [1.0, 2.0], "evpi": [1.0, 2.0], "expected_value_plan": [100.0, 100.0]}
    found = {**record.record, **given, "expected_value_plan_reason": "", **said}
    seen = Prospects(Baselines(plan.problem, plan.outcome), found, record.mean_amounts, None)
    text = " ".join(seen.sentences(plan.certificate.stages[0]))
    assert expected in text
    assert ("Against a plan for the mean" in text) is ("unknown" not in case)
    assert (MEAN in seen.table()) is (
        "unknown" not in case
    )  # a plan that breaks rules is no example


_KNOWN: list[tuple[Allocation, WeighedRecord]] = []


def _plan() -> tuple[Allocation, WeighedRecord]:
    if not _KNOWN:
        _KNOWN.append(solved(INSTANCE, model()))
    return _KNOWN[0]


def test_equal_scenarios_are_worth_nothing_or_noise() -> None:
    equal = (scenario("one", 0.5), scenario("other", 0.5))
    plan, record = solved(INSTANCE, model(), *equal)
    text = " ".join(prospects(plan, record).sentences(plan.certificate.stages[0]))
    assert "worth between" not in text
    assert text.count("noise") + text.count("worth nothing") == 2
    only, alone = solved(INSTANCE, model(), scenario("one", 1.0))
    said = list(prospects(only, alone).sentences(only.certificate.stages[0]))
    assert said == ["There is one scenario only, so nothing is weighed."]


def test_what_is_told_of_the_world_as_given_says_so() -> None:
    plan, _ = _plan()
    futures_of = Baselines(plan.problem, plan.outcome)
    for text in (trend(futures_of), cuts(futures_of)):
        assert text.startswith("If all goes as given, ")
    missing = futures_of.by_year()["with the plan"].to_numpy()
    given = pd.Series(plan.outcome.shortfall.sum(axis=(0, 1)))
    assert missing == pytest.approx(given.to_numpy())
    assert "in each of 3 scenarios" in caveat(futures_of) or "in scenario" in caveat(futures_of)


def test_where_weighing_is_worth_much_it_is_said() -> None:
    bad = (scenario("as given", 0.5), scenario("no more leave", 0.5, "leavers*=0.1"))
    plan, record = solved(INSTANCE, model(integer=False), *bad)
    (low, high), (mean, _) = record.record["vss"], record.record["expected_value_plan"]
    assert low > 0.1 * mean
    sentences = prospects(plan, record).sentences(plan.certificate.stages[0])
    (said,) = [text for text in sentences if text.startswith("Weighing the scenarios is worth")]
    least, most, other, *shares = numbers(said)
    assert least <= low <= high <= most
    assert (least, most, other) == pytest.approx((low, high, mean), rel=1e-4)
    assert shares == pytest.approx([100 * low / mean, 100 * high / mean], abs=0.011)
