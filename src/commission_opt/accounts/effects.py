"""What is bought leads to supply, demand, spending and placement weeks, all affine in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from commission_opt.accounts.pay import spending
from commission_opt.accounts.pools import drawn, fed
from commission_opt.accounts.response import relief, response
from commission_opt.core.account import Account, Affine
from commission_opt.instance.instance import Instance
from commission_opt.instance.use import placement_use
from commission_opt.supply import baseline


@dataclass(frozen=True, eq=False)
class Effects:
    """The accounts of one instance, over what starts on each line or over what decides that.

    Parameters
    ----------
    supply : Account, of P · Q · Y cells
        FTE, at positions of ``Instance.cells``; of staff in post, other joiners and the pipeline
        with nothing bought.
    demand : Account, of the same cells
        FTE needed; of ``demand.csv`` with nothing bought.
    spend, weeks : Account, of the rows of budgets and of placement capacities
        £ and placement weeks, of the pipeline (and of pay) with nothing bought.
    drawn, fed : Account, of N · Y cells
        People drawn from and fed to pools, at positions of ``Instance.pools``; fed of the pipeline
        with nothing bought.
    """

    supply: Account
    demand: Account
    spend: Account
    weeks: Account
    drawn: Account
    fed: Account

    @property
    def net(self) -> Affine:
        """Supply beyond demand, FTE, at positions of ``Instance.cells``."""
        constant, matrix = self.supply.constant - self.demand.constant, self.supply.matrix
        if not self.demand.matrix.nnz:
            return Affine(constant, matrix)
        return Affine(constant, sparse.csr_array(matrix - self.demand.matrix))

    def over(self, started: Affine, last: tuple[Effects, Effects] | None = None) -> Effects:
        """Return the accounts over what decides what starts; ``last`` as in ``Account``."""
        return Effects(
            *(
                account.over(started, last and (getattr(last[0], name), getattr(last[1], name)))
                for name, account in vars(self).items()
            )
        )


def effects(instance: Instance) -> Effects:
    """Compute the accounts of an instance, over starts at positions of ``Instance.starts``."""
    supply = staff(instance)
    return Effects(
        supply, needed(instance), spending(instance, supply), placement_use(instance),
        drawn(instance), fed(instance),
    )  # fmt: skip


def staff(instance: Instance) -> Account:
    """Return supply, FTE, by profession, region of work and year; it has no limit."""
    base = baseline(instance).ravel()
    return Account(base, response(instance), np.full_like(base, np.inf))


def needed(instance: Instance) -> Account:
    """Return demand, FTE, by profession, region and year; it has no limit."""
    base = instance.demand.ravel()
    return Account(base, -relief(instance), np.full_like(base, np.inf))
