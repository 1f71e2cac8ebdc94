import multiprocessing
import os
import signal
import tracemalloc
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from commission_opt.errors import InputError, UsageError
from commission_opt.scenario.scenario import Scenario
from commission_opt.solvers.status import Watch
from commission_opt.sweep.row import row_of
from commission_opt.sweep.run import Progress, Sweep, usual_chunk, work_out
from commission_opt.sweep.store import exists, reading
from commission_opt.workers.cluster import dask
from commission_opt.workers.executor import Failure
from commission_opt.workers.processes import local
from samples import model, policy, sample
from small_sweeps import CHUNK, SIZE, here, kept, small


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    return small()


@pytest.fixture(scope="module")
def uninterrupted(sweep: Sweep, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "uninterrupted"
    work_out(sweep, folder, here)
    return folder


def failing(
    wrong: Mapping[int, Failure],
    function: Callable[[Any], Any],
    chunks: Mapping[int, Any],
    watch: Watch,
) -> Generator[tuple[int, Any]]:
    """Work in this process, with failures of some chunks."""
    for number, reply in here(function, chunks, watch):
        yield number, wrong.get(number, reply)


def test_every_scenario_has_a_row(sweep: Sweep, uninterrupted: Path) -> None:
    assert sweep.size == SIZE
    with reading(uninterrupted) as store:
        assert [row.number for row in store.rows()] == list(range(SIZE))
        assert sum(store.counts().values()) == SIZE


@pytest.mark.slow
@pytest.mark.parametrize("processes", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_the_number_of_processes_changes_nothing(
    processes: int, sweep: Sweep, uninterrupted: Path, tmp_path: Path
) -> None:
    work_out(sweep, tmp_path / "s", local(processes, recycled_after=4))
    assert kept(tmp_path / "s") == kept(uninterrupted)


def test_a_stopped_sweep_keeps_what_is_done_and_goes_on(
    sweep: Sweep, uninterrupted: Path, tmp_path: Path
) -> None:
    folder, progress = tmp_path / "s", Progress()

    def stopping(
        function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
    ) -> Generator[tuple[int, Any]]:
        for came, reply in enumerate(here(function, chunks, watch)):
            if came == 3:
                watch.stop()
            yield reply

    work_out(sweep, folder, stopping, progress)
    assert (progress.done, progress.total) == (4 * CHUNK, SIZE)
    progress = Progress()
    work_out(sweep, folder, here, progress, resume=True)
    assert (progress.before, progress.done) == (4 * CHUNK, SIZE)
    assert kept(folder) == kept(uninterrupted)


@pytest.mark.slow
def test_what_is_done_is_not_done_again(sweep: Sweep, tmp_path: Path) -> None:
    work_out(sweep, tmp_path / "s", here)

    def never(
        _function: Callable[[Any], Any], chunks: Mapping[int, Any], _watch: Watch
    ) -> Generator[tuple[int, Any]]:
        assert not chunks
        yield from ()

    progress = Progress()
    work_out(sweep, tmp_path / "s", never, progress, resume=True)
    assert progress.done == progress.before == SIZE


@pytest.mark.slow
def test_a_scenario_that_cannot_be_is_a_row_with_its_reason(tmp_path: Path) -> None:
    with_rates_beyond_one = small(("leaver_rate*=1,50", "budget*=0.5,1"), chunk=2)
    work_out(with_rates_beyond_one, tmp_path / "s", local(1))
    with reading(tmp_path / "s") as store:
        rows = list(store.rows())
    assert [row.status for row in rows] == ["optimal", "optimal", "invalid", "invalid"]
    assert all("leaver_rate" in row.reason for row in rows[2:])
    assert all(row.places is None and not row.measures for row in rows[2:])


@pytest.mark.slow
def test_a_chunk_that_fails_is_rows_with_its_reason(
    sweep: Sweep, uninterrupted: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "s"
    broken = {2: Failure("out of memory", lost=True), 5: Failure("no luck", lost=False)}
    work_out(sweep, folder, partial(failing, broken))
    with reading(folder) as store:
        assert store.counts()["error"] == 2 * CHUNK
        assert store.tally("status", "reason") == [
            ("error", "no luck", CHUNK),
            ("error", "out of memory", CHUNK),
        ]
    progress = Progress()
    work_out(sweep, folder, here, progress, resume=True)  # tries again what died
    assert progress.before == SIZE - CHUNK
    with reading(folder) as store:
        assert store.counts()["error"] == CHUNK
    same = [row for row in kept(uninterrupted)["scenario"] if row[1] != 5]
    assert [row for row in kept(folder)["scenario"] if row[1] != 5] == same


def test_a_resume_with_other_scenarios_or_options_is_refused(sweep: Sweep, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    work_out(small(("budget*=1,1.1",)), folder, here)
    before = kept(folder)
    other_work = replace(sweep.work, model=sweep.work.model + b"\n# other\n")
    for other, words in (
        (sweep, "scenarios: not the same"),
        (small(("budget*=1,1.1",), chunk=7), "chunk is 7, was 4"),
        (small(("budget*=1,1.1",), relaxed=False), "relaxed is false, was true"),
        (replace(sweep, work=other_work), "model.toml: not the same"),
    ):
        with pytest.raises(UsageError) as refused:
            work_out(other, folder, here, resume=True)
        assert words in str(refused.value)
    assert kept(folder) == before


@pytest.mark.slow
def test_a_folder_is_not_overwritten_without_force(sweep: Sweep, tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "mine.txt").write_text("keep me")
    for resume in (False, True):
        with pytest.raises(UsageError, match="--force"):
            work_out(sweep, folder, here, resume=resume)
    with pytest.raises(UsageError, match="even with --force"):
        work_out(sweep, folder, here, force=True)
    (folder / "mine.txt").unlink()
    work_out(sweep, folder, here)
    with pytest.raises(UsageError, match="use --force"):
        work_out(sweep, folder, here)
    work_out(sweep, folder, here, force=True)
    assert exists(folder)


@pytest.mark.slow
def test_resuming_nothing_starts(sweep: Sweep, uninterrupted: Path, tmp_path: Path) -> None:
    work_out(sweep, tmp_path / "s", here, resume=True)
    assert kept(tmp_path / "s") == kept(uninterrupted)


def test_progress_knows_rate_and_time_left() -> None:
    progress = Progress()
    assert progress.remaining is None
    progress.begin(10, 2, 1)
    assert progress.remaining is None
    progress.count([replace(row_of(0, Scenario("a")), places=np.zeros((1, 1)))] * 3)
    progress.count([row_of(3, Scenario("b"))])
    assert (progress.done, progress.unplanned) == (6, 2)
    assert progress.rate > 0
    assert progress.remaining is not None


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Answers of 100 MB in all go through, and never more than a few chunks of them are held."""
    sweep = small(("budget*=0.5:1.5:0.01",), chunk=1)
    courses = len(sweep.work.files)

    def large(
        _function: Callable[[Any], Any], chunks: Mapping[int, Any], _watch: Watch
    ) -> Generator[tuple[int, Any]]:
        for number, chunk in chunks.items():
            places = np.zeros((courses, 131_072 // courses))
            yield number, [replace(row_of(*chunk[0]), places=places)]

    tracemalloc.start()
    try:
        work_out(sweep, tmp_path / "s", large)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sweep.size == 101
    assert most < 10 * 2**20


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
def test_workers_killed_midway_cost_nothing(
    sweep: Sweep, uninterrupted: Path, tmp_path: Path
) -> None:
    def killing(
        function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
    ) -> Generator[tuple[int, Any]]:
        for came, reply in enumerate(local(2)(function, chunks, watch)):
            if came in (0, 4):
                os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)
            yield reply

    work_out(sweep, tmp_path / "s", killing)
    assert kept(tmp_path / "s") == kept(uninterrupted)


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.slow
@pytest.mark.parametrize("killed", [False, True])
def test_a_cluster_gives_the_same(
    killed: bool, sweep: Sweep, uninterrupted: Path, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, protocol="tcp",
        dashboard_address=":0", silence_logs=50,
    ) as cluster:  # fmt: skip

        def execute(
            function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
        ) -> Generator[tuple[int, Any]]:
            coming = dask(cluster.scheduler_address)(function, chunks, watch)
            for came, reply in enumerate(coming):
                if killed and came == 1:
                    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
                yield reply

        work_out(sweep, tmp_path / "s", execute)
        cluster.wait_for_workers(2, timeout=120)  # to close it while one starts can fail
    assert kept(tmp_path / "s") == kept(uninterrupted)


@pytest.mark.slow
def test_an_instance_that_is_not_valid_fails_every_scenario(sweep: Sweep, tmp_path: Path) -> None:
    files = tuple((n, b"x" if n == "demand.csv" else c) for n, c in sweep.work.files)
    broken = replace(sweep, work=replace(sweep.work, files=files))
    work_out(broken, tmp_path / "s", local(1))
    with reading(tmp_path / "s") as store:
        [(status, reason, n)] = store.tally("status", "reason")
    assert (status, n) == ("error", SIZE)
    assert InputError.__name__ in reason


def test_chunks_are_smaller_the_longer_a_scenario_takes() -> None:
    short, wide = policy(model(1)), policy(model(2))
    instance = sample(2, 2, 2, 0).instance
    assert usual_chunk(instance, wide, 1000, relaxed=True) == 50
    assert usual_chunk(instance, wide, 1000, relaxed=False) == 5
    courses = pd.concat([instance.courses] * 400)
    many = replace(instance, courses=courses)
    assert len(courses) == 1_600
    assert usual_chunk(many, short, 1000, relaxed=True) == 50
    assert usual_chunk(many, wide, 1000, relaxed=True) == 20


def test_few_scenarios_make_several_chunks_too() -> None:
    one, instance = policy(model(1)), sample(2, 2, 2, 0).instance
    sizes = [usual_chunk(instance, one, count, relaxed=True) for count in (1, 20, 45, 100, 1000)]
    assert sizes == [5, 5, 12, 25, 50]
    assert usual_chunk(instance, one, 45, relaxed=False) == 5
