"""Ranges in whole places against every plan there is."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest

import independent
import naive
from commission_opt.explain.room.enclosure import HIGH, LOW
from commission_opt.explain.room.ranges import ranges
from commission_opt.explain.room.targets import TargetKind
from enumeration import NAMES, tiny
from room_cases import solved

SINGLE = (TargetKind.COURSE, TargetKind.MEASURE)
ALL_YEARS = (TargetKind.ALL_YEARS, TargetKind.MEASURE_ALL_YEARS)
OF_MEASURES = (TargetKind.MEASURE, TargetKind.MEASURE_ALL_YEARS)
WITHIN = (0.0, 0.01, 0.1, 0.5)


@cache
def every_plan(name: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Codes of lines, the amounts of every plan (plans, lines, years), and their shortfalls."""
    known = tiny(name)
    policy = naive.load_policy(known.text([("shortfall", 0.0)]))
    years = independent.commissioning_years(known.case, policy)
    keys = [(n, y) for n in known.case.lines for y in years]
    numbers = [independent.admissible(known.case.lines[n], policy) for n, _ in keys]
    plans, values = [], []
    for choice in product(*numbers):
        places = dict(zip(keys, choice, strict=True))
        if naive.kept(known.case, policy, places):
            plans.append(choice)
            values.append(naive.values(known.case, policy, places)["shortfall"])
    shape = (len(plans), len(known.case.lines), len(years))
    return list(known.case.lines), np.array(plans).reshape(shape), np.array(values)


@pytest.mark.parametrize("name", NAMES)
def test_every_plan_is_inside_and_every_end_reached_is_one(name: str) -> None:
    known = tiny(name)
    plan = solved(known.instance, known.text([("shortfall", 0.0)]))
    codes, plans, values = every_plan(name)
    found = ranges(plan, WITHIN, totals=True)
    assert found.near.best == pytest.approx(values.min(), rel=1e-6)
    aims, courses = found.near.targets, known.instance.courses
    assert known.instance.lines["line"].tolist() == codes
    settled = 0
    for k, kind in enumerate(aims.kind):
        at = aims.position[k] + len(courses) * (kind in OF_MEASURES)
        if kind in SINGLE:
            counted = plans[:, at, max(0, aims.year[k] - known.instance.first_year)]
        elif kind in ALL_YEARS:
            counted = plans[:, at].sum(axis=1)
        else:
            own = (courses["p" if kind is TargetKind.PROFESSION else "q"] == at).to_numpy()
            counted = plans[:, : len(courses)][:, own].sum(axis=(1, 2))
        for e, share in enumerate(WITHIN):
            near = counted[values <= values.min() * (1 + share) + 1e-8]
            assert found.proved[LOW, k, e] <= near.min() <= found.reached[LOW, k, e]
            assert found.reached[HIGH, k, e] <= near.max() <= found.proved[HIGH, k, e]
            assert found.reached[LOW, k, e] in near
            assert found.reached[HIGH, k, e] in near
            settled += int(found.proved[LOW, k, e] == found.reached[LOW, k, e])
            settled += int(found.proved[HIGH, k, e] == found.reached[HIGH, k, e])
    assert settled > 0.6 * found.proved.size
    assert {LOW, HIGH} == {0, 1}


@pytest.mark.parametrize("name", NAMES)
def test_relaxed_ranges_hold_every_whole_plan(name: str) -> None:
    known = tiny(name)
    text = known.text([("shortfall", 0.0)]).replace("integer = true", "integer = false")
    found = ranges(solved(known.instance, text), WITHIN)
    _, plans, values = every_plan(name)
    for k, kind in enumerate(found.near.targets.kind):
        at, year = found.near.targets.position[k], found.near.targets.year[k]
        at += len(known.instance.courses) * (kind in OF_MEASURES)
        counted = plans[:, at, max(0, year - known.instance.first_year)]
        if kind in ALL_YEARS:
            counted = plans[:, at].sum(axis=1)
        for e, share in enumerate(WITHIN):
            near = counted[values <= found.near.best * (1 + share)]
            if len(near):
                assert found.proved[LOW, k, e] <= near.min() + 1e-5
                assert found.proved[HIGH, k, e] >= near.max() - 1e-5
