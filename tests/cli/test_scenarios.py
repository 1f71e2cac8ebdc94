"""``commission-opt scenarios``, and ``check`` with an uncertainty file."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from command_line import Run
from commission_opt.files.shipped import find_instance
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import read_uncertainty
from commission_opt.reading.read import read_instance
from futures_made import row, scenario

FILE = "".join(
    [
        'name = "unsure"\ndraws = 5\nseed = 3\n',
        row("demand[profession=nurse]", "interval = [0.95, 1.1]", each='"region"'),
        row("cost[course=nurse-north]", "uniform = [0.9, 1.1]"),
        row("placement_capacity", "uniform = [1, 1.1]", over_time='"fan"'),
        scenario("fewer, and later", 0.25, "leavers*=1.2", "max_intake*=0.95"),
    ]
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of an instance with an uncertainty file, in the current folder."""
    shutil.copytree(find_instance("two-by-two"), tmp_path / "small")
    (tmp_path / "small" / "uncertainty").mkdir()
    (tmp_path / "small" / "uncertainty" / "unsure.toml").write_text(FILE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_scenarios_are_written_with_their_probabilities_and_figures(place: Path, run: Run) -> None:
    ran = run("scenarios", "small", "--uncertainty", "unsure", "--out", "out")
    assert ran.code == 0
    instance = read_instance(place / "small")
    file = place / "small" / "uncertainty" / "unsure.toml"
    made = futures(instance, None, read_uncertainty(file))
    written = rows_of(place / "out" / "scenarios.csv")
    assert [each["scenario"] for each in written] == list(made.names)
    assert [float(each["probability"]) for each in written] == made.probability.tolist()
    figures = rows_of(place / "out" / "figures.csv")
    assert list(figures[0]) == ["scenario", "table", "row", "column", "value", "of"]
    drawn = [each for each in figures if each["scenario"] == "draw-0002"]
    said = f"1 explicit scenario and 5 draws of {len(drawn)} figures"
    assert said in " ".join(ran.err.split())
    of_demand = [float(each["value"]) for each in drawn if each["table"] == "demand"]
    future = made.in_future(2).tables["demand"]
    lines = [int(each["row"]) for each in drawn if each["table"] == "demand"]
    assert of_demand == future.loc[lines, "fte"].tolist()
    assert set(future.loc[lines, "profession"]) == {"nurse"}
    costs = {each["of"]: float(each["value"]) for each in drawn if each["table"] == "costs"}
    at = {code: i for i, code in enumerate(instance.lines["line"])}
    own = made.in_future(2).costs
    own = own[own["line"] == at["nurse-north"]]
    assert sorted(costs.values()) == sorted(own["rate"])
    assert {each["column"] for each in figures if each["scenario"] == "fewer, and later"} == {
        "leaver_rate", "max_intake",
    }  # fmt: skip
    assert {each["of"] for each in drawn if each["table"] == "placements"} == {
        f"year={year}" for year in instance.years
    }


def test_draws_seed_and_force(place: Path, run: Run) -> None:
    command = ("scenarios", "small", "--uncertainty", "unsure", "--out", "out")
    assert run(*command, "--draws", 7).code == 0
    first = (place / "out" / "figures.csv").read_bytes()
    assert len(rows_of(place / "out" / "scenarios.csv")) == 8
    refused = run(*command)
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert run(*command, "--draws", 7, "--force").code == 0
    assert (place / "out" / "figures.csv").read_bytes() == first
    assert run(*command, "--draws", 7, "--seed", 4, "--force").code == 0
    assert (place / "out" / "figures.csv").read_bytes() != first


def test_a_bad_file_is_said_by_line_and_nothing_is_written(place: Path, run: Run) -> None:
    (place / "bad.toml").write_text(FILE.replace("nurse-north", "nurse-noth"))
    ran = run("scenarios", "small", "--uncertainty", "bad.toml", "--out", "out")
    assert ran.code == 1
    assert "did you mean 'nurse-north'" in " ".join(ran.err.split())
    assert not (place / "out").exists()
    ran = run("scenarios", "small", "--uncertainty", "none", "--out", "out")
    assert (ran.code, "unsure" in ran.err) == (1, True)
    ran = run("scenarios", "two-by-two", "--uncertainty", "unsure", "--out", "out")
    assert ran.code == 1


def test_check_looks_at_an_uncertainty_file_too(place: Path, run: Run) -> None:
    assert run("check", "small", "--uncertainty", "unsure").code == 0
    (place / "bad.toml").write_text(FILE.replace("max_intake*=0.95", "completion_rate*=2"))
    ran = run("check", "small", "--uncertainty", "bad.toml", "--json")
    (problem,) = (p for p in json.loads(ran.out)["problems"] if p["file"] == "bad.toml")
    assert (ran.code, problem["row"], problem["column"]) == (1, 24, "scenario 1, settings")
    assert "“completion_rate × 2” makes" in problem["message"]
    wide = row("fill_rate", "uniform = [0.9, 1.005]", each='"course"')
    (place / "wide.toml").write_text(f'name = "wide"\ndraws = 64\n{wide}')
    ran = run("check", "small", "--uncertainty", "wide.toml", "--json")
    (problem,) = (p for p in json.loads(ran.out)["problems"] if p["file"] == "wide.toml")
    assert (ran.code, problem["severity"]) == (0, "warning")


def test_an_instance_is_the_same_with_a_folder_of_uncertainty_files(place: Path, run: Run) -> None:
    (place / "small" / "uncertainty" / "joiners.toml").write_text(FILE)  # no joiners.csv
    with_files = read_instance(place / "small")
    without = read_instance(find_instance("two-by-two"))
    assert with_files.hashes() == without.hashes()
    np.testing.assert_array_equal(with_files.demand, without.demand)
    checked = run("check", "small", "--json")
    assert (
        json.loads(checked.out)["problems"]
        == json.loads(run("check", "two-by-two", "--json").out)["problems"]
    )
