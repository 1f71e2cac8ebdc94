"""How the gap closed over time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from commission_opt.solvers.status import Moment

MOST = 100  # points that are kept of a trace
Point = tuple[float, float | None, float | None]


def first_stage(
    moments: Sequence[Moment], name: str, scale: float, end: Point, most: int = MOST
) -> list[Point]:
    """Return seconds, best plan and bound of the first stage, in the units of its objective.

    Parameters
    ----------
    moments : sequence of Moment
    name : str
        Of the first objective.
    scale : float
        Units of the objective in a unit of the program.
    end : tuple
        Seconds, objective and certified bound in the end.
    most : int
        Points that are kept; those left out lie between others.

    Returns
    -------
    list of tuple
        Best plans never rise and bounds never fall; None where there is none yet.
    """
    points: list[Point] = []
    best, bound = math.inf, -math.inf
    for moment in moments:
        if moment.phase.split(":")[0] == name:
            best, bound = min(best, moment.best * scale), max(bound, moment.bound * scale)
            points.append((moment.seconds, _finite(best), _finite(bound)))
    return [*_thinned(points, most - 1), end]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _thinned(points: list[Point], most: int) -> list[Point]:
    """Keep so many points, the first and the last among them."""
    if len(points) <= most:
        return points
    step = (len(points) - 1) / (most - 1)
    return [points[round(k * step)] for k in range(most)]


def primal_integral(points: Sequence[Point], bound: float) -> float:
    """Return the seconds up to the end, each weighted by how far the best plan then was.

    The distance is the gap of the best plan to the certified bound of the run, 1 where there is
    no plan yet.
    """
    total, since, distance = 0.0, 0.0, 1.0
    for seconds, best, _ in points:
        total += distance * (seconds - since)
        since = seconds
        if best is not None:
            distance = min(1.0, max(0.0, best - bound) / max(abs(best), 1e-9))
    return total
