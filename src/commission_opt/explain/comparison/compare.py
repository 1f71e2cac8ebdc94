"""Two plans compared: inputs, model, places, outcome, and what explains the difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, Answers, Column, Table
from commission_opt.explain.comparison import words as words
from commission_opt.explain.comparison.attribution import Attribution, attribution
from commission_opt.explain.comparison.changes import input_changes, model_changes, summary
from commission_opt.explain.comparison.decided import decided
from commission_opt.explain.comparison.steps import ordered
from commission_opt.explain.comparison.tables import (
    common_years,
    places_by,
    places_of,
    shortfall_by,
    spend_by_fund,
)
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Limits, Watch

_MOST = 15
_SECONDS = 10.0  # for the ranges of places of each plan


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
        Told of progress; can stop the work.
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
        ``regions``, ``groups``) and the outcome (``years``, ``regions``, ``groups``, ``funds``).
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
    inputs, model = (
        input_changes(a.instance, b.instance),
        model_changes(a.policy, b.policy),
    )
    changed = [*inputs["table"].unique(), *(["model"] if len(model) else [])]
    forward = ordered(changed, order)
    names = words.names(a, b)
    same_places = a.places.shape == b.places.shape and np.array_equal(a.places, b.places)
    if not changed and same_places:
        return Answers([words.nothing_changed(a, b, names)])
    orders = [forward, forward[::-1]] if both_orders and len(forward) > 1 else [forward]
    explained = attribution(a, b, orders, limits, watch)
    title = f"From {names[0]} to {names[1]}"
    said = tuple(words.overview(a, b, names, explained, inputs, model))
    return Answers(
        [
            Answer(title, said, (_explained(explained),)),
            _inputs(inputs, model),
            _places(a, b, names, min(limits.seconds, _SECONDS), watch),
            _outcome(a, b, names),
        ]
    )


def _explained(found: Attribution) -> Table:
    unit = found.unit
    both = len(found.walks) > 1
    columns = (
        Column("because_of", "because of"),
        Column("value", unit.name, unit.signed),
        *((Column("forward", "in this order", unit.signed),) if both else ()),
        *((Column("backward", "in reverse", unit.signed),) if both else ()),
        *((Column("shortfall", "FTE-years, unweighted", figures.signed_fte),) if unit.aim else ()),
        Column("spend", "more £ spent", words.signed_pounds),
    )
    title = "What explains the change"
    return Table("explained", title, found.frame, columns, note=words.grouped(found))


def _inputs(inputs: pd.DataFrame, model: pd.DataFrame) -> Answer:
    tables = []
    if len(inputs):
        short = summary(inputs)
        columns = (
            Column("table", "table"),
            Column("column", "column"),
            Column("kind", "what"),
            Column("count", "rows", figures.places),
            Column("sum", "sum of changes", words.change),
            Column("largest", "largest", words.change),
            Column("row", "at"),
        )
        tables.append(Table("inputs", "Changes of the inputs by column", short, columns, 30))
        each = (
            Column("table", "table"),
            Column("row", "row"),
            Column("kind", "what"),
            Column("column", "column"),
            Column("old_text", "old"),
            Column("new_text", "new"),
        )
        shown = _shown(inputs)
        tables.append(Table("cells", "Changes of the inputs one by one", shown, each, _MOST))
    if len(model):
        keys = (
            Column("row", "key"),
            Column("kind", "what"),
            Column("old_text", "old"),
            Column("new_text", "new"),
        )
        title = "Changes of the commissioning model"
        tables.append(Table("model", title, _shown(model), keys, _MOST))
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


def _places(
    a: StoredPlan, b: StoredPlan, names: tuple[str, str], seconds: float, watch: Watch
) -> Answer:
    years = common_years(a, b)
    ours, theirs = places_of(a, years), places_of(b, years)
    show, heading = figures.places, "places" if years.shared else "places in an average year"
    courses = places_by(ours, theirs, ["course", "profession", "region"])
    moved = courses[courses["change"] != 0].reset_index(drop=True)
    said = [words.places(years, courses)]
    settled: tuple[Column, ...] = ()
    if years.same and len(moved):
        moved["settled"] = decided(a, b, [*moved["course"]], seconds, watch)
        settled = (Column("settled", "the change is"),)
        said.append(words.settled(moved["settled"]))
    tables = [
        Table(
            name, f"{heading} by {key}".capitalize(), frame,
            (
                *(Column(k, k) for k in keys), *_columns(names, show, figures.signed_places),
                *(settled if name == "courses" else ()),
            ),
            most,
        )
        for name, key, keys, frame, most in (
            ("courses", "course, where they change", ("course", "profession", "region"), moved, 10),
            *(
                (f"{key}s", key, (key,), places_by(ours, theirs, [key]), 10)
                for key in ("profession", "region", "group")
            ),
        )
    ]  # fmt: skip
    return Answer("Places", tuple(said), tuple(tables))


def _columns(names: tuple[str, str], show: object, change: object) -> tuple[Column, ...]:
    return (
        Column("a", names[0], show),  # type: ignore[arg-type]
        Column("b", names[1], show),  # type: ignore[arg-type]
        Column("change", "change", change),  # type: ignore[arg-type]
    )


def _outcome(a: StoredPlan, b: StoredPlan, names: tuple[str, str]) -> Answer:
    weighted = all(
        any(OBJECTIVES[o.minimise].weighted for o in p.policy.objectives) for p in (a, b)
    )
    columns = _columns(names, figures.fte, figures.signed_fte)
    if weighted:
        columns += (
            Column("weighted_a", f"{names[0]}, weighted", figures.fte),
            Column("weighted_b", f"{names[1]}, weighted", figures.fte),
            Column("weighted_change", "change, weighted", figures.signed_fte),
        )
    tables = [
        Table(
            f"{kind}s", f"Shortfall by {kind}, FTE-years",
            shortfall_by(a, b, kind, weighted=weighted),
            (Column(kind, kind, figures.year if kind == "year" else figures.text), *columns),
            None if kind == "year" else 10,
        )
        for kind in ("year", "region", "group")
    ]  # fmt: skip
    funds = (Column("fund", "fund"), *_columns(names, figures.pounds, words.signed_pounds))
    tables.append(
        Table("funds", "£ on new and continued places by fund", spend_by_fund(a, b), funds, 10)
    )
    return Answer("Outcome", (words.outcome(a, b),), tuple(tables))
