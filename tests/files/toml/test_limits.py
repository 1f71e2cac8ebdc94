"""A few bytes of TOML take neither gigabytes nor the stack; what people write is not touched."""

import tomllib

import pytest

from commission_opt.files.shipped import find_instance, find_model, instance_names, model_names
from commission_opt.files.toml.read import beyond_limits, load_toml

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
