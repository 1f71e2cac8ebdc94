"""Rows of benchmarks, made up for tests of what is done with them."""

import copy
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

_ROW: Row = {
    "format": 1,
    "spec": "made-up",
    "case": "here/annual/arrays/highs/auto/seed=0",
    "instance": "here",
    "model": "annual",
    "engine": "arrays",
    "configuration": "arrays/highs/auto",
    "seed": 0,
    "asked_gap": 5e-4,
    "relaxed": False,
    "threads": 1,
    "time_limit": 60.0,
    "memory_limit_mib": None,
    "side": "head",
    "started": "2026-01-01T00:00:00+00:00",
    "commit": "abc",
    "dirty": False,
    "repeat": 0,
    "session": "s",
    "pair": None,
    "status": "optimal",
    "ended_by": "gap",
    "objective": 1000.0,
    "bound": 999.8,
    "gap": 2e-4,
    "certificate": {"valid": True, "feasible": True, "consistent": True, "largest_violation": 0.0},
    "hashes": {"code": "c", "instance": "i", "model": "m"},
    "sizes": {"rows": 10, "columns": 20, "nonzeros": 30, "decisions": 5},
    "seconds": {"read": 0.2, "assemble": 0.1, "relax": 0.5, "integer": 0.4, "total": 1.2},
    "reference_seconds": 0.1,
    "trace": [[0.5, None, 999.0], [0.8, 1010.0, 999.8], [1.0, 1000.0, 999.8]],
    "primal_integral": 0.8,
    "iterations": {"simplex": 100},
    "nodes": 3,
    "solver_options": {"relaxation": [{"output_flag": False, "threads": 1}]},
    "peak_memory_mib": 100.0,
    "versions": {"highspy": "1.15.1", "numpy": "2.4", "scipy": "1.17", "platform": "Linux-x"},
    "platform": {"system": "Linux", "machine": "x86_64", "arithmetic": "a"},
    "host": {"name": "secret-host", "platform": "Linux-x", "cpus": 2},
}


def row(**changes: Any) -> Row:
    """Return a row with some keys changed."""
    return {**copy.deepcopy(_ROW), **changes}


def scaled(factor: float, **changes: Any) -> Row:
    """Return a row whose every phase takes so many times as long."""
    made = row(**changes)
    return {**made, "seconds": {k: s * factor for k, s in made["seconds"].items()}}


def paired(base: Sequence[float], head: Sequence[float]) -> tuple[list[Row], list[Row]]:
    """Return interleaved rows whose seconds are multiples of the usual ones."""
    sides = []
    for name, factors in (("base", base), ("head", head)):
        sides.append([scaled(f, side=name, pair=k, repeat=k) for k, f in enumerate(factors)])
    return sides[0], sides[1]
