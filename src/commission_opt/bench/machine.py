"""The machine that a run ran on: how fast it is at the moment, and how it counts."""

from __future__ import annotations

import hashlib
import os
import platform
import time

import numpy as np
from scipy import sparse
from scipy.optimize import linprog


def machine() -> dict[str, object]:
    """Return what decides whether two runs must agree to the last digit."""
    return {"system": platform.system(), "machine": platform.machine(), "arithmetic": arithmetic()}


def host() -> dict[str, object]:
    """Return the name and the size of this machine."""
    return {"name": platform.node(), "platform": platform.platform(), "cpus": os.cpu_count()}


def arithmetic() -> str:
    """Return a fingerprint of the rounding of sums, products and powers on this processor.

    Libraries choose other instructions on other processors of one kind, so that sums round
    otherwise and a search may take another way. Where the fingerprints are the same, it does not.
    """
    rng = np.random.default_rng(0)
    square, long = rng.standard_normal((64, 64)), rng.standard_normal(10_007)
    some = sparse.csr_array(np.where(square > 1, square, 0.0))
    results = (
        square @ square, square @ long[:64], some @ long[:64], (some.T @ some).toarray(),
        long @ long, long.sum(), np.cumsum(long), np.exp(long), np.abs(long) ** 0.7,
    )  # fmt: skip
    digest = hashlib.sha256()
    for result in results:
        digest.update(np.ascontiguousarray(result).tobytes())
    return digest.hexdigest()[:12]


def reference_seconds() -> float:
    """Time a fixed workload: Python, arrays, and a linear program in SciPy's own HiGHS.

    It does not depend on the versions of this program or of ``highspy``, so it is the same
    yardstick for every run in an environment.
    """
    rng = np.random.default_rng(0)
    rows, columns = 120, 240
    dense = rng.random((rows, columns)) * (rng.random((rows, columns)) < 0.2)
    cost, limit = -rng.random(columns), rng.random(rows) * 10 + 5
    start = time.perf_counter()
    table: dict[str, int] = {}
    for i in range(60_000):
        key = f"k{i % 997}"
        table[key] = table.get(key, 0) + i
    values = rng.random(300_000)
    for _ in range(4):
        np.sort(values)
        np.exp(values).sum()
    linprog(cost, A_ub=dense, b_ub=limit, bounds=(0, 10), method="highs-ds")
    return time.perf_counter() - start
