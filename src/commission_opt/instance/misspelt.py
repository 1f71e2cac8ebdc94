"""Funds and pools that no limit holds because their name is misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.text.near_names import skeleton

_SLIPS = 2  # letters left out, added, swapped or mistaken in a long word; one in a short one
_LONG = 6


def check_funds(instance: Instance) -> Iterator[Problem]:
    """Report funds with costs and no budget, or the reverse, whose name is nearly another's.

    A fund without a budget is not limited at all, so the slip would go unseen.
    """
    charged = set(instance.costs.loc[instance.costs["rate"] > 0, "code"])
    limited = set(instance.tables["budgets"]["fund"])
    yield from _unlimited(instance, "costs", "fund", charged, limited, "budget")
    yield from _unused(instance, "budgets", "fund", limited, charged, "cost")


def check_pools(instance: Instance) -> Iterator[Problem]:
    """Report the same of placement pools, their use and their capacity."""
    used = set(instance.placement_use.loc[instance.placement_use["rate"] > 0, "code"])
    limited = set(instance.tables["placements"]["pool"])
    yield from _unlimited(instance, "placement_use", "pool", used, limited, "capacity")
    yield from _unused(instance, "placements", "pool", limited, used, "use")


def _unlimited(
    instance: Instance, table: str, column: str, used: set[str], limited: set[str], limit: str
) -> Iterator[Problem]:
    for name in sorted(used - limited):
        meant = slip_of(name, limited)
        if meant is not None:
            message = (
                f"{column} {name!r} has no {limit}, so nothing would limit it; did you mean "
                f"{meant!r}, which has one? A {column} of its own needs a {limit}, however large"
            )
            yield _at_first_row(instance, table, column, name, message)


def _unused(
    instance: Instance, table: str, column: str, limited: set[str], used: set[str], use: str
) -> Iterator[Problem]:
    for name in sorted(limited - used):
        meant = slip_of(name, used)
        if meant is not None:
            message = f"no {use} is of {column} {name!r}; did you mean {meant!r}?"
            yield _at_first_row(instance, table, column, name, message)


def _at_first_row(instance: Instance, table: str, column: str, name: str, message: str) -> Problem:
    names = instance.tables[table][column]
    row = int(names.index[names == name][0])
    return Problem("error", f"{table}.csv", row, column, message)


def slip_of(name: str, known: Iterable[str]) -> str | None:
    """Return the name of which another is a slip of the pen; None if it may well be meant.

    Names that differ in a number or in a short word, such as ``tuition-ug`` and ``tuition-pg``,
    are different names.
    """
    return next((each for each in sorted(known) if _is_slip(name, each)), None)


def _is_slip(name: str, other: str) -> bool:
    mine, theirs = skeleton(name), skeleton(other)
    if _joined(mine) == _joined(theirs):
        return True
    words, others = re.findall(r"[^\W_]+", mine), re.findall(r"[^\W_]+", theirs)
    if len(words) != len(others):
        return False
    different = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(different) == 1 and _words_slip(*different[0])


def _joined(name: str) -> str:
    return re.sub(r"[\W_]+", "", name)


def _words_slip(word: str, other: str) -> bool:
    if re.sub(r"\D", "", word) != re.sub(r"\D", "", other):
        return False
    if word.rstrip("s") == other.rstrip("s"):
        return True
    shorter = min(len(word), len(other))
    if shorter < 4:
        return False
    return _distance(word, other) <= (_SLIPS if shorter >= _LONG else 1)


def _distance(word: str, other: str) -> int:
    """Return the fewest letters to leave out, add, change or swap with the next one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, start=1):
        new = [i]
        for j, another in enumerate(other, start=1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != another))
            if i > 1 and j > 1 and letter == other[j - 2] and word[i - 2] == another:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        before, row = row, new
    return row[-1]
