"""What an audit keeps of every future: its values, and which professions and regions are short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.formulation.rules import RULES
from commission_opt.uncertainty.audit.audited import Arrays, AuditedPlan
from commission_opt.uncertainty.audit.spread import WHAT, amount


@dataclass(frozen=True)
class Breaks:
    """How often a rule is broken, and the worst break.

    Parameters
    ----------
    rule : str
    probability : float
        Of the futures in which it is broken by more than the tolerance of a certificate.
    worst : float
        Relative to max(1, |limit|).
    where, future : str
        What is broken worst, and in which future.
    """

    rule: str
    probability: float
    worst: float
    where: str
    future: str


def follows(trial: AuditedPlan, start: int, stop: int) -> Arrays:
    """Work out what follows in some futures: a task.

    Returns
    -------
    mapping of str to array
        results (objectives, w), the FTE-years missing last; sizes and where (rules, w) and
        (rules,), of the worst break in any; totals (3, Y, w); short of every kind.
    """
    parts = [_few(trial, few) for few in trial.kernel.slices(slice(start, stop))]
    most = np.stack([part["sizes"].max(axis=1) for part in parts]).argmax(axis=0)
    return {
        **{name: np.concatenate([part[name] for part in parts], axis=-1) for name in _EACH},
        "where": np.array([parts[at]["where"][k] for k, at in enumerate(most)]),
        **{kind: np.sum([part[kind] for part in parts], axis=0) for kind in _KINDS},
    }


def _few(trial: AuditedPlan, which: slice) -> Arrays:
    """Do the task for few futures."""
    found = trial.outcomes(which)
    broken = [found.broken[name] for name in RULES]
    worst = [int(np.argmax(each.size)) for each in broken]
    missing = found.balance.shortfall.sum(axis=(0, 1, 2))
    chance = trial.futures.probability[which]
    return {
        "results": np.stack([*(found.objectives[name] for name in _names(trial)[:-1]), missing]),
        "sizes": np.stack([each.size for each in broken]),
        "where": np.array([each.where(at) for each, at in zip(broken, worst, strict=True)]),
        "totals": np.stack([amount(found.balance, name).sum(axis=(0, 1)) for name in WHAT]),
        **{
            kind: _short(found.balance.shortfall, found.balance.needed, axis, trial.share) @ chance
            for kind, axis in _KINDS.items()
        },
    }


def _names(trial: AuditedPlan) -> list[str]:
    """Return the names of results."""
    return [*trial.kernel.named, FTE_YEARS]


@dataclass(frozen=True, eq=False)
class Gathered:
    """What follows in all of W futures.

    Parameters
    ----------
    trial : AuditedPlan
    parts : sequence of Arrays
        Of slices of the futures, in order.
    """

    trial: AuditedPlan
    parts: Sequence[Arrays]

    def _joined(self, name: str) -> Floats:
        return np.concatenate([part[name] for part in self.parts], axis=-1)

    def results(self) -> dict[str, Floats]:
        """Return the objectives and the FTE-years missing in each future."""
        return dict(zip(_names(self.trial), self._joined("results"), strict=True))

    def sizes(self) -> dict[str, Floats]:
        """Return the worst break of each rule in each future."""
        return dict(zip(RULES, self._joined("sizes"), strict=True))

    def totals(self) -> dict[str, Floats]:
        """Return demand, supply and shortfall of all cells together, (Y, W) each."""
        return dict(zip(WHAT, self._joined("totals"), strict=True))

    def breaks(self) -> list[Breaks]:
        """Return the rules that are broken in some future, the likeliest first."""
        found, futures = [], self.trial.futures
        for k, (rule, sizes) in enumerate(self.sizes().items()):
            broken = sizes > TOLERANCE
            if not broken.any():
                continue
            often = 1.0 if broken.all() else float(futures.probability[broken].sum())
            at = int(np.argmax(sizes))
            lengths = np.cumsum([part["sizes"].shape[-1] for part in self.parts])
            where = self.parts[int(np.searchsorted(lengths, at, side="right"))]["where"][k]
            found.append(Breaks(rule, often, float(sizes[at]), str(where), futures.names[at]))
        return sorted(found, key=lambda each: -each.probability)

    def short(self) -> pd.DataFrame:
        """Return how likely each profession and region is short, by year and over the horizon.

        Returns
        -------
        pandas.DataFrame
            kind, code, year (empty: over the horizon), probability.
        """
        instance = self.trial.plan.instance
        years = [*map(str, instance.years), ""]
        parts = []
        for kind in _KINDS:
            codes = getattr(instance, f"{kind}s")[kind].to_numpy()
            rows = pd.MultiIndex.from_product(
                [[kind], codes, years], names=["kind", "code", "year"]
            )
            often = _all_of_it(np.sum([part[kind] for part in self.parts], axis=0).ravel())
            parts.append(rows.to_frame(index=False).assign(probability=often))
        return pd.concat(parts, ignore_index=True)


_ROUNDING = 1e-9
_EACH = ("results", "sizes", "totals")  # what comes of every future
_KINDS = {"profession": 1, "region": 0}  # and the axis over which it is summed up
FTE_YEARS = "fte_years"
"""The shortfall in FTE-years, neither weighted nor discounted."""


def _short(shortfall: Floats, needed: Floats, axis: int, share: float) -> Floats:
    """Return 1 where more than a share is missing, shape (P or Q, Y + 1, w); the horizon last."""
    missing, demand = shortfall.sum(axis=axis), needed.sum(axis=axis)
    missing, demand = (
        np.concatenate([each, each.sum(axis=1, keepdims=True)], axis=1)
        for each in (missing, demand)
    )
    return (missing > share * demand * (1.0 + 1e-12) + TOLERANCE).astype(float)


def _all_of_it(probability: Floats) -> Floats:
    """Take rounding off what happens in every future."""
    return np.where(probability > 1.0 - _ROUNDING, 1.0, probability)
