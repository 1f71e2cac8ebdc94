"""A sweep solved again, with what the clock ended the first time."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.errors import InputError, UsageError
from commission_opt.plan.replay import Sameness
from commission_opt.scenario.axis import parse_axis
from commission_opt.solvers.status import Limits, Watch
from commission_opt.sweep.design import scenarios
from commission_opt.sweep.replay import replay_sweep
from commission_opt.sweep.run import Sweep, plan_sweep, work_out
from commission_opt.sweep.store import FILE, reading
from ending import Ending
from samples import model, policy, sample
from small_sweeps import here, small


def whole() -> Sweep:
    """Four scenarios in whole places, with a gap that nothing reaches at once."""
    axes = [parse_axis("budget*=0.95,1"), parse_axis("demand*=1,1.03")]
    return plan_sweep(
        sample(4, 3, 2, 0).instance, policy(model(2)), scenarios("grid", axes),
        Limits(seconds=1000.0, gap=1e-9), relaxed=False, chunk=2,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep in which the clock ended each scenario at some work."""
    folder = tmp_path_factory.mktemp("sweeps") / "cut"
    with pytest.MonkeyPatch.context() as patch:
        ending = "commission_opt.sweep.engine.Watch"
        patch.setattr(ending, lambda: Watch(meter=Ending(over_at=0.025)))
        work_out(whole(), folder, here)
    return folder


@pytest.fixture(scope="module")
def relaxed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweeps") / "relaxed"
    work_out(small(chunk=13), folder, here)
    return folder


def changed(folder: Path, to: Path, statement: str) -> Path:
    """A copy of a sweep with something else in its store."""
    shutil.copytree(folder, to)
    with closing(sqlite3.connect(to / FILE)) as connection, connection:
        connection.execute(statement)
    return to


def test_what_the_clock_ended_ends_at_the_same_work(cut: Path) -> None:
    with reading(cut) as store:
        assert all(any(row.ends) for row in store.rows())
    found = replay_sweep(cut, here)
    assert (found.scenarios, found.of, found.reasons) == (4, 4, ())
    assert found.sameness == {Sameness.IDENTICAL: 4}


def test_where_it_ended_makes_the_difference(cut: Path, tmp_path: Path) -> None:
    ends = json.dumps([{"work": 0.0, "asked": False, "plans": 0}])
    sooner = changed(cut, tmp_path / "sooner", f"UPDATE scenario SET ends = '{ends}'")
    assert replay_sweep(sooner, here).sameness.get(Sameness.IDENTICAL, 0) < 4


def test_a_limit_of_work_is_the_same_everywhere(tmp_path: Path) -> None:
    sweep = whole()
    limits = replace(sweep.work.limits, work=0.02)
    limited = replace(sweep, work=replace(sweep.work, limits=limits))
    work_out(limited, tmp_path / "limited", here)
    with reading(tmp_path / "limited") as store:
        assert store.binding()["work limit"] == "0.02"
        assert all(row.ends == (None,) and row.work < 0.1 for row in store.rows())
    assert replay_sweep(tmp_path / "limited", here).sameness == {Sameness.IDENTICAL: 4}


def test_a_part_of_a_sweep_is_solved_again(relaxed: Path) -> None:
    found = replay_sweep(relaxed, here, parts=2)
    assert (found.scenarios, found.of) == (26, 39)
    assert found.sameness == {Sameness.IDENTICAL: 26}


def test_a_sweep_that_has_not_come_to_its_end_is_solved_again(
    relaxed: Path, tmp_path: Path
) -> None:
    begun = changed(relaxed, tmp_path / "begun", "DELETE FROM scenario WHERE chunk > 0")
    with closing(sqlite3.connect(begun / FILE)) as connection, connection:
        connection.execute(
            "DELETE FROM measure WHERE scenario NOT IN (SELECT number FROM scenario)"
        )
    found = replay_sweep(begun, here)
    assert (found.scenarios, found.of) == (13, 13)
    none = changed(begun, tmp_path / "none", "DELETE FROM measure")
    with closing(sqlite3.connect(none / FILE)) as connection, connection:
        connection.execute("DELETE FROM scenario")
    with pytest.raises(UsageError, match="has no answers yet"):
        replay_sweep(none, here)


def test_answers_that_were_changed_come_out_different(
    relaxed: Path, tmp_path: Path, run: Run
) -> None:
    with reading(relaxed) as store:
        name = next(row.name for row in store.rows() if row.number == 20)
    forged = changed(
        relaxed,
        tmp_path / "forged",
        "UPDATE scenario SET places = (SELECT places FROM scenario WHERE number = 0), "
        "status = 'feasible' WHERE number = 20",
    )
    with closing(sqlite3.connect(forged / FILE)) as connection, connection:
        connection.execute("UPDATE measure SET value = 1 WHERE scenario = 20 AND value <> 0")
    ran = run("replay", forged, "--chunks", 3, "--json")
    said = json.loads(ran.out)
    assert (ran.code, said["differ"], said["different"]) == (5, [name], 1)
    assert said["identical"] == said["scenarios"] - 1 == 38
    assert f"Different: {name}." in " ".join(ran.err.split())


def test_inputs_that_were_changed_are_told_of(relaxed: Path, tmp_path: Path) -> None:
    shutil.copytree(relaxed, tmp_path / "other")
    path = tmp_path / "other" / "instance" / "budgets.csv"
    path.write_text(path.read_text().replace("tuition", "tuition "))
    with pytest.raises(InputError, match=r"instance/budgets.csv: was changed after the sweep"):
        replay_sweep(tmp_path / "other", here)


@pytest.mark.parametrize(
    ("key", "value"),
    [("time limit", "long"), ("gap", "little"), ("method", "luck"), ("threads", "0")],
)
def test_how_it_was_solved_must_be_said(
    key: str, value: str, relaxed: Path, tmp_path: Path
) -> None:
    statement = f"UPDATE meta SET value = '{value}' WHERE key = '{key}'"
    forged = changed(relaxed, tmp_path / "forged", statement)
    with pytest.raises(UsageError, match="does not say how the sweep was solved"):
        replay_sweep(forged, here)


def test_versions_that_are_not_the_same_are_told_of(relaxed: Path, tmp_path: Path) -> None:
    statement = "UPDATE meta SET value = '1.0' WHERE key = 'highspy'"
    found = replay_sweep(changed(relaxed, tmp_path / "old", statement), here, parts=1)
    assert any(reason.startswith("highspy is ") for reason in found.reasons)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--extend", "mine.py"), "--extend goes with a plan"),
        (("--chunks", "0"), "should be greater than or equal to 1"),
    ],
)
def test_what_goes_with_plans_alone_is_refused(
    words: tuple[str, ...], says: str, relaxed: Path, run: Run
) -> None:
    ran = run("replay", relaxed, *words)
    assert ran.code == 2
    assert says in " ".join(ran.err.split())


def test_what_goes_with_sweeps_alone_is_refused(tmp_path: Path, run: Run) -> None:
    ran = run("replay", tmp_path, "--chunks", "1")
    assert ran.code == 2
    assert "--chunks and --processes go with a sweep" in " ".join(ran.err.split())
