"""What the readable model says of one problem: every stage in the common form, and points."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from pyomo.common.log import LoggingIntercept

from commission_opt.algebra.evaluate import Deployed, evaluate
from commission_opt.algebra.limits import TOLERANCE
from commission_opt.algebra.model import build_model
from commission_opt.algebra.objectives import set_stage
from commission_opt.arrays import Floats
from commission_opt.formulation.rules import RULES
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from common_form import Form, block_of
from readable_form import PACE, Readable
from samples import as_amounts

# Constraints of the readable model by rule of the arrays, where they have not the same name.
FAMILIES = {
    "budgets": ("budget",),
    "capacity": ("whole_steps", "cohort_least", "cohort_most"),
    "measures": ("whole_steps", "cohort_least", "cohort_most"),
    "commitments": ("commitment",),
    "fair_share": ("fair_share_low", "fair_share_high"),
    "pace_of_change": ("pace_up", "pace_down", "pace_open"),
    "placements": ("placement",),
    "targets": ("target_shortfall", "target_share_met", "target_places"),
}
LINES = {"capacity": ("courses", "places"), "measures": ("measures", "units")}


@dataclass(frozen=True)
class Point:
    """What follows from some places and units.

    Parameters
    ----------
    amounts : array, shape (L, K)
    deployed : array, shape (S, Y)
    inside : bool
        Whether they are within 0 and the capacities.
    level : bool
        Whether they can be written in the columns of the arrays.
    values : dict of str to float
        Value of each objective.
    supply : array
        By profession, region and year, in that order.
    rooms : dict of str to float
        Room that is left in each shared row, below 0 where it is broken.
    broken : dict of str to bool
        By rule.
    """

    amounts: Floats
    deployed: Floats
    inside: bool
    level: bool
    values: dict[str, float]
    supply: Floats
    rooms: dict[str, float]
    broken: dict[str, bool]


@dataclass(frozen=True)
class ReadableSide:
    """The readable model of a problem, read.

    Parameters
    ----------
    instance : Instance
    policy : Policy
    caps : tuple of float
        What each objective may not exceed in later stages: some number, near what last year's
        places lead to.
    forms : tuple of Form
        One for each stage.
    points : tuple of Point
    """

    instance: Instance
    policy: Policy
    caps: tuple[float, ...]
    forms: tuple[Form, ...]
    points: tuple[Point, ...]


def read_model(instance: Instance, policy: Policy, seed: int, count: int) -> ReadableSide:
    """Write the readable model of a problem and read it."""
    model = build_model(instance, policy)
    readable = Readable(model, integer=policy.integer)
    last = instance.lines["last_amount"].to_numpy(float)[:, None]
    start = np.repeat(last, policy.commissioning_years, axis=1)
    reached = _evaluate(model, instance, policy, start).values()
    caps = tuple(1.01 * value + 0.37 for value in reached)
    forms = []
    for k in range(len(caps)):
        set_stage(model, k, caps[:k])
        forms.append(readable.form())
    drawn = random_amounts(instance, policy, seed, count)
    points = [
        _point(readable, instance, policy, amounts, random_deployment(model, seed + i))
        for i, amounts in enumerate(drawn)
    ]
    return ReadableSide(instance, policy, caps, tuple(forms), tuple(points))


def random_amounts(instance: Instance, policy: Policy, seed: int, count: int) -> Iterator[Floats]:
    """Draw amounts in general position: none and all first, then within the box and beyond."""
    random, years = np.random.default_rng(seed), policy.commissioning_years
    capacity, last, step = (
        instance.lines[column].to_numpy(float)[:, None]
        for column in ("max_amount", "last_amount", "step")
    )
    shape, level = (len(capacity), years), policy.rules.level_intake
    courses = slice(len(instance.courses)) if level else slice(0)
    yield np.zeros(shape)
    yield np.repeat(capacity, years, axis=1)
    for i in range(count):
        amounts = [
            random.uniform(0.0, 1.0, shape) * capacity,
            last * random.uniform(0.8, 1.2, shape),
            random.uniform(-0.1, 1.15, shape) * capacity,
        ][i % 3]
        if i % 2:
            amounts = np.round(amounts / step) * step
        amounts[courses] = amounts[courses, :1]
        yield amounts
        if years > 1 and level and i == 0:
            yield amounts + np.arange(years)  # not level


def random_deployment(model: pyo.ConcreteModel, seed: int) -> Deployed:
    """Draw who is deployed: nobody at first, then within the shares, at times beyond."""
    random = np.random.default_rng([seed, 7])
    most = 0.0 if seed % 3 == 0 else 0.2 * (seed % 3 + 3)
    return {
        pair: float(variable.ub * random.uniform(0.0, most))
        for pair, variable in model.deployed.items()
    }


def _evaluate(
    model: pyo.ConcreteModel,
    instance: Instance,
    policy: Policy,
    amounts: Floats,
    deployed: Deployed | None = None,
) -> dict[str, float]:
    with LoggingIntercept(io.StringIO(), "pyomo"):  # some amounts are out of their domain
        return evaluate(model, policy, as_amounts(instance, amounts), deployed)


def _point(
    readable: Readable, instance: Instance, policy: Policy, amounts: Floats, deployed: Deployed
) -> Point:
    m = readable.model
    values = _evaluate(m, instance, policy, amounts, deployed)
    capacity = instance.lines["max_amount"].to_numpy(float)[:, None]
    places = amounts[: len(instance.courses)]
    found = {
        rule: [
            (id(row), _room(pyo.value(row.body), row.lb, row.ub)) for row in _rows(m, rule, *names)
        ]
        for rule, names in ((rule, FAMILIES.get(rule, (rule,))) for rule in RULES)
    }
    rooms = {row: room for rows in found.values() for row, room in rows}
    shared = {name: rooms[id(row)] for name, row in readable.data.items()}
    if policy.integer:  # without the tolerance that whole places are given
        shared = {n: room - TOLERANCE * (block_of(n) in PACE) for n, room in shared.items()}
    broken = {rule: any(room < -TOLERANCE for _, room in rows) for rule, rows in found.items()}
    for rule, (lines, variables) in LINES.items():
        steps = (x for key, x in getattr(m, "steps", {}).items() if key[0] in getattr(m, lines))
        bounded = (*getattr(m, variables).values(), *steps)
        broken[rule] |= any(_room(x.value, x.lb, x.ub) < -TOLERANCE for x in bounded)
    broken["substitution"] |= any(v.value > v.ub + TOLERANCE for v in m.deployed.values())
    return Point(
        amounts=amounts,
        deployed=np.array([*deployed.values()] or np.zeros(instance.deployments.size)).reshape(
            instance.deployments.shape
        ),
        inside=bool(((amounts >= 0) & (amounts <= capacity)).all()),
        level=not policy.rules.level_intake or bool((places == places[:, :1]).all()),
        values=values,
        supply=np.array([float(pyo.value(m.supply[cell])) for cell in m.cells]),
        rooms=shared,
        broken=broken,
    )


def _room(value: float, low: float | None, high: float | None) -> float:
    below = math.inf if low is None else value - low
    return min(below, math.inf if high is None else high - value)


def _rows(model: Any, rule: str, *families: str) -> list[Any]:
    """Return the active constraints of some families that a rule has, if the model has them."""
    found = [row for name in families for row in getattr(model, name, {}).values() if row.active]
    if rule in LINES:
        lines = getattr(model, LINES[rule][0])
        found = [row for row in found if row.index()[0] in lines]
    return found
