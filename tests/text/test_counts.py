"""Words agree with the counts before them, wherever one is printed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from commission_opt.text.counts import agreed, plural

SOURCE = Path(__file__).parents[2] / "src" / "commission_opt"
_COUNT = re.compile(
    r"^(len|sum|int)\(|(^|_|\.)count(ed)?$|^(late|idle|moved|decided|many|fixed|firm)$"
)
_WORDS = re.compile(
    r"^ (of \S+ )?(more |other |different )?"
    r"(\w+(?<!s)s|are|were|have|get|grow|shrink|change|lose|gain)\b"
)
_NEVER_ONE = {  # what is said there is said of several only
    "bench/spec_file.py", "instance/shape.py", "instance/typed.py", "report/sections/money.py",
    "report/sections/places.py", "report/sections/shortfall.py", "sweep/design.py",
    "workbook/reading.py", "workbook/table_sheet.py",
}  # fmt: skip


def _bare(path: Path) -> Iterator[str]:
    """Yield counts in f-strings that a word follows which fits many only."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, after in zip(node.values, node.values[1:], strict=False):
            if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                shown, text = ast.unparse(value.value), str(after.value)
                if _COUNT.search(shown) and _WORDS.match(text):
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}: {{{shown}}}{text[:30]}"


def test_no_count_stands_before_a_word_that_fits_many_only() -> None:
    paths = [p for p in SOURCE.rglob("*.py") if p.relative_to(SOURCE).as_posix() not in _NEVER_ONE]
    found = [text for path in sorted(paths) for text in _bare(path)]
    assert not found, "use text.counts:\n" + "\n".join(found)


@pytest.mark.parametrize(("number", "text"), [(0, "0 rows"), (1, "1 row"), (1200, "1,200 rows")])
def test_a_number_of_things_is_written(number: int, text: str) -> None:
    assert plural(number, "row") == text


def test_other_forms_are_given() -> None:
    assert plural(2, "pair of shoes", "pairs of shoes") == "2 pairs of shoes"
    assert [agreed(n, "gets", "get") for n in (0, 1, 2)] == ["get", "gets", "get"]
