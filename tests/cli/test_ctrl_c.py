"""Ctrl-C, pressed again and again while what was found is proved and written, loses nothing."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from command_line import Run
from commission_opt.allocation import allocate, decided
from commission_opt.frontier import write as curve_files
from commission_opt.plan import write as plan
from commission_opt.sweep.store import Store
from small_sweeps import MODEL, count

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX"),
    pytest.mark.usefixtures("_heeded"),
]


def _pressed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Do the same with Ctrl-C pressed twice before."""

    def pressed(*arguments: Any, **options: Any) -> Any:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
        return function(*arguments, **options)

    return pressed


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("module", "name"),
    [
        (allocate, "certify"),
        (plan, "plan_record"),
        (decided, "plan_tables"),
        (plan, "write_proofs"),
    ],
)
def test_a_plan_is_written(
    module: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(module, name, _pressed(getattr(module, name)))
    ran = run("solve", "two-by-two", "--model", MODEL, "--out", tmp_path / "plan")
    assert ran.code in (0, 130), ran.err
    monkeypatch.undo()
    assert run("verify", tmp_path / "plan").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_a_frontier_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(curve_files, "curve_record", _pressed(curve_files.curve_record))
    out = tmp_path / "frontier"
    ran = run("frontier", "two-by-two", "--model", MODEL, "--over", "budget", "--out", out)
    assert ran.code in (0, 130), ran.err
    assert json.loads((out / "frontier.json").read_text("utf-8"))["points"]


@pytest.mark.slow
def test_a_chunk_of_a_sweep_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setattr(Store, "add", _pressed(Store.add))
    out = tmp_path / "s"
    arguments = [
        "sweep", "two-by-two", "--model", MODEL, "--vary", "budget*=0.8,0.9,1", "--relaxed",
        "--chunk", "1", "--processes", "1", "--out", out,
    ]  # fmt: skip
    ran = run(*arguments)
    assert ran.code == 130, ran.err
    assert "--resume" in ran.err
    assert 0 < count(out) < 3
    monkeypatch.undo()
    assert run(*arguments, "--resume").code == 0
    assert count(out) == 3
