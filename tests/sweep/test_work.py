import pickle
import random
from dataclasses import replace
from itertools import groupby, pairwise

import numpy as np
import pytest

from commission_opt.errors import UsageError
from commission_opt.plan.made_with import differences
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.scenario import AS_GIVEN, Scenario
from commission_opt.sweep.design import scenarios, settings_of
from commission_opt.sweep.work import chunks, path, run_chunk
from small_sweeps import small

AXES = [
    parse_axis("budget*=0.9,1,1.1"),
    parse_axis("leavers*=0.8,1,1.2"),
    parse_axis("demand*=0.95,1,1.05,1.1"),
]


def steps(ordered: list[Scenario]) -> list[list[str]]:
    """The fields that change at every step."""
    return [
        [a.axis.field for a, b in zip(one.settings, two.settings, strict=True) if a != b]
        for one, two in pairwise(ordered)
    ]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_grid_is_walked_to_and_fro(seed: int | None) -> None:
    found = scenarios("grid", AXES)
    if seed is not None:
        random.Random(seed).shuffle(found)
    order = path(found)
    assert sorted(order) == list(range(36))
    changes = steps([found[i] for i in order])
    assert all(len(change) == 1 for change in changes)
    assert changes.count(["leavers"]) == 2  # coefficients: as seldom as can be
    assert changes.count(["demand"]) == 9  # bounds: seldom


def test_values_are_walked_without_jumps() -> None:
    found = scenarios("grid", AXES)
    ordered = [found[i] for i in path(found)]
    for one, two in pairwise(ordered):
        for axis, a, b in zip(AXES, one.settings, two.settings, strict=True):
            assert abs(axis.values.index(a.value) - axis.values.index(b.value)) <= 1


def test_scenarios_of_other_axes_stand_together() -> None:
    alone = scenarios("one-at-a-time", AXES)
    found = [Scenario(AS_GIVEN), *alone[::2], *alone[1::2]]
    ordered = [found[i] for i in path(found)]
    assert len(ordered) == len(found)
    runs = groupby(ordered, lambda s: s.settings[0].axis.field if s.settings else "")
    values = {field: [s.settings[0].value for s in run if s.settings] for field, run in runs}
    assert values == {
        "": [],
        "budget": [0.9, 1.0, 1.1],
        "leavers": [0.8, 1.2],
        "demand": [0.95, 1.05, 1.1],
    }


def test_drawn_scenarios_go_to_the_nearest_that_is_left() -> None:
    rng = np.random.default_rng(1)
    rows = rng.uniform(0.9, 1.1, (60, 3))
    found = [Scenario(str(i), settings_of(AXES, row)) for i, row in enumerate(rows.tolist())]
    order = path(found)
    assert order[0] == 0
    assert sorted(order) == list(range(60))
    span = np.ptp(rows, axis=0)
    for k, here in enumerate(order[:-1]):
        left = order[k + 1 :]
        distance = (np.abs(rows[left] - rows[here]) / span).sum(axis=1)
        assert distance[0] == pytest.approx(distance.min())


def test_a_change_of_coefficients_counts_as_much_as_the_whole_range_of_an_axis() -> None:
    rows = [(1.0, 1.0), (1.0, 1.05), (1.09, 1.0), (1.1, 1.1)]
    axes = [parse_axis("budget*=1"), parse_axis("leavers*=1")]
    found = [Scenario(str(row), settings_of(axes, row)) for row in rows]
    assert path(found) == [0, 2, 3, 1]
    cheap = [parse_axis("budget*=1"), parse_axis("demand*=1")]
    assert path([Scenario(str(row), settings_of(cheap, row)) for row in rows])[:2] == [0, 1]


def test_chunks_are_stretches_of_the_path() -> None:
    found = scenarios("grid", AXES)
    cut = chunks(found, 10)
    assert [len(chunk) for chunk in cut] == [10, 10, 10, 6]
    assert [i for chunk in cut for i, _ in chunk] == path(found)
    assert all(found[i] is scenario for chunk in cut for i, scenario in chunk)
    assert chunks([], 10) == []


def test_a_chunk_gives_one_answer_for_each_scenario() -> None:
    sweep = small()
    chunk = sweep.chunks[0]
    answers = run_chunk(pickle.loads(pickle.dumps(sweep.work)), chunk)
    assert [(answer.number, answer.key) for answer in answers] == [(n, s.key) for n, s in chunk]
    assert {answer.status for answer in answers} == {"optimal"}


def test_a_chunk_does_not_depend_on_what_was_worked_before() -> None:
    sweep = small()
    first, third = sweep.chunks[0], sweep.chunks[2]
    run_chunk(sweep.work, first)
    once = run_chunk(sweep.work, third)
    again = run_chunk(sweep.work, third)
    assert once[0].how.startswith("cold")
    for one, other in zip(once, again, strict=True):
        assert one.measures == other.measures
        assert one.how == other.how
        assert one.places is not None
        assert other.places is not None
        assert np.array_equal(one.places, other.places)


def test_prices_come_with_fractions_only() -> None:
    relaxed, whole = (
        run_chunk(small(relaxed=choice).work, [(0, Scenario("as given"))])[0]
        for choice in (True, False)
    )
    assert any(name.startswith("price:") for name in relaxed.measures)
    assert not any(name.startswith("price:") for name in whole.measures)
    assert whole.places is not None
    assert np.array_equal(whole.places, np.round(whole.places))


def test_other_versions_are_refused() -> None:
    work = small().work
    other = replace(work, made_with=(*work.made_with, ("highspy", "0.1")))
    with pytest.raises(UsageError, match=r"highspy is .*, was 0\.1"):
        run_chunk(other, [(0, Scenario("as given"))])


def test_the_identity_names_files_options_and_versions() -> None:
    identity = small().work.identity()
    for name in (
        "budgets.csv", "instance.toml", "model.toml", "relaxed", "gap", "time limit", "method",
        "highspy", "commission_opt", "source code",
    ):  # fmt: skip
        assert name in identity


def test_differences_are_named() -> None:
    long = "a" * 64
    now = {"same": "1", "gap": "0.1", "budgets.csv": long, "new.csv": long}
    before = {"same": "1", "gap": "0.2", "budgets.csv": "b" * 64, "old.csv": long}
    assert differences(now, before) == [
        "budgets.csv: not the same",
        "gap is 0.1, was 0.2",
        "new.csv is new",
        "old.csv is gone",
    ]
