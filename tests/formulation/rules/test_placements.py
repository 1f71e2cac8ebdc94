import pytest

from breaking import LIMITS, broken
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.rules.placements import rows
from handworked import hand
from samples import model, problem_of


def test_rows() -> None:
    instance = hand(
        placements="pool,region,year,capacity\nward,south,*,90\nward,south,2027,70\n",
        placement_use="profession,study_year,pool,weeks\nmedic,1,ward,4\nmedic,2,ward,6\n"
        "nurse,*,ward,10\n",
        pipeline="course,start_year,started\nC,2025,5\n",
    )
    (found,) = rows(problem_of(instance, model(continuation="none"))).rows
    assert found.name == "placements"
    year = {found.label(i): i for i in range(len(found.upper))}
    first = year["capacity of pool 'ward' in 'south' in 2026"]
    second = year["capacity of pool 'ward' in 'south' in 2027"]
    assert len(year) == 5
    # Courses of the south only: B is one year long, C has 4 weeks and then 6.
    assert found.coefficients[PLACES].toarray()[first].tolist() == [0, 10, 4]
    assert found.coefficients[PLACES].toarray()[second].tolist() == [0, 0, 6]
    # The five who started C in 2025 need 6 weeks each in 2026 and none in their third year.
    assert (found.upper[first], found.upper[second]) == (90 - 30, 70)


def test_without_pools_or_with_the_rule_off_there_are_no_rows() -> None:
    for instance, on in ((hand(), True), (hand(LIMITS), False)):
        found = rows(problem_of(instance, model(placements=on)))
        assert (found.columns, found.rows, found.box) == ((), (), None)


def test_broken_pools_are_named_by_region_and_year() -> None:
    found = broken(model(2), B=[8, 10])
    assert found == pytest.approx({"capacity of pool 'ward' in 'south' in 2027": 20 / 80})
    assert broken(model(2, placements=False), B=[8, 10]) == {}
