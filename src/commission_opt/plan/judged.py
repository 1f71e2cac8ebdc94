"""What plan.json says, held to what was worked out, and how good the plan is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from commission_opt.certificate.alone import AloneProof
from commission_opt.certificate.certify import Certificate, is_optimal
from commission_opt.certificate.limits import limit
from commission_opt.core.linear_program import LinearProgram
from commission_opt.errors import Problem
from commission_opt.formulation.goals import REGRET, names_of, regrets, size_of, weighs
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.deployment import DEPLOYMENT
from commission_opt.plan.read import RECORD, StoredPlan
from commission_opt.plan.record import EASED_KEYS, STAGE_KEYS
from commission_opt.plan.uncertain import MEAN, SETTLING, later_said, mean_plan
from commission_opt.plan.write import plan_counts
from commission_opt.uncertainty.worth import Bracket, true_regret, value_in, wait_and_see
from commission_opt.views.shortfall import Baselines, judged
from commission_opt.views.verdict import stopped, unpursued

DIFFERENT = (
    "The plan says that it was looked for because it differs from another and is nearly as good, "
    "not as the best there is, so no gap was asked for."
)
_METHOD = "alternatives"
SAID = (
    "command", "options", "asked_gap", "interrupted", "work", "ends", "seconds",
    "peak_memory_mib", "versions", "hashes.code",
)  # fmt: skip
"""Keys of the record that nothing in a plan can show."""
SAID_OF_FUTURES = ("uncertainty.file", "uncertainty.expected_value_plan_reason")
"""The same of a plan for several futures."""
SAID_OF_EACH = ("uncertainty.wait_and_see", "the column bound of scenarios.csv")
"""The same where the plan has no proof of each future by itself."""
_OF_MEAN = ("uncertainty.expected_value_plan", "uncertainty.vss")
_SAME = 1e-9  # relative; a sum may be rounded otherwise on another machine


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


def record_problems(
    plan: StoredPlan,
    certificate: Certificate,
    program: LinearProgram,
    alone: Sequence[AloneProof] = (),
) -> Iterator[Problem]:
    """Report every key whose value is not what the files lead to.

    Parameters
    ----------
    plan : StoredPlan
    certificate : Certificate
        Worked out again.
    program : LinearProgram
        Of the first stage.
    alone : sequence of AloneProof
        What is proved of each of several futures by itself, if the plan shows that.
    """
    record = plan.record
    counts = plan_counts(plan.problem, program, plan.amounts)
    found = _worked_out(plan, certificate)
    if weighs(plan.problem):
        found |= _of_futures(plan, certificate, alone)
    found |= {f"counts.{name}": value for name, value in counts.items()}
    if unproved(plan, certificate):
        found |= _as_said(plan, certificate)
    for key, value in found.items():
        said = _said(record, key)
        if not _same(said, value):
            proved = list(value) if isinstance(value, tuple) else value
            message = f"says {said}, but the files prove {proved}"
            if key in _OF_MEAN and plan.mean_deployed is not None:
                message += f" with {MEAN}{DEPLOYMENT} as it is: one of the two was changed"
            yield Problem("error", RECORD, None, key, message)
    said = record["certificate"]
    where = certificate.where if certificate.largest_violation > _SAME else ""
    if said["where"] != where and (where or not said["largest_violation"]):
        message = f"is not {where!r}, where the largest violation is"
        yield Problem("error", RECORD, None, "certificate.where", message)
    if record["format"] > 2:
        for k, stage in enumerate(certificate.stages):
            if not stage.attained:
                message = f"says {stage.objective}, and no places in the plan have it"
                yield Problem("error", RECORD, None, f"stages.{k}.objective", message)


def unproved(plan: StoredPlan, certificate: Certificate) -> list[int]:
    """Return the stages whose objective no places show, in a plan that keeps none."""
    if plan.record["format"] > 2:
        return []
    return [k for k, stage in enumerate(certificate.stages) if not stage.attained]


def unproved_stages(plan: StoredPlan, certificate: Certificate) -> Iterator[str]:
    """Say which objectives are only said by the plan."""
    for k in unproved(plan, certificate):
        stage = certificate.stages[k]
        yield (
            f"{OBJECTIVES[stage.minimise].title}: the {stage.objective:,.1f} {stage.unit} that the "
            f"plan says were reached in that stage are unproved, since plans of format 2 keep no "
            f"places of their stages. What is proved is of the plan itself: {stage.final:,.1f}, "
            f"and no plan below {stage.bound:,.1f}."
        )


def _worked_out(plan: StoredPlan, certificate: Certificate) -> dict[str, Any]:
    first = certificate.stages[0]
    found = {
        "status": "optimal" if is_optimal(certificate, plan.record["asked_gap"]) else "feasible",
        "instance": plan.instance.name,
        "model": plan.policy.name,
        "integer": plan.policy.integer,
        "objective": certificate.objective,
        "bound": certificate.bound,
        "gap": certificate.gap,
        "unit": first.unit,
        "without_new_places": certificate.without_new_places,
        "achieved": certificate.achieved,
        "certificate.feasible": certificate.feasible,
        "certificate.consistent": certificate.consistent,
        "certificate.largest_violation": certificate.largest_violation,
    }
    proved = [name for name in STAGE_KEYS if name != "seconds"]
    for k, stage in enumerate(certificate.stages):
        found |= {f"stages.{k}.{name}": getattr(stage, name) for name in proved}
        if stage.eased is not None:
            found |= {f"stages.{k}.eased.{n}": getattr(stage.eased, n) for n in EASED_KEYS}
    return found


def said_only(plan: StoredPlan) -> tuple[str, ...]:
    """Return the keys of the record that nothing in the plan can show."""
    said = tuple(key for key in SAID if key.partition(".")[0] in plan.record)
    if not weighs(plan.problem):
        return said
    later = () if plan.problem.layout.times is None else ("uncertainty.expected_value_plan",)
    each = () if shows_each(plan) or plan.bounds is None else SAID_OF_EACH
    near = ("uncertainty.repaired",) if says_repaired(plan) else ()
    return (*said, *SAID_OF_FUTURES, *near, *each, *later)


def says_repaired(plan: StoredPlan) -> bool:
    """Say whether a plan says what the nearest to one for the mean has, and does not show it."""
    said = plan.record.get("uncertainty", {}).get("repaired")
    return said is not None and plan.mended is None


def shows_each(plan: StoredPlan) -> bool:
    """Say whether a plan has a proof of each of its futures by itself."""
    return bool(plan.record.get("uncertainty", {}).get("proved_alone"))


def _of_futures(
    plan: StoredPlan, certificate: Certificate, alone: Sequence[AloneProof]
) -> dict[str, Any]:
    """Return what the record says of the futures, worked out again as far as the files show it."""
    first, how, said = certificate.stages[0], plan.policy.uncertainty, plan.record["uncertainty"]
    assert how is not None
    problem, value = plan.problem, Bracket(first.bound, first.objective)
    see = None if said["wait_and_see"] is None else Bracket(*said["wait_and_see"])
    if alone:
        see = wait_and_see(problem, plan.outcome, alone)
    mean, regret = _mean_plan(plan), regrets(problem)
    found: dict[str, Any] = {
        "scenarios": len(names_of(plan.problem)),
        "risk": how.risk,
        "cut": plan.cut,
        "decide_now": None,
        "later_relaxed": None,
        **later_said(plan.policy),
        "alpha": how.alpha if how.risk == "cvar" else None,
        "weight": how.weight if how.risk == "cvar" else None,
        "value": value,
        "expected_value_plan": mean,
        "vss": None if mean is None else mean.less(value),
        "wait_and_see": see,
        "evpi": None if see is None or regret else value.less(see),
        "repaired": _repaired(plan),
        "true_regret": true_regret(problem, plan.outcome, alone) if alone else None,
        "relative_to": size_of(problem, REGRET) if regret else None,
    }
    if certificate.settling is not None:
        found |= {f"expected.{k}": getattr(certificate.settling, k) for k in SETTLING}
    return {f"uncertainty.{key}": each for key, each in found.items()}


def _mean_plan(plan: StoredPlan) -> Bracket | None:
    """Return the risk of the plan for the mean; as it is said, if later years hang on it."""
    said = plan.record["uncertainty"]["expected_value_plan"]
    if plan.problem.layout.times is None:
        return mean_plan(plan.problem, plan.mean_amounts, plan.mean_deployed)
    return None if said is None else Bracket(*said)


def _repaired(plan: StoredPlan) -> float | None:
    """Return the risk of the nearest to a plan for the mean; None where it breaks a rule.

    As it is said, if the plan does not hold it.
    """
    if plan.mended is None:
        said: float | None = plan.record["uncertainty"].get("repaired")
        return said
    found = value_in(plan.problem, plan.mended)[0]
    return None if found is None else found.high


def _as_said(plan: StoredPlan, certificate: Certificate) -> dict[str, Any]:
    """Return what must hold between values that are only said, so that they fit each other."""
    said = tuple(replace(stage, attained=True) for stage in certificate.stages)
    found = _worked_out(plan, replace(certificate, stages=said))
    for k, (stage, objective) in enumerate(zip(said, plan.policy.objectives, strict=True)):
        found[f"stages.{k}.limit"] = limit(stage.objective, objective.tolerance, stage.size)
    return found


def _said(record: Mapping[str, Any], key: str) -> Any:
    value: Any = record
    for part in key.split("."):
        value = value[int(part)] if part.isdigit() else value.get(part)
    return value


def _same(said: Any, found: Any) -> bool:
    if isinstance(found, tuple):
        ends = said if isinstance(said, list) and len(said) == len(found) else [None] * len(found)
        return all(_same(one, other) for one, other in zip(ends, found, strict=True))
    if found is None or isinstance(found, str | bool):
        return type(said) is type(found) and bool(said == found)
    near: bool = (
        isinstance(said, int | float)
        and not isinstance(said, bool)
        and bool(np.isclose(said, found, rtol=_SAME, atol=_SAME))
    )
    return near
