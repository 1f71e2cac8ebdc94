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

import numpy as np
import stock_solvers
from measuring import Size, markdown, percent, read_size
from stock import named_solvers

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.whole import whole_formulation
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Proof, StageCertificate
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Objective, Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits, Moment, Watch

HEADER = ("case", "stage", "solver", "seconds", "value", "gap", "target", "ratio", "ended")
_NOTES = """
All on one thread, in one run. Our seconds are those of the stage until its target, relaxation and
proof too; those of stock solvers of solving alone (for CBC with reading its file), at most
{limit:g} s. A gap is that of a value to the bound of the same solver, ours certified, at the end.
The ratio is that of seconds until the target; it has a > where a stock solver does not reach it,
and nothing where we do not."""


@dataclass(frozen=True)
class Stage:
    """A stage that was solved: what is certified of it, and when it came to its target.

    Parameters
    ----------
    certificate : StageCertificate
    proof : Proof
    target : float
        The gap asked for.
    seconds : float
        From the end of the stage before to the target; to the end where it is not reached.
    """

    certificate: StageCertificate
    proof: Proof
    target: float
    seconds: float


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
    even : bool
        Whether demand is scaled until last year's places leave every region equally short, so that
        several of them bind.
    """

    name: str
    what: str | Size
    model: str
    stages: tuple[tuple[str, float], ...]
    first: float
    targets: tuple[float, ...]
    seconds: float
    even: bool = False


_CHANGE, _REGIONS = (("change", 0.0),), (("worst_region", 0.01), ("change", 0.0))
_WORST = (("worst_region", 0.0),)
CASES = (
    Case("fair-shares", "england-2026", "fair-shares", (), 0.01, (0.0005, 0.0005), 8.0),
    Case("value-for-money", "england-2026", "value-for-money", (), 0.01, (0.0005, 0.0002), 8.0),
    Case("change", "england-2026", "annual", _CHANGE, 0.0, (0.0005, 0.005), 8.0),
    Case("change-0.1", "england-2026", "annual", _CHANGE, 0.001, (0.0005, 0.005), 8.0),
    Case("icb-fair-shares", "england-icb-2026", "fair-shares", (), 0.01, (0.0005, 0.002), 90.0),
    Case("even-regions", (27, 7, 1), "", _WORST, 0.01, (0.0015, 0.002), 90.0, even=True),
    Case("27x7x3-1%", (27, 7, 3), "", _REGIONS, 0.01, (0.0015, 0.002, 0.02), 90.0),
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
    if case.even:
        instance = evened(instance, policy)
    if not case.stages:
        return instance, policy
    later = tuple(Objective(name, tolerance=share) for name, share in case.stages)
    first = replace(policy.objectives[0], tolerance=case.first)
    return instance, replace(policy, objectives=(first, *later))


def evened(instance: Instance, policy: Policy) -> Instance:
    """Scale the demand of regions until last year's places leave all equally short."""
    problem = planning(instance, policy)
    last = instance.lines["last_amount"].to_numpy(float)[:, None]
    supply = problem.outcome(np.repeat(last, problem.layout.years, axis=1)).supply
    weight = instance.professions["weight"].to_numpy(float)[:, None, None]

    def short(factor: Floats) -> Floats:
        demand = instance.demand * factor[:, None]
        missing = np.maximum(demand - supply, 0.0)
        found: Floats = np.sum(weight * missing, (0, 2)) / np.sum(weight * demand, (0, 2))
        return found

    low, high = np.full(instance.shape[1], 0.5), np.full(instance.shape[1], 2.0)
    wanted = float(np.median(short(np.ones_like(low))))
    for _ in range(40):
        middle = (low + high) / 2.0
        much = short(middle) > wanted
        low, high = np.where(much, low, middle), np.where(much, middle, high)
    return replace(instance, demand=instance.demand * high[:, None])


def stages_of(allocation: Allocation, trace: Sequence[Moment], case: Case) -> list[Stage]:
    """Return the stages of a plan, each with its time to its target."""
    found, start = [], 0.0
    every = zip(allocation.certificate.stages, allocation.proofs, case.targets, strict=True)
    for stage, proof, target in every:
        own = [at for at in trace if at.phase.startswith(f"{stage.minimise}: ")]
        end = start + stage.seconds
        reached = end if stage.gap > target else min(end, _until(own, target))
        found.append(Stage(stage, proof, target, max(0.01, reached - start)))
        start = max([start, *(at.seconds for at in own)])
    return found


def _until(trace: Sequence[Moment], target: float) -> float:
    """Return when the best plan and the best bound of all phases were as near as asked for."""
    best, bound = float("inf"), float("-inf")
    for at in trace:
        best, bound = min(best, at.best), max(bound, at.bound)
        if best < float("inf") and best - bound <= target * abs(best):
            return at.seconds
    return float("inf")


def stage_rows(case: Case, own: Stage, solvers: Sequence[str], seconds: float) -> list[list[str]]:
    """Return the rows of one stage: ours, then those of the stock solvers."""
    stage, target, proof = own.certificate, own.target, own.proof
    name, reached = (case.name, stage.minimise), stage.gap <= target
    rows = [[
        *name, "commission-opt", f"{own.seconds:.2f}", f"{stage.objective:,.6g}",
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
            ratio = f"{more}{found.seconds / own.seconds:.1f}" if reached else "–"
            shown = percent(gap) if gap < float("inf") else "–"
            rows.append(
                [*name, solver, f"{found.seconds:.2f}", value, shown, percent(target), ratio,
                 found.note]
            )  # fmt: skip
    return rows


def solved(case: Case, seed: int) -> tuple[list[Stage], float]:
    """Solve all stages of a case; return them and the CPU seconds of all."""
    instance, policy = read_case(case, seed)
    start, watch = time.process_time(), Watch()
    limits = Limits(2.0 * case.seconds, min(case.targets))
    allocation = allocate(instance, policy, limits, watch)
    return stages_of(allocation, watch.trace, case), time.process_time() - start


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
        stages, seconds = solved(case, asked.seed)
        until = sum(stage.seconds for stage in stages)
        print(
            f"{case.name}: all stages in {seconds:.1f} CPU s, {until:.1f} s until their targets, "
            f"at most {case.seconds:g} wanted",
            flush=True,
        )
        for stage in stages[1:]:
            rows += stage_rows(case, stage, asked.solvers, asked.time_limit)
    print()
    print(markdown(HEADER, rows))
    print(_NOTES.format(limit=asked.time_limit))


if __name__ == "__main__":
    main()
