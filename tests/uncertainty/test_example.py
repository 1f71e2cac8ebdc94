"""The worked example of docs/uncertainty.md says what the command says."""

import re
from pathlib import Path

import numpy as np
import pytest

from command_line import Run
from commission_opt.files.shipped import find_model
from commission_opt.plan.read import read_plan
from commission_opt.plan_workbook.tables import prospects_of
from commission_opt.views.shortfall import Baselines
from plan_tables import numbers

TEXT = (Path(__file__).parents[2] / "docs" / "uncertainty.md").read_text("utf-8")


@pytest.mark.slow
def test_three_futures_for_england(run: Run, tmp_path: Path) -> None:
    part = TEXT.split("### Three futures for England")[1].split("\n### ")[0]
    (tmp_path / "three.toml").write_text(part.split("```toml")[1].split("```")[0], "utf-8")
    (command,) = re.findall(r"^    commission-opt (.*) --out", part, flags=re.M)
    asked = [str(tmp_path / word) if word.endswith(".toml") else word for word in command.split()]
    done = run(*asked, "--out", tmp_path / "plan")
    assert done.code == 0, done.err
    plan = read_plan(tmp_path / "plan")
    table = prospects_of(plan, Baselines(plan.problem, plan.outcome)).table()
    found = {str(row["scenario"]): row for row in table.to_dict("records")}
    rows = re.findall(r"^\| ([a-z ]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", part, flags=re.M)
    assert len(rows) == 4
    for name, *figures in rows:
        for column, figure in zip(("plan", "last", "mean"), figures, strict=True):
            said = 1000.0 * float(figure.replace(",", ""))
            assert float(found[name][column]) == pytest.approx(said, rel=2e-3)
    low, high = plan.record["uncertainty"]["vss"]
    assert 0 < low <= high
    assert low / found["expected"]["mean"] == pytest.approx(0.001, abs=0.0006)
    part_saved = 1.0 - found["expected"]["plan"] / found["expected"]["last"]
    assert round(100 * part_saved) == 18


@pytest.mark.slow
def test_the_regret_of_three_futures_for_england(run: Run, tmp_path: Path) -> None:
    tables = TEXT.split("### Three futures for England")[1].split("```toml")[1].split("```")[0]
    (tmp_path / "three.toml").write_text(tables, "utf-8")
    given = find_model("annual-expected").read_text("utf-8")
    (tmp_path / "model.toml").write_text(given.replace('"expected" ', '"regret" '), "utf-8")
    asked = ("--model", tmp_path / "model.toml", "--uncertainty", tmp_path / "three.toml")
    done = run("solve", "england-2026", *asked, "--out", tmp_path / "plan")
    assert done.code == 0, done.err
    plan = read_plan(tmp_path / "plan")
    (said,) = re.findall(r"has a largest regret of (.*?775)\.", TEXT, flags=re.S)
    assert "by up to 4 %" in TEXT  # the clock cuts the search
    own, low, high, mean, last = numbers(said)
    table = prospects_of(plan, Baselines(plan.problem, plan.outcome)).table()
    row = table.set_index("scenario").loc["largest regret"]
    found = [row["plan"], *plan.record["uncertainty"]["true_regret"], row["mean"], row["last"]]
    told = [1000.0 * each for each in (own, low, high, mean, last)]
    assert [float(each) for each in found] == pytest.approx(told, rel=0.04)


@pytest.mark.slow
def test_what_waiting_is_worth(run: Run, tmp_path: Path) -> None:
    futures = TEXT.split("### Three futures for England")[1].split("```toml")[1].split("```")[0]
    part = TEXT.split("### What waiting is worth")[1].split("\n### ")[0]
    (tmp_path / "three.toml").write_text(futures, "utf-8")
    added = part.split("```toml")[1].split("```")[0]
    model = f"{find_model('five-year').read_text('utf-8')}\n{added}"
    (tmp_path / "first-year.toml").write_text(model, "utf-8")
    rows = re.findall(r"^\| [a-z ]+ \| ([\d,]+) \| ([\d,]+) \|$", part, flags=re.M)
    told = [[float(each.replace(",", "")) for each in row] for row in rows]
    commands = re.findall(r"^    commission-opt (.*) --out plans/(.*)$", part, flags=re.M)
    assert len(told) == len(commands) == 2
    found = []
    for command, name in commands:
        words = command.split()
        asked = [str(tmp_path / word) if word.endswith(".toml") else word for word in words]
        done = run(*asked, "--time-limit", 1800, "--out", tmp_path / name)
        assert done.code == 0, done.err
        found.append(read_plan(tmp_path / name).record["uncertainty"]["value"])
    assert np.array(found) == pytest.approx(np.array(told), rel=1e-4)
    (all_now, first), ((below, mine), (least, waiting)) = told, found
    (said,) = re.findall(r"worth between ([\d,]+ and [\d,]+)\.", part)
    assert numbers(said) == [all_now[0] - first[1], all_now[1] - first[0]]
    assert below > waiting  # to wait is worth something
    (most,) = re.findall(r"most ([\d.]+) % of the shortfall", part)
    assert (mine - least) / mine <= float(most) / 100
