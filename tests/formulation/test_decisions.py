import numpy as np
import pytest
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.decisions import Decisions, decisions
from handworked import hand
from samples import model, policy

LAST = [20, 8, 3]  # last_intake of the courses A, B and C


def layout(years: int, *, level: bool = False, continuation: str = "repeat") -> Decisions:
    return decisions(hand(), policy(model(years, level=level, continuation=continuation)))


def every_year(of: Decisions, columns: list[float]) -> Floats:
    grid: Floats = of.started.at(np.array(columns)).reshape(of.n_lines, of.horizon)
    return grid


@pytest.mark.parametrize(
    ("continuation", "after"),
    [
        ("repeat", [[12, 12, 12], [22, 22, 22], [32, 32, 32]]),
        ("last_intake", [[20] * 3, [8] * 3, [3] * 3]),
        ("none", [[0] * 3, [0] * 3, [0] * 3]),
    ],
)
def test_what_courses_take_in_after_the_last_commissioning_year(
    continuation: str, after: list[list[float]]
) -> None:
    of = layout(2, continuation=continuation)
    decided = [[11, 12], [21, 22], [31, 32]]
    expected = [now + later for now, later in zip(decided, after, strict=True)]
    assert every_year(of, [11, 12, 21, 22, 31, 32]).tolist() == expected


@pytest.mark.parametrize(
    ("continuation", "later"),
    [("repeat", [[7] * 3, [8] * 3, [9] * 3]), ("last_intake", [[n] * 3 for n in LAST]),
     ("none", [[0] * 3] * 3)],
)  # fmt: skip
def test_a_level_intake_is_one_column_per_course(
    continuation: str, later: list[list[float]]
) -> None:
    of = layout(2, level=True, continuation=continuation)
    assert of.grid.shape == (3, 1)
    expected = [[n, n, *rest] for n, rest in zip([7, 8, 9], later, strict=True)]
    assert every_year(of, [7, 8, 9]).tolist() == expected


def test_no_year_is_left_when_all_are_commissioned() -> None:
    of = layout(5, continuation="last_intake")
    columns = [float(n) for n in range(15)]
    assert every_year(of, columns).ravel().tolist() == columns
    assert not of.started.constant.any()


@pytest.mark.parametrize("level", [False, True])
@pytest.mark.parametrize("years", [1, 3])
def test_columns_and_places_turn_into_each_other(years: int, level: bool) -> None:
    of = layout(years, level=level)
    columns = np.arange(float(of.size))
    places = of.to_amounts(columns)
    assert places.shape == (3, years)
    assert of.to_columns(places).tolist() == columns.tolist()
    assert (places == every_year(of, list(columns))[:, :years]).all()


MEASURES = (
    "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount\n"
    "abroad,recruit,nurse,north,1,0.9,5,60\nback,recruit,medic,south,0,1,2,9\n"
)


def beside(years: int, *, level: bool = False, continuation: str = "repeat") -> Decisions:
    """The layout with two measures, D and E, beside the courses."""
    asked = policy(model(years, level=level, continuation=continuation))
    return decisions(hand(measures=MEASURES), asked)


@pytest.mark.parametrize(
    ("continuation", "after"),
    [("repeat", [12, 22, 32, 42, 52]), ("last_intake", [*LAST, 5, 2]), ("none", [0, 0, 0, 0, 0])],
)
def test_measures_are_continued_as_courses_are(continuation: str, after: list[float]) -> None:
    of = beside(2, continuation=continuation)
    columns = [11.0, 12.0, 21.0, 22.0, 31.0, 32.0, 41.0, 42.0, 51.0, 52.0]
    expected = [
        [first, second, *[later] * 3]
        for first, second, later in zip(columns[::2], columns[1::2], after, strict=True)
    ]
    assert every_year(of, columns).tolist() == expected


@pytest.mark.parametrize(
    ("continuation", "after"),
    [("repeat", [7, 8, 9, 42, 52]), ("last_intake", [*LAST, 5, 2]), ("none", [0, 0, 0, 0, 0])],
)
def test_a_level_intake_is_of_courses_alone(continuation: str, after: list[float]) -> None:
    of = beside(2, level=True, continuation=continuation)
    assert (of.size, of.grid.shape) == (7, (3, 1))
    decided = [[7, 7], [8, 8], [9, 9], [41, 42], [51, 52]]
    expected = [[*now, *[later] * 3] for now, later in zip(decided, after, strict=True)]
    assert every_year(of, [7, 8, 9, 41, 42, 51, 52]).tolist() == expected
    assert of.line.tolist() == [0, 1, 2, 3, 3, 4, 4]
    assert of.year.tolist() == [0, 0, 0, 0, 1, 0, 1]
    assert of.column(np.array([1, 3, 4]), 1).tolist() == [1, 4, 6]
    assert of.columns_of(np.array([4, 0])).tolist() == [5, 6, 0]


@pytest.mark.parametrize("level", [False, True])
def test_columns_and_amounts_turn_into_each_other(level: bool) -> None:
    of = beside(3, level=level)
    columns = np.arange(float(of.size))
    amounts = of.to_amounts(columns)
    assert amounts.shape == (5, 3)
    assert of.to_columns(amounts).tolist() == columns.tolist()
    assert (amounts == every_year(of, list(columns))[:, :3]).all()


def test_sums_over_courses_have_no_units() -> None:
    of = beside(2)
    rows = of.by_year(sparse.csr_array(np.array([[1.0, 0.0, 2.0]]))).toarray()
    assert rows.tolist() == [[1, 0, 0, 0, 2, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 2, 0, 0, 0, 0]]
