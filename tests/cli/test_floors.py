"""Floors of service on the screen, in answers, pages and sweeps: what is said is in the tables."""

import io
from pathlib import Path

import pandas as pd
import pytest

from builders import Tiny
from command_line import Run
from commission_opt.allocation.allocate import allocate
from commission_opt.cli.screen import Console
from commission_opt.cli.summary import print_summary
from commission_opt.files.shipped import find_model
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.report.facts import read_facts
from commission_opt.report.sections.floors import floors
from commission_opt.solvers.status import Limits
from commission_opt.sweep.engine import Measuring
from commission_opt.views import words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("floors")
    tiny = Tiny()
    tiny.cell("floors", 3, "min_fte", "95")  # more than there are
    instance = read_instance(tiny.write(folder / "tiny"))
    for name, model in (("plan", "envelope"), ("other", "annual")):
        made = allocate(instance, read_policy(find_model(model)), Limits(seconds=10))
        write_plan(made, folder / name)
        screen = io.StringIO()
        print_summary(made, Console(file=screen, width=120))
        (folder / f"{name}.txt").write_text(screen.getvalue())
    return folder


@pytest.fixture(scope="module")
def plan(folder: Path) -> StoredPlan:
    return read_plan(folder / "plan")


def below(plan: StoredPlan) -> pd.DataFrame:
    return pd.read_csv(plan.folder / "floors.csv")


def together(text: str) -> str:
    return " ".join(text.split())


def test_the_first_screen_names_what_is_missed(folder: Path, plan: StoredPlan) -> None:
    screen = together((folder / "plan.txt").read_text())
    missed = below(plan)
    missed = missed[missed["below"] > 1e-6]
    lost, total = missed["floor"].nunique(), missed["below"].sum()
    assert lost
    verb = words.agreed(lost, "is", "are")
    assert (
        f"{lost} of 3 floors of service {verb} missed, by {words.count(total)} FTE-years in all"
        in screen
    )
    assert "Floors of service that are missed" in screen


def test_supply_taken_apart_says_how_its_floors_are_kept(folder: Path, run: Run) -> None:
    said = together(run("explain", folder / "plan", "--profession", "gp", "--region", "coast").out)
    assert "Floor 'gps' (95 FTE of gp) in coast is missed by" in said
    said = together(run("explain", folder / "plan", "--profession", "gp", "--region", "north").out)
    assert "Floor" not in said


@pytest.mark.slow
def test_plans_are_compared_by_floors_too(folder: Path, run: Run, plan: StoredPlan) -> None:
    other = folder / "other"
    said = together(run("compare", other, folder / "plan").out)
    mine, theirs = (below(each)["below"].sum() for each in (plan, read_plan(other)))
    assert f"FTE-years below the floors of other, and {mine:,.1f} below those of plan." in said
    assert f"Service is {theirs:,.1f} FTE-years" in said


def test_the_report_has_a_section(plan: StoredPlan) -> None:
    section = floors(read_facts(verify(plan)))
    assert section is not None
    by_region, every = (exhibit.table.frame for exhibit in section.exhibits)
    assert len(every) == len(below(plan))
    assert by_region["below"].sum() == pytest.approx(below(plan)["below"].sum())
    assert by_region["below"].is_monotonic_decreasing
    (chart,) = section.exhibits[0].charts
    assert chart.svg().startswith("<svg")


def test_a_plan_that_was_tampered_with_does_not_verify(plan: StoredPlan) -> None:
    table = below(plan).assign(below=0.0)
    path = plan.folder / "floors.csv"
    kept = path.read_bytes()
    try:
        table.to_csv(path, index=False)
        problems = [str(problem) for problem in verify(plan).problems]
    finally:
        path.write_bytes(kept)
    assert any("floors.csv" in problem and "below" in problem for problem in problems)


def test_sweeps_keep_what_is_missed(plan: StoredPlan) -> None:
    parts = Measuring(plan.instance)
    found = {
        name: value
        for add in parts._adding["below_floor"]
        for name, value in add(plan.outcome.floors.below).items()
    }
    table = below(plan)
    for key in ("floor", "region", "year"):
        sums = table.groupby(key)["below"].sum()
        for code, value in sums.items():
            assert found[f"below_floor:{key}:{code}"] == pytest.approx(value)
