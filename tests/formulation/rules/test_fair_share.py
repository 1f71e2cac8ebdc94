import math

import numpy as np
import pytest

from breaking import broken
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InfeasibleError, InputError
from commission_opt.formulation.parts import PLACES, Rows
from commission_opt.formulation.rules.fair_share import rows, violations
from commission_opt.instance.instance import Instance
from handworked import TABLES, hand
from samples import model, problem_of, result_of

PEOPLE = """\
region,title,parent,weight,population
nation,Nation,,,
north,North,nation,1,300
south,South,nation,0.5,100
"""


def fair(
    deviation: float,
    basis: str,
    years: int = 1,
    *,
    level: bool = False,
    budgets: bool = True,
    integer: bool = True,
) -> str:
    """A model with nothing but capacities and fair shares."""
    rule = f'fair_share = {{ max_deviation = {deviation}, basis = "{basis}" }}'
    return model(years, pace="false", rules=rule, level=level, budgets=budgets, integer=integer)


def both(instance: Instance, text: str) -> tuple[Rows, Rows]:
    most, least = rows(problem_of(instance, text)).rows
    return most, least


# Nurses are taught in the north (A) and the south (B), medics in the south only (C).
@pytest.mark.parametrize(
    ("basis", "north"),
    [
        ("population", 300 / 400),
        ("demand", 100 / 160),  # nursing's; medicine's 12 in the south do not count
        ("last_intake", 20 / 28),
    ],
)
def test_rows_for_each_basis(basis: str, north: float) -> None:
    most, least = both(hand(regions=PEOPLE), fair(0.2, basis))
    south = 1 - north
    # Medicine first: its only region is due all, so C ≤ 1.2 C and C ≥ 0.8 C.
    assert most.coefficients[PLACES].toarray() == pytest.approx(
        np.array(
            [
                [0, 0, 1 - 1.2],
                [1 - 1.2 * north, -1.2 * north, 0],
                [-1.2 * south, 1 - 1.2 * south, 0],
            ]
        )
    )
    assert least.coefficients[PLACES].toarray() == pytest.approx(
        np.array(
            [
                [0, 0, 1 - 0.8],
                [1 - 0.8 * north, -0.8 * north, 0],
                [-0.8 * south, 1 - 0.8 * south, 0],
            ]
        )
    )
    assert (most.lower.tolist(), most.upper.tolist()) == ([-math.inf] * 3, [0] * 3)
    assert (least.lower.tolist(), least.upper.tolist()) == ([0] * 3, [math.inf] * 3)


def test_demand_is_that_of_the_first_year() -> None:
    demand = "profession,region,year,fte\n" + "".join(
        f"{p},{q},{y},{100 * (y - 2025) if (p, q) == ('nurse', 'north') else 60}\n"
        for p in ("nurse", "medic")
        for q in ("north", "south")
        for y in range(2026, 2031)
    )
    most, _ = both(hand(demand=demand), fair(0.0, "demand"))
    north = 100 / 160  # 100 of 2026, not 500 of 2030
    assert most.coefficients[PLACES].toarray()[1] == pytest.approx([1 - north, -north, 0])


def test_several_courses_of_a_group_in_a_region_count_together() -> None:
    courses = TABLES["courses"] + "D,nurse,north,alpha,1,4,10,,,1,1,1,1\n"
    costs = TABLES["costs"] + "D,,*,tuition,1\n"
    most, _ = both(hand(courses=courses, costs=costs), fair(0.0, "last_intake"))
    north = 24 / 32  # 20 + 4 of 20 + 8 + 4
    found = most.coefficients[PLACES].toarray()[1]
    assert found == pytest.approx([1 - north, -north, 0, 1 - north])


def test_every_commissioning_year_has_its_rows_named_by_region_and_group() -> None:
    most, least = both(hand(), fair(0.2, "last_intake", 2))
    names = [
        f"fair share of region {q!r} in group {g!r} in {y}, within 0.2"
        for g, q in (("medical", "south"), ("nursing", "north"), ("nursing", "south"))
        for y in (2026, 2027)
    ]
    assert [most.label(i) for i in range(6)] == names
    assert [least.label(i) for i in range(6)] == names
    assert [most.key(i) for i in (0, 3)] == ["medical,south,2026", "nursing,north,2027"]
    # A 2026, A 2027, B 2026, B 2027, C 2026, C 2027: each year on its own.
    north = 1.2 * 20 / 28
    table = most.coefficients[PLACES].toarray()
    assert table[2] == pytest.approx([1 - north, 0, -north, 0, 0, 0])
    assert table[3] == pytest.approx([0, 1 - north, 0, -north, 0, 0])


def test_with_a_level_intake_one_row_stands_for_every_year() -> None:
    most, least = both(hand(), fair(0.2, "last_intake", 3, level=True))
    assert len(most.upper) == len(least.upper) == 3
    assert most.coefficients[PLACES].shape == (3, 3)


def test_off() -> None:
    found = rows(problem_of(hand(), model()))
    assert (found.columns, found.rows, found.box) == ((), (), None)


