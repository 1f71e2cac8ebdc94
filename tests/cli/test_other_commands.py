import json
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.activities import KINDS
from commission_opt.files.shipped import find_instance, find_model, instance_names, model_names
from commission_opt.reading.read import check_instance
from some import some


def test_list_names_all_that_is_shipped(run: Run) -> None:
    ran = run("list")
    instances = ("england-2026", "england-icb-2026", "england-levers-2026", "england-medical-2026")
    for name in (*instances, "dutch-gp-2009", "two-by-two", "annual", "five-year", "relaxed"):
        assert name in ran.out
    said = ran.out.split("kinds of measures\n")[1].splitlines()
    assert [line.split()[0] for line in said] == list(KINDS)


@pytest.mark.each(3)
@pytest.mark.parametrize("name", some(instance_names(), 2))
def test_check_passes_every_shipped_instance(name: str, run: Run) -> None:
    ran = run("check", name)
    assert ran.code == 0
    assert f"{name} is valid" in ran.err


@pytest.mark.parametrize("name", instance_names())
def test_descriptors_are_up_to_date(name: str, run: Run) -> None:
    ran = run("describe", name)
    assert ran.out == (find_instance(name) / "datapackage.json").read_text("utf-8")


def test_check_as_json(tmp_path: Path, run: Run) -> None:
    ran = run("check", "england-2026", "--json")
    record = json.loads(ran.out)
    assert record["valid"] is True
    assert record["instance"] == "england-2026"
    assert {p["severity"] for p in record["problems"]} == {"warning"}
    missing = run("check", tmp_path / "nowhere", "--json")
    assert missing.code == 1
    assert json.loads(missing.out)["valid"] is False


def test_check_with_a_model_looks_at_the_horizon(tmp_path: Path, run: Run) -> None:
    model = tmp_path / "long.toml"
    text = find_model("annual").read_text("utf-8")
    model.write_text(text.replace("commissioning_years = 1", "commissioning_years = 3"))
    ran = run("check", "two-by-two", "--model", model)
    assert ran.code == 0
    assert "beyond the horizon" in ran.err
    assert "beyond the horizon" not in run("check", "two-by-two", "--model", "annual").err
    ran = run("check", "two-by-two", "--model", "five-year")
    assert ran.code == 1
    assert "do not fit into the horizon of 4 years" in ran.err.replace("\n", " ")


@pytest.mark.parametrize("engine", ["arrays", "pyomo"])
def test_too_many_commissioning_years_are_refused(engine: str, tmp_path: Path, run: Run) -> None:
    model = ("--model", "five-year", "--engine", engine)
    ran = run("solve", "two-by-two", *model, "--out", tmp_path / "p")
    assert ran.code == 1
    assert "do not fit into the horizon of 4 years" in ran.err.replace("\n", " ")


@pytest.mark.slow
def test_generate_makes_a_valid_instance_and_its_model(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "made"
    arguments = ["generate", "--professions", 5, "--regions", 4, "--years", 2, "--seed", 3]
    assert run(*arguments, "--out", folder).code == 0
    assert check_instance(folder).instance is not None
    assert run(*arguments, "--out", folder).code == 2
    again = tmp_path / "again"
    assert run(*arguments, "--out", again).code == 0
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in again.iterdir()
    }
    plan = tmp_path / "plan"
    solved = run(
        "solve", folder, "--model", folder / "model.toml", "--out", plan,
        "--gap", 0.05, "--time-limit", 20,
    )  # fmt: skip
    assert solved.code == 0


def test_generate_refuses_what_cannot_be(tmp_path: Path, run: Run) -> None:
    ran = run(
        "generate", "--professions", 2, "--regions", 2, "--years", 9, "--horizon", 5,
        "--out", tmp_path / "x",
    )  # fmt: skip
    assert ran.code == 2
    assert "horizon must be longer" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", model_names())
def test_models_are_documented(name: str) -> None:
    readme = (find_model(name).parent / "README.md").read_text("utf-8")
    assert f"`{name}`" in readme


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("solve", "[default: plans/<instance>-<model>]"),
        ("frontier", "[default: all]"),
        ("explain", "'budget[fund=tuition]+=1000000'"),
    ],
)
def test_help_shows_what_stands_in_brackets(run: Run, command: str, words: str) -> None:
    shown = run(command, "--help").out.replace("│", " ")
    assert "".join(words.split()) in "".join(shown.split())
