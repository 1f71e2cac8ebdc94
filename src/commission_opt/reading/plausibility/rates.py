"""Rates of courses, and leaver rates, that stand far from those of their peers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import Doubt, summed

_MOST_FTE = 1.5  # of one joiner: part-time staff are below 1, an extra contract goes a little above
_FAR = 0.3  # from the median of peers; published ones stay within 0.1
_SMALL = 4.0  # times below the median of all peers, where a whole profession is far from it
_PEERS = 3  # courses that make a median worth comparing with
_LEAVERS = 4.0  # below the median of the group; published ones: a factor 2
_WEEKS = 52.0


def fte_per_joiner(instance: Instance) -> Iterator[Problem]:
    """Warn of joiners who would work more than one and a half full-time posts each."""
    doubts = too_much_fte(instance.courses["fte_per_joiner"], "one joiner would work")
    yield from summed("courses", "fte_per_joiner", doubts)


def too_much_fte(column: pd.Series, words: str) -> list[Doubt]:
    """Return doubts about more than one and a half full-time posts for one person."""
    return [
        Doubt(int(str(row)), float(fte), f"{words} {fte:g} FTE" + _as_share(fte))
        for row, fte in column.items()
        if fte > _MOST_FTE
    ]


def _as_share(fte: float) -> str:
    return f": if it is a percentage, write {fte / 100:g}" if 10 < fte <= 100 else ""


def rates_of_courses(instance: Instance) -> Iterator[Problem]:
    """Warn of rates that are 0, or far from the median of the course's group and profession."""
    courses = instance.courses
    group = courses["profession"].map(instance.group_of)
    for column in ("fill_rate", "completion_rate", "join_rate", "fte_per_joiner"):
        rate = courses[column].astype(float)
        usual = _median_of_peers(rate, group)
        from_all = (rate - usual).abs()
        from_both = [from_all, _from_others(rate, courses["profession"])]
        off = pd.concat(from_both, axis=1).min(axis=1).where(rate * _SMALL >= usual, from_all)
        odd = usual.notna() & (off > _FAR) & (rate > 0)
        if column == "fte_per_joiner":
            odd &= rate <= _MOST_FTE
        doubts = [
            Doubt(
                int(str(row)),
                float(off[row]),
                f"{rate[row]:g} is far from {usual[row]:g}, the median of its peers",
            )
            for row in courses.index[odd]
        ]
        doubts += [
            Doubt(int(str(row)), np.inf, "0: no place on this course would add any staff")
            for row in courses.index[rate == 0]
        ]
        yield from summed("courses", column, doubts)


def leaver_rates(instance: Instance) -> Iterator[Problem]:
    """Warn of leaver rates that are a small part of their group's median."""
    frame = instance.tables["workforce"]
    rate = frame["leaver_rate"].astype(float)
    group = frame["profession"].map(instance.group_of)
    usual = _median_of_peers(rate, group)
    odd = rate * _LEAVERS < usual
    doubts = [
        Doubt(
            int(str(row)),
            float(usual[row] - rate[row]),
            f"{rate[row]:g} is far from {usual[row]:g}, the median of group {group[row]!r}; "
            "it is a share of FTE in a year, such as 0.08",
        )
        for row in frame.index[odd]
    ]
    yield from summed("workforce", "leaver_rate", doubts)


def weeks(instance: Instance) -> Iterator[Problem]:
    """Warn of more placement weeks in a study year than a year has."""
    frame = instance.tables["placement_use"]
    doubts = [
        Doubt(int(str(row)), float(value), f"{value:g} weeks in a study year are more than it has: "
              "are they days or hours?")
        for row, value in frame["weeks"].items()
        if value > _WEEKS
    ]  # fmt: skip
    yield from summed("placement_use", "weeks", doubts)


def _median_of_peers(values: pd.Series, peers: pd.Series) -> pd.Series:
    """Return the median among those of the same kind, or of all where they are too few."""
    grouped = values.groupby(peers)
    enough = grouped.transform("size") >= _PEERS
    of_all = values.median() if len(values) >= _PEERS else np.nan
    median: pd.Series = grouped.transform("median").where(enough, of_all)
    return median


def _from_others(values: pd.Series, kind: pd.Series) -> pd.Series:
    """Return how far each is from the median of the others of its kind; NaN if there are none."""
    off: pd.Series = (values - values.groupby(kind).transform(_medians_of_others)).abs()
    return off


def _medians_of_others(own: pd.Series) -> np.ndarray:
    """Return for each value the median of all but itself; NaN for one alone."""
    count = len(own)
    medians = np.full(count, np.nan)
    if count > 1:
        order = np.argsort(own.to_numpy())
        ordered, left_out = own.to_numpy()[order], np.arange(count)
        middle = [(count - 2) // 2, (count - 1) // 2]
        medians[order] = np.mean([ordered[k + (left_out <= k)] for k in middle], axis=0)
    return medians
