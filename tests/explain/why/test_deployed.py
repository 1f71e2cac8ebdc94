"""Who is deployed because of a course or a measure, by hand and held to ``deployment.csv``."""

from pathlib import Path

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.why.course import why_course, why_measure
from commission_opt.explain.why.origins import supply_of
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from handworked import COMMITMENTS, hand
from plan_tables import PlanTables
from samples import model

# Ten medics in the south never leave and are ten too many; four who are promised a place come in
# 2029. One of them does half the work of a nurse, of whom 60 are needed and 50 and fewer are there.
PAIRS = "needed,by,region,ratio,max_share\nnurse,medic,south,0.5,0.2\n"
PROMISE = COMMITMENTS + "four,medic,2026,2026,4,4,the board,agreed\n"
MEASURES = (
    "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount\n"
    "abroad,recruit,nurse,south,0,1,0,3\n"
)
LIMITS = Limits(seconds=20.0)


def solved(off: str = "") -> Allocation:
    text = model(1, pace="false", continuation="none", rules=off)
    need = {("medic", "south"): 0.0, ("nurse", "south"): 60.0, ("nurse", "north"): 0.0}
    instance = hand(need=need, substitution=PAIRS, commitments=PROMISE, measures=MEASURES)
    return allocate(instance, parse_policy(text.encode()), LIMITS)


@pytest.fixture(scope="module")
def plan() -> Allocation:
    return solved()


def test_those_whom_a_course_brings_stand_in_for_others(plan: Allocation, tmp_path: Path) -> None:
    answer = why_course(plan, "C", limits=LIMITS)
    (row,) = answer.frame("deployed").to_dict("records")
    assert (row["needed"], row["by"], row["region"]) == ("nurse", "medic", "south")
    write_plan(plan, tmp_path / "plan")
    rows = PlanTables(tmp_path / "plan").rows("deployment")
    assert row["now"] == pytest.approx(sum(float(each["fte"]) for each in rows))
    # With the four there are 14 from 2029 on; 24 would be the most that a fifth of 60 allows.
    assert (row["now"], row["without"]) == pytest.approx((10 * 5 + 4 * 2, 10 * 5))
    assert (row["more"], row["covers"]) == pytest.approx((8.0, 4.0))
    said = (
        "Because of its places, all others as they are, staff of medic do the work of nurse for "
        "8.00 FTE-years more, which cover 4.00."
    )
    assert said in answer.sentences


def test_a_measure_may_make_no_difference(plan: Allocation) -> None:
    answer = why_measure(plan, "abroad", limits=LIMITS)
    said = "Its units make no difference to who does the work of other professions."
    assert said in answer.sentences
    assert answer.frame("deployed").empty


def test_nothing_is_said_where_nobody_can_be_deployed() -> None:
    answer = why_course(solved("substitution = false"), "C", limits=LIMITS)
    assert "deployed" not in [table.name for table in answer.tables]
    assert not any("do the work of" in sentence for sentence in answer.sentences)


def test_a_profession_is_told_who_does_its_work_and_whose_work_it_does(plan: Allocation) -> None:
    medic, nurse = (supply_of(plan, code, "south") for code in ("medic", "nurse"))
    fte = float(plan.outcome.deployed.sum())
    assert fte == pytest.approx(58.0)
    assert medic.sentences[2] == (
        "Its staff do the work of nurse for 58 FTE-years, which cover 29 of that work; they do "
        "none of their own then."
    )
    assert "Staff of medic do its work for 58 FTE-years, which cover 29 of it." in nurse.sentences
    for p, answer in ((0, nurse), (1, medic)):
        frame = answer.frame("supply")
        np.testing.assert_allclose(frame["service"], plan.outcome.service[p, 1])
        short = np.maximum(0.0, frame["demand"] - frame["service"])
        np.testing.assert_allclose(frame["shortfall"], short, atol=1e-9)
    assert "service" not in supply_of(plan, "nurse", "north").frame("supply")
