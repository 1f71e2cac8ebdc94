"""Small instances with every oddity, and models that between them use every rule and objective."""

import math
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.instance.floors import spelled_out
from commission_opt.instance.instance import Instance
from commission_opt.instance.raw import parse_csv
from commission_opt.instance.typed import typed_table
from commission_opt.policy import (
    Basis,
    ChangeBasis,
    Continuation,
    FairShare,
    Objective,
    PaceOfChange,
    Policy,
    Rules,
    Target,
    Tier,
)
from drawn_floors import with_floors
from drawn_pay import paying
from samples import sample

SEEDS = range(14)
CONTINUATIONS: tuple[Continuation, ...] = ("repeat", "last_intake", "none")
COMBINE: tuple[Literal["add", "larger"], ...] = ("add", "larger")
CHANGES: tuple[ChangeBasis, ...] = ("first-year", "year-on-year")
BASES: tuple[Basis | None, ...] = ("population", "demand", "last_intake", None)
TIERS = (
    (Tier(math.inf, 1.0),),
    (Tier(0.05, 1.0), Tier(0.1, 2.0), Tier(math.inf, 4.0)),
    (Tier(0.02, 0.5), Tier(math.inf, 3.0)),
)


def odd_instance(seed: int) -> Instance:
    """Draw a small instance and make some of its figures extreme.

    A closed course, one above its capacity, one whose capacity is no multiple of its step, one
    that no cohort fits; one that takes staff; staff who do the work of others; a profession and a
    region that weigh nothing; long early years; nobody needed somewhere; posts for too few or too
    many; commitments that begin late or end early; limits that years pass without; staff whom two
    funds pay; floors.
    """
    random = np.random.default_rng(seed)
    professions, regions = int(random.integers(2, 4)), int(random.integers(2, 5))
    measures = 3 + seed % 3 if seed % 2 else 0
    instance = sample(professions, regions, 3, seed, 8, measures, pools=seed % 2 == 1).instance
    courses = instance.courses.copy()
    odd = random.permutation(len(courses))[:4]
    rows = courses.index[odd]
    courses.loc[rows[0], "last_intake"] = 0
    courses.loc[rows[1], "max_intake"] = int(courses.loc[rows[1], "last_intake"] * 0.6)
    if len(odd) > 2:
        courses.loc[rows[2], ["cohort_step", "min_cohort"]] = 4, 7
        courses.loc[rows[2], "max_intake"] = courses.loc[rows[2], "max_intake"] // 4 * 4 + 3
    if len(odd) > 3 and seed % 2:
        courses.loc[rows[3], ["cohort_step", "max_intake"]] = 10, 9
        courses.loc[rows[3], "min_cohort"] = 0
    if seed % 2:
        _take_staff(courses, int(rows[0]), instance.professions["profession"].tolist())
    worth = instance.professions.copy()
    places = instance.regions.copy()
    if seed % 3 == 0:
        worth.loc[worth.index[-1], "weight"] = 0.0
    if seed % 3 == 1:
        places.loc[places.index[-1], "weight"] = 0.0
    demand, joiners = instance.demand.copy(), instance.joiners.copy()
    demand[0, -1] = 0.0
    joiners[0, -1, 1] -= 1.25 * instance.fte[0, -1]
    demand[-1, 0] *= random.uniform(0.8, 1.3, instance.horizon)
    promises = instance.commitments.copy()
    late = promises.index[random.random(len(promises)) < 0.4]
    promises.loc[late, "first_year"] += 1
    early = promises.index[random.random(len(promises)) < 0.4]
    promises.loc[early, "last_year"] += 1
    generous = 3.0 if seed % 3 == 1 else 1.0  # continuing last intakes alone may take all
    changed = replace(
        instance,
        courses=courses,
        professions=worth,
        regions=places,
        early_years=random.integers(0, 5, instance.fte.shape),
        early_leaver_rate=random.uniform(0.05, 0.3, instance.fte.shape),
        demand=demand,
        joiners=joiners,
        substitution=_pairs(instance, random) if seed % 3 else instance.substitution,
        posts=_posts(instance, demand, seed),
        commitments=promises,
        floors=_floors(instance, seed),
        budgets=_thinned(instance.budgets, random).assign(
            amount=lambda rows: rows["amount"] * generous
        ),
        placements=_thinned(instance.placements, random)
        .reset_index(drop=True)
        .assign(capacity=lambda rows: rows["capacity"] * generous),
    )
    return paying(changed, seed) if seed % 4 == 1 else changed


