"""Benchmarks of instances with measures: what they mean, and what their sizes count."""

import json
from pathlib import Path

import pytest

import bought_besides
from command_line import Run
from commission_opt.bench.inputs import instance_meaning
from commission_opt.reading.read import read_instance


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
