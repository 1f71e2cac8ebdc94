import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from builders import Tiny
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import InputError, UsageError
from commission_opt.plan.read import is_plan, read_plan
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from samples import model
from some import some


@pytest.fixture(scope="module", params=[False, True], ids=["whole", "relaxed"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Allocation:
    folder = Tiny().write(tmp_path_factory.mktemp("tiny"))
    policy = parse_policy(model(years=2).encode())
    policy = policy.relaxed() if request.param else policy
    return allocate(read_instance(folder), policy, Limits(seconds=20))


@pytest.fixture
def folder(made: Allocation, tmp_path: Path) -> Path:
    write_plan(made, tmp_path / "plan")
    return tmp_path / "plan"


def test_a_plan_reads_back_as_it_was(made: Allocation, folder: Path) -> None:
    plan = read_plan(folder)
    assert is_plan(folder)
    assert np.array_equal(plan.places, made.places)
    assert np.array_equal(plan.outcome.shortfall, made.outcome.shortfall)
    assert plan.policy == made.policy
    assert plan.record["objective"] == made.certificate.objective


def test_a_folder_without_a_record_is_no_plan(tmp_path: Path) -> None:
    assert not is_plan(tmp_path)
    with pytest.raises(UsageError, match=r"is no plan: it has no plan\.json"):
        read_plan(tmp_path)


def _record(change: Callable[[dict[str, object]], object]) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        record = json.loads((folder / "plan.json").read_text("utf-8"))
        change(record)
        (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")

    return spoil


def _text(file: str, old: str, new: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "message"),
    some(
        [
            (_text("instance/courses.csv", "60", "61"), "instance/courses.csv: was changed after"),
            (_text("model.toml", "0.035", "0.04"), "model.toml: was changed after"),
            (lambda f: (f / "instance" / "demand.csv").unlink(), "instance/demand.csv: is missing"),
            (lambda f: (f / "model.toml").unlink(), "model.toml: is missing from the plan"),
            (
                lambda f: (f / "instance" / "joiners2.csv").write_text("a"),
                "instance/joiners2.csv: was not there when the plan was made",
            ),
            (lambda f: (f / "allocation.csv").unlink(), "allocation.csv: is missing from the plan"),
            (_text("allocation.csv", "adult-coast", "adult-crest"), "allocation.csv row 4, course"),
            (_text("allocation.csv", "places,", "seats,"), "allocation.csv: cannot be read"),
            (_text("plan.json", "{", "["), "plan.json: is not the record of a plan"),
            (
                _record(lambda r: r.pop("stages")),
                "plan.json: is not the record of a plan: no stages",
            ),
            (_record(lambda r: r.pop("hashes")), "plan.json: is not the record of a plan"),
        ],
        3,
    ),
)
def test_what_was_changed_is_named(
    folder: Path, spoil: Callable[[Path], object], message: str
) -> None:
    spoil(folder)
    with pytest.raises(InputError) as error:
        read_plan(folder)
    assert message in str(error.value)


def test_everything_that_was_changed_is_named_at_once(folder: Path) -> None:
    _text("model.toml", "0.035", "0.04")(folder)
    _text("instance/courses.csv", "60", "61")(folder)
    (folder / "instance" / "demand.csv").unlink()
    with pytest.raises(InputError) as error:
        read_plan(folder)
    assert [p.file for p in error.value.problems] == [
        "instance/courses.csv", "instance/demand.csv", "model.toml",
    ]  # fmt: skip


def test_other_places_are_refused(folder: Path) -> None:
    table = (folder / "allocation.csv").read_text("utf-8").splitlines()
    cells = table[1].split(",")
    at = table[0].split(",").index("places")
    cells[at] = str(float(cells[at]) - 5)
    (folder / "allocation.csv").write_text("\n".join([table[0], ",".join(cells), *table[2:], ""]))
    with pytest.raises(
        InputError,
        match=r"allocation\.csv, places: the places and units and those deployed lead to .* one of",
    ):
        read_plan(folder)


def test_a_plan_of_another_format_is_refused(folder: Path) -> None:
    _record(lambda record: record.update(format=99))(folder)
    with pytest.raises(UsageError, match="is a plan of format 99"):
        read_plan(folder)


@pytest.mark.each(2)
def test_a_plan_can_be_moved(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "sent to someone"
    shutil.move(folder, moved)
    assert read_plan(moved).folder == moved
