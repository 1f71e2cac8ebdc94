from typing import Any

import pytest

from bench_rows import Row, paired, row, scaled
from commission_opt.bench.compare import Comparison, compare
from commission_opt.bench.findings import Kind, Verdict


def blocked(base: Row, head: Row) -> list[tuple[str, str]]:
    return found(compare([base], [head]))


def found(comparison: Comparison) -> list[tuple[str, str]]:
    return [(f.kind.value, f.what) for f in comparison.blocking]


def test_the_same_is_no_regression() -> None:
    comparison = compare([row()], [row()])
    assert comparison.findings == ()
    assert comparison.cases == (row()["case"],)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "crash", "gap": None, "message": "bang"}, [("status", "status")]),
        ({"status": "memory limit", "gap": None}, [("status", "status")]),
        ({"status": "feasible", "ended_by": "exhausted"}, [("status", "status")]),
        ({"status": "infeasible", "gap": None}, [("wrong", "status")]),
        ({"certificate": {"valid": False}}, [("wrong", "certificate")]),
        ({"objective": 1000.00001}, [("deterministic", "objective")]),
        ({"objective": 999.9}, [("deterministic", "objective")]),
        ({"bound": 999.7}, [("deterministic", "bound")]),
        ({"bound": 999.9}, [("deterministic", "bound")]),
        ({"sizes": {"rows": 11}}, [("deterministic", "sizes")]),
        ({"iterations": {"simplex": 99}}, [("deterministic", "iterations")]),
        ({"nodes": 4}, [("deterministic", "nodes")]),
        (
            {"solver_options": {"relaxation": [{"presolve": "off"}]}},
            [("deterministic", "solver options")],
        ),
        ({"hashes": {"instance": "other", "model": "m"}}, [("deterministic", "inputs")]),
        ({"gap": 6e-4}, [("gap", "gap")]),
        # worse than the base, and impossible by its bound
        ({"objective": 900.0, "bound": 899.0, "gap": 1e-3}, [
            ("wrong", "contradiction"), ("deterministic", "objective"),
            ("deterministic", "bound"), ("gap", "gap"),
        ]),
    ],
)  # fmt: skip
def test_what_blocks(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert blocked(row(), row(**changes)) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": 1000.0 + 1e-7},
        {"peak_memory_mib": 900.0},
        {"host": {"name": "other"}},
        {"hashes": {"code": "other", "instance": "i", "model": "m"}},
    ],
)
def test_what_does_not_block(changes: dict[str, Any]) -> None:
    assert blocked(row(), row(**changes)) == []


OTHER = [
    {"platform": {"system": "Linux", "machine": "x86_64", "arithmetic": "other"}},
    {"versions": {"highspy": "1.16.0", "numpy": "2.4", "scipy": "1.17"}},
]


@pytest.mark.parametrize("there", OTHER)
def test_another_processor_or_solver_may_take_another_way(there: dict[str, Any]) -> None:
    way = {"objective": 1000.1, "bound": 999.7, "gap": 4e-4, "nodes": 9, "iterations": {}}
    assert blocked(row(), row(**there, **way)) == []
    assert blocked(row(), row(**there, **way | {"gap": 8e-4})) == [("gap", "gap")]
    assert blocked(row(), row(**there, sizes={"rows": 1})) == [("deterministic", "sizes")]


def test_options_of_another_solver_are_only_reported() -> None:
    options = {"solver_options": {"relaxation": [{"new": 1}]}}
    comparison = compare([row()], [row(**OTHER[1], **options)])
    assert comparison.blocking == []
    assert [(f.what, f.verdict) for f in comparison.findings] == [("solver options", Verdict.NOTE)]


def test_runs_that_the_clock_ended_are_held_to_their_gap_only() -> None:
    base = row(ended_by="time", status="feasible", gap=2e-3)
    other = {"objective": 1000.5, "nodes": 99, "iterations": {"simplex": 7}}
    assert blocked(base, row(**{**base, **other, "gap": 2.2e-3})) == []
    assert blocked(base, row(**{**base, **other, "gap": 3e-3})) == [("gap", "gap")]
    assert blocked(row(ended_by="time"), row(**{**base, "gap": 8e-4})) == [("gap", "gap")]


def test_several_threads_are_not_held_to_the_last_digit() -> None:
    assert blocked(row(threads=2), row(threads=2, objective=1000.1, nodes=5)) == []


def test_better_is_said_and_a_changed_plan_still_blocks_until_the_baseline_is_renewed() -> None:
    base = row(status="feasible", ended_by="exhausted", objective=1002.0, gap=2.2e-3)
    comparison = compare([base], [row()])
    verdicts = {f.what: f.verdict for f in comparison.findings}
    assert verdicts["status"] == verdicts["gap"] == Verdict.BETTER
    assert verdicts["objective"] == Verdict.CHANGED
    assert found(comparison) == [("deterministic", "objective")]
    assert compare([base], [row()], [Kind.STATUS, Kind.GAP]).blocking == []


