import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import sweep_chunks
from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.solvers.status import Watch
from commission_opt.workers.cluster import dask
from commission_opt.workers.executor import Failure

CHUNKS = {n: [n, n + 1] for n in range(10, 18)}
DOUBLED = {n: [2 * n, 2 * n + 2] for n in CHUNKS}


def test_without_distributed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"commission-opt\[dask\]"):
        dask("tcp://127.0.0.1:1")


@contextmanager
def started() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        protocol="tcp",
        dashboard_address=":0",
        silence_logs=50,
    ) as made:
        yield made


@pytest.fixture(scope="module")
def shared() -> Iterator[Any]:
    with started() as made:
        yield made


@pytest.fixture
def cluster(shared: Any) -> Iterator[Any]:
    """A cluster of two workers, which those that are killed have joined again afterwards.

    To close it while a worker starts can fail, as the scheduler loses the worker it retires.
    """
    yield shared
    shared.wait_for_workers(2, timeout=120)


def test_every_chunk_is_worked_once(cluster: Any) -> None:
    came = list(dask(cluster.scheduler_address)(sweep_chunks.doubled, CHUNKS, Watch()))
    assert len(came) == len(CHUNKS)
    assert dict(came) == DOUBLED


def test_an_exception_is_the_failure_of_its_chunk(cluster: Any) -> None:
    came = dict(dask(cluster.scheduler_address)(sweep_chunks.wrong, CHUNKS, Watch()))
    assert came[12] == Failure("ValueError: 13 will not do", lost=False)
    assert came[10] == DOUBLED[10]


def test_an_error_of_usage_ends_it_all(cluster: Any) -> None:
    with pytest.raises(UsageError, match="this worker will not"):
        list(dask(cluster.scheduler_address)(sweep_chunks.refused, CHUNKS, Watch()))


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
def test_a_worker_killed_midway_costs_nothing(cluster: Any) -> None:
    came: dict[int, Any] = {}
    for n, values in dask(cluster.scheduler_address)(sweep_chunks.slowly_doubled, CHUNKS, Watch()):
        if not came:
            os.kill(_pids(cluster)[0], signal.SIGKILL)
        came[n] = values
    assert came == DOUBLED


@pytest.mark.slow
def test_a_chunk_that_kills_its_workers_fails_and_the_others_do_not(cluster: Any) -> None:
    chunks = {n: [n] for n in (10, 11, 13, 14)}
    came = dict(dask(cluster.scheduler_address)(sweep_chunks.deadly, chunks, Watch()))
    assert isinstance(came[13], Failure)
    assert came[13].lost
    assert came[10] == [20]


@pytest.mark.slow
def test_a_stopped_watch_ends_it(cluster: Any) -> None:
    watch, came = Watch(), 0
    for _ in dask(cluster.scheduler_address)(sweep_chunks.slowly_doubled, CHUNKS, watch):
        came += 1
        watch.stop()
    assert 1 <= came < len(CHUNKS)


@pytest.mark.slow
def test_a_scheduler_that_goes_away_is_told_of() -> None:
    with started() as cluster:
        execute = dask(cluster.scheduler_address, patience=3.0)
        coming = execute(sweep_chunks.slowly_doubled, CHUNKS, Watch())
        next(coming)
    with pytest.raises(CommissionOptError, match="went away"):
        list(coming)


@pytest.mark.slow
def test_no_scheduler_is_told_of() -> None:
    pytest.importorskip("distributed", reason="distributed is not installed")
    coming = dask("tcp://127.0.0.1:9", patience=2.0)(sweep_chunks.doubled, CHUNKS, Watch())
    with pytest.raises(UsageError, match="no Dask scheduler answers"):
        list(coming)


@pytest.mark.slow
def test_a_scheduler_without_workers_is_told_of() -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    with distributed.LocalCluster(
        n_workers=0, processes=True, protocol="tcp", dashboard_address=":0", silence_logs=50
    ) as made:
        address = made.scheduler_address
        with pytest.raises(UsageError, match="has no workers"):
            list(dask(address, patience=1.0)(sweep_chunks.doubled, CHUNKS, Watch()))


def _pids(cluster: Any) -> list[int]:
    return [nanny.pid for nanny in cluster.workers.values()]
