import tomllib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from commission_opt.errors import InputError
from commission_opt.files.toml.read import parse_toml
from commission_opt.files.toml.table import TomlTable, at_least, between, one_of, written
from toml_documents import documents, leaves

TEXT = """\
flag = true
whole = 3
number = 0.5
text = "x"
list = [1, 2]
table = { inner = 1 }
nothing = []
mixed = [1, "x",
  true, { a = 1 },
]
[[case]]
a = 1
[[case]]
a = "x"
"""


def problems(make: Callable[[TomlTable], object], text: str = TEXT) -> list[str]:
    def noting(table: TomlTable) -> None:
        make(table)

    try:
        parse_toml(text.encode(), "f.toml", noting)
    except InputError as error:
        return str(error).splitlines()
    return []


def top(text: str = TEXT) -> TomlTable:
    return parse_toml(text.encode(), "f.toml", lambda table: table)


@pytest.mark.parametrize(
    ("key", "kind", "value"),
    [
        ("flag", bool, True),
        ("whole", int, 3),
        ("number", float, 0.5),
        ("whole", float, 3.0),
        ("text", str, "x"),
        ("list", list, [1, 2]),
    ],
)
def test_values_of_a_kind(key: str, kind: type, value: object) -> None:
    assert top().take(key, kind, None) == top().need(key, kind) == value
    assert type(top().take(key, kind, None)) is kind


@pytest.mark.parametrize(
    ("key", "kind", "message"),
    [
        ("flag", int, "line 1, flag: true is not a whole number"),
        ("flag", float, "line 1, flag: true is not a number"),
        ("whole", bool, "line 2, whole: 3 is not true or false"),
        ("number", int, "line 3, number: 0.5 is not a whole number"),
        ("text", float, "line 4, text: 'x' is not a number"),
        ("whole", str, "line 2, whole: 3 is not text in quotes"),
        ("table", list, "line 6, table: {'inner': 1} is not a list in [ ]"),
    ],
)
def test_values_of_another_kind(key: str, kind: type, message: str) -> None:
    assert problems(lambda table: table.take(key, kind, None)) == [f"f.toml {message}"]
    assert problems(lambda table: table.need(key, kind)) == [f"f.toml {message}"]


def test_a_number_too_large_for_a_float() -> None:
    (found,) = problems(lambda table: table.take("a", float, 0.0), "a = 1" + "0" * 400)
    assert found.endswith("is not a number")


def test_what_is_missing_or_wrong_is_the_default_and_none_where_it_is_needed() -> None:
    def make(table: TomlTable) -> None:
        assert table.take("none", int, 7) == 7
        assert table.take("text", int, 7) == 7
        assert table.need("none", int) is None
        assert table.need("text", int) is None
        assert table.take("whole", int, 7, at_least(4)) == 7

    assert problems(make) == [
        "f.toml, none: is missing",
        "f.toml line 2, whole: 3 is not 4 or more",
        "f.toml line 4, text: 'x' is not a whole number",
        "f.toml line 4, text: 'x' is not a whole number",
    ]


def test_unknown_keys() -> None:
    found = problems(lambda table: table.known(("b", "c"), "a test"), "b = 1\nz = 2\n'y y' = 3")
    assert found == [
        "f.toml line 2, z: is not a key of a test; the keys are b, c",
        "f.toml line 3, y y: is not a key of a test; the keys are b, c",
    ]


def test_one_value_or_several() -> None:
    assert top().several("whole", int, 0) == [3]
    assert top().several("list", int, 0) == [1, 2]
    assert top().several("none", int, 5) == [5]
    assert problems(lambda table: table.several("nothing", int, 0)) == [
        "f.toml line 7, nothing: is empty; give at least one value or leave it out"
    ]
    assert problems(lambda table: table.several("mixed", int, 0, at_least(2))) == [
        "f.toml line 8, mixed: 1 is not 2 or more",
        "f.toml line 8, mixed: 'x' is not a whole number",
        "f.toml line 9, mixed: true is not a whole number",
        "f.toml line 9, mixed: {'a': 1} is not a whole number",
    ]


def test_tables() -> None:
    inner = top().table("table", "is no table")
    assert inner is not None
    assert inner.take("inner", int, 0) == 1
    empty = top().table("none", "is no table")
    assert empty is not None
    assert empty.values == {}
    assert problems(lambda table: table.table("text", "is no table")) == [
        "f.toml line 4, text: 'x' is no table"
    ]
    assert [case.values for case in top().tables("case", "[[case]]")] == [{"a": 1}, {"a": "x"}]
    assert problems(lambda table: table.tables("text", "[[text]]")) == [
        "f.toml line 4, text: 'x' is not a list of tables such as [[text]]"
    ]
    assert len(problems(lambda table: table.tables("mixed", "{ a = 1 }"))) == 3


def test_tables_of_a_list_are_called_by_their_number() -> None:
    def make(table: TomlTable) -> None:
        for case in table.tables("case", "[[case]]"):
            case.need("a", int)
            case.need("b", int)

    assert problems(make) == [
        "f.toml line 11, case 1, b: is missing",
        "f.toml line 13, case 2, b: is missing",
        "f.toml line 14, case 2, a: 'x' is not a whole number",
    ]


def test_a_key_that_comes_from_defaults_has_their_line() -> None:
    text = "[defaults]\na = 1\nb = [1,\n'x']\n[[case]]\na = 'x'\n"

    def make(table: TomlTable) -> None:
        defaults = table.table("defaults", "is no table")
        assert defaults is not None
        case = table.tables("case", "[[case]]")[0].over(defaults)
        case.take("a", int, 0)
        case.several("b", int, 0)

    assert problems(make, text) == [
        "f.toml line 4, case 1, b: 'x' is not a whole number",
        "f.toml line 6, case 1, a: 'x' is not a whole number",
    ]


def test_checks() -> None:
    assert one_of(("a", "b"))("c") == "is not one of a, b"
    assert [between(0, 1)(x) for x in (0, 1, 2, -1)] == [
        None,
        None,
        *["is not between 0 and 1"] * 2,
    ]
    assert between(0, 1)(float("nan")) == "is not between 0 and 1"
    assert [at_least(1)(x) for x in (1, 0)] == [None, "is not 1 or more"]
    assert one_of(("a", "b"))("a") is None
    assert [written(x) for x in (True, "x", 1.0)] == ["true", "'x'", "1.0"]


def take_as_text(table: TomlTable, path: tuple[Any, ...]) -> None:
    """Take what stands at a path as if it were text."""
    key, *rest = path
    item = rest.pop(0) if rest and isinstance(rest[0], int) else None
    if not rest:
        table.take(key, str, None, item=item)
        return
    inner = table.table(key, "is no table", item)
    assert inner is not None
    take_as_text(inner, tuple(rest))


@given(st.data())
def test_a_wrong_value_in_any_document_is_named_with_its_line(data: st.DataObject) -> None:
    text, known = data.draw(documents())
    numbers = [
        (path, value)
        for path, value in leaves(tomllib.loads(text))
        if value in known and not any(type(a) is type(b) is int for a, b in pairwise(path))
    ]
    assume(numbers)
    path, number = data.draw(st.sampled_from(numbers))

    with pytest.raises(InputError) as refused:
        parse_toml(text.encode(), "f.toml", lambda table: take_as_text(table, path))
    (problem,) = refused.value.problems
    assert problem.row == known[number]
    assert problem.message == f"{number} is not text in quotes"
