"""What is wrong with who can do whose work, or probably not meant: by file, row and column."""

from pathlib import Path

import pandas as pd
import pytest

from builders import Edit, Tiny, all_of
from command_line import Run
from commission_opt.instance.instance import Instance
from commission_opt.reading.read import read_contents
from handworked import hand
from refusals import case, check_refused

HEAD = "needed,by,region,ratio,max_share"
FILE = "substitution.csv"


def pairs(*rows: str) -> Edit:
    """Write the table."""

    def edit(tiny: Tiny) -> None:
        names = HEAD.split(",")
        tiny.tables["substitution"] = [dict(zip(names, r.split(","), strict=True)) for r in rows]

    return edit


ERRORS = [
    case("its own work", pairs("adult,adult,*,1,0.1"),
        f"{FILE} row 2, by: 'adult' does its own work already; name another profession"),
    case("no such profession", pairs("adult,childs,*,1,0.1"),
        f"{FILE} row 2, by: there is no profession 'childs' in professions.csv; did you mean "
        "'child'?"),
    case("no such profession needed", pairs("adul,child,*,1,0.1"),
        f"{FILE} row 2, needed: there is no profession 'adul' in professions.csv; did you mean "
        "'adult'?"),
    case("a group", pairs("nursing,gp,*,1,0.1"),
        f"{FILE} row 2, needed: there is no profession 'nursing' in professions.csv"),
    case("no such region", pairs("adult,child,nort,1,0.1"),
        f"{FILE} row 2, region: there is no region 'nort' in regions.csv; did you mean 'north'?"),
    case("no ratio", pairs("adult,child,*,0,0.1"),
        f"{FILE} row 2, ratio: must be above 0; leave the row out where 'child' cannot do the work "
        "of 'adult'"),
    case("a ratio below 0", pairs("adult,child,*,-1,0.1"),
        f"{FILE} row 2, ratio: -1 is negative"),
    case("a ratio in words", pairs("adult,child,*,half,0.1"),
        f"{FILE} row 2, ratio: 'half' is not a number"),
    case("an empty ratio", pairs("adult,child,*,,0.1"),
        f"{FILE} row 2, ratio: is empty; a number is needed"),
    case("more than all", pairs("adult,child,*,1,1.2"),
        f"{FILE} row 2, max_share: 1.2 is not between 0 and 1"),
    case("no share", pairs("adult,child,*,1,"),
        f"{FILE} row 2, max_share: is empty; a number is needed"),
    case("the same twice", pairs("adult,child,*,1,0.1", "adult,child,*,0.9,0.1"),
        f"{FILE} row 3: repeats the key of row 2"),
    case("a circle of two", pairs("adult,child,land,1.5,0.1", "child,adult,*,0.7,0.1"),
        f"{FILE} row 3, ratio: the ratios of child → adult → child in 'north' multiply to 1.05, "
        "more than 1: staff sent round would do more work than staff who stay; lower one of them"),
    case("a circle of three",
        pairs("adult,child,*,1,0.1", "gp,adult,*,2,0.1", "child,gp,*,0.6,0.1", "gp,child,*,0.1,1"),
        f"{FILE} row 4, ratio: the ratios of child → adult → gp → child in 'north' multiply to "
        "1.2, more than 1: staff sent round would do more work than staff who stay; lower one of "
        "them"),
    case("a circle in one region alone",
        pairs("adult,child,*,0.5,0.1", "adult,child,coast,1.25,0.1", "child,adult,*,1,0.1"),
        f"{FILE} row 4, ratio: the ratios of child → adult → child in 'coast' multiply to 1.25, "
        "more than 1: staff sent round would do more work than staff who stay; lower one of them"),
]  # fmt: skip


@pytest.mark.each(3)
@pytest.mark.parametrize(("edit", "expected"), ERRORS)
def test_an_error_names_file_row_and_column(
    run: Run, tmp_path: Path, edit: Edit, expected: tuple[str, ...]
) -> None:
    check_refused(run, tmp_path, edit, expected)


def test_a_circle_within_a_billionth_of_1_is_none() -> None:
    for ratio, errors in (("2", 0), ("2.000000001", 0), ("2.00000001", 1)):
        tiny = Tiny()
        pairs(f"adult,child,*,{ratio},0.1", "child,adult,*,0.5,0.1")(tiny)
        found = [p for p in read_contents(tiny.contents()).problems if p.severity == "error"]
        assert len(found) == errors


def test_staff_below_nothing_are_warned_of() -> None:
    tiny = Tiny()
    all_of(pairs("adult,child,land,1,0.1", "gp,child,south,1,0.1"))(tiny)
    tiny.tables["joiners"] = [
        {"profession": "child", "region": "south", "year": "2027", "fte": "-2000"}
    ]
    warnings = [str(p) for p in read_contents(tiny.contents()).problems if p.file == FILE]
    assert warnings == [
        f"{FILE} row {row}, by: staff of 'child' in 'south' are below 0 FTE in 2027 "
        "before anything is bought, and in 4 more cases; nobody of them is deployed there then"
        for row in (2, 3)
    ]


def resolved(rows: str) -> pd.DataFrame:
    instance: Instance = hand(substitution=f"{HEAD}\n{rows}")
    return instance.substitution[["needed", "by", "region", "ratio", "max_share"]]


def test_the_row_of_the_smallest_region_holds() -> None:
    rows = (
        "nurse,medic,*,1,0.1\nmedic,nurse,nation,0.5,0.2\nnurse,medic,north,0.9,0\n"
        "medic,nurse,south,0.4,0.3\nmedic,nurse,*,0.3,0.4\n"
    )
    assert resolved(rows).to_numpy().tolist() == [
        ["nurse", "medic", "north", 0.9, 0.0],
        ["nurse", "medic", "south", 1.0, 0.1],
        ["medic", "nurse", "north", 0.5, 0.2],
        ["medic", "nurse", "south", 0.4, 0.3],
    ]
    assert resolved(rows).index.tolist() == [4, 2, 3, 5]


def test_an_empty_region_stands_for_all() -> None:
    assert resolved("nurse,medic,,1,0.1\n")["region"].tolist() == ["north", "south"]
