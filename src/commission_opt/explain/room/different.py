"""Different plans, in words and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable
from commission_opt.explain.room.alternatives import Alternatives
from commission_opt.formulation.objectives import first_objective
from commission_opt.instance.instance import Instance
from commission_opt.views import words
from commission_opt.views.commitments import kept_words

THIS = "this plan"
_NAMED = 2  # professions named for each direction
_LISTED = 15


def different(found: Alternatives) -> Answer:
    """Say what plans that are nearly as good look like.

    Parameters
    ----------
    found : Alternatives

    Returns
    -------
    Answer
        Tables ``plans`` (objective, bound and places moved between each two plans) and
        ``professions`` (places of each profession in each plan, those that differ most first).
    """
    plan, instance = found.plan, found.plan.instance
    every = [plan.places, *(other.places for other in found.found)]
    names = [THIS, *(f"plan {k + 1}" for k in range(len(found.found)))]
    objective = first_objective(plan.policy).title
    said = [
        f"{len(found.found)} of {words.plural(found.asked, 'different plan')} found; the "
        f"{objective} of each is at most {figures.percent(found.tolerance)} above "
        f"{figures.fte(found.best)}, and each is certified: "
        f"{kept_words(instance, plan.policy)}."
    ]
    if not found.found:
        said = [
            "No plan within the tolerance and the time was found that differs; a greater --within "
            "leaves more room."
        ]
    for name, places in zip(names[1:], every[1:], strict=True):
        moved = float(np.abs(places - plan.places).sum())
        said.append(
            f"{name[0].upper()}{name[1:]} moves {figures.places(moved)} places against this plan: "
            f"{_character(instance, places - plan.places)}."
        )
    tables = (_plans(found, names, every), _professions(instance, names, every))
    return Answer("Different plans", tuple(said), tables)


def _plans(found: Alternatives, names: list[str], every: list[Floats]) -> AnswerTable:
    values = [_value(found), *(other.certificate.objective for other in found.found)]
    bounds = [other.certificate.bound for other in found.found]
    rows = pd.DataFrame({"plan": names, "objective": values})
    rows["above"] = [_above(value, found.best) for value in values]
    rows["bound"] = [max(bounds, default=np.nan)] * len(names)
    rows["places"] = [float(places.sum()) for places in every]
    for name, other in zip(names, every, strict=True):
        rows[f"from {name}"] = [float(np.abs(places - other).sum()) for places in every]
    objective = first_objective(found.plan.policy).title
    columns = (
        AnswerColumn("plan", "plan"),
        AnswerColumn("objective", objective, figures.fte),
        AnswerColumn("above", "above best", figures.percent),
        AnswerColumn("places", "places", figures.places),
        *(AnswerColumn(f"from {name}", f"moved from {name}", figures.places) for name in names),
    )
    note = "Places moved: the sum over courses and years of how far two plans are apart."
    return AnswerTable(
        "plans", "Plans, and the places moved between each two", rows, columns, note=note
    )


def _value(found: Alternatives) -> float:
    return float(found.plan.record["stages"][0]["final"])


def _above(value: float, best: float) -> float:
    return (value - best) / abs(best) if best else float(value > best)


def _professions(instance: Instance, names: list[str], every: list[Floats]) -> AnswerTable:
    of = instance.courses["p"].to_numpy(int)
    count = len(instance.professions)
    sums = np.array([np.bincount(of, p.sum(axis=1), minlength=count) for p in every])
    rows = instance.professions[["profession", "title"]].reset_index(drop=True)
    for name, total in zip(names, sums, strict=True):
        rows[name] = total
    order = np.argsort(-(sums.max(axis=0) - sums.min(axis=0)), kind="stable")
    columns = (
        AnswerColumn("title", "profession"),
        *(AnswerColumn(name, name, figures.places) for name in names),
    )
    title = "Places by profession, those that differ most first"
    return AnswerTable("professions", title, rows.iloc[order], columns, most=_LISTED)


def _character(instance: Instance, change: Floats) -> str:
    """Name the professions that change most, and the regions where."""
    by_course = change.sum(axis=1)
    p, q = (instance.courses[key].to_numpy(int) for key in ("p", "q"))
    total = np.bincount(p, by_course, minlength=len(instance.professions))
    parts = []
    for sign, word in ((1.0, "more"), (-1.0, "fewer")):
        order = np.argsort(-sign * total, kind="stable")[:_NAMED]
        some = [int(i) for i in order if sign * total[i] >= 1.0]
        named = [_named(instance, i, by_course, p, q, sign) for i in some]
        if named:
            parts.append(f"{word} {' and '.join(named)}")
    return "; ".join(parts) or "other courses of the same professions"


def _named(
    instance: Instance, profession: int, by_course: Floats, p: Floats, q: Floats, sign: float
) -> str:
    own = p == profession
    here = np.bincount(q[own].astype(int), by_course[own], minlength=len(instance.regions))
    region = instance.regions["region"].iloc[int(np.argmax(sign * here))]
    title = instance.professions["title"].iloc[profession]
    return f"{title} ({figures.signed_places(by_course[own].sum())}, most in {region})"