def _pairs(instance: Instance, random: np.random.Generator) -> pd.DataFrame:
    """Let staff do the work of the professions before and after theirs, but for one region."""
    professions = instance.professions["profession"].tolist()
    regions = instance.regions["region"].tolist()
    rows = [
        (professions[n], professions[b], region, n, b, q)
        for n in range(len(professions))
        for b in (n - 1, n + 1)
        if 0 <= b < len(professions)
        for q, region in enumerate(regions)
        if q > 0 and random.random() < 0.7
    ]
    pairs = pd.DataFrame(rows, columns=["needed", "by", "region", "n", "b", "q"])
    ratio, share = random.uniform((0.3, 0.0), (0.95, 0.3), (len(rows), 2)).T
    pairs = pairs.assign(ratio=ratio, max_share=np.where(share < 0.03, 0.0, share))
    return pairs.set_index(pd.RangeIndex(2, len(rows) + 2, name="row"))


def _posts(instance: Instance, demand: Floats, seed: int) -> Floats:
    """Draw posts for most cells, too few or too many; none at all for every fourth seed.

    Where measures take demand away there are too few.
    """
    random = np.random.default_rng([seed, 1])
    share = random.uniform(0.5, 1.3, (*demand.shape[:2], 1))
    for p, q in instance.measures.loc[instance.measures["kind"] == "reshape", ["p", "q"]].values:
        share[p, q] = 0.6
    return np.where((random.random(demand.shape) < 0.7) & (seed % 4 > 0), share * demand, np.nan)


def _thinned(limits, random: np.random.Generator):  # type: ignore[no-untyped-def]
    return limits[random.random(len(limits)) > 0.1]


