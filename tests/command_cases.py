"""Commands as they are typed, with what they answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from command_line import Run
from command_tree import commands

WITHOUT_A_MODEL = {
    *("generate", "list", "describe", "solvers", "scenarios", "bench library", "serve"),
    *("workbook new", "workbook import", "workbook merge"),
}


@dataclass(frozen=True)
class Case:
    """A command.

    Parameters
    ----------
    words : str
        As it is typed.
    says : tuple of str
        What its answer, or the page that it writes, says.
    code : int
        Its exit code.
    page : str
        A page that it writes.
    slow : bool
        Whether it is left to the whole set.
    """

    words: str
    says: tuple[str, ...] = ()
    code: int = 0
    page: str = ""
    slow: bool = False


MEASURED = (  # of what spec.toml says
    Case("bench run spec.toml --out one.jsonl", ("1 optimal",), slow=True),
    Case("bench baseline one.jsonl --out base.jsonl", slow=True),
    Case("bench compare base.jsonl one.jsonl", ("no regression",), slow=True),
    Case("bench summary one.jsonl", slow=True),
)


def said_by(case: Case, run: Run) -> str:
    """Run a command in the current folder; return its answer, once it says what it must."""
    ran = run(*case.words.split())
    assert ran.code == case.code, ran.err
    text = ran.out + ran.err
    if case.page:
        page = Path(f"{case.page}.html").read_text("utf-8")
        text += re.sub("<[^>]*>", "", re.sub("(?s)<(script|style).*?</\\1>", "", page))
    said = " ".join(text.split())
    for part in case.says:
        assert part in said, said
    return said


def marked(cases: Iterable[Case]) -> list[Any]:
    """Leave cases that are slow to the whole set."""
    return [pytest.param(c, id=c.words, marks=[pytest.mark.slow] if c.slow else []) for c in cases]


def commands_of(cases: Iterable[Case]) -> set[str]:
    """Return the commands that some cases run."""
    words = [case.words for case in cases]
    return {name for name in commands() if any(each.startswith(f"{name} ") for each in words)}
