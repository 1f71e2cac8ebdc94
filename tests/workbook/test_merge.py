from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from commission_opt.errors import InputError
from commission_opt.workbook.keyed import read_side
from commission_opt.workbook.making import instance_files
from commission_opt.workbook.merge import ADDED, CELL, DELETED, Merge, merge, merged_book
from commission_opt.workbook.reading import read_workbook
from workbooks import Change, change, put, tiny_book

NEW = ["gp-coast", "gp", "coast", None, "GP training", 2, 5, 9, 1, 1, 0.9, 0.9, 0.9, 0.8]


def merged(folder: Path, *returns: tuple[Change, ...]) -> Merge:
    national = tiny_book(folder, name="national.xlsx")
    paths = [national]
    for name, changes in zip("abc", returns, strict=False):
        paths.append(change(national, *changes, to=f"{name}.xlsx"))
    first, *others = (read_side(path, path.name) for path in paths)
    return merge(first, others)


def files(result: Merge, folder: Path) -> dict[str, list[str]]:
    path = folder / "merged.xlsx"
    path.write_bytes(merged_book(result))
    found = instance_files(read_workbook(path))
    return {name: content.decode().splitlines() for name, content in found.items()}


def differences(result: Merge, folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Lines that went and lines that came, by file."""
    found = {}
    before = instance_files(read_workbook(folder / "national.xlsx"))
    after = files(result, folder)
    for name in before.keys() | after.keys():
        old, new = before.get(name, b"").decode().splitlines(), after.get(name, [])
        if old != new:
            gone, come = [x for x in old if x not in new], [x for x in new if x not in old]
            found[name] = (gone, come)
    return found


def append(sheet: str, *cells: object) -> Change:
    return lambda book: book[sheet].append([*cells])


def drop(sheet: str, row: int) -> Change:
    return lambda book: book[sheet].delete_rows(row)


@pytest.mark.slow
def test_copies_that_say_nothing_new_change_nothing(tmp_path: Path) -> None:
    result = merged(tmp_path, (), ())
    assert result.taken == ()
    assert result.conflicts == ()
    assert differences(result, tmp_path) == {}


@pytest.mark.slow
def test_changes_of_all_returns_are_taken(tmp_path: Path) -> None:
    result = merged(
        tmp_path,
        (put("courses!H2", 70), put("workforce!C2", 310), put("instance!B3", "Merged")),
        (put("courses!H3", 35), append("courses", *NEW), drop("joiners", 2)),
    )
    assert result.conflicts == ()
    assert result.counts("a.xlsx") == {CELL: 3, ADDED: 0, DELETED: 0}
    assert result.counts("b.xlsx") == {CELL: 1, ADDED: 1, DELETED: 1}
    found = differences(result, tmp_path)
    assert found.keys() == {"courses.csv", "workforce.csv", "joiners.csv", "instance.toml",
                            "datapackage.json"}  # fmt: skip
    gone, come = found["courses.csv"]
    assert len(gone) == 2
    assert come[2] == "gp-coast,gp,coast,,GP training,2,5,9,1,1,0.9,0.9,0.9,0.8"
    assert ",40,70," in come[0]
    assert found["joiners.csv"] == (["adult,north,2026,6"], [])
    assert found["instance.toml"] == (['title = "A tiny instance"'], ['title = "Merged"'])


@pytest.mark.slow
def test_the_merged_workbook_says_what_came_from_whom(tmp_path: Path) -> None:
    result = merged(tmp_path, (put("courses!H2", 70),))
    files(result, tmp_path)
    rows = list(openpyxl.load_workbook(tmp_path / "merged.xlsx")["note merged"].values)
    assert rows[1:] == [
        ("a.xlsx", "cell changed", "courses", "adult-north", "max_intake", "60", "70")
    ]


@pytest.mark.slow
def test_the_same_change_twice_is_no_conflict(tmp_path: Path) -> None:
    result = merged(tmp_path, (put("courses!H2", 70),), (put("courses!H2", 70.0),))
    assert result.conflicts == ()
    assert [taken.file for taken in result.taken] == ["a.xlsx", "b.xlsx"]


def test_two_values_for_one_cell_are_a_conflict_that_names_both(tmp_path: Path) -> None:
    def move_and_change(book: Workbook) -> None:
        book["courses"].insert_rows(2)
        book["courses"]["H3"] = 80

    result = merged(tmp_path, (put("courses!H2", 70),), (move_and_change,), ())
    (conflict,) = result.conflicts
    assert str(conflict) == (
        "courses!H2: adult-north, max_intake: '60' in national.xlsx; '70' in a.xlsx (H2); "
        "'80' in b.xlsx (H3)"
    )


@pytest.mark.each(2)
@pytest.mark.parametrize("swap", [False, True])
def test_a_row_deleted_in_one_and_changed_in_another_is_a_conflict(
    swap: bool, tmp_path: Path
) -> None:
    returns = [(drop("courses", 2),), (put("courses!H2", 70),)]
    result = merged(tmp_path, *(reversed(returns) if swap else returns))
    (conflict,) = result.conflicts
    assert str(conflict).startswith("courses!2:2: adult-north: deleted in ")


@pytest.mark.slow
def test_a_row_deleted_and_left_alone_goes(tmp_path: Path) -> None:
    result = merged(tmp_path, (drop("joiners", 2),), (put("courses!H2", 70),))
    assert result.conflicts == ()
    assert differences(result, tmp_path)["joiners.csv"] == (["adult,north,2026,6"], [])


def test_a_row_added_twice_must_be_the_same(tmp_path: Path) -> None:
    other = [*NEW[:7], 12, *NEW[8:]]
    assert merged(tmp_path, (append("courses", *NEW),), (append("courses", *NEW),)).conflicts == ()
    (conflict,) = merged(
        tmp_path, (append("courses", *NEW),), (append("courses", *other),)
    ).conflicts
    assert str(conflict) == (
        "[a.xlsx]courses!H6: gp-coast, max_intake: '9' in a.xlsx (H6); '12' in b.xlsx (H6)"
    )


def test_settings_conflict_too(tmp_path: Path) -> None:
    result = merged(tmp_path, (put("instance!B5", 7),), (put("instance!B5", 8),))
    (conflict,) = result.conflicts
    assert str(conflict).startswith("instance!B5: horizon, value: '6' in national.xlsx; '7' in")


def test_a_return_of_another_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        merged(tmp_path, (put("instance!B5", 7),), (put("instance!B2", "another"),))
    (problem,) = caught.value.problems
    assert str(problem).startswith(
        "[b.xlsx]instance!B2: b.xlsx is a copy of 'another', and national.xlsx is "
    )


@pytest.mark.slow
def test_a_sheet_or_column_that_is_not_returned_is_unchanged(tmp_path: Path) -> None:
    def fewer(book: Workbook) -> None:
        del book["joiners"]
        book["courses"].delete_cols(5)

    result = merged(tmp_path, (fewer,))
    assert result.taken == ()
    assert differences(result, tmp_path) == {}


@pytest.mark.slow
def test_columns_of_notes_are_taken(tmp_path: Path) -> None:
    result = merged(tmp_path, (put("courses!O1", "note a"), put("courses!O2", "checked")))
    assert [taken.column for taken in result.taken] == ["note a"]
    assert "note a" in files(result, tmp_path)["courses.csv"][0]


@pytest.mark.slow
def test_a_star_and_an_empty_cell_are_the_same_key(tmp_path: Path) -> None:
    result = merged(tmp_path, (put("costs!A3", "*"), put("costs!E3", 9600)))
    assert [(t.what, t.column) for t in result.taken] == [(CELL, "course"), (CELL, "cost")]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (put("courses!H2", "=1"), "[a.xlsx]courses!H2: is a formula"),
        (put("courses!A3", "adult-north"), "[a.xlsx]courses!3:3: repeats the key of row 2"),
    ],
)
def test_a_return_that_cannot_be_read_is_named(edit: Change, expected: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        merged(tmp_path, (edit,))
    assert str(caught.value.problems[0]).startswith(expected)


@pytest.mark.slow
def test_measures_of_all_returns_are_taken(tmp_path: Path) -> None:
    more = ["abroad-2", "recruit", "adult", "coast", None, 2, 0.9, None, None, None, None, 0, 9]
    result = merged(
        tmp_path,
        (put("measures!M2", 70), put("measures!L3", 4)),
        (append("measures", *more), append("costs", "abroad-2", None, 1, "tuition", 800)),
    )
    assert result.conflicts == ()
    found = differences(result, tmp_path)
    assert found.keys() == {"measures.csv", "costs.csv"}
    gone, come = found["measures.csv"]
    assert len(gone) == 2
    assert come[0].endswith(",2,0,70,0,5")
    assert come[2] == "abroad-2,recruit,adult,coast,,2,0.9,,,,,0,9,,"
    assert found["costs.csv"] == ([], ["abroad-2,,1,tuition,800"])
