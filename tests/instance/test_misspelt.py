"""A fund or pool that no limit holds for a slip in its name is an error with a suggestion."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, cell
from commission_opt.instance.misspelt import slip_of
from commission_opt.reading.read import check_instance


def errors(tmp_path: Path, edit: Edit) -> list[str]:
    tiny = Tiny()
    edit(tiny)
    problems = check_instance(tiny.write(tmp_path / "tiny")).problems
    return [str(p) for p in problems if p.severity == "error"]


def test_a_fund_without_budget(tmp_path: Path) -> None:
    [said] = errors(tmp_path, cell("costs", 3, "fund", "tution"))
    assert said == (
        "costs.csv row 3, fund: fund 'tution' has no budget, so nothing would limit it; did you "
        "mean 'tuition', which has one? A fund of its own needs a budget, however large"
    )


def test_a_budget_without_costs(tmp_path: Path) -> None:
    [said] = errors(tmp_path, cell("budgets", 3, "fund", "Tuition"))
    assert (
        said
        == "budgets.csv row 3, fund: no cost or pay is of fund 'Tuition'; did you mean 'tuition'?"
    )


def test_a_pool_without_capacity(tmp_path: Path) -> None:
    [said] = errors(tmp_path, cell("placement_use", 3, "pool", "wrad"))
    assert "pool 'wrad' has no capacity" in said
    assert "did you mean 'ward'" in said


def test_a_fund_of_its_own_without_budget_is_a_warning(tmp_path: Path) -> None:
    assert errors(tmp_path, cell("costs", 3, "fund", "bursaries")) == []


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("tution", "tuition"), ("tutiion", "tuition"), ("Tuition", "tuition"),
        ("tuition ", "tuition"), ("tui\u200btion", "tuition"), ("salary", "salaries"),
        ("gp-salaires", "gp-salaries"), ("gp_salaries", "gp-salaries"), ("placements", "placement"),
        ("wards", "ward"),
    ],
)  # fmt: skip
def test_slips(name: str, known: str) -> None:
    if name != "salary":  # three letters: another word
        assert slip_of(name, ["unlike", known]) == known
    else:
        assert slip_of(name, [known]) is None


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("tuition-ug", "tuition-pg"), ("fund1", "fund2"), ("budget-2026", "budget-2027"),
        ("ward", "yard-x"), ("a", "b"), ("ipc", "icp"), ("north", "south"), ("tuition", "training"),
        ("medical-salaries", "trainee-salaries"),
    ],
)  # fmt: skip
def test_names_of_their_own(name: str, known: str) -> None:
    assert slip_of(name, [known]) is None
