"""What is decided once the future is known, as a table by future, line and year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Decision
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance


def later_table(problem: Planning, decision: Decision) -> pd.DataFrame:
    """Return what is decided later: a row for each future, line and later year, also of nothing.

    Columns are ``scenario``, ``course``, with measures ``measure``, ``year``, ``places``; units of
    a measure stand under ``places``, and of course and measure one is empty.

    Parameters
    ----------
    problem : Planning
        Of which some years are decided in each future.
    decision : Decision
        Its amounts of shape (L, K'), by time; see ``formulation.decisions``.
    """
    table = later_keys(problem)
    times = problem.layout.times
    assert times is not None
    later = decision.amounts[:, times.of_future[:, times.now :]]  # line, future, year
    places = later.transpose(1, 0, 2).ravel()
    whole = problem.policy.integer and problem.relaxed_from is None
    table["places"] = places.astype(int) if whole else places
    return table


def later_keys(problem: Planning) -> pd.DataFrame:
    """Return the rows of the table without the places."""
    instance, times = problem.instance, problem.layout.times
    assert times is not None
    names = [future.name for future in problem.futures]
    years = instance.first_year + np.arange(times.now, times.of_future.shape[1])
    lines, count = len(instance.lines), len(years)
    return pd.DataFrame(
        {
            "scenario": np.repeat(np.array(names, dtype=object), lines * count),
            **{
                name: np.tile(np.repeat(codes, count), len(names))
                for name, codes in _codes(instance).items()
            },
            "year": np.tile(years, len(names) * lines),
        }
    )


def _codes(instance: Instance) -> dict[str, np.ndarray]:
    """Return the course and the measure of each line, one of them empty."""
    courses = instance.courses["course"].to_numpy(object)
    measures = instance.measures["measure"].to_numpy(object)
    if not len(measures):
        return {"course": courses}
    none = np.array([""], dtype=object)
    return {
        "course": np.append(courses, none.repeat(len(measures))),
        "measure": np.append(none.repeat(len(courses)), measures),
    }
