"""Which places were changed after a plan was made, as well as its other tables can say.

The recorded hash says that ``allocation.csv`` was changed. Its own column ``change`` says in which
row, unless that was changed too; then supply, money and weeks, which follow from the places and
whose tables are as they were, do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.accounts.outcome import Drawn
from commission_opt.arrays import Floats
from commission_opt.errors import Problem
from commission_opt.plan.read import PLACES, StoredPlan
from commission_opt.plan.table import number_in, read_table, table_bytes

_NEAR = 1e-9  # relative
_SHOWN = 10  # rows


def changed_places(plan: StoredPlan) -> Iterator[Problem]:
    """Name the rows whose places are not those that the plan was made with.

    Nothing is named if the file is as it was; and if several places were changed together with
    what stands beside them, professions are named instead of rows.
    """
    table = _as_it_was(plan, PLACES)
    if table is not None:
        return
    named = list(_beside(plan))
    if plan.problem.layout.times is None:  # else other tables follow from later years as well
        named = named or list(_one_row(plan)) or list(_by_profession(plan))
    yield from named[:_SHOWN]


def _problem(row: int, message: str) -> Problem:
    return Problem("error", PLACES, row, "places", message)


def _beside(plan: StoredPlan) -> Iterator[Problem]:
    """Compare places with last year's and the changes beside them."""
    try:
        places = plan.places[:, : plan.problem.now_years]
        said = read_table(plan.folder / PLACES, places.size)["change"]
        change = np.array([number_in(text) for text in said])
        last = plan.instance.courses["last_intake"].to_numpy(float)
        right = last[:, None] + np.cumsum(change.reshape(places.shape), axis=1)
    except (OSError, ValueError, KeyError):
        return
    for row, (there, made) in enumerate(zip(places.ravel(), right.ravel(), strict=True), 2):
        if not abs(there - made) <= _NEAR * max(1.0, abs(made)):
            yield _problem(row, f"says {there:g}, but the changes beside it make {made:g}")


def _one_row(plan: StoredPlan) -> Iterator[Problem]:
    """Find the one row whose change explains what the other tables say."""
    effects, missing = _effects(plan)
    size = float(missing @ missing)
    if size == 0.0:
        return
    along = np.asarray(effects.T @ missing)
    squares = np.asarray(effects.multiply(effects).sum(axis=0)).ravel()
    share = np.divide(along**2, squares, out=np.zeros_like(along), where=squares > 0)
    rows = np.flatnonzero(size - share <= _NEAR * size)
    if len(rows) == 0:
        return
    said = [
        f"{plan.places.ravel()[i]:g}, but the other tables were made with "
        f"{round(plan.places.ravel()[i] + along[i] / squares[i], 6):g}"
        for i in rows
    ]
    if len(rows) == 1:
        yield _problem(int(rows[0]) + 2, f"says {said[0]}")
        return
    others = ", ".join(str(i + 2) for i in rows[1:_SHOWN])
    yield _problem(int(rows[0]) + 2, f"this row or one of {others} was changed: says {said[0]}")


def _effects(plan: StoredPlan) -> tuple[sparse.csc_array, Floats]:
    """Return what one more place of each row adds to the tables as they were, and what is missing.

    Supply, money and weeks count alike, whatever their units.
    """
    problem, found = plan.problem, plan.outcome
    starts = _starts(plan)
    parts: list[Any] = [sparse.csr_array((0, plan.places.size))]
    missing = [np.zeros(0)]
    for name, operator, now in (
        ("supply.csv", problem.effects.supply.matrix, found.supply.ravel()),
        ("budgets.csv", problem.effects.spend.matrix, _used(found.spend)),
        ("placements.csv", problem.effects.weeks.matrix, _used(found.weeks)),
    ):
        said = _said(plan, name)
        if said is None or said.shape != now.shape:
            continue
        rest = np.where(abs(said - now) <= _NEAR * np.maximum(1.0, abs(now)), 0.0, said - now)
        scale = float(np.linalg.norm(rest)) or 1.0
        parts.append(sparse.csr_array(operator) @ starts / scale)
        missing.append(rest / scale)
    return sparse.csc_array(sparse.vstack(parts)), np.concatenate(missing)


def _starts(plan: StoredPlan) -> sparse.csr_array:
    """Return the start years that one more place of each row fills, shape (L * Y, C * K)."""
    courses, years = plan.places.shape
    one = np.zeros((plan.instance.horizon, years))
    one[:years] = np.eye(years)
    if plan.policy.rules.continuation == "repeat":
        one[years:, -1] = 1.0
    filled = sparse.coo_array(sparse.kron(sparse.eye_array(courses), one))
    shape = plan.instance.starts.size, filled.shape[1]
    return sparse.csr_array((filled.data, filled.coords), shape=shape)


def _used(use: Drawn) -> Floats:
    return use.planned + use.continued


def _said(plan: StoredPlan, name: str) -> Floats | None:
    """Return what a table says of supply or use, if it is as it was."""
    table = _as_it_was(plan, name)
    if table is None:
        return None
    try:
        if name == "supply.csv":
            return np.asarray(table["supply"], dtype=float)
        return np.asarray(table["planned"] + table["continued"], dtype=float)
    except (ValueError, TypeError, KeyError):
        return None


def _by_profession(plan: StoredPlan) -> Iterator[Problem]:
    """Name the professions whose supply is not what supply.csv says."""
    said, now = _said(plan, "supply.csv"), plan.outcome.supply
    if said is None or said.shape != (now.size,):
        return
    other = abs(said.reshape(now.shape) - now) > _NEAR * np.maximum(1.0, abs(now))
    codes = plan.instance.courses["p"].to_numpy()
    for p in np.flatnonzero(other.any(axis=(1, 2))):
        q, y = np.argwhere(other[p])[0]
        course = int(np.argmax(codes == p))
        profession = plan.instance.professions["profession"].iloc[p]
        region = plan.instance.regions["region"].iloc[q]
        yield _problem(
            course * plan.places.shape[1] + 2,
            f"places of {profession!r} from here on were changed: they lead to a supply of "
            f"{now[p, q, y]:,.6g} in {region!r} in {plan.instance.first_year + y}, and supply.csv "
            f"was made with {said.reshape(now.shape)[p, q, y]:,.6g}",
        )


def _rows(plan: StoredPlan) -> int:
    """Return how many rows all tables of the plan have together."""
    found = plan.outcome
    return sum(
        a.size for a in (found.places, found.supply, found.spend.planned, found.weeks.planned)
    )


def _as_it_was(plan: StoredPlan, name: str) -> pd.DataFrame | None:
    """Read a table whose hash is the recorded one."""
    try:
        content = table_bytes(plan.folder / name, _rows(plan))
        if hashlib.sha256(content).hexdigest() != plan.record["hashes"]["outputs"][name]:
            return None
        return pd.read_csv(BytesIO(content))
    except (OSError, ValueError):
        return None
