"""Two plans compared: inputs, model, futures, places, outcome, and what explains the difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerColumn, Answers, AnswerTable, columns
from commission_opt.explain.comparison import words
from commission_opt.explain.comparison.attribution import Attribution, attribution
from commission_opt.explain.comparison.changes import input_changes, model_changes, summary
from commission_opt.explain.comparison.steps import ordered
from commission_opt.explain.comparison.tables import (
    amounts_by,
    bought,
    commissioned,
    common_years,
    decided,
    shortfall_by,
    spend_by_fund,
)
from commission_opt.explain.comparison.words import measured
from commission_opt.formulation.goals import weighs
from commission_opt.formulation.objectives import OBJECTIVES, first_objective
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Limits, Watch
from commission_opt.views.verdict import amount, recorded
from commission_opt.views.weighing import AS_GIVEN, weighing_of

_MOST, _FEW = 15, 10
_SECONDS = 10.0  # for the ranges of places of each plan
_NOT_EXPLAINED = (
    "What explains a change is worked out for plans of one future only. The outcomes below are "
    f"{AS_GIVEN}; scenarios.csv of a plan says how it fares in each scenario."
)


def compare(
    a: StoredPlan,
    b: StoredPlan,
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    order: Sequence[str] = (),
    both_orders: bool = False,
) -> Answers:
    """Say what changed from one plan to another, and what explains the change in shortfall.

    Parameters
    ----------
    a, b : StoredPlan
    limits : Limits, optional
        For each solve.
    watch : Watch, optional
    order : sequence of str
        Files whose changes are made first; the others follow in the order of the tables, the
        model last.
    both_orders : bool
        Make the changes in the reverse order as well, and give the mean.

    Returns
    -------
    Answers
        What explains the difference (table ``explained``), what changed in the inputs and the
        model (``inputs``, ``cells``, ``model``), the places (``courses``, ``professions``,
        ``regions``, ``groups``), with measures the units (``measures``), and the outcome
        (``years``, ``regions``, ``groups``, ``funds``).
        One answer without tables if nothing changed.

    Raises
    ------
    UsageError
        If the order names what there is not.
    NoPlanError, StoppedError
        If the time limit or the user came first.
    CertificateError
        If what was found does not prove itself.
    """
    limits, watch = limits or Limits(), watch or Watch()
    inputs, model = input_changes(a.instance, b.instance), model_changes(a.policy, b.policy)
    changed = [*inputs["table"].unique(), *(["model"] if len(model) else [])]
    forward = ordered(changed, order)
    names = words.names(a, b)
    if not changed and np.array_equal(a.amounts, b.amounts) and same_futures(a, b):
        return Answers([words.nothing_changed(a, b, names)])
    seconds = min(limits.seconds, _SECONDS)
    lines = ("course", "measure") if measured(a, b) else ("course",)
    if weighs(a.problem) or weighs(b.problem):
        outcome = _outcome(a, b, names)
        return Answers(
            [
                several(a, b, names),
                *[_inputs(inputs, model)] * bool(changed),
                *(_bought(a, b, line, names, 0.0, watch) for line in lines),
                replace(outcome, title=f"{outcome.title}, {AS_GIVEN}"),
            ]
        )
    orders = [forward, forward[::-1]] if both_orders and len(forward) > 1 else [forward]
    explained = attribution(a, b, orders, limits, watch)
    title = f"From {names[0]} to {names[1]}"
    said = tuple(words.overview(a, b, names, explained, inputs, model))
    return Answers(
        [
            Answer(title, said, (_explained(explained),)),
            _inputs(inputs, model),
            *(_bought(a, b, line, names, seconds, watch) for line in lines),
            _outcome(a, b, names),
        ]
    )


def _explained(found: Attribution) -> AnswerTable:
    unit, plain = found.unit, {"shortfall": "FTE-years, unweighted"}
    ways = {"forward": "in this order", "backward": "in reverse"}
    shown = (
        *columns(because_of="because of"),
        *columns(unit.signed, value=unit.name, **(ways if len(found.orders) > 1 else {})),
        *columns(figures.signed_fte, **(plain if unit.aim else {})),
        *columns(words.signed_pounds, spend="more £ spent"),
    )
    title = "What explains the change"
    return AnswerTable("explained", title, found.frame, shown, note=words.grouped(found))


def _inputs(inputs: pd.DataFrame, model: pd.DataFrame) -> Answer:
    tables = []
    cells = columns(kind="what", column="column", old_text="old", new_text="new")
    if len(inputs):
        shown = (
            *columns(table="table", column="column", kind="what"),
            *columns(figures.places, count="rows"),
            *columns(words.change, sum="sum of changes", largest="largest"),
            *columns(row="at"),
        )
        title = "Changes of the inputs by column"
        tables.append(AnswerTable("inputs", title, summary(inputs), shown, 30))
        shown = (*columns(table="table", row="row"), *cells)
        title = "Changes of the inputs one by one"
        tables.append(AnswerTable("cells", title, _shown(inputs), shown, _MOST))
    if len(model):
        shown = (*columns(row="key"), *(one for one in cells if one.name != "column"))
        title = "Changes of the commissioning model"
        tables.append(AnswerTable("model", title, _shown(model), shown, _MOST))
    return Answer("Inputs and model", (words.changes(inputs, model),), tuple(tables))


def _shown(changes: pd.DataFrame) -> pd.DataFrame:
    """Add cells as text: what they are called says whether they are years."""
    names = changes["column"].where(changes["column"] != "", changes["row"]).astype(str)
    return changes.assign(
        **{
            f"{side}_text": [words.cell(v, n) for v, n in zip(changes[side], names, strict=True)]
            for side in ("old", "new")
        }
    )


def _bought(
    a: StoredPlan, b: StoredPlan, line: str, names: tuple[str, str], seconds: float, watch: Watch
) -> Answer:
    """Compare places of courses, or units of measures; in no time, without what is settled."""
    is_course = line == "course"
    what, kind = ("places", ()) if is_course else ("units", ("kind",))
    years, same = common_years(a, b), commissioned(a) == commissioned(b)
    every = (bought(plan, years) for plan in (a, b))
    ours, theirs = (lines[lines["kind"].eq("course") == is_course] for lines in every)
    keys = [line, *kind, "profession", "region"]
    found = amounts_by(ours, theirs, ["line", *keys[1:]]).rename(columns={"line": line})
    moved = found[found["change"] != 0].reset_index(drop=True)
    said = [words.amounts(what, line, years, found, same=same)]
    sides = _sides(names, figures.places, figures.signed_places)
    shown = (*columns(**{key: key for key in keys}), *sides)
    if same and seconds and len(moved):
        moved["settled"] = decided(a, b, line, moved[line].tolist(), seconds, watch)
        shown = (*shown, *columns(settled="the change is"))
        said.append(words.settled(moved["settled"], what))
    heading = what.capitalize() + ("" if years else " in an average year")
    title = f"{heading} by {line}, where they change"
    tables = [AnswerTable(f"{line}s", title, moved, shown, _FEW)]
    for key in ("profession", "region", "group") if is_course else ():
        frame, shown = amounts_by(ours, theirs, [key]), (*columns(**{key: key}), *sides)
        tables.append(AnswerTable(f"{key}s", f"{heading} by {key}", frame, shown, _FEW))
    return Answer(what.capitalize(), tuple(said), tuple(tables))


def _sides(
    names: tuple[str, str], show: Callable[[Any], str], change: Callable[[Any], str]
) -> tuple[AnswerColumn, ...]:
    return (*columns(show, a=names[0], b=names[1]), *columns(change, change="change"))


def _outcome(a: StoredPlan, b: StoredPlan, names: tuple[str, str]) -> Answer:
    weighted = all(
        any(OBJECTIVES[o.minimise].weighted for o in p.policy.objectives) for p in (a, b)
    )
    sides = _sides(names, figures.fte, figures.signed_fte)
    if weighted:
        both = {"weighted_a": f"{names[0]}, weighted", "weighted_b": f"{names[1]}, weighted"}
        sides += columns(figures.fte, **both)
        sides += columns(figures.signed_fte, weighted_change="change, weighted")
    tables = []
    for kind in ("year", "region", "group"):
        title, is_year = f"Shortfall by {kind}, FTE-years", kind == "year"
        shown = (*columns(figures.year if is_year else figures.text, **{kind: kind}), *sides)
        frame = shortfall_by(a, b, kind, weighted=weighted)
        tables.append(AnswerTable(f"{kind}s", title, frame, shown, None if is_year else _FEW))
    title = f"£ on new and continued {'places and units' if measured(a, b) else 'places'} by fund"
    title += ", and pay that follows" * any(len(plan.instance.pay) for plan in (a, b))
    shown = (*columns(fund="fund"), *_sides(names, figures.pounds, words.signed_pounds))
    tables.append(AnswerTable("funds", title, spend_by_fund(a, b), shown, _FEW))
    return Answer("Outcome", (words.outcome(a, b),), tuple(tables))


def same_futures(a: StoredPlan, b: StoredPlan) -> bool:
    """Say whether two plans weigh the same futures in the same way, or none."""
    ways = [
        None
        if (how := plan.policy.uncertainty) is None
        else (
            *(how.content, how.risk, how.alpha, how.weight),
            *(plan.problem.now_years, plan.problem.relaxed_from),
        )
        for plan in (a, b)
    ]
    return ways[0] == ways[1]


def several(a: StoredPlan, b: StoredPlan, names: tuple[str, str]) -> Answer:
    """Say what each plan weighs, and what its first objective then is."""
    said = [text for plan, name in zip((a, b), names, strict=True) for text in _of(plan, name)]
    which = "the same futures in the same way" if same_futures(a, b) else "not the same"
    if weighs(a.problem) and weighs(b.problem):
        said.append(f"What the two weigh is {which}." if "not" in which else f"Both weigh {which}.")
    return Answer(f"From {names[0]} to {names[1]}", (*said, _NOT_EXPLAINED))


def _of(plan: StoredPlan, name: str) -> Iterator[str]:
    stage, over = recorded(plan.record).stages[0], weighing_of(plan.problem)
    kind = first_objective(plan.policy)
    value = amount(stage, stage.final)
    own = f"The {kind.title} of {name} is {value}"
    if over is None:
        yield f"{own}, for the instance {AS_GIVEN}."
        return
    given = amount(stage, kind.value(plan.problem, plan.outcome))
    if over.regrets:
        yield (
            f"{over.regret(kind.title, value)} is that of {name}; if all goes {AS_GIVEN} its "
            f"{kind.title} is {given}."
        )
        return
    yield f"{own}, {over.how()}; if all goes {AS_GIVEN} it is {given}."
