"""Better rates of one profession after the other, out of one instance where all are better."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain.margins.mixture import Mixture, alike
from commission_opt.explain.margins.questions import (
    EVERY,
    POINT,
    Changed,
    Filters,
    Question,
    anew,
    setting,
)
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.shortage import SHORTAGE
from commission_opt.instance.instance import Instance
from commission_opt.scenario.scenario import Setting
from commission_opt.supply.taken import takers

_SAME = 1e-12
COMPLETION, JOIN, LEAVERS = "completion", "join", "leavers"
_FIELDS = {
    COMPLETION: ("course", ["completion_rate"]),
    JOIN: ("course", ["join_rate"]),
    LEAVERS: ("region", ["leaver_rate", "early_leaver_rate"]),
}


def better(instance: Instance, rate: str, profession: str | None) -> tuple[Setting, ...]:
    """Return settings that make a rate of a profession or, if None, of all one point better.

    Completion and joining rise, leaving falls, within 0 and 1; nobody joins who goes on to another
    course. There are none where no course trains the profession, or all its rates are at the end.
    """
    key, fields = _FIELDS[rate]
    table = instance.tables["workforce"] if rate == LEAVERS else instance.courses
    most = np.ones(len(table)) if rate != JOIN else 1.0 - _going_on(instance)
    own = np.array([profession in (None, code) for code in table["profession"]], dtype=bool)
    rows, most = table[own], most[own]
    filters = {} if profession is None else {"profession": [profession]}
    step = -POINT if rate == LEAVERS else POINT
    moved = rows[fields].to_numpy(float) + step
    given = ~np.isnan(moved)
    if not given.any():
        return ()
    if ((moved >= 0.0) & (moved <= most[:, None]))[given].all():
        return (setting(rate if rate == LEAVERS else f"{rate}_rate", "+=", step, filters),)
    if profession is None:
        codes = instance.professions["profession"]
        return tuple(one for code in codes for one in better(instance, rate, code))
    return tuple(
        one
        for field in fields
        if (known := rows[field].notna().to_numpy()).any()
        for one in rate_step(filters, key, rows[known].set_index(key)[field], step, most[known])
    )


def _going_on(instance: Instance) -> Floats:
    """Return the share of those qualified on each course who go on to another, shape (C,)."""
    feeds = instance.pathways[instance.pathways["role"] == "feeds"]
    share = np.zeros(len(instance.courses))
    np.add.at(share, feeds["course"].to_numpy(int), feeds["share"].to_numpy(float))
    return share


def rate_step(
    filters: Filters, key: str, rates: pd.Series, step: float, most: Floats | float = 1.0
) -> tuple[Setting, ...]:
    """Return what moves rates by a step, but not below 0 or above the most that they can be.

    Rates are by code, named after their field; codes are those of ``key``, by which they are told
    apart where some reach an end.
    """
    field, values = str(rates.name), rates.to_numpy(float)
    new = np.clip(values + step, 0.0, most)
    full = np.abs(new - values - step) <= _SAME
    if full.all():
        return (setting(field, "+=", step, filters),)
    stopped = ~full & (np.abs(new - values) > _SAME)
    ends = [(stopped & (new == end), "=", end) for end in sorted({*new[stopped].tolist()})]
    return tuple(
        setting(field, operator, value, {**filters, key: sorted(set(rates.index[which]))})
        for which, operator, value in ((full, "+=", step), *ends)
        if which.any()
    )


def rate_questions(formulation: Formulation, change: Changed) -> Iterator[Question]:
    """Ask for one point better completion, joining and leaving, of all professions and of each.

    ``change`` leads from settings to the stage of the instance that they make.
    """
    problem = formulation.problem
    mixes = first_objective(problem.policy).weighted and SHORTAGE in formulation.program.rows
    together = _taking(problem.instance)
    for rate in _FIELDS:
        settings = better(problem.instance, rate, None)
        if not settings:
            continue
        every = cache(partial(change, settings))
        yield anew("rates", {"rate": rate, "profession": EVERY}, settings, every)
        mix = Mixture(formulation, every()) if mixes and alike(formulation, every()) else None
        for p, code in enumerate(problem.instance.professions["profession"].tolist()):
            own, about = better(problem.instance, rate, code), {"rate": rate, "profession": code}
            if own and (mix is None or (rate != JOIN and p in together)):
                yield anew("rates", about, own, cache(partial(change, own)))
            elif own and mix is not None:
                yield Question(
                    "rates", about, POINT, own, partial(mix.program, p),
                    point=partial(mix.point, p), leading=partial(mix.leading, p),
                )  # fmt: skip


def _taking(instance: Instance) -> set[int]:
    """Return the professions whose rates tell on another, as courses take staff between them."""
    own = instance.courses.iloc[takers(instance)]
    return {*own["p"].tolist(), *own["from_p"].tolist()}
