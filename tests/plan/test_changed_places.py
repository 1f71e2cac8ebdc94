"""Of places that were changed later, verify names the row as well as the tables can say it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from builders import Tiny
from command_line import Run
from samples import model
from some import some

Change = Callable[[Any], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from commission_opt.allocation.allocate import allocate
    from commission_opt.plan.write import write_plan
    from commission_opt.policy_file import parse_policy
    from commission_opt.reading.read import read_instance

    base = tmp_path_factory.mktemp("changed")
    instance = read_instance(Tiny().write(base / "tiny"))
    write_plan(allocate(instance, parse_policy(model(years=2).encode())), base / "plan")
    return base / "plan"


@pytest.fixture
def plan(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "plan"))


def _change(plan: Path, change: Change) -> None:
    path = plan / "allocation.csv"
    table = pd.read_csv(path)
    change(table)
    table.to_csv(path, index=False, lineterminator="\n")


@pytest.mark.each(3)
@pytest.mark.parametrize("line", range(2, 10))
def test_one_changed_place_is_named_by_row_and_column(run: Run, plan: Path, line: int) -> None:
    was = int(pd.read_csv(plan / "allocation.csv")["places"][line - 2])

    def change(table: Any) -> None:
        table.loc[line - 2, "places"] += 5

    _change(plan, change)
    found = run("verify", plan)
    assert found.code == 5
    said = [text for text in found.problems if "allocation.csv" in text]
    named = f"error: allocation.csv row {line}, places: says {was + 5}, but the changes beside it"
    assert any(text.startswith(named) for text in said)
    assert any("allocation.csv: was changed after the plan was made" in text for text in said)
    assert run("explain", plan).code == 1


@pytest.mark.each(3)
@pytest.mark.parametrize("line", range(2, 10))
def test_a_place_changed_with_what_stands_beside_it_is_found_by_the_other_tables(
    run: Run, plan: Path, line: int
) -> None:
    was = int(pd.read_csv(plan / "allocation.csv")["places"][line - 2])

    def change(table: Any) -> None:
        table.loc[line - 2, ["places", "change"]] += 5
        if line % 2 == 0:  # the first of two years
            table.loc[line - 1, "change"] -= 5

    _change(plan, change)
    found = run("verify", plan, "--json")
    assert found.code == 5
    assert not json.loads(found.out)["holds"]
    named = f"row {line}, places: says {was + 5}, but the other tables were made with {was}"
    assert any(named in text for text in found.problems)


def test_of_several_changed_places_the_professions_are_named(run: Run, plan: Path) -> None:
    def change(table: Any) -> None:
        for row in (0, 4):
            table.loc[row, ["places", "change"]] += 5
            table.loc[row + 1, "change"] -= 5

    _change(plan, change)
    found = run("verify", plan)
    assert found.code == 5
    for profession in ("adult", "child"):
        assert any(f"places of '{profession}' from here on" in text for text in found.problems)
    assert not any("places of 'gp'" in text for text in found.problems)


SPOILT: dict[str, tuple[Callable[[Path], object], int]] = {
    "supply": (lambda p: _digit(p / "supply.csv"), 5),
    "budgets": (lambda p: _digit(p / "budgets.csv"), 5),
    "placements": (lambda p: _digit(p / "placements.csv"), 5),
    "no table": (lambda p: (p / "supply.csv").unlink(), 5),
    "a bound": (lambda p: _record(p, "bound", 0.0), 5),
    "a count": (lambda p: _record(p, "counts", "places", 1), 5),
    "a signature": (lambda p: (p / "signoff.jsonl").write_text("{}\n", "utf-8"), 5),
    "places no number": (lambda p: _places(p, "many"), 1),
    "places not finite": (lambda p: _places(p, "nan"), 1),
    "a course gone": (lambda p: _change(p, lambda t: t.loc.__setitem__((0, "course"), "gone")), 1),
    "no allocation": (lambda p: (p / "allocation.csv").unlink(), 1),
    "an input": (lambda p: _digit(p / "instance" / "demand.csv"), 1),
    "an input gone": (lambda p: (p / "instance" / "demand.csv").unlink(), 1),
    "a table more": (lambda p: (p / "instance" / "more.csv").write_text("a", "utf-8"), 1),
    "the model": (lambda p: (p / "model.toml").write_text("", "utf-8"), 1),
    "no proof": (lambda p: (p / "proof.npz").unlink(), 1),
    "half a proof": (lambda p: (p / "proof.npz").write_bytes(b"PK"), 1),
    "half a record": (lambda p: (p / "plan.json").write_text("{", "utf-8"), 1),
    "no record": (lambda p: (p / "plan.json").unlink(), 2),
    "another format": (lambda p: _record(p, "format", 99), 2),
}


def _digit(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    lines[-1] += "5"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _places(plan: Path, text: str) -> None:
    _change(plan, lambda table: table.__setitem__("places", [text] * len(table)))


def _record(plan: Path, *path: object) -> None:
    record = json.loads((plan / "plan.json").read_text("utf-8"))
    inside: Any = record
    *keys, last, value = path
    for key in keys:
        inside = inside[key]
    inside[last] = value
    (plan / "plan.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.each(2)
@pytest.mark.parametrize("kind", some(SPOILT, 3))
def test_exit_codes_are_those_that_are_documented(run: Run, plan: Path, kind: str) -> None:
    spoil, code = SPOILT[kind]
    spoil(plan)
    assert run("verify", plan).code == code
    assert run("sign", plan, "--role", "analyst", "--name", "Ann").code in (1, 2, 5)
