import math

import pytest

from commission_opt.bench.worker import first_stage, primal_integral
from commission_opt.solvers.status import Moment

INF = math.inf


def test_the_first_stage_in_its_own_units() -> None:
    moments = [
        Moment(1.0, "cost: relaxation", INF, 4.0),
        Moment(2.0, "cost: whole places", 6.0, 4.0),
        Moment(3.0, "cost: bound", INF, 5.0),
        Moment(4.0, "change: whole places", 1.0, 0.0),
    ]
    points = first_stage(moments, "cost", 10.0, (5.0, 60.0, 55.0))
    assert points == [
        (1.0, None, 40.0), (2.0, 60.0, 40.0), (3.0, 60.0, 50.0), (5.0, 60.0, 55.0),
    ]  # fmt: skip


def test_a_long_trace_keeps_its_ends() -> None:
    moments = [Moment(float(k), "a", 1000.0 - k, 0.0) for k in range(1000)]
    points = first_stage(moments, "a", 1.0, (2000.0, 1.0, 1.0), most=10)
    assert len(points) == 10
    assert points[0] == (0.0, 1000.0, 0.0)
    assert points[-2:] == [(999.0, 1.0, 0.0), (2000.0, 1.0, 1.0)]


def test_the_primal_integral_by_hand() -> None:
    # no plan for 2 s; then 20 % off the bound of 80 for 3 s, then 1 s at the bound
    points = [(1.0, None, 10.0), (2.0, 100.0, 10.0), (5.0, 80.0, 80.0), (6.0, 80.0, 80.0)]
    assert primal_integral(points, 80.0) == pytest.approx(2.0 + 0.2 * 3 + 0.0)
