"""What-ifs are what solving the changed instance from nothing shows."""

import numpy as np
import pandas as pd
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import InfeasibleError, UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.what_if.change import what_if
from commission_opt.explain.what_if.replan import replanned
from commission_opt.formulation.problem import planning
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits, Watch
from margin_cases import changed_case, least
from samples import made, model, policy, sample
from small_sweeps import BY_HAND, MODEL
from some import diagonal

CHANGES = [
    ("budget*=1.1",),
    ("budget*=0.99", "demand*=1.02"),
    ("leavers+=-0.01",),
    ("cost*=1.01", "placement_capacity*=0.99"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "integer"), diagonal(CHANGES, (False, True), every=2))
def test_against_the_independent_model_and_a_cold_plan(
    changes: tuple[str, ...], integer: bool
) -> None:
    text = model(1, integer=integer)
    known, given = sample(4, 3, 1, 1), policy(text)
    found = allocate(known.instance, given, Limits(seconds=20.0))
    answer = what_if(found, changes, seconds=20.0)
    certified = answer.frame("certified").set_index("what")
    best = certified.loc["the best in fractions of places"]
    instance, _ = Ground(known.instance, given).apply(read_changes(changes))
    cold = allocate(instance, given, Limits(seconds=20.0))
    measures = answer.frame("measures").set_index("what")
    places = found.places + answer_change(answer, found.places, known.instance.courses["course"])
    after = replanned(planning(instance, given), places, Limits(), Watch(), 10.0)
    assert keeps_rules(after.problem, after.problem.outcome(places))
    assert measures.loc["places", "after"] == pytest.approx(places.sum())
    shortfall = measures.loc["weighted shortfall"]
    assert shortfall["before"] == pytest.approx(found.certificate.objective)
    assert shortfall["after"] >= cold.certificate.bound - 1e-6 * cold.certificate.bound
    if integer:
        row = certified.loc["the plan, worked out again"]
        assert cold.certificate.objective >= row["before"] - row["high"] - 1e-6 * row["before"]
        assert shortfall["after"] <= cold.certificate.objective * (1 + 2e-3)
    else:
        before = least(changed_case(made(4, 3, 1, 1), known.instance, ()), text)
        now = least(changed_case(made(4, 3, 1, 1), known.instance, changes), text)
        assert best["before"] == pytest.approx(before, rel=1e-6)
        assert best["after"] == pytest.approx(now, rel=1e-6)
        assert best["low"] - 1e-6 * before <= before - now <= best["high"] + 1e-6 * before
        assert shortfall["after"] == pytest.approx(now, rel=1e-6)


def answer_change(answer: Answer, before: Floats, courses: pd.Series) -> Floats:
    """The places moved as an array."""
    change = np.zeros_like(before)
    order = courses.tolist()
    for _, row in answer.frame("moved").iterrows():
        change[order.index(row["course"]), 0] = row["change"]
    return change


def test_by_hand() -> None:
    found = allocate(read_instance(BY_HAND), read_policy(MODEL), Limits(seconds=20.0))
    answer = what_if(found, ["budget[fund=tuition]+=60000"])
    moved = answer.frame("moved")
    # £10,000 were left. With £60,000 more, five more nurses in the south, 3.04 each, would leave
    # £20,000; ten more are paid by five fewer paramedics in the north, 2.4156 and £6,000 each.
    assert moved[["course", "change"]].to_numpy().tolist() == [
        ["nurse-south", 10.0],
        ["paramedic-north", -5.0],
    ]
    row = answer.frame("certified").set_index("what").loc["the plan, worked out again"]
    assert row["saved"] == pytest.approx(10 * 3.04 - 5 * 2.4156)
    assert row["low"] == pytest.approx(row["saved"])
    gap = 1e-6 * row["after"]  # at which a search for a what-if ends
    assert row["saved"] <= row["high"] <= row["saved"] + gap
    same = answer.frame("certified").set_index("what").loc["the plan, not a place moved"]
    assert same["saved"] == 0


def test_a_plan_that_breaks_a_rule_now_is_mended() -> None:
    found = allocate(read_instance(BY_HAND), read_policy(MODEL), Limits(seconds=20.0))
    answer = what_if(found, ["budget[fund=tuition]+=-100000"])
    certified = answer.frame("certified")["what"].tolist()
    assert "the plan, not a place moved" not in certified
    measures = answer.frame("measures").set_index("what")
    assert measures["change"]["weighted shortfall"] > 0
    assert measures["after"]["spend, tuition"] <= 500_000 + 1e-6


def test_what_leaves_no_plan_is_said_so() -> None:
    known = sample(4, 3, 1, 1)
    found = allocate(known.instance, policy(model(1)), Limits(seconds=20.0))
    with pytest.raises(InfeasibleError, match="budget"):
        what_if(found, ["budget*=0.2"])


@pytest.mark.parametrize(
    ("text", "says"),
    [("budget*=1,2", "2 values"), ("nothing+=1", "nothing called"), ("budget", "not an axis")],
)
def test_what_cannot_be_read(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_changes([text])


def test_codes_that_are_not_there() -> None:
    found = allocate(read_instance(BY_HAND), read_policy(MODEL), Limits(seconds=20.0))
    with pytest.raises(UsageError, match="fund"):
        what_if(found, ["budget[fund=x]+=1"])
