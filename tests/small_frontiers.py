"""Small frontiers for tests, traced once."""

from functools import cache

import samples
from commission_opt.frontier.curve import Curve, trace
from commission_opt.frontier.family import Over
from commission_opt.solvers.status import Limits

LIMITS = Limits(20, gap=0.005)
INSTANCE = samples.sample(4, 3, 2, 1).instance
POLICY = samples.policy(samples.model(2))


@cache
def traced(over: Over) -> Curve:
    """A frontier of a generated instance."""
    return trace(INSTANCE, POLICY, over, asked=(0.8, 1.2), limits=LIMITS)
