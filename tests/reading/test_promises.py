"""Commitments that are not in force are told, by check and by solve."""

from pathlib import Path

import pytest

from command_line import Run
from commission_opt.files.shipped import find_instance
from commission_opt.formulation.rules.commitments import in_force
from commission_opt.instance.instance import Instance
from commission_opt.reading.promises import (
    commissioned,
    forces,
    never_in_force,
    warn_beyond_horizon,
    warn_not_commissioned,
)
from commission_opt.reading.read import check_instance
from handworked import COMMITMENTS, hand
from samples import sample

ROWS = (
    "past,nurse,2019,2020,,30,Board,Because\n"
    "partly,nurse,2025,2027,,30,Board,Because\n"
    "next,nurse,2027,2027,,30,Board,Because\n"
    "far,nurse,2031,2032,,30,Board,Because\n"
    "now,nurse,2026,2026,,30,Board,Because\n"
)


def known() -> Instance:
    return hand(commitments=COMMITMENTS + ROWS)  # the horizon is 2026 to 2030


def test_years_in_force() -> None:
    found = {
        f.commitment: (f.counted, f.missing) for f in forces(known().commitments, range(2026, 2028))
    }
    assert found == {
        "past": ((), (2019, 2020)),
        "partly": ((2026, 2027), (2025,)),
        "next": ((2027,), ()),
        "far": ((), (2031, 2032)),
        "now": ((2026,), ()),
    }


@pytest.mark.each(3)
@pytest.mark.parametrize("years", [1, 2, 4])
def test_what_is_in_force_is_what_the_rule_holds(years: int) -> None:
    for instance in (known(), *(sample(2, 2, 3, seed).instance for seed in range(4))):
        which, when = in_force(instance, years)
        held = {(int(c), instance.first_year + int(k)) for c, k in zip(which, when, strict=True)}
        said = forces(instance.commitments, commissioned(instance, years))
        assert held == {(c, year) for c, force in enumerate(said) for year in force.counted}


def test_check_warns_by_row() -> None:
    instance = known()
    horizon = list(warn_beyond_horizon(instance.commitments, instance.years))
    assert [(p.row, p.severity, p.file) for p in horizon] == [
        (row, "warning", "commitments.csv") for row in (2, 3, 5)
    ]
    assert "never in force" in horizon[0].message
    assert "in force in 2026–2027 only: it names years outside" in horizon[1].message
    model = list(warn_not_commissioned(instance, 1))
    assert [p.row for p in model] == [3, 4]
    assert model[1].message == "'next' for 2027 is never in force: the model commissions 2026 only"
    assert [f.commitment for f in never_in_force(instance, 1)] == ["past", "next", "far"]
    assert list(warn_not_commissioned(instance, 2)) == []


def test_solve_says_which_promises_no_plan_is_held_to(tmp_path: Path, run: Run) -> None:
    instance = known()
    assert instance.files
    folder = tmp_path / "instance"
    folder.mkdir()
    for name, content in instance.files.items():
        (folder / name).write_bytes(content)
    found = run("solve", str(folder), "--out", str(tmp_path / "plan"))
    assert "3 of 5 commitments are for no year that the model commissions" in " ".join(
        found.err.split()
    )
    checked = run("check", str(folder), "--model", "annual")
    assert sum("in force" in problem for problem in checked.problems) == 5


def test_a_weight_of_a_region_with_regions_within_it_has_no_effect(tmp_path: Path) -> None:
    instance = hand()
    (tmp_path / "a").mkdir()
    for name, content in instance.files.items():
        changed = content.replace(b"nation,Nation,,\n", b"nation,Nation,,3\n")
        (tmp_path / "a" / name).write_bytes(changed)
    found = [p for p in check_instance(tmp_path / "a").problems if p.file == "regions.csv"]
    assert [(p.row, p.column, p.severity) for p in found] == [(2, "weight", "warning")]
    assert "'nation' has no effect" in found[0].message
    assert not [
        p for p in check_instance(find_instance("two-by-two")).problems if p.file == "regions.csv"
    ]
