"""Gap over time and performance profiles: this program against stock solvers on the library.

Run ``python benchmarks/profiles.py --out benchmarks/images [--only NAME,…] [--gap 0.0005]
[--time-limit 20] [--solvers highs,cbc,scip]``. Each problem of ``benchmarks/library`` is solved by
this program, then by each stock solver on the same arrays of its first stage. The plots are those
of ``commission-opt bench summary``; ``--rows FILE`` keeps the rows that they are drawn from.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import stock_solvers
from stock import named_solvers

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.whole import whole_formulation
from commission_opt.bench.library import SPEC, chosen
from commission_opt.bench.plots import draw, require_matplotlib
from commission_opt.bench.results import FORMAT, Row, new_results, write_row
from commission_opt.bench.run import write_generated
from commission_opt.bench.spec import PEER, Case, Generated
from commission_opt.bench.spec_file import read_spec
from commission_opt.bench.summary import summary
from commission_opt.bench.worker import MOST, first_stage, thinned
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits, Watch

OURS = "commission-opt"
_EVEN = 1e-6  # relative; where a solver measures its gap a little otherwise
_LIBRARY = Path(__file__).parent / "library" / SPEC


def read_case(case: Case) -> tuple[Instance, Policy]:
    """Return the instance of a case, and its model with the first objective alone."""
    with tempfile.TemporaryDirectory() as made:
        where = case.instance
        if isinstance(where, Generated):
            write_generated(where, Path(made))
            where = Path(made)
        policy = read_policy(where / "model.toml" if case.model is None else case.model)
        return read_instance(where), policy.first_stages(1)


def rows_of(case: Case, limits: Limits, solvers: Sequence[str]) -> list[Row]:
    """Solve a case by this program and by stock solvers; return a row of each."""
    instance, policy = read_case(case)
    watch = Watch()
    allocation = allocate(instance, policy, limits, watch)
    stage, spent = allocation.certificate.stages[0], watch.seconds
    formulation = allocation.proofs[0].formulation
    scale = formulation.aim.scale
    whole = whole_formulation(formulation)
    sizes = {"decisions": allocation.problem.layout.size}
    end = (spent, stage.objective, stage.bound)
    trace = first_stage(watch.trace, stage.minimise, scale, end)
    ours = _row(case, limits, OURS, spent, stage.objective, stage.bound, trace, sizes)
    certified = {"certificate": {"valid": allocation.certificate.valid}}
    rows = [{**ours, **certified, "hashes": instance.hashes()}]
    with tempfile.TemporaryDirectory() as folder:
        stock_solvers.write(whole, Path(folder))
        for solver in solvers:
            found = stock_solvers.solve(solver, Path(folder), limits.gap, limits.seconds)
            value = None if found.x is None else whole.program.value(found.x) * scale
            bound = found.bound * scale
            points = [
                (t, None if best is None else best * scale, None if low is None else low * scale)
                for t, best, low in found.trace
            ]
            last = (found.seconds, value, bound if abs(bound) < 1e300 else None)
            points = [*thinned(points, MOST - 1), last]
            rows.append(_row(case, limits, solver, found.seconds, value, bound, points, sizes))
    return rows


def _row(
    case: Case, limits: Limits, solver: str, seconds: float, value: float | None, bound: float,
    trace: Sequence[stock_solvers.Point], sizes: dict[str, int],
) -> Row:  # fmt: skip
    row: dict[str, Any] = {
        "format": FORMAT, "case": f"{case.name}/{solver}", "instance": case.name,
        "model": "first stage",
        "configuration": solver, "engine": solver if solver == OURS else PEER + solver,
        "seed": 0, "threads": 1, "asked_gap": limits.gap, "time_limit": limits.seconds,
        "status": "no plan", "seconds": {"integer": seconds}, "trace": trace, "sizes": sizes,
    }  # fmt: skip
    if value is None or abs(bound) > 1e300:
        return row
    gap = max(0.0, value - bound) / max(abs(value), 1e-9)
    reached = gap <= limits.gap * (1 + _EVEN)
    row |= {"objective": value, "bound": bound, "gap": min(gap, limits.gap) if reached else gap}
    return row | {"status": "optimal" if reached else "feasible"}


def main(words: Sequence[str] | None = None) -> None:
    """Solve the problems, print a summary and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", default="", help="names of problems, with commas; all if not given"
    )
    parser.add_argument("--gap", type=float, default=0.0005)
    parser.add_argument("--time-limit", type=float, default=20.0)
    parser.add_argument("--solvers", type=named_solvers, default=list(stock_solvers.HERE))
    parser.add_argument("--out", type=Path, required=True, help="folder for the plots")
    parser.add_argument("--rows", type=Path, help="file for the rows, one JSON object a line")
    asked = parser.parse_args(words)
    require_matplotlib()
    only = [name for name in asked.only.split(",") if name]
    cases, limits = chosen(read_spec(_LIBRARY).cases, only), Limits(asked.time_limit, asked.gap)
    rows: list[Row] = []
    for number, case in enumerate(cases, start=1):
        print(f"{number} of {len(cases)} · {case.name}", flush=True)
        rows += rows_of(case, limits, asked.solvers)
    if asked.rows is not None:
        with new_results(asked.rows, force=True) as file:
            for row in rows:
                write_row(file, row)
    found = summary({"": rows})
    print(found.markdown())
    asked.out.mkdir(parents=True, exist_ok=True)
    from matplotlib import rc_context  # where it is not there, that was said

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "profiles"}):  # small, and the same
        draw(found, asked.out)


if __name__ == "__main__":
    main()
