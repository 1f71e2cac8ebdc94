"""What is said of years that are decided later, held to the plan's numbers."""

import re

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation
from commission_opt.views.later import later_ranges, later_words, not_whole
from commission_opt.views.prospects import note
from commission_opt.views.shortfall import Baselines, judged
from plan_of_futures import solved, weighing
from samples import model, sample


@pytest.fixture(scope="module")
def plan() -> Allocation:
    text = weighing(model(3, pace="false"), "expected") + "decide_now = 1\n"
    return solved(sample(2, 2, 3, 3).instance, text)[0]


def by_future(plan: Allocation) -> np.ndarray:
    """Places of courses in the later years of each future."""
    own = [future.outcome(plan.outcome.decision).places for future in plan.problem.futures]
    return np.stack(own)[:, :, 1:]


def test_ranges_are_those_of_the_futures(plan: Allocation) -> None:
    places, found = by_future(plan), later_ranges(plan.problem, plan.outcome)
    p = np.array([future.probability for future in plan.problem.futures])
    assert len(found) == 2 * plan.instance.courses["p"].nunique()
    for _, row in found.iterrows():
        own = (plan.instance.courses["p"] == row["profession"]).to_numpy()
        sums = places[:, own, int(row["year"]) - plan.instance.first_year - 1].sum(axis=1)
        assert row["least"] == pytest.approx(sums.min())
        assert row["most"] == pytest.approx(sums.max())
        assert row["mean"] == pytest.approx(p @ sums)
    assert plan.places[:, 1:] == pytest.approx(np.tensordot(p, places, axes=1))


def test_sentences_say_what_is_decided_when(plan: Allocation) -> None:
    first, second = later_words(plan.problem, plan.outcome)
    assert "in 2026/27 is decided now, the same in each of 3 scenarios" in first
    assert "2027/28 and 2028/29 are decided in each, in fractions, once it is known" in first
    assert "perfect foresight" in first
    assert "optimistic" in first
    sums = by_future(plan).sum(axis=1)
    said = re.findall(r"from ([\d,]+) to ([\d,]+) in", second)
    ends = [(each.min(), each.max()) for each in sums.T]
    for (low, high), (least, most) in zip(said, ends, strict=True):
        assert float(low.replace(",", "")) == pytest.approx(least, abs=0.5)
        assert float(high.replace(",", "")) == pytest.approx(most, abs=0.5)
    told = "What is decided now is the same in all; later years, in fractions, are decided in each."
    assert note(plan.problem).startswith(told)


@pytest.mark.parametrize("fractions", [True, False])
def test_the_verdict_says_which_years_are_whole(plan: Allocation, *, fractions: bool) -> None:
    if not fractions:
        text = weighing(model(2, pace="false"), "expected")
        text += "decide_now = 1\nlater_relaxed = false\n"
        plan, _ = solved(sample(2, 2, 3, 3).instance, text)
    later = by_future(plan)
    assert plan.decided_now == pytest.approx(np.round(plan.decided_now), abs=1e-9)
    assert np.allclose(later, np.round(later), atol=1e-6, rtol=0) is not fractions
    said = " ".join(judged(Baselines(plan.problem, plan.outcome), plan.certificate, 0.0005))
    own = (
        "whole places in what is decided now; later years are decided in each scenario, in "
        "fractions, which are not carried out"
    )
    assert f"is kept in each of 3 scenarios ({own if fractions else 'whole places'})" in said
    assert (", in fractions," in note(plan.problem)) is fractions
    assert (not_whole(plan.problem) != "") is fractions


def test_nothing_is_said_where_all_is_decided_now() -> None:
    plan, _ = solved(sample(2, 2, 1, 3).instance, weighing(model(), "expected"))
    assert not list(later_words(plan.problem, plan.outcome))
    assert note(plan.problem).startswith("The plan is the same in all")
    assert not_whole(plan.problem) == ""
