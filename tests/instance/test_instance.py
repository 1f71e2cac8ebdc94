"""The resolved instance: arrays and frames in the order of the tables."""

import hashlib

import numpy as np
import pytest

from builders import Tiny, cell, put, tiny_instance, without
from commission_opt.instance.instance import Instance
from some import some


@pytest.fixture(scope="module")
def tiny() -> Instance:
    return tiny_instance()


def test_settings(tiny: Instance) -> None:
    assert (tiny.name, tiny.title) == ("tiny", "A tiny instance")
    assert (tiny.price_base, tiny.description) == ("2025/26 prices", "For tests.")
    assert list(tiny.years) == [2026, 2027, 2028, 2029, 2030, 2031]
    assert tiny.shape == (3, 3, 6)


def test_only_leaf_regions_hold_staff(tiny: Instance) -> None:
    assert list(tiny.regions["region"]) == ["north", "south", "coast"]
    assert list(tiny.regions["weight"]) == [1, 1, 2]


def test_scopes(tiny: Instance) -> None:
    assert {code: list(covered) for code, covered in tiny.scopes.items()} == {
        "*": [True, True, True],
        "land": [True, True, False],
        "north": [True, False, False],
        "south": [False, True, False],
        "coast": [False, False, True],
    }


def test_workforce() -> None:
    instance = tiny_instance(
        cell("workforce", 3, "fte", "123.5"),  # adult, south
        cell("workforce", 3, "leaver_rate", "0.2"),
        cell("workforce", 3, "early_leaver_rate", ""),
        cell("workforce", 3, "early_years", ""),
    )
    assert instance.fte.tolist() == [[300, 123.5, 300], [100] * 3, [80] * 3]
    assert instance.leaver_rate[0].tolist() == [0.08, 0.2, 0.08]
    assert instance.early_leaver_rate[0].tolist() == [0.1, 0.2, 0.1]  # no early rate: the later
    assert instance.early_years[0].tolist() == [2, 0, 2]


def test_demand_and_joiners(tiny: Instance) -> None:
    assert tiny.demand[1, 2].tolist() == [100, 105, 110, 115, 120, 125]
    expected = np.zeros(tiny.shape)
    expected[0, 0, :2] = 6, 5.5
    expected[2, 2, 0] = -2
    np.testing.assert_array_equal(tiny.joiners, expected)


def test_courses(tiny: Instance) -> None:
    courses = tiny.courses
    assert list(courses["p"]) == [0, 0, 1, 2]
    assert list(courses["q"]) == [0, 2, 1, 1]
    assert list(courses["min_cohort"]) == [10, 10, 0, 0]
    assert list(courses["cohort_step"]) == [5, 1, 1, 1]
    assert courses["max_intake"].dtype == np.int64


def test_a_cohort_already_in_the_workforce_is_left_out() -> None:
    instance = tiny_instance(
        cell("pipeline", 2, "start_year", "2022"),  # three years: entered in 2025
        cell("pipeline", 7, "started", "38"),  # 2023: enters in 2026
    )
    found = instance.pipeline[instance.pipeline["started"] > 0]
    assert list(found["course"]) == [0, 1, 2, 3, 0]
    assert list(found["start_year"]) == [2025, 2025, 2025, 2025, 2023]
    assert list(found["started"]) == [38, 19, 15, 9, 38]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("filters", "expected"),
    some(
        [
            ({}, ["adult-north", "child-south"]),  # nursing in the mainland
            (
                {"group": "", "region": ""},
                ["adult-north", "adult-coast", "child-south", "gp-south"],
            ),
            ({"group": "medical"}, ["gp-south"]),
            ({"profession": "adult"}, ["adult-north"]),
            ({"region": "coast"}, ["adult-coast"]),
            ({"provider": "uni-a", "region": "south"}, ["child-south"]),
            ({"course": "adult-north"}, ["adult-north"]),
        ],
        3,
    ),
)
def test_filters_of_commitments(filters: dict[str, str], expected: list[str]) -> None:
    low = cell("commitments", 2, "min_places", "1")
    instance = tiny_instance(low, *(cell("commitments", 2, c, code) for c, code in filters.items()))
    assert list(instance.lines["line"][instance.commitment_lines[0]]) == expected


@pytest.mark.each(3)
@pytest.mark.parametrize(
    "table", ["placements", "placement_use", "destinations", "pipeline", "joiners", "commitments"]
)
def test_optional_tables_may_be_absent(table: str) -> None:
    instance = tiny_instance(without(table))
    assert len(instance.tables[table]) == 0
    if table == "joiners":
        assert not instance.joiners.any()
    elif table != "destinations":  # without which everyone stays
        assert len(getattr(instance, table)) == 0


def test_years_outside_the_horizon_are_absent() -> None:
    instance = tiny_instance(put("horizon", 4))
    assert instance.demand.shape == (3, 3, 4)
    assert set(instance.budgets["year"]) == {2026, 2027, 2028, 2029}
    assert set(instance.placements["year"]) == {2026, 2027, 2028, 2029}


def test_hashes_are_those_of_the_files(tiny: Instance) -> None:
    contents = Tiny().contents()
    assert tiny.files == contents
    assert tiny.hashes() == {n: hashlib.sha256(data).hexdigest() for n, data in contents.items()}
