"""Synthetic instances with measures: what is there without any stays, and last year's units fit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import Run
from commission_opt.activities import KINDS
from commission_opt.allocation.settled import outcome_of
from commission_opt.certificate.certify import keeps_rules
from commission_opt.instance.generate import generate
from commission_opt.instance.synthetic import draw_world
from commission_opt.instance.use import budget_use, placement_use
from commission_opt.reading.read import read_instance
from samples import both, problem_of

LEVERS = (
    "measures", "pathways", "eligible", "substitution", "posts", "pay", "floors",
)  # fmt: skip


@pytest.mark.parametrize("count", [1, 7])
def test_measures_leave_everything_else_as_it_is(count: int) -> None:
    without, beside = generate(5, 4, 2, 1, 9), generate(5, 4, 2, 1, 9, count)
    assert beside.model == without.model
    assert len(beside.tables["measures"]) == count
    for name, table in without.tables.items():
        grown = beside.tables[name]
        first = grown.iloc[: len(table)][list(table.columns)]
        pd.testing.assert_frame_equal(first.astype(str), table.astype(str))
        if len(grown) == len(table):
            pd.testing.assert_frame_equal(grown, table)
    again = generate(5, 4, 2, 1, 9, count).tables
    assert all(again[name].equals(table) for name, table in beside.tables.items())


@pytest.mark.each(3)
@pytest.mark.parametrize("seed", range(3))
def test_last_year_s_units_fit_every_year_and_all_that_there_is_does_not(seed: int) -> None:
    made = generate(4, 3, 1, seed, 9, 20)
    instance = both(made.settings, made.tables).instance
    lines, first = instance.lines, len(instance.courses)
    assert lines["last_amount"].iloc[first:].sum() > 0
    for use in (budget_use(instance), placement_use(instance)):
        of_units = np.where(lines.index >= first, 1.0, 0.0)
        last, most = (
            np.repeat(lines[name].to_numpy(float) * of_units, instance.horizon)
            for name in ("last_amount", "max_amount")
        )
        safe = use.at(last) - use.constant
        own = (instance.budgets["fund"] == "recruitment").to_numpy()
        if len(own) == len(safe):  # budgets
            assert (safe <= use.upper)[own].all()
            assert (use.at(most) > use.upper)[own].any()
        else:  # placement weeks are taken by measures that had no units
            assert not safe.any()


def test_too_many_measures_are_refused(run: Run, tmp_path: Path) -> None:
    size = ["--professions", 2, "--regions", 2, "--seed", 1, "--out", tmp_path / "made"]
    answer = run("generate", *size, "--measures", 21)
    assert answer.code == 2
    assert "measures must be 20 or fewer, 5 for each profession and region, not 21" in answer.err
    answer = run("generate", *size, "--measures", 20)
    assert (answer.code, "2 regions, 20 measures" in " ".join(answer.err.split())) == (0, True)
    assert len(read_instance(tmp_path / "made").measures) == 20
    answer = run("check", tmp_path / "made", "--model", tmp_path / "made" / "model.toml")
    assert [p for p in answer.problems if "measures.csv" in p] == []


@pytest.mark.each(2)
@pytest.mark.parametrize(("size", "seed"), [((3, 2, 1), 0), ((12, 4, 2), 1), ((9, 1, 1), 2)])
def test_every_lever_leaves_a_plan_near_the_last_one(size: tuple[int, int, int], seed: int) -> None:
    made = generate(*size, seed, 12, levers=True)
    again = generate(*size, seed, 12, levers=True).tables
    assert all(again[name].equals(table) for name, table in made.tables.items())
    problem = problem_of(both(made.settings, made.tables).instance, made.model)
    world = draw_world(*size, 12, np.random.default_rng(seed))
    last = problem.instance.measures["last_amount"].to_numpy(float)
    amounts = np.append(world.courses["safe_intake"].to_numpy(float), last)
    amounts = np.repeat(amounts[:, None], size[2], axis=1)
    assert keeps_rules(problem, outcome_of(problem, amounts))


def test_every_lever_is_in_use(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "made"
    options = ["--professions", 12, "--regions", 4, "--years", 2, "--seed", 1, "--out", out]
    answer = run("generate", *options, "--levers")
    assert "4 regions, 29 measures and every other lever" in " ".join(answer.err.split())
    instance = read_instance(out)
    assert set(instance.measures["kind"]) == set(KINDS)
    assert instance.courses["fte_from"].notna().any()
    assert {*LEVERS} <= {name for name, table in instance.tables.items() if len(table)}
    answer = run("check", out, "--model", out / "model.toml")
    assert answer.problems == []
