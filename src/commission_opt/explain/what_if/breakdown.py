"""A plan before and after a change, by profession and by year, and in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome, charged
from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import Column, Table
from commission_opt.explain.margins.consequences import Leading
from commission_opt.formulation.problem import Planning

Show = Callable[[Any], str]
_SHOWN = 12
_NAMED = 2  # professions in a sentence
_SMALL = 1e-6


@dataclass(frozen=True, eq=False)
class Side:
    """A problem with places and what they lead to."""

    problem: Planning
    result: Outcome

    @property
    def plain(self) -> float:
        """FTE-years of shortfall, unweighted."""
        return float(self.result.shortfall.sum())

    def spent(self, fund: str | None = None) -> float:
        """£ on new and continued places over the horizon, of one fund or of all."""
        instance = self.problem.instance
        each = charged(instance, self.result)
        own = instance.costs["code"].to_numpy() == fund
        return float(each.sum() if fund is None else each[own].sum())

    def spent_by_year(self) -> Floats:
        """£ by year of the horizon, of all funds, shape (Y,)."""
        columns = self.problem.layout.to_columns(self.result.places)
        return np.asarray(Leading(self.problem)(columns).spent.sum(axis=0))

    def places_of(self) -> Floats:
        """Return the places of each profession in all commissioning years, shape (P,)."""
        instance = self.problem.instance
        weights = self.result.places.sum(axis=1)
        counted = np.bincount(instance.courses["p"], weights, len(instance.professions))
        return counted.astype(float)


def worded(saved: Any) -> str:
    """Say what a change saves or costs: ``saves 5,154`` or ``costs 529,524``."""
    if pd.isna(saved):
        return "is not known"
    if figures.fte(saved) == figures.fte(0.0) or abs(saved) < _SMALL:
        return "saves nothing"
    return f"{'saves' if saved > 0 else 'costs'} {figures.fte(abs(saved))}"


def by_profession(before: Side, after: Side) -> pd.DataFrame:
    """Tabulate plain shortfall and places by profession, those that change most first."""
    shortfall = [side.result.shortfall.sum(axis=(1, 2)) for side in (before, after)]
    places = [side.places_of() for side in (before, after)]
    frame = pd.DataFrame(
        {
            "profession": before.problem.instance.professions["profession"].to_numpy(),
            **_pair("shortfall", *shortfall),
            **_pair("places", *places),
        }
    )
    order = np.argsort(-np.abs(frame["shortfall_change"].to_numpy()), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def by_year(before: Side, after: Side) -> pd.DataFrame:
    """Tabulate plain shortfall and spending by year."""
    shortfall = [side.result.shortfall.sum(axis=(0, 1)) for side in (before, after)]
    spent = [side.spent_by_year() for side in (before, after)]
    years = list(before.problem.instance.years)
    return pd.DataFrame({"year": years, **_pair("shortfall", *shortfall), **_pair("spent", *spent)})


def _pair(name: str, before: Floats, after: Floats) -> dict[str, Floats]:
    change = after - before
    small = _SMALL * np.maximum(1.0, np.abs(before)) * 1e-3
    return {
        f"{name}_before": before,
        f"{name}_after": after,
        f"{name}_change": np.where(np.abs(change) <= small, 0.0, change),
    }


def breakdown_tables(professions: pd.DataFrame, years: pd.DataFrame) -> tuple[Table, Table]:
    """Return both tables as they are shown."""
    changing = int((professions["shortfall_change"].abs() > _SMALL).sum())
    return (
        Table(
            "by_profession", "Plain shortfall (FTE-years) and places by profession", professions,
            (
                Column("profession", "profession"),
                *_columns("shortfall", "shortfall", figures.fte, figures.signed_fte),
                *_columns("places", "places", figures.places, figures.signed_places),
            ),
            min(_SHOWN, changing),
            "" if changing else "It changes for no profession.",
        ),
        Table(
            "by_year", "Plain shortfall (FTE) and spending by year", years,
            (
                Column("year", "year", figures.year),
                *_columns("shortfall", "shortfall", figures.fte, figures.signed_fte),
                *_columns("spent", "spending", figures.pounds, figures.pounds),
            ),
        ),
    )  # fmt: skip


def _columns(name: str, heading: str, show: Show, signed: Show) -> tuple[Column, ...]:
    return (
        Column(f"{name}_before", f"{heading} as it is", show),
        Column(f"{name}_after", "with the change", show),
        Column(f"{name}_change", "change", signed),
    )


def most_changed(professions: pd.DataFrame, years: pd.DataFrame) -> list[str]:
    """Say for which professions and in which year the plain shortfall changes most."""
    some = professions[professions["shortfall_change"].abs() > _SMALL]
    if not len(some):
        return []
    named = " and ".join(
        f"{row['profession']} ({figures.signed_fte(row['shortfall_change'])})"
        for _, row in some.head(_NAMED).iterrows()
    )
    year = years.iloc[int(np.argmax(np.abs(years["shortfall_change"].to_numpy(float))))]
    return [
        f"The plain shortfall changes most for {named}, and in {figures.year(year['year'])} "
        f"({figures.signed_fte(year['shortfall_change'])} FTE)."
    ]
