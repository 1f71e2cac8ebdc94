# mypy: disable-error-code="arg-type"
"""A model refuses values that no file could hold, whoever makes it."""

import math
from dataclasses import replace

import pytest

from commission_opt.policy import FairShare, Objective, PaceOfChange, Policy, Rules, Tier

OBJECTIVE = Objective("shortfall")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: PaceOfChange(-5, 0.1, 5), "max_increase"),
        (lambda: PaceOfChange(0.1, 7, 5), "max_decrease"),
        (lambda: PaceOfChange(0.1, 0.1, math.nan), "allowance"),
        (lambda: PaceOfChange(0.1, 0.1, math.inf), "allowance"),
        (lambda: PaceOfChange(0.1, 0.1, 5, "both"), "combine"),
        (lambda: PaceOfChange(0.1, 0.1, 5, open_closed="no"), "open_closed"),
        (lambda: Tier(math.nan, 1), "up_to"),
        (lambda: Tier(0.1, -1), "weight"),
        (lambda: Tier(0.1, math.inf), "weight"),
        (lambda: FairShare(-0.1, "demand"), "max_deviation"),
        (lambda: FairShare(0.1, "beds"), "basis"),
        (lambda: Rules(continuation="stop"), "continuation"),
        (lambda: Rules(budgets=1), "budgets"),
        (lambda: Rules(commitments="firm"), "commitments"),
        (lambda: Rules(commitment_price=math.nan), "commitment_price"),
        (lambda: Rules(pace_of_change=(0.1, 0.1, 5)), "pace_of_change"),
        (lambda: Objective("shortfall", tolerance=-0.1), "tolerance"),
        (lambda: Objective("change", basis="monthly"), "basis"),
        (lambda: Objective("shortfall", (Tier(0.1, 1),)), "tier"),
        (lambda: Objective("shortfall", (Tier(0.2, 1), Tier(0.1, 2), Tier(math.inf, 3))), "tier"),
        (lambda: Objective("shortfall", (Tier(0.2, 2), Tier(math.inf, 1))), "weights"),
        (lambda: Policy("a", "A", 1, ()), "objectives"),
        (lambda: Policy("a", "A", 1, (OBJECTIVE, OBJECTIVE)), "objectives"),
        (lambda: Policy("a", "A", 0, (OBJECTIVE,)), "commissioning_years"),
        (lambda: Policy("a", "A", 1.5, (OBJECTIVE,)), "commissioning_years"),
        (lambda: Policy("a", "A", 101, (OBJECTIVE,)), "commissioning_years"),
        (lambda: Policy("a", "A", 1, (OBJECTIVE,), discount_rate=-0.1), "discount_rate"),
        (lambda: Policy("a", "A", 1, (OBJECTIVE,), integer="yes"), "integer"),
        (lambda: PaceOfChange("a lot", 0.1, 5), "max_increase"),
        (lambda: Policy(3, "A", 1, (OBJECTIVE,)), "name"),
        (lambda: Policy("a", "A", 1, OBJECTIVE), "objectives"),
        (lambda: Objective("shortfall", ((0.1, 1),)), "tiers"),
        (lambda: replace(PaceOfChange(0.1, 0.1, 5), max_decrease=2.0), "max_decrease"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_its_field(make, field: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=field):
        make()


def test_what_a_file_may_hold_is_taken() -> None:
    pace = PaceOfChange(0, 1, 0, "larger", open_closed=False)
    rules = Rules(pace_of_change=pace, fair_share=FairShare(0.0, "population"))
    tiers = (Tier(0.0, 0.0), Tier(math.inf, 1.0))
    policy = Policy(
        "a", "A", 100, (Objective("shortfall", tiers), Objective("change")), rules=rules
    )
    assert policy.relaxed().integer is False
