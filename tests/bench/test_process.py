import math
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from commission_opt.bench.run import run_job
from commission_opt.bench.sides import head_side
from commission_opt.bench.worker import ended_by
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.solvers.status import Watch

SIDE = head_side()


def job(**changes: Any) -> dict[str, Any]:
    folder = find_instance("two-by-two")
    return {
        "format": 1, "case": "a", "instance": str(folder), "model": str(folder / "model.toml"),
        "engine": "arrays", "solver": "highs", "method": "exact", "gap": 5e-4, "threads": 1,
        "relaxed": False, "highs": {}, "seed": 0, "time_limit": 60.0, "memory_limit_mib": None,
        **changes,
    }  # fmt: skip


def ran(made: dict[str, Any], kill_after: float = 60.0) -> dict[str, Any]:
    limited = made["memory_limit_mib"] is not None
    return run_job(SIDE.command(None), SIDE.environment, made, "row", kill_after, limited=limited)


@cache
def usual() -> dict[str, Any]:
    return ran(job())


@pytest.mark.slow
def test_a_row_has_all_that_can_be_said_of_a_run() -> None:
    row = usual()
    assert (row["status"], row["ended_by"]) == ("optimal", "gap")
    assert row["objective"] == pytest.approx(row["bound"], rel=5e-4)
    assert row["certificate"]["valid"]
    phases = {
        "read", "check", "supply", "assemble", "pass", "relax", "bound", "integer", "certify",
        "write",
    }  # fmt: skip
    assert set(row["seconds"]) == phases | {"total"}
    assert all(seconds > 0 for seconds in row["seconds"].values())
    assert sum(row["seconds"][phase] for phase in phases) <= row["seconds"]["total"]
    assert set(row["sizes"]) == {"rows", "columns", "nonzeros", "decisions"}
    assert row["iterations"]["simplex"] > 0
    assert row["solver_options"]["relaxation"][0]["threads"] == 1
    assert {"highspy", "numpy", "commission_opt"} <= set(row["versions"])
    assert all(len(row["hashes"][name]) == 64 for name in ("instance", "model", "code"))
    assert row["reference_seconds"] > 0
    assert os.name == "nt" or row["peak_memory_mib"] > 10
    assert row["primal_integral"] > 0


@pytest.mark.slow
def test_the_trace_ends_at_the_certificate_and_never_gets_worse() -> None:
    row = usual()
    seconds, best, bound = zip(*row["trace"], strict=True)
    assert list(seconds) == sorted(seconds)
    assert (best[-1], bound[-1]) == (row["objective"], row["bound"])
    assert seconds[-1] < row["seconds"]["total"]
    found = [b for b in best if b is not None]
    # The search counts in units of its own, rounded to 36 binary digits.
    assert found == pytest.approx(sorted(found, reverse=True), rel=2.0**-36)
    assert all(b is None or math.isfinite(b) for b in bound)


@pytest.mark.slow
def test_options_reach_the_solver_and_the_row() -> None:
    row = ran(job(relaxed=True, seed=5, highs={"presolve": "off"}))
    (options,) = row["solver_options"]["relaxation"]
    assert (options["presolve"], options["random_seed"]) == ("off", 5)
    assert row["iterations"]["simplex"] > 0


@pytest.mark.slow
def test_pyomo_gives_a_row_too() -> None:
    row = ran(job(engine="pyomo", method=""))
    assert row["status"] in ("optimal", "feasible")
    assert row["ended_by"] in ("gap", "exhausted")
    assert row["seconds"]["pyomo"] > 0


@pytest.mark.slow
def test_the_engines_time_limit_is_a_row() -> None:
    instance, model = find_instance("england-2026"), find_model("five-year")
    row = ran(job(instance=str(instance), model=str(model), time_limit=1e-3))
    assert row["status"] == "time limit"
    assert "came before the relaxation was solved" in row["message"]


@pytest.mark.slow
def test_a_run_that_was_cut_short_is_known_as_such() -> None:
    """By the clock, or by the work that so much time is worth, as the machine is slow or quick."""
    instance, model = find_instance("england-2026"), find_model("annual")
    row = ran(job(instance=str(instance), model=str(model), time_limit=1.5, gap=0.0))
    assert row["status"] == "feasible"
    assert row["ended_by"] in ("time", "work")
    assert row["gap"] > 0


def test_whatever_the_clock_ended_was_ended_by_time() -> None:
    watch = Watch()
    assert [ended_by(watch, "feasible", late=late) for late in (True, False)] == [
        "time", "exhausted",
    ]  # fmt: skip
    watch.tally.cut_short = True
    assert [ended_by(watch, "feasible", late=late) for late in (True, False)] == ["time", "work"]


@pytest.mark.slow
def test_no_module_of_the_current_folder_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "typing.py").write_text("open('it ran', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert ran(job(instance="/nowhere"))["status"] == "refused"
    assert not (tmp_path / "it ran").exists()


def test_a_process_that_takes_too_long_is_ended_and_is_a_row() -> None:
    row = ran(job(), kill_after=0.2)
    assert row == {
        "status": "time limit", "ended_by": "time", "message": "ended from outside after 0.2 s",
    }  # fmt: skip


@pytest.mark.slow
def test_a_crash_is_a_row_with_what_the_process_said() -> None:
    row = ran(job(method="nonsense"))
    assert row["status"] == "crash"
    assert "exit code 1" in row["message"]
    assert "'nonsense' is not a valid Method" in row["message"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
def test_a_signal_is_a_crash() -> None:
    command = [SIDE.python, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    row = run_job(command, SIDE.environment, job(), "row", 60.0, limited=False)
    assert row == {"status": "crash", "message": "the process ended with signal 9"}


@pytest.mark.slow
def test_an_option_that_the_solver_does_not_take_is_a_crash_row() -> None:
    row = ran(job(highs={"no_such_option": 1}))
    assert row["status"] == "crash"
    assert "no_such_option" in row["message"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="address space is not limited there")
def test_out_of_memory_is_a_row() -> None:
    instance, model = find_instance("england-icb-2026"), find_model("annual")
    row = ran(job(instance=str(instance), model=str(model), memory_limit_mib=250))
    assert row["status"] == "memory limit"


@pytest.mark.slow
def test_an_infeasible_instance_is_a_row(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(find_instance("two-by-two"), folder)
    (folder / "commitments.csv").write_text(
        "profession,region,from_year,to_year,min_places,max_places,why\nnurse,*,2026,2026,70,,x\n"
    )
    row = ran(job(instance=str(folder), model=str(folder / "model.toml")))
    assert row["status"] in ("infeasible", "refused")
    assert row["message"]


@pytest.mark.slow
def test_an_instance_that_is_not_there_is_refused() -> None:
    row = ran(job(instance="/nowhere"))
    assert row["status"] == "refused"
    assert "does not exist" in row["message"]


def test_a_process_that_writes_nothing_is_a_crash() -> None:
    command = [SIDE.python, "-c", "print('hello')"]
    row = run_job(command, SIDE.environment, job(), "row", 60.0, limited=False)
    assert row == {"status": "crash", "message": "the process ended with exit code 0"}


def test_a_row_may_be_the_last_line_of_the_output() -> None:
    code = "import json; print('hello'); print(json.dumps({'status': 'optimal'}))"
    row = run_job([SIDE.python, "-c", code], SIDE.environment, job(), "out", 60.0, limited=False)
    assert row == {"status": "optimal"}
