import math

import numpy as np
import pytest
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation, aims, assemble, formulate, rule_parts
from commission_opt.formulation.parts import Aim, Columns, Rows
from handworked import TABLES, hand
from samples import model, problem_of, sample, written


def box(of: Formulation) -> list[tuple[float, float]]:
    places = of.program.columns["places"]
    pairs = zip(of.program.lower[places], of.program.upper[places], strict=True)
    return [(float(low), float(high)) for low, high in pairs]


def same(x: Floats) -> Floats:
    return x


def columns(name: str, lower: list[float], upper: list[float]) -> Columns:
    return Columns(name, np.array(lower), np.array(upper), same, str)


def rows(name: str, lower: list[float], **coefficients: list[list[float]]) -> Rows:
    blocks = {key: sparse.csr_array(np.array(value)) for key, value in coefficients.items()}
    return Rows(name, blocks, np.array(lower), np.full(len(lower), math.inf), str, str)


def test_blocks_are_stacked_where_they_touch() -> None:
    x, u = columns("x", [0, 0], [1, 1]), columns("u", [-1.0], [9.0])
    both = rows("both", [3, 4], x=[[1, 2], [3, 4]], u=[[5], [6]])
    last = rows("last", [7], u=[[8]])
    aim = Aim("aim", {"x": np.array([2.0, 3.0]), "u": np.array([3.0])}, 6.0)
    program = assemble([x, u], [both, last], aim)
    assert program.matrix.toarray().tolist() == [[1, 2, 5], [3, 4, 6], [0, 0, 8]]
    assert program.cost.tolist() == [2, 3, 3]
    assert (program.lower.tolist(), program.upper.tolist()) == ([0, 0, -1], [1, 1, 9])
    assert program.row_lower.tolist() == [3, 4, 7]
    assert program.row_upper.tolist() == [math.inf] * 3
    assert program.offset == 6
    assert program.columns == {"x": slice(0, 2), "u": slice(2, 3)}
    assert program.rows == {"both": slice(0, 2), "last": slice(2, 3)}


def test_columns_without_a_cost_have_none_and_a_scale_divides() -> None:
    aim = Aim("aim", {"u": np.array([3.0])}, 6.0, scale=2.0)
    program = assemble([columns("x", [0, 0], [1, 1]), columns("u", [0], [1])], [], aim)
    assert program.cost.tolist() == [0, 0, 1.5]
    assert program.offset == 3


def test_a_program_without_rows() -> None:
    program = assemble([columns("x", [0, 0], [1, 1])], [], Aim("nothing", {}))
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


@pytest.mark.slow
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


def test_later_years_have_the_range_that_the_first_year_leaves() -> None:
    # A: from 15 to 15 · 0.85 − 5, so at least one step of 10; B: from 2 to nothing.
    found = box(written(hand(), model(2)))
    assert found == [(15, 35), (10, 40), (2, 12), (0, 12), (0, 6), (0, 6)]
    off = box(written(hand(), model(2, pace="false")))
    assert off == [(0, 40), (0, 40), (0, 12), (0, 12), (0, 6), (0, 6)]


def test_rules_that_are_off_have_no_rows() -> None:
    known = sample(4, 3, 2, 0)
    everything = written(known.instance, model(2)).program.rows
    names = {"pace_up", "pace_down", "commitments", "budgets", "placements", "shortage"}
    assert set(everything) == names
    off = model(2, pace="false", budgets=False, placements=False)
    assert set(written(known.instance, off).program.rows) == {"commitments", "shortage"}
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
                         ("capacity", "placements"), ("demand", "shortage")):  # fmt: skip
        assert labels[found.program.rows[start].start].startswith(block)
    with pytest.raises(IndexError):
        found.row_label(len(labels))


def test_names_are_unique_and_made_of_block_and_codes() -> None:
    found = written(sample(4, 3, 2, 0).instance, model(2))
    for names, size in (
        (found.row_names(), len(found.program.row_lower)),
        (found.column_names(), len(found.program.cost)),
    ):
        assert len(set(names)) == len(names) == size
    assert written(hand(), model(2)).column_names()[:3] == [
        "places(A,2026)",
        "places(A,2027)",
        "places(B,2026)",
    ]


STAGES = (("shortfall", 0.1), ("worst_region", 0.0), ("cost", 0.0), ("change", 0.0))


def stage(k: int, limit: float = 300.0) -> Formulation:
    """The k-th stage of a model on the hand-worked problem, all earlier ones held at a limit."""
    problem = problem_of(hand(), model(2, stages=STAGES))
    targets = aims(problem)
    held = [(aim, limit) for aim in targets[:k]]
    return formulate(problem, targets[k], rule_parts(problem), held)


def test_a_stage_holds_the_earlier_ones() -> None:
    program = stage(1).program
    row = program.rows["held_shortfall"]
    assert row.stop - row.start == 1
    cap = program.matrix.toarray()[row.start]
    first = stage(0).program
    # The same coefficients as the first stage's cost, and its constant taken off the limit.
    for name, where in first.columns.items():
        assert cap[program.columns[name]] == pytest.approx(first.cost[where])
    assert not cap[program.columns["worst_region"]].any()
    assert program.row_upper[row] == pytest.approx([300 - first.offset])
    assert program.row_lower[row] == [-math.inf]
    assert program.cost[program.columns["worst_region"]].tolist() == [1]
    assert not program.cost[program.columns["places"]].any()


def test_shared_blocks_are_there_once_and_needed_ones_stay() -> None:
    # Shortage columns serve the shortfall and the worst region; the cap on the shortfall still
    # needs them when costs are minimised.
    found = stage(3)
    names = [block.name for block in found.columns]
    assert names == ["places", "shortage", "worst_region", "change"]
    rows_of = {name for name in found.program.rows if name.startswith("held_")}
    assert rows_of == {"held_shortfall", "held_worst_region", "held_cost"}
    assert found.aim.name == "change"


def test_a_held_objective_is_counted_in_its_scale() -> None:
    program = stage(3).program
    row = program.rows["held_cost"].start
    cost = stage(2).aim
    assert cost.scale == 1e6
    cap = program.matrix.toarray()[row, program.columns["places"]]
    assert cap == pytest.approx(cost.cost["places"] / 1e6)
    assert program.row_upper[row] == pytest.approx((300 - cost.offset) / 1e6)


def test_a_point_of_a_stage_fills_every_block() -> None:
    found = stage(3, limit=1e9)
    places = np.array([[20.0, 25.0], [8.0, 9.0], [3.0, 3.0]])
    point = found.point(places)
    assert len(point) == len(found.program.cost)
    assert point[found.program.columns["places"]].tolist() == [20, 25, 8, 9, 3, 3]
    assert found.program.largest_violation(point) == 0
    tight = stage(3, limit=0.0)
    assert tight.program.largest_violation(tight.point(places)) > 1


def test_parts_are_worked_out_where_none_are_given() -> None:
    problem = problem_of(hand(), model(2))
    aim = aims(problem)[0]
    one, two = formulate(problem, aim).program, formulate(problem, aim, rule_parts(problem)).program
    assert (one.matrix.toarray() == two.matrix.toarray()).all()
    assert one.rows == two.rows
