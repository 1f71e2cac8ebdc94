"""Who stands in for whom with a plan: where, when, and how much of the work that covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from commission_opt.accounts.deployment import most_deployed
from commission_opt.accounts.effects import staff
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.views import words

_NOBODY = 1e-6  # FTE: rounding
COLUMNS = ["needed", "by", "region", "fte", "covers", "when", "full"]


def by_region(instance: Instance, result: Outcome) -> pd.DataFrame:
    """List every pair in every region where somebody is deployed, who cover most first.

    Returns
    -------
    pandas.DataFrame
        ``needed``, ``by``, ``region`` (codes), ``fte`` (FTE-years deployed), ``covers``
        (FTE-years of the work of ``needed``), ``when`` (the first and the last year) and ``full``
        (the years in which ``max_share`` allows no more).
    """
    pairs, deployed = instance.substitution, result.deployed
    some, years = deployed > _NOBODY, np.array(instance.years)
    most = most_deployed(instance, staff(instance).constant)
    full = some & (deployed >= most - _NOBODY * np.maximum(1.0, most))
    kept = np.flatnonzero(some.any(axis=1))
    found = pairs.iloc[kept][["needed", "by", "region"]].reset_index(drop=True)
    found = found.assign(
        fte=deployed[kept].sum(axis=1),
        covers=deployed[kept].sum(axis=1) * pairs["ratio"].to_numpy(float)[kept],
        when=[words.span(*years[some[i]][[0, -1]]) for i in kept],
        full=full[kept].sum(axis=1),
    )
    return found[COLUMNS].sort_values("covers", ascending=False, kind="stable", ignore_index=True)


def by_pair(instance: Instance, result: Outcome) -> pd.DataFrame:
    """Add pairs up over regions, who cover most first: needed, by, fte and covers, FTE-years."""
    found = by_region(instance, result)
    sums = found.groupby(["needed", "by"], sort=False)[["fte", "covers"]].sum().reset_index()
    return sums.sort_values("covers", ascending=False, kind="stable", ignore_index=True)


def over_years(instance: Instance, result: Outcome) -> Iterator[tuple[str, str, Floats, Floats]]:
    """Yield needed, by, and the FTE deployed and covered by year, of pairs as ``by_pair`` has."""
    pairs, deployed = instance.substitution, result.deployed
    covers = pairs["ratio"].to_numpy(float)[:, None] * deployed
    for needed, by in by_pair(instance, result)[["needed", "by"]].itertuples(
        index=False, name=None
    ):
        own = ((pairs["needed"] == needed) & (pairs["by"] == by)).to_numpy()
        yield needed, by, deployed[own].sum(axis=0), covers[own].sum(axis=0)


def of_profession(
    problem: Planning, result: Outcome, profession: str, regions: Bools | Ints
) -> Iterator[str]:
    """Say who stands in for a profession in some leaf regions, and for whom its staff do."""
    instance = problem.instance
    codes = instance.regions["region"].to_numpy(object)[regions]
    pairs = instance.substitution[instance.substitution["region"].isin(codes)]
    if not problem.deploys or profession not in {*pairs["needed"], *pairs["by"]}:
        return
    found = by_region(instance, result)
    found = found[found["region"].isin(codes)]
    away, others = (
        found[found[whose] == profession].groupby(other, sort=False)[["fte", "covers"]].sum()
        for whose, other in (("by", "needed"), ("needed", "by"))
    )
    if not len(away) and not len(others):
        yield "None of its staff do the work of other professions, and nobody does theirs."
    for needed, row in away.iterrows():
        yield (
            f"Its staff do the work of {needed} for {words.count(row['fte'])} FTE-years, which "
            f"cover {words.count(row['covers'])} of that work; they do none of their own then."
        )
    for by, row in others.iterrows():
        yield (
            f"Staff of {by} do its work for {words.count(row['fte'])} FTE-years, which cover "
            f"{words.count(row['covers'])} of it."
        )


def headline(problem: Planning, result: Outcome, name: Callable[[str], str] = str) -> str:
    """Say who does most of the work of others; "" if the instance lets nobody do it.

    ``name`` is the name of a profession by its code.
    """
    instance = problem.instance
    if not len(instance.substitution):
        return ""
    if not problem.deploys:
        return "The model leaves everybody at their own work: nobody stands in for others."
    found = by_pair(instance, result)
    if not len(found):
        return "Nobody is deployed to do the work of another profession: it would not help."
    first, span = found.iloc[0], words.span(instance.years[0], instance.years[-1])
    total, covers = found["fte"].sum(), found["covers"].sum()
    said = (
        f"Staff do the work of other professions for {words.count(total)} FTE-years from {span}, "
        f"which cover {words.count(covers)} FTE-years of that work"
    )
    pair = f"{name(first['by'])} standing in for {name(first['needed'])}"
    if len(found) == 1:
        return f"{said}: {pair}."
    return (
        f"{said}; most of it {pair}: {words.count(first['fte'])} FTE-years for "
        f"{words.count(first['covers'])}."
    )
