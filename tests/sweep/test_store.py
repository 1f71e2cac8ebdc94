import math
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commission_opt.errors import UsageError
from commission_opt.sweep.row import Row, row_of
from commission_opt.sweep.run import Sweep
from commission_opt.sweep.store import FILE, LOST, create, reading, writing
from small_sweeps import small


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    return small()


@pytest.fixture
def folder(tmp_path: Path, sweep: Sweep) -> Path:
    create(tmp_path / "s", sweep.work, sweep.binding(), sweep.about)
    return tmp_path / "s"


def _answers(sweep: Sweep, chunk: int) -> list[Row]:
    courses = 4
    return [
        replace(
            row_of(number, scenario),
            status="optimal",
            measures={"objective": number / 3, "gap": math.inf, "nothing": math.nan},
            places=np.arange(courses * 1.0).reshape(courses, 1) + number / 7,
            how="hot",
            seconds=0.5,
        )
        for number, scenario in sweep.chunks[chunk]
    ]


def test_what_is_put_in_comes_out(folder: Path, sweep: Sweep) -> None:
    answers = _answers(sweep, 1)
    with writing(folder, sweep.binding()) as store:
        store.add(1, answers)
        assert store.done() == {1}
    with reading(folder) as store:
        rows = list(store.rows())
        assert store.measures() == ["gap", "nothing", "objective"]
    assert [row.number for row in rows] == sorted(answer.number for answer in answers)
    for row in rows:
        [answer] = [each for each in answers if each.number == row.number]
        assert (row.key, row.name, row.settings) == (answer.key, answer.name, answer.settings)
        assert row.measures["objective"] == row.number / 3
        assert row.measures["gap"] == math.inf
        assert math.isnan(row.measures["nothing"])
        assert row.places is not None
        assert answer.places is not None
        assert np.array_equal(row.places, answer.places)


def test_a_chunk_is_kept_whole_or_not_at_all(folder: Path, sweep: Sweep) -> None:
    answer = _answers(sweep, 0)[0]
    with writing(folder, sweep.binding()) as store:
        with pytest.raises(sqlite3.IntegrityError):
            store.add(0, [answer, replace(answer, number=answer.number + 1)])  # one key twice
        assert store.done() == set()
        assert list(store.rows()) == []


def test_nothing_is_kept_twice(folder: Path, sweep: Sweep) -> None:
    with writing(folder, sweep.binding()) as store:
        store.add(0, _answers(sweep, 0))
        with pytest.raises(sqlite3.IntegrityError):
            store.add(0, _answers(sweep, 0))


def test_a_chunk_whose_workers_died_is_not_done_and_can_be_replaced(
    folder: Path, sweep: Sweep
) -> None:
    lost = [replace(row_of(*each), reason="died", how=LOST) for each in sweep.chunks[0]]
    with writing(folder, sweep.binding()) as store:
        store.add(0, lost)
        assert store.done() == set()
        assert store.tally("status", "reason") == [("error", "died", len(lost))]
        store.add(0, _answers(sweep, 0))
        assert store.done() == {0}
        assert store.counts() == {"optimal": len(lost)}


def test_inputs_are_copied(folder: Path, sweep: Sweep) -> None:
    for name, content in sweep.work.files:
        assert (folder / "instance" / name).read_bytes() == content
    assert (folder / "model.toml").read_bytes() == sweep.work.model


def test_other_options_are_refused_by_name(folder: Path, sweep: Sweep) -> None:
    other = {**sweep.binding(), "gap": "0.5", "budgets.csv": "0" * 64, "highspy": "9.9"}
    with pytest.raises(UsageError) as refused, writing(folder, other):
        pass
    for words in ("budgets.csv: not the same", "gap is 0.5, was 0.0005", "highspy is 9.9, was"):
        assert words in str(refused.value)


def test_one_process_writes_at_a_time(folder: Path, sweep: Sweep) -> None:
    with writing(folder, sweep.binding()):
        with (
            pytest.raises(UsageError, match="another process is writing"),
            writing(folder, sweep.binding(), patience=0.0),
        ):
            pass
        with pytest.raises(UsageError, match="another process is writing"):
            create(folder, sweep.work, sweep.binding(), sweep.about, force=True, patience=0.0)
        with reading(folder) as store:
            assert store.counts() == {}
    with writing(folder, sweep.binding()):
        pass


def test_reading_does_not_write(folder: Path) -> None:
    with reading(folder) as store, pytest.raises(sqlite3.OperationalError):
        store.add(0, [])


def test_a_folder_without_a_sweep_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no sweep"), reading(tmp_path):
        pass
    with pytest.raises(UsageError, match="there is no sweep"), writing(tmp_path, {}):
        pass
    assert list(tmp_path.iterdir()) == []
    (tmp_path / FILE).write_text("not a database, but long enough to be looked at" * 40)
    with pytest.raises(UsageError, match="cannot be read as a sweep"), reading(tmp_path):
        pass


def test_another_format_is_refused(folder: Path) -> None:
    connection = sqlite3.connect(folder / FILE)
    with connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    connection.close()
    with (
        pytest.raises(UsageError, match="has format 0; this program reads format 2"),
        reading(folder),
    ):
        pass
