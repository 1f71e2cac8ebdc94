"""Pools of people, worked out by hand in fractions."""

from fractions import Fraction as F

import numpy as np
import pytest

from commission_opt.accounts.effects import effects
from commission_opt.accounts.outcome import Outcome, outcome
from commission_opt.accounts.pools import eligible
from commission_opt.accounts.tables import plan_tables
from commission_opt.instance.instance import Instance
from commission_opt.policy import Continuation, Objective, Policy, Rules
from handworked import hand

PATHWAYS = """\
pool,course,role,share,lag_years
school,A,draws,0.75,
nurses,A,feeds,0.5,1
nurses,B,draws,0.5,
nurses,C,draws,1,
"""
ELIGIBLE = """\
pool,region,year,entrants,stay_rate,offer_rate
school,*,*,16,,
nurses,south,*,1,0.5,0.25
nurses,south,2028,2,,
nurses,north,*,8,0.25,
"""
# A has 0.5 of its places filled, 0.64 of whom qualify after two years; B and C are always full.
# A feeds the pool in its own region, north, and B and C draw in the south.
PIPELINE = "course,start_year,started\nA,2022,100\nA,2023,50\nA,2025,25\n"


@pytest.fixture
def pooled() -> Instance:
    return hand(pathways=PATHWAYS, eligible=ELIGIBLE, pipeline=PIPELINE)


def followed(instance: Instance, continuation: Continuation) -> Outcome:
    policy = Policy("t", "T", 2, (Objective("shortfall"),), rules=Rules(continuation=continuation))
    amounts = np.array([[20.0, 30.0], [4.0, 2.0], [1.0, 2.0]])
    return outcome(instance, policy, effects(instance), amounts)


def carried_on(entrants: list[F], fed: list[F], stay: list[F], drawn: list[F]) -> list[list[F]]:
    """What is carried and who is eligible, year by year."""
    carried, here = [F(0)], [entrants[0] + fed[0]]
    for y in range(1, len(entrants)):
        carried.append(stay[y - 1] * (here[-1] - drawn[y - 1]))
        here.append(entrants[y] + fed[y] + carried[-1])
    return [carried, here]


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("continuation", "later"),
    [("repeat", (30, 2, 2)), ("last_intake", (20, 8, 3)), ("none", (0, 0, 0))],
)
def test_pools_by_hand(
    pooled: Instance, continuation: Continuation, later: tuple[int, int, int]
) -> None:
    starts = [[F(20), F(30)], [F(4), F(2)], [F(1), F(2)]]
    a, b, c = (own + 3 * [F(more)] for own, more in zip(starts, later, strict=True))
    # Those of 2022 came to the pool in 2025, before the plan; those of 2023 come in 2026.
    north_fed = [F(x) * F(64, 100) / 2 for x in (50, 0, 25, a[0] / 2, a[1] / 2)]
    years = 5
    expected = {
        "school": ([F(16)] * years, [F(0)] * years, [F(0)] * years, [F(3, 8) * x for x in a]),
        "south": (
            [F(1), F(1), F(2), F(1), F(1)],
            [F(0)] * years,
            [F(1, 2), F(1, 2), F(0), F(1, 2), F(1, 2)],  # the row of 2028 holds as a whole
            [x / 2 + y for x, y in zip(b, c, strict=True)],
        ),
        "north": ([F(8)] * years, north_fed, [F(1, 4)] * years, [F(0)] * years),
    }
    found = followed(pooled, continuation).pools
    for place, (entrants, fed, stay, drawn) in enumerate(expected.values()):
        carried, here = carried_on(entrants, fed, stay, drawn)
        for name, values in (
            ("entrants", entrants), ("fed", fed), ("carried", carried), ("eligible", here),
            ("drawn", drawn),
        ):  # fmt: skip
            assert getattr(found, name)[place] == pytest.approx([float(v) for v in values]), name


def test_who_is_eligible_is_affine_in_what_starts(pooled: Instance) -> None:
    made = effects(pooled)
    result = followed(pooled, "repeat")
    over = eligible(pooled, made.fed, made.drawn)
    assert over.at(result.started) == pytest.approx(result.pools.eligible.ravel())
    assert result.pools.carried.min() < 0  # the pool in the south is overdrawn, and stays so


def test_the_table_has_a_row_for_every_pool_and_year(pooled: Instance) -> None:
    table = plan_tables(pooled, followed(pooled, "repeat"), whole=True)["pathways"]
    assert list(table) == [
        "pool", "region", "year", "entrants", "fed", "carried", "eligible", "drawn",
    ]  # fmt: skip
    assert len(table) == 3 * pooled.horizon
    assert list(table["region"].unique()) == ["*", "south", "north"]
    assert "pathways" not in plan_tables(hand(), followed(hand(), "repeat"), whole=True)
