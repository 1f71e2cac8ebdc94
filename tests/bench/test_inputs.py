"""Benchmarks of instances with measures: what they mean, and what their sizes count."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import bought_besides
from command_line import Run
from commission_opt.bench.inputs import instance_meaning, measure, policy_meaning
from commission_opt.files.shipped import find_instance, find_model, model_names
from commission_opt.policy import Rules
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance

MODEL = """
name = "m"
commissioning_years = 1
discount_rate = 0.5
[rules]
pace_of_change = { max_increase = 0.25, max_decrease = 0.15, allowance = 5 }
[[objective]]
minimise = "shortfall"
"""
SAME = [
    lambda text: text + "# a comment\n",
    lambda text: text.replace('"m"', '"other"\ntitle = "Another"'),
    lambda text: text.replace("0.25", "25e-2").replace("= 5 ", "= 5.0 "),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("[rules]\n", "[rules]\nbudgets = true\nlevel_intake = false\n"),
    lambda text: text.replace("commissioning_years = 1\ndiscount_rate = 0.5\n",
                              "discount_rate = 5e-1\ncommissioning_years = 1\n"),
    lambda text: text + "tiers = [{ weight = 1 }]\ntolerance = 0\n",
]  # fmt: skip
OTHER = [
    lambda text: text.replace("0.25", "0.05"),
    lambda text: text.replace("[rules]\n", "[rules]\nbudgets = false\n"),
    lambda text: text.replace("years = 1", "years = 2"),
    lambda text: text + 'tolerance = 0.1\n[[objective]]\nminimise = "change"\n',
]
COUNTED_OTHERWISE = [
    lambda text: text.replace("0.5", "0.4"),
    lambda text: text.replace("shortfall", "cost"),
    lambda text: text + "tiers = [{ up_to = 0.1, weight = 1 }, { weight = 2 }]\n",
]

Edit = Callable[[str], str]


def model_of(edit: Edit) -> tuple[str, str]:
    policy = parse_policy(edit(MODEL).encode())
    return policy_meaning(policy), measure(policy)


@pytest.mark.parametrize("edit", SAME)
def test_the_text_of_a_model_is_not_what_it_means(edit: Edit) -> None:
    assert edit(MODEL) != MODEL
    assert model_of(edit) == model_of(str)


@pytest.mark.parametrize("edit", OTHER)
def test_another_rule_is_another_model_with_the_same_measure(edit: Edit) -> None:
    meaning, counted = model_of(edit)
    assert meaning != model_of(str)[0]
    assert counted == model_of(str)[1]


@pytest.mark.parametrize("edit", COUNTED_OTHERWISE)
def test_another_way_to_count_is_another_measure(edit: Edit) -> None:
    assert not set(model_of(edit)) & set(model_of(str))


def test_the_relaxation_and_the_shipped_models_all_mean_something_else() -> None:
    policy = parse_policy(MODEL.encode())
    found = {policy_meaning(policy), policy_meaning(policy.relaxed())}
    found |= {policy_meaning(parse_policy(find_model(n).read_bytes())) for n in model_names()}
    assert len(found) == 2 + len(model_names())
    off = [replace(policy, rules=r) for r in (Rules(budgets=False), Rules(placements=False))]
    assert len({policy_meaning(one) for one in off}) == 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_instance("two-by-two"), tmp_path / "here"))


def edited(folder: Path, file: str, *edits: tuple[str, str]) -> str:
    path = folder / file
    for before, after in edits:
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8", newline="")
    return instance_meaning(read_instance(folder))


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("instance.toml", "first_year = 2026", "# here\nfirst_year=2026 # there"),
        ("instance.toml", "made up", "made otherwise"),
        ("regions.csv", "\n", "\r\n"),
        ("assumptions.csv", "\n", "\n\n"),
        ("professions.csv", "title", "title"),
    ],
)
def test_the_text_of_an_instance_is_not_what_it_means(
    folder: Path, file: str, before: str, after: str
) -> None:
    clean = instance_meaning(read_instance(folder))
    assert edited(folder, file, (before, after)) == clean


def test_notes_titles_and_ways_to_write_a_number_change_nothing(folder: Path) -> None:
    clean = instance_meaning(read_instance(folder))
    path = folder / "demand.csv"
    lines = path.read_text("utf-8").splitlines()
    rows = [f"{line}e0,said" for line in lines[1:] if line]
    path.write_text("\n".join([f"{lines[0]},note here", *rows]) + "\n", encoding="utf-8")
    assert instance_meaning(read_instance(folder)) == clean


@pytest.mark.parametrize("file", ["demand.csv", "courses.csv", "workforce.csv", "budgets.csv"])
def test_another_figure_is_another_instance(folder: Path, file: str) -> None:
    clean = instance_meaning(read_instance(folder))
    path = folder / file
    head, first, *rest = path.read_text("utf-8").splitlines()
    column = next(i for i, name in enumerate(head.split(",")) if name in {
        "fte", "last_intake", "amount",
    })  # fmt: skip
    cells = first.split(",")
    cells[column] = str(float(cells[column]) + 1)
    if file == "courses.csv":
        cells[column] = str(int(float(cells[column])))
    path.write_text("\n".join([head, ",".join(cells), *rest]) + "\n", encoding="utf-8")
    assert instance_meaning(read_instance(folder)) != clean


def test_the_horizon_is_part_of_an_instance(folder: Path) -> None:
    instance = read_instance(folder)
    assert instance_meaning(replace(instance, horizon=3)) != instance_meaning(instance)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [("Return to practice", "Back to work", True), (",0,20,,", ",0,21,,", False)],
)
def test_an_instance_means_what_its_measures_say(
    tmp_path: Path, old: str, new: str, same: bool
) -> None:
    one = read_instance(bought_besides.write(tmp_path / "one"))
    changed = bought_besides.BACK.replace(old, new)
    assert changed != bought_besides.BACK
    other = read_instance(bought_besides.write(tmp_path / "two", bought_besides.ABROAD, changed))
    assert (instance_meaning(one) == instance_meaning(other)) is same


@pytest.mark.slow
def test_units_are_decided_and_runs_are_compared(tmp_path: Path, run: Run) -> None:
    folder = bought_besides.write(tmp_path / "instance")
    spec, out = tmp_path / "spec.toml", tmp_path / "out.jsonl"
    spec.write_text(
        f'name = "units"\ntitle = "t"\n[defaults]\ntime_limit = 60\nrepeats = 1\n[[case]]\n'
        f"instance = {json.dumps(str(folder))}\nmodel = 'own'\n",
        encoding="utf-8",
    )
    assert run("bench", "run", spec, "--out", out).code == 0
    row = json.loads(out.read_text("utf-8"))
    assert row["sizes"]["decisions"] == 4 + 2  # courses and measures, one year
    assert row["certificate"]["valid"]
    assert "no regression in 1 case" in run("bench", "compare", out, out).out
