"""What an audit keeps of every future: its values, and which professions and regions are short."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.futures.outcomes import Outcomes
from commission_opt.instance.instance import Instance
from commission_opt.uncertainty.audit.spread import WHAT, amount, table_of


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


@dataclass(eq=False)
class Gathered:
    """Values of W futures, taken in as they are worked out.

    Parameters
    ----------
    instance : Instance
    names : tuple of str
        Of the futures.
    probability : array, shape (W,)
    share : float
        Of demand, of which more must be missing for a profession or region to be short.
    """

    instance: Instance
    names: tuple[str, ...]
    probability: Floats
    share: float
    results: dict[str, Floats] = field(default_factory=dict)
    broken: dict[str, Floats] = field(default_factory=dict)
    _worst: dict[str, tuple[float, str, str]] = field(default_factory=dict)
    _short: dict[str, Floats] = field(default_factory=dict)
    _totals: dict[str, Floats] = field(default_factory=dict)

    def take(self, which: slice, found: Outcomes) -> None:
        """Take in what follows in some of the futures."""
        missing = found.balance.shortfall.sum(axis=(0, 1, 2))
        for name, values in {**found.objectives, FTE_YEARS: missing}.items():
            self._kept(self.results, name)[which] = values
        for rule, broken in found.broken.items():
            self._kept(self.broken, rule)[which] = broken.size
            at = int(np.argmax(broken.size))
            size = float(broken.size[at])
            if size > self._worst.get(rule, (0.0,))[0]:
                where = self.names[range(len(self.names))[which][at]]
                self._worst[rule] = size, broken.where(at), where
        for kind, axis in (("profession", 1), ("region", 0)):
            short = _short(found.balance.shortfall, found.balance.needed, axis, self.share)
            counted = short @ self.probability[which]
            self._short[kind] = self._short.get(kind, np.zeros_like(counted)) + counted

        for name in WHAT:
            total = amount(found.balance, name).sum(axis=1)
            kept = self._totals.get(name)
            if kept is None:
                kept = self._totals[name] = np.empty((*total.shape[:-1], len(self.names)))
            kept[..., which] = total

    def _kept(self, of: dict[str, Floats], name: str) -> Floats:
        if name not in of:
            of[name] = np.full(len(self.names), np.nan)
        return of[name]

    def breaks(self) -> list[Breaks]:
        """Return the rules that are broken in some future, the likeliest first."""
        found = []
        for rule, sizes in self.broken.items():
            broken = sizes > TOLERANCE
            if broken.any():
                often = 1.0 if broken.all() else float(self.probability[broken].sum())
                found.append(Breaks(rule, often, *self._worst[rule]))
        return sorted(found, key=lambda each: -each.probability)

    def totals(self) -> pd.DataFrame:
        """Return quantiles by profession and year, all regions together; "" is all of them."""
        codes = [*self.instance.professions["profession"], ""]
        keys = pd.MultiIndex.from_product(
            [codes, self.instance.years], names=["profession", "year"]
        )
        size, count = len(codes) * self.instance.horizon, len(self.names)
        whole = {
            name: np.concatenate([each, each.sum(axis=0, keepdims=True)]).reshape(size, count)
            for name, each in self._totals.items()
        }
        return pd.concat([keys.to_frame(index=False), table_of(whole, self.probability)], axis=1)

    def short(self) -> pd.DataFrame:
        """Return how likely each profession and region is short, by year and over the horizon.

        Returns
        -------
        pandas.DataFrame
            kind, code, year (empty: over the horizon), probability.
        """
        years = [*map(str, self.instance.years), ""]
        parts = []
        for kind, table in (("profession", "professions"), ("region", "regions")):
            codes = getattr(self.instance, table)[kind].to_numpy()
            rows = pd.MultiIndex.from_product(
                [[kind], codes, years], names=["kind", "code", "year"]
            )
            parts.append(
                rows.to_frame(index=False).assign(probability=_all_of_it(self._short[kind].ravel()))
            )
        return pd.concat(parts, ignore_index=True)


_ROUNDING = 1e-9
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
