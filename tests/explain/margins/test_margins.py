"""Values at the margin are what really re-solving with the change made shows."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import independent
from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.margins.worth import ESTIMATE, PRICE, RESOLVED
from commission_opt.scenario.ground import Ground
from commission_opt.solvers.status import Limits
from margin_cases import changed_case, least, rows_worth_testing, settings_of
from samples import made, model, policy, sample
from some import some

KINDS = ("money", "funds", "placements", "pools", "capacity", "rates")


@cache
def planned(text: str, seed: int, years: int) -> Allocation:
    known = sample(4, 3, years, seed)
    return allocate(known.instance, policy(text), Limits(seconds=20.0))


@cache
def answered(text: str, seed: int, years: int, seconds: float = 60.0) -> Answer:
    return margins(planned(text, seed, years), seconds=seconds)


def case(seed: int, years: int, *change: str) -> independent.Case:
    return changed_case(made(4, 3, years, seed), sample(4, 3, years, seed).instance, change)


def frames(answer: Answer) -> dict[str, pd.DataFrame]:
    return {name: answer.frame(name) for name in KINDS}


SHUT = "{ max_increase = 3.0, max_decrease = 0.9, allowance = 500, open_closed = false }"
RELAXED = [
    (model(1, integer=False), 1, 1),
    (model(1, integer=False, continuation="none"), 2, 1),
    (model(2, integer=False, continuation="last_intake"), 3, 2),
    (model(2, integer=False, level=True, pace="false"), 4, 2),
]
WHOLE = [(model(1), 1, 1), (model(2), 5, 2)]
LONG = [*RELAXED[1:], WHOLE[1]]


def unless_long(*cases: tuple[str, int, int]) -> list[Any]:
    return [pytest.param(*case, marks=[pytest.mark.slow] if case in LONG else []) for case in cases]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "seed", "years"), some([*reversed(WHOLE), *RELAXED], 6, first=1))
def test_the_worth_of_every_kind_of_change_is_what_solving_again_saves(
    text: str, seed: int, years: int
) -> None:
    found = planned(text, seed, years)
    problem, places = found.problem, found.places
    kept = (places, problem) if problem.policy.integer else (None, None)
    before = least(case(seed, years), text, *kept)
    ways = set()
    for frame in frames(answered(text, seed, years)).values():
        for i in rows_worth_testing(4, frame["worth"].to_numpy(float), seed):
            row = frame.iloc[i]
            after = least(case(seed, years, *row["change"]), text, *kept)
            error = 1e-6 * max(1.0, abs(before))
            assert row["low"] - error <= before - after <= row["high"] + error, row
            ways.add(row["how"])
            if row["how"] != ESTIMATE:
                assert row["worth"] == pytest.approx(before - after, abs=2 * error), row
                assert row["error"] <= error
            else:
                assert row["error"] <= 0.02 * row["high"]
    assert ways >= {PRICE, RESOLVED}


@pytest.mark.slow
def test_more_capacity_loosens_what_keeps_closed_courses_closed() -> None:
    """There it stands in coefficients, at which old prices prove nothing of the new program."""
    text = model(3, integer=False, pace=SHUT)
    saved = least(case(7, 3), text) - least(case(7, 3, 'max_intake[course="c00004"]+=10'), text)
    assert saved > 0.05
    for seconds in (0.0, 60.0):
        capacity = answered(text, 7, 3, seconds).frame("capacity").set_index("course")
        row = capacity.loc["c00004"]
        assert row["low"] - 1e-6 <= saved <= row["high"] + 1e-6
    assert row["worth"] == pytest.approx(saved, abs=1e-6)


@pytest.mark.each(2)
@pytest.mark.parametrize(("text", "seed", "years"), unless_long(RELAXED[0], RELAXED[2], *WHOLE))
def test_limits_hold_without_solving_again(text: str, seed: int, years: int) -> None:
    exact, quick = answered(text, seed, years), answered(text, seed, years, 0.0)
    ways = set()
    for name in KINDS:
        known = {str(row["change"]): row["worth"] for _, row in exact.frame(name).iterrows()}
        for _, row in quick.frame(name).iterrows():
            error = 1e-7 * max(1.0, abs(known[str(row["change"])]))
            assert row["low"] - error <= known[str(row["change"])] <= row["high"] + error, row
            assert row["low"] <= row["worth"] <= row["high"]
            ways.add(row["how"])
    assert ways == {PRICE, ESTIMATE}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "seed", "years"), WHOLE)
def test_no_plan_in_whole_places_saves_more_than_is_certified(
    text: str, seed: int, years: int
) -> None:
    problem = planned(text, seed, years).problem
    value = allocate(problem.instance, problem.policy, Limits(seconds=20.0)).certificate.objective
    for frame in frames(answered(text, seed, years)).values():
        for i in rows_worth_testing(2, frame["worth"].to_numpy(float), seed):
            row = frame.iloc[i]
            instance, _ = Ground(problem.instance, problem.policy).apply(settings_of(row["change"]))
            found = allocate(instance, problem.policy, Limits(seconds=10.0, gap=1e-6)).certificate
            error = 1e-6 * max(1.0, abs(value))
            assert value - found.objective <= row["most"] + error
            if np.isfinite(row["least"]):
                assert value - found.bound >= row["least"] - error


@pytest.mark.slow
@pytest.mark.parametrize(("text", "seed", "years"), unless_long(RELAXED[0], RELAXED[3], WHOLE[0]))
def test_a_price_holds_up_to_its_end_and_no_further(text: str, seed: int, years: int) -> None:
    found = planned(text, seed, years)
    problem, places = found.problem, found.places
    kept = (places, problem) if problem.policy.integer else (None, None)
    before = least(case(seed, years), text, *kept)
    tested = 0
    for name in ("money", "placements"):
        frame = answered(text, seed, years).frame(name)
        rows = frame[
            (frame["worth"] > 1e-3) & np.isfinite(frame["same_to"]) & (frame["same_to"] > 0)
        ]
        for _, row in rows.head(4).iterrows():
            target, _ = row["change"][0].rsplit("+=", 1)

            def saved(step: float, target: str = target) -> float:
                return before - least(case(seed, years, f"{target}+={step!r}"), text, *kept)

            end = float(row["same_to"])
            if len(row["change"]) > 1 or not np.isfinite(end):
                continue
            half, whole, beyond = saved(end / 2), saved(end), saved(2 * end)
            error = 1e-6 * max(1.0, whole)
            assert whole == pytest.approx(2 * half, abs=5e-6 * max(1.0, abs(before)))
            assert beyond < 2 * whole - error
            tested += 1
    assert tested


@pytest.mark.parametrize(("text", "seed", "years"), unless_long(RELAXED[0], RELAXED[2]))
def test_plain_worth_is_the_plain_shortfall_of_places_that_are_best(
    text: str, seed: int, years: int
) -> None:
    # With one tier and no weights or discount the first objective is the plain shortfall.
    text = text.replace("discount_rate = 0.035", "discount_rate = 0.0")
    start = text.index("tiers = ")
    text = text[:start] + "tiers = [ { weight = 1 } ]\n"
    known = sample(4, 3, years, seed).instance
    instance = replace(
        known,
        professions=known.professions.assign(weight=1.0),
        regions=known.regions.assign(weight=1.0),
    )
    found = allocate(instance, policy(text), Limits(seconds=20.0))
    answer = margins(found, seconds=60.0)
    for frame in frames(answer).values():
        size = max(1.0, float(found.certificate.objective))
        sure = frame[frame["how"] != ESTIMATE]
        np.testing.assert_allclose(sure["plain"], sure["worth"], atol=1e-7 * size)
