"""Really re-solving with a change made, by the model of the tests that shares no code with ours."""

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import independent
import naive
from commission_opt.arrays import Floats
from commission_opt.formulation.problem import Planning
from commission_opt.instance.generate import Synthetic
from commission_opt.instance.instance import Instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.scenario import Setting
from naive_relaxation import Relaxation
from sweep_tables import write_by_hand


def settings_of(texts: Sequence[str]) -> list[Setting]:
    """Read settings as a user would write them."""
    axes = [parse_axis(text) for text in texts]
    return [Setting(axis, axis.values[0]) for axis in axes]


def changed_case(synthetic: Synthetic, base: Instance, texts: Sequence[str]) -> independent.Case:
    """The instance with settings written into its tables, read by the independent model."""
    with tempfile.TemporaryDirectory() as folder:
        write_by_hand(Path(folder), synthetic, base, settings_of(texts))
        return independent.load(folder)


def least(
    case: independent.Case,
    text: str,
    kept: Floats | None = None,
    problem: Planning | None = None,
    fixed: tuple[str, int, float] | None = None,
) -> float:
    """The least first objective in fractions of places; with the same courses as in a plan.

    A course may be held at a number of places in a year.
    """
    policy = naive.load_policy(text)
    relaxed = Relaxation(case, policy)
    if policy["rules"]["level_intake"]:
        for (code, year), column in relaxed.x.items():
            if (code, year - 1) in relaxed.x:
                same = {column: 1.0, relaxed.x[code, year - 1]: -1.0}
                relaxed.program.row(same, 0.0, 0.0)
    if kept is not None and problem is not None:
        keep_courses(relaxed, case, policy, problem, kept)
    if fixed is not None:
        code, year, number = fixed
        relaxed.program.columns[relaxed.x[code, year]] = (0.0, number, number, 0)
    name = policy["objective"][0]["minimise"]
    terms, constant = relaxed.terms[name]
    program = relaxed.program
    for i, (_, low, high, whole) in enumerate(program.columns):
        program.columns[i] = (terms.get(i, 0.0), low, high, whole)
    x, _ = program.minimise(0.0, None)
    return constant + sum(each * x[i] for i, each in terms.items())


def keep_courses(
    relaxed: Relaxation,
    case: independent.Case,
    policy: independent.Policy,
    problem: Planning,
    places: Floats,
) -> None:
    """Hold closed courses at 0 and the others at or above their smallest cohort.

    Bounds of whole places are the outermost admissible numbers within capacity and pace.
    """
    pace = policy["rules"]["pace_of_change"]
    for c, name in enumerate(problem.instance.courses["course"]):
        course = case.courses[name]
        numbers = independent.admissible(course, policy)
        smallest, largest = independent.smallest_and_largest(course, policy)
        low, high = 0.0, math.inf
        for k in range(places.shape[1]):
            if pace:
                before = (course.last_intake, course.last_intake) if k == 0 else (low, high)
                down = before[0] * (1 - pace["max_decrease"]) - pace["allowance"]
                down = min(down, largest) if k == 0 else down
                up = before[1] * (1 + pace["max_increase"]) + max(pace["allowance"], smallest)
                low = min((n for n in numbers if n >= down - 1e-6), default=math.inf)
                high = max(n for n in numbers if n <= up + 1e-6)
            else:
                high = largest
            column = relaxed.x[name, problem.instance.first_year + k]
            if places[c, k] <= 0:
                bounds = (low, max(low, 0.0))
            else:
                bounds = (max(low, min(smallest, high)), high)
            relaxed.program.columns[column] = (0.0, *bounds, 0)


def rows_worth_testing(count: int, worth: Floats, seed: int) -> list[int]:
    """Some rows: those that are worth most, and some at random."""
    order = list(np.argsort(-np.nan_to_num(worth)))
    rng = np.random.default_rng(seed)
    return [int(i) for i in dict.fromkeys([*order[: count // 2], *rng.permutation(order)])][:count]
