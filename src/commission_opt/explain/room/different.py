"""Different plans, in words and tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
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
        ``professions`` (places of each profession in each plan, those that differ most first);
        with measures also ``measures`` (units of each).
    """
    plan, instance = found.plan, found.plan.instance
    every = [plan.outcome, *(other.outcome for other in found.found)]
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
    for name, other in zip(names[1:], every[1:], strict=True):
        said.append(
            f"{name[0].upper()}{name[1:]} moves {_amounts(_moved(every[0], other))} against this "
            f"plan: {_character(instance, every[0], other)}."
        )
    tables = [_plans(found, names, every), _professions(instance, names, every)]
    if len(instance.measures):
        tables.append(_measures(instance, names, every))
    return Answer("Different plans", tuple(said), tuple(tables))


def _moved(one: Outcome, other: Outcome) -> dict[str, float]:
    """Return the places and, with measures, units by which two plans differ."""
    moved = {"places": float(np.abs(one.places - other.places).sum())}
    if one.units.size:
        moved["units"] = float(np.abs(one.units - other.units).sum())
    return moved


def _amounts(amounts: Mapping[str, float]) -> str:
    return words.joined([f"{figures.places(each)} {what}" for what, each in amounts.items()])


def _plans(found: Alternatives, names: list[str], every: list[Outcome]) -> AnswerTable:
    own, best = float(found.plan.record["stages"][0]["final"]), found.best
    values = [own, *(other.certificate.objective for other in found.found)]
    bounds = [other.certificate.bound for other in found.found]
    rows = pd.DataFrame({"plan": names, "objective": values})
    rows["above"] = [(v - best) / abs(best) if best else float(v > best) for v in values]
    rows["bound"] = [max(bounds, default=np.nan)] * len(names)
    counted = list(_moved(every[0], every[0]))
    for what in counted:
        rows[what] = [float(getattr(each, what).sum()) for each in every]
    for name, other in zip(names, every, strict=True):
        for what in counted:
            rows[_from(name, what)] = [_moved(each, other)[what] for each in every]
    headings = ["moved from {}"]
    if len(counted) > 1:
        headings = ["places moved from {}", "units moved from {}"]
    objective = first_objective(found.plan.policy).title
    columns = (
        AnswerColumn("plan", "plan"),
        AnswerColumn("objective", objective, figures.fte),
        AnswerColumn("above", "above best", figures.percent),
        *(AnswerColumn(what, what, figures.places) for what in counted),
        *(
            AnswerColumn(_from(name, what), heading.format(name), figures.places)
            for name in names
            for what, heading in zip(counted, headings, strict=True)
        ),
    )
    lines = "courses and measures" if len(counted) > 1 else "courses"
    moved = " and ".join(counted)
    note = (
        f"{moved.capitalize()} moved: the sum over {lines} and years of how far two plans are "
        "apart."
    )
    title = f"Plans, and the {moved} moved between each two"
    return AnswerTable("plans", title, rows, columns, note=note)


def _from(name: str, what: str) -> str:
    return f"from {name}" if what == "places" else f"{what} from {name}"


def _professions(instance: Instance, names: list[str], every: list[Outcome]) -> AnswerTable:
    of = instance.courses["p"].to_numpy(int)
    count = len(instance.professions)
    sums = [np.bincount(of, each.places.sum(axis=1), minlength=count) for each in every]
    codes = instance.professions[["profession", "title"]]
    title = "Places by profession, those that differ most first"
    return _side_by_side("professions", title, codes, "profession", names, np.array(sums))


def _measures(instance: Instance, names: list[str], every: list[Outcome]) -> AnswerTable:
    sums = np.array([each.units.sum(axis=1) for each in every])
    codes = instance.measures[["measure", "title"]].assign(title=instance.measures["measure"])
    title = "Units by measure, those that differ most first"
    return _side_by_side("measures", title, codes, "measure", names, sums)


def _side_by_side(
    name: str, title: str, codes: pd.DataFrame, what: str, names: list[str], sums: Floats
) -> AnswerTable:
    rows = codes.reset_index(drop=True)
    for plan, total in zip(names, sums, strict=True):
        rows[plan] = total
    order = np.argsort(-(sums.max(axis=0) - sums.min(axis=0)), kind="stable")
    columns = (
        AnswerColumn("title", what),
        *(AnswerColumn(plan, plan, figures.places) for plan in names),
    )
    return AnswerTable(name, title, rows.iloc[order], columns, most=_LISTED)


def _character(instance: Instance, one: Outcome, other: Outcome) -> str:
    """Name the professions that change most and the regions where, and measures that do."""
    change = (other.places - one.places).sum(axis=1)
    p, q = (instance.courses[key].to_numpy(int) for key in ("p", "q"))
    total = np.bincount(p, change, minlength=len(instance.professions))
    units, codes = (other.units - one.units).sum(axis=1), instance.measures["measure"].tolist()
    parts = []
    for sign, word in ((1.0, "more"), (-1.0, "fewer")):
        order = np.argsort(-sign * total, kind="stable")[:_NAMED]
        some = [int(i) for i in order if sign * total[i] >= 1.0]
        named = [_named(instance, i, change, p, q, sign) for i in some]
        named += [
            f"units of {codes[i]} ({figures.signed_places(units[i])})"
            for i in np.argsort(-sign * units, kind="stable")[:_NAMED]
            if sign * units[i] >= 1.0
        ]
        if named:
            parts.append(f"{word} {' and '.join(named)}")
    others = "courses of the same professions"
    if one.units.size:
        others = f"{others}, or other years"
    return "; ".join(parts) or f"other {others}"


def _named(
    instance: Instance, profession: int, by_course: Floats, p: Floats, q: Floats, sign: float
) -> str:
    own = p == profession
    here = np.bincount(q[own].astype(int), by_course[own], minlength=len(instance.regions))
    region = instance.regions["region"].iloc[int(np.argmax(sign * here))]
    title = instance.professions["title"].iloc[profession]
    return f"{title} ({figures.signed_places(by_course[own].sum())}, most in {region})"
