"""Mixed-integer programs grown by hand and solved by scipy; they know no planning."""

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix


class Infeasible(Exception):
    """No places satisfy every rule."""


@dataclass
class Program:
    """A mixed-integer program, grown one column and one row at a time."""

    columns: list[tuple[float, float, float, int]] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, cost: float, low: float, high: float, integer: int = 0) -> int:
        self.columns.append((cost, low, high, integer))
        return len(self.columns) - 1

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        """Scaled by the largest coefficient, so that pounds and weeks weigh alike."""
        scale = max((abs(value) for value in terms.values()), default=0.0) or 1.0
        nonzero = {k: v / scale for k, v in terms.items() if v}
        self.rows.append((nonzero, low / scale, high / scale))

    def minimise(self, gap: float, time_limit: float | None) -> tuple[list[float], float]:
        """The best value of every column, and a bound below every objective."""
        cost, low, high, integer = np.array(self.columns, dtype=float).T
        entries = [(v, i, j) for i, row in enumerate(self.rows) for j, v in row[0].items()]
        value, i, j = np.array(entries).T
        shape = (len(self.rows), len(self.columns))
        matrix = csr_matrix((value, (i.astype(int), j.astype(int))), shape=shape)
        answer = milp(
            cost,
            integrality=integer,
            bounds=Bounds(low, high),
            constraints=LinearConstraint(matrix, *zip(*(r[1:] for r in self.rows), strict=True)),
            options={
                "mip_rel_gap": gap,
                "time_limit": math.inf if time_limit is None else time_limit,
            },
        )
        if answer.x is not None:
            bound = answer.mip_dual_bound if integer.any() else answer.fun
            return [float(value) for value in answer.x], float(bound)
        # "Unbounded or infeasible" can only be the latter: no shortfall falls below 0.
        raise (Infeasible if "nfeasible" in answer.message else RuntimeError)(answer.message)
