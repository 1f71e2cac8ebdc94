"""Small frontiers for tests, traced once."""

from functools import cache

import samples
from commission_opt.frontier.curve import Curve, trace_frontier
from commission_opt.frontier.over import BUDGET, Over, over_of
from commission_opt.solvers.status import Limits

LIMITS = Limits(20, gap=0.005)
INSTANCE = samples.sample(4, 3, 2, 1).instance
POLICY = samples.policy(samples.model(2))
WORST, CHANGE = over_of("worst_region"), over_of("change")
OVERS = (BUDGET, WORST, CHANGE)


@cache
def traced(over: Over) -> Curve:
    """A frontier of a generated instance."""
    return trace_frontier(INSTANCE, POLICY, over.name, scales=(0.8, 1.2), limits=LIMITS)
