"""Fair share: each region's part of a group's places stays near its part of a basis.

For each group, commissioning year and leaf region that has a course of the group,
``|places − share · all| ≤ max_deviation · share · all``, where all are the group's places in all
regions and share is the region's part of the basis (population, the group's demand in the first
year, or last intakes) among those regions.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.core.index import Index
from commission_opt.errors import InputError, Problem
from commission_opt.formulation.origin import (
    MODEL_FILE,
    SLIGHT,
    Elastic,
    OfModel,
    Origin,
    Price,
    Said,
)
from commission_opt.formulation.parts import PLACES, Part, Rows
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, worst
from commission_opt.instance.instance import Instance
from commission_opt.policy import Basis, Policy

TITLE = "fair shares"
ALIKE = True
AS_GIVEN = True
_POINT = 0.01  # to which the deviation is raised


def words(policy: Policy) -> str:
    """Say how near to what a region's part must be."""
    rule = policy.rules.fair_share
    if rule is None:
        return "none"
    return f"within {100 * rule.max_deviation:g} % of a share by {rule.basis.replace('_', ' ')}"


def rows(problem: Planning) -> Part:
    """Keep every region's places of every group within the deviation of its fair share."""
    rule, layout = problem.policy.rules.fair_share, problem.layout
    if rule is None:
        return Part()
    member, shares, names = _shares(problem.as_given, rule.basis)
    group_of = np.array([names.index((g, q)) for g, q in _pairs(problem.instance)])
    in_region = sparse.csr_array(
        (np.ones(len(group_of)), (group_of, np.arange(len(group_of)))),
        shape=(len(names), len(group_of)),
    )
    cells = Index(("pair", "year"), (len(names), layout.grid.shape[1]))

    def band(name: str, factor: float, ends: tuple[Floats, Floats]) -> Rows:
        share = shares * factor
        deviation = in_region - sparse.diags_array(share) @ member
        own = {PLACES: layout.by_year(sparse.csr_array(deviation))}
        by_year = np.repeat(share, layout.grid.shape[1])
        return Rows(name, own, *ends, label, key, origin=(_SHARE, _SHARE), share=by_year)

    regions = problem.instance.regions["region"].to_numpy()

    def where(i: int) -> tuple[str, str, int]:
        group, q = names[int(cells.of("pair", i))]
        return group, regions[q], problem.instance.first_year + int(cells.of("year", i))

    def label(i: int) -> str:
        group, region, year = where(i)
        return (
            f"fair share of region {region!r} in group {group!r} in {year}, "
            f"within {rule.max_deviation:g}"
        )

    def key(i: int) -> str:
        return "{},{},{}".format(*where(i))

    zeros = np.zeros(cells.size)
    open_end = np.full_like(zeros, np.inf)
    return Part(
        rows=(
            band("fair_share_most", 1.0 + rule.max_deviation, (-open_end, zeros)),
            band("fair_share_least", 1.0 - rule.max_deviation, (zeros, open_end)),
        )
    )


def _pairs(instance: Instance) -> list[tuple[str, int]]:
    """Return group and leaf region of each course."""
    groups = instance.professions["group"].to_numpy()[instance.courses["p"].to_numpy()]
    return list(zip(groups, instance.courses["q"].tolist(), strict=True))


def _shares(
    instance: Instance, basis: Basis
) -> tuple[sparse.csr_array, Floats, list[tuple[str, int]]]:
    """Return, for each group and region with a course, its courses' group and its share."""
    pairs = _pairs(instance)
    names = sorted(set(pairs))
    groups = np.array([group for group, _ in pairs])
    member = sparse.csr_array(
        np.array([(groups == group).astype(float) for group, _ in names]).reshape(-1, len(pairs))
    )
    weight = np.array([_basis(instance, basis, group, q) for group, q in names])
    total = {group: 0.0 for group, _ in names}
    for (group, _), amount in zip(names, weight, strict=True):
        total[group] += amount
    empty = sorted(group for group, amount in total.items() if not amount > 0)
    if empty:
        message = f"the basis {basis!r} is empty or 0 for group {empty[0]!r}; choose another one"
        raise InputError([Problem("error", "model.toml", None, "fair_share", message)])
    return member, weight / np.array([total[group] for group, _ in names]), names


