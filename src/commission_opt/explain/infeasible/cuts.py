"""Rows over places alone for what a rule keeps of sums of hinges, such as a target.

``Σ slope · max(0, knot − reach · x) ≤ most`` says as much as one row for each set of hinges:
``Σ_S slope · (knot − reach · x) ≤ most``. Of these a few are written: of the hinges that some
places leave open. Places that keep them all and still miss the target show which to write next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats
from commission_opt.formulation.parts import Hinges, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service


def cuts(
    wide: Planning, rows: Rows, points: Sequence[Floats]
) -> Iterator[tuple[int, Floats, float]]:
    """Yield the row, coefficients and upper end of each cut.

    Those that nothing bought and that full capacities leave open are always among them.

    Parameters
    ----------
    wide : Planning
        With a decision for each line and year.
    rows : Rows
        Of the rule.
    points : sequence of array, shape (n,)
        Places and units.
    """
    if not any(hinges is not None for hinges in rows.hinges):
        return
    n, whole = wide.layout.size, service(wide)
    for i, hinges in enumerate(rows.hinges):
        if hinges is None:
            continue
        alone = _without_deployed(hinges, n, whole.upper[n:])
        known = set[bytes]()
        for x in (np.zeros(n), whole.upper[:n], *points):
            open_ = alone.knots > alone.reach @ x
            if not open_.any() or open_.tobytes() in known:
                continue
            known.add(open_.tobytes())
            weight = alone.slopes * open_
            without = float(np.sum(weight * alone.knots)) + alone.offset
            yield i, -np.asarray(weight.sum(axis=0) @ alone.reach), float(rows.upper[i]) - without


def _without_deployed(hinges: Hinges, n: int, most: Floats) -> Hinges:
    """Return hinges over places alone that are never more, whoever is deployed."""
    sent = sparse.csr_array(hinges.reach[:, n:])
    lift = sent.maximum(0) @ most if sent.shape[1] else np.zeros(sent.shape[0])
    return Hinges(
        sparse.csr_array(hinges.reach[:, :n]), hinges.knots - lift, hinges.slopes, hinges.linear,
        hinges.offset,
    )  # fmt: skip
