"""``commission-opt solvers``."""

from __future__ import annotations

from commission_opt.algebra.available import available_solvers
from commission_opt.cli.screen import put_out


def solvers() -> None:
    """List the solvers that the readable model is tested with, and which are here."""
    for name, version in available_solvers().items():
        put_out(f"{name:<8} {version or 'absent'}")
