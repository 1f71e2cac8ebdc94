"""Who stands in for whom where that is decided in each of several futures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from commission_opt.accounts.outcome import Outcome
from commission_opt.allocation.futures_tables import QUANTILES, quantiles
from commission_opt.arrays import Floats
from commission_opt.formulation.goals import outcomes, probabilities
from commission_opt.formulation.problem import Planning
from commission_opt.views import words
from commission_opt.views.weighing import draws_at

_SHOWN = (QUANTILES[0], 0.5, QUANTILES[-1])


def by_scenario(problem: Planning, result: Outcome) -> pd.DataFrame:
    """Return FTE-years deployed and covered in each scenario; of draws there are quantiles.

    Returns
    -------
    pandas.DataFrame
        ``scenario``, ``probability`` (none of quantiles), ``fte`` and ``covers``.
    """
    found, p = _sums(problem, result), probabilities(problem)
    drawn = np.array([future.drawn for future in problem.futures])
    rows: list[dict[str, Any]] = [
        {"scenario": problem.futures[w].name, "probability": p[w], "fte": fte, "covers": covers}
        for w, (fte, covers) in enumerate(found)
        if not drawn[w]
    ]
    if drawn.any():
        share = p[drawn] / p[drawn].sum()
        for q, (fte, covers) in zip(QUANTILES, quantiles(found[drawn], share), strict=True):
            if q in _SHOWN:
                name = draws_at(int(drawn.sum()), q)
                rows.append({"scenario": name, "fte": fte, "covers": covers})
    return pd.DataFrame(rows, columns=["scenario", "probability", "fte", "covers"])


def over_scenarios(problem: Planning, result: Outcome) -> str:
    """Say how much staff do of the work of others over the scenarios."""
    fte, covers = _sums(problem, result).T
    if not fte.any():
        return "Nobody is deployed to do the work of another profession in any scenario."
    p = probabilities(problem)
    return (
        "Who is deployed is decided once it is known which scenario comes: staff do the work of "
        f"other professions for {words.count(fte.min())} to {words.count(fte.max())} FTE-years, "
        f"{words.count(p @ fte)} expected, which cover {words.count(covers.min())} to "
        f"{words.count(covers.max())} FTE-years of that work, {words.count(p @ covers)} expected."
    )


def _sums(problem: Planning, result: Outcome) -> Floats:
    """Return the FTE-years deployed and covered in each future, shape (W, 2)."""
    sums = []
    for future, found in zip(problem.futures, outcomes(problem, result), strict=True):
        ratio = future.problem.instance.substitution["ratio"].to_numpy(float)
        by_pair = found.deployed.sum(axis=1)
        sums.append([float(by_pair.sum()), float(ratio @ by_pair)])
    return np.array(sums)
