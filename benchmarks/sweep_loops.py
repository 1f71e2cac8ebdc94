"""Many scenarios by our sweep and by the loops that users would write, in turns.

The loops are given what a scenario starts from, supply and bounds and right-hand sides as arrays,
for nothing: only building, passing and solving are timed. What is timed of ours is everything, from
the settings of a scenario to certified measures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from highspy import HighsModelStatus
from peers.statement import Statement, state

from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Scenario
from commission_opt.solvers.highs import load
from commission_opt.solvers.status import Limits
from commission_opt.sweep.engine import Session
from commission_opt.sweep.row import Row
from commission_opt.sweep.run import plan_sweep, usual_chunk, work_out
from commission_opt.sweep.store import reading
from commission_opt.sweep.work import chunks, path
from commission_opt.workers.processes import local

Peer = Callable[[Scenario, "Side"], None]


@dataclass(eq=False)
class Side:
    """What one way of solving took, and the objective that it found by key of the scenario.

    Parameters
    ----------
    name : str
    seconds, cpu : float
        Of all its scenarios together: by the clock, and of this process.
    found : dict of str to float
        Infinite where there is no plan.
    """

    name: str
    seconds: float = 0.0
    cpu: float = 0.0
    found: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add the time of a block."""
        clock, cpu = time.perf_counter(), time.process_time()
        yield
        self.seconds += time.perf_counter() - clock
        self.cpu += time.process_time() - cpu

    def per_scenario(self) -> float:
        """Milliseconds by the clock."""
        return 1e3 * self.seconds / len(self.found)


@dataclass(frozen=True)
class Case:
    """An instance, its model as it is given, and scenarios."""

    instance: Instance
    policy: Policy
    scenarios: Sequence[Scenario]

    @property
    def chunk(self) -> int:
        """Scenarios of a chunk, as the command has it."""
        return usual_chunk(self.instance, self.policy, len(self.scenarios), relaxed=True)

    def formulated(self, scenario: Scenario) -> Formulation:
        """Return the relaxation of a scenario; all of a case have the same layout."""
        instance, policy = Ground(self.instance, self.policy).apply(scenario.settings)
        problem = planning(instance, policy.relaxed(), steady=True)
        return formulate(problem, aims(problem)[0])

    def stated(self, scenario: Scenario) -> Statement:
        """Return the arrays that every peer starts from, with the box of the relaxation."""
        statement = state(planning(*Ground(self.instance, self.policy).apply(scenario.settings)))
        program = self.formulated(scenario).program
        box = program.columns[PLACES]
        lower, upper = (side[box] / statement.step for side in (program.lower, program.upper))
        return replace(statement, lower=lower, upper=upper)


def in_turns(case: Case, sample: int, peers: dict[str, Peer]) -> list[Side]:
    """Solve all scenarios by one session; after each chunk, those of the sample by the peers.

    Returns
    -------
    list of Side
        The session on its path, a session that solves the sample alone, and the peers.
    """
    limits, policy = Limits(), case.policy.relaxed()
    on_path, alone = Side("one session, all of them"), Side("one session, the sample")
    rest = {Side(f"{name}, the sample"): peer for name, peer in peers.items()}
    session, other = (Session(case.instance, policy, limits) for _ in range(2))
    chosen = {scenario.key for scenario in spread(case.scenarios, sample)}
    for chunk in chunks(case.scenarios, case.chunk):
        session.forget()
        for _, scenario in chunk:
            with on_path.timed():
                answer = session.run(scenario)
            on_path.found[scenario.key] = _objective(answer)
        for _, scenario in chunk:
            if scenario.key in chosen:
                with alone.timed():
                    answer = other.run(scenario)
                alone.found[scenario.key] = _objective(answer)
                for side, peer in rest.items():
                    peer(scenario, side)
    return [on_path, alone, *rest]


def spread(scenarios: Sequence[Scenario], count: int) -> list[Scenario]:
    """Choose scenarios evenly along the path, its ends among them."""
    along = [scenarios[i] for i in path(scenarios)]
    return [along[i] for i in np.unique(np.linspace(0, len(along) - 1, count).round().astype(int))]


def by_processes(case: Case, processes: int) -> Side:
    """Solve all scenarios as the command does, with the store and the start of processes."""
    side = Side(f"commission-opt sweep, {processes} processes")
    limits, policy = Limits(), case.policy
    with TemporaryDirectory() as name:
        folder = Path(name) / "sweep"
        with side.timed():
            sweep = plan_sweep(case.instance, policy, case.scenarios, limits, relaxed=True)
            work_out(sweep, folder, local(processes))
        with reading(folder) as store:
            side.found = {row.key: row.measures.get("objective", np.inf) for row in store.rows()}
    return side


def pyomo_loop(case: Case) -> Peer:
    """Build the Pyomo model of each scenario anew, and solve it with HiGHS."""
    # The processes of our sweep import this file too, and users' ones do not wait for Pyomo.
    from peers.pyomo_appsi import PyomoAppsi

    def solve(scenario: Scenario, side: Side) -> None:
        statement, pyomo = case.stated(scenario), PyomoAppsi()
        with side.timed():
            answer = pyomo.solve_relaxation(pyomo.build(statement, whole=False))
        side.found[scenario.key] = np.inf if answer.objective is None else answer.objective

    return solve


def highs_loop(case: Case) -> Peer:
    """Pass the arrays once; for each scenario change bounds and solve from nothing.

    Raises
    ------
    ValueError
        If a scenario changes a coefficient or a cost.
    """
    first = case.formulated(case.scenarios[0]).program
    highs: Any = load(first, None, Limits(), np.inf)
    rows, columns = (np.arange(n, dtype=np.int32) for n in first.matrix.shape)

    def solve(scenario: Scenario, side: Side) -> None:
        formulation = case.formulated(scenario)
        program = formulation.program
        if not (
            np.array_equal(program.matrix.indices, first.matrix.indices)
            and np.array_equal(program.matrix.data, first.matrix.data)
            and np.array_equal(program.cost, first.cost)
        ):
            raise ValueError(f"{scenario.name} changes more than right-hand sides")
        with side.timed():
            highs.changeRowsBounds(len(rows), rows, program.row_lower, program.row_upper)
            highs.changeColsBounds(len(columns), columns, program.lower, program.upper)
            highs.changeObjectiveOffset(program.offset)
            highs.clearSolver()
            highs.run()
        optimal = highs.getModelStatus() == HighsModelStatus.kOptimal
        value = float(highs.getInfo().objective_function_value) * formulation.aim.scale
        side.found[scenario.key] = value if optimal else np.inf

    return solve


def furthest_apart(sides: Sequence[Side]) -> float:
    """Return the largest difference of objectives that any two sides found, relative."""
    keys = set.intersection(*(set(side.found) for side in sides))
    found = np.array([[side.found[key] for key in sorted(keys)] for side in sides])
    if (np.isinf(found).any(axis=0) != np.isinf(found).all(axis=0)).any():
        return np.inf  # some say that there is no plan
    found = found[:, np.isfinite(found).all(axis=0)]
    apart = np.ptp(found, axis=0) / np.maximum(1.0, np.abs(found).max(axis=0))
    return float(apart.max(initial=0.0))


def _objective(answer: Row) -> float:
    return answer.measures.get("objective", np.inf)
