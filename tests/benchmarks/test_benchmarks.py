import json
import sys
from importlib import import_module
from math import inf
from pathlib import Path

import numpy as np
import pytest

from commission_opt.arrays import Floats
from commission_opt.bench.results import read_results
from commission_opt.bench.summary import summary
from commission_opt.formulation.objectives.worst_region import shares
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.solvers.status import Moment

SIZE = ["4", "2", "1"]


def table(text: str) -> list[list[str]]:
    """Return the cells of a Markdown table, its header first."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    header, rule, *rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines]
    assert all(set(cell) == {"-"} for cell in rule)
    assert all(len(row) == len(header) for row in rows)
    return [header, *rows]


def test_targets_are_those_that_were_set() -> None:
    targets = import_module("targets").TARGETS
    sizes = [(129, 7, 1), (129, 7, 5), (129, 44, 1), (129, 44, 5), (129, 7, 5)]
    assert [t.size for t in targets] == sizes
    assert [t.gap for t in targets] == [0.0010, 0.0015, 0.0040, 0.0050, 0.0005]
    assert [t.yardsticks for t in targets] == [5, 14, 48, 286, 286]
    assert [t.mib for t in targets] == [512, 717, 1024, 3072, 1536]
    assert [t.method for t in targets] == ["fast"] * 4 + ["exact"]


@pytest.mark.slow
def test_targets(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    targets = import_module("targets")
    met = targets.Target("met", (4, 2, 1), "fast", 1.0, 30.0, 4096.0)
    missed = targets.Target("missed", (4, 2, 1), "fast", 0.0, 30.0, 1.0)
    monkeypatch.setattr(targets, "yardstick", lambda: 1.0)
    targets.main(["--seeds", "0,1"], [met, missed])
    header, first, again, second, _ = table(capsys.readouterr().out)
    assert (first[1], again[1], again[-1]) == ("0", "1", "met")
    assert tuple(header) == targets.HEADER
    assert first[-1] == "met"
    assert second[-1].startswith("missed: ")
    assert "memory" in second[-1] or sys.platform == "win32"


def test_a_command_that_fails_is_a_target_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = import_module("targets")
    monkeypatch.setattr(targets, "yardstick", lambda: 1.0)
    targets.main([], [targets.Target("odd", (4, 2, 1), "no such method", 0.1, 5.0, 1.0)])
    assert table(capsys.readouterr().out)[1][-1] == "missed: no plan"


def test_cases_with_every_lever_are_those_that_were_set() -> None:
    cases = import_module("every_lever").CASES
    assert [(c.size, c.gap, c.yardsticks) for c in cases] == [
        ((129, 7, 5), 0.0020, 24.0),
        ((129, 44, 1), 0.0050, 72.0),
    ]


@pytest.mark.slow
def test_levers(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    levers = import_module("every_lever")
    monkeypatch.setattr(levers, "yardstick", lambda: 1.0)
    tiny = levers.Case("tiny", (4, 2, 1), 0.05, 5.0)
    never = levers.Case("never", (6, 3, 2), 0.0, 3.0)
    levers.main(["--solvers", "highs", "--patience", "2"], [tiny, never])
    header, ours, highs, missed, _ = table(capsys.readouterr().out)
    assert tuple(header) == levers.HEADER
    assert ours[:2] == ["4 × 2 × 1", "commission-opt, auto"]
    assert ours[-1].startswith("5.000 % in 5 yardsticks: met (")
    assert (highs[0], highs[1], highs[-1]) == ("", "highs", "")
    assert "breaks a rule" not in highs[-2]
    assert "missed gap" in missed[-1]


def test_small_cases_are_forty_of_up_to_400_decisions() -> None:
    cases = import_module("small").CASES
    assert len(set(cases)) == 40
    assert all(size[0] * size[1] * size[2] <= 400 for size, _ in cases)
    assert {size[2] for size, _ in cases} == {1, 2, 3, 4, 5}


def test_small_cases_say_where_we_are_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted figures: quicker and proved; slower; a worse plan; a worse bound."""
    small, stock = import_module("small"), import_module("stock")
    best = stock.Reached("highs", 2.0, 100.0, 99.96)
    slow = stock.Reached("scip", 9.0, 100.0, 99.0)
    planted = [
        (stock.Reached("ours", 1.0, 100.01, 99.97), "0.50", "nothing"),
        (stock.Reached("ours", 5.0, 100.01, 99.97), "2.50", "time"),
        (stock.Reached("ours", 1.0, 100.1, 99.96), "0.50", "plan"),
        (stock.Reached("ours", 1.0, 100.0, 99.90), "0.50", "bound"),
    ]
    one = iter(planted)
    monkeypatch.setattr(small, "compared", lambda *_: (next(one)[0], [slow, best]))
    small.main(["--sample", "4"])
    text = capsys.readouterr().out
    _, *rows = table(text)
    assert [(row[4], row[-1]) for row in rows] == [each[1:] for each in planted]
    assert "0.50 times the best stock solver's in the median, 2.50 at worst" in text
    assert "behind in 3 of 4" in text


