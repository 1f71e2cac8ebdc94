"""Of the rows that speak of the same thing, the most specific one holds."""

import pytest

from builders import add, cell, drop, tiny_instance, without
from commission_opt.instance.instance import Instance

Rates = dict[tuple[str, int, str], float]


def costs(instance: Instance, course: str, fund: str = "tuition") -> list[float]:
    """What each study year costs."""
    return _rates(instance, "costs", course, fund)


def weeks(instance: Instance, course: str) -> list[float]:
    return _rates(instance, "placement_use", course, "ward")


def _rates(instance: Instance, table: str, course: str, code: str) -> list[float]:
    frame = getattr(instance, table)
    position = list(instance.courses["course"]).index(course)
    own = frame[(frame["line"] == position) & (frame["code"] == code)]
    assert list(own["study_year"]) == list(range(1, len(own) + 1))
    return list(own["rate"])


def shares(instance: Instance, profession: str, region: str) -> dict[str, float]:
    """Share of the joiners that goes to each region."""
    p = list(instance.professions["profession"]).index(profession)
    leaf = list(instance.regions["region"])
    frame = instance.destinations
    own = frame[(frame["p"] == p) & (frame["from_q"] == leaf.index(region))]
    return {leaf[q]: share for q, share in zip(own["to_q"], own["share"], strict=True)}


def test_a_profession_in_a_study_year_overrides_its_group() -> None:
    instance = tiny_instance()
    assert costs(instance, "adult-north") == [9500, 9000, 9000]
    assert costs(instance, "child-south") == [9000, 9000, 9000]


def test_a_course_overrides_everything() -> None:
    instance = tiny_instance(
        add("costs", "adult-north,,*,tuition,1", "adult-north,adult,1,tuition,2")
    )
    assert costs(instance, "adult-north") == [2, 1, 1]
    assert costs(instance, "adult-coast") == [9500, 9000, 9000]


def test_a_profession_overrides_its_group_and_a_group_all() -> None:
    rows = ("*,,*,fee,1", "*,nursing,*,fee,2", "*,adult,*,fee,3")
    budget = add("budgets", *(f"fee,*,{year},9000000" for year in range(2026, 2032)))
    for row_order in (rows, rows[::-1]):  # the order of the rows does not matter
        instance = tiny_instance(add("costs", *row_order), budget)
        assert costs(instance, "gp-south", "fee") == [1, 1]
        assert costs(instance, "child-south", "fee") == [2, 2, 2]
        assert costs(instance, "adult-coast", "fee") == [3, 3, 3]


def test_a_row_at_least_as_specific_as_both_settles_a_clash() -> None:
    clash = add("costs", "*,child,2,tuition,7", "child-south,,*,tuition,8")
    instance = tiny_instance(clash, add("costs", "child-south,,2,tuition,9"))
    assert costs(instance, "child-south") == [8, 9, 8]


def test_funds_do_not_override_one_another() -> None:
    instance = tiny_instance()
    assert costs(instance, "gp-south", "placement") == [2000, 2000]
    assert costs(instance, "gp-south") == [40000, 40000]


def test_a_study_year_for_all_reaches_the_courses_that_have_it() -> None:
    instance = tiny_instance(drop("costs", 5), add("costs", "*,*,3,placement,2000"))
    frame = instance.costs[instance.costs["code"] == "placement"]
    assert list(frame["line"]) == [0, 1, 2]  # gp-south takes two years
    assert list(frame["study_year"]) == [3, 3, 3]


def test_weeks_of_a_placement_are_overridden_alike() -> None:
    instance = tiny_instance()
    assert weeks(instance, "adult-north") == [20, 25, 20]
    assert weeks(instance, "adult-coast") == [20, 20, 20]
    assert weeks(instance, "gp-south") == []


def test_a_year_overrides_every_year_of_a_pool() -> None:
    pools = tiny_instance().placements
    north = pools[pools["region"] == "north"]
    assert dict(zip(north["year"], north["capacity"], strict=True)) == {
        2026: 6000, 2027: 5500, 2028: 6000, 2029: 6000, 2030: 6000, 2031: 6000,
    }  # fmt: skip
    assert len(pools) == 18
    assert list(pools["region"].drop_duplicates()) == ["north", "coast", "south"]  # as in the file


@pytest.mark.parametrize(
    ("profession", "region", "expected"),
    [
        ("adult", "north", {"north": 0.8, "south": 0.1}),  # only “*” has rows for the north
        ("child", "south", {"south": 0.7, "coast": 0.2}),  # those of the group
        ("adult", "coast", {"coast": 1.0}),  # its own
        ("gp", "south", {"south": 1.0}),  # none at all: everyone stays
    ],
)
def test_destinations(profession: str, region: str, expected: dict[str, float]) -> None:
    assert shares(tiny_instance(), profession, region) == expected


def test_destinations_of_a_level_are_used_whole() -> None:
    instance = tiny_instance(add("destinations", "adult,north,coast,0.5"))
    assert shares(instance, "adult", "north") == {"coast": 0.5}
    instance = tiny_instance(add("destinations", "nursing,north,coast,0.4", "*,south,north,1"))
    assert shares(instance, "adult", "north") == {"coast": 0.4}
    assert shares(instance, "child", "south") == {"south": 0.7, "coast": 0.2}
    assert shares(instance, "gp", "south") == {"north": 1.0}


def test_shares_may_sum_to_one_within_rounding() -> None:
    instance = tiny_instance(cell("destinations", 3, "share", "0.2000000005"))
    assert sum(shares(instance, "adult", "north").values()) == pytest.approx(1 + 5e-10, abs=1e-12)


def test_without_destinations_everyone_stays() -> None:
    instance = tiny_instance(without("destinations"))
    assert shares(instance, "adult", "north") == {"north": 1.0}
    assert len(instance.destinations) == 4


def test_an_empty_cell_and_a_star_mean_the_same() -> None:
    starred = tiny_instance(
        cell("costs", 3, "course", "*"),
        cell("placement_use", 3, "profession", "*"),
        cell("placements", 4, "year", "*"),
        cell("commitments", 2, "profession", "*"),
    )
    plain = tiny_instance(
        cell("costs", 5, "course", ""),
        cell("costs", 5, "profession", ""),
        cell("costs", 5, "study_year", ""),
        cell("placement_use", 2, "course", ""),
        cell("placement_use", 2, "study_year", ""),
        cell("placements", 2, "year", ""),
        cell("destinations", 2, "profession", ""),
        cell("destinations", 3, "profession", ""),
        *(cell("budgets", line, "region", "") for line in range(2, 14)),
    )
    for name in ("costs", "placement_use", "placements", "budgets", "destinations"):
        assert getattr(starred, name).equals(getattr(plain, name)), name
    assert (starred.commitment_lines == plain.commitment_lines).all()
