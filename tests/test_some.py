"""Of many like cases the normal set meets some, and a pipeline a part of the others."""

from typing import Any

import pytest

from some import part_of, thin


class Case:
    """A test as far as its name and marks go."""

    def __init__(self, nodeid: str, *marks: pytest.MarkDecorator) -> None:
        self.nodeid, self.marks = nodeid, [*marks]

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        return next((each.mark for each in self.marks if each.name == name), None)

    def add_marker(self, mark: pytest.MarkDecorator) -> None:
        self.marks.append(mark)


def test_each_third_case_of_a_test_is_left_and_what_is_slow_does_not_count() -> None:
    slow, each = pytest.mark.slow, pytest.mark.each(3)
    cases: list[Any] = [Case(f"a.py::test[{k}]", each) for k in range(7)]
    cases.insert(1, Case("a.py::test[slow]", each, slow))
    cases += [
        Case("a.py::test_other[0]", each),
        Case("a.py::test_single"),
        Case("b.py::test", slow),
    ]
    thin(cases)
    quick = [case.nodeid for case in cases if case.get_closest_marker("slow") is None]
    assert quick == [
        *(f"a.py::test[{k}]" for k in (0, 3, 6)), "a.py::test_other[0]", "a.py::test_single",
    ]  # fmt: skip


def test_a_part_of_the_slow_tests_is_about_so_many_and_no_new_test_moves_it() -> None:
    cases: list[Any] = [Case(f"a.py::test[{k}]", pytest.mark.slow) for k in range(400)]
    quick: list[Any] = [Case("b.py::test")]
    part, others = part_of([*cases, *quick], 4)
    assert 70 <= len(part) <= 130
    assert {id(case) for case in (*part, *others)} == {id(case) for case in (*cases, *quick)}
    assert quick[0] in others
    fewer, _ = part_of(cases[7:], 4)
    assert fewer == [case for case in part if case in cases[7:]]


def test_cases_that_need_those_before_them_stay_together() -> None:
    slow, in_order = pytest.mark.slow, pytest.mark.in_order
    tests = [f"a.py::test_{name}" for name in range(40)]
    cases: list[Any] = [Case(f"{name}[{k}]", slow, in_order) for name in tests for k in range(3)]
    part, others = part_of(cases, 2)
    assert part
    assert others
    assert not {c.nodeid.partition("[")[0] for c in part} & {
        c.nodeid.partition("[")[0] for c in others
    }
