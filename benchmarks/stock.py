"""Time to a given certified gap: this program against stock solvers on the same arrays.

Run ``python benchmarks/stock.py 129 7 5 --gap 0.0015 --time-limit 300 [--solvers highs,cbc,scip]``:
professions, regions, commissioning years.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import stock_solvers
from measuring import Size, markdown, percent, read_size, size_name

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method
from commission_opt.allocation.settled import outcome_of
from commission_opt.allocation.whole import WholeProgram, whole_formulation
from commission_opt.certificate.certify import keeps_rules
from commission_opt.formulation.objectives import first_objective
from commission_opt.solvers.status import Limits

HEADER = (
    "solver", "seconds", "objective", "gap to our bound", "own gap", "ratio of seconds", "ended",
)  # fmt: skip
_NOTES = """
{size}, seed {seed}, gap {gap}, time limit {limit:g} s; all on one thread, in one run.
Our seconds are from the instance in memory to the certified plan, with supply and assembly; those
of stock solvers are of solving alone (for CBC with reading its file). Both gaps are relative to
the objective of the solver's plan, worked out again from its places: the first against the
certified bound of our run ({bound:,.1f}), the second against the solver's own bound. The ratio is
that of seconds until the own gap is {gap}; it has a > where a stock solver does not reach that
within the time limit, and nothing where we do not."""


def first_row(allocation: Allocation, seconds: float, gap: float) -> list[str]:
    """Return our row of the table."""
    certificate = allocation.certificate
    own = percent(certificate.gap)
    ended = "gap reached" if certificate.gap <= gap else "gap not reached"
    name = f"commission-opt, {allocation.asked['method']}"
    return [name, f"{seconds:.2f}", f"{certificate.objective:,.1f}", own, own, "1", ended]


def row(
    solver: str,
    found: stock_solvers.Found,
    allocation: Allocation,
    whole: WholeProgram,
    seconds: float,
) -> list[str]:
    """Return the row of a stock solver."""
    if found.note.startswith(("skipped", "failed")):
        return [solver, "–", "–", "–", "–", "–", found.note]
    asked, certificate = allocation.limits.gap, allocation.certificate
    objective, own, note = "no plan", float("inf"), found.note
    to_ours = "–"
    if found.x is not None:
        value, kept = _judged(allocation, whole, found)
        scale = allocation.proofs[0].formulation.aim.scale
        objective = f"{value:,.1f}"
        to_ours = percent((value - certificate.bound) / abs(value))
        own = max(0.0, value - found.bound * scale) / abs(value)
        note += "" if kept else "; breaks a rule"
    reached = own <= asked * (1 + 1e-6)
    ratio = f"{'' if reached else '> '}{found.seconds / seconds:.1f}"
    return [
        solver, f"{found.seconds:.2f}", objective, to_ours,
        percent(own) if own < float("inf") else "–",
        ratio if certificate.gap <= asked else "–", note,
    ]  # fmt: skip


def _judged(
    allocation: Allocation, whole: WholeProgram, found: stock_solvers.Found
) -> tuple[float, bool]:
    """Return the objective of the places found, and whether they keep every rule."""
    assert found.x is not None
    problem = allocation.problem
    result = outcome_of(problem, problem.layout.to_amounts(whole.to_columns(found.x)))
    value = first_objective(problem.policy).value(problem, result)
    return value, keeps_rules(problem, result)


def _solved(
    size: Size,
    seed: int,
    limits: Limits,
    method: Method,
    solvers: Sequence[str],
    levers: bool,
    patience: float,
) -> tuple[Allocation, float, WholeProgram, dict[str, stock_solvers.Found]]:
    instance, policy = read_size(size, seed, levers=levers)
    start = time.perf_counter()
    allocation = allocate(instance, policy.first_stages(1), limits, method=method)
    seconds = time.perf_counter() - start
    whole = whole_formulation(allocation.proofs[0].formulation)
    with tempfile.TemporaryDirectory() as name:
        stock_solvers.write(whole, Path(name))
        found = {
            solver: stock_solvers.solve(solver, Path(name), limits.gap, patience * limits.seconds)
            for solver in solvers
        }
    return allocation, seconds, whole, found


def compare(
    size: Size,
    seed: int,
    limits: Limits,
    method: Method,
    solvers: Sequence[str],
    *,
    levers: bool = False,
    patience: float = 1.0,
) -> tuple[list[list[str]], Allocation]:
    """Solve by this program, then by each stock solver; return the rows of the table.

    Stock solvers have so many times (``patience``) the time limit.
    """
    allocation, seconds, whole, found = _solved(
        size, seed, limits, method, solvers, levers, patience
    )
    rows = [row(solver, each, allocation, whole, seconds) for solver, each in found.items()]
    return [first_row(allocation, seconds, limits.gap), *rows], allocation


@dataclass(frozen=True)
class Reached:
    """What a solver reached; infinite where it has no plan that keeps the rules, or no bound."""

    name: str
    seconds: float
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Distance of value and bound, relative to the value."""
        far = max(0.0, self.value - self.bound)
        return far / max(1e-9, abs(self.value)) if far < float("inf") else far


def compared(
    size: Size, seed: int, limits: Limits, method: Method, solvers: Sequence[str]
) -> tuple[Reached, list[Reached]]:
    """Solve by this program, then by each stock solver that is here; return what each reached."""
    allocation, seconds, whole, found = _solved(size, seed, limits, method, solvers, False, 1.0)
    scale, certificate = allocation.proofs[0].formulation.aim.scale, allocation.certificate
    ours = Reached("commission-opt", seconds, certificate.objective, certificate.bound)
    others = []
    for solver, each in found.items():
        if not each.note.startswith(("skipped", "failed")):
            value, kept = (0.0, False) if each.x is None else _judged(allocation, whole, each)
            value = value if kept else float("inf")
            others.append(Reached(solver, each.seconds, value, each.bound * scale))
    return ours, others


def named_solvers(text: str) -> list[str]:
    """Return the stock solvers that are named, separated by commas."""
    names = text.split(",")
    if unknown := sorted(set(names) - set(stock_solvers.HERE)):
        raise argparse.ArgumentTypeError(f"no such solver: {', '.join(unknown)}")
    return names


def main(words: Sequence[str] | None = None) -> None:
    """Compare and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("professions", "regions", "years"):
        parser.add_argument(name, type=int)
    parser.add_argument("--gap", type=float, default=0.0015)
    parser.add_argument("--time-limit", type=float, default=300.0)
    parser.add_argument("--solvers", type=named_solvers, default=list(stock_solvers.HERE))
    parser.add_argument("--method", type=Method, default=Method.AUTO, choices=list(Method))
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(words)
    size = asked.professions, asked.regions, asked.years
    limits = Limits(asked.time_limit, asked.gap)
    rows, allocation = compare(size, asked.seed, limits, asked.method, asked.solvers)
    print(markdown(HEADER, rows))
    print(
        _NOTES.format(
            size=size_name(size), seed=asked.seed, gap=percent(asked.gap),
            limit=asked.time_limit, bound=allocation.certificate.bound,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
