"""Commitments: promises about the places of the courses that they name."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.formulation.decisions import Decisions
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.instance.instance import Instance, Ints


def commitment_years(instance: Instance, layout: Decisions) -> tuple[Ints, Ints]:
    """Return the pairs of commitment and commissioning year (position) that are in force."""
    year = instance.first_year + np.arange(layout.years)
    first = instance.commitments["first_year"].to_numpy(float)[:, None]
    last = instance.commitments["last_year"].to_numpy(float)[:, None]
    which, when = np.nonzero((first <= year) & (year <= last))
    return which, when


def commitment_rows(instance: Instance, layout: Decisions) -> Part:
    """Keep ``min_places ≤ Σ places ≤ max_places`` in every commissioning year of the range."""
    which, when = commitment_years(instance, layout)
    if not len(which):
        return Part()
    row, course = np.nonzero(instance.commitment_courses[which])
    column = course * layout.per_course + np.minimum(when[row], layout.per_course - 1)
    shape = (len(which), layout.size)
    matches = sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)
    least = instance.commitments["min_places"].fillna(-np.inf).to_numpy(float)[which]
    most = instance.commitments["max_places"].fillna(np.inf).to_numpy(float)[which]

    def label(i: int) -> str:
        row = instance.commitments.iloc[which[i]]
        name, owner, year = row["commitment"], row["owner"], instance.first_year + when[i]
        return f"commitment {name!r} ({owner}) in {year}"

    return Part(rows=(Rows("commitments", {PLACES: matches}, least, most, label),))
