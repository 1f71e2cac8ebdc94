"""What is bought leads to supply, demand, spending and placement weeks, all affine in it."""

from __future__ import annotations

from collections.abc import Sequence
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


Known = tuple[Instance, Effects]
"""An instance, and what is bought leads to there."""


def effects(instance: Instance, known: Known | None = None) -> Effects:
    """Compute the accounts of an instance, over starts at positions of ``Instance.starts``.

    Parameters
    ----------
    known : Instance and Effects, optional
        Of the same instance with other figures: what follows from fields that are the same object
        in both is taken from there.
    """
    last = _Last(instance, known)
    supply = staff(instance, last)
    paid = _PAID if len(instance.pay) else ()
    return Effects(
        supply,
        needed(instance, last),
        last.of("spend", (*_SPEND, *paid)) or spending(instance, supply),
        last.of("weeks", _WEEKS) or placement_use(instance),
        last.of("drawn", _DRAWN) or drawn(instance),
        last.of("fed", _FED) or fed(instance),
    )


# Fields of an instance that parts of its accounts follow from.
_LINES = ("courses", "measures")
_STAY = (*_LINES, "leaver_rate", "early_leaver_rate", "early_years", "destinations")
_PAID = (*_STAY, "fte", "joiners", "pipeline")
_SPEND = (*_LINES, "costs", "budgets", "pay", "pipeline")
_WEEKS = (*_LINES, "placement_use", "placements", "pipeline")
_DRAWN = (*_LINES, "pathways")
_FED = (*_DRAWN, "pipeline")


@dataclass(frozen=True, eq=False)
class _Last:
    """What is known of an instance with other figures."""

    instance: Instance
    known: Known | None

    def of(self, account: str, reads: Sequence[str]) -> Account | None:
        """Return an account that is the same as far as it follows from some fields."""
        if self.known is None:
            return None
        other, found = self.known
        same = all(getattr(self.instance, name) is getattr(other, name) for name in reads)
        return getattr(found, account) if same else None


def staff(instance: Instance, last: _Last | None = None) -> Account:
    """Return supply, FTE, by profession, region of work and year; it has no limit."""
    base = baseline(instance).ravel()
    known = None if last is None else last.of("supply", _STAY)
    matrix = response(instance) if known is None else known.matrix
    return Account(base, matrix, np.full_like(base, np.inf))


def needed(instance: Instance, last: _Last | None = None) -> Account:
    """Return demand, FTE, by profession, region and year; it has no limit."""
    base = instance.demand.ravel()
    known = None if last is None else last.of("demand", (*_LINES, "leaver_rate"))
    matrix = -relief(instance) if known is None else known.matrix
    return Account(base, matrix, np.full_like(base, np.inf))
