import pytest

from breaking import broken
from commission_opt.formulation.parts import Part
from commission_opt.formulation.rules.level_intake import rows
from handworked import hand
from samples import model, problem_of


def test_the_layout_keeps_the_rule() -> None:
    problem = problem_of(hand(), model(2, level=True))
    found = rows(problem)
    assert (found.columns, found.rows, found.box) == ((), (), None)
    assert isinstance(found, Part)
    assert problem.layout.size == 3


def test_another_number_in_a_later_year() -> None:
    found = broken(model(2, level=True), hand(), A=[20, 25])
    assert found == pytest.approx({"level intake of course 'A' in 2027": 5 / 20})
    assert broken(model(2), hand(), A=[20, 25]) == {}
