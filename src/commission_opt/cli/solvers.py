"""``commission-opt solvers``."""

from __future__ import annotations

from commission_opt.algebra.available import available_solvers
from commission_opt.cli.screen import put_out


def run_solvers() -> None:
    """Print which solvers of the readable model are there, one a line."""
    for name, version in available_solvers().items():
        put_out(f"{name:<8} {version or 'absent'}")
