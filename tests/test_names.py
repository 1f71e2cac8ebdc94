"""Names mean one thing each, and the words that only this code has are explained."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "commission_opt"
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()

# Words that a reader of the code does not find in the literature.
OWN_WORDS = ("aim", "chosen", "drawn", "family", "ground", "orders", "room", "settled", "watch")


def defined_twice(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the public classes that several of the modules define, with those modules."""
    found = defaultdict(list)
    for module, text in texts.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)
    return {name: modules for name, modules in found.items() if len(modules) > 1}


def rows_of(glossary: str) -> list[tuple[str, list[str]]]:
    """Return the words of each row, and what it names in backquotes."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", glossary, re.MULTILINE)
    return [(words, re.findall(r"`([^`]+)`", where)) for words, where in rows if "`" in where]


def missing(places: Iterable[str]) -> list[str]:
    """Return the files and folders that are not there; a bare name lies beside the one before."""
    lost, folder = [], SOURCE
    for place in places:
        if re.fullmatch(r"[\w/]+(\.py|/)", place):
            path = folder / place if "/" not in place else SOURCE / place
            folder = path.parent
            lost += [] if path.exists() else [place]
    return lost


def test_no_class_name_has_two_meanings() -> None:
    assert not defined_twice({str(path): path.read_text() for path in SOURCE.rglob("*.py")})


def test_two_classes_of_one_name_are_seen() -> None:
    texts = {"a": "class Table: ...\nclass _Own: ...", "b": "class Table: ...\nclass _Own: ..."}
    assert defined_twice(texts) == {"Table": ["a", "b"]}


def test_what_the_glossary_names_is_there() -> None:
    rows = rows_of(GLOSSARY)
    assert len(rows) > 30
    assert not [place for _, places in rows for place in missing(places)]


def test_a_module_that_is_gone_is_seen() -> None:
    assert missing(["explain/room/ranges.py", "walk.py", "scenario/"]) == ["walk.py"]
    assert missing(["solvers/hot.py"]) == ["solvers/hot.py"]


@pytest.mark.parametrize("word", OWN_WORDS)
def test_the_glossary_explains_a_word_of_our_own(word: str) -> None:
    assert any(re.search(rf"\b{word}\b", words) for words, _ in rows_of(GLOSSARY))
