"""Sums of what an affine function is above 0: FTE beyond demand, or beyond posts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Affine
from commission_opt.formulation.origin import Origin
from commission_opt.formulation.parts import Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service


def positive_parts(
    problem: Planning,
    name: str,
    over: Affine,
    each: Floats,
    key: Callable[[int], str],
    label: Callable[[int], str],
    origin: Origin,
    items: Ints | None = None,
) -> Aim:
    """Write the objective ``Σ_i each_i · max(0, over_i)``.

    There is a column for each part that decisions can change; the others are constant.

    Parameters
    ----------
    name : str
        Of the objective, its columns and its rows.
    over : Affine, of m items
        Over the columns of ``service``.
    each : array, shape (m,)
        What a unit above 0 counts.
    key : callable
        Codes of the instance that the i-th item stands for, separated by commas.
    label : callable
        Says in the words of the instance what the i-th item counts.
    origin : Origin
        Of what it is counted against.
    items : array of int, shape (m,), optional
        Which item of the origin each is; the i-th if not given.
    """
    whole = service(problem)
    without, most = over.constant, whole.range(over)[1]
    live = np.flatnonzero((np.diff(over.matrix.indptr) > 0) & ((most > 0) | problem.steady))
    settled = np.maximum(without, 0.0)
    settled[live] = 0.0
    without, reach = without[live], over.matrix[live]

    def fill(x: Floats) -> Floats:
        return np.asarray(np.maximum(without + reach @ x, 0.0))

    def where(i: int) -> str:
        return key(int(live[i]))

    columns = Columns(name, np.zeros(len(live)), np.maximum(most[live], 0.0), fill, where)
    size = sparse.csr_array(sparse.eye_array(len(live), format="csr"))
    own = {**whole.coefficients(sparse.csr_array(-reach)), name: size}
    rows = Rows(
        name, own, without, np.full(len(live), np.inf),
        lambda i: label(int(live[i])), where, origin=(origin, origin),
        items=live if items is None else items[live],
    )  # fmt: skip
    offset, linear = float(each @ settled), np.zeros(problem.layout.size)
    hinges = Hinges(sparse.csr_array(-reach), without[None], each[None, live], linear, offset)
    return Aim(name, {name: each[live]}, offset, (Part((columns,), (rows,)),), hinges=hinges)
