"""Allocate education and training places across professions and regions, with a certificate."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from commission_opt.version import __version__

if TYPE_CHECKING:
    from commission_opt.allocation.allocate import allocate
    from commission_opt.explain.comparison.compare import compare
    from commission_opt.explain.infeasible.answers import diagnose
    from commission_opt.explain.ledger.ledger import ledger
    from commission_opt.explain.margins.margins import margins
    from commission_opt.explain.room.room import room
    from commission_opt.explain.what_if.change import what_if
    from commission_opt.explain.why.course import why_course, why_measure
    from commission_opt.explain.why.origins import supply_of
    from commission_opt.explain.why.pathway import why_pathway
    from commission_opt.explain.why.posts import posts_of
    from commission_opt.frontier.curve import trace_frontier
    from commission_opt.futures.uncertainty_file import read_uncertainty
    from commission_opt.plan.read import read_plan
    from commission_opt.plan.uncertain import solve_in_futures
    from commission_opt.plan.write import write_plan
    from commission_opt.policy_file import read_policy
    from commission_opt.reading.read import check_instance, read_instance
    from commission_opt.report.write import write_report
    from commission_opt.solvers.status import Limits, Watch
    from commission_opt.sweep.result import run_sweep

_NAMES = {
    "allocation.allocate": ("allocate",),
    "explain.comparison.compare": ("compare",),
    "explain.infeasible.answers": ("diagnose",),
    "explain.ledger.ledger": ("ledger",),
    "explain.margins.margins": ("margins",),
    "explain.room.room": ("room",),
    "explain.what_if.change": ("what_if",),
    "explain.why.course": ("why_course", "why_measure"),
    "explain.why.pathway": ("why_pathway",),
    "explain.why.origins": ("supply_of",),
    "explain.why.posts": ("posts_of",),
    "frontier.curve": ("trace_frontier",),
    "futures.uncertainty_file": ("read_uncertainty",),
    "plan.read": ("read_plan",),
    "plan.uncertain": ("solve_in_futures",),
    "plan.write": ("write_plan",),
    "policy_file": ("read_policy",),
    "reading.read": ("check_instance", "read_instance"),
    "report.write": ("write_report",),
    "solvers.status": ("Limits", "Watch"),
    "sweep.result": ("run_sweep",),
}  # fmt: skip
_HOME = {name: f"{__name__}.{module}" for module, names in _NAMES.items() for name in names}
__all__ = [
    "Limits",
    "Watch",
    "__version__",
    "allocate",
    "check_instance",
    "compare",
    "diagnose",
    "ledger",
    "margins",
    "posts_of",
    "read_instance",
    "read_plan",
    "read_policy",
    "read_uncertainty",
    "room",
    "run_sweep",
    "solve_in_futures",
    "supply_of",
    "trace_frontier",
    "what_if",
    "why_course",
    "why_measure",
    "why_pathway",
    "write_plan",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Import on first use, so that ``commission-opt --help`` answers at once."""
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Offer what is imported on first use too."""
    return sorted({*globals(), *__all__})
