"""Ranges in whole places against every plan there is."""

from collections.abc import Iterator
from functools import cache
from itertools import product

import numpy as np
import pytest

import independent
import naive
from commission_opt.explain.room.enclosure import HIGH, LOW
from commission_opt.explain.room.ranges import Ranges, ranges
from enumeration import NAMES, Tiny, tiny
from room_cases import solved
from some import some

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


def counted(known: Tiny, found: Ranges, plans: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Every target with its number in every plan."""
    k = -1
    lines, first = known.instance.lines, known.instance.first_year
    for kind, names in found.near.targets.names.items():
        for name in names.to_dict("records"):
            k += 1
            own = np.ones(len(lines), dtype=bool)
            if not kind.startswith("measures"):
                own &= (lines["kind"] == "course").to_numpy()
            for key in {"profession", "region"} & set(name):
                own &= (lines[key] == name[key]).to_numpy()
            for key in {"course", "measure"} & set(name):
                own &= (lines["line"] == name[key]).to_numpy()
            years = [name["year"] - first] if "year" in name else slice(None)
            yield k, plans[:, own][:, :, years].sum(axis=(1, 2))


@pytest.mark.each(3)
@pytest.mark.parametrize("name", some(NAMES, 2))
def test_every_plan_is_inside_and_every_end_reached_is_one(name: str) -> None:
    known = tiny(name)
    plan = solved(known.instance, known.text([("shortfall", 0.0)]))
    codes, plans, values = every_plan(name)
    found = ranges(plan, WITHIN, totals=True)
    assert found.near.best == pytest.approx(values.min(), rel=1e-6)
    assert known.instance.lines["line"].tolist() == codes
    settled = 0
    for k, numbers in counted(known, found, plans):
        for e, share in enumerate(WITHIN):
            near = numbers[values <= values.min() * (1 + share) + 1e-8]
            assert found.proved[LOW, k, e] <= near.min() <= found.reached[LOW, k, e]
            assert found.reached[HIGH, k, e] <= near.max() <= found.proved[HIGH, k, e]
            assert found.reached[LOW, k, e] in near
            assert found.reached[HIGH, k, e] in near
            settled += int(found.proved[LOW, k, e] == found.reached[LOW, k, e])
            settled += int(found.proved[HIGH, k, e] == found.reached[HIGH, k, e])
    assert settled > 0.6 * found.proved.size
    assert {LOW, HIGH} == {0, 1}


@pytest.mark.each(5)
@pytest.mark.parametrize("name", NAMES)
def test_relaxed_ranges_hold_every_whole_plan(name: str) -> None:
    known = tiny(name)
    text = known.text([("shortfall", 0.0)]).replace("integer = true", "integer = false")
    found = ranges(solved(known.instance, text), WITHIN)
    _, plans, values = every_plan(name)
    for k, numbers in counted(known, found, plans):
        for e, share in enumerate(WITHIN):
            near = numbers[values <= found.near.best * (1 + share)]
            if len(near):
                assert found.proved[LOW, k, e] <= near.min() + 1e-5
                assert found.proved[HIGH, k, e] >= near.max() - 1e-5
