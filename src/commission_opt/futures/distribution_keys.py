"""The distribution of an ``[[uncertain]]`` table, by the one key that gives it."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from commission_opt.files.toml.table import TomlTable, written
from commission_opt.futures.distribution import (
    Distribution,
    Interval,
    Normal,
    Triangular,
    Uniform,
    Values,
)
from commission_opt.text.counts import agreed, plural

_SUCH_AS = {
    "interval": "[0.96, 1.05], the ends of the central 80 %",
    "normal": "[1.0, 0.05], the mean and the standard deviation",
    "triangular": "[0.9, 1.0, 1.2], the least, the mode and the greatest",
    "uniform": "[0.9, 1.1], the least and the greatest",
    "values": "[0.95, 1.0, 1.1], with as many probabilities",
}
_COUNTS = {"interval": 2, "normal": 2, "triangular": 3, "uniform": 2}
_LARGEST = 1e15  # as in tables that are read
_WITHIN = 1e-9  # by which probabilities may miss 1
KEYS = (*_SUCH_AS, "probabilities")


def distribution(table: TomlTable, how: str) -> Distribution | None:
    """Return the distribution that a table gives; None if it gives none, which is noted.

    Parameters
    ----------
    table : TomlTable
    how : {"*=", "+="}
        Factors must not be below 0.
    """
    given = [key for key in _SUCH_AS if key in table.values]
    if "probabilities" in table.values and "values" not in given:
        table.error("probabilities", "goes with values only")
    if not given:
        table.refuse(
            "has no distribution; write one of "
            + "; ".join(f"{key} = {example}" for key, example in _SUCH_AS.items())
        )
        return None
    if len(given) > 1:
        table.error(given[1], f"stands beside {given[0]}; write one of them")
        return None
    key = given[0]
    numbers = _numbers(table, key)
    if numbers is None:
        return None
    if key == "values":
        return _values(table, numbers, how)
    if len(numbers) != _COUNTS[key]:
        table.error(key, f"{written(table.values[key])} is not like {_SUCH_AS[key]}")
        return None
    wrong = _wrong(key, numbers, how)
    if wrong is not None:
        table.error(key, f"{written(table.values[key])} {wrong}")
        return None
    return _MADE[key](numbers, how)


def _numbers(table: TomlTable, key: str) -> list[float] | None:
    """Return the finite numbers of a list; None if it is none, which is noted."""
    before = len(table.findings)
    if not isinstance(table.values[key], list):
        table.error(key, f"{written(table.values[key])} is not like {_example(key)}")
        return None
    found = table.several(key, float, 0.0, _finite)
    return None if len(table.findings) > before else found


def _example(key: str) -> str:
    return _SUCH_AS.get(key, "[0.2, 0.5, 0.3], one for each of the values")


def _finite(value: float) -> str | None:
    if not math.isfinite(value):
        return "is not a finite number"
    return None if abs(value) <= _LARGEST else f"is beyond {_LARGEST:g}, the most that is read"


def _wrong(key: str, numbers: list[float], how: str) -> str | None:
    """Say what is wrong with the numbers of a distribution."""
    factor = how == "*="
    if key == "normal":
        mean, sd = numbers
        if sd < 0:
            return "has a standard deviation below 0"
        return "has a mean below 0; a factor is 0 or more" if factor and mean < 0 else None
    if key == "interval" and factor and numbers[0] <= 0:
        return "has an end that is not above 0; its median is the square root of their product"
    if factor and min(numbers) < 0:
        return "goes below 0; a factor is 0 or more"
    if key == "interval" and numbers[0] >= numbers[1]:
        return "does not rise; write the lower end first"
    if any(after < before for before, after in pairwise(numbers)):
        return "does not rise; write the least first"
    return None


def _interval(numbers: list[float], how: str) -> Interval:
    low, high = numbers
    median = math.sqrt(low) * math.sqrt(high) if how == "*=" else (low + high) / 2
    return Interval(low, high, median)


_MADE: dict[str, Callable[[list[float], str], Distribution]] = {
    "interval": _interval,
    "normal": lambda numbers, _: Normal(*numbers),
    "triangular": lambda numbers, _: Triangular(*numbers),
    "uniform": lambda numbers, _: Uniform(*numbers),
}


def _values(table: TomlTable, values: list[float], how: str) -> Values | None:
    if how == "*=" and min(values) < 0:
        table.error("values", f"{min(values):g} is below 0; a factor is 0 or more")
        return None
    if len({*values}) < len(values):
        table.error("values", "has a value twice; write it once, with its whole probability")
        return None
    if "probabilities" not in table.values:
        table.error("probabilities", f"is missing; write {_example('probabilities')}")
        return None
    chances = _numbers(table, "probabilities")
    if chances is None:
        return None
    if len(chances) != len(values):
        message = (
            f"has {plural(len(chances), 'number')}, but there "
            f"{agreed(len(values), 'is', 'are')} {plural(len(values), 'value')}"
        )
        table.error("probabilities", message)
    elif min(chances) < 0:
        table.error("probabilities", f"{min(chances):g} is below 0")
    elif abs(math.fsum(chances) - 1) > _WITHIN:
        table.error("probabilities", f"come to {math.fsum(chances):.12g}, not to 1")
    else:
        pairs = sorted(zip(values, chances, strict=True))
        return Values(tuple(v for v, _ in pairs), tuple(p for _, p in pairs))
    return None
