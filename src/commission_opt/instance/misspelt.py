"""Funds and pools that no limit holds because their name is misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from commission_opt.errors import Problem
from commission_opt.instance.found import found
from commission_opt.instance.instance import Instance
from commission_opt.text.near_names import skeleton

_SLIPS = 2  # letters left out, added, swapped or mistaken in a long word; one in a short one
_LONG = 6


def check_funds(instance: Instance) -> Iterator[Problem]:
    """Report funds with costs or pay and no budget, or the reverse, whose name is nearly another's.

    A fund without a budget is not limited at all, so the slip would go unseen.
    """
    uses = {"costs": instance.costs, "pay": instance.pay}
    what = "cost or pay" if len(instance.pay) else "cost"
    return _slips(instance, uses, what, ("budgets", "budget"), "fund")


def check_pools(instance: Instance) -> Iterator[Problem]:
    """Report the same of placement pools, their use and their capacity."""
    uses = {"placement_use": instance.placement_use}
    return _slips(instance, uses, "use", ("placements", "capacity"), "pool")


def _slips(
    instance: Instance,
    rates: Mapping[str, pd.DataFrame],
    use: str,
    limit: tuple[str, str],
    kind: str,
) -> Iterator[Problem]:
    """Compare what is used, by table, with what is limited, a table and a word for it."""
    used = {name: set(rate.loc[rate["rate"] > 0, "code"]) for name, rate in rates.items()}
    every = set[str]().union(*used.values())
    limited = set(instance.tables[limit[0]][kind])
    unlimited = (
        f"{kind} {{name!r}} has no {limit[1]}, so nothing would limit it; did you mean "
        f"{{meant!r}}, which has one? A {kind} of its own needs a {limit[1]}, however large"
    )
    unused = f"no {use} is of {kind} {{name!r}}; did you mean {{meant!r}}?"
    for table, names, others, message in (
        *((name, own - limited, limited, unlimited) for name, own in used.items()),
        (limit[0], limited - every, every, unused),
    ):
        meant = {name: slip for name in names if (slip := slip_of(name, others)) is not None}
        if not meant:
            continue
        rows = instance.tables[table].drop_duplicates(kind)
        rows = rows[rows[kind].isin(meant)].rename(columns={kind: "name"})
        yield from found("error", table, rows.assign(meant=rows["name"].map(meant)), kind, message)


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
