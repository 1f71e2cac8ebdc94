"""What is said of a target, held to the plan and the proof that it speaks of."""

import re

import pytest

from commission_opt.files.shipped import find_instance
from commission_opt.policy_file import parse_policy
from commission_opt.reach.answer import plan_misses, reach_answer
from commission_opt.reach.goal import parse_target
from commission_opt.reach.reach import GoalAnswer, reach
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from samples import model


def asked(target: str, by: str, *, relaxed: bool = False) -> GoalAnswer:
    policy = parse_policy(model(1).encode())
    policy = policy.relaxed() if relaxed else policy
    instance = read_instance(find_instance("two-by-two"))
    return reach(instance, policy, parse_target(target), by, Limits(seconds=20))


def percents(text: str) -> list[float]:
    return [float(found) / 100 for found in re.findall(r"([0-9.]+) %", text)]


def test_money_is_told_from_both_sides_and_in_pounds() -> None:
    found = asked("shortfall[year=2028-]<=30", "budget")
    answer = reach_answer(found)
    at = found.found
    assert at is not None
    assert at.at is not None
    assert at.none is not None
    first, second, *_ = answer.sentences
    assert percents(first) == [pytest.approx(at.at, abs=1e-9)]
    (proved,) = percents(second)
    assert at.none - 2e-6 < proved <= at.none + 1e-12
    assert "no plan in whole places reaches it: that is proved." in second
    takes = answer.frame("takes")
    given = at.allocation.instance.budgets["amount"].sum() if at.allocation else 0.0
    assert takes["needed"].sum() == pytest.approx(given)
    assert takes["given"].sum() * at.at == pytest.approx(given)
    assert f"+£{takes['more'].sum():,.0f} in all" in first
    bracket = answer.frame("bracket").set_index("side")["factor"]
    assert bracket["plan"] == at.at
    assert bracket["proved"] == at.none


def test_retention_is_told_in_percentage_points_and_staff() -> None:
    found = asked("shortfall[year=2028-]<=30", "retention", relaxed=True)
    answer = reach_answer(found)
    at = found.found
    assert at is not None
    assert at.at is not None
    assert "more leave" in " ".join(answer.sentences)
    takes = answer.frame("takes").set_index("profession")
    before = found.question.instance
    for p, code in enumerate(before.professions["profession"]):
        gone = (before.leaver_rate[p] * before.fte[p]).sum() * (1 - at.at)
        assert takes.loc[code, "stay"] == pytest.approx(gone)
        assert takes.loc[code, "needed"] == pytest.approx(at.at * takes.loc[code, "given"])
        points = 100 * (takes.loc[code, "given"] - takes.loc[code, "needed"])
        assert takes.loc[code, "points"] == pytest.approx(points)


def test_what_cannot_be_reached_is_told_with_why_and_how_near() -> None:
    found = asked("shortfall[year=2027]<=20", "budget")
    answer = reach_answer(found)
    said = " ".join(answer.sentences)
    assert said.startswith("It cannot be reached, with 1,000 times the budgets")
    assert "target 'shortfall of all professions' in 2027" in said
    assert found.most is not None
    assert found.plan is not None
    assert plan_misses(found) >= found.most.missed - 1e-9
    assert f"misses it by {plan_misses(found):.1f} FTE in its worst year" in said
    assert answer.frame("bracket")["missed"].tolist() == [found.most.proved]


def test_that_whole_places_never_reach_it_is_proved_with_all_there_may_be() -> None:
    found = asked("shortfall[year=2029]<=30", "budget[fund=tuition,year=2027-2029]")
    assert found.found is not None
    assert found.found.at is None
    assert found.found.none == 1000.0
    first, second, *_ = reach_answer(found).sentences
    assert first == "No plan in whole places was found that reaches it."
    assert second.startswith("At 100,000 % or less no plan in whole places reaches it")


def test_time_is_told_by_year() -> None:
    first, second, *_ = reach_answer(asked("shortfall<=37", "time")).sentences
    assert first == "A plan in whole places reaches it from 2029 on."
    assert second == "From 2028 on no plan in whole places does: that is proved."
