"""Which uncertainty drives a result: Sobol indices of each row of an uncertainty file.

The first-order index of a row is the share of the variance that would go if it were known; its
total index what would be left if it alone were not. Points ``A`` and ``B`` are drawn twice, and for
each row the result is worked out at ``A`` with the numbers of that row from ``B`` (Saltelli et al.
(2010), doi:10.1016/j.cpc.2009.09.018); SALib makes indices of the results, and resamples them for
intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.futures.columns import chunks
from commission_opt.futures.points import MOST_DIMENSIONS, sobol_points
from commission_opt.uncertainty.audit.audited import Arrays, AuditedPlan, Piece, answered

ADVICE = (
    "what drives the results needs SALib; install it with: pip install 'commission-opt[sweeps]'"
)
CONFIDENCE = 0.95
_RESAMPLES = 200
_SAMPLES, _FEW = 1024, 64  # points drawn twice; where every future is worked out by itself
_APART = 2**31  # between the seeds of points
_INSIDE = 2.0**-31  # above the end 0


def available() -> bool:
    """Say whether indices can be worked out."""
    return find_spec("SALib") is not None


def drivers(trial: AuditedPlan) -> Piece[pd.DataFrame | None]:
    """Work out Sobol indices of the first objective, one row for each that is drawn.

    Returns
    -------
    piece of pandas.DataFrame or None
        uncertain (its name), first, first_conf, total, total_conf: indices and half the width of
        their intervals, the largest total first. None without draws, or if SALib is missing.
    """
    rows = [row.name for row in trial.futures.uncertainty.rows]
    if not rows or not available():
        return answered("drivers", None)

    def together(found: Sequence[Arrays]) -> pd.DataFrame:
        columns = _indices(rows, np.column_stack([part["values"] for part in found]))
        frame = pd.DataFrame({"uncertain": rows, **columns})
        return frame.sort_values("total", ascending=False, kind="stable", ignore_index=True)

    return Piece("drivers", [(mixed, (column,)) for column in range(len(rows) + 2)], together)


def mixed(trial: AuditedPlan, column: int) -> Arrays:
    """Return the first objective at A, at A with one row from B, or at last at B: a task."""
    futures = trial.futures
    dimension = futures.row_of_dimension
    samples = _FEW if trial.one_by_one else _SAMPLES
    a, b = _twice(len(dimension), samples, futures.seed + _APART)
    taken = (dimension == column - 1) | (column > len(futures.uncertainty.rows))
    other = trial.at_points(np.where(taken, b, a))
    return {"values": np.concatenate([other.values(which) for which in chunks(samples)])}


def _twice(dimensions: int, samples: int, seed: int) -> tuple[Floats, Floats]:
    """Return two independent sets of points, as one of twice the dimensions if there are such."""
    if 2 * dimensions <= MOST_DIMENSIONS:
        both = sobol_points(samples, 2 * dimensions, seed)
    else:
        both = np.random.default_rng(seed).uniform(_INSIDE, 1.0, (samples, 2 * dimensions))
    return both[:, :dimensions], both[:, dimensions:]


def _indices(rows: list[str], values: Floats) -> dict[str, Floats]:
    """Return indices and half the width of their intervals; all 0 where the values never move."""
    kept = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
    if float(np.ptp(values)) <= 1e-9 * max(1.0, float(np.max(np.abs(values)))):
        return dict.fromkeys(kept, np.zeros(len(rows)))
    from SALib.analyze import sobol

    problem = {"num_vars": len(rows), "names": rows}
    found = sobol.analyze(
        problem, values.ravel(), calc_second_order=False, num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE, seed=1,
    )  # fmt: skip
    return {name: np.asarray(found[key], dtype=float) for name, key in kept.items()}
