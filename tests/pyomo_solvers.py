"""The solvers that Pyomo can run here, as parameters of tests."""

import pytest

from commission_opt.algebra.available import available_solvers
from commission_opt.solvers.status import Limits

SOLVERS = [
    pytest.param(
        name, marks=pytest.mark.skipif(version is None, reason=f"the solver {name} is not here")
    )
    for name, version in available_solvers().items()
]
EXACT = Limits(seconds=60, gap=0.0)
