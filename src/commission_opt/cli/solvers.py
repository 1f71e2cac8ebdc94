"""``commission-opt solvers``."""

from __future__ import annotations

from commission_opt.algebra.available import available_solvers


def run_solvers() -> None:
    """Print which solvers of the readable model are there, one a line."""
    for name, version in available_solvers().items():
        print(f"{name:<8} {version or 'absent'}")
