"""More people in pools, fewer offers, and more that others may do: what is asked at the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pandas as pd

from commission_opt.accounts.pools import figures, people
from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.core.linear_program import LinearProgram
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
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.typed import ANY
from commission_opt.text.counts import plural

ENTRANTS, OFFERS, SHARES = "entrants", "offer_rate", "shares"
PEOPLE = 10.0  # asked about in each pool
_NOTHING = 1e-6  # worth that counts as none


def entrant_questions(formulation: Formulation) -> Iterator[Question]:
    """Ask for ten more people from outside in each pool, in one year and then in every year."""
    instance = formulation.problem.instance
    years = range(instance.horizon)
    for place, (pool, region) in enumerate(_places(instance)):
        for asked in (*((y,) for y in years), (*years,)):
            single = len(asked) == 1 and instance.horizon > 1
            filters = _filters(pool, region)
            year: str | int = EVERY
            if single:
                year = instance.years[asked[0]]
                filters = {**filters, "year": [str(year)]}
            more = ends_of_more(formulation, place, list(asked), PEOPLE)
            rows = np.flatnonzero(more)
            tightened = bool((more < 0).any())
            yield Question(
                ENTRANTS, {"pool": pool, "region": region, "year": year}, PEOPLE,
                (setting("entrants", "+=", PEOPLE, filters),),
                partial(_with_ends, formulation.program, more), rows,
                point=partial(_point, formulation) if tightened else None,
            )  # fmt: skip


def _point(formulation: Formulation, columns: Floats) -> Floats:
    return pointed(formulation, formulation.problem.layout.to_amounts(columns))


def _with_ends(program: LinearProgram, more: Floats) -> LinearProgram:
    return replace(program, row_upper=program.row_upper + more)


def ends_of_more(formulation: Formulation, place: int, years: list[int], step: float) -> Floats:
    """Return how far more people in a pool in some years move the upper ends of rows, shape (m,).

    Those who stay are there in later years too; where offers are asked for, more are.
    """
    instance = formulation.problem.instance
    coming = np.zeros(instance.pools.shape)
    coming[place, years] = step
    alone = instance.changed(eligible=instance.eligible.assign(entrants=coming.ravel()))
    nobody = np.zeros(instance.pools.size)
    here = people(alone, nobody, nobody).eligible.ravel()
    offered = here * figures(instance, "offer_rate").ravel()
    more = np.zeros(len(formulation.program.row_upper))
    for block in formulation.rows:
        if block.items is None or block.origin is None:
            continue
        column = block.origin[1].column
        if block.origin[1].file == "eligible.csv" and column in (ENTRANTS, OFFERS):
            change = here if column == ENTRANTS else -offered
            more[formulation.program.rows[block.name]] = change[block.items]
    return more


def offer_questions(problem: Planning, change: Changed) -> Iterator[Question]:
    """Ask for offers to one point fewer of those eligible in each pool, in all its years.

    ``change`` leads from settings to the stage of the instance that they make.
    """
    instance = problem.instance
    rates = figures(instance, "offer_rate")[:, : problem.policy.commissioning_years]
    for (pool, region), own in zip(_places(instance), rates, strict=True):
        years = [str(instance.first_year + y) for y in np.flatnonzero(own >= POINT).tolist()]
        if not years:
            continue
        filters = {**_filters(pool, region), "year": years}
        settings = (setting("offer_rate", "+=", -POINT, filters),)
        about = {"pool": pool, "region": region}
        yield anew(OFFERS, about, settings, cache(partial(change, settings)))


def share_questions(problem: Planning, change: Changed) -> Iterator[Question]:
    """Ask for one point more of ``max_share`` for each pair of professions, in all its regions.

    ``change`` leads from settings to the stage of the instance that they make.
    """
    if not problem.deploys:
        return
    for (needed, by), own in problem.instance.substitution.groupby(["needed", "by"], sort=False):
        if (own["max_share"] > 1.0 - POINT).any():
            continue
        filters = {"needed": [str(needed)], "by": [str(by)]}
        settings = (setting("max_share", "+=", POINT, filters),)
        about = {"by": str(by), "needed": str(needed)}
        yield anew(SHARES, about, settings, cache(partial(change, settings)))


def _places(instance: Instance) -> Iterator[tuple[str, str]]:
    first = instance.eligible.iloc[:: instance.horizon]
    return zip(first["pool"].astype(str), first["region"].astype(str), strict=True)


def _filters(pool: str, region: str) -> Filters:
    """Choose the rows of a pool; others of its code are in regions beside it."""
    return {"pool": [pool]} | ({} if region == ANY else {"region": [region]})


def best_pools(frame: pd.DataFrame, said: Callable[[pd.Series], str]) -> str:
    """Say in which pool more people would buy most; ``said`` says what they save."""
    single = frame["year"] != EVERY
    worth = frame[frame["worth"] > _NOTHING]
    what = f"Another {PEOPLE:.0f} people from outside"
    if not len(worth):
        return f"{what} would buy nothing in any pool."
    of_years = worth[single.loc[worth.index]]
    best = of_years.iloc[0] if len(of_years) else worth.iloc[0]
    where = "" if best["region"] == ANY else f" in {best['region']}"
    when = "every year" if best["year"] == EVERY else f"{best['year']}"
    return (
        f"{what} would buy most in pool {best['pool']}{where} in {when}: {said(best)}; they would "
        f"buy something in {len(of_years):,} of "
        f"{plural(int(single.sum()), 'pool by region and year', 'pools by region and year')}."
    )
