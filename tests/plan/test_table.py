"""Files of a plan of anybody: what is no file, or has no end, is said and never waited for."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from builders import Tiny
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import CommissionOptError
from commission_opt.plan.read import read_plan
from commission_opt.plan.sign import FILE, HEAD, Role, sign, sign_off, state_of
from commission_opt.plan.table import number_in, read_table
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from samples import model
from some import some

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no pipes and alarms there")
READ = [
    "plan.json", "model.toml", "proof.npz", "allocation.csv", "supply.csv", "budgets.csv",
    "placements.csv", "instance/demand.csv", "instance/instance.toml",
]  # fmt: skip


def endless(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**40)  # takes no room


PLACES: list[Callable[[Path], object]] = [
    os.mkfifo, endless, Path.mkdir,
    lambda path: path.symlink_to("/dev/zero"),
    lambda path: path.symlink_to(path.name),
]  # fmt: skip
NAMES = ["pipe", "endless", "folder", "device", "circle"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("kept")
    found = allocate(read_instance(Tiny().write(base / "tiny")), parse_policy(model().encode()))
    write_plan(found, base / "plan")
    return base / "plan"


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a signed plan, and end what waits for ever."""
    folder = Path(shutil.copytree(kept, tmp_path / "plan"))
    sign(read_plan(folder), Role.analyst, "Ann", "")

    def waited(*_: object) -> None:
        raise AssertionError("it waited for a file that has no end")

    before = signal.signal(signal.SIGALRM, waited)
    signal.alarm(60)
    yield folder
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def told(folder: Path) -> str:
    """Say what is wrong with a plan."""
    try:
        plan = read_plan(folder, judged=False)
        found = verify(plan)
        signed = sign_off(folder)
        assert not (found.holds and signed.whole)
        return "\n".join(map(str, [*found.problems, *signed.problems]))
    except CommissionOptError as error:
        return str(error)


@pytest.mark.each(4)
@pytest.mark.parametrize("place", some(PLACES, 3), ids=NAMES)
@pytest.mark.parametrize("name", READ)
def test_what_is_no_file_of_a_plan_is_named(
    folder: Path, name: str, place: Callable[[Path], object]
) -> None:
    plan = read_plan(folder)
    before = state_of(plan)
    (folder / name).unlink()
    place(folder / name)
    assert name in told(folder)
    assert state_of(plan) != before


@pytest.mark.each(3)
@pytest.mark.parametrize("place", PLACES, ids=NAMES)
@pytest.mark.parametrize("name", [FILE, HEAD])
def test_what_is_no_record_of_signatures_is_named(
    folder: Path, name: str, place: Callable[[Path], object]
) -> None:
    plan = read_plan(folder)
    (folder / name).unlink()
    place(folder / name)
    assert not sign_off(folder).whole
    assert FILE in told(folder)
    with pytest.raises(CommissionOptError):
        sign(plan, Role.assurer, "Ben", "")


def test_a_table_of_far_more_rows_than_the_plan_has_is_not_read(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a\n" + 100 * f"{'x' * 2000}\n", encoding="utf-8")
    assert len(read_table(table, 3)) == 100
    table.write_text("a\n" + 600 * f"{'x' * 2000}\n", encoding="utf-8")
    with pytest.raises(OSError, match="it is larger than 1 MiB"):
        read_table(table, 3)
    assert len(read_table(table, 600)) == 600


GOOD = b'course,places\nA,40\n"B, evening",0\n'


def test_a_table_is_read_to_the_letter(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(GOOD + b"NA, 7\n")
    assert read_table(file, 3).to_numpy().tolist() == [
        ["A", "40"], ["B, evening", "0"], ["NA", " 7"],
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", [
    b"",
    b"course,places\n900,A,40\n901,B,0\n",  # not row labels
    b"course,places\nA,40,\n",
    b"course,places\n\nA,40\n",
    b"course,places\nA\n",
    b"course,places,places\nA,40,50\n",
    b'course,places\n"A"x,40\n',
    b'course,places\nA,"40\n',
    GOOD.decode().encode("utf-16"),
])  # fmt: skip
def test_what_others_may_see_otherwise_is_refused(tmp_path: Path, wrong: bytes) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(wrong)
    with pytest.raises(ValueError, match=r"\w"):
        read_table(file, 2)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "1_0", "٤٠", " 4", "4 ", "5\x000", "0x10"])
def test_only_digits_are_numbers(text: str) -> None:
    assert np.isnan(number_in(text))


@pytest.mark.parametrize("value", [0.0, 40.0, 0.1, -1e-300, 1.7976931348623157e308])
def test_numbers_are_read_exactly(value: float) -> None:
    assert number_in(repr(value)) == value
