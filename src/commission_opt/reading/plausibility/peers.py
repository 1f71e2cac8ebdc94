"""Rates of courses, leaver rates and costs that stand far from those of their peers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.plausibility.saying import number, summed, times

MOST_FTE = 1.5  # of one joiner: part-time staff are below 1, an extra contract goes a little above
_FAR = 0.3  # from the median of peers; published ones stay within 0.1
_SMALL = 4.0  # times below the median of all peers, where a whole profession is far from it
_PEERS = 3  # courses that make a median worth comparing with
_LEAVERS = 4.0  # below the median of the group; published ones: a factor 2
_IN_GROUP = 10.0  # times, or a part of, the median cost in a group; published ones are within 2.5
_FEW = 3  # measures of a kind, of which two would only accuse each other
_IN_FUND = 60.0  # among all courses that a fund pays: doctors may cost 50 times what nurses do


def rates_of_courses(instance: Instance) -> Iterator[Problem]:
    """Warn of rates that are 0, or far from the median of the course's group and profession.

    Where students may go on to another course, the join rate is what is left over, and no peer.
    """
    goes_on = instance.pathways.loc[instance.pathways["role"] == "feeds", "course"].unique()
    for column in ("fill_rate", "completion_rate", "join_rate", "fte_per_joiner"):
        courses = instance.courses
        if column == "join_rate":
            courses = courses.drop(courses.index[goes_on])
        group = courses["profession"].map(instance.group_of)
        rate = courses[column].astype(float)
        usual = _median_of_peers(rate, group)
        from_all = (rate - usual).abs()
        from_both = [from_all, _from_others(rate, courses["profession"])]
        off = pd.concat(from_both, axis=1).min(axis=1).where(rate * _SMALL >= usual, from_all)
        odd = usual.notna() & (off > _FAR) & (rate > 0)
        if column == "fte_per_joiner":
            odd &= rate <= MOST_FTE
        size = off.where(rate > 0, np.inf)[odd | (rate == 0)]
        rows = pd.DataFrame({"rate": rate, "usual": usual}).loc[size.index]
        yield from summed(
            "courses", column, rows, size,
            lambda row: f"{row.rate:g} is far from {row.usual:g}, the median of its peers"
            if row.rate else "0: no place on this course would add any staff",
        )  # fmt: skip


def leaver_rates(instance: Instance) -> Iterator[Problem]:
    """Warn of leaver rates that are a small part of their group's median."""
    frame = instance.tables["workforce"]
    frame = frame.assign(group=frame["profession"].map(instance.group_of))
    rate, usual = frame["leaver_rate"], _median_of_peers(frame["leaver_rate"], frame["group"])
    rows = frame.assign(usual=usual)[rate * _LEAVERS < usual]
    yield from summed(
        "workforce", "leaver_rate", rows, rows["usual"] - rows["leaver_rate"],
        lambda row: f"{row.leaver_rate:g} is far from {row.usual:g}, the median of group "
        f"{row.group!r}; it is a share of FTE in a year, such as 0.08",
    )  # fmt: skip


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


def costs(instance: Instance) -> Iterator[Problem]:
    """Warn of costs that are a small part, or many times, of what their fund pays for peers.

    Those of a course are the courses of its group, those of a measure the measures of its kind.
    """
    group, kind = instance.lines["profession"].map(instance.group_of), instance.lines["kind"]
    rates = instance.costs[instance.costs["rate"] > 0]
    line = rates["line"].to_numpy(int)
    peers = kind.where(kind != "course", group).to_numpy()[line]
    rates = rates.assign(kind=kind.to_numpy()[line], group=peers)
    by_peers = rates.groupby(["code", "kind", "group"])
    few = (rates["kind"] != "course") & (by_peers["line"].transform("nunique") < _FEW)
    in_group = by_peers["rate"].transform("median").mask(few)
    in_fund = rates.groupby("code")["rate"].transform("median")
    far = _off(rates["rate"], in_group) > _IN_GROUP
    odd = far | (_off(rates["rate"], in_fund) > _IN_FUND)
    rates = rates.assign(far=far, usual=in_group.where(far, in_fund))
    rows = rates[odd].drop_duplicates("row").set_index("row")
    everything = "all courses and measures" if len(instance.measures) else "all courses"

    def said(row: Any) -> str:
        own = f"group {row.group!r}" if row.kind == "course" else f"measures of kind {row.group!r}"
        return (
            f"£{number(row.rate)} is {times(row.rate / row.usual)} £{number(row.usual)}, the "
            f"median of {own if row.far else everything} for fund {row.code!r}: is it in another "
            "unit?"
        )

    yield from summed("costs", "cost", rows, np.abs(np.log(rows["rate"] / rows["usual"])), said)


def _off(values: pd.Series, usual: pd.Series) -> pd.Series:
    ratio: pd.Series = values / usual
    return ratio.where(ratio >= 1, 1 / ratio)
