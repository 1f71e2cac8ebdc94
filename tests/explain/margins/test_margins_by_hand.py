"""Values at the margin of the instance that is solved on paper; see its README."""

import pandas as pd
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.worth import PRICE, RESOLVED
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from small_sweeps import BY_HAND, MODEL


def plan(policy: Policy) -> Allocation:
    return allocate(read_instance(BY_HAND), policy, Limits(seconds=20.0))


def answer(policy: Policy) -> Answer:
    found = plan(policy)
    return margins(found, seconds=60.0)


def row(frame: pd.DataFrame, **about: object) -> pd.Series:
    for name, value in about.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_of_the_relaxation() -> None:
    found = answer(read_policy(MODEL).relaxed())
    # £10,000 buy a place of nurse-south, worth 3.04, until its 30 places are full: 20 more. What is
    # left buys paramedics in the south, at 1.296 each, until the gap of 2028 is filled.
    money = row(found.frame("money"), year=2026)
    assert money["same_to"] == pytest.approx(200_000)
    assert money["how"] == RESOLVED
    assert money["worth"] > 20 * 3.04
    # A week in the north lets a tenth of a nurse train there and not in the south: 0.304 a place,
    # for the ten places that the south has.
    weeks = row(found.frame("placements"), region="north", year=2026)
    assert weeks["same_to"] == pytest.approx(100)
    assert weeks["worth"] == pytest.approx(3.04)
    # More capacity for paramedics in the north would fill no gap that is open in 2027.
    capacity = row(found.frame("capacity"), course="nurse-south")
    assert capacity["worth"] == 0
    assert capacity["how"] == PRICE
    for name in ("money", "placements", "capacity", "rates"):
        frame = found.frame(name)
        assert (frame["low"] <= frame["worth"] + 1e-9).all()
        assert (frame["worth"] <= frame["high"] + 1e-9).all()
        assert frame["least"].isna().all()


def test_of_the_plan_in_whole_places() -> None:
    found = answer(read_policy(MODEL))
    money = row(found.frame("money"), year=2026)
    # With paramedic-south closed, nurse-south has 16 places in fractions and room for 14 more.
    assert money["same_to"] == pytest.approx(140_000)
    assert money["worth"] == pytest.approx(14 * 3.04)
    assert money["least"] == 0
    assert money["most"] >= money["worth"]
    # No more than the gap between 380.696 and what the relaxation saves with £1m more.
    relaxed = row(answer(read_policy(MODEL).relaxed()).frame("money"), year=2026)
    assert money["most"] == pytest.approx(380.696 - 373.936 + relaxed["worth"])


def test_plain_worth_is_the_worth_without_weights() -> None:
    found = answer(read_policy(MODEL).relaxed())
    weeks = row(found.frame("placements"), region="north", year=2026)
    # Ten nurses trained in the north and not in the south: as many FTE-years, elsewhere.
    assert weeks["plain"] == pytest.approx(0, abs=1e-9)


def test_settings_are_those_that_a_user_would_write() -> None:
    found = answer(read_policy(MODEL))
    assert row(found.frame("money"), year=2026)["change"] == [
        "budget[fund=tuition,year=2026]+=1000000"
    ]
    assert row(found.frame("capacity"), course="nurse-south")["change"] == [
        "max_intake[course=nurse-south]+=10"
    ]
    assert row(found.frame("rates"), rate="completion", profession="nurse")["change"] == [
        "completion_rate[profession=nurse]+=0.01"
    ]


def test_a_rule_that_is_off_is_not_asked_about() -> None:
    problem = plan(read_policy(MODEL).relaxed()).problem
    text = MODEL.read_text(encoding="utf-8").replace("budgets = true", "budgets = false")
    from commission_opt.policy_file import parse_policy

    policy = parse_policy(text.encode(), "model.toml").relaxed()
    found = allocate(problem.instance, policy, Limits(seconds=20.0))
    said = margins(found, seconds=10.0)
    assert not len(said.frame("money"))
    assert said.sentences[1] == "No budget is in force."
    assert [table.shown() for table in said.tables if table.name in ("money", "funds")] == [[], []]
