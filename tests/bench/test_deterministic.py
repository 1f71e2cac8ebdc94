import math
from pathlib import Path

import pytest

from bench_rows import Row, row
from command_line import Run
from commission_opt.bench.compare import compare
from commission_opt.bench.findings import Difference, Kind, Verdict
from commission_opt.bench.inputs import Same, alike
from commission_opt.bench.results import write_row

MEANS = {"instance": "i", "model": "m", "measure": "c"}
OTHER = {"hashes": {"code": "c", "instance": "i", "model": "other"}}


def value(base: Row, head: Row, max_worse: float | None = 0.005) -> Difference | None:
    found = compare([base], [head], (), max_worse=max_worse).findings
    kept = [f for f in found if f.kind is Kind.VALUE]
    assert len(kept) <= 1
    return kept[0] if kept else None


def test_what_a_change_of_the_model_costs_lies_between_the_proofs() -> None:
    head = row(**OTHER, objective=1100.0, bound=1090.0, gap=1e-2, unit="FTE")
    found = value(row(unit="FTE"), head)
    assert found is not None
    assert found.verdict is Verdict.WORSE
    assert "1,000 → 1,100 FTE (+10.000%), worse by more than 0.5 %" in found.message
    # the least of the base is in [999.8, 1000], of the head in [1090, 1100]
    assert "the change of the model costs 90 to 100.2 FTE" in found.message
    back = value(head, row(unit="FTE"))
    assert back is not None
    assert back.verdict is Verdict.BETTER
    assert "the change of the model saves 90 to 100.2 FTE" in back.message


def test_limits_that_read_the_same_are_one_number() -> None:
    base = row(unit="FTE", objective=1000.0, bound=1000.0 - 1e-9, gap=0.0)
    head = row(**OTHER, objective=1100.0, bound=1100.0 - 1e-9, gap=0.0, unit="FTE")
    found = value(base, head)
    assert found is not None
    assert "the change of the model costs 100 FTE" in found.message


def test_within_the_gaps_it_may_cost_or_save() -> None:
    found = value(row(), row(**OTHER, objective=1001.0, bound=999.0, gap=2e-3))
    assert found is not None
    assert found.verdict is Verdict.NOTE
    assert "costs at most 1.2 and saves at most 1" in found.message


@pytest.mark.parametrize(("worse", "blocks"), [(0.0, False), (4.9, False), (5.1, True)])
@pytest.mark.parametrize("changes", [{}, OTHER, {"platform": {"arithmetic": "other"}}])
def test_a_plan_that_is_worse_by_more_than_the_share_blocks_whatever_changed(
    worse: float, blocks: bool, changes: Row
) -> None:
    head = row(**changes, objective=1000.0 + worse)
    blocking = compare([row()], [head], [Kind.MISSING, Kind.STATUS, Kind.GAP]).blocking
    assert [f.kind for f in blocking] == [Kind.VALUE] * blocks
    assert compare([row()], [head], [], max_worse=None).blocking == []


def test_plans_that_cannot_be_compared_are_not() -> None:
    elsewhere = {"hashes": {"code": "c", "instance": "j", "model": "m"}}
    assert value(row(), row(**elsewhere, objective=2000.0)) is None
    for counted in ({"unit": "£"}, {"means": {**MEANS, "measure": "d"}}):
        found = value(row(means=MEANS), row(**{"means": MEANS, **OTHER, **counted}, objective=2e3))
        assert found is not None
        assert found.verdict is Verdict.NOTE
        assert "values say nothing" in found.message


def test_the_worst_of_repeated_runs_counts() -> None:
    head = [row(ended_by="time", objective=o, gap=4e-4) for o in (1000.0, 1010.0, 1000.0)]
    assert [f.kind for f in compare([row()], head).blocking] == [Kind.VALUE]


def test_a_base_of_nothing_is_left_by_anything() -> None:
    nothing = row(objective=0.0, bound=0.0, gap=0.0)
    found = value(nothing, row(objective=0.1, bound=0.0, gap=1.0))
    assert found is not None
    assert found.verdict is Verdict.WORSE
    assert value(nothing, row(objective=1e-12, bound=0.0, gap=0.0)) is None


def test_other_text_with_the_same_meaning_is_compared_and_only_noted() -> None:
    base, head = row(means=MEANS), row(**OTHER, means=MEANS)
    comparison = compare([base], [head])
    assert comparison.blocking == []
    assert [f.message for f in comparison.findings] == [
        "the text of the model changed, but not what it means"
    ]
    worse = row(**OTHER, means=MEANS, objective=1000.1)
    assert [f.what for f in compare([base], [worse]).blocking] == ["objective"]
    impossible = row(**OTHER, means=MEANS, objective=900.0, bound=899.0)
    assert [f.what for f in compare([base], [impossible]).blocking][:1] == ["contradiction"]


def test_what_older_rows_say_is_their_text() -> None:
    assert alike(row(), row(means=MEANS), "model") is Same.TEXT
    assert alike(row(), row(**OTHER, means=MEANS), "model") is Same.OTHER
    unknown = row(hashes={"code": "c"})
    assert alike(row(), unknown, "model") is Same.UNKNOWN


def test_a_changed_model_is_held_to_its_gap_too() -> None:
    found = compare([row()], [row(**OTHER, gap=5e-3)], [Kind.GAP]).blocking
    assert [f.kind for f in found] == [Kind.GAP]


def test_another_model_that_fits_again_is_no_regression() -> None:
    none = {"status": "infeasible", "objective": None, "bound": None, "gap": None}
    fits = compare([row(**none)], [row(**OTHER)], [Kind.STATUS])
    assert fits.blocking == []
    assert [f.kind for f in compare([row()], [row(**OTHER, **none)], [Kind.STATUS]).blocking] == [
        Kind.STATUS
    ]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--fail-on", "missing,status,gap,ratio"], 1),
        (["--fail-on", "missing,status,gap,ratio", "--max-worse", "1.5%"], 0),
        (["--fail-on", "missing,status,gap,ratio", "--max-worse", "none"], 0),
        (["--fail-on", "none"], 0),
        (["--fail-on", "none", "--max-worse", "0.5%"], 1),
        (["--fail-on", "none", "--max-worse", "0.5"], 2),
        (["--max-worse", "-1%"], 2),
        (["--max-worse", "nan%"], 2),
        (["--max-worse", "x%"], 2),
    ],
)
def test_the_gate(options: list[str], code: int, tmp_path: Path, run: Run) -> None:
    files = tmp_path / "base.jsonl", tmp_path / "head.jsonl"
    worse = row(**OTHER, objective=1010.0, bound=math.floor(1009.9), gap=5e-4)
    for path, one in zip(files, (row(), worse), strict=True):
        with path.open("w") as file:
            write_row(file, one)
    ran = run("bench", "compare", *files, *options)
    assert ran.code == code
    if code == 2:
        assert "is no percentage; write 0.5%, say, or none" in ran.err
