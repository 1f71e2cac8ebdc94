"""What one unit of each decision column leads to, in supply, money and placement weeks."""

from __future__ import annotations

from dataclasses import dataclass

from commission_opt.accounts.effects import Effects
from commission_opt.core.affine import Affine
from commission_opt.formulation.decisions import Decisions


@dataclass(frozen=True, eq=False)
class ColumnEffects:
    """Effects by decision column, with what follows in later years.

    Parameters
    ----------
    supply : Affine, from n to P · Q · Y
        FTE.
    spend : Affine, from n to the budget rows
        £.
    weeks : Affine, from n to the placement rows
        Placement weeks.
    """

    supply: Affine
    spend: Affine
    weeks: Affine


def column_effects(
    effects: Effects, layout: Decisions, last: tuple[Effects, ColumnEffects] | None = None
) -> ColumnEffects:
    """Add up the effects of the start years that each decision column stands for.

    Parameters
    ----------
    effects : Effects
    layout : Decisions
    last : pair of Effects and ColumnEffects, optional
        Of the same layout; what a unit leads to is taken from there where it is the same.
    """
    made = [] if last is None else list(zip(accounts(last[0]), vars(last[1]).values(), strict=True))
    found = []
    for k, account in enumerate(accounts(effects)):
        if made and account.matrix is made[k][0].matrix:
            started = layout.started.constant
            found.append(Affine(account.at(started), made[k][1].matrix))
        else:
            found.append(account.after(layout.started))
    return ColumnEffects(*found)


def accounts(effects: Effects) -> tuple[Affine, Affine, Affine]:
    """Return supply, spending and placement weeks as they follow from what starts."""
    return (
        Affine(effects.base.ravel(), effects.response),
        Affine(effects.spend.committed, effects.spend.per_place),
        Affine(effects.weeks.committed, effects.weeks.per_place),
    )
