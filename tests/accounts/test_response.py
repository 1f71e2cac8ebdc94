import numpy as np
import pytest

import independent
from commission_opt.accounts.outcome import start_years
from commission_opt.accounts.response import response
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.supply import baseline
from handworked import TABLES, hand
from samples import as_amounts, by_cell, model, policy, sample

A, B, C = 0, 1, 2
NORTH, SOUTH = 0, 1


def of_one_place(instance: Instance, course: int, start: int) -> Floats:
    place = np.zeros(len(instance.courses) * instance.horizon)
    place[course * instance.horizon + start] = 1
    added: Floats = (response(instance) @ place).reshape(instance.shape)
    return added


def test_a_place_adds_its_graduate_in_the_region_of_work() -> None:
    added = of_one_place(hand(), A, 0)
    # 0.08 FTE enter in 2028: 0.04 in the north (half leave, half leave), 0.02 in the south.
    assert added[0, NORTH] == pytest.approx([0, 0, 0.04, 0.02, 0.01])
    assert added[0, SOUTH] == pytest.approx([0, 0, 0.02, 0.016, 0.0128])
    assert not added[1].any()


def test_without_destinations_all_stay_in_the_region_of_the_course() -> None:
    added = of_one_place(hand(), B, 1)
    # 0.5 FTE enter in the south in 2028 (start 2027, one year).
    assert added[0, SOUTH] == pytest.approx([0, 0, 0.5, 0.4, 0.32])
    assert not added[0, NORTH].any()


def test_places_too_late_for_the_horizon_add_nothing() -> None:
    instance = hand()
    assert of_one_place(instance, C, 1)[1, SOUTH].tolist() == [0, 0, 0, 0, 1]  # 2027 + 3 = 2030
    assert not of_one_place(instance, C, 2).any()
    assert not of_one_place(instance, A, 3).any()


@pytest.mark.parametrize("rate", ["fill_rate", "completion_rate", "join_rate", "fte_per_joiner"])
def test_each_rate_scales_what_a_place_adds(rate: str) -> None:
    header, first, *others = TABLES["courses"].splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    cells[rate] = str(float(cells[rate]) / 4)
    courses = "\n".join([header, ",".join(cells.values()), *others]) + "\n"
    before, after = of_one_place(hand(), A, 0), of_one_place(hand(courses=courses), A, 0)
    assert after == pytest.approx(before / 4)
    assert after.any()


def test_a_course_whose_graduates_do_not_join_has_no_coefficients() -> None:
    courses = TABLES["courses"].replace("0.5,0.64,0.5,0.5", "0.5,0.64,0,0.5")
    operator = response(hand(courses=courses))
    assert operator.nnz
    assert not operator.toarray()[:, :5].any()
    assert (operator.data != 0).all()


@pytest.mark.parametrize("continuation", ["repeat", "last_intake", "none"])
@pytest.mark.parametrize("seed", range(4))
def test_supply_agrees_with_the_independent_model(seed: int, continuation: str) -> None:
    known = sample(4, 3, 2, seed)
    instance, text = known.instance, model(2, continuation=continuation)
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 50, (len(instance.courses), 2))
    commissioned, continued = start_years(instance, policy(text), places)
    added = (response(instance) @ (commissioned + continued)).reshape(instance.shape)
    expected = independent.simulate(
        known.case, independent.load_policy(text), as_amounts(instance, places)
    )
    supply = by_cell(instance, baseline(instance) + added)
    assert supply == pytest.approx(expected.supply, rel=1e-12)
    assert supply != pytest.approx(expected.base_supply, rel=1e-3)
