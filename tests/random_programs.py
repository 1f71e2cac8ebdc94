"""A small linear program, and random ones in a finite box with rows of every kind."""

import math

import numpy as np
from scipy import sparse

from commission_opt.core.linear_program import LinearProgram

# max x + 2y, x + y ≤ 4.5, y ≤ 2.5 in [0, 3]²: x = 2, y = 2.5, value −7; in whole numbers
# x = 2, y = 2, value −6.
LP = LinearProgram(
    matrix=sparse.csc_array(np.array([[1.0, 1.0], [0.0, 1.0]])),
    cost=np.array([-1.0, -2.0]),
    lower=np.zeros(2),
    upper=np.full(2, 3.0),
    row_lower=np.full(2, -math.inf),
    row_upper=np.array([4.5, 2.5]),
    offset=0.0,
    columns={},
    rows={},
)
WHOLE = np.array([True, True])


def random_program(seed: int, *, shared: int = 12, rows: int = 9, own: int = 14) -> LinearProgram:
    """Return a program that a point is known to satisfy."""
    rng = np.random.default_rng(seed)
    wide = rng.uniform(-3.0, 5.0, (rows, shared)) * (rng.random((rows, shared)) < 0.6)
    alone = np.zeros((rows, own))
    # The last row has no own column, the first has many.
    alone[rng.integers(0, rows - 1, own), np.arange(own)] = rng.choice([-2.0, -1.0, 1.0, 3.0], own)
    matrix = np.hstack([wide, alone])
    n = shared + own
    lower = rng.uniform(-2.0, 1.0, n)
    upper = lower + rng.uniform(0.0, 4.0, n)
    inside = matrix @ rng.uniform(lower, upper)
    row_lower = inside - rng.uniform(0.0, 2.0, rows)
    row_upper = inside + rng.uniform(0.0, 2.0, rows)
    kind = np.arange(rows) % 4
    row_lower[kind == 1] = -np.inf
    row_upper[kind == 2] = np.inf
    row_lower[kind == 3] = row_upper[kind == 3] = inside[kind == 3]
    return LinearProgram(
        sparse.csc_array(matrix),
        rng.normal(size=n) * rng.choice([0.0, 1.0, 5.0], n),
        lower,
        upper,
        row_lower,
        row_upper,
        float(rng.normal()),
        {},
        {},
    )