def _basis(instance: Instance, basis: Basis, group: str, q: int) -> float:
    if basis == "population":
        people = float(instance.regions["population"].iloc[q])
        if np.isnan(people):
            region, row = instance.regions["region"].iloc[q], instance.regions.index[q]
            message = f"is empty for {region!r}, but fair_share is by population"
            raise InputError([Problem("error", "regions.csv", int(row), "population", message)])
        return people
    of_group = (instance.professions["group"] == group).to_numpy()
    if basis == "demand":
        return float(instance.demand[of_group, q, 0].sum())
    courses = instance.courses
    here = of_group[courses["p"].to_numpy()] & (courses["q"] == q).to_numpy()
    return float(courses.loc[here, "last_intake"].sum())


def deviations(instance: Instance, basis: Basis, places: Floats) -> Floats:
    """Return how far each region's places of a group are from fair, relative to the fair number.

    Parameters
    ----------
    basis : {"population", "demand", "last_intake"}
    places : array, shape (C, K)

    Returns
    -------
    array, shape (pairs, K)
        For each group and leaf region with a course; 0 where the fair number is 0.
    """
    member, shares, names = _shares(instance, basis)
    fair = shares[:, None] * (member @ places)
    position = {name: k for k, name in enumerate(names)}
    own = np.zeros_like(fair)
    np.add.at(own, [position[pair] for pair in _pairs(instance)], places)
    off: Floats = np.divide(np.abs(own - fair), fair, out=np.zeros_like(fair), where=fair > 0)
    return off


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check every region, group and commissioning year."""
    rule, instance = problem.policy.rules.fair_share, problem.as_given
    if rule is None:
        return
    pairs = _pairs(instance)
    regions = instance.regions["region"].to_numpy()
    for group in sorted({group for group, _ in pairs}):
        own = np.array([g == group for g, _ in pairs])
        where = sorted({q for g, q in pairs if g == group})
        basis = np.array([_basis(instance, rule.basis, group, q) for q in where])
        total = result.places[own].sum(axis=0)
        here = np.array(
            [
                result.places[own & (instance.courses["q"] == q).to_numpy()].sum(axis=0)
                for q in where
            ]
        )
        fair = np.outer(basis / basis.sum(), total)
        limit = rule.max_deviation * fair

        def at(i: tuple[int, ...], group: str = group, where: list[int] = where) -> str:
            year = instance.first_year + i[1]
            return f"fair share of region {regions[where[i[0]]]!r} in group {group!r} in {year}"

        yield worst(np.abs(here - fair) - limit, limit, at)


def _says(problem: Planning, i: int) -> Said:
    instance, pairs = problem.instance, sorted(set(_pairs(problem.instance)))
    cells = Index(("pair", "year"), (len(pairs), problem.policy.commissioning_years))
    group, q = pairs[int(cells.of("pair", i))]
    region = instance.regions["region"].iloc[q]
    year = instance.first_year + int(cells.of("year", i))
    rule = problem.policy.rules.fair_share
    limit = np.nan if rule is None else rule.max_deviation
    return Said(f"fair share of region {region!r} in group {group!r} in {year}", limit, year)


def _deviations(problem: Planning, places: Floats) -> tuple[float, float]:
    """Return the deviation, and the least of whole points that some places keep."""
    rule = problem.policy.rules.fair_share
    assert rule is not None
    off = deviations(problem.as_given, rule.basis, places).max(initial=0.0)
    return rule.max_deviation, round(float(np.ceil((off - SLIGHT) / _POINT)) * _POINT, 2)


def _intakes(instance: Instance) -> float:
    return float(instance.courses["last_intake"].sum())


def _prices(instance: Instance) -> Price:
    """Price a share of deviation as a mean place, as often as there were places last year."""
    mean = float(place_costs(instance)[: len(instance.courses)].mean())
    return lambda _: mean * _intakes(instance)


_SHARE = Origin(
    "fair share", MODEL_FILE, "fair_share", _says, unit="share", words="within {amount}",
    relax=Elastic(
        "fair_share", _prices,
        of_model=OfModel(
            "fair_share.max_deviation", "deviation from fair shares", _deviations,
            lambda instance: max(1.0, _intakes(instance)),
        ),
    ),
)  # fmt: skip
ORIGINS = (_SHARE,)
