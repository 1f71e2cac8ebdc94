import json
from pathlib import Path

import pytest

from builders import Tiny
from command_line import Run
from samples import model


@pytest.fixture
def plan(run: Run, tmp_path: Path) -> Path:
    instance = Tiny().write(tmp_path / "tiny")
    (tmp_path / "model.toml").write_text(model(years=2), encoding="utf-8")
    target = tmp_path / "plan"
    assert run("solve", instance, "--model", tmp_path / "model.toml", "--out", target).code == 0
    return target


def test_takes_supply_apart_in_every_format(run: Run, plan: Path) -> None:
    asked = ("explain", plan, "--profession", "adult", "--region", "land")
    text, md, js = (run(*asked, "--format", form) for form in ("text", "md", "json"))
    assert (text.code, md.code, js.code) == (0, 0, 0)
    assert "Supply of Adult nursing in land" in text.out
    assert md.out.startswith("## Supply of Adult nursing in land")
    (answer,) = json.loads(js.out)
    assert [row["year"] for row in answer["tables"]["supply"]] == list(range(2026, 2032))


def test_bad_questions_are_refused_with_a_hint(run: Run, plan: Path) -> None:
    unknown = run("explain", plan, "--profession", "adlt", "--region", "land")
    assert unknown.code == 2
    assert "did you mean 'adult'?" in unknown.err
    (plan / "model.toml").write_text("name = 1", encoding="utf-8")
    changed = run("explain", plan, "--profession", "adult", "--region", "land")
    assert changed.code == 1
    assert "was changed after the plan was made" in " ".join(changed.problems)


@pytest.mark.slow
def test_a_change_that_leaves_no_plan_ends_with_repairs(plan: Path, run: Run) -> None:
    answer = run("explain", plan, "--change", "budget*=0.2", "--format", "json")
    assert answer.code == 3
    first, *_, last = json.loads(answer.out)
    assert "feasible up to “budget × " in " ".join(first["sentences"])
    assert last["title"] == "Repairs"
    assert "Traceback" not in answer.err
