"""What a workspace remembers, with several people at it."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from commission_opt.errors import UsageError
from commission_opt.workbench.memory import FILE, Memory
from commission_opt.workbench.records import ChangedMeanwhileError


@pytest.fixture
def store(tmp_path: Path) -> Memory:
    found = Memory(tmp_path)
    found.add_instance("a", "instances/a.xlsx", "annual", "0" * 64)
    return found


def test_of_two_people_who_change_a_scenario_the_later_is_told(store: Memory) -> None:
    number = store.name_scenario("a", "more", ["budget*=1.1"])
    seen = store.scenario(number).version
    store.change_scenario(number, seen, ["budget*=1.2"])
    with pytest.raises(ChangedMeanwhileError):
        store.change_scenario(number, seen, ["budget*=1.3"])
    with pytest.raises(ChangedMeanwhileError):
        store.remove_scenario(number, seen)
    assert store.scenario(number).changes == ("budget*=1.2",)
    store.remove_scenario(number, seen + 1)
    assert store.scenarios("a") == []
    with pytest.raises(UsageError):
        store.scenario(number)


def test_of_two_people_at_one_moment_one_is_told(store: Memory) -> None:
    number = store.name_scenario("a", "more", ["budget*=1.1"])

    def changed(share: int) -> bool:
        try:
            store.change_scenario(number, 1, [f"budget*={share}"])
        except ChangedMeanwhileError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(changed, range(8))) == 1
    assert store.scenario(number).version == 2


def test_a_name_is_of_one_scenario(store: Memory) -> None:
    store.name_scenario("a", "more", [])
    with pytest.raises(UsageError, match="already"):
        store.name_scenario("a", "more", [])


def test_a_place_is_written_by_one_command_at_a_time(store: Memory) -> None:
    number = store.add_job("solve", ["solve"], "plans/a")
    with pytest.raises(UsageError, match="plans/a"):
        store.add_job("solve", ["solve"], "plans/a")
    store.end(number, "failed", 3)
    assert store.add_job("solve", ["solve"], "plans/a") == number + 1


def test_what_ran_when_a_server_was_killed_is_interrupted(store: Memory, tmp_path: Path) -> None:
    done, runs, waits = (store.add_job("solve", ["solve", str(k)]) for k in range(3))
    assert store.begin(done)
    store.end(done, "done", 0)
    assert store.begin(runs)
    again = Memory(tmp_path)
    again.interrupted([runs])
    assert [again.job(k).state for k in (done, runs, waits)] == ["done", "running", "interrupted"]
    again.interrupted()
    assert [again.job(k).state for k in (done, runs, waits)] == ["done", *["interrupted"] * 2]
    assert not again.begin(waits)
    again.end(runs, "done", 0)  # too late: the one who watched it is gone
    assert again.job(runs).state == "interrupted"


def test_words_are_kept_as_they_are(store: Memory) -> None:
    words = ("sign", "plans/a", "--name=Zoë 'O\"Hara\n--force", "\N{SNOWMAN}")
    assert store.job(store.add_job("sign", words)).words == words


def test_what_is_of_another_version_is_left_alone(tmp_path: Path) -> None:
    Memory(tmp_path)
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(UsageError, match="format 99"):
        Memory(tmp_path)


def test_what_is_no_such_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(UsageError, match="cannot be used"):
        Memory(tmp_path)
