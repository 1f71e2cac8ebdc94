"""What an FTE-year costs on each line, of the plan in all, and of one more at the margin."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.activities import KINDS
from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import AnswerTable, columns
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.explain.why.one_more import brought
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import SHORTAGE
from commission_opt.views.lines import per_unit, ratio

ALL, COURSE, PLAN = "all", "course", "the plan in all"
_SHOWN = 15
_NOTHING = 1e-9  # FTE-years that are none
_NOTE = (
    "£ and FTE-years within the horizon, discounted, of what is commissioned or bought and "
    "continued, all funds; the pipeline is left out{pay}. One more: in each commissioning year. At "
    "the margin: its £ for each {unit} that it takes off the first objective, at the prices next "
    "to the plan; a dash where it takes off none."
)


def line_costs(
    problem: Planning, amounts: Floats, near: PricedProgram, *, pay: bool = False
) -> pd.DataFrame:
    """Tabulate what an FTE-year costs.

    Parameters
    ----------
    problem : Planning
        Its layout is that of ``near``.
    amounts : array, shape (L, K)
        The plan.
    near : PricedProgram
        Next to the plan.
    pay : bool
        Whether the pay of staff whom lines bring is part of what they cost.

    Returns
    -------
    pandas.DataFrame
        One row for the plan in all (``kind`` is ``all``), then one for each line, those that are
        bought first and the cheapest of them first. ``amount`` (places or units, all commissioning
        years; missing for the plan in all), ``cost`` (£) and ``fte_years`` of the plan, discounted,
        and ``per_fte_year``, their ratio; ``one_more``, the same ratio of one more in each
        commissioning year; ``marginal``, £ of one more for each unit of the first objective that
        it saves at the prices, where that adds up shortfalls. A ratio to nothing is missing.
    """
    instance, layout = problem.instance, problem.layout
    each = np.array(per_unit(problem, pay=pay))
    started = layout.started.at(layout.to_columns(amounts))
    cost, supplied = (each * started).reshape(2, *instance.starts.shape).sum(axis=2)
    more = np.asarray(each @ layout.started.matrix)
    saved = brought(near) if has_margin(near) else np.zeros(layout.size)
    more_cost, more_supplied, more_saved = (
        np.bincount(layout.line, values, layout.n_lines).astype(float) for values in (*more, saved)
    )
    lines = instance.lines
    frame = pd.DataFrame(
        {
            **{name: lines[name].to_numpy() for name in ("line", "kind", "profession", "region")},
            "amount": amounts.sum(axis=1),
            "cost": cost,
            "fte_years": supplied,
            "per_fte_year": ratio(cost, supplied),
            "one_more": ratio(more_cost, more_supplied),
            "marginal": ratio(more_cost, more_saved),
        }
    )
    frame = frame.sort_values("per_fte_year", kind="stable", ignore_index=True)
    plan = frame[["cost", "fte_years"]].sum().to_frame().T
    in_all = ratio(plan["cost"].to_numpy(), plan["fte_years"].to_numpy())
    plan = plan.assign(line=PLAN, kind=ALL, profession="", region="", per_fte_year=in_all)
    return pd.concat([plan.reindex(columns=frame.columns), frame], ignore_index=True)


def has_margin(near: PricedProgram) -> bool:
    """Say whether the first objective adds up shortfalls, so that prices are per FTE-year."""
    formulation = near.formulation
    return first_objective(formulation.problem.policy).weighted and SHORTAGE in near.program.rows


def table(
    frame: pd.DataFrame, problem: Planning, near: PricedProgram, *, pay: bool = False
) -> AnswerTable:
    """Lay the costs out."""
    unit = first_objective(problem.policy).unit.removesuffix("s")
    margin = columns(figures.pounds, marginal="at the margin")
    shown = (
        *columns(line="line", kind="kind"),
        *columns(figures.places, amount="bought"),
        *columns(figures.pounds, cost="£"),
        *columns(figures.fte, fte_years="FTE-years"),
        *columns(figures.pounds, per_fte_year="£ per FTE-year", one_more="of one more"),
        *(margin if has_margin(near) else ()),
    )
    title, counts = "What an FTE-year costs" + ", pay included" * pay, ""
    if len(problem.instance.pay):
        counts = ", the pay of those whom they bring is counted" if pay else ", and so is pay"
    note = _NOTE.format(unit=unit, pay=counts)
    return AnswerTable("line_costs", title, frame, shown, _SHOWN, note)


def sentences(frame: pd.DataFrame, unit: str, *, pay: bool = False) -> Iterator[str]:
    """Say what an FTE-year costs in all, on courses and by measures, and where it is cheapest."""
    lines = frame[frame["kind"] != ALL]
    of_course = lines["kind"] == COURSE
    parts = [
        f"{_each(some)} {what}"
        for what, some in (("from places", lines[of_course]), ("from units", lines[~of_course]))
        if some["fte_years"].sum() > _NOTHING
    ]
    if not parts:
        return
    spared = lines["fte_years"][lines["kind"].isin([k for k, of in KINDS.items() if of.relief])]
    what = "new supply" + ", or of work that is spared," * bool(spared.sum() > _NOTHING)
    said = (
        f"An FTE-year of {what} costs {_each(lines)} within the horizon, discounted"
        f"{', pay included' * pay}: "
        f"{' and '.join(parts)}."
    )
    cheapest = lines[lines["marginal"].notna()].sort_values("marginal", kind="stable").head(1)
    for best in cheapest.to_dict("records"):
        said += (
            f" At the prices next to the plan, one more saves most for its money on {best['line']}:"
            f" {figures.pounds(best['marginal'])} for each {unit.removesuffix('s')}."
        )
    yield said


def _each(some: pd.DataFrame) -> str:
    return figures.pounds(some["cost"].sum() / some["fte_years"].sum())
