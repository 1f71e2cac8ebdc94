"""Every stage after the first against stock solvers on the same arrays.

Run ``python benchmarks/later_stages.py [--only NAME,…] [--solvers highs,cbc,scip]``. Each case is a
model of several objectives. The stages are solved by this program in turn, to the gap that is the
target of each; then each stock solver gets the program of the stage, with earlier objectives held
at what ours reached, and as many seconds as are asked for.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import stock_solvers
from measuring import Size, markdown, percent, read_size
from stock import named_solvers

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.whole import whole_formulation
from commission_opt.certificate.certify import Proof, StageCertificate
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.instance import Instance
from commission_opt.policy import Objective, Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits

HEADER = ("case", "stage", "solver", "seconds", "value", "gap", "target", "ratio", "ended")
_NOTES = """
All on one thread, in one run. Our seconds are those of the stage, relaxation and proof too; those
of stock solvers of solving alone (for CBC with reading its file), at most {limit:g} s. A gap is
that of a value to the bound of the same solver, ours certified. The ratio is that of seconds until
the target; it has a > where a stock solver does not reach it, and nothing where we do not."""


@dataclass(frozen=True)
class Case:
    """A model of several objectives, and the gap that each is to reach.

    Parameters
    ----------
    name : str
    what : str or tuple of int
        A shipped instance; or professions, regions and years of a generated one.
    model : str
        A shipped model whose first objective and rules hold; "" for that of a generated instance.
    stages : tuple of (str, float)
        Objectives after the first and their tolerances; those of the model if there are none.
    first : float
        Tolerance of the first objective, where stages are given.
    targets : tuple of float
        Gaps, first objective first.
    seconds : float
        Most for all stages of this program.
    """

    name: str
    what: str | Size
    model: str
    stages: tuple[tuple[str, float], ...]
    first: float
    targets: tuple[float, ...]
    seconds: float


_CHANGE, _REGIONS = (("change", 0.0),), (("worst_region", 0.01), ("change", 0.0))
CASES = (
    Case("fair-shares", "england-2026", "fair-shares", (), 0.01, (0.0005, 0.0005), 8.0),
    Case("value-for-money", "england-2026", "value-for-money", (), 0.01, (0.0005, 0.0002), 8.0),
    Case("change", "england-2026", "annual", _CHANGE, 0.0, (0.0005, 0.005), 8.0),
    Case("change-0.1", "england-2026", "annual", _CHANGE, 0.001, (0.0005, 0.005), 8.0),
    Case("icb-fair-shares", "england-icb-2026", "fair-shares", (), 0.01, (0.0005, 0.002), 90.0),
    Case("27x7x3", (27, 7, 3), "", _REGIONS, 0.0, (0.0015, 0.002, 0.02), 90.0),
    Case("129x7x5", (129, 7, 5), "", _REGIONS, 0.0, (0.0015, 0.002, 0.02), 90.0),
)


def read_case(case: Case, seed: int) -> tuple[Instance, Policy]:
    """Return the instance and the model of a case."""
    if isinstance(case.what, str):
        instance = read_instance(find_instance(case.what))
        policy = read_policy(find_model(case.model))
    else:
        instance, policy = read_size(case.what, seed)
    if not case.stages:
        return instance, policy
    later = tuple(Objective(name, tolerance=share) for name, share in case.stages)
    first = replace(policy.objectives[0], tolerance=case.first)
    return instance, replace(policy, objectives=(first, *later))


def stage_rows(
    case: Case, stage: StageCertificate, target: float, proof: Proof, solvers: Sequence[str],
    seconds: float,
) -> list[list[str]]:  # fmt: skip
    """Return the rows of one stage: ours, then those of the stock solvers."""
    name, reached = (case.name, stage.minimise), stage.gap <= target
    rows = [[
        *name, "commission-opt", f"{stage.seconds:.2f}", f"{stage.objective:,.6g}",
        percent(stage.gap), percent(target), "1" if reached else "–",
        "gap reached" if reached else "gap not reached",
    ]]  # fmt: skip
    whole, scale = whole_formulation(proof.formulation), proof.formulation.aim.scale
    with tempfile.TemporaryDirectory() as folder:
        stock_solvers.write(whole, Path(folder))
        for solver in solvers:
            found = stock_solvers.solve(solver, Path(folder), target, seconds)
            value, gap = "no plan", float("inf")
            if found.x is not None:
                at = whole.program.value(found.x)
                value = f"{at * scale:,.6g}"
                gap = max(0.0, at - found.bound) / max(abs(at), 1e-12)
            more = "" if gap <= target * (1 + 1e-6) else "> "
            ratio = f"{more}{found.seconds / stage.seconds:.1f}" if reached else "–"
            shown = percent(gap) if gap < float("inf") else "–"
            rows.append(
                [*name, solver, f"{found.seconds:.2f}", value, shown, percent(target), ratio,
                 found.note]
            )  # fmt: skip
    return rows


def solved(case: Case, seed: int) -> tuple[Allocation, float]:
    """Solve all stages of a case; return the plan and the CPU seconds."""
    instance, policy = read_case(case, seed)
    start = time.process_time()
    limits = Limits(2.0 * case.seconds, min(case.targets))
    return allocate(instance, policy, limits), time.process_time() - start


def main(words: Sequence[str] | None = None) -> None:
    """Solve the cases and print a table of their later stages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(case.name for case in CASES))
    parser.add_argument("--solvers", type=named_solvers, default=list(stock_solvers.HERE))
    parser.add_argument("--time-limit", type=float, default=60.0, help="of a stock solver")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(words)
    rows: list[list[str]] = []
    for case in (case for case in CASES if case.name in asked.only.split(",")):
        allocation, seconds = solved(case, asked.seed)
        print(
            f"{case.name}: all stages in {seconds:.1f} CPU s, at most {case.seconds:g} wanted",
            flush=True,
        )
        later = zip(allocation.certificate.stages, case.targets, allocation.proofs, strict=True)
        for stage, target, proof in list(later)[1:]:
            rows += stage_rows(case, stage, target, proof, asked.solvers, asked.time_limit)
    print()
    print(markdown(HEADER, rows))
    print(_NOTES.format(limit=asked.time_limit))


if __name__ == "__main__":
    main()