def test_broken() -> None:
    text = fair(0.1, "last_intake", 2, budgets=False, integer=False)
    # 28 nurses: 20 and 8 are fair, 2 and 0.8 the deviations allowed.
    assert broken(text, hand()) == {}
    assert broken(text, hand(), A=[22, 20], B=[8.8, 8]) == {}  # 30.8: 22 and 8.8
    # 20 + 12 = 32: 22.857 and 9.143 are fair. A is 2.857 below, 0.571 more than 2.286 allows;
    # B 2.857 above, 1.943 more than 0.914 allows, which counts relative to max(1, 0.914).
    found = broken(text, hand(), B=[8, 12])
    assert found == pytest.approx(
        {"fair share of region 'south' in group 'nursing' in 2027": 12 - 1.1 * 32 * 8 / 28}
    )
    # By demand 30 and 18 of 48 are fair; the north is 10 above where 3 are allowed, the south 10
    # below where 1.8 are: 8.2 too much, and that relative to 1.8.
    found = broken(fair(0.1, "demand", 1, integer=False), hand(), A=[40], B=[8], C=[3])
    assert found == pytest.approx(
        {"fair share of region 'south' in group 'nursing' in 2026": 8.2 / 1.8}
    )
    assert broken(model(2, pace="false", budgets=False), hand(), B=[8, 12]) == {}


def test_rows_and_check_agree() -> None:
    rng = np.random.default_rng(0)
    verdicts = set()
    for basis in ("population", "demand", "last_intake"):
        problem = problem_of(hand(regions=PEOPLE), fair(0.3, basis, 2, integer=False))
        most, least = rows(problem).rows
        for _ in range(40):
            places = rng.uniform(0, 1, (3, 2)) * np.array([[40.0], [12.0], [6.0]])
            x = problem.layout.to_columns(places)
            inside = (most.coefficients[PLACES] @ x <= most.upper + 1e-9).all() and (
                least.coefficients[PLACES] @ x >= least.lower - 1e-9
            ).all()
            found = list(violations(problem, result_of(problem, places)))
            assert len(found) == 2  # the worst of each group
            assert all(v.size == 0 for v in found) == inside
            verdicts.add(bool(inside))
    assert verdicts == {True, False}


@pytest.mark.parametrize("integer", [True, False])
def test_a_fair_share_that_cannot_be_kept_names_region_and_group(integer: bool) -> None:
    # The pace of change keeps A between 12 and 35 and B between 1.8 and 12, so that the south
    # can have no more than 12 of 24, a share of 0.5, where 100 in 105 are to be due to it.
    need = {("nurse", "north"): 5.0, ("nurse", "south"): 100.0}
    rule = 'fair_share = { max_deviation = 0.1, basis = "demand" }'
    with pytest.raises(InfeasibleError) as raised:
        allocate(hand(need=need), problem_of(hand(), model(rules=rule, integer=integer)).policy)
    lines = str(raised.value).splitlines()
    assert any(
        f"fair share of region '{region}' in group 'nursing'" in line
        for line in lines
        for region in ("north", "south")
    )
    assert "  - the least places that the pace of change allows on 1 course" in lines


NOBODY = PEOPLE.replace(",300", ",0").replace(",100", ",0")
NEW = TABLES["courses"].replace(",20,40", ",0,40").replace(",8,12", ",0,12")


@pytest.mark.parametrize(
    ("basis", "tables", "group"),
    [("population", {"regions": NOBODY}, "medical"), ("last_intake", {"courses": NEW}, "nursing")],
)
def test_a_basis_of_nothing_is_refused(basis: str, tables: dict[str, str], group: str) -> None:
    message = f"fair_share: the basis '{basis}' is empty or 0 for group '{group}'"
    with pytest.raises(InputError, match=message):
        allocate(hand(tables), problem_of(hand(), fair(0.1, basis)).policy)


def test_a_demand_of_nothing_is_refused() -> None:
    need = {("medic", "south"): 0.0}
    with pytest.raises(InputError, match="the basis 'demand' is empty or 0 for group 'medical'"):
        allocate(hand(need=need), problem_of(hand(), fair(0.1, "demand")).policy)


@pytest.mark.parametrize(
    ("regions", "row", "region"),
    [
        (TABLES["regions"], 4, "south"),  # the first course of the first group is there
        (PEOPLE.replace(",100", ","), 4, "south"),
        (PEOPLE.replace(",300", ","), 3, "north"),
    ],
)
def test_a_missing_population_names_region_and_row(regions: str, row: int, region: str) -> None:
    message = (
        f"regions.csv row {row}, population: is empty for '{region}', but fair_share is by"
        " population"
    )
    with pytest.raises(InputError, match=message):
        allocate(hand(regions=regions), problem_of(hand(), fair(0.1, "population")).policy)


def test_a_parent_needs_no_population() -> None:
    assert allocate(hand(regions=PEOPLE), problem_of(hand(), fair(0.9, "population")).policy)
