from pathlib import Path

import pytest

from commission_opt.errors import InputError, Problem
from commission_opt.files.toml.read import parse_toml, read_bytes
from commission_opt.files.toml.table import TomlTable


def refusal(content: bytes) -> str:
    with pytest.raises(InputError) as refused:
        parse_toml(content, "some.toml", lambda table: table)
    return str(refused.value)


def test_what_is_made_is_returned() -> None:
    assert parse_toml(b"a = 1", "some.toml", lambda table: table.values) == {"a": 1}
    assert parse_toml(b"\xef\xbb\xbfa = 1\r\n", "some.toml", lambda table: table.values) == {"a": 1}
    assert parse_toml(b"", "some.toml", lambda _: None) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'a = "\xe9"', "some.toml: is not UTF-8; save it as UTF-8"),
        (b"a = 1\nb = \n", "some.toml: is not valid TOML: Invalid value (at line 2, column 5)"),
        (b"a = 1\na = 2", "some.toml: is not valid TOML: Cannot overwrite a value"),
        (b"a = " + b"[" * 9999, "some.toml: is not valid TOML: "),
        (b"a = " + b"1" * 9999, "some.toml: is not valid TOML: Exceeds the limit"),
    ],
)
def test_what_is_no_toml(content: bytes, message: str) -> None:
    assert refusal(content).startswith(message)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "some.toml").write_bytes(b"a = 1")
    assert read_bytes(tmp_path / "some.toml", "sweep") == b"a = 1"
    with pytest.raises(InputError, match=r"none.toml: the sweep cannot be read: No such file"):
        read_bytes(tmp_path / "none.toml", "sweep")
    with pytest.raises(InputError, match="the sweep cannot be read: "):
        read_bytes(tmp_path, "sweep")


def found(*, bare_keys: bool) -> tuple[Problem, ...]:
    def wrong(top: TomlTable) -> None:
        inner = top.tables("case", "[[case]]")[1]
        inner.error("b", "comes late")
        inner.error("absent", "is not there")
        inner.refuse("is of no use")
        top.error("absent", "is not there")

    text = b"[[case]]\n[[case]]\nb = 1\n"
    with pytest.raises(InputError) as refused:
        parse_toml(text, "some.toml", wrong, bare_keys=bare_keys)
    return refused.value.problems


def test_problems_come_in_the_order_of_lines_and_what_is_missing_at_its_table() -> None:
    assert [str(problem) for problem in found(bare_keys=False)] == [
        "some.toml, absent: is not there",
        "some.toml line 2, case 2, absent: is not there",
        "some.toml line 2, case 2: is of no use",
        "some.toml line 3, case 2, b: comes late",
    ]
    assert [p.column for p in found(bare_keys=True)] == ["absent", "absent", "case 2", "b"]
