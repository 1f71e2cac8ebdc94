"""Sets and parameters, taken out of an instance."""

from __future__ import annotations

import math
from itertools import product

import numpy.typing as npt
import pandas as pd

from commission_opt.algebra.data import Cell, Commitment, Course, Data, Floor, Measure
from commission_opt.algebra.pools import read_pools
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy


def read_data(instance: Instance, policy: Policy) -> Data:
    """Take sets and parameters out of an instance, for a commissioning model."""
    professions = tuple(instance.professions["profession"])
    regions = tuple(instance.regions["region"])
    courses = _courses(instance, minimum_cohorts=policy.rules.minimum_cohorts)
    measures = _measures(instance)
    codes, first = (*courses, *measures), instance.first_year

    def by_profession(column: str) -> dict[str, float]:
        return dict(zip(professions, instance.professions[column], strict=True))

    def by_region(column: str) -> dict[str, float]:
        return dict(zip(regions, instance.regions[column].astype(float), strict=True))

    def pairs(grid: npt.NDArray) -> dict:  # type: ignore[type-arg]
        return dict(zip(product(professions, regions), grid.ravel().tolist(), strict=True))

    def cells(grid: npt.NDArray) -> dict[Cell, float]:  # type: ignore[type-arg]
        keys = product(professions, regions, instance.years)
        return dict(zip(keys, grid.ravel().tolist(), strict=True))

    return Data(
        years=instance.years,
        commissioning_years=range(first, first + policy.commissioning_years),
        professions=professions,
        regions=regions,
        group=_group(instance),
        courses=courses,
        measures=measures,
        substitutes={
            (row["needed"], row["by"], row["region"]): (row["ratio"], row["max_share"])
            for row in instance.substitution.to_dict("records")
        },
        workforce=pairs(instance.fte),
        leaver_rate=pairs(instance.leaver_rate),
        early_leaver_rate=pairs(instance.early_leaver_rate),
        early_years=pairs(instance.early_years),
        joiners=cells(instance.joiners),
        demand=cells(instance.demand),
        posts={k: posts for k, posts in cells(instance.posts).items() if not math.isnan(posts)},
        destinations=_destinations(instance, professions, regions),
        pipeline={
            (codes[c], year): started
            for c, year, started in instance.pipeline.itertuples(index=False)
        },
        started={
            (c, int(year)): started
            for c, year, started in instance.tables["pipeline"][
                ["course", "start_year", "started"]
            ].itertuples(index=False)
        },
        pools=read_pools(instance),
        cost=_use(instance.costs, codes),
        weeks=_use(instance.placement_use, codes),
        budgets=_limits(instance.budgets, "fund", "amount"),
        capacity=_limits(instance.placements, "pool", "capacity"),
        pay=_pay(instance, list(product(professions, regions, instance.years))),
        within={
            region: frozenset(q for q, inside in zip(regions, covered, strict=True) if inside)
            for region, covered in instance.scopes.items()
        },
        commitments=_commitments(instance, codes),
        floors=_floors(instance),
        profession_weight=by_profession("weight"),
        region_weight=by_region("weight"),
        population=by_region("population"),
        discount={y: (1 + policy.discount_rate) ** (first - y) for y in instance.years},
    )


def _group(instance: Instance) -> dict[str, str]:
    return dict(zip(instance.professions["profession"], instance.professions["group"], strict=True))


def _courses(instance: Instance, *, minimum_cohorts: bool) -> dict[str, Course]:
    group, courses = _group(instance), {}
    for row in instance.courses.to_dict("records"):
        minimum = row["min_cohort"] if minimum_cohorts else 0
        smallest, largest = _admissible(row["cohort_step"], minimum, row["max_intake"])
        courses[str(row["course"])] = Course(
            profession=row["profession"],
            group=group[row["profession"]],
            region=row["region"],
            duration=row["duration_years"],
            last_amount=row["last_intake"],
            max_amount=row["max_intake"],
            step=row["cohort_step"],
            smallest=smallest,
            largest=largest,
            fill=row["fill_rate"],
            completion=row["completion_rate"],
            fte_per_qualifier=row["join_rate"] * row["fte_per_joiner"],
            taken_from=row["from_profession"] or None,
            fte_from=0.0 if math.isnan(row["fte_from"]) else row["fte_from"],
            release=row["release_rate"],
        )
    return courses