def random_policy(seed: int) -> Policy:
    """Draw a commissioning model; the seeds together use everything that a model can say."""
    random = np.random.default_rng(1000 + seed)
    names = [str(name) for name in random.permutation(list(OBJECTIVES))]
    names = names[: 2 + seed % 4]
    soft = "shortfall" in names and seed % 4 != 1
    basis = BASES[seed % 4]
    pace = PaceOfChange(*random.uniform((0.05, 0.05, 0), (0.4, 0.4, 6)).tolist())
    pace = replace(pace, combine=COMBINE[seed // 2 % 2], open_closed=seed % 4 < 2)
    return Policy(
        name=f"random-{seed}",
        title="Drawn at random",
        commissioning_years=1 + seed % 3,
        objectives=tuple(
            Objective(
                name,
                TIERS[seed % 3] if name == "shortfall" else TIERS[0],
                0.01 * (seed % 2),
                CHANGES[seed % 2] if name == "change" else CHANGES[0],
                name == "cost" and seed % 4 == 1,
            )
            for name in names
        ),
        integer=seed % 2 == 1,
        discount_rate=(0.035, 0.0, 0.1)[seed // 2 % 3],
        rules=Rules(
            minimum_cohorts=seed % 5 != 3,
            budgets=seed % 7 != 6,
            placements=seed % 7 != 5,
            pace_of_change=None if seed % 6 == 4 else pace,
            level_intake=seed % 5 == 2,
            continuation=CONTINUATIONS[seed % 3],
            fair_share=FairShare(float(random.uniform(0.05, 0.9)), basis) if basis else None,
            commitments="soft" if soft else "hard",
            commitment_price=float(random.uniform(1, 30)) if soft else 0.0,
        ),
        targets=_targets(seed, soft="shortfall" in names),
    )


def _targets(seed: int, *, soft: bool) -> tuple[Target, ...]:
    """Draw targets of every kind for every second seed."""
    random = np.random.default_rng([seed, 2])
    if seed % 2:
        return ()
    price = float(random.uniform(1, 30)) if soft and seed % 4 == 2 else None
    return (
        Target("shortfall", at_most=float(random.uniform(200, 2000)), first_year=2028, price=price),
        Target("share_met", at_least=0.1, region=("r01", "r02"), price=price, profession=("p002",)),
        Target("places", at_least=1.0, group=("ahp", "nursing"), region=("r01",), price=price),
        Target("places", at_most=float(random.uniform(300, 900)), last_year=2027, price=price),
    )


def _floors(instance: Instance, seed: int) -> pd.DataFrame:
    """Draw floors of every kind."""
    drawn = with_floors(instance.tables, 9, seed)["floors"]
    table, _ = typed_table(parse_csv("floors", drawn.to_csv(index=False).encode()))
    return spelled_out(table, instance.regions["region"], instance.scopes, instance.years)


def _take_staff(courses: pd.DataFrame, row: int, professions: list[str]) -> None:
    """Let a course take its students from the next profession's staff."""
    p = (professions.index(str(courses.loc[row, "profession"])) + 1) % len(professions)
    courses.loc[row, ["from_profession", "from_p"]] = professions[p], p
    courses.loc[row, ["fte_from", "release_rate"]] = 4.0, 0.4


@cache
def rich_instance() -> Instance:
    """The instance of the mutations: odd, and large enough for every feature to be used."""
    return odd_instance(RICH)


RICH = 5


TARGETS = (
    Target("shortfall", at_most=25.0, group=("nursing", "medical"), first_year=2029),
    Target("share_met", at_least=0.9, region=("a02",), first_year=2030, last_year=2031),
    Target("places", at_most=90.0, profession=("p001", "p002"), region=("a01", "r03")),
    Target("places", at_least=40.0, group=("ahp",), first_year=2027),
)


def rich_policy(name: str) -> Policy:
    """Models of the mutations: every rule is on in one of them, every objective a stage."""
    pace = PaceOfChange(0.25, 0.15, 2.5)
    objectives = tuple(
        Objective(each, TIERS[1] if each == "shortfall" else TIERS[0], 0.01, pay=each == "cost")
        for each in OBJECTIVES
    )
    share = FairShare(0.2, "demand")
    rules = Rules(pace_of_change=pace, fair_share=share)
    policy = Policy("rich", "Everything", 3, objectives, False, 0.035, rules)
    cheap = tuple(replace(target, price=3.0) for target in TARGETS)
    soft = replace(rules, commitments="soft", commitment_price=7.0)
    models = {
        "relaxed": policy,
        "whole": replace(policy, integer=True),
        "soft": replace(policy, rules=soft),
        "targets": replace(policy, targets=TARGETS),
        "soft aims": replace(policy, integer=True, targets=cheap),
        "level": replace(policy, rules=replace(soft, level_intake=True)),
        "last_intake": replace(policy, rules=replace(rules, continuation="last_intake")),
        "none": replace(policy, rules=replace(rules, continuation="none")),
        "small": replace(policy, integer=True, rules=replace(rules, minimum_cohorts=False)),
        "population": replace(
            policy, rules=replace(rules, fair_share=FairShare(0.2, "population"))
        ),
        "frozen": replace(
            policy, rules=replace(rules, pace_of_change=replace(pace, open_closed=False))
        ),
        "either": replace(
            policy,
            rules=replace(rules, pace_of_change=replace(pace, combine="larger")),
            objectives=tuple(replace(o, basis="year-on-year") for o in objectives),
        ),
        "intakes": replace(policy, rules=replace(rules, fair_share=FairShare(0.2, "last_intake"))),
    }
    return models[name]


MODELS = (
    "relaxed", "whole", "soft", "level", "last_intake", "none", "small", "population", "intakes",
    "frozen", "either", "targets", "soft aims",
)  # fmt: skip
