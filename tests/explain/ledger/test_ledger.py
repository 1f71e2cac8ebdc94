"""Prices of commitments, against paper and against really re-solving without them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import independent
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import StoppedError
from commission_opt.explain.answer import Answer
from commission_opt.explain.ledger.ledger import ledger
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.solvers.status import Limits, Watch
from promised import CLOSED, CLOSED_ALONE, FLOOR, FLOOR_ALONE, LATER, MODEL, two_by_two, without
from samples import Sample, model, policy, sample
from some import some

LIMITS = Limits(seconds=20.0, gap=1e-6)


def on_paper(commitments: str, policy: Policy | None = None) -> Answer:
    found = allocate(two_by_two(commitments), policy or read_policy(MODEL))
    return ledger(found, LIMITS)


def priced(answer: Answer, table: str = "prices") -> pd.DataFrame:
    frame = answer.frame(table)
    return frame.set_index(frame.columns[0])


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("commitments", "name", "expected"),
    [(FLOOR, "floor", FLOOR_ALONE), (CLOSED, "closed", CLOSED_ALONE)],
)
def test_a_planted_commitment_costs_what_paper_says(
    commitments: str, name: str, expected: float
) -> None:
    row = priced(on_paper(commitments)).loc[name]
    assert row["price"] == pytest.approx(expected, abs=1e-9)
    assert row["low"] == pytest.approx(expected, abs=1e-9)
    assert row["high"] == pytest.approx(expected, abs=1e-9)
    assert row["low"] <= row["price"] <= row["high"]
    assert row["average"] == pytest.approx(expected, abs=1e-9)
    assert row["spend"] == 0.0  # all of the budget is spent either way
    assert np.isnan(row["per_million"])
    assert "fractions" in row["how"]


@pytest.mark.slow
def test_prices_that_do_not_add_up_and_their_average_over_orders() -> None:
    answer = on_paper(FLOOR + CLOSED + LATER)
    prices, together = priced(answer), priced(answer, "together")
    assert prices.loc["floor", "price"] == pytest.approx(0.0, abs=1e-9)
    assert prices.loc["closed", "price"] == pytest.approx(CLOSED_ALONE - FLOOR_ALONE)
    assert together.loc["all together", "price"] == pytest.approx(CLOSED_ALONE)
    assert together.loc["all together", "one_by_one"] == pytest.approx(2.2)
    assert together.loc["Dean", "price"] == pytest.approx(CLOSED_ALONE - FLOOR_ALONE)
    assert prices.loc["floor", "average"] == pytest.approx(FLOOR_ALONE / 2)
    assert prices.loc["closed", "average"] == pytest.approx(CLOSED_ALONE - FLOOR_ALONE / 2)
    assert answer.frame("idle")["commitment"].tolist() == ["later"]
    text = " ".join(answer.sentences)
    assert "The 1 commitment and 1 hand-made override in force cost 3.72" in text
    assert "“closed” (owner Dean): 2.20" in text
    assert "add up to 2.20, not 3.72" in text


@pytest.mark.slow
def test_whole_places_of_the_plan_on_paper_pay_nothing() -> None:
    """The best plan without any commitment closes the one course and takes 15 on the other."""
    answer = on_paper(FLOOR + CLOSED)
    whole = priced(answer, "whole")
    for column in ("whole", "whole_low", "whole_high"):
        assert whole[column].to_numpy() == pytest.approx(np.zeros(len(whole)), abs=1e-6)


def test_a_price_in_whole_places_on_paper() -> None:
    """Twenty in the south: 5 nurses fewer in the north, each of 0.304 more."""
    answer = on_paper(FLOOR.replace(",15,,", ",20,,"))
    row = priced(answer, "whole").loc["floor"]
    best = allocate(two_by_two(), read_policy(MODEL)).certificate.objective
    forced = allocate(
        two_by_two(FLOOR.replace(",15,,", ",20,,")), read_policy(MODEL)
    ).certificate.objective
    assert forced > best
    gap = 1e-5 * forced  # at which the searches of a ledger end
    assert row["whole"] == pytest.approx(forced - best)
    assert forced - best - gap <= row["whole_low"] <= row["whole"] + 1e-9
    assert row["whole"] - 1e-9 <= row["whole_high"] <= forced - best + gap


def test_a_plan_without_commitments_says_so() -> None:
    answer = on_paper("")
    assert answer.sentences == ("This plan has no commitments and no hand-made overrides.",)
    assert answer.tables == ()
    idle = on_paper(LATER)
    assert idle.sentences == ("The one commitment has no effect on the places of 2026.",)
    assert idle.frame("idle")["why"].tolist() == ["outside the commissioning years, 2026"]


def relaxed(known: Sample, text: str, names: set[str]) -> float:
    again = independent.load_policy(text)
    return independent.solve(without(known.case, names), again)[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "years"), some([(1, 2), (0, 1), (2, 1), (0, 2), (1, 1), (2, 2)], 6)
)
def test_prices_equal_the_difference_after_really_solving_without(seed: int, years: int) -> None:
    known, text = sample(4, 3, years, seed), model(years, integer=False)
    found = allocate(known.instance, policy(text))
    answer = ledger(found, LIMITS)
    prices, together = priced(answer), priced(answer, "together")
    base = relaxed(known, text, set())
    near = 1e-6 * max(1.0, base)
    for name, row in prices.iterrows():
        assert row["price"] == pytest.approx(base - relaxed(known, text, {str(name)}), abs=near)
        assert row["price"] >= 0
        assert row["low"] <= row["price"] <= row["high"] <= row["low"] + near
    joint = base - relaxed(known, text, set(prices.index))
    assert together.loc["all together", "price"] == pytest.approx(joint, abs=near)
    assert prices["average"].sum() == pytest.approx(joint, abs=near)
    assert prices["price"].max() <= joint + near
    for owner, row in together.drop(index="all together").iterrows():
        own = prices[prices["owner"] == owner]
        assert own["price"].max() - near <= row["price"] <= joint + near
        assert row["commitments"] == len(own)


@pytest.mark.slow
def test_some_samples_have_a_price() -> None:
    """So that the test above does not compare nothing with nothing."""
    found = [
        priced(ledger(a, LIMITS))["price"].max()
        for a in (
            allocate(sample(4, 3, 1, s).instance, policy(model(integer=False))) for s in (0, 1, 2)
        )
    ]
    assert max(found) > 1.0


def test_money_is_the_least_spend_with_which_the_best_is_reached() -> None:
    stages = (("shortfall", 0.0), ("cost", 0.0))
    known = sample(4, 3, 1, 0)
    text = model(integer=False, rate=0.0, stages=stages)
    found = allocate(known.instance, policy(text))
    row = priced(ledger(found, LIMITS), "together").loc["all together"]
    table = known.instance.commitments
    free = replace(
        known.instance,
        commitments=table.iloc[:0],
        commitment_lines=known.instance.commitment_lines[:0],
    )
    cost = [_cost(found), _cost(allocate(free, policy(text)))]
    assert row["spend"] == pytest.approx(cost[0] - cost[1], abs=1e-6 * cost[0])
    more = cost[0] - cost[1]
    each = row["price"] / more * 1e6 if more >= 0.5 else np.nan
    assert row["per_million"] == pytest.approx(each, rel=1e-5, nan_ok=True)
    assert row["spend_low"] <= row["spend"] + 1.0
    assert row["spend"] <= row["spend_high"] + 1.0


def _cost(found: Allocation) -> float:
    return found.certificate.stages[1].final


@pytest.mark.slow
@pytest.mark.parametrize("seed", some(range(2), 2))
def test_whole_places_are_never_worse_without_and_lie_within_what_is_certain(seed: int) -> None:
    known = sample(4, 3, 1, seed)
    found = allocate(known.instance, policy(model()))
    answer = ledger(found, LIMITS)
    whole = priced(answer, "whole")
    joint = whole.loc["all together"]
    assert (whole["whole_low"] <= whole["whole"] + 1e-9).all()
    assert (whole["whole"] <= whole["whole_high"] + 1e-9).all()
    assert (whole["whole"] >= 0).all()
    assert (whole["whole"] <= joint["whole"] + 1e-9).all()
    case, again = known.case, independent.load_policy(model())
    with_all, least_with = _between(case, again)
    names = [row["commitment"] for row in case.commitments]
    with_none, least_without = _between(without(case, names), again)
    assert joint["whole_high"] >= least_with - with_none - 1e-6
    assert joint["whole_low"] <= with_all - least_without + 1e-6


def _between(case: independent.Case, again: independent.Policy) -> tuple[float, float]:
    objective, _, bound = independent.solve(case, again, time_limit=20.0, gap=1e-5)
    return objective, bound


def test_soft_commitments_say_what_is_missed_and_paid() -> None:
    """A place of the floor is worth 0.304 less than what it displaces; at 0.1 it is missed."""
    text = MODEL.read_text("utf-8").replace(
        "[rules]", '[rules]\ncommitments = "soft"\ncommitment_price = 0.1'
    )
    soft = policy(text).relaxed()
    answer = on_paper(FLOOR, soft)
    row = priced(answer).loc["floor"]
    assert row["price"] == pytest.approx(0.5)  # five places missed at 0.1
    promise = priced(answer, "promises").loc["floor"]
    assert promise["missed"] == pytest.approx(5.0)
    assert promise["paid"] == pytest.approx(0.5)
    assert "this plan misses 5 places and pays 0.50" in " ".join(answer.sentences)


def test_stopped_before_anything_is_known() -> None:
    found = allocate(two_by_two(FLOOR), read_policy(MODEL))
    watch = Watch()
    watch.stop()
    with pytest.raises(StoppedError):
        ledger(found, LIMITS, watch)