def _measures(instance: Instance) -> dict[str, Measure]:
    measures = {}
    for row in instance.measures.to_dict("records"):
        smallest, largest = _admissible(row["step"], row["min_amount"], row["max_amount"])
        measures[str(row["measure"])] = Measure(
            profession=row["profession"],
            region=row["region"],
            last_amount=row["last_amount"],
            max_amount=row["max_amount"],
            step=row["step"],
            smallest=smallest,
            largest=largest,
            kind=row["kind"],
            lead=row["lead_years"],
            lasts=None if math.isnan(row["lasts_years"]) else int(row["lasts_years"]),
            fte=row["fte_per_unit"] * row["success_rate"],
            leaver_rate=row["leaver_rate"],
        )
    return measures


def _admissible(step: int, least: int, most: int) -> tuple[int, int]:
    """Return the smallest and the largest positive number that may be bought, 0 for none."""
    smallest, largest = step * math.ceil(max(least, 1) / step), step * (most // step)
    return (smallest, largest) if smallest <= largest else (0, 0)


def _destinations(
    instance: Instance, professions: tuple[str, ...], regions: tuple[str, ...]
) -> dict[tuple[str, str], dict[str, float]]:
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for p, origin, q, share in instance.destinations.itertuples(index=False):
        shares.setdefault((professions[p], regions[origin]), {})[regions[q]] = share
    return shares


def _use(rates: pd.DataFrame, codes: tuple[str, ...]) -> dict[tuple[str, int], dict[str, float]]:
    use: dict[tuple[str, int], dict[str, float]] = {}
    columns = rates[["line", "study_year", "code", "rate"]]
    for c, study_year, code, rate in columns.itertuples(index=False):
        use.setdefault((codes[c], study_year), {})[code] = rate
    return use


def _limits(frame: pd.DataFrame, item: str, value: str) -> dict[Cell, float]:
    columns = frame[[item, "region", "year", value]]
    return {(code, r, int(y)): limit for code, r, y, limit in columns.itertuples(index=False)}


def _pay(instance: Instance, cells: list[Cell]) -> dict[str, dict[Cell, float]]:
    pay: dict[str, dict[Cell, float]] = {}
    for fund, cell, rate in instance.pay[["code", "cell", "rate"]].itertuples(index=False):
        pay.setdefault(fund, {})[cells[cell]] = rate
    return pay


def _commitments(instance: Instance, codes: tuple[str, ...]) -> dict[str, Commitment]:
    rows = instance.commitments.to_dict("records")
    return {
        str(row["commitment"]): Commitment(
            lines=tuple(line for line, matched in zip(codes, matches, strict=True) if matched),
            years=range(int(row["first_year"]), int(row["last_year"]) + 1),
            least=None if math.isnan(row["min_places"]) else float(row["min_places"]),
            most=None if math.isnan(row["max_places"]) else float(row["max_places"]),
        )
        for row, matches in zip(rows, instance.commitment_lines, strict=True)
    }


def _floors(instance: Instance) -> dict[Cell, Floor]:
    group = _group(instance)

    def named(code: str) -> tuple[str, ...]:
        return tuple(p for p in group if code in (p, group[p]))

    def given(number: float) -> float:
        return 0.0 if math.isnan(number) else number

    return {
        (str(row["floor"]), row["region"], int(row["year"])): Floor(
            professions=named(row["profession"]),
            fte=given(row["min_fte"]),
            demand_share=given(row["min_demand_share"]),
            mix_share=given(row["min_mix_share"]),
            of=named(row["of"]),
        )
        for row in instance.floors.to_dict("records")
    }
