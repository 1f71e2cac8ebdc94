import json
from pathlib import Path

import pandas as pd
import pytest

from command_line import Run
from commission_opt.views import charts

WRITTEN = {"frontier.csv", "frontier.json", "instance", "model.toml"}


def asked(folder: Path, *more: object) -> tuple[object, ...]:
    return ("frontier", "two-by-two", "--over", "budget", "--out", folder, *more)


def test_a_frontier_is_written_and_told(tmp_path: Path, run: Run) -> None:
    ran = run(*asked(tmp_path / "f", "--whole", 2, "--json"))
    assert ran.code == 0
    assert "solves; anywhere between, the curve is within" in ran.err
    assert "In whole places" in ran.err
    record = json.loads(ran.out)
    stored = json.loads((tmp_path / "f" / "frontier.json").read_text("utf-8"))
    assert record == {**stored, "folder": str(tmp_path / "f")}
    assert stored["guarantee"]["distance"] <= stored["guarantee"]["asked"] == 0.001
    assert stored["solves"] == len(stored["points"])
    points = pd.read_csv(tmp_path / "f" / "frontier.csv")
    ends = [
        f"£{points['spend'].iloc[i] / 1e6:,.1f}m at {100 * points['t'].iloc[i]:.3f} % of them"
        for i in (0, -1)
    ]
    said = " ".join(ran.err.split())
    assert f"Budgets say what may be spent, not what is: {', '.join(ends)} (over" in said
    assert points["t"].iloc[-1] == 1.2
    assert list(points["objective"]) == [p["objective"] for p in stored["points"]]
    assert (points["bound"] <= points["objective"]).all()
    whole = pd.read_csv(tmp_path / "f" / "whole.csv")
    assert list(whole["status"]) == [p["status"] for p in stored["whole"]]
    places = pd.read_csv(tmp_path / "f" / "whole_places.csv")
    assert set(places["t"]) == set(whole["t"][whole["objective"].notna()])


def test_charts_are_drawn_where_matplotlib_is(tmp_path: Path, run: Run) -> None:
    pytest.importorskip("matplotlib")
    run(*asked(tmp_path / "f"))
    names = {path.name for path in (tmp_path / "f").glob("[!.]*")}
    assert names == {*WRITTEN, "frontier.png", "frontier.svg"}


def test_without_matplotlib_all_else_is_written(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charts, "find_spec", lambda _: None)
    ran = run(*asked(tmp_path / "f"))
    assert ran.code == 0
    assert "pip install 'commission-opt[plots]'" in ran.err
    assert {p.name for p in (tmp_path / "f").glob("[!.]*")} == WRITTEN


@pytest.mark.each(2)
@pytest.mark.parametrize("over", ["worst_region", "change"])
def test_caps(over: str, tmp_path: Path, run: Run) -> None:
    ran = run("frontier", "two-by-two", "--over", over, "--out", tmp_path / "f")
    assert ran.code == 0
    assert json.loads((tmp_path / "f" / "frontier.json").read_text("utf-8"))["over"] == over
    assert "Budgets say" not in ran.err


@pytest.mark.slow
def test_budgets_without_a_plan_are_named(tmp_path: Path, run: Run) -> None:
    england = ("frontier", "england-2026", "--over", "budget", "--out", tmp_path / "f")
    ran = run(*england, "--from", 0.9, "--to", 1.0)
    assert ran.code == 0
    assert "There is no plan below 98.27 % of the budgets." in ran.err
    assert json.loads((tmp_path / "f" / "frontier.json").read_text("utf-8"))["range"][
        "no_plan_below"
    ] == pytest.approx(0.98276, abs=1e-5)
    none = run(*england, "--from", 0.5, "--to", 0.6, "--force")
    assert none.code == 3
    assert "cannot all hold together" in none.err


@pytest.mark.slow
def test_an_old_frontier_is_kept_unless_forced(tmp_path: Path, run: Run) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "mine.txt").write_text("kept")
    ran = run(*asked(tmp_path / "f"))
    assert ran.code == 2
    assert "even with --force" in ran.err
    assert run(*asked(tmp_path / "f", "--force")).code == 2
    assert (tmp_path / "f" / "mine.txt").read_text() == "kept"
    (tmp_path / "f" / "mine.txt").unlink()
    assert run(*asked(tmp_path / "f")).code == 0
    assert "use --force" in run(*asked(tmp_path / "f")).err
    assert run(*asked(tmp_path / "f", "--force")).code == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--fund", "tuitoin"), "did you mean"),
        (("--from", 1.2, "--to", 1.1), "--from must be"),
        (("--distance", 2), "above 0 and below 1"),
        (("--over", "change", "--from", 0.9), "go with --over budget"),
        (("--model", "relaxed", "--whole", 2), "leave --whole out"),
        (("--model", "least-change", "--over", "change"), "is change itself"),
    ],
)
def test_what_makes_no_sense_is_refused(
    more: tuple[object, ...], said: str, tmp_path: Path, run: Run
) -> None:
    ran = run(*asked(tmp_path / "f", *more))
    assert ran.code == 2
    assert said in " ".join(ran.err.replace("│", " ").split())
    assert not (tmp_path / "f").exists()
