"""A plan at a glance: how good it is proved to be, and places by profession."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.certify import Certificate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning
from commission_opt.text.card import Card, Grid


def plan_card(problem: Planning, places: Floats, status: str, certificate: Certificate) -> Card:
    """Return a plan at a glance.

    Parameters
    ----------
    problem : Planning
    places : array, shape (C, K)
    status : str
    certificate : Certificate
    """
    instance, policy = problem.instance, problem.policy
    by_profession = np.zeros((len(instance.professions), 1 + places.shape[1]))
    last = instance.courses["last_intake"].to_numpy(float)
    at = instance.courses["p"].to_numpy(int)
    np.add.at(by_profession, at, np.column_stack([last, places]))
    years = [str(instance.first_year + k) for k in range(places.shape[1])]
    titles = instance.professions["title"]
    rows = [
        [str(title), *map(_count, row)]
        for title, row in zip(titles, by_profession, strict=True)
        if row.any()
    ]
    total = f"{_count(places.sum())} places"
    return Card(
        f"{instance.name} under {policy.name}: {status}, {total}",
        tuple(_sentences(certificate)),
        (Grid("Places", ("profession", "last year", *years), rows),),
    )


def _sentences(certificate: Certificate) -> Iterator[str]:
    if not certificate.valid:
        yield f"Not certified: {certificate.where or 'the values do not fit each other'}."
    for k, stage in enumerate(certificate.stages):
        kind, gap = OBJECTIVES[stage.minimise], np.ceil(stage.final_gap * 1e5) / 1e3
        near = f"within {gap:.3f} % of the least possible" if gap > 0 else "the least possible"
        among = " among plans that keep the earlier objectives to their limits" * (k > 0)
        yield f"{kind.title}: {kind.amount(stage.final)}, {near}{among}."


def _count(places: float) -> str:
    return f"{places:,.0f}" if abs(places - round(places)) < 5e-3 else f"{places:,.2f}"
