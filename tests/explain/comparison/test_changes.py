import pandas as pd
import pytest

from builders import Edit, add, all_of, cell, drop, put, tiny_instance, without
from commission_opt.explain.comparison import words
from commission_opt.explain.comparison.changes import input_changes, model_changes, summary
from samples import model, policy
from some import some


def changes(edit: Edit) -> list[tuple[object, ...]]:
    frame = input_changes(tiny_instance(), tiny_instance(edit))
    return [tuple(row) for row in frame.drop(columns="change").itertuples(index=False)]


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("edit", "expected"),
    some(
        [
            (
                cell("budgets", 3, "amount", "9500000"),
                ("budgets", "tuition · * · 2027", "changed", "amount", 9e6, 9.5e6),
            ),
            (
                cell("courses", 4, "max_intake", "30"),
                ("courses", "child-south", "changed", "max_intake", 25.0, 30.0),
            ),
            (
                cell("professions", 2, "title", "Nurses"),
                ("professions", "adult", "changed", "title", "Adult nursing", "Nurses"),
            ),
            (
                cell("commitments", 2, "max_places", "90"),
                ("commitments", "keep-nursing", "changed", "max_places", None, 90.0),
            ),
            (
                cell("regions", 3, "population", ""),
                ("regions", "north", "changed", "population", 500_000.0, None),
            ),
            (
                cell("placements", 2, "capacity", "6100"),
                ("placements", "ward · north · *", "changed", "capacity", 6000.0, 6100.0),
            ),
            (
                cell("costs", 3, "cost", "9600"),
                ("costs", "* · adult · 1 · tuition", "changed", "cost", 9500.0, 9600.0),
            ),
            (
                drop("joiners", 3),
                ("joiners", "adult · north · 2027", "removed", "", "fte 5.5", None),
            ),
            (
                add("joiners", "gp,south,2026,3"),
                ("joiners", "gp · south · 2026", "added", "", None, "fte 3"),
            ),
            (
                put("price_base", "2030"),
                ("instance", "price_base", "changed", "", "2025/26 prices", "2030"),
            ),
        ],
        3,
    ),
)
def test_one_change_is_found_and_no_other(edit: Edit, expected: tuple[object, ...]) -> None:
    assert changes(edit) == [expected]


@pytest.mark.each(2)
@pytest.mark.parametrize(
    "edit",
    [
        all_of(drop("joiners", 2), add("joiners", "adult,north,2026,6")),  # another order of rows
        cell("professions", 3, "weight", "1"),  # the default, written out
        cell("budgets", 2, "amount", "9000000.0"),
        cell("courses", 4, "min_cohort", "0"),
    ],
)
def test_what_means_the_same_is_no_change(edit: Edit) -> None:
    assert changes(edit) == []


def test_a_table_that_is_gone() -> None:
    found = changes(without("joiners"))
    assert {(row[0], row[2]) for row in found} == {("joiners", "removed")}
    assert len(found) == 3


def test_summary_counts_sums_and_names_the_largest() -> None:
    edit = all_of(
        cell("budgets", 2, "amount", "9000100"),
        cell("budgets", 4, "amount", "8999000"),
        drop("joiners", 2, 3),
    )
    found = summary(input_changes(tiny_instance(), tiny_instance(edit))).to_dict("records")
    assert found[0] == {
        "table": "budgets", "column": "amount", "kind": "changed", "count": 2,
        "sum": -900.0, "largest": -1000.0, "row": "tuition · * · 2028",
    }  # fmt: skip
    assert (found[1]["table"], found[1]["kind"], found[1]["count"]) == ("joiners", "removed", 2)
    assert pd.isna(found[1]["sum"])


def test_keys_of_the_model() -> None:
    a, b = model(1), model(2, pace="false", stages=(("shortfall", 0.01), ("change", 0.0)))
    frame = model_changes(policy(a), policy(b).relaxed())
    found = {row["row"]: row for row in frame.to_dict("records")}

    def pair(key: str) -> tuple[object, object]:
        return found[key]["old"], found[key]["new"]

    assert pair("commissioning_years") == (1, 2)
    assert found["rules.pace_of_change.max_increase"]["kind"] == "removed"
    assert found["rules.pace_of_change"]["kind"] == "added"
    assert pair("rules.pace_of_change") == (None, False)
    assert found["objective[1].tolerance"]["change"] == pytest.approx(0.01)
    assert pair("objective[2].minimise") == (None, "change")
    assert pair("integer") == (True, False)
    assert model_changes(policy(a), policy(a + "# a remark\n")).empty


@pytest.mark.parametrize(
    ("value", "name", "shown"),
    [
        (2026, "first_year", "2026"), (2027.0, "last_year", "2027"), (2028, "year", "2028"),
        (12345, "seed", "12,345"), (1500, "commissioning_years", "1,500"), (True, "x", "true"),
    ],
)  # fmt: skip
def test_years_have_no_separator(value: object, name: str, shown: str) -> None:
    assert words.cell(value, name) == shown
