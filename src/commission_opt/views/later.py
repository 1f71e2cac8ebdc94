"""What is decided once the future is known: how far it differs from one future to the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats
from commission_opt.formulation.goals import probabilities
from commission_opt.formulation.problem import Planning
from commission_opt.views import words
from commission_opt.views.weighing import AS_GIVEN

LATER_TITLE = "Places that are decided later, over the scenarios"


def later_words(problem: Planning, result: Outcome) -> Iterator[str]:
    """Say what is decided now and what later, and what that assumes; nothing if all is now."""
    if problem.layout.times is None:
        return
    years = [words.year(year) for year in later_years(problem)]
    now = [words.year(problem.instance.first_year + k) for k in range(problem.now_years)]
    scenarios = words.plural(len(problem.futures), "scenario")
    fractions = ", in fractions," if _in_fractions(problem) else ""
    yield (
        f"What is bought in {words.joined(now)} is decided now, the same in each of {scenarios}; "
        f"{words.joined(years)} {words.agreed(len(years), 'is', 'are')} decided in each{fractions} "
        "once it is known. Whoever decides then is taken to know all that the scenario will bring "
        "(perfect foresight), so that the value of the plan is optimistic."
    )
    ranges = _places(problem, result).sum(axis=1)
    spans = [
        f"from {words.count(each.min())} to {words.count(each.max())} in {year}"
        for year, each in zip(years, ranges.T, strict=True)
    ]
    yield (
        f"Over the scenarios, all places together run {words.joined(spans)}. What is said of the "
        f"world {AS_GIVEN} takes the mean over the scenarios for later years."
    )


def decided_in_each(problem: Planning) -> str:
    """Say which years each future decides for itself, and whether in fractions; "" if none."""
    if problem.layout.times is None:
        return ""
    return f"later years{', in fractions,' if _in_fractions(problem) else ''}"


def not_whole(problem: Planning) -> str:
    """Say which years of a plan in whole places are in fractions; "" if none."""
    if problem.layout.times is None or not _in_fractions(problem):
        return ""
    return (
        "in what is decided now; later years are decided in each scenario, in fractions, which are "
        "not carried out"
    )


def _in_fractions(problem: Planning) -> bool:
    return problem.policy.integer and problem.relaxed_from is not None


def later_years(problem: Planning) -> range:
    """Return the years that are decided in each future."""
    first = problem.instance.first_year
    return range(first + problem.now_years, first + problem.policy.commissioning_years)


def later_ranges(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return the places of every profession in every later year over the futures.

    Columns are ``profession`` (its position), ``year``, ``least``, ``mean`` and ``most``.
    """
    found, p = _places(problem, result), probabilities(problem)
    at = problem.instance.courses["p"].to_numpy(int)
    sums = np.zeros((len(found), len(problem.instance.professions), found.shape[2]))
    for w, each in enumerate(found):
        np.add.at(sums[w], at, each)
    taught = np.unique(at)
    years = later_years(problem)
    shown = sums[:, taught].reshape(len(sums), -1)
    return pd.DataFrame(
        {
            "profession": np.repeat(taught, len(years)),
            "year": np.tile(years, len(taught)),
            "least": shown.min(axis=0),
            "mean": p @ shown,
            "most": shown.max(axis=0),
        }
    )


def _places(problem: Planning, result: Outcome) -> Floats:
    """Return the places of courses in later years in each future, shape (W, C, later years)."""
    times = problem.layout.times
    assert times is not None
    courses = len(problem.instance.courses)
    later = result.decision.amounts[:courses][:, times.of_future[:, times.now :]]
    return np.asarray(later.transpose(1, 0, 2))
