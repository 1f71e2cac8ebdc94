"""What if: everything solved again with some figures changed, beside the plan as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.allocation.settled import first_value, outcome_of
from commission_opt.certificate.certify import keeps_rules
from commission_opt.explain.answer import Answer
from commission_opt.explain.best import BestPlaces
from commission_opt.explain.margins.prices import first_stage
from commission_opt.explain.what_if.breakdown import by_profession, by_year, measures, moved
from commission_opt.explain.what_if.replan import Variants, replanned
from commission_opt.explain.what_if.told import AGAIN, kept_label, sentences, tables
from commission_opt.formulation.objectives import first_objective
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits, Watch

SECONDS = 10.0  # for each of two plans
_LEAST = 1e-9  # size that a regret is relative to, as a gap is
_ROUNDING = 1e-12  # relative difference of objectives that is none


def what_if(
    plan: Decided,
    changes: Sequence[str],
    limits: Limits | None = None,
    watch: Watch | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Solve everything again with some figures changed.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    changes : sequence of str
        Such as ``budget[fund=tuition]+=1000000``, as ``sweep --vary`` takes them, with one value
        each; made one after the other.
    limits : Limits, optional
        Gap, threads and seed; time limit of the relaxations.
    watch : Watch, optional
        Told of progress; can stop the work.
    seconds : float
        Time for the plan with the changes, and for the plan without them.

    Returns
    -------
    Answer
        Tables ``certified``, ``measures``, ``by_profession``, ``by_year``, ``moved`` (with measures
        also ``moved_units``) and ``changes``, the rows that each change touches.

    Raises
    ------
    UsageError, InputError
        If a change names what is not there, or takes a figure out of its range.
    InfeasibleError, NoPlanError, StoppedError
        If there is no plan with the changes, or none was found in time.
    """
    limits, watch = limits or Limits(), watch or Watch()
    problem, places = plan.problem, plan.amounts
    settings = read_changes(changes)
    steady = first_stage(problem).problem
    variants = Variants(steady)
    variants.ground.check([setting.axis for setting in settings])
    touched = variants.ground.touched(settings)
    changed = variants.planned(settings)
    after = replanned(changed, places, limits, watch, seconds)
    watch.begin("what if: in fractions of places")
    best = BestPlaces(limits, watch)
    old, new = best.least(steady)[0], best.least(changed)[0]
    limited = old.low - new.high, old.high - new.low
    rows = [_row("the best in fractions of places", old.value, new.value, *limited)]
    searched = None
    if problem.policy.integer:
        searched = replanned(steady, places, limits, watch, seconds)
    value = first_value(problem, places)
    if keeps_rules(changed, outcome_of(changed, places)):
        same = first_value(changed, places)
        possible = new.bound if searched is None else max(new.bound, after.certificate.bound)
        regret = max(0.0, same - possible) / max(abs(same), _LEAST)
        kept = kept_label(measured=len(problem.instance.measures) > 0)
        rows.append({**_row(kept, value, same, value - same, value - same), "regret": regret})
    if searched is not None:
        for what, found in ((AGAIN, after), ("the same search without the change", searched)):
            stage = found.certificate.stages[0]
            low, high = value - stage.objective, value - stage.bound
            rows.append(_row(what, value, stage.objective, low, high))
    frames = {
        "certified": pd.DataFrame(rows),
        "measures": measures(plan, after),
        **moved(plan, after),
        "by_profession": by_profession(plan, after),
        "by_year": by_year(plan, after),
        "changes": pd.DataFrame([asdict(one) for one in touched]),
    }
    said = " and ".join(f"“{setting}”" for setting in settings)
    lines = [f"“{s}” changes {t}." for s, t in zip(settings, touched, strict=True)]
    lines += sentences(said, first_objective(problem.policy).unit, frames, after.policy.integer)
    if changed.policy != problem.policy:
        lines.append(
            "The change is one of the model, so that figures before and after it may count "
            "different things."
        )
    title = f"{problem.instance.title}: what if {said}"
    return Answer(title, tuple(lines), tables(frames, first_objective(problem.policy)))


def _row(what: str, before: float, after: float, low: float, high: float) -> dict[str, object]:
    small = _ROUNDING * max(1.0, abs(before))
    saved, low, high = (0.0 if abs(v) <= small else v for v in (before - after, low, high))
    return {
        "what": what, "before": before, "after": after, "saved": saved, "low": low, "high": high,
    }  # fmt: skip