def test_cases_of_many_futures_are_those_that_were_set() -> None:
    cases = import_module("many_futures").CASES
    assert [(c.size, c.risk, c.gap, c.ratio, c.draws, *c.varied) for c in cases] == [
        (None, "expected", 0.0005, 5.0, 1000),
        (None, "cvar", 0.0005, 7.0, 1000),
        ((129, 7, 1), "expected", 0.0015, 5.0, 1000),
        ((129, 7, 1), "expected", 0.001, 6.0, 10_000, "demand", "joiners"),
        ((27, 7, 5), "expected", 0.003, 6.0, 200),
        ((27, 7, 5), "expected", 0.004, inf, 50),
    ]
    assert (cases[-1].now, cases[-1].yardsticks) == (1, 180.0)
    assert [c.mib for c in cases] == [inf, inf, 819, 819, inf, 1536]


@pytest.mark.slow
def test_many_futures(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    many = import_module("many_futures")
    monkeypatch.setattr(many, "yardstick", lambda _: 1.0)
    easy = many.Case("easy", (4, 2, 1), "cvar", 0.05, 1e6)
    never = many.Case("never", (4, 2, 1), "expected", 0.05, 0.0)
    many.main(["--draws", "60"], [easy, never])
    header, met, missed = table(capsys.readouterr().out)[:3]
    assert tuple(header) == many.HEADER
    assert met[:3] == ["4 × 2 × 1", "60", "cvar"]
    assert met[-1] == "5.000 % at 1e+06 ×: met"
    assert missed[-1] == "5.000 % at 0 ×: missed ratio"


def test_audits_are_held_to_what_was_asked_of_them() -> None:
    audits = import_module("audits")
    assert audits.TARGETS == {"england-2026": (12, 36, 0.075), "129x7x5": (72, 286, 0.35)}
    _, plain, bounded, share = audits.held("england-2026", 11.9, 36.1, 0.07, 1.0).split("\n")
    assert plain == "audit: 11.9 of 12 yardsticks: met"
    assert bounded == "with regret: 36.1 of 36 yardsticks: missed"
    assert share == "mean bound 7.000 %, asked 7.500 %: met"
    assert audits.held("another", 1.0, 1.0, 0.07, 0.5) == "a yardstick is 0.50 s"


@pytest.mark.slow
def test_a_yardstick_is_the_time_of_a_relaxation() -> None:
    ticks = iter([0.0, 3.0, 10.0, 12.0, 20.0, 24.0])
    assert import_module("measuring").yardstick(lambda: next(ticks)) == 2.0


@pytest.mark.slow
def test_stock(capsys: pytest.CaptureFixture[str]) -> None:
    stock = import_module("stock")
    stock.main([*SIZE, "--gap", "0.05", "--time-limit", "3"])
    header, ours, *others = table(capsys.readouterr().out)
    assert tuple(header) == stock.HEADER
    assert ours[0] == "commission-opt, auto"
    assert [row[0] for row in others] == ["highs", "cbc", "scip"]
    for row in others:
        if not row[-1].startswith("skipped"):
            assert "breaks a rule" not in row[-1]
            assert float(row[4].removesuffix(" %")) <= 5.0  # its own gap


@pytest.mark.slow
def test_the_bound_of_a_stock_solver_is_in_the_same_units(tmp_path: Path) -> None:
    stock, solvers, whole = (
        import_module("stock"),
        import_module("stock_solvers"),
        import_module("measuring"),
    )
    instance, policy = whole.read_size((4, 2, 1))
    allocation = stock.allocate(instance, policy, stock.Limits(5.0, 0.0))
    program = stock.whole_formulation(allocation.proofs[0].formulation)
    solvers.write(program, tmp_path)
    for solver in solvers.HERE:
        found = solvers.solve(solver, tmp_path, 1e-6, 5.0)
        if found.x is not None:
            assert program.program.value(found.x) == pytest.approx(found.bound, rel=1e-4), solver


def test_a_solver_that_is_absent_is_skipped_by_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = import_module("stock")
    monkeypatch.setattr(import_module("stock_solvers").shutil, "which", lambda _: None)
    stock.main([*SIZE, "--gap", "0.05", "--time-limit", "3", "--solvers", "cbc"])
    row = table(capsys.readouterr().out)[2]
    assert (row[0], row[-1]) == ("cbc", "skipped: not installed")


@pytest.mark.slow
def test_growth(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    growth = import_module("growth")
    growth.main(["--professions", "4", "--regions", "2,3", "--years", "1", "--time-limit", "2"])
    printed = capsys.readouterr().out
    header, *rows = table(printed)
    assert tuple(header) == growth.HEADER
    assert [row[:2] for row in rows] == [["2", "1"], ["3", "1"]]
    assert "· decisions^" in printed
    record = {"years": 1, "decisions": 10, "seconds": 1.0, "gap": 0.1}
    pytest.importorskip("matplotlib")
    growth.draw([record, record | {"decisions": 20}], (0.1, 1.0), tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["growth-gap.png", "growth-seconds.png"]


def test_the_fit_finds_the_exponent() -> None:
    records = [{"decisions": n, "seconds": 3e-4 * n**1.5} for n in (10, 100, 1000)]
    assert import_module("growth").fit(records) == pytest.approx((3e-4, 1.5))
    assert import_module("growth").fit(records[:1]) is None


def test_relaxations(capsys: pytest.CaptureFixture[str]) -> None:
    relaxations = import_module("relaxations")
    relaxations.main([*SIZE, "--time-limit", "5"])
    header, *rows = table(capsys.readouterr().out)
    assert tuple(header) == relaxations.HEADER
    assert len(rows) == 2 * len(relaxations.ALGORITHMS) + len(relaxations.OURS)
    exact = {row[0]: row[3] for row in rows if row[1] == "simplex"}
    assert exact["supply in rows"] == exact["stock"]  # both programs have one optimum


def test_an_algorithm_that_is_absent_is_skipped_by_name() -> None:
    relaxations = import_module("relaxations")
    rows = relaxations.rows({("stock", "hipo"): None, ("stock", "simplex"): (1.0, 2.0, "Optimal")})
    assert rows[0][:3] == ["stock", "hipo", "–"]
    assert rows[0][-1].startswith("skipped")


def test_assembly(capsys: pytest.CaptureFixture[str]) -> None:
    assembly = import_module("assembly")
    assembly.main(SIZE)
    header, *rows = table(capsys.readouterr().out)
    assert tuple(header) == assembly.HEADER
    assert rows[0][2] == "1.00"
    assert len(rows) == 6


@pytest.mark.slow
def test_explain_room(capsys: pytest.CaptureFixture[str]) -> None:
    explain_room = import_module("explain_room")
    explain_room.main([*SIZE, "--jobs", "1"])
    printed = capsys.readouterr().out
    header, *rows = table(printed)
    assert tuple(header) == explain_room.HEADER
    assert [row[1] for row in rows] == ["0.1%", "1%", "5%"] * 2
    assert all(row[3] == "100.000 %" for row in rows[3:])
    assert "100.000 % of the ranges worked out" in printed


def test_later_stages_are_those_that_were_set() -> None:
    cases = {case.name: case for case in import_module("later_stages").CASES}
    gaps = {name: case.targets[1:] for name, case in cases.items()}
    assert gaps["fair-shares"] == (0.0005,)
    assert gaps["value-for-money"] == (0.0002,)
    assert gaps["change"] == (0.005,)
    assert gaps["icb-fair-shares"] == (0.002,)
    assert gaps["27x7x3"] == gaps["27x7x3-1%"] == gaps["129x7x5"] == (0.002, 0.02)
    assert gaps["even-regions"] == (0.002,)
    assert {case.seconds for case in cases.values()} == {8.0, 90.0}


def test_even_regions_are_equally_short_with_last_years_places() -> None:
    later = import_module("later_stages")
    instance, policy = import_module("measuring").read_size((6, 4, 1), 3)
    before, even = (
        shares_with_last_places(own, policy) for own in (instance, later.evened(instance, policy))
    )
    assert np.ptp(before) > 0.01
    assert even == pytest.approx(np.median(before), abs=0.02)
    assert np.ptp(even) < 0.2 * np.ptp(before)


def shares_with_last_places(instance: Instance, policy: Policy) -> Floats:
    problem = planning(instance, policy)
    places = instance.courses["last_intake"].to_numpy(float)
    last = np.concatenate([places, np.zeros(len(instance.lines) - len(places))])
    outcome = problem.outcome(np.repeat(last[:, None], policy.commissioning_years, axis=1))
    return shares(problem, outcome.shortfall)


def test_a_stage_took_until_best_and_bound_were_near_enough() -> None:
    later = import_module("later_stages")
    near = [
        Moment(1.0, "change: relaxation", inf, 90.0),
        Moment(2.0, "change: bound", 110.0, -inf),
        Moment(3.0, "change: whole places", 100.0, -inf),
        Moment(4.0, "change: bound", inf, 99.0),
    ]
    assert later._until(near, 0.2) == 2.0
    assert later._until(near, 0.1) == 3.0
    assert later._until(near, 0.05) == 4.0
    assert later._until(near, 0.001) == inf


def test_later_stages(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    later = import_module("later_stages")
    stages = (("worst_region", 0.05), ("change", 0.0))
    case = later.Case("small", (4, 2, 1), "", stages, 0.05, (0.05, 0.05, 0.05), 30.0)
    monkeypatch.setattr(later, "CASES", (case,))
    later.main(["--solvers", "highs", "--time-limit", "20"])
    header, *rows = table(capsys.readouterr().out)
    assert tuple(header) == later.HEADER
    assert [row[1:3] for row in rows] == [
        ["worst_region", "commission-opt"], ["worst_region", "highs"],
        ["change", "commission-opt"], ["change", "highs"],
    ]  # fmt: skip
    assert {row[-1] for row in rows[::2]} == {"gap reached"}
    for ours, stock in zip(rows[::2], rows[1::2], strict=True):
        assert float(ours[4].replace(",", "")) <= 1.06 * float(stock[4].replace(",", "")) + 1e-9


def test_what_a_stock_solver_knew_when_is_read_from_its_log() -> None:
    points = import_module("stock_solvers")._cbc_points([
        "Cbc0038I Full problem 100 rows 200 columns",
        "Cbc0012I Integer solution of 5990.19 found by feasibility pump after 0 iterations and 0 "
        "nodes (0.54 seconds)",
        "Cbc0010I After 0 nodes, 1 on tree, 5990.19 best solution, best possible 5706.22 "
        "(2.53 seconds)",
        "Cbc0010I After 9 nodes, 1 on tree, 5990.19 best solution, best possible 5706.22 "
        "(2.93 seconds)",
        "Cbc0010I After 19 nodes, 9 on tree, 1e+50 best solution, best possible -5.7e+03 "
        "(4.83 seconds)",
    ])  # fmt: skip
    assert list(points) == [
        (0.54, 5990.19, None), (2.53, 5990.19, 5706.22), (4.83, None, -5700.0),
    ]  # fmt: skip


def test_profiles_are_drawn_from_rows_that_a_summary_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    words = ["--only", "two-by-two", "--solvers", "highs", "--time-limit", "5", "--gap", "0.001"]
    rows = tmp_path / "rows.jsonl"
    import_module("profiles").main([*words, "--out", str(tmp_path), "--rows", str(rows)])
    ours, highs = (json.loads(line) for line in rows.read_text("utf-8").splitlines())
    assert (ours["engine"], highs["engine"]) == ("commission-opt", "peer:highs")
    assert ours["objective"] == pytest.approx(highs["objective"], rel=2e-3)
    assert ours["bound"] <= highs["objective"] * (1 + 1e-6)
    for row in (ours, highs):
        assert row["status"] == "optimal"
        assert row["trace"][-1][1:] == [row["objective"], row["bound"]]
    assert {"profile.svg", "gap-over-time.svg"} <= {path.name for path in tmp_path.iterdir()}
    printed = capsys.readouterr().out
    assert "| highs | 1 of 1 |" in printed
    assert summary({"": read_results([rows])}).markdown() in printed
