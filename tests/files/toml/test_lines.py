import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.files.toml.lines import lines_of
from toml_documents import documents, leaves

TRICKY = """\
# name = 1
text = '''
name = 1
[a]'''
name = "a" # name

a."b c".name = 1

[[case]]
name = 1
"name.x" = { name = 1, list = [
  1, # name
  { name = 2 },
  [
    3],
] }

[[case]]
name = 1
[case.other]
name = 1
[[case.inner]]
[[case.inner]]
name = 1

[ "a".z ]
name = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("text",), 2),
        (("name",), 5),
        (("a",), 7),
        (("a", "b c"), 7),
        (("a", "b c", "name"), 7),
        (("case",), 9),
        (("case", 0), 9),
        (("case", 0, "name"), 10),
        (("case", 0, "name.x"), 11),
        (("case", 0, "name.x", "name"), 11),
        (("case", 0, "name.x", "list", 0), 12),
        (("case", 0, "name.x", "list", 1), 13),
        (("case", 0, "name.x", "list", 1, "name"), 13),
        (("case", 0, "name.x", "list", 2), 14),
        (("case", 0, "name.x", "list", 2, 0), 15),
        (("case", 1), 18),
        (("case", 1, "name"), 19),
        (("case", 1, "other"), 20),
        (("case", 1, "other", "name"), 21),
        (("case", 1, "inner"), 22),
        (("case", 1, "inner", 0), 22),
        (("case", 1, "inner", 1), 23),
        (("case", 1, "inner", 1, "name"), 24),
        (("a", "z"), 26),
        (("a", "z", "name"), 27),
    ],
)
def test_where_things_stand(path: tuple[str | int, ...], line: int) -> None:
    assert lines_of(TRICKY)[path] == line
    assert lines_of(TRICKY.replace("\n", "\r\n"))[path] == line


@given(documents(), st.booleans())
def test_every_number_of_any_document_has_its_line(
    document: tuple[str, dict[int, int]], windows: bool
) -> None:
    text, known = document
    lines = lines_of(text.replace("\n", "\r\n") if windows else text)
    numbers = [(path, value) for path, value in leaves(tomllib.loads(text)) if value in known]
    assert len(numbers) == len(known)
    for path, number in numbers:
        assert lines[path] == known[number]
