"""What is said about two plans."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import spent
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer
from commission_opt.explain.comparison.attribution import REMAINDER, TOTAL, Attribution
from commission_opt.explain.comparison.steps import file_name
from commission_opt.explain.comparison.tables import commissioned
from commission_opt.explain.room.room import DECIDED, ONE_OF_MANY
from commission_opt.explain.units import PLAIN
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.rules import COUNTED
from commission_opt.plan.judged import is_different
from commission_opt.plan.read import StoredPlan
from commission_opt.text.counts import agreed, plural, spans
from commission_opt.views import words

_SHARE = 0.005  # of the whole, below which a change is not worth a sentence
_NAMED = 3
Names = tuple[str, str]


def names(a: StoredPlan, b: StoredPlan) -> Names:
    """Name two plans by their folders, in full where the last parts are equal."""
    short = a.folder.resolve().name, b.folder.resolve().name
    return (str(a.folder), str(b.folder)) if short[0] == short[1] else short


def measured(a: StoredPlan, b: StoredPlan) -> bool:
    """Say whether either plan has measures."""
    return any(len(plan.instance.measures) > 0 for plan in (a, b))


def nothing_changed(a: StoredPlan, b: StoredPlan, named: Names) -> Answer:
    """Say that two plans are the same."""
    same = ["inputs", "model", "places", *(["units"] if measured(a, b) else [])]
    said = [f"Nothing changed: {words.joined(same)} are the same."]
    ours, theirs = (
        {**plan.instance.files, "model.toml": plan.policy.content, "datapackage.json": b""}
        for plan in (a, b)
    )
    files = [*dict.fromkeys([*a.instance.files, *b.instance.files, "model.toml"])]
    if form := [name for name in files if ours.get(name) != theirs.get(name)]:
        said.append(f"Only the form of files differs, or their notes: {', '.join(form)}.")
    return Answer(f"From {named[0]} to {named[1]}", tuple(said))


def overview(
    a: StoredPlan,
    b: StoredPlan,
    named: Names,
    found: Attribution,
    inputs: pd.DataFrame,
    model: pd.DataFrame,
) -> Iterator[str]:
    """Say how far two plans differ and what explains it, the most important first."""
    yield _difference(named, found)
    if reasons := _reasons(found):
        yield reasons
    yield from _below_floors(a, b, named)
    yield from _apart(a, b, named, found)
    if counted_otherwise(inputs, model) and found.unit is not PLAIN:
        yield (
            "The two plans weigh shortfalls differently, so part of the change is one of counting; "
            "unweighted FTE-years are counted alike."
        )
    if len(inputs) or len(model):
        yield _how(found)
    else:
        yield f"Inputs and model are the same, so all of it lies in {_found(a, b, named)}."


def _found(a: StoredPlan, b: StoredPlan, named: Names) -> str:
    """Say in what two plans of the same inputs and model may differ."""
    said = []
    for plan, name in zip((a, b), named, strict=True):
        if is_different(plan):
            said.append(f"{name} was looked for because it differs from another plan")
        if plan.not_pursued:
            said.append(f"{name} was not made for the model's later objectives")
    how = "how the plans were found"
    return f"{how}: {words.joined(said)}" if said else f"{how}: with another gap, time or seed"


def _difference(named: Names, found: Attribution) -> str:
    before, after = found.finals
    unit, change = found.unit, after - before
    what = f" of {unit.aim.replace('_', ' ')}" if unit.aim else " of shortfall"
    if abs(change) <= 1e-9 * max(1.0, abs(before)):
        return f"{named[1]} has as much{what} as {named[0]}: {unit.amount(after)}."
    way = "more" if change > 0 else "less"
    share = f" ({100 * change / before:+.2f} %)" if before else ""
    return (
        f"{named[1]} has {unit.amount(abs(change))}{what} {way} than {named[0]}: "
        f"{unit.show(before)} became {unit.show(after)}{share}."
    )


def _reasons(found: Attribution) -> str:
    rows = found.frame[found.frame["because_of"] != TOTAL]
    size = rows["value"].abs()
    least = _SHARE * max(float(size.sum()), 1e-9)
    order = rows.iloc[np.argsort(-size.to_numpy(), kind="stable")]
    largest = [row for row in order.to_dict("records") if abs(row["value"]) > least][:_NAMED]
    if not largest:
        return ""
    said = ", ".join(f"{row['because_of']} ({found.unit.signed(row['value'])})" for row in largest)
    other = sum(abs(value) > 0 for value in rows["value"]) - len(largest)
    return f"It is explained by {said}" + (", and less by others." if other > 0 else ".")


def _below_floors(a: StoredPlan, b: StoredPlan, named: Names) -> Iterator[str]:
    """Say how much each plan misses of its floors, if either has any."""
    if not any(len(plan.instance.floors) for plan in (a, b)):
        return
    below = [float(plan.outcome.floors.below.sum()) for plan in (a, b)]
    yield (
        f"Service is {figures.fte(below[0])} FTE-years below the floors of {named[0]}, and "
        f"{figures.fte(below[1])} below those of {named[1]}."
    )


def _apart(a: StoredPlan, b: StoredPlan, named: Names, found: Attribution) -> Iterator[str]:
    """Say what keeps two plans from being compared in full."""
    for kind in ("profession", "region", "course"):
        ours, theirs = (set(getattr(p.instance, f"{kind}s")[kind]) for p in (a, b))
        if ours != theirs:
            both = len(ours & theirs)
            yield (
                f"{plural(both, kind)} {agreed(both, 'is', 'are')} in both plans, "
                f"{len(ours - theirs)} only in "
                f"{named[0]} and {len(theirs - ours)} only in {named[1]}."
            )
    if found.unit is PLAIN:
        first, second = (first_objective(plan.policy).title for plan in (a, b))
        yield (
            f"{named[0]} minimises the {first} and {named[1]} the {second}, so they are compared "
            "by unweighted FTE-years of shortfall, which neither need have made least."
        )
    if commissioned(a) != commissioned(b):
        yield (
            f"{named[0]} commissions {spans(commissioned(a))} and {named[1]} "
            f"{spans(commissioned(b))}."
        )
    if a.instance.years != b.instance.years:
        yield (
            f"{named[0]} looks at {spans(a.instance.years)} and {named[1]} at "
            f"{spans(b.instance.years)}, so their totals are over different years."
        )
    if a.policy.integer != b.policy.integer:
        whole, parts = named if a.policy.integer else named[::-1]
        yield f"{whole} is in whole places and {parts} in fractions, which can reach more."


def counted_otherwise(inputs: pd.DataFrame, model: pd.DataFrame) -> bool:
    """Say whether changes of inputs and model change how the first objective counts."""
    weights = inputs["column"].eq("weight").any()
    keys = model["row"].map(_weighs).any()
    first = (inputs["table"].eq("instance") & inputs["row"].isin(["first_year"])).any()
    return bool(weights or keys or first)


def _weighs(key: str) -> bool:
    """Say whether a key of a model changes how its first objective counts."""
    if key.startswith("objective[1]"):
        return not key.endswith("].tolerance")
    return key.removeprefix("rules.") in ("discount_rate", *COUNTED)


def _how(found: Attribution) -> str:
    order = ", ".join(file_name(part) for step in found.orders[0] for part in step.parts)
    error = (found.frame["high"] - found.frame["low"]).max()
    certified = "" if np.isnan(error) else f", certified within {figures.within(float(error))}"
    said = (
        f"The inputs were exchanged one after the other ({order}), each time re-solved in "
        f"fractions of places{certified}; “{REMAINDER}” is the rest, as whole plans are within a "
        "gap of the best and hold other objectives too."
    )
    if len(found.orders) > 1:
        return f"{said} What a change explains depends on the order: the mean of both is given."
    if len(found.orders[0]) > 1:
        return f"{said} What a change explains depends on the order; see --both-orders."
    return said


def grouped(found: Attribution) -> str:
    """Say which changes were made together and why."""
    reasons = dict.fromkeys(step.why for steps in found.orders for step in steps if step.why)
    return "; ".join(f"made together, as {why}" for why in reasons)


def changes(inputs: pd.DataFrame, model: pd.DataFrame) -> str:
    """Say where inputs and model changed."""
    if inputs.empty and model.empty:
        return "Inputs and model are the same."
    by_table = inputs["table"].value_counts(sort=False)
    said = [f"{count:,} in {file_name(str(table))}" for table, count in by_table.items()]
    if len(model):
        said.append(f"{len(model):,} in the commissioning model")
    return "Changes: " + ", ".join(said) + "."


def amounts(
    what: str, line: str, years: Collection[int], lines: pd.DataFrame, *, same: bool
) -> str:
    """Say how places of courses, or units of measures, changed.

    Parameters
    ----------
    what : {"places", "units"}
    line : {"course", "measure"}
    years : collection of int
        Those that both plans commission; ``same`` if they are all years of both.
    lines : pandas.DataFrame
        ``a``, ``b`` and ``change`` of every line.
    """
    before, after = (float(lines[side].sum()) for side in ("a", "b"))
    moved = int((lines["change"] != 0).sum())
    if not years:
        when = "in an average commissioning year, as they have none in common"
    else:
        when = f"in {spans(years)}" + ("" if same else ", which both commission")
    return (
        f"{what.capitalize()} go from {figures.places(before)} to {figures.places(after)} {when}; "
        f"{moved:,} of {plural(len(lines), line)} {agreed(moved, 'changes', 'change')}."
    )


def settled(changes: pd.Series, what: str) -> str:
    """Say how many changes of places or units are decided."""
    decided, many = (int((changes == word).sum()) for word in (DECIDED, ONE_OF_MANY))
    rest = len(changes) - decided - many
    these = f"{agreed(len(changes), 'this', 'these')} {plural(len(changes), 'change')}"
    said = [
        f"{decided:,} of {these} {agreed(decided, 'is', 'are')} decided.",
        f"{many:,} {agreed(many, 'is', 'are')} one of many: plans as good, to 0.1 %, need not "
        "differ there.",
    ]
    if decided:
        said[0] = (
            f"{said[0][:-1]}: it is proved that no plan within 0.1 % of the one has as many {what} "
            "there as a plan within 0.1 % of the other."
        )
    if rest:
        said.append(f"Of {rest:,} neither is known.")
    return " ".join(said)


def outcome(a: StoredPlan, b: StoredPlan) -> str:
    """Say how shortfall and spend changed."""
    before, after = (float(plan.outcome.shortfall.sum()) for plan in (a, b))
    bought = "places and units" if measured(a, b) else "places"
    first, second = (spent(plan.instance, plan.outcome) for plan in (a, b))
    if any(len(plan.instance.pay) for plan in (a, b)):
        bought += ", pay of those they bring included,"
    return (
        f"Unweighted, the shortfall goes from {figures.fte(before)} to {figures.fte(after)} "
        f"FTE-years over the horizon ({figures.signed_fte(after - before)}); spend on new and "
        f"continued {bought} from {figures.pounds(first)} to {figures.pounds(second)} "
        f"({signed_pounds(second - first)})."
    )


def signed_pounds(value: float) -> str:
    """Show a change of money with its sign."""
    return f"{'+' if value > 0 else ''}{figures.pounds(value)}"


def change(value: float) -> str:
    """Show a change of a figure of any kind."""
    return "–" if pd.isna(value) else f"{value:+,.6g}"


def cell(value: object, name: str = "") -> str:
    """Show a cell of a table or a key of a model; a year, by its name, without a separator."""
    if isinstance(value, bool):
        return str(value).lower()
    if name.endswith("year") and isinstance(value, (int, float)) and not pd.isna(value):
        return figures.year(value)
    if isinstance(value, float):
        return "–" if np.isnan(value) else f"{value:,.12g}"
    return f"{value:,}" if isinstance(value, int) else figures.text(value)
