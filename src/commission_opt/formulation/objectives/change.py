"""Change: places moved against the year before the plan, ``Σ |x[c, first year] − last_intake|``."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.formulation.hinges import Hinges
from commission_opt.formulation.parts import PLACES, Aim, Columns, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.wording import Number
from commission_opt.linear_program import Floats
from commission_opt.outcome import Outcome

TITLE = "change"
UNIT = "places"
NUMBER = Number.PLACES
IMPROVED = False  # no places at all move the most
CHANGE = "change"


def aim(problem: Planning) -> Aim:
    """Add a column for each course that is at least its change, up or down."""
    layout, courses = problem.layout, problem.instance.courses
    last = courses["last_intake"].to_numpy(float)
    course = np.arange(layout.n_courses)
    first = sparse.csr_array(
        (np.ones(len(course)), (course, course * layout.per_course)),
        shape=(len(course), layout.size),
    )
    size = sparse.eye_array(len(course), format="csr")
    open_end = np.full(len(course), np.inf)
    codes = courses["course"].to_numpy()

    def fill(x: Floats) -> Floats:
        return np.asarray(np.abs(first @ x - last))

    most = np.maximum(last, problem.cohorts.capacity - last)
    columns = Columns(CHANGE, np.zeros(len(course)), most, fill, lambda i: str(codes[i]))
    up = Rows(
        "change_up", {PLACES: -first, CHANGE: sparse.csr_array(size)}, -last, open_end,
        lambda i: f"growth of course {codes[i]!r}", lambda i: str(codes[i]),
    )  # fmt: skip
    down = Rows(
        "change_down", {PLACES: first, CHANGE: sparse.csr_array(size)}, last, open_end,
        lambda i: f"decline of course {codes[i]!r}", lambda i: str(codes[i]),
    )  # fmt: skip
    hinges = Hinges(
        sparse.csr_array(sparse.vstack([first, -first])),
        np.concatenate([last, -last])[None, :],
        np.ones((1, 2 * len(course))),
        np.zeros(layout.size),
        0.0,
    )
    part = Part((columns,), (up, down))
    return Aim("change", {CHANGE: np.ones(len(course))}, 0.0, (part,), hinges=hinges)


def value(problem: Planning, result: Outcome) -> float:
    """Return the places moved in the first commissioning year."""
    last = problem.instance.courses["last_intake"].to_numpy(float)
    return float(np.abs(result.places[:, 0] - last).sum())
