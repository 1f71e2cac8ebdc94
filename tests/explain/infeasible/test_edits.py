"""Edits change the figures that they name and no other byte."""

import pytest

from commission_opt.explain.infeasible.edits import Edit, edited, edited_model
from commission_opt.formulation.origin import MODEL_FILE
from commission_opt.policy_file import parse_policy
from samples import model

LINES = ["fund,note,amount", "a,x,1", "", '"b","one, ""two""\nthree","20"', "c,,3.5"]


def cell(row: int, new: float) -> Edit:
    return Edit("budgets.csv", row, "amount", 0.0, new, "budget")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize(
    ("row", "old", "new"), [(2, "a,x,1", "a,x,77"), (4, '"20"', '"77"'), (6, "c,,3.5", "c,,77")]
)
def test_a_cell_is_edited_and_nothing_else(
    end: str, mark: str, last: bool, row: int, old: str, new: str
) -> None:
    text = mark + end.join(LINES) + end * last
    files = {"budgets.csv": text.encode(), "other.csv": b"kept"}
    made = edited(files, [cell(row, 77.0)])
    assert text.count(old) == 1
    assert made["budgets.csv"] == text.replace(old, new).encode()
    assert made["other.csv"] is files["other.csv"]


def test_figures_are_written_as_short_as_they_read_back() -> None:
    made = edited({"budgets.csv": b"fund,amount\na,1\n"}, [cell(2, 1234567.25)])
    assert made["budgets.csv"] == b"fund,amount\na,1234567.25\n"


@pytest.mark.parametrize(
    "pace",
    [
        "{ max_increase = 0.25, max_decrease = 0.15, allowance = 5 }",
        "{ allowance=5.0, max_increase = 0.25, max_decrease = 0.15 }  # allowance = 5",
    ],
)
def test_a_key_of_the_model_is_edited(pace: str) -> None:
    content = ("# allowance = 1\n" + model(pace=pace)).encode()
    edit = Edit(MODEL_FILE, None, "pace_of_change.allowance", 5.0, 8.0, "allowance")
    made = edited_model(content, [edit])
    rule = parse_policy(made).rules.pace_of_change
    assert rule is not None
    assert rule.allowance == 8.0
    assert len(made) - len(content) in (0, -2)
    assert made.startswith(b"# allowance = 1\n")


def test_tables_are_not_edited_for_keys_of_the_model() -> None:
    files = {"budgets.csv": b"fund,amount\na,1\n"}
    edit = Edit(MODEL_FILE, None, "fair_share.max_deviation", 0.1, 0.2, "deviation")
    assert edited(files, [edit]) == files
