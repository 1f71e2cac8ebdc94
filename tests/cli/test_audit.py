"""``commission-opt audit``: what it writes is what it says, and the same each time."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import Run, main_in
from commission_opt.files.shipped import find_instance

FILE = """\
name = "unsure"
draws = 8
seed = 4
[[uncertain]]
name = "demand"
figures = "demand"
how = "*="
normal = [1, 0.1]
each = "profession"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit")
    model = find_instance("two-by-two") / "model.toml"
    main_in(folder, "solve", "two-by-two", "--model", str(model), "--out", "plan")
    (folder / "unsure.toml").write_text(FILE)
    return folder


def asked(place: Path, *more: object) -> tuple[object, ...]:
    return ("audit", place / "plan", "--uncertainty", place / "unsure.toml", *more)


def test_an_audit_is_written_and_told(place: Path, tmp_path: Path, run: Run) -> None:
    ran = run(*asked(place, "--draws", 40, "--out", tmp_path / "a", "--json"))
    assert ran.code == 0
    said, record = json.loads(ran.out), json.loads((tmp_path / "a" / "audit.json").read_text())
    assert {**record, "sentences": said["sentences"]} == said
    assert record["uncertainty"]["draws"] == 40
    assert record["uncertainty"]["seed"] == 5  # fresh draws: not those of the file
    draws = pd.read_csv(tmp_path / "a" / "draws.csv")
    assert draws["scenario"].tolist() == [f"draw-{i:04d}" for i in range(1, 41)]
    [value] = [each for each in record["values"] if each["name"] == "shortfall"]
    assert value["mean"] == pytest.approx(draws["shortfall"] @ draws["probability"])
    assert (tmp_path / "a" / "uncertainty.toml").read_text() == FILE
    spread = pd.read_csv(tmp_path / "a" / "spread.csv")
    assert list(spread.columns[:5]) == ["profession", "region", "year", "demand_p05", "demand_p25"]
    assert spread.columns[-1] == "probability_short"
    assert len(spread) == len(pd.read_csv(place / "plan" / "supply.csv"))


def test_the_same_seed_gives_the_same_audit(place: Path, tmp_path: Path, run: Run) -> None:
    for name in ("one", "two"):
        run(*asked(place, "--draws", 20, "--seed", 9, "--out", tmp_path / name))
    for path in (tmp_path / "one").glob("*.csv"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    again = run(*asked(place, "--draws", 20, "--seed", 10))
    assert "20 draws of “unsure” (seed 10)" in again.out


def test_a_plan_of_an_earlier_format_is_audited_the_same(
    place: Path, tmp_path: Path, run: Run
) -> None:
    old = Path(shutil.copytree(place / "plan", tmp_path / "old"))
    with np.load(old / "proof.npz") as stored:  # which kept no places of stages
        arrays = {key: stored[key] for key in stored.files if not key.endswith("places")}
    np.savez_compressed(old / "proof.npz", **arrays)
    record = json.loads((old / "plan.json").read_text())
    record["format"] = 2
    (old / "plan.json").write_text(json.dumps(record))
    for plan, name in ((place / "plan", "new"), (old, "old")):
        words = ("audit", plan, "--uncertainty", place / "unsure.toml", "--draws", 20, "--regret")
        assert run(*words, "--out", tmp_path / "of" / name).code == 0
    one, other = (tmp_path / "of" / name / "draws.csv" for name in ("new", "old"))
    assert one.read_bytes() == other.read_bytes()


def test_an_audit_is_replaced_only_if_asked(place: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "a"
    assert run(*asked(place, "--draws", 4, "--out", target)).code == 0
    assert "use --force" in run(*asked(place, "--draws", 4, "--out", target)).err
    assert run(*asked(place, "--draws", 4, "--out", target, "--force")).code == 0


def test_a_plan_made_for_one_future_needs_a_file(place: Path, run: Run) -> None:
    ran = run("audit", place / "plan")
    assert ran.code == 2
    assert "give an uncertainty file with --uncertainty" in " ".join(ran.err.split())
    ran = run("audit", place / "plan", "--uncertainty", "nowhere")
    assert ran.code == 1
    assert "no such uncertainty file" in " ".join(ran.err.split())


def test_the_file_of_a_plan_for_many_futures_is_its_own(
    place: Path, tmp_path: Path, run: Run
) -> None:
    shutil.copytree(place / "plan", tmp_path / "plan")
    (tmp_path / "plan" / "uncertainty.toml").write_text(FILE)
    ran = run("audit", tmp_path / "plan", "--draws", 4)
    assert ran.code == 0
    assert "4 draws of “unsure” (seed 5)" in ran.out


def test_nothing_is_left_to_decide_after_one_year(place: Path, run: Run) -> None:
    out = place / "nothing-left"
    ran = run(*asked(place, "--draws", 4, "--redecide", "--regret", "--out", out))
    assert ran.code == 2
    assert not out.exists()
    assert "the plan decides 1 year: after 1 year nothing is left" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    "more",
    [("--short", "1"), ("--draws", "0"), ("--force",), ("--resume",), ("--kept-years", "1"),
     ("--redecided-draws", "3"), ("--out", "x", "--resume", "--force"),
     ("--processes", "2", "--scheduler", "tcp://127.0.0.1:1")],
)  # fmt: skip
def test_options_that_make_no_sense(more: tuple[str, ...], place: Path, run: Run) -> None:
    assert run(*asked(place, *more)).code == 2
