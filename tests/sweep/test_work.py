import pickle
from dataclasses import replace

import numpy as np
import pytest

from commission_opt.errors import UsageError
from commission_opt.plan.made_with import differences
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.work import run_chunk
from small_sweeps import small


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
