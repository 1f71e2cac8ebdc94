"""What another machine does otherwise: the way of the solver, and the order of sums.

HiGHS gets another seed and so comes to other solutions that are as good; numpy and its linear
algebra are kept from the newer instructions of the processor, so that sums are added in another
order. No test and no answer may hang on either.
"""

import os
import subprocess
import sys
from typing import Any

import pytest

OPTION = "--other-machine"
_FEATURES, _KERNELS = "NPY_DISABLE_CPU_FEATURES", "OPENBLAS_CORETYPE"
_KNOWN = """
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(*[name for name in __cpu_dispatch__ if __cpu_features__[name]])
"""


def pretend(seed: int) -> None:
    """Run this process, and those that it starts, as another machine would.

    Raises
    ------
    pytest.UsageError
        If numpy has chosen its instructions already.
    """
    if _FEATURES not in os.environ:
        if "numpy" in sys.modules:
            raise pytest.UsageError(f"{OPTION} comes too late: numpy is imported")
        known = subprocess.run(
            [sys.executable, "-c", _KNOWN], check=True, capture_output=True, text=True
        )
        os.environ[_FEATURES] = known.stdout.strip()
        os.environ[_KERNELS] = "Nehalem"  # of 2008; other kinds of processor ignore it
    _reseed(seed)


def _reseed(seed: int) -> None:
    """Add to the seed of every run of HiGHS."""
    from commission_opt.solvers import highs

    known: Any = vars(highs)["Highs"]

    class Reseeded(known):  # type: ignore[misc]
        added = 0

        def setOptionValue(self, name: str, value: Any) -> Any:
            if name == "random_seed":
                value, self.added = value + seed, seed
            return super().setOptionValue(name, value)

        def getOptions(self) -> Any:
            """Return a copy of the options, with the seed that was asked for."""
            options = super().getOptions()
            options.random_seed -= self.added
            return options

    vars(highs)["Highs"] = Reseeded
