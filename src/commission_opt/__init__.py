"""Allocate education and training places across professions and regions, with a certificate."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from commission_opt.version import __version__

if TYPE_CHECKING:
    from commission_opt.allocation.allocate import allocate
    from commission_opt.plan.write import write_plan
    from commission_opt.policy_file import read_policy
    from commission_opt.reading.read import check_instance, read_instance
    from commission_opt.solvers.status import Limits, Watch


_HOME = {
    "Limits": "commission_opt.solvers.status",
    "Watch": "commission_opt.solvers.status",
    "allocate": "commission_opt.allocation.allocate",
    "check_instance": "commission_opt.reading.read",
    "read_instance": "commission_opt.reading.read",
    "read_policy": "commission_opt.policy_file",
    "write_plan": "commission_opt.plan.write",
}
__all__ = [
    "Limits",
    "Watch",
    "__version__",
    "allocate",
    "check_instance",
    "read_instance",
    "read_policy",
    "write_plan",
]


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``commission-opt --help`` answers at once."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
