"""A frontier traced again, with what the clock ended the first time."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from command_line import Run
from commission_opt.errors import InputError
from commission_opt.frontier import whole
from commission_opt.frontier.over import BUDGET
from commission_opt.frontier.replay import replay_frontier
from commission_opt.frontier.view import RECORD
from commission_opt.frontier.whole import whole_plans
from commission_opt.frontier.write import write_curve
from commission_opt.plan.replay import Sameness
from ending import Ending
from small_frontiers import LIMITS, OVERS, POLICY, traced

CUT = 0.02  # work at which the clock ends each plan


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frontier whose plans in whole places the clock ended."""
    folder, curve = tmp_path_factory.mktemp("frontiers") / "f", traced(BUDGET)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole, "Meter", lambda: Ending(over_at=CUT))
        plans = whole_plans(curve, POLICY, 3, LIMITS)
    assert any(any(plan.ends) for plan in plans)
    write_curve(curve, plans, LIMITS, 0.001, folder)
    return folder


def edited(folder: Path, to: Path, change: Callable[[Any], None]) -> Path:
    """A copy of a frontier with something else in its record."""
    shutil.copytree(folder, to)
    record = json.loads((to / RECORD).read_text())
    change(record)
    (to / RECORD).write_text(json.dumps(record))
    return to


def test_what_the_clock_ended_ends_at_the_same_work(written: Path, run: Run) -> None:
    found = replay_frontier(written)
    assert (found.sameness, found.plans, found.reasons) == (Sameness.IDENTICAL, 3, ())
    ran = run("replay", written, "--json")
    assert (ran.code, json.loads(ran.out)["sameness"]) == (0, "identical")
    assert "and 3 plans in whole places traced again. Identical" in " ".join(ran.err.split())


@pytest.mark.slow
@pytest.mark.parametrize("over", OVERS)
def test_every_kind_is_traced_again(over: Any, tmp_path: Path) -> None:
    curve = traced(over)
    write_curve(curve, whole_plans(curve, POLICY, 2, LIMITS), LIMITS, 0.001, tmp_path / "f")
    assert replay_frontier(tmp_path / "f").sameness is Sameness.IDENTICAL


def test_points_and_plans_that_were_changed_come_out_different(
    written: Path, tmp_path: Path, run: Run
) -> None:
    def better(record: Any) -> None:
        next(plan for plan in record["whole"] if plan["objective"])["objective"] *= 0.99

    ran = run("replay", edited(written, tmp_path / "better", better))
    assert ran.code == 5
    assert "Different: points or objectives" in " ".join(ran.err.split())

    def moved(record: Any) -> None:
        record["points"][1]["places"] += 1

    found = replay_frontier(edited(written, tmp_path / "moved", moved))
    assert found.sameness is Sameness.SAME_OBJECTIVE


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["options"].update(method="luck"),
        lambda record: record["options"].pop("gap"),
        lambda record: record["whole"][0].update(ends=[{"work": 1.0}]),
        lambda record: record.pop("hashes"),
    ],
)
def test_how_it_was_traced_must_be_said(
    change: Callable[[Any], None], written: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="does not say how the frontier was traced"):
        replay_frontier(edited(written, tmp_path / "f", change))


def test_inputs_that_were_changed_are_told_of(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path / "f")
    (tmp_path / "f" / "model.toml").write_text("name = 'another'")
    with pytest.raises(InputError, match=r"model.toml: was changed after the frontier was made"):
        replay_frontier(tmp_path / "f")


def test_a_limit_of_work_is_the_same_everywhere(tmp_path: Path) -> None:
    curve, limits = traced(BUDGET), replace(LIMITS, work=CUT, gap=0.0)
    plans = whole_plans(curve, POLICY, 2, limits)
    assert all(plan.ends == (None,) and plan.work < 20 * CUT for plan in plans)
    write_curve(curve, plans, limits, 0.001, tmp_path / "f")
    assert json.loads((tmp_path / "f" / RECORD).read_text())["options"]["work_limit"] == CUT
    assert replay_frontier(tmp_path / "f").sameness is Sameness.IDENTICAL
