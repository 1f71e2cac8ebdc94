"""Texts of commissioning models, and what is wrong with them."""

import pytest

from commission_opt.errors import InputError, Problem
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy

FILE = "some.toml"


def parse(text: str) -> Policy:
    return parse_policy(text.encode(), FILE)


def problems(text: str) -> list[Problem]:
    """Every problem of a text, all of them errors."""
    with pytest.raises(InputError) as raised:
        parse(text)
    assert all(p.severity == "error" and p.file == FILE for p in raised.value.problems)
    return list(raised.value.problems)


def only_problem(text: str) -> Problem:
    found = problems(text)
    assert len(found) == 1, [str(p) for p in found]
    return found[0]


def edited(text: str, old: str, new: str) -> str:
    """A text with one part, there exactly once, written otherwise."""
    assert text.count(old) == 1, old
    return text.replace(old, new)
