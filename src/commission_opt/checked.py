"""Dataclasses that refuse values which the types of their fields do not allow."""

from __future__ import annotations

import math
import sys
from dataclasses import fields, is_dataclass
from functools import cache, partial
from numbers import Integral, Real
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints


class Range(NamedTuple):
    """What a number may be: ends included, and in words."""

    low: float
    high: float
    words: str


NotNegative = Annotated[float, Range(0.0, sys.float_info.max, "zero or more")]
Endless = Annotated[float, Range(0.0, math.inf, "zero or more, or infinite")]
Share = Annotated[float, Range(0.0, 1.0, "between 0 and 1")]
Seed = Annotated[int, Range(0, 2**31 - 1, "a whole number from 0 to 2³¹ − 1")]
Threads = Annotated[int, Range(1, 1024, "a whole number from 1 to 1,024")]


class Checked:
    """A dataclass whose fields hold what their types say; anything else is refused."""

    def __post_init__(self) -> None:
        """Check every field.

        Raises
        ------
        ValueError
            If one holds anything else; names the field.
        """
        hints = hints_of(type(self))
        for each in fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if says := refusal(hints[each.name], value):
                raise ValueError(f"{type(self).__name__}: {each.name} {value!r} {says}")


_hints = cache(partial(get_type_hints, include_extras=True))


def hints_of(kind: Any) -> dict[str, Any]:
    """Return the types of the fields of a class, ranges included."""
    return _hints(kind)


def refusal(hint: Any, value: Any) -> str | None:
    """Say what is wrong with a value of a type; None if nothing is, or the type is no matter.

    Parameters
    ----------
    hint : type
        ``bool``, ``str``, ``int``, ``float`` (zero or more), one with a ``Range``, some words, a
        dataclass or None, or a tuple of dataclasses.
    value : object
    """
    args = get_args(hint)
    if hint is bool or hint is str:
        plain = "True or False" if hint is bool else "text"
        return None if isinstance(value, hint) else f"is not {plain}"
    if get_origin(hint) is Literal:
        return None if value in args else f"is not one of {', '.join(args)}"
    if hint in (int, float) or get_origin(hint) is Annotated:
        return _wrong_number(NotNegative if hint is float else hint, value)
    inner = next((kind for kind in args if is_dataclass(kind)), None)
    if inner is None:
        return None
    name = inner.__name__  # type: ignore[union-attr]
    if get_origin(hint) is tuple:
        fine = isinstance(value, tuple) and all(isinstance(item, inner) for item in value)  # type: ignore[arg-type]
        return None if fine else f"is not a tuple of {name}"
    fine = value is None or isinstance(value, inner)  # type: ignore[arg-type]
    return None if fine else f"is neither {name} nor None"


def _wrong_number(hint: Any, value: Any) -> str | None:
    kind, *spans = get_args(hint) or (hint,)
    if isinstance(value, bool) or not isinstance(value, Integral if kind is int else Real):
        return "is not a whole number" if kind is int else f"is not {spans[0].words}"
    span = next(iter(spans), None)
    return None if span is None or span.low <= value <= span.high else f"is not {span.words}"
