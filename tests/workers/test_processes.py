import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import sweep_chunks
from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.solvers.status import Watch
from commission_opt.workers.executor import Failure
from commission_opt.workers.processes import local
from started import start

_FOR_EVER = "process_id_and_count_for_ever, {0: False, 1: True}"
CHUNKS = {n: [n, n + 1] for n in range(10, 18)}
DOUBLED = {n: [2 * n, 2 * n + 2] for n in CHUNKS}


@pytest.mark.parametrize("processes", [1, 3])
def test_every_chunk_is_worked_once(processes: int) -> None:
    came = list(local(processes)(sweep_chunks.doubled, CHUNKS, Watch()))
    assert len(came) == len(CHUNKS)
    assert dict(came) == DOUBLED


def test_no_chunks_are_no_work() -> None:
    assert list(local(2)(sweep_chunks.doubled, {}, Watch())) == []


def test_a_chunk_that_kills_its_process_fails_and_the_others_do_not() -> None:
    came = dict(local(2)(sweep_chunks.deadly, CHUNKS, Watch()))
    assert came.keys() == CHUNKS.keys()
    for n in (12, 13):
        assert isinstance(came[n], Failure)
        assert came[n].lost
        assert "exit code 7" in came[n].reason
        del came[n]
    assert came == {n: DOUBLED[n] for n in came}


def test_a_chunk_whose_process_died_is_given_to_another(tmp_path: Path) -> None:
    chunks = {n: (tmp_path, values) for n, values in CHUNKS.items()}
    assert dict(local(2)(sweep_chunks.deadly_once, chunks, Watch())) == DOUBLED


def test_an_exception_is_the_failure_of_its_chunk() -> None:
    came = dict(local(1)(sweep_chunks.wrong, CHUNKS, Watch()))
    assert came[12] == came[13] == Failure("ValueError: 13 will not do", lost=False)
    assert came[10] == DOUBLED[10]


def test_an_error_of_usage_ends_it_all() -> None:
    with pytest.raises(UsageError, match="this worker will not"):
        list(local(2)(sweep_chunks.refused, CHUNKS, Watch()))
    assert multiprocessing.active_children() == []


def test_workers_that_cannot_start_are_told_of() -> None:
    with pytest.raises(CommissionOptError, match="before they can start"):
        list(local(1)(_OnlyHere(), CHUNKS, Watch()))


class _OnlyHere:
    """Cannot be unpickled."""

    def __call__(self, chunk: Any) -> Any:
        return chunk

    def __reduce__(self) -> Any:
        return os._exit, (3,)


def test_processes_are_recycled() -> None:
    ids = dict(local(1, recycled_after=3)(sweep_chunks.process_id, CHUNKS, Watch()))
    assert len(set(ids.values())) == 3
    assert os.getpid() not in ids.values()


def test_each_process_has_one_thread() -> None:
    before = dict(os.environ)
    assert dict(local(1)(sweep_chunks.threads, {0: []}, Watch())) == {0: "1"}
    assert dict(os.environ) == before


def test_no_module_of_the_current_folder_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("multiprocessing", "typing", "numpy"):
        (tmp_path / f"{name}.py").write_text("open('it ran', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert dict(local(1)(sweep_chunks.doubled, CHUNKS, Watch())) == DOUBLED
    assert not (tmp_path / "it ran").exists()


def test_a_stopped_watch_ends_it_and_its_processes() -> None:
    watch, came = Watch(), 0
    for _ in local(2)(sweep_chunks.slowly_doubled, CHUNKS, watch):
        came += 1
        watch.stop()
    assert 1 <= came < len(CHUNKS)
    assert multiprocessing.active_children() == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("busy", ["process_id_and_nap, {0: 0, 1: 120}", _FOR_EVER])
def test_workers_end_with_a_killed_parent(busy: str) -> None:
    code = (
        "import sweep_chunks\n"
        "from commission_opt.solvers.status import Watch\n"
        "from commission_opt.workers.processes import local\n"
        f"for _, pid in local(1)(sweep_chunks.{busy}, Watch()):\n"
        "    print(pid, flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = start([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    time.sleep(0.5)  # by now it has the long chunk
    os.kill(worker, 0)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _wait_for_end(worker)


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
def test_a_killed_worker_costs_nothing() -> None:
    came: dict[int, Any] = {}
    for n, values in local(2)(sweep_chunks.slowly_doubled, CHUNKS, Watch()):
        if len(came) in (1, 4):
            os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
        came[n] = values
    assert came == DOUBLED


def _wait_for_end(pid: int) -> None:
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError("the worker lives on")