def test_missing_cases() -> None:
    comparison = compare([row(), row(case="b")], [row(), row(case="c")])
    assert found(comparison) == [("missing", "case")]
    assert [f.case for f in comparison.findings] == ["b", "c"]
    assert compare([row(), row(case="b")], [row()], []).blocking == []


def test_what_is_wrong_blocks_whatever_is_asked() -> None:
    assert found(compare([row()], [row(certificate={"valid": False})], [])) == [
        ("wrong", "certificate")
    ]


def test_a_version_that_does_not_repeat() -> None:
    assert found(compare([row()], [row(), row(objective=1000.2)])) == [
        ("deterministic", "repeated objective")
    ]


def test_contradictions_cross_engines_and_methods() -> None:
    pyomo = row(case="by pyomo", engine="pyomo", objective=998.0, bound=997.0)
    assert found(compare([], [row(), pyomo]))[0] == ("wrong", "contradiction")
    apart = {**pyomo, "hashes": {"instance": "j", "model": "m"}}
    assert found(compare([], [row(), apart])) == []
    assert found(compare([], [row(), {**pyomo, "relaxed": True}])) == []
    peer = row(case="p", engine="peer:x", objective=999.75, bound=999.7)
    assert found(compare([], [row(), peer])) == []


FAILURES = [{"status": s, "gap": None, "objective": None} for s in ("time limit", "crash")]


@pytest.mark.parametrize("base", FAILURES)
@pytest.mark.parametrize("head", FAILURES)
def test_failed_runs_on_both_sides_are_a_failure(base: Row, head: Row) -> None:
    assert blocked(row(**base), row(**head)) == [("status", "failed in both")]


def test_a_proof_on_both_sides_that_nothing_fits_is_an_answer() -> None:
    none = row(status="infeasible", objective=None, bound=None, gap=None)
    assert blocked(none, none) == []


def test_a_new_case_that_fails_blocks() -> None:
    assert found(compare([row()], [row(), row(case="b", **FAILURES[0])])) == [("status", "status")]


def test_any_crash_among_repeats_counts() -> None:
    crash = row(status="crash", gap=None)
    assert found(compare([row(), row()], [row(), crash])) == [("status", "status")]


def test_a_slow_down_in_pairs_blocks_every_slower_phase() -> None:
    base, head = paired([1, 1.1, 0.9, 1, 1.05], [2, 2.2, 1.9, 2, 2.1])
    comparison = compare(base, head)
    assert [f.what for f in comparison.blocking] == [
        f"seconds of {phase}" for phase in ("read", "assemble", "relax", "integer", "total")
    ]
    assert compare(base, head, [Kind.STATUS]).blocking == []
    back = compare(head, base)
    assert back.blocking == []
    assert {f.verdict for f in back.findings} == {Verdict.BETTER}


def test_noise_in_pairs_does_not_block() -> None:
    base, head = paired([1, 1.4, 0.9, 2, 1.05], [1.5, 1.1, 1.9, 1, 1.6])
    assert compare(base, head).blocking == []


def test_too_few_pairs_only_report() -> None:
    base, head = paired([1, 1, 1, 1], [3, 3, 3, 3])
    comparison = compare(base, head)
    assert comparison.blocking == []
    assert {ratio.count for ratio in comparison.ratios} == {4}


def test_differences_below_the_floor_do_not_block() -> None:
    base, head = paired([0.01] * 8, [0.03] * 8)
    assert compare(base, head).blocking == []


def test_separate_runs_are_measured_in_their_own_reference() -> None:
    base = [scaled(1.0) for _ in range(3)]
    slow_machine = [scaled(3.0, reference_seconds=0.3) for _ in range(3)]
    assert compare(base, slow_machine).blocking == []
    slow_code = [scaled(3.0) for _ in range(3)]
    assert [f.what for f in compare(base, slow_code).blocking] == [
        f"seconds of {phase}" for phase in ("assemble", "relax", "integer", "total")
    ]  # the disk is no matter of the code
    assert compare(base, slow_code[:2]).blocking == []
    committed = [{**one, "baseline": True} for one in base]
    assert compare(committed, slow_code).blocking == []


def by_work(base: Row, head: Row) -> list[tuple[str, str]]:
    return found(compare([base], [head], (Kind.RATIO,), by_work=True))


def test_more_work_blocks_after_one_run_whatever_the_seconds() -> None:
    assert by_work(row(work=10.0), scaled(9.0, work=10.4)) == []
    assert by_work(row(work=10.0), scaled(0.1, work=10.6)) == [("ratio", "work")]
    assert by_work(row(work=10.0), row(work=9.0)) == []
    comparison = compare([row(work=10.0)], [row(work=9.0)], by_work=True)
    assert [ratio.verdict for ratio in comparison.ratios] == [Verdict.BETTER]


def test_work_of_runs_that_the_clock_ended_or_that_do_not_know_it_is_not_compared() -> None:
    assert by_work(row(work=10.0), row(work=20.0, ended_by="time")) == []
    assert by_work(row(), row(work=20.0)) == []
    assert by_work(row(work=10.0), row(work=20.0, ended_by="work")) == [("ratio", "work")]
