"""Change: places moved against the year before.

By default into the first commissioning year, ``Σ_c |x[c, first year] − last_intake|``; with
``basis = "year-on-year"`` into every commissioning year, ``Σ_c Σ_t |x[c, t] − x[c, t − 1]|``, the
year before the first being the last intake, so that growth is not put off to the later years.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from commission_opt.accounts.many import Many
from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.core.index import Index
from commission_opt.formulation.decisions import Decisions
from commission_opt.formulation.expected import Expected
from commission_opt.formulation.origin import Origin, Said
from commission_opt.formulation.parts import PLACES, Aim, Columns, Hinges, Part, Rows
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.wording import Number
from commission_opt.policy import ChangeBasis, Policy

TITLE = "change"
UNIT = "places"
NUMBER = Number.PLACES
KEYS = ("basis",)
CAPPED = "places moved in the first year"  # which is what is counted without an objective of it
ONE = "place moved"
NOTE = (
    "Places moved are those added to courses and those taken from them, against last year's: a "
    "place that goes from one course to another counts twice."
)
BESIDE = 2
IMPROVED = False  # no places at all move the most
CHANGE = "change"


def _said(problem: Planning, i: int) -> Said:
    row = problem.instance.courses.iloc[i]
    return Said(f"last_intake of course {row['course']!r}", float(row["last_intake"]))


_LAST = Origin(
    "last intake", "courses.csv", "last_intake", _said,
    lambda problem: problem.instance.courses.index.to_numpy(int), of_course=True,
)  # fmt: skip


def basis_of(policy: Policy) -> ChangeBasis:
    """Return against what a model counts changes: as its own objective does, if it has it."""
    return next((o.basis for o in policy.objectives if o.minimise == "change"), "first-year")


def aim(problem: Planning) -> Aim:
    """Add a column for each course and year moved into that is at least its change, up or down."""
    layout, courses = problem.layout, problem.instance.courses
    years = layout.grid.shape[1] if basis_of(problem.policy) == "year-on-year" else 1
    last = np.zeros((len(courses), years))
    last[:, 0] = courses["last_intake"].to_numpy(float)
    # The most that a course can move: into the first year from its last intake, then from 0.
    most = np.maximum(last, problem.cohorts.capacity[: len(courses), None] - last).ravel()
    cells = Index(("course", "year"), last.shape)
    course, year = cells.of("course"), problem.instance.first_year + cells.of("year")
    start, moved = last.ravel(), _moves(layout, cells)
    size = sparse.csr_array(sparse.eye_array(len(start), format="csr"))
    open_end = np.full(len(start), np.inf)
    codes = courses["course"].to_numpy()

    def fill(x: Floats) -> Floats:
        return np.asarray(np.abs(moved @ x[: layout.size] - start))

    def key(i: int) -> str:
        code = str(codes[course[i]])
        return code if years == 1 else f"{code},{year[i]}"

    def label(way: str, i: int) -> str:
        into = "" if years == 1 else f" into {year[i]}"
        return f"{way} of course {codes[course[i]]!r}{into}"

    columns = Columns(CHANGE, np.zeros(len(start)), most, fill, key)
    up = Rows(
        "change_up", {PLACES: -moved, CHANGE: size}, -start, open_end,
        lambda i: label("growth", i), key, origin=(_LAST, _LAST), items=course,
    )  # fmt: skip
    down = Rows(
        "change_down", {PLACES: moved, CHANGE: size}, start, open_end,
        lambda i: label("decline", i), key, origin=(_LAST, _LAST), items=course,
    )  # fmt: skip
    hinges = Hinges(
        sparse.csr_array(sparse.vstack([moved, -moved])),
        np.concatenate([start, -start])[None, :],
        np.ones((1, 2 * len(start))),
        np.zeros(layout.size),
        0.0,
    )
    part = Part((columns,), (up, down))
    return Aim("change", {CHANGE: np.ones(len(start))}, 0.0, (part,), hinges=hinges)


def expected(problem: Planning, _many: Expected) -> Aim:
    """Write its expectation over many futures: all move the same places."""
    return aim(problem)


def _moves(layout: Decisions, cells: Index) -> sparse.csr_array:
    """Return the places of each course and year less those of the year before, over the columns."""
    course, year = cells.of("course"), cells.of("year")
    row, later = np.arange(cells.size), np.flatnonzero(year > 0)
    before = layout.column(course[later], year[later] - 1)
    data = np.concatenate([np.ones(len(row)), -np.ones(len(later))])
    where = (np.append(row, later), np.append(layout.column(course, year), before))
    return sparse.csr_array((data, where), shape=(cells.size, layout.size))


def value(problem: Planning, result: Outcome) -> float:
    """Return the places moved, into the first commissioning year or into each."""
    last = problem.instance.courses["last_intake"].to_numpy(float)
    moved = np.abs(np.diff(np.column_stack([last, result.places]), axis=1))
    return float(moved.sum() if basis_of(problem.policy) == "year-on-year" else moved[:, 0].sum())


def values(problem: Planning, many: Many) -> Floats:
    """Return the same in many futures, shape (1,): all move the same places."""
    return np.array([value(problem, many.given)])


def within(problem: Planning, value: float) -> tuple[Floats, Floats]:
    """Keep each course within the value of where it stood, in the first year."""
    layout, last = problem.layout, problem.instance.courses["last_intake"].to_numpy(float)
    least, most = np.full(layout.size, -np.inf), np.full(layout.size, np.inf)
    first = layout.grid[:, 0]
    least[first], most[first] = last - value, last + value
    return least, most
