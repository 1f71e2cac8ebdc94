"""Every command that writes, on every kind of bad day: a sentence, a code, no half file.

The commands come from the program, so that a new one has to be put on one of the lists.
"""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bench_rows import row
from command_line import Run, main_in
from command_tree import commands
from commission_opt.files import beside
from commission_opt.solvers import interrupt
from small_sweeps import MODEL

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="limits and signals of this kind are POSIX"),
    # A workbook that could not be written is closed once more when its memory is freed.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_SOLVED = ["two-by-two", "--model", str(MODEL)]
_SWEPT = [*_SOLVED, "--vary", "budget*=0.9,1", "--relaxed", "--processes", "1"]
WRITES: dict[str, list[str]] = {
    "solve": [*_SOLVED, "--out", "OUT"],
    "reach": ["two-by-two", "--target", "shortfall<=90", "--by", "time", "--out", "OUT"],
    "frontier": [*_SOLVED, "--over", "budget", "--out", "OUT"],
    "sweep run": [*_SWEPT, "--out", "OUT"],
    "sweep export": ["SWEEP", "--out", "OUT"],
    "sweep summary": ["SWEEP", "--out", "OUT"],
    "report": ["PLAN", "--out", "OUT.html"],
    "options": ["PLAN", "--out", "OUT"],
    "export": [*_SOLVED, "--out", "OUT.lp"],
    "generate": ["--professions", "2", "--regions", "2", "--out", "OUT"],
    "scenarios": ["two-by-two", "--uncertainty", "UNSURE.toml", "--out", "OUT"],
    "audit": ["PLAN", "--uncertainty", "UNSURE.toml", "--draws", "4", "--out", "OUT"],
    "room": ["PLAN", "--alternatives", "1", "--within", "0.5", "--out", "OUT"],
    "apply": ["two-by-two", "--change", "demand*=1.1", "--out", "OUT"],
    "explain": ["STUCK", "--model", str(MODEL), "--apply-repair", "1", "--out", "OUT"],
    "workbook new": ["OUT.xlsx"],
    "workbook export": ["two-by-two", "OUT.xlsx"],
    "workbook import": ["BOOK.xlsx", "OUT"],
    "workbook merge": ["BOOK.xlsx", "COPY.xlsx", "--out", "OUT.xlsx"],
    "bench baseline": ["ROWS.jsonl", "--out", "OUT.jsonl"],
    "bench compare": ["ROWS.jsonl", "ROWS.jsonl", "--junit", "OUT.xml"],
    "bench summary": ["ROWS.jsonl", "--out", "OUT"],
    "bench library": ["LIBRARY", "--export", "OUT"],
}
ADDS = {"sign", "bench run", "serve"}  # to what is there, line by line: tests of their own
READS = {
    "verify", "replay", "ledger", "compare", "check", "list", "describe", "solvers",
}  # fmt: skip


_LONG = ("explain", "room", "frontier", "report", "options")  # seconds each
_BOOKS = ("workbook new", "workbook merge")  # of which one other command is met on other days


def _names(day: int) -> list[Any]:
    """The commands: the normal set has half of the short ones on day 0, a third on others."""
    kept = [
        n
        for k, n in enumerate(WRITES)
        if n not in (*_LONG, *_BOOKS) and (k + day) % (3 if day else 2) == 0
    ]
    return [pytest.param(n, marks=[] if n in kept else [pytest.mark.slow], id=n) for n in WRITES]


def test_no_command_is_forgotten() -> None:
    assert commands().keys() == WRITES.keys() | ADDS | READS


