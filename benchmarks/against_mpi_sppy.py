"""Plans for many futures against the extensive form of mpi-sppy, on the same problems.

Run ``python benchmarks/against_mpi_sppy.py [--only NAME] [--time-limit S] [--memory MIB]``; it
needs ``pip install -e '.[peers]'``. The other side has the readable model in Pyomo of each future,
put together by mpi-sppy's ``ExtensiveForm`` and solved by HiGHS. Both sides are CPU seconds of a
process of their own on one thread, from the instance and its futures in memory: ours to a
certified plan.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Any

from many_futures import FILE
from measuring import Size, markdown, percent, read_size, run_limited, size_name

from commission_opt.algebra.model import build_model
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.futures.futures import Futures, futures
from commission_opt.futures.uncertainty_file import (
    find_uncertainty,
    parse_uncertainty,
    read_uncertainty,
)
from commission_opt.instance.instance import Instance
from commission_opt.plan.uncertain import allocate_in_futures
from commission_opt.policy import Policy, RiskMeasure, UnderUncertainty
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits

HEADER = (
    "case", "draws", "risk", "whole", "ours", "value", "gap", "mpi-sppy", "of which solving",
    "value", "gap", "apart", "ratio",
)  # fmt: skip
SIDES = ("ours", "mpi-sppy")
EQUAL = 1e-6  # relative, of two optima
GAP = 5e-4  # asked of both where places are whole
_PATIENCE = 30.0  # seconds that a process may take beyond its time limit
_TWO = b"""
name = "two"
draws = 20
seed = 1
[[uncertain]]
name = "demand"
figures = "demand"
how = "*="
interval = [0.9, 1.1]
each = "profession"
[[uncertain]]
name = "leavers"
figures = "leavers"
how = "*="
interval = [0.8, 1.25]
"""


@dataclass(frozen=True)
class Case:
    """A problem under uncertainty.

    Parameters
    ----------
    name : str
    of : str or tuple of int
        An instance that comes with the package, or the size of a generated one.
    draws : int
    model : str, optional
        A model that comes with the package; that of the instance if not given.
    risk : {"expected", "cvar"}
    now : int, optional
        Commissioning years that are decided now; all if not given.
    whole : bool
        Whether places are whole, or fractions.
    """

    name: str
    of: str | Size
    draws: int
    model: str = ""
    risk: RiskMeasure = "expected"
    now: int | None = None
    whole: bool = False


_SOME = (
    Case("two-by-two", "two-by-two", 20),
    Case("two-by-two-cvar", "two-by-two", 20, risk="cvar"),
    *(Case(f"england-{n}", "england-2026", n, "annual") for n in (10, 50, 200)),
    *(Case(f"england-{n}-cvar", "england-2026", n, "annual", "cvar") for n in (10, 50, 200)),
    Case("england-waits", "england-2026", 10, "five-year", now=1),
    Case("england-all-now", "england-2026", 10, "five-year"),
    Case("small", (6, 3, 3), 20),
    Case("small-waits", (6, 3, 3), 20, now=1),
)
CASES = tuple(
    replace(case, name=f"{case.name}{'-whole' if whole else ''}", whole=whole)
    for case in _SOME
    for whole in (False, True)
)


def problem(case: Case) -> tuple[Instance, Policy, Futures]:
    """Return the instance of a case, its model and its futures."""
    if isinstance(case.of, str):
        folder = find_instance(case.of)
        instance = read_instance(folder)
        policy = read_policy(find_model(case.model) if case.model else folder / "model.toml")
        file = parse_uncertainty(_TWO)
        if case.of != "two-by-two":
            file = read_uncertainty(find_uncertainty("calibrated", folder))
    else:
        (instance, policy), file = read_size(case.of), parse_uncertainty(FILE)
    how = UnderUncertainty(file.name, case.risk, decide_now=case.now)
    policy = replace(policy.first_stages(1), uncertainty=how, integer=case.whole)
    return instance, policy, futures(instance, policy, file, draws=case.draws)


def ours(case: Case, seconds: float) -> dict[str, Any]:
    """Solve a case with this package."""
    instance, policy, drawn = problem(case)
    start = time.process_time()
    found = allocate_in_futures(instance, policy, drawn, Limits(seconds, GAP))
    took = time.process_time() - start
    stage = found.certificate.stages[0]
    return {"seconds": took, "value": stage.objective, "bound": stage.bound, "peak": _peak()}


def extensive(case: Case, seconds: float) -> dict[str, Any]:
    """Solve the extensive form of a case with mpi-sppy and HiGHS."""
    from mpisppy.opt.ef import ExtensiveForm

    _, policy, drawn = problem(case)
    start = time.process_time()
    form = ExtensiveForm(
        {"solver": "appsi_highs"}, list(drawn.names), scenario, suppress_warnings=True,
        scenario_creator_kwargs={"policy": policy, "drawn": drawn},
    )  # fmt: skip
    built = time.process_time()
    options = {"time_limit": seconds, "mip_rel_gap": GAP, "threads": 1, "parallel": "off"}
    results = form.solve_extensive_form(solver_options=options)
    end = time.process_time()
    value = form.get_objective_value() if form.tree_solution_available else None
    bound = results.problem.lower_bound if case.whole else value
    done = str(results.solver.termination_condition) == "optimal"
    return {
        "seconds": end - start, "solving": end - built, "value": value, "bound": bound,
        "peak": _peak(), "done": done,
    }  # fmt: skip


def scenario(name: str, policy: Policy, drawn: Futures) -> Any:
    """Return the readable model of one future as mpi-sppy wants it.

    What the conditional value at risk is above is a decision of the first stage, as Rockafellar and
    Uryasev write it.
    """
    import pyomo.environ as pyo
    from mpisppy.utils.sputils import attach_root_node

    how, w = policy.uncertainty, drawn.names.index(name)
    assert how is not None
    m = build_model(drawn.in_future(w), replace(policy, uncertainty=None))
    now = list(m.commissioning_years)[: how.decide_now]
    if how.decide_now is not None and how.later_relaxed and policy.integer:
        relax_later(m, now)
    first = [variable[key] for variable in decided(m) for key in variable if key[1] in now]
    value = m.objective_value["shortfall"]
    if how.risk == "cvar":
        m.quantile, m.above = pyo.Var(), pyo.Var(within=pyo.NonNegativeReals)
        m.tail = pyo.Constraint(expr=m.above >= value - m.quantile)
        m.minimise.deactivate()
        at_risk = m.quantile + m.above / (1 - how.alpha)
        m.weighed = pyo.Objective(expr=(1 - how.weight) * value + how.weight * at_risk)
        first.append(m.quantile)
    m._mpisppy_probability = float(drawn.probability[w])
    attach_root_node(m, 0.0, first)
    return m


def decided(m: Any) -> list[Any]:
    """Return the variables of what is decided, indexed by line and year."""
    whole = [m.steps, m.cohort_open] if hasattr(m, "steps") else []
    return [m.places, m.units, *whole]


def relax_later(m: Any, now: Sequence[int]) -> None:
    """Let what is decided later be fractions: without steps and smallest cohorts."""
    for variable in (m.steps, m.cohort_open):
        for key in variable:
            if key[1] not in now:
                variable[key].fix(0)
    for rule in (m.whole_steps, m.cohort_least, m.cohort_most):
        for key in rule:
            if key[1] not in now:
                rule[key].deactivate()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def job(case: Case, side: str, seconds: float, memory: float) -> dict[str, Any] | str:
    """Run one side of a case in a process of its own; say why if it has no answer."""
    words = ["--only", case.name, "--side", side, "--time-limit", f"{seconds:g}"]
    words += ["--memory", f"{memory:g}"]
    start = time.monotonic()
    try:
        printed = run_limited([sys.executable, __file__, *words], 3 * seconds + _PATIENCE)
    except RuntimeError as error:
        short = "MemoryError" in str(error) or "bad_alloc" in str(error)
        if not short:
            raise
        return f"more than {memory:g} MiB"
    if printed is None:
        return f"stopped after {time.monotonic() - start:.0f} s"
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def row(case: Case, seconds: float, memory: float) -> list[str]:
    """Solve a case on both sides and return its row of the table."""
    own, other = (job(case, side, seconds, memory) for side in SIDES)
    head = [_name_of(case), str(case.draws), case.risk, "yes" if case.whole else "no"]
    if isinstance(own, str):
        return [*head, own, *["–"] * 8]
    head += [f"{own['seconds']:.2f} s", f"{own['value']:,.1f}", percent(_gap(own))]
    if isinstance(other, str):
        return [*head, other, *["–"] * 5]
    more = "" if other["done"] else "> "
    times = [f"{more}{other['seconds']:.2f} s", f"{other['solving']:.2f} s"]
    ratio = other["seconds"] / own["seconds"]
    ratio_said = f"{more}{math.floor(ratio) if more else round(ratio)}"
    if other["value"] is None:
        return [*head, *times, "no plan", "–", "–", ratio_said]
    apart = f"{(own['value'] - other['value']) / other['value']:.1e}"
    return [*head, *times, f"{other['value']:,.1f}", percent(_gap(other)), apart, ratio_said]


def _gap(found: dict[str, Any]) -> float:
    return float((found["value"] - found["bound"]) / found["value"])


def _name_of(case: Case) -> str:
    name = case.of if isinstance(case.of, str) else size_name(case.of)
    later = "" if case.now is None else f", {case.now} now"
    return f"{name}{f', {case.model}' if case.model else ''}{later}"


def main(words: Sequence[str] | None = None, cases: Sequence[Case] = CASES) -> None:
    """Run the cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=[case.name for case in cases], action="append")
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds of each solve")
    parser.add_argument("--memory", type=float, default=8192.0, help="MiB of each process")
    parser.add_argument("--side", choices=SIDES, help="one side alone, as JSON")
    asked = parser.parse_args(words)
    if find_spec("mpisppy") is None:
        parser.error("mpi-sppy is not installed: pip install -e '.[peers]'")
    some = [case for case in cases if asked.only is None or case.name in asked.only]
    if asked.side is None:
        rows = [row(case, asked.time_limit, asked.memory) for case in some]
        print(markdown(HEADER, rows))
        return
    most = int(asked.memory * 2**20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    solve = ours if asked.side == "ours" else extensive
    for case in some:
        print(json.dumps(solve(case, asked.time_limit)))


if __name__ == "__main__":
    main()
