"""Which row of pay.csv holds, and what is wrong with rows."""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Edit, Tiny, add, all_of, cell
from commission_opt.instance.pay import pay_by_cell
from commission_opt.reading.read import check_instance, read_instance
from samples import few

GROUP_OF = {"a": "x", "b": "x", "c": "y"}
PARENT_OF = {"land": "", "isle": "", "north": "land", "south": "land", "city": "south"}
LEAVES = ("north", "city", "isle")
YEARS = range(2026, 2029)
AROUND = {"north": ["*", "land", "north"], "city": ["*", "land", "south", "city"],
          "isle": ["*", "isle"]}  # fmt: skip
ROW = st.tuples(
    st.sampled_from(["f", "g"]),
    st.sampled_from(["*", "x", "y", "a", "b", "c"]),
    st.sampled_from(["*", "land", "isle", "north", "south", "city"]),
    st.sampled_from(["*", 2026.0, 2027.0, 2030.0]),
)


def naive(rows: list[tuple[str, str, str, object]]) -> tuple[dict[object, int], set[object]]:
    """The line that holds for each fund and cell, and the cells where none does."""
    holds: dict[object, int] = {}
    clashes: set[object] = set()
    for fund, p, q, year in product("fg", GROUP_OF, LEAVES, YEARS):
        who, where, when = ["*", GROUP_OF[p], p], AROUND[q], ["*", float(year)]
        applying = [
            ((who.index(row[1]), where.index(row[2]), when.index(row[3])), line)
            for line, row in enumerate(rows, start=2)
            if row[0] == fund and row[1] in who and row[2] in where and row[3] in when
        ]
        best = [
            line
            for mine, line in applying
            if all(a >= b for other, _ in applying for a, b in zip(mine, other, strict=True))
        ]
        if best:
            holds[fund, p, q, year] = best[0]
        elif applying:
            clashes.add((fund, p, q, year))
    return holds, clashes


@given(st.lists(ROW, max_size=9, unique=True))
@few
def test_the_row_that_is_most_specific_in_everything_holds(
    rows: list[tuple[str, str, str, object]],
) -> None:
    table = pd.DataFrame(rows, columns=["fund", "profession", "region", "year"], dtype=object)
    table["pay"] = 100.0 * np.arange(len(rows))
    table.index = table.index + 2
    professions = pd.DataFrame({"profession": [*GROUP_OF], "group": [*GROUP_OF.values()]})
    regions = pd.DataFrame({"region": [*LEAVES]})
    pay, problems = pay_by_cell({"pay": table}, professions, regions, PARENT_OF, YEARS)
    cells = [*product(GROUP_OF, LEAVES, YEARS)]
    holds, clashes = naive(rows)
    found = {(code, *cells[i]): row for code, i, row in zip(*_columns(pay), strict=True)}
    assert found == holds
    assert pay["rate"].tolist() == [100.0 * (row - 2) for row in pay["row"]]
    assert bool(problems) == bool(clashes)
    counted = [problem.message.partition("in all")[0] for problem in problems]
    several = [int(text.split()[-2]) if "case" in text else 1 for text in counted]
    assert sum(several) == len(clashes)


def _columns(pay: pd.DataFrame) -> list[list[object]]:
    return [pay[name].tolist() for name in ("code", "cell", "row")]


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (add("pay", "wages,nurs,*,*,1"), "pay.csv row 4, profession: there is no profession or "
         "group 'nurs'"),
        (add("pay", "wages,*,nowhere,*,1"), "pay.csv row 4, region: there is no region 'nowhere'"),
        (add("pay", "wages,*,*,2026/27,1"), "pay.csv row 4, year: '2026/27' must be the year"),
        (add("pay", "wages,*,*,*,-1"), "pay.csv row 4, pay: -1 is negative"),
        (add("pay", "wages,*,*,*,"), "pay.csv row 4, pay: is empty"),
        (add("pay", "wages,*,*,*,lots"), "pay.csv row 4, pay: 'lots' is not a number"),
        (add("pay", ",*,*,*,1"), "pay.csv row 4, fund: is empty"),
        (add("pay", "wages,*,*,*,1", "wages,,,,2"), "pay.csv row 5: repeats the key of row 4"),
        (add("pay", "wages,adult,*,*,1", "wages,nursing,north,*,2"),
         "pay.csv row 5: rows 4 and 5 both apply to 'adult' in 'north' in 2026 (wages) and neither "
         "overrides the other, in 6 cases in all; add a row for 'adult', 'north' and that year"),
        (add("pay", "wages,*,land,*,1", "wages,*,*,2027,2"),
         "pay.csv row 5: rows 4 and 5 both apply to 'adult' in 'north' in 2027 (wages)"),
        (add("pay", "tution,*,*,*,1"), "pay.csv row 4, fund: fund 'tution' has no budget, so "
         "nothing would limit it; did you mean 'tuition'"),
        (add("budgets", "tutions,*,2026,5"), "no cost or pay is of fund 'tutions'; did you mean "
         "'tuition'"),
    ],
)  # fmt: skip
def test_errors_name_the_row_and_what_to_do(tmp_path: Path, edit: Edit, said: str) -> None:
    tiny = Tiny()
    edit(tiny)
    problems = check_instance(tiny.write(tmp_path / "tiny")).problems
    assert any(said in str(p) for p in problems if p.severity == "error"), [*map(str, problems)]


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (add("pay", "wages,*,*,2050,1"), "pay.csv row 4, year: 2050 is outside the horizon"),
        (add("pay", "wages,adult,*,2027,1", "wages,gp,*,2029,1"),
         "budgets.csv, fund: fund 'wages' pays staff but has no budget in 2027, 2029, so that "
         "nothing limits what it spends then"),
        (all_of(add("pay", "wages,adult,north,*,1"), add("budgets", "wages,coast,2026,1")),
         "nothing uses this budget: no course or measure costs fund 'wages' in 'coast', and it "
         "pays nobody there"),
        (all_of(add("pay", "wages,adult,*,*,5e4"), add("budgets", "wages,*,2026,1")),
         "that fund 'wages' needs in 2026 with nothing bought"),
    ],
)  # fmt: skip
def test_warnings(tmp_path: Path, edit: Edit, said: str) -> None:
    tiny = Tiny()
    edit(tiny)
    reading = check_instance(tiny.write(tmp_path / "tiny"))
    assert reading.instance is not None
    assert any(said in str(p) for p in reading.problems), [*map(str, reading.problems)]


def test_a_budget_that_carries_pay_is_used(tmp_path: Path) -> None:
    tiny = Tiny()
    all_of(add("pay", "wages,adult,*,*,1"), add("budgets", "wages,*,2026,9e9"))(tiny)
    problems = check_instance(tiny.write(tmp_path / "tiny")).problems
    assert not [p for p in problems if "nothing uses" in p.message]


def test_an_empty_cell_means_all(tmp_path: Path) -> None:
    tiny = Tiny()
    all_of(cell("pay", 2, "profession", ""), cell("pay", 2, "region", ""))(tiny)
    cell("pay", 2, "year", "")(tiny)
    instance = read_instance(tiny.write(tmp_path / "tiny"))
    assert len(instance.pay) == instance.cells.size
