"""Generated instances, each known to the package and to the independent model, and models."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import TypeVar

import pandas as pd
from hypothesis import settings

import independent
from commission_opt.accounts.deployment import named_pair
from commission_opt.accounts.outcome import Outcome, outcome
from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.task import Task
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.problem import Planning, planning
from commission_opt.instance.generate import Synthetic, generate
from commission_opt.instance.instance import Instance
from commission_opt.instance.write import write_instance
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits, Watch
from drawn_floors import with_floors
from drawn_pathways import with_pools
from drawn_posts import with_posts
from measured import with_measures

Test = TypeVar("Test", bound=Callable[..., None])

TIERS = "[ { up_to = 0.05, weight = 1 }, { up_to = 0.10, weight = 2 }, { weight = 4 } ]"
PACE = "{ max_increase = 0.25, max_decrease = 0.15, allowance = 5 }"


def many(test: Test) -> Test:
    """Meet many examples; more where slow tests run as well."""
    return settings.get_profile("many")(test)


def few(test: Test) -> Test:
    """Meet few examples; more where slow tests run as well."""
    return settings.get_profile("few")(test)


@dataclass(frozen=True)
class Sample:
    instance: Instance
    case: independent.Case


@cache
def made(professions: int, regions: int, years: int, seed: int, horizon: int = 9) -> Synthetic:
    return generate(professions, regions, years, seed, horizon)


@cache
def sample(
    professions: int,
    regions: int,
    years: int,
    seed: int,
    horizon: int = 9,
    measures: int = 0,
    floors: int = 0,
    *,
    pools: bool = False,
    posts: bool = False,
) -> Sample:
    synthetic = made(professions, regions, years, seed, horizon)
    tables = with_measures(synthetic.tables, measures, seed) if measures else synthetic.tables
    if pools:
        tables = with_pools(tables, seed, (1.05, 1.3))
    tables = with_floors(tables, floors, seed) if floors else tables
    tables = with_posts(tables, seed) if posts else tables
    return both(synthetic.settings, tables)


def both(about: Mapping[str, object], tables: Mapping[str, pd.DataFrame]) -> Sample:
    """Write tables to a folder; the package and the independent model read them from there."""
    with tempfile.TemporaryDirectory() as folder:
        write_instance(Path(folder), about, tables)
        return Sample(read_instance(folder), independent.load(folder))


def model(
    years: int = 1,
    *,
    integer: bool = True,
    rate: float = 0.035,
    tiers: str = TIERS,
    pace: str = PACE,
    cohorts: bool = True,
    budgets: bool = True,
    placements: bool = True,
    level: bool = False,
    continuation: str = "repeat",
    rules: str = "",
    stages: Sequence[tuple[str, float]] = (("shortfall", 0.0),),
) -> str:
    """The text of a commissioning model: its stages are objectives with their tolerances."""

    def flag(value: bool) -> str:
        return "true" if value else "false"

    return f"""\
name = "test"
title = "A model for tests"
commissioning_years = {years}
integer = {flag(integer)}
discount_rate = {rate}

[rules]
minimum_cohorts = {flag(cohorts)}
budgets = {flag(budgets)}
placements = {flag(placements)}
pace_of_change = {pace}
level_intake = {flag(level)}
continuation = "{continuation}"
{rules}
""" + "".join(_objective(name, tolerance, tiers) for name, tolerance in stages)


def _objective(name: str, tolerance: float, tiers: str) -> str:
    text = f'\n[[objective]]\nminimise = "{name}"\ntolerance = {tolerance}\n'
    return text + (f"tiers = {tiers}\n" if name == "shortfall" else "")


def variants(years: int, *, integer: bool) -> Iterator[str]:
    """Every combination of continuation, level intake, pace of change and minimum cohorts."""
    for continuation, level, pace, cohorts in product(
        ("repeat", "last_intake", "none"), (False, True), (PACE, "false"), (True, False)
    ):
        yield model(
            years,
            integer=integer,
            pace=pace,
            cohorts=cohorts,
            level=level,
            continuation=continuation,
        )


def policy(text: str) -> Policy:
    return parse_policy(text.encode())


def problem_of(instance: Instance, text: str) -> Planning:
    """An instance under the model of a text."""
    return planning(instance, policy(text))


def written(instance: Instance, text: str) -> Formulation:
    """The first stage of a model on an instance, as a linear program."""
    problem = problem_of(instance, text)
    return formulate(problem, aims(problem)[0])


def task(formulation: Formulation, seconds: float = 20.0, gap: float = 5e-4) -> Task:
    """The task to find whole places for a formulation."""
    limits, watch = Limits(gap=gap), Watch()
    relaxation = solve_relaxation(formulation, limits, watch)
    return Task(formulation, relaxation, limits, watch, seconds)


def result_of(problem: Planning, places: Floats) -> Outcome:
    """What places lead to."""
    return outcome(problem.instance, problem.policy, problem.effects, places)


def as_amounts(instance: Instance, amounts: Floats) -> dict[tuple[str, int], float]:
    """Places and units as the independent model writes them: by line and year."""
    return {
        (line, instance.first_year + k): float(amounts[i, k])
        for i, line in enumerate(instance.lines["line"])
        for k in range(amounts.shape[1])
    }


def deployed_as(instance: Instance, deployed: Floats) -> dict[tuple[str, str, str, int], float]:
    """Those deployed as the independent model writes them: by pair, region and year."""
    fte = deployed.ravel().tolist()
    return {named_pair(instance, i): each for i, each in enumerate(fte)}


def by_cell(instance: Instance, grid: Floats) -> dict[tuple[str, str, int], float]:
    """A grid of profession, region and year as the independent model writes it."""
    return {
        (p, q, instance.first_year + y): float(grid[i, j, y])
        for i, p in enumerate(instance.professions["profession"])
        for j, q in enumerate(instance.regions["region"])
        for y in range(instance.horizon)
    }
