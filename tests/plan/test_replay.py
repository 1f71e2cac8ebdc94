import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import Tiny
from commission_opt.algebra.extension import load_extension
from commission_opt.allocation.algebraic import allocate_algebraically
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method, fast
from commission_opt.errors import InputError, UsageError
from commission_opt.plan import replay as module
from commission_opt.plan.read import read_plan
from commission_opt.plan.replay import Sameness, replay
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits, Watch
from ending import Ending
from samples import PACE, model, sample
from some import some

LIMITS = Limits(seconds=20, gap=1e-4, seed=3)
EXTENSION = """
def extend(model, instance, policy):
    pass
"""


def _plan(folder: Path, solve: Callable[..., Allocation] = allocate, **more: Any) -> Path:
    instance = read_instance(Tiny().write(folder / "tiny"))
    policy = parse_policy(model(years=2).encode())
    write_plan(solve(instance, policy, limits=LIMITS, **more), folder / "plan")
    return folder / "plan"


@pytest.mark.each(2)
@pytest.mark.parametrize("method", list(Method))
def test_a_plan_replays_identically(tmp_path: Path, method: Method) -> None:
    found = replay(read_plan(_plan(tmp_path, method=method)))
    assert found.sameness is Sameness.IDENTICAL
    assert found.reasons == ()
    assert found.moved == 0.0


def test_a_plan_of_the_readable_model_replays(tmp_path: Path) -> None:
    found = replay(read_plan(_plan(tmp_path, allocate_algebraically)))
    assert found.sameness is not Sameness.DIFFERENT
    assert found.allocation.asked["engine"] == "pyomo"


def test_options_are_those_of_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = read_plan(_plan(tmp_path, method=Method.FAST))
    asked: list[Any] = []

    def record(*arguments: Any) -> Allocation:
        asked.extend(arguments)
        return allocate(*arguments)

    monkeypatch.setattr(module, "allocate", record)
    replay(plan)
    _, policy, limits, _, method, _ = asked
    assert (policy, method) == (plan.policy, Method.FAST)
    assert (limits.seconds, limits.gap, limits.seed, limits.threads) == (20, 1e-4, 3, 1)


@pytest.mark.parametrize("ends", [[], [{"work": 1e300, "asked": False, "plans": 0}]])
def test_a_record_whose_work_never_ends_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: list[Any]
) -> None:
    folder = _plan(tmp_path)
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    record["ends"] = ends
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    most: list[float] = []

    def given_up(*arguments: Any) -> Allocation:
        meter = arguments[3].meter
        most.append(meter.most)
        found = allocate(*arguments)
        meter.most = 0.0
        meter.look(asked=False)
        meter.begin(1.0)
        meter.look(asked=False)
        return found

    monkeypatch.setattr(module, "allocate", given_up)
    found = replay(read_plan(folder))
    assert most == [600.0]  # 10 times a minute, as the limit is below that
    assert found.reasons[0].startswith("the replay was ended after 10 times the time limit")


def test_other_places_are_told_from_a_worse_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = read_plan(_plan(tmp_path))
    loose = allocate(plan.instance, parse_policy(model(years=2, cohorts=False).encode()), LIMITS)
    monkeypatch.setattr(module, "allocate", lambda *_: loose)
    found = replay(plan)
    assert found.sameness is Sameness.DIFFERENT
    assert found.moved == np.abs(loose.places - plan.places).sum() > 0
    same = found.allocation.certificate.stages[0].final
    assert found.objective != pytest.approx(same)


def test_says_what_is_not_as_it_was(tmp_path: Path) -> None:
    folder = _plan(tmp_path)
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    record["versions"]["highspy"] = "0.9"
    record["hashes"]["code"] = "another"
    record["status"], record["interrupted"] = "feasible", True
    del record["ends"]  # as older versions wrote it
    record["options"]["threads"] = 2
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    reasons = "\n".join(replay(read_plan(folder)).reasons)
    for text in ("highspy was 0.9 and is", "code is another", "Ctrl-C", "time limit", "thread"):
        assert text in reasons


def test_code_is_only_run_if_it_is_given_and_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(EXTENSION, encoding="utf-8")
    own = load_extension(path)
    plan = read_plan(_plan(tmp_path, allocate_algebraically, extend=own))
    assert plan.record["options"]["extension"] == own.hash
    with pytest.raises(UsageError, match=r"give the file with --extend if you trust it"):
        replay(plan)
    assert replay(plan, own).sameness is not Sameness.DIFFERENT
    path.write_text(EXTENSION + "# other\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine\.py is not what the plan was made with"):
        replay(plan, load_extension(path))


@pytest.mark.each(2)
@pytest.mark.parametrize("solve", [allocate, allocate_algebraically])
def test_an_extension_that_was_not_there_is_refused(
    tmp_path: Path, solve: Callable[..., Allocation]
) -> None:
    path = tmp_path / "mine.py"
    path.write_text(EXTENSION, encoding="utf-8")
    with pytest.raises(UsageError, match="made without constraints of one's own"):
        replay(read_plan(_plan(tmp_path, solve)), load_extension(path))


def test_a_plan_of_a_function_cannot_be_replayed(tmp_path: Path) -> None:
    def mine(task: Any) -> Any:
        return fast(task)

    plan = read_plan(_plan(tmp_path, method=mine))
    with pytest.raises(UsageError, match="made by a function 'mine' and cannot be replayed"):
        replay(plan)


@pytest.mark.each(3)
@pytest.mark.skipif(os.name == "nt", reason="needs a script")
@pytest.mark.parametrize(
    "name", ["{program}", "./planted", "planted", "_ipopt", "nl:{program}", ""]
)
def test_nothing_that_a_plan_names_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    program, mark = tmp_path / "planted", tmp_path / "it ran"
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    folder = _plan(tmp_path, allocate_algebraically)
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    record["options"]["solver"] = name.format(program=program)
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(UsageError, match="only highs, cbc, glpk, scip are started from a plan"):
        replay(read_plan(folder))
    assert not mark.exists()


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("key", "value"),
    some([
        ("threads", 10**6), ("threads", True), ("threads", 0), ("seed", -1), ("seed", "1"),
        ("seed", 2**31), ("time_limit", -1), ("time_limit", "60"), ("time_limit", None),
        ("engine", "shell"), ("solver", ["highs"]), ("run", "rm"),
    ], 3),
)  # fmt: skip
def test_options_of_a_plan_that_none_may_have_are_refused(
    tmp_path: Path, key: str, value: object
) -> None:
    folder = _plan(tmp_path)
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    record["options"][key] = value
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match=rf"options\.{key}"):
        read_plan(folder)


@pytest.mark.parametrize("somebody", [False, True])
def test_a_plan_that_was_cut_short_replays_to_where_it_was(tmp_path: Path, somebody: bool) -> None:
    known, whole = sample(6, 3, 2, 7), Watch()
    policy = parse_policy(model(2, pace=PACE).encode())
    limits = Limits(seconds=1000, gap=1e-6, work=0.4)
    best = allocate(known.instance, policy, limits, whole)
    watch = Watch(meter=Ending(over_at=0.1 * whole.now(), somebody=somebody))
    cut = allocate(known.instance, policy, limits, watch)
    assert (cut.amounts != best.amounts).any()
    write_plan(cut, tmp_path / "plan")
    plan = read_plan(tmp_path / "plan")
    assert plan.record["ends"] == [asdict(end) for end in cut.ends if end is not None] != []
    found = replay(plan)
    assert found.sameness is Sameness.IDENTICAL
    assert found.reasons == ()
    assert found.allocation.interrupted is somebody
