"""Different plans, in words and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerTable, columns
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

    Tables are ``plans`` (objective, bound and places moved between each two plans), ``professions``
    (places of each in each plan, those that differ most first) and ``measures``, if there are any.
    """
    plan, instance = found.plan, found.plan.instance
    every = [plan.outcome, *(other.outcome for other in found.found)]
    names = [THIS, *(f"plan {k + 1}" for k in range(len(found.found)))]
    amounts = {"places": np.array([each.places for each in every])}
    if len(instance.measures):
        amounts["units"] = np.array([each.units for each in every])
    moved = {w: np.abs(each[:, None] - each).sum(axis=(2, 3)) for w, each in amounts.items()}
    objective = first_objective(plan.policy).title
    said = [
        f"{len(found.found)} of {words.plural(found.asked, 'different plan')} found; the "
        f"{objective} of each is at most {figures.percent(found.tolerance)} above "
        f"{figures.fte(found.best)}, and each is certified: "
        f"{kept_words(plan.problem)}."
    ]
    if not found.found:
        said = [
            "No plan within the tolerance and the time was found that differs; a greater --within "
            "leaves more room."
        ]
    for k, name in enumerate(names[1:], 1):
        counts = [f"{figures.places(each[0, k])} {what}" for what, each in moved.items()]
        changes = {what: (each[k] - each[0]).sum(axis=1) for what, each in amounts.items()}
        said.append(
            f"{name[0].upper()}{name[1:]} moves {words.joined(counts)} against this plan: "
            f"{_character(instance, changes)}."
        )
    by_course = amounts["places"].sum(axis=2)
    member = instance.courses["p"].to_numpy(int) == np.arange(len(instance.professions))[:, None]
    codes = instance.professions[["profession", "title"]]
    tables = [
        _plans(found, names, amounts, moved),
        _side_by_side("profession", "Places", codes, names, by_course @ member.T),
    ]
    if "units" in amounts:
        codes = instance.measures[["measure", "title"]].assign(title=instance.measures["measure"])
        tables.append(_side_by_side("measure", "Units", codes, names, amounts["units"].sum(axis=2)))
    return Answer("Different plans", tuple(said), tuple(tables))


def _plans(
    found: Alternatives, names: list[str], amounts: dict[str, Floats], moved: dict[str, Floats]
) -> AnswerTable:
    own, best = float(found.plan.record["stages"][len(found.plan.policy.held)]["final"]), found.best
    values = [own, *(other.certificate.objective for other in found.found)]
    bounds = [other.certificate.bound for other in found.found]
    rows = pd.DataFrame({"plan": names, "objective": values})
    rows["above"] = [(v - best) / abs(best) if best else float(v > best) for v in values]
    rows["bound"] = [max(bounds, default=np.nan)] * len(names)
    for what, each in amounts.items():
        rows[what] = each.sum(axis=(1, 2))
    several, distances = len(amounts) > 1, {}
    for k, name in enumerate(names):
        for what, each in moved.items():
            key = f"from {name}" if what == "places" else f"{what} from {name}"
            rows[key] = each[:, k]
            distances[key] = f"{what} moved from {name}" if several else f"moved from {name}"
    shown = (
        *columns(plan="plan"),
        *columns(figures.fte, objective=first_objective(found.plan.policy).title),
        *columns(figures.percent, above="above best"),
        *columns(figures.places, **{what: what for what in amounts}, **distances),
    )
    lines = "courses and measures" if several else "courses"
    what = " and ".join(amounts)
    note = (
        f"{what.capitalize()} moved: the sum over {lines} and years of how far two plans are apart."
    )
    title = f"Plans, and the {what} moved between each two"
    return AnswerTable("plans", title, rows, shown, note=note)


def _side_by_side(
    of: str, what: str, codes: pd.DataFrame, names: list[str], sums: Floats
) -> AnswerTable:
    """Tabulate sums, shape (plans, codes), those that differ most first."""
    rows = codes.reset_index(drop=True).assign(**dict(zip(names, sums, strict=True)))
    order = np.argsort(-(sums.max(axis=0) - sums.min(axis=0)), kind="stable")
    shown = (*columns(title=of), *columns(figures.places, **{name: name for name in names}))
    title = f"{what} by {of}, those that differ most first"
    return AnswerTable(f"{of}s", title, rows.iloc[order], shown, most=_LISTED)


def _character(instance: Instance, changes: dict[str, Floats]) -> str:
    """Name the professions that change most and the regions where, and measures that do."""
    shape = len(instance.professions), len(instance.regions)
    cells = np.ravel_multi_index((instance.courses["p"], instance.courses["q"]), shape)
    change = np.bincount(cells, changes["places"], shape[0] * shape[1]).reshape(shape)
    total, units = change.sum(axis=1), changes.get("units", np.zeros(0))
    regions, professions = instance.regions["region"], instance.professions["title"]
    parts = []
    for sign, word in ((1.0, "more"), (-1.0, "fewer")):
        named = [
            f"{professions.iloc[i]} ({figures.signed_places(total[i])}, most in "
            f"{regions.iloc[int(np.argmax(sign * change[i]))]})"
            for i in _largest(sign * total)
        ]
        named += [
            f"units of {instance.measures['measure'].iloc[i]} ({figures.signed_places(units[i])})"
            for i in _largest(sign * units)
        ]
        if named:
            parts.append(f"{word} {' and '.join(named)}")
    others = "courses of the same professions" + ", or other years" * bool(units.size)
    return "; ".join(parts) or f"other {others}"


def _largest(values: Floats) -> list[int]:
    order = np.argsort(-values, kind="stable")[:_NAMED]
    return [int(i) for i in order if values[i] >= 1.0]
