"""An objective over several futures as one aim: its expectation, or a risk with columns beside it.

``cvar``: the quantile η and, in each future, what its objective is above it; ``worst``: the largest
alone; ``regret``: the largest of what each is above its least. A row for each future says that they
hold its objective.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.futures import aim_over, of_costs, of_future
from commission_opt.formulation.goals import (
    EXPECTED,
    REGRET,
    Goal,
    least_of,
    probabilities,
    size_of,
    weighing,
    worst_weights,
)
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows, Spread, mixed
from commission_opt.formulation.problem import Planning
from commission_opt.policy import RiskMeasure

_MET = 1e-12  # of a probability


def aim_of(problem: Planning, goal: Goal) -> Aim:
    """Write a goal over the columns of the program."""
    if problem.drawn is not None:
        below: Aim = problem.drawn.aim(goal.objective.minimise, goal.risk)
        return replace(below, size=size_of(problem, goal.risk))
    write = OBJECTIVES[goal.objective.minimise].aim
    if not problem.futures:
        return write(problem)
    alone = [write(future.problem) for future in problem.futures]
    own = [aim_over(*pair, problem) for pair in zip(alone, problem.futures, strict=True)]
    hinged = [aim.hinges for aim in own if aim.hinges is not None]
    over = _Over(problem, own, tuple(hinged) if len(hinged) == len(own) else ())
    if goal.risk == EXPECTED:
        return over.expected()
    return over.cvar() if goal.risk == "cvar" else over.largest(goal.risk)


@dataclass(frozen=True, eq=False)
class _Over:
    """The aims of one objective in W futures, and as hinges where all are."""

    problem: Planning
    own: Sequence[Aim]
    hinges: tuple[Hinges, ...]

    @property
    def scale(self) -> float:
        """What one unit of the program stands for."""
        return self.own[0].scale

    @property
    def offsets(self) -> Floats:
        """The constants, shape (W,)."""
        return np.array([aim.offset for aim in self.own])

    @property
    def parts(self) -> tuple[Part, ...]:
        """Columns and rows of every future."""
        pairs = zip(self.problem.futures, self.own, strict=True)
        width = self.problem.layout.size
        return tuple(of_future(part, future, width) for future, aim in pairs for part in aim.parts)

    def costs(self, weights: Floats) -> dict[str, Floats]:
        """Return the weighted sum of their costs by block."""
        cost: dict[str, Floats] = {}
        for future, aim, weight in zip(self.problem.futures, self.own, weights, strict=True):
            for block, values in of_costs(aim.cost, future.name).items():
                cost[block] = cost.get(block, 0.0) + weight * values
        return cost

    def expected(self) -> Aim:
        """Return the objectives of the futures, each times how likely it is."""
        p = probabilities(self.problem)
        return replace(
            self.own[0],
            cost=self.costs(p),
            offset=float(p @ self.offsets),
            parts=self.parts,
            hinges=mixed(self.hinges, p) if self.hinges else None,
            spread=None,
        )

    def largest(self, risk: RiskMeasure) -> Aim:
        """Return the largest of the objectives, or of what each is above its least."""
        least = least_of(self.problem) if risk == REGRET else np.zeros(len(self.own))
        low, high = (end - least / self.scale for end in self.range())
        size = np.ones(1)

        def fill(x: Floats) -> Floats:
            return np.array([(self.values(x) - least).max() / self.scale])

        name = f"{risk}_{self.own[0].name}"
        columns = Columns(name, low.min() * size, high.max() * size, fill, lambda _: "largest")
        beside = sparse.csr_array(-np.ones((len(self.own), 1)))
        cost = {name: self.scale * size}
        aim = self._risked(risk, columns, beside, cost, np.zeros(len(low)), least)
        return replace(aim, size=size_of(self.problem, risk))

    def cvar(self) -> Aim:
        """Return their conditional value at risk beside their expectation."""
        (low, high), p = self.range(), probabilities(self.problem)
        share, weight = 1.0 - weighing(self.problem).alpha, weighing(self.problem).weight
        excess = np.full_like(p, high.max() - low.min())
        names = [future.name for future in self.problem.futures]

        def fill(x: Floats) -> Floats:
            found = self.values(x) / self.scale
            order = np.argsort(-found, kind="stable")
            within = int(np.searchsorted(np.cumsum(p[order]), share - _MET))
            quantile = found[order[min(within, len(p) - 1)]]
            return np.append(quantile, np.maximum(found - quantile, 0.0))

        name = f"cvar_{self.own[0].name}"
        columns = Columns(
            name, np.append(low.min(), np.zeros_like(p)), np.append(high.max(), excess), fill,
            lambda i: names[i - 1] if i else "quantile",
        )  # fmt: skip
        beside = sparse.csr_array(-np.column_stack([np.ones_like(p), np.eye(len(p))]))
        cost = {name: weight * self.scale * np.append(1.0, p / share)}
        return self._risked("cvar", columns, beside, cost, (1.0 - weight) * p, np.zeros_like(p))

    def _risked(
        self,
        risk: RiskMeasure,
        columns: Columns,
        beside: sparse.csr_array,
        cost: dict[str, Floats],
        always: Floats,
        least: Floats,
    ) -> Aim:
        """Return an aim of columns that hold every objective above its least, and what counts."""
        problem, (first, *_) = self.problem, self.own
        names, title = [future.name for future in problem.futures], OBJECTIVES[first.name].title
        rows = Rows(
            columns.name, {**self._stacked(), columns.name: beside},
            np.full(len(always), -np.inf), (least - self.offsets) / self.scale,
            lambda i: f"the {title} in scenario {names[i]!r}", lambda i: names[i], self.scale,
        )  # fmt: skip
        spread = None
        if self.hinges:
            weights = partial(worst_weights, problem, risk)
            spread = Spread(columns.name, always, self.hinges, weights)
        return Aim(
            first.name, {**self.costs(always), **cost}, float(always @ self.offsets),
            (*self.parts, Part((columns,), (rows,))), self.scale, risk=risk, spread=spread,
        )  # fmt: skip

    def _stacked(self) -> dict[str, sparse.csr_array]:
        """Return the costs of each future as a row, by block, in units of the program."""
        named = [
            of_costs(aim.cost, future.name)
            for future, aim in zip(self.problem.futures, self.own, strict=True)
        ]
        found: dict[str, sparse.csr_array] = {}
        for block in dict.fromkeys(name for costs in named for name in costs):
            width = next(len(costs[block]) for costs in named if block in costs)
            rows = [costs.get(block, np.zeros(width)) / self.scale for costs in named]
            found[block] = sparse.csr_array(
                sparse.vstack([sparse.csr_array(r[None]) for r in rows])
            )
        return found

    def range(self) -> tuple[Floats, Floats]:
        """Return the least and the most of each, shape (W,), in units of the program."""
        most = self.problem.column_cohorts.capacity
        ends = []
        for aim in self.own:
            blocks = [block for part in aim.parts for block in part.columns]
            box = {block.name: (block.lower, block.upper) for block in blocks}
            box[PLACES] = np.zeros_like(most), most
            terms = [np.stack(box[block]) * cost for block, cost in aim.cost.items()]
            ends.append(
                [
                    aim.offset + sum(float(end(term, axis=0).sum()) for term in terms)
                    for end in (np.min, np.max)
                ]
            )
        low, high = np.array(ends).T / self.scale
        return low, high

    def values(self, x: Floats) -> Floats:
        """Return the objective of each future at decision columns, shape (W,)."""
        pairs = zip(self.own, self.problem.futures, strict=True)
        return np.array([self._value(aim, x, future.own(x)) for aim, future in pairs])

    def _value(self, aim: Aim, x: Floats, own: Floats) -> float:
        fills = {block.name: block.fill for part in aim.parts for block in part.columns}
        parts = [
            cost @ (x[: len(cost)] if block == PLACES else fills[block](own))
            for block, cost in aim.cost.items()
        ]
        return aim.offset + float(sum(parts))
