"""What a plan decides once the future is known, read back from its table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from commission_opt.allocation.later_table import later_keys
from commission_opt.arrays import Floats
from commission_opt.errors import InputError, Problem
from commission_opt.formulation.problem import Planning
from commission_opt.plan.table import number_in, read_table, unreadable

LATER = "later.csv"


def with_later(folder: Path, problem: Planning, now: Floats) -> Floats:
    """Return all that is decided, shape (L, K'), from what is now and the table of what is later.

    Parameters
    ----------
    folder : Path
        Of the plan.
    problem : Planning
        With its futures; where nothing is decided later, what is decided now is all.
    now : array, shape (L, years decided now)

    Raises
    ------
    InputError
        If the table cannot be read, has other rows than the plan, or what is no number.
    """
    times = problem.layout.times
    if times is None:
        return now
    expected = later_keys(problem)
    try:
        table = read_table(folder / LATER, len(expected))
        keys = table[list(expected.columns)].to_numpy(str)
        cells = list(table["places"])
    except OSError as error:
        raise InputError.of_file(LATER, unreadable(error)) from error
    except (ValueError, KeyError) as error:
        raise InputError.of_file(LATER, f"cannot be read: {error}") from error
    right = expected.to_numpy(str)
    same = (keys == right).all(axis=1) if keys.shape == right.shape else np.zeros(1, dtype=bool)
    if not same.all():
        row = int(np.argmin(same)) + 2 if keys.shape == right.shape else None
        message = "rows are not scenario by scenario what is decided later, year by year, in order"
        raise InputError([Problem("error", LATER, row, "scenario", message)])
    places = np.array([number_in(text) for text in cells], dtype=float)
    if len(wrong := np.flatnonzero(~np.isfinite(places))):
        row, text = int(wrong[0]) + 2, cells[int(wrong[0])]
        raise InputError([Problem("error", LATER, row, "places", f"{text!r} is no number")])
    found = np.zeros((len(now), len(times.year)))
    found[:, : times.now] = now
    count, years = times.of_future.shape
    by_future = places.reshape(count, len(now), years - times.now)
    found[:, times.of_future[:, times.now :]] = by_future.transpose(1, 0, 2)
    return found
