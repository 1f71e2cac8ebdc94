"""A change that leaves no plan is told with how far it is feasible, and with repairs."""

import re
import time
from functools import cache

import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import InfeasibleError
from commission_opt.explain.what_if.no_plan import extent, files_of, no_plan, parts_of
from commission_opt.explain.what_if.replan import Variants
from commission_opt.files.shipped import find_instance
from commission_opt.reading.read import read_contents, read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting, read_changes
from commission_opt.solvers.status import Limits, Watch
from samples import model, policy, sample

CASES = [
    ("budget*=0.2",),
    ("budget+=-1500000",),
    ("max_intake*=0.05", "min_cohort=0"),
    ("max_intake=0", "min_cohort=0"),
]


@cache
def planned() -> Allocation:
    return allocate(sample(3, 2, 1, 3).instance, policy(model(1)), Limits(seconds=20.0))


@pytest.mark.each(4)
@pytest.mark.parametrize("changes", CASES)
def test_the_ends_are_what_solving_in_fractions_shows(changes: tuple[str, ...]) -> None:
    found, settings = planned(), read_changes(changes)
    end = time.perf_counter() + 60.0
    known = extent(Variants(found.problem), settings, Limits(), Watch(), end)
    ground, fractions = Ground(found.instance, found.policy), found.policy.relaxed()

    def solved(part: float) -> Allocation:
        instance, _ = ground.apply([*parts_of(settings, part)])
        return allocate(instance, fractions, Limits(seconds=20.0))

    if known is None:
        assert solved(1.0).certificate.valid
        return
    assert 0 <= known[0] < known[1] <= 1
    assert known[1] - known[0] == pytest.approx(1e-4)
    assert solved(known[0]).certificate.valid
    with pytest.raises(InfeasibleError):
        solved(known[1])


def test_some_of_the_cases_are_infeasible() -> None:
    found = planned()
    with pytest.raises(InfeasibleError):
        allocate(
            Ground(found.instance, found.policy).apply(read_changes(CASES[0]))[0], found.policy
        )


@pytest.mark.slow
def test_sentences_are_settings_that_can_be_tried() -> None:
    found = planned()
    answers = no_plan(found.problem, CASES[0], Limits(seconds=20.0))
    text = " ".join(answers[0].sentences)
    (told,) = re.findall(r"feasible up to “budget × ([\d.]+)”, ([\d.]+) % of the change", text)
    (beyond,) = re.findall(r"with “budget × ([\d.]+)” it is proved", text)
    axis = parse_axis("budget*=1")
    ground = Ground(found.instance, found.policy)
    fine, _ = ground.apply([Setting(axis, float(told[0]))])
    assert allocate(fine, found.policy.relaxed()).certificate.valid
    none, _ = ground.apply([Setting(axis, float(beyond))])
    with pytest.raises(InfeasibleError):
        allocate(none, found.policy.relaxed())
    assert float(told[1]) == pytest.approx(100 * (1 - float(told[0])) / 0.8, abs=0.006)
    repairs = answers[-1].frame("repairs")
    assert len(repairs)
    assert set(repairs["file"]) <= {"budgets.csv", "commitments.csv", "courses.csv"}


def test_parts_of_a_change_lie_between_the_figures_as_they_are_and_as_changed() -> None:
    found = planned()
    ground = Ground(found.instance, found.policy)
    for text in ("budget*=0.5", "budget+=-1000", "budget=2000000"):
        settings = read_changes([text])
        before = found.instance.budgets["amount"].to_numpy()
        after = ground.apply(settings)[0].budgets["amount"].to_numpy()
        for part in (0.0, 0.25, 1.0):
            now = ground.apply([*parts_of(settings, part)])[0].budgets["amount"].to_numpy()
            assert now == pytest.approx(before + part * (after - before))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["england-2026", "two-by-two"])
def test_files_of_an_instance_read_back_as_they_are_row_by_row(name: str) -> None:
    instance = read_instance(find_instance(name))
    again = read_contents(files_of(instance)).instance
    assert again is not None
    for table, frame in instance.tables.items():
        assert frame.equals(again.tables[table]), table
