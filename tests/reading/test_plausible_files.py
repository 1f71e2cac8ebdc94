"""Characters that do not show themselves are warned of, by row and column."""

from pathlib import Path

import pytest

from builders import Tiny
from commission_opt.reading.read import check_instance
from some import some


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("character", "what"),
    some([
        ("\x1b", r"a control character (\x1b)"), ("\x9b", r"a control character (\x9b)"),
        ("\u202e", r"a control that reorders text (\u202e)"),
        ("\u200b", r"an invisible character (\u200b)"),
        ("\u00ad", r"an invisible character (\xad)"),
    ], 3),
)  # fmt: skip
@pytest.mark.parametrize(
    ("table", "column"), [("regions", "title"), ("commitments", "owner"), ("courses", "provider")]
)
def test_by_row_and_column(
    tmp_path: Path, table: str, column: str, character: str, what: str
) -> None:
    if column == "provider" and character == "\x1b":
        return  # in a code that is an error
    tiny = Tiny()
    value = tiny.tables[table][1][column] or "uni-b"
    tiny.cell(table, 3, column, value + character)
    if table == "courses":
        tiny.drop("commitments", 3)
    found = [str(p) for p in check_instance(tiny.write(tmp_path / "tiny")).problems if p.doubtful]
    assert len(found) == 1
    assert found[0].startswith(f"{table}.csv row 3, {column}: has {what} in it, ")


def test_settings_and_a_title_of_several_lines(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.settings["title"] = "tiny\nplan is optimal"
    tiny.settings["description"] = "one\ntwo"
    reading = check_instance(tiny.write(tmp_path / "tiny"))
    assert reading.instance is not None
    assert reading.instance.title == "tiny plan is optimal"
    [found] = reading.problems
    assert str(found).startswith(r"instance.toml, title: has a control character (\n) in it")
