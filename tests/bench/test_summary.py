import math
from pathlib import Path

import pandas as pd
import pytest

from bench_rows import Row, row
from commission_opt.bench.summary import shifted_geometric_mean, summary
from commission_opt.errors import UsageError


def solved(configuration: str, problem: str, seconds: float, **changes: object) -> Row:
    phases = {"read": 50.0, "check": 9.0, "write": 7.0, "total": 99.0, "resolve": 5.0}
    return row(
        configuration=configuration, instance=problem, case=f"{problem}/{configuration}",
        seconds={**phases, "supply": seconds / 4, "integer": 3 * seconds / 4}, **changes,
    )  # fmt: skip


FAILED = {"status": "time limit", "gap": None, "objective": None, "bound": None}
ROWS = [
    solved("a", "p", 1.0), solved("a", "q", 6.0), solved("a", "r", 2.0),
    solved("b", "p", 3.0), solved("b", "q", 2.0), solved("b", "r", 0.0, **FAILED),
]  # fmt: skip


def test_means_by_hand() -> None:
    # (1 + 10)(6 + 10)(2 + 10) = 2112, and its cube root is 12.83...
    found = summary({"one": ROWS})
    assert found.seconds["a"].tolist() == [1.0, 6.0, 2.0]
    by_hand = pd.DataFrame({"a": [1.0, 6.0, 2.0], "b": [3.0, 2.0, 600.0]})
    means = shifted_geometric_mean(by_hand)
    assert means["a"] == pytest.approx(2112 ** (1 / 3) - 10)
    assert means["a"] == pytest.approx(2.8301, abs=1e-4)
    # b did not solve r: ten time limits of 60 s
    assert found.penalised["b"].tolist() == [3.0, 2.0, 600.0]
    assert means["b"] == pytest.approx(math.cbrt(13 * 12 * 610) - 10)
    solved_by_all = found.seconds.dropna().index
    assert [problem[0] for problem in solved_by_all] == ["p", "q"]


def test_profile_by_hand() -> None:
    # a is 1×, 3× and alone; b is 3×, 1× and fails
    profile = summary({"one": ROWS}).profile
    assert [profile(tau)["a"] for tau in (1, 2.9, 3)] == pytest.approx([2 / 3, 2 / 3, 1])
    assert [profile(tau)["b"] for tau in (1, 3, 99)] == pytest.approx([1 / 3, 2 / 3, 2 / 3])


def test_the_table() -> None:
    text = summary({"one": ROWS}).markdown()
    lines = [line for line in text.splitlines() if line.startswith("| a ")]
    both = math.sqrt(11 * 16) - 10
    assert lines == [f"| a | 3 of 3 | 2.830 s | {both:.3f} s | 67% | 67% | 100% | 100% |"]
    assert "3 problems" in text
    assert "2 solved by all" in text


def test_a_run_that_missed_its_gap_is_not_solved_and_repeats_count_as_one() -> None:
    rows = [solved("a", "p", s) for s in (1.0, 5.0, 2.0)]
    assert summary({"one": rows}).seconds["a"].tolist() == [2.0]
    missed = [*rows, solved("a", "p", 1.0, gap=1e-3, status="feasible")]
    assert summary({"one": missed}).seconds["a"].isna().all()


def test_problems_that_not_all_were_given_are_named() -> None:
    found = summary({"one": [*ROWS, solved("a", "s", 1.0)]})
    assert found.skipped == ("s/annual/gap=0.0005/seed=0",)
    assert "Left out" in found.markdown()


def test_files_make_configurations_of_their_own() -> None:
    found = summary({"old": ROWS[:3], "new": ROWS[:3]})
    assert list(found.seconds) == ["old: a", "new: a"]
    nothing = summary({"old": ROWS[:1], "new": ROWS[1:2]})
    assert "No problem was given to every configuration" in nothing.markdown()


@pytest.mark.slow
def test_plots(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from commission_opt.bench.plots import draw

    draw(summary({"one": ROWS}), tmp_path)
    names = ("profile", "gap-over-time", "scaling")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        f"{name}.{ending}" for name in names for ending in ("png", "svg")
    )
    assert all(p.stat().st_size > 1000 for p in tmp_path.iterdir())


def test_plots_of_what_says_little(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from commission_opt.bench.plots import draw

    draw(summary({"one": [solved("b", "r", 0.0, trace=None, sizes=None, **FAILED)]}), tmp_path)
    assert {p.stem for p in tmp_path.iterdir()} == {"profile"}


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from commission_opt.bench.plots import require_matplotlib

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"commission-opt\[plots\]"):
        require_matplotlib()
