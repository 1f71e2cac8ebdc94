"""How good a plan is that was read back: its verdict, and what it was and was not made for."""

from __future__ import annotations

from commission_opt.certificate.certify import Certificate
from commission_opt.plan.read import StoredPlan
from commission_opt.views.shortfall import Baselines, judged
from commission_opt.views.verdict import stopped, unpursued

DIFFERENT = (
    "The plan says that it was looked for because it differs from another and is nearly as good, "
    "not as the best there is, so no gap was asked for."
)
_METHOD = "alternatives"


def is_different(plan: StoredPlan) -> bool:
    """Say whether a plan was made to differ from another one (``room --alternatives``)."""
    return bool(plan.record["options"].get("method") == _METHOD)


def judged_plan(plan: StoredPlan, futures: Baselines, certificate: Certificate) -> tuple[str, ...]:
    """Say how good a plan is, sentence by sentence, beside last year repeated.

    Parameters
    ----------
    plan : StoredPlan
    futures : Baselines
        Of the plan.
    certificate : Certificate
        Worked out again, or as recorded.
    """
    asked = None if is_different(plan) else float(plan.record["asked_gap"])
    return (*judged(futures, certificate, asked), *_made_for(plan, certificate))


def search_words(plan: StoredPlan, certificate: Certificate) -> tuple[str, ...]:
    """Say where the search stopped early, and what the plan was not made for."""
    different = is_different(plan)
    early = () if different else stopped(certificate, float(plan.record["asked_gap"]))
    return (*early, *_made_for(plan, certificate))


def _made_for(plan: StoredPlan, certificate: Certificate) -> tuple[str, ...]:
    later = unpursued(certificate.stages, plan.not_pursued, str(plan.record["status"]))
    return (*([DIFFERENT] if is_different(plan) else []), *([later] if later else []))
