"""A few bytes of TOML take neither gigabytes nor the stack; what people write is not touched."""

import tomllib
from pathlib import Path

import pytest

from commission_opt.errors import InputError, Problem
from commission_opt.files.shipped import find_instance, find_model, instance_names, model_names
from commission_opt.files.toml.read import beyond_limits, load_toml, parse_toml, read_bytes
from commission_opt.files.toml.table import TomlTable

DOTTED = ".".join("a" * 20_000)
BOMBS = {
    "lists": ("a = " + "[" * 20_000 + "]" * 20_000, "nested more than 32 deep"),
    "tables": ("a = " + "{a=" * 20_000 + "1" + "}" * 20_000, "nested more than 32 deep"),
    "dotted": (f"{DOTTED} = 1", "more than 32 parts"),
    "spaced": (" . ".join("a" * 20_000) + " = 1", "more than 32 parts"),
    "quoted": (".".join(['"a"'] * 20_000) + " = 1", "more than 32 parts"),
    "literal": (".".join(["'a'"] * 20_000) + " = 1", "more than 32 parts"),
    "header": (f"[{DOTTED}]", "more than 32 parts"),
    "list header": (f"[[{DOTTED}]]", "more than 32 parts"),
    "inner": (f"a = {{ {DOTTED} = 1 }}", "more than 32 parts"),
    "after strings": (f'a = "[["\nb = """x\n"q" [\n"""\nc = \'[\'\n{DOTTED} = 1', "32 parts"),
    "after a comment": (f"# don't [\n{DOTTED} = 1", "32 parts"),
    "long": ("a" * 40_000 + " = 1", "more than 1,000 characters"),
    "long quoted": (f'"{"a" * 40_000}" = 1', "more than 1,000 characters"),
    "large": ("a = 1\n" + "#" * 2**20, "larger than 1 MiB"),
}
PLAIN = [
    f'description = "{"." * 5_000}"',
    f'description = "{"[" * 5_000} and {DOTTED}"',
    f'text = """\n{"[{" * 100}\n{DOTTED} = 1\n"""',
    f"text = '''\n{DOTTED}'''",
    f"a = 1 # {DOTTED} [[[[",
    "a = [[1, 2], [3, [4, 5]]]\n[b.c.d]\ne.f = 1.5",
    r'a = "say \"[[\" \\"' + "\nb = 2",
    'a = [ "' + "x" * 2_000 + '" ]',
]


@pytest.mark.parametrize("name", BOMBS)
def test_what_nobody_would_write_is_refused_unparsed(name: str) -> None:
    text, reason = BOMBS[name]
    with pytest.raises(ValueError, match=reason):
        load_toml(text)


@pytest.mark.parametrize("text", PLAIN)
def test_long_texts_are_no_keys(text: str) -> None:
    assert load_toml(text) == tomllib.loads(text)


@pytest.mark.parametrize("text", ['a = "', "a = '''", '"' * 9, "a = [", r'a = "\"\"\"', "]" * 99])
def test_what_is_no_toml_is_left_to_the_parser(text: str) -> None:
    assert beyond_limits(text) is None
    with pytest.raises(tomllib.TOMLDecodeError):
        load_toml(text)


def test_escaped_quotation_marks_without_end_are_looked_at_once() -> None:
    assert beyond_limits('a = "' + r"\"" * 500_000) is None


def test_what_comes_with_the_program_is_within_the_limits() -> None:
    files = [*map(find_model, model_names())]
    files += [find_instance(name) / "instance.toml" for name in instance_names()]
    assert all(beyond_limits(file.read_text("utf-8")) is None for file in files)


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
