"""The order of pools on a pathway."""

import numpy as np
import pytest

from commission_opt.accounts.steps import every_step, steps_to
from commission_opt.instance.instance import Instance
from handworked import hand

HEAD = "pool,course,role,share,lag_years\n"
POOLS = "pool,region,year,entrants,stay_rate,offer_rate\n"


def pooled(*links: str) -> Instance:
    """Links of the hand-worked courses A, B and C, of whom half join."""
    pools = dict.fromkeys(link.split(",")[0] for link in links)
    eligible = POOLS + "".join(f"{pool},*,*,9,,\n" for pool in pools)
    base = hand().files["courses.csv"].decode()
    courses = base.replace("1,0.5,1,1\n", "1,0.5,0.5,1\n").replace(",1,1,1,1\n", ",1,1,0.5,1\n")
    return hand(pathways=HEAD + "".join(f"{link}\n" for link in links), eligible=eligible,
                courses=courses)  # fmt: skip


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (("a,A,draws,1,", "b,A,feeds,.5,", "b,B,draws,1,", "c,B,feeds,.5,", "c,C,draws,1,"),
         {"a": 1, "b": 2, "c": 3}),
        # the long way counts
        (("a,A,draws,1,", "b,A,feeds,.2,", "c,A,feeds,.2,", "b,B,draws,1,", "c,B,feeds,.5,",
          "c,C,draws,1,"), {"a": 1, "b": 2, "c": 3}),
        # in circles some stand first
        (("a,A,draws,1,", "b,A,feeds,.5,", "b,B,draws,1,", "a,B,feeds,.5,"), {"a": 1, "b": 2}),
        (("a,A,draws,1,", "a,A,feeds,.5,"), {"a": 1}),
    ],
)  # fmt: skip
def test_each_pool_stands_after_those_whose_people_come_to_it(
    links: tuple[str, ...], expected: dict[str, int]
) -> None:
    instance = pooled(*links)
    codes = instance.eligible["pool"].iloc[:: instance.horizon].tolist()
    found = {codes[step.place]: step.number for step in every_step(instance)}
    assert set(found) == set(expected)
    if "a,B,feeds,.5," not in links:
        assert found == expected
    assert all(1 <= number <= len(found) for number in found.values())


def test_only_steps_that_lead_there_are_returned() -> None:
    instance = pooled("a,A,draws,1,", "b,A,feeds,.5,", "b,B,draws,1,", "other,C,draws,1,")
    steps = steps_to(instance, np.array([1]))
    assert [(step.number, step.draws.tolist(), step.feeds.tolist()) for step in steps] == [
        (1, [0], []), (2, [1], [0]),
    ]  # fmt: skip
    assert steps_to(hand(), np.array([1])) == ()
