"""Courses of an imaginary health service that take staff from other professions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.instance.synthetic import World

_EVERY = 8  # one profession in so many is trained from staff of another
_OTHERS = 3  # largest professions that staff come from, in turn
_SPARE = 0.8  # part of the staff who would stay that a plan near the last one may take


def with_taking(
    tables: dict[str, pd.DataFrame], world: World, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Let the courses of some professions take staff, where there are enough of them.

    The safe intake of every course can be run every year without supply falling below nothing.
    """
    courses, found = world.courses, tables["courses"].copy()
    source, taken, release = (np.full(len(found), "", dtype=object) for _ in range(3))
    kept = (1.0 - world.leaver_rate) ** len(world.years)  # of each member of staff, at the end
    left = _SPARE * world.fte * kept
    largest = np.argsort(-world.fte.sum(axis=1), kind="stable")[:_OTHERS]
    p, q = courses["p"].to_numpy(int), courses["q"].to_numpy(int)
    safe = courses["safe_intake"].to_numpy(float)
    for i in np.flatnonzero(p % _EVERY == _EVERY // 2 - 1):
        fte, part = round(rng.uniform(0.5, 0.9), 2), round(rng.uniform(0.2, 0.6), 2)
        others = [other for other in largest.tolist() if other != p[i]]
        if not others:
            continue
        other = others[int(p[i]) // _EVERY % len(others)]
        where = other, q[i]
        each_year = safe[i] * (1.0 + (1.0 - kept[where]) / world.leaver_rate[where])
        gone = fte * (world.started[i].sum() * kept[where] + each_year)
        if gone <= left[where]:
            left[where] -= gone
            source[i] = world.professions["profession"].iloc[other]
            taken[i], release[i] = fte, part
    found["from_profession"], found["fte_from"], found["release_rate"] = source, taken, release
    return {**tables, "courses": found}
