"""What targets of a model ask for, year by year: of which cells or courses, and how much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

import numpy as np

from commission_opt.arrays import Bools, Floats
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.instance.schema import TABLES
from commission_opt.policy import Policy, Target, TargetKind
from commission_opt.text.near_names import did_you_mean

BEYOND = "beyond_"  # begins the names of blocks that count what soft targets miss
STAFF: tuple[TargetKind, ...] = ("shortfall", "share_met")


@dataclass(frozen=True)
class TargetYear:
    """A target in one of its years.

    Parameters
    ----------
    number : int
        Its position in the model.
    year : int
        Position in the horizon.
    end : float
        Its most or least, in FTE missing or in places.
    most : bool
        Whether that is a most.
    """

    target: Target
    number: int
    year: int
    end: float
    most: bool

    @property
    def hard(self) -> bool:
        """Whether it has to be kept."""
        return self.target.price is None

    def cells(self, instance: Instance) -> Bools:
        """Return the cells of which it counts what is missing, shape (P, Q, Y)."""
        found = np.zeros(instance.shape, dtype=bool)
        found[..., self.year] = who(instance, self.target)
        return found

    def named(self, instance: Instance) -> str:
        """Say which target it is, in which year."""
        return f"target {self.target.title!r} in {instance.first_year + self.year}"


def asked(problem: Planning, *kinds: TargetKind) -> list[TargetYear]:
    """Return every target of some kinds, all if none is given, in each of its years."""
    instance, policy = problem.instance, problem.policy
    return [
        _asked(instance, target, number, year)
        for number, target in enumerate(policy.targets)
        if not kinds or target.of in kinds
        for year in years_of(instance, policy, target)
    ]


def _asked(instance: Instance, target: Target, number: int, year: int) -> TargetYear:
    end, most = target.end, target.at_most is not None
    if target.of == "share_met":  # as the FTE that may be missing
        needed = instance.demand[..., year][who(instance, target)].sum()
        end, most = float((1.0 - target.end) * needed), True
    return TargetYear(target, number, year, end, most)


def years_of(instance: Instance, policy: Policy, target: Target) -> range:
    """Return the years of a target, as positions in the horizon; of places those commissioned."""
    count = instance.horizon if target.staff else policy.commissioning_years
    first = 0 if target.first_year is None else target.first_year - instance.first_year
    last = count - 1 if target.last_year is None else target.last_year - instance.first_year
    return range(max(first, 0), min(last + 1, count))


def who(instance: Instance, target: Target) -> Bools:
    """Return the professions and leaf regions that a target speaks of, shape (P, Q)."""
    professions = instance.professions
    p = np.ones(len(professions), dtype=bool)
    for codes, column in ((target.profession, "profession"), (target.group, "group")):
        if codes:
            p &= professions[column].isin(codes).to_numpy()
    q = np.ones(len(instance.regions), dtype=bool)
    if target.region:
        q = np.logical_or.reduce([instance.scopes[region] for region in target.region])
    return np.asarray(np.outer(p, q))


def courses_of(instance: Instance, target: Target) -> Bools:
    """Return the courses whose places a target counts, shape (C,)."""
    courses = instance.courses
    found = who(instance, target)[courses["p"].to_numpy(int), courses["q"].to_numpy(int)]
    return np.asarray(found)


def targeted_cells(problem: Planning) -> Bools:
    """Return the cells of which any target counts what is missing, shape (P, Q, Y)."""
    found = np.zeros(problem.instance.shape, dtype=bool)
    for each in asked(problem, *STAFF):
        found |= each.cells(problem.instance)
    return found


def reached(problem: Planning, each: TargetYear, shortfall: Floats, places: Floats) -> Floats:
    """Return what counts towards a target: FTE missing, or places.

    Parameters
    ----------
    shortfall : array, shape (P, Q, Y, …)
    places : array, shape (C, K)

    Returns
    -------
    array, shape (…)
    """
    instance = problem.instance
    if each.target.staff:
        return np.asarray(shortfall[..., each.year, :][who(instance, each.target)].sum(axis=0))
    return np.asarray(places[courses_of(instance, each.target), each.year].sum())


def missed(problem: Planning, each: TargetYear, shortfall: Floats, places: Floats) -> Floats:
    """Return by how much a target is missed, FTE or places, below 0 where there is room."""
    found = reached(problem, each, shortfall, places)
    return found - each.end if each.most else each.end - found


def prices(problem: Planning) -> dict[str, Floats]:
    """Return what each column costs that counts what is beyond an end, by block of a program."""
    kinds: tuple[TargetKind, ...] = get_args(TargetKind)
    found = {}
    for kind in kinds:
        each = [goal.target.price for goal in asked(problem, kind)]
        if own := [price for price in each if price is not None]:
            found[f"{BEYOND}target_{kind}"] = np.array(own)
    return found


def priced(problem: Planning, shortfall: Floats, places: Floats) -> Floats:
    """Return the price of what soft targets miss, weighted FTE-years; arrays as of ``reached``."""
    total = np.zeros(shortfall.shape[3:])
    for each in asked(problem):
        if each.target.price is not None:
            beyond = missed(problem, each, shortfall, places)
            total = total + each.target.price * np.maximum(beyond, 0.0)
    return total


def misfits_of(instance: Instance, policy: Policy, target: Target) -> Iterator[tuple[str, str]]:
    """Yield what a target asks of an instance that is not there: the key, and what is wrong."""
    known: dict[str, tuple[Callable[[], set[str]], str]] = {
        "profession": (lambda: {*instance.professions["profession"]}, "professions"),
        "group": (lambda: {*instance.professions["group"]}, "professions"),
        "region": (lambda: {*instance.scopes} - {"*"}, "regions"),
    }
    fine = True
    for key, (codes, table) in known.items():
        for code in getattr(target, key):
            if code not in codes():
                fine, hint = False, did_you_mean(code, codes(), 0.6)
                yield key, f"there is no {key} {code!r} in {TABLES[table].file}{hint}"
    if not fine:
        return
    if not who(instance, target).any():
        yield "profession", "no profession is both of these and of the group; leave one of them out"
    elif not target.staff and not courses_of(instance, target).any():
        yield "of", "counts places, and no course is of these professions, groups and regions"
    if not len(years_of(instance, policy, target)):
        first, last, what = instance.first_year, instance.years[-1], "the horizon"
        if not target.staff:
            last, what = first + policy.commissioning_years - 1, "the commissioning years"
        key = "first_year" if target.first_year is not None else "last_year"
        yield key, f"none of its years is within {what}, {first} to {last}"
    if target.staff and policy.uncertainty is not None:
        yield (
            "of",
            f"a target of {target.of!r} is for one future; leave it or the uncertainty file out",
        )