@pytest.fixture(scope="module", autouse=True)
def _freed() -> Iterator[None]:
    """Free what these tests left before tests of other files run."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the commands read: a plan, a sweep, workbooks, rows, an instance without a plan."""
    folder = tmp_path_factory.mktemp("made")
    main_in(folder, "solve", *_SOLVED, "--out", "PLAN")
    main_in(folder, "sweep", *_SWEPT, "--out", "SWEEP")
    main_in(folder, "workbook", "export", "two-by-two", "BOOK.xlsx")
    shutil.copy(folder / "BOOK.xlsx", folder / "COPY.xlsx")
    (folder / "UNSURE.toml").write_text(
        'name = "unsure"\ndraws = 4\n[[uncertain]]\nname = "demand"\nfigures = "demand"\n'
        'how = "*="\nnormal = [1, 0.1]\n'
    )
    (folder / "LIBRARY").mkdir()
    (folder / "LIBRARY" / "library.toml").write_text(
        'name = "l"\ntitle = "L"\n[[case]]\ninstance = "two-by-two"\nmodel = "own"\n'
    )
    (folder / "ROWS.jsonl").write_text(json.dumps(row()) + "\n")
    shutil.copytree(MODEL.parent, folder / "STUCK")
    budgets = folder / "STUCK" / "budgets.csv"
    budgets.write_text(budgets.read_text("utf-8").replace("2026,600000", "2026,200000"))
    (folder / "STUCK" / "commitments.csv").write_text(
        "commitment,profession,first_year,last_year,min_places,owner,reason\n"
        "more nurses,nurse,2026,2026,40,board,agreed\n"
    )
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work where the commands find what they read."""
    monkeypatch.chdir(made)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # else it would be cut short too
    return tmp_path


def _arguments(name: str, out: Path, *, force: bool = False) -> list[str]:
    words = [word.replace("OUT", str(out), 1) for word in WRITES[name]]
    return [*name.split(), *words, *["--force"] * (force and name != "bench compare")]


def _refused(ran: Any, folder: Path, target: str) -> None:
    assert ran.code == 2, ran.err
    [said] = [line for line in _sentences(ran.err) if "cannot be writ" in line]
    assert target in said
    assert list(folder.iterdir()) == []


def _sentences(text: str) -> list[str]:
    """The last thing said, which may run over several lines."""
    *_, last = text.split("commission-opt: ")
    return [" ".join(last.split())]


@pytest.mark.each(4)
@pytest.mark.parametrize("name", _names(0))
def test_a_file_that_may_not_grow(name: str, place: Path, run: Run) -> None:
    import resource

    out = place / "medium"
    out.mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        ran = run(*_arguments(name, out / "t"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    _refused(ran, out, str(out / "t"))


@pytest.fixture
def medium(place: Path) -> Iterator[Path]:
    """A disk of its own, empty and small."""
    folder = place / "medium"
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(options, check=False).returncode:
        pytest.skip("only root can mount a disk that fills up")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", _names(1))
def test_a_full_disk(name: str, medium: Path, run: Run) -> None:
    (medium / "filler").write_bytes(bytes(4096))
    with (medium / "filler2").open("wb", buffering=0) as file:
        file.write(bytes(4096))
    ran = run(*_arguments(name, medium / "t"))
    for filler in medium.glob("filler*"):
        filler.unlink()
    _refused(ran, medium, str(medium / "t"))
    assert "disk is full" in " ".join(ran.err.split())


@pytest.mark.each(4)
@pytest.mark.parametrize("name", _names(2))
def test_a_medium_that_can_only_be_read(name: str, medium: Path, run: Run) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(medium)], check=True)
    _refused(run(*_arguments(name, medium / "t")), medium, str(medium))


@pytest.mark.parametrize("name", _names(3))
def test_a_folder_that_vanishes(
    name: str, place: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    out, given = place / "gone", beside._name
    out.mkdir()

    def vanishing(target: Path, what: str) -> Path:
        shutil.rmtree(out)
        return given(target, what)

    monkeypatch.setattr(beside, "_name", vanishing)
    ran = run(*_arguments(name, out / "t"))
    _refused(ran, place, str(out / "t"))
    assert "is gone" in " ".join(ran.err.split())


@pytest.fixture
def _signals() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.slow
@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize("name", _names(4))
def test_the_system_ends_it_while_it_writes(
    name: str, place: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    given, number = beside._lock, signal.SIGHUP if len(name) % 2 else signal.SIGTERM

    def ended(path: Path) -> int | None:
        lock = given(path)
        if ".part-" in path.name:
            os.kill(os.getpid(), number)
        return lock

    def leave(code: int) -> NoReturn:
        raise SystemExit(code)

    monkeypatch.setattr(beside, "_lock", ended)
    monkeypatch.setattr(interrupt, "_GRACE", 60.0)  # other tests may keep the machine busy
    monkeypatch.setattr(os, "_exit", leave)
    ran = run(*_arguments(name, place / "t"))
    assert ran.code == 143
    assert _sentences(ran.err) == [f"ended by {signal.Signals(number).name}"]
    if name == "audit":  # which goes on with what it has done so far
        assert [path.name for path in place.iterdir()] == ["t"]
    elif name != "sweep run":  # which makes its store in a thread that ends with the process
        assert list(place.iterdir()) == []


@pytest.mark.each(4)
@pytest.mark.parametrize("name", _names(5))
def test_what_is_there_stays_if_it_cannot_be_replaced(name: str, place: Path, run: Run) -> None:
    import resource

    out = place / "t"
    assert run(*_arguments(name, out)).code in (0, 130)
    old = {path: path.is_file() and path.read_bytes() for path in sorted(place.rglob("*"))}
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        ran = run(*_arguments(name, out, force=True))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ran.code == 2, ran.err
    assert {p: p.is_file() and p.read_bytes() for p in sorted(place.rglob("*"))} == old
