import math

import numpy as np
import pytest
from scipy import sparse

from commission_opt.effects import effects
from commission_opt.formulation import Formulation, formulate
from commission_opt.formulation.assemble import assemble
from commission_opt.formulation.parts import Columns, Part, Rows
from commission_opt.instance.instance import Instance
from handworked import TABLES, hand
from samples import model, policy, sample


def written(instance: Instance, text: str) -> Formulation:
    return formulate(instance, policy(text), effects(instance))


def box(of: Formulation) -> list[tuple[float, float]]:
    places = of.program.columns["places"]
    pairs = zip(of.program.lower[places], of.program.upper[places], strict=True)
    return [(float(low), float(high)) for low, high in pairs]


def test_blocks_are_stacked_where_they_touch() -> None:
    def rows(name: str, lower: list[float], **coefficients: list[list[float]]) -> Rows:
        blocks = {key: sparse.csr_array(np.array(value)) for key, value in coefficients.items()}
        return Rows(name, blocks, np.array(lower), np.full(len(lower), math.inf), str)

    x = Columns("x", np.zeros(2), np.ones(2))
    u = Columns("u", np.array([-1.0]), np.array([9.0]))
    program = assemble(
        [
            Part((x,), cost={"x": np.array([1.0, 2.0])}, offset=5.0),
            Part(rows=(rows("both", [3, 4], x=[[1, 2], [3, 4]], u=[[5], [6]]),)),
            Part(rows=(Rows("empty", {}, np.zeros(0), np.zeros(0), str),)),
            Part((u,), (rows("last", [7], u=[[8]]),), {"u": np.array([3.0]), "x": np.ones(2)}, 1.0),
        ]
    )
    assert program.matrix.toarray().tolist() == [[1, 2, 5], [3, 4, 6], [0, 0, 8]]
    assert program.cost.tolist() == [2, 3, 3]
    assert (program.lower.tolist(), program.upper.tolist()) == ([0, 0, -1], [1, 1, 9])
    assert program.row_lower.tolist() == [3, 4, 7]
    assert program.offset == 6
    assert program.columns == {"x": slice(0, 2), "u": slice(2, 3)}
    assert program.rows == {"both": slice(0, 2), "last": slice(2, 3)}


def test_a_program_without_rows() -> None:
    program = assemble([Part((Columns("x", np.zeros(2), np.ones(2)),))])
    assert program.matrix.shape == (0, 2)
    assert program.rows == {}


def test_the_box_of_the_relaxation_is_as_written() -> None:
    # A: 20 · 0.85 − 5 = 12, 20 · 1.25 + 10 = 35; B: 8 · 0.85 − 5 = 1.8, capacity 12;
    # C: below 0, capacity 6.
    found = written(hand(), model(integer=False))
    assert np.array(box(found)) == pytest.approx(np.array([(12, 35), (1.8, 12), (0, 6)]))


def test_the_box_of_whole_places_is_tightened_to_admissible_numbers() -> None:
    # A runs in steps of 5: 15 to 35; B in whole places: 2 to 12.
    assert box(written(hand(), model())) == [(15, 35), (2, 12), (0, 6)]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ("20,42,10,8", (16, 40)),  # 12 to 20 · 1.25 + 16 = 41 in steps of 8
        ("20,40,30,5", (30, 40)),  # it may not close, so it runs with at least 30
        ("2,40,30,5", (0, 30)),  # 2 · 1.25 + 30 = 32.5
        ("20,4,0,5", (0, 0)),  # no positive number is admissible
        ("0,40,0,1", (0, 5)),
        ("60,42,10,5", (40, 40)),
    ],
)
def test_tightened_box(numbers: str, expected: tuple[float, float]) -> None:
    courses = TABLES["courses"].replace("20,40,10,5", numbers)
    assert box(written(hand(courses=courses), model()))[0] == expected


def test_tightening_forgives_rounding() -> None:
    # 75 · (1 − 0.44) − 2 = 40, but for a computer a little more.
    courses = TABLES["courses"].replace("20,40,10,5", "75,120,0,5")
    pace = "{ max_increase = 0.1, max_decrease = 0.44, allowance = 2 }"
    assert 75 * (1 - 0.44) - 2 > 40
    assert box(written(hand(courses=courses), model(pace=pace)))[0] == (40, 85)
    # And 100 · (1 + 0.13) + 7 = 120 a little less.
    courses = TABLES["courses"].replace("20,40,10,5", "100,130,0,5")
    pace = "{ max_increase = 0.13, max_decrease = 1, allowance = 7 }"
    assert 100 * (1 + 0.13) + 7 < 120
    assert box(written(hand(courses=courses), model(pace=pace)))[0] == (0, 120)


def test_later_years_have_the_whole_range() -> None:
    found = box(written(hand(), model(2)))
    assert found == [(15, 35), (0, 40), (2, 12), (0, 12), (0, 6), (0, 6)]


def test_rules_that_are_off_have_no_rows() -> None:
    known = sample(4, 3, 2, 0)
    everything = written(known.instance, model(2)).program.rows
    names = {"pace_up", "pace_down", "commitments", "budgets", "placements", "shortfall"}
    assert set(everything) == names
    off = model(2, pace="false", budgets=False, placements=False)
    assert set(written(known.instance, off).program.rows) == {"commitments", "shortfall"}
    assert "pace_up" not in written(known.instance, model(2, level=True)).program.rows


def test_admissible_numbers_of_every_column() -> None:
    found = written(hand(), model(2))
    assert found.step.tolist() == [5, 5, 1, 1, 1, 1]
    assert found.smallest.tolist() == [10, 10, 1, 1, 1, 1]
    assert found.largest.tolist() == [40, 40, 12, 12, 6, 6]


def test_every_row_has_a_label() -> None:
    found = written(sample(4, 3, 2, 0).instance, model(2))
    labels = [found.row_label(row) for row in range(len(found.program.row_lower))]
    assert len(set(labels)) == len(labels)
    for block, start in (("pace of change", "pace_up"), ("budget", "budgets"),
                         ("capacity", "placements"), ("demand", "shortfall")):  # fmt: skip
        assert labels[found.program.rows[start].start].startswith(block)
    with pytest.raises(IndexError):
        found.row_label(len(labels))
