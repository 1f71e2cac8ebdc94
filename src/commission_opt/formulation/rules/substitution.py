"""Substitution: staff do the work of other professions, within shares of what is needed.

For each pair, region and year ``ratio · v[n,b,q,y] ≤ max_share · D[n,q,y]``, which bounds the
columns, and for each profession whose staff are deployed ``Σ_n v[n,b,q,y] ≤ supply[b,q,y]``.
Nobody is deployed where there are fewer than none of them with nothing bought.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.accounts.deployment import cells_of, most_deployed, named_pair
from commission_opt.accounts.many import Excess, Many, of_cells
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats, Ints
from commission_opt.core.account import Affine
from commission_opt.formulation.cells import named_cell
from commission_opt.formulation.parts import DEPLOYED, Columns, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.service import service
from commission_opt.formulation.violations import Violation, worst
from commission_opt.formulation.within import in_words, of_workforce
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

TITLE = "substitution"
NO_MORE = "no more staff can be deployed"
TABLE = "substitution"
_WHAT = "staff deployed"


def words(policy: Policy) -> str:
    """Say whether staff may do the work of others."""
    return "as far as allowed" if policy.rules.substitution else "not allowed"


def rows(problem: Planning) -> Part:
    """Let staff be deployed within the shares, and no more of them than are at work."""
    if not problem.deploys:
        return Part()
    instance, whole = problem.instance, service(problem)
    n, most = whole.decisions, whole.upper[whole.decisions :]
    cells, sent = _sent(instance)
    supply = problem.column_effects.supply
    beyond = Affine(
        -supply.constant[cells],
        sparse.csr_array(sparse.hstack([-supply.matrix[cells], sent])),
    )
    known = supply.constant[cells] >= 0
    known &= problem.effects.supply.constant[cells] >= 0
    live = np.flatnonzero((whole.range(beyond)[1] > 0) & known | problem.steady)
    end = np.where(known, -beyond.constant, np.inf)[live]

    def key(i: int) -> str:
        return "{},{},{}".format(*named_cell(instance, int(cells[live[i]])))

    def label(i: int) -> str:
        return in_words(_WHAT, instance, int(cells[live[i]]))

    columns = Columns(
        DEPLOYED, np.zeros(len(most)), most, lambda z: z[n:],
        lambda i: "{},{},{},{}".format(*named_pair(instance, i)),
    )  # fmt: skip
    block = Rows(
        "substitution", whole.coefficients(sparse.csr_array(beyond.matrix[live])),
        np.full(len(live), -np.inf), end, label, key,
        origin=(_STAFF, _STAFF), items=cells[live],
    )  # fmt: skip
    return Part((columns,), (block,))


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check that nobody is deployed beyond a share, and no more of them than are at work."""
    instance, deployed = problem.instance, result.deployed.ravel()
    if not len(deployed):
        return

    def in_pair(at: tuple[int, ...]) -> str:
        return _in_pair(instance, at[0])

    ratio = np.repeat(instance.substitution["ratio"].to_numpy(float), instance.horizon)
    base = problem.effects.supply.constant
    most = most_deployed(instance, base).ravel() * problem.deploys
    yield worst(ratio * (deployed - most), ratio * most, in_pair)
    yield worst(-deployed, 0.0, in_pair)
    if not problem.deploys:
        return
    cells, sent = _sent(instance)
    there = result.supply.ravel()[cells]
    beyond = np.where(base[cells] >= 0, sent @ deployed - there, 0.0)
    yield worst(beyond, there, lambda at: in_words(_WHAT, instance, int(cells[at[0]])))


def excesses(problem: Planning, many: Many) -> Iterator[Excess]:
    """Check the same in many futures."""
    instance, deployed = problem.instance, many.given.deployed.ravel()[:, None]
    if not len(deployed):
        return
    base = of_cells(many.supply_base())
    by, needed = cells_of(instance, "b"), cells_of(instance, "n")
    ratio, share = (
        np.repeat(instance.substitution[name].to_numpy(float), instance.horizon)[:, None]
        for name in ("ratio", "max_share")
    )
    demand = of_cells(many.balance.needed)[needed]
    most = np.where(base[by] >= 0, share * demand, 0.0) * problem.deploys
    yield ratio * deployed - most, most, lambda row: _in_pair(instance, row)
    yield -deployed, np.zeros(1), lambda row: _in_pair(instance, row)
    if problem.deploys:
        cells, sent = _sent(instance)
        there = of_cells(many.balance.supply)[cells]
        beyond = np.where(base[cells] >= 0, sent @ deployed - there, 0.0)
        yield beyond, there, lambda row: in_words(_WHAT, instance, int(cells[row]))


def _in_pair(instance: Instance, row: int) -> str:
    needed, by, region, year = named_pair(instance, row)
    return f"max_share of {by!r} for {needed!r} in {region!r} in {year}"


def _sent(instance: Instance) -> tuple[Ints, sparse.csr_array]:
    """Return the cells whose staff may be deployed, and those deployed from each, by column."""
    cells, row = np.unique(cells_of(instance, "b"), return_inverse=True)
    one: Floats = np.ones(len(row))
    shape = len(cells), len(row)
    return cells, sparse.csr_array((one, (row, np.arange(len(row)))), shape=shape)


_STAFF = of_workforce("staff in post", "fte", "FTE", lambda i: i.fte)
ORIGINS = (_STAFF,)
