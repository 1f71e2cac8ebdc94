"""One thing that varies: which figures, how they change, and by how much."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Literal, get_args

from commission_opt.errors import UsageError
from commission_opt.scenario.fields import BROAD, FIELDS, MODEL, field_name, is_whole, near

Operator = Literal["*=", "+=", "="]
Filters = tuple[tuple[str, tuple[str, ...]], ...]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
_MOST = 100_000  # values of one axis; more is a slip of the pen
_SAYS = {"*=": "×", "+=": "+", "=": "="}
NEUTRAL: Mapping[str, float] = {"*=": 1.0, "+=": 0.0, "=": math.nan}
"""The value of each operator that leaves figures as they are."""
_WRITTEN = re.compile(r"\s*([^\[\]=*+\s]*?)\s*(?:\[(.*)\])?\s*(\*=|\+=|[-−/]=|=)(.*)", re.DOTALL)
_FIGURES = re.compile(r"\s*([^\[\]=*+\s]*?)\s*(?:\[(.*)\])?\s*", re.DOTALL)
_CODE = r'(?:\s*"(?:[^"]|"")*"\s*|(?!\s*")[^,|]*)'
_CODES = re.compile(rf"{_CODE}(?:\|{_CODE})*(,|\Z)")


@dataclass(frozen=True)
class Axis:
    """One thing that varies; made by ``parse_axis`` or ``make_axis``, which check it.

    Parameters
    ----------
    name : str
        What it is called in tables and charts.
    field : str
        Name in ``FIELDS``, or ``model.KEY`` with the dotted key of a commissioning model.
    operator : {"*=", "+=", "="}
        Whether figures are multiplied by a value, increased by it or replaced.
    values : tuple of float
        At least one; a design that draws values takes the least and the greatest as the ends.
    filters : tuple of (str, tuple of str)
        Codes that figures must have to be varied, by key in alphabetical order; none for all
        figures. Codes of one key are alternatives, keys are conditions that hold together.
    """

    name: str
    field: str
    operator: Operator
    values: tuple[float, ...]
    filters: Filters = ()

    @cached_property
    def target(self) -> str:
        """The axis without its values, as on the command line, such as ``cost[fund=tuition]*=``."""
        inner = ",".join(f"{key}={'|'.join(map(quoted, codes))}" for key, codes in self.filters)
        return f"{self.field}{f'[{inner}]' if inner else ''}{self.operator}"

    def says(self, value: float) -> str:
        """Say in a few words that the axis has a value, such as ``demand × 1.05``."""
        if self.operator == "+=" and value < 0:
            return f"{self.name} − {-value:.12g}"
        return f"{self.name} {_SAYS[self.operator]} {value:.12g}"

    def is_neutral(self, value: float) -> bool:
        """Say whether a value leaves all figures as they are."""
        return value == NEUTRAL[self.operator]

    @property
    def takes_whole(self) -> bool:
        """Whether it adds to or replaces whole numbers; what is multiplied is rounded."""
        return self.operator != "*=" and is_whole(self.field)

    def check_whole(self) -> None:
        """Raise a UsageError of the first value that makes fractions of whole numbers."""
        fraction = next((value for value in self.values if value != round(value)), None)
        if fraction is not None and self.takes_whole:
            raise UsageError(
                f"{self.target}{fraction:.12g}: {self.field} is counted in whole numbers, so write "
                "whole values"
            )

    @property
    def same_figures(self) -> tuple[str, Operator, Filters]:
        """What two axes share that change the same figures in the same way."""
        return self.field, self.operator, self.filters


def parse_axis(text: str, name: str = "") -> Axis:
    """Read an axis as it stands on a command line.

    Parameters
    ----------
    text : str
        ``FIELD[KEY=CODE|CODE,KEY=CODE]OPERATOR VALUES``, such as
        ``budget[fund=tuition,year=2028-2030]*=0.80:1.20:0.01``. The brackets may be left out.
        Values are a list, ``0.9,1,1.1``, or a range with both ends, ``0.8:1.2:0.1``; without a
        step a range is its two ends. A code that holds a comma or a bar, or begins with a quote,
        stands in double quotes, those within it written twice: ``course="Nursing, adult"``.
    name : str
        What to call it; the text without the values if none is given.

    Raises
    ------
    UsageError
        If it cannot be read; says what to write.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text!r} is not an axis; write, for example, 'budget[fund=tuition]*=0.8:1.2:0.1': "
            f"what varies, its filters in brackets if any, one of {' '.join(OPERATORS)}, and values"
        )
    field, inner, operator, values = match.groups()
    if operator not in OPERATORS:
        instead = _instead(operator, f"{field}[{inner}]" if inner else field, values)
        raise UsageError(f"{text.strip()!r}: {instead}")
    try:
        return make_axis(field, operator, parse_values(values), parse_filters(inner or ""), name)
    except UsageError as error:
        raise UsageError(f"{text.strip()!r}: {error}") from None


def parse_figures(text: str, operator: str, name: str = "") -> Axis:
    """Read which figures vary, ``FIELD[KEY=CODE|CODE,KEY=CODE]``; the one value changes nothing.

    Raises
    ------
    UsageError
        If it cannot be read; says what to write.
    """
    match = _FIGURES.fullmatch(text)
    if match is None:
        raise UsageError(
            f"{text!r} names no figures; write, for example, 'demand[group=nursing]': what varies, "
            "and its filters in brackets if any"
        )
    field, inner = match.groups()
    try:
        return make_axis(field, operator, [NEUTRAL[operator]], parse_filters(inner or ""), name)
    except UsageError as error:
        raise UsageError(f"{text.strip()!r}: {error}") from None


def make_axis(
    field: str,
    operator: str,
    values: Iterable[float],
    filters: Mapping[str, Iterable[str]] | None = None,
    name: str = "",
) -> Axis:
    """Make an axis out of its parts; a field may have other words, a year be ``2028-2030``.

    Raises
    ------
    UsageError
        If a part is not known or makes no sense; codes are looked up in an instance later.
    """
    known = field_name(field)
    how = next((o for o in OPERATORS if o == operator), None)
    if how is None:
        raise UsageError(
            f"{operator!r} is no operator; write one of {' '.join(OPERATORS)}, and a negative "
            "value with += to take away"
        )
    numbers = tuple(float(value) for value in values)
    if not numbers:
        raise UsageError("there is no value; write some, such as 0.9,1,1.1 or 0.8:1.2:0.1")
    if not all(math.isfinite(number) for number in numbers):
        raise UsageError("every value must be a finite number")
    for i, number in enumerate(numbers):
        if number in numbers[:i]:
            raise UsageError(f"the value {number:g} is there twice")
    chosen = tuple(sorted(_filter(known, k, c) for k, c in (filters or {}).items()))
    axis = Axis(name, known, how, numbers, chosen)
    return axis if name else replace(axis, name=axis.target.removesuffix(how))


def _instead(operator: str, target: str, values: str) -> str:
    """Say how to write what takes away or divides."""
    how = "*=" if operator == "/=" else "+="
    why = f"{operator!r} is no operator"
    try:
        numbers = parse_values(values)
        turned = [1.0 / v if how == "*=" else 0.0 - v for v in numbers]
    except (UsageError, ZeroDivisionError):
        return f"{why}; write {how} instead"
    return f"{why}; write '{target}{how}{','.join(f'{v:.12g}' for v in turned)}'"


def quoted(code: str) -> str:
    """Write a code as ``parse_axis`` reads it: in quotes if it needs them."""
    if code and code == code.strip() and not set(",|") & set(code) and not code.startswith('"'):
        return code
    doubled = code.replace('"', '""')
    return f'"{doubled}"'


def parse_filters(text: str) -> dict[str, list[str]]:
    """Read filters from left to right: KEY=CODE|CODE,KEY=CODE."""
    filters: dict[str, list[str]] = {}
    more = bool(text.strip())
    while more:
        key, equals, text = text.partition("=")
        if not equals or "," in key:
            raise UsageError(
                f"{key.partition(',')[0].strip()!r} is not a filter; write KEY=CODE, several codes "
                "of one key with a bar, such as region=NW|NEY, and a code that holds a comma or a "
                'bar in double quotes, such as course="Nursing, adult"'
            )
        if key.strip() in filters:
            raise UsageError(f"the filter {key.strip()!r} is there twice; write KEY=CODE|CODE")
        codes = _CODES.match(text)
        if codes is None:
            wrong = re.sub(rf"\A(?:{_CODE}\|)+", "", text).strip()
            raise UsageError(
                f"the code {wrong!r} begins with a quote that does not end it; write "
                'it in double quotes, and each quote within it twice: "a ""b"""'
            )
        found = re.findall(rf"(?:\A|\|)({_CODE})", text[: codes.start(1)])
        filters[key.strip()] = [_plain(code.strip()) for code in found]
        more, text = bool(codes[1]), text[codes.end() :]
    return filters


def _plain(code: str) -> str:
    return code[1:-1].replace('""', '"') if code.startswith('"') else code


def _filter(field: str, key: str, codes: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    if field.startswith(MODEL):
        raise UsageError(f"{field} is one number, so it takes no filter; leave [{key}=…] out")
    allowed = FIELDS[field].filters
    if key not in allowed:
        hint = near(key, allowed)
        more = f"did you mean {hint[0]}?" if hint else f"there are {', '.join(allowed)}"
        raise UsageError(f"{field} cannot be filtered by {key!r}; {more}")
    kept = [code.strip() for code in codes]
    national = key == "region" and FIELDS[field].table in BROAD
    if not kept or not all(kept) or ("*" in kept and not national):
        raise UsageError(f"the filter {key!r} has no code; leave it out for all of them")
    years = [year for code in kept for year in _years(code)] if key == "year" else kept
    return key, tuple(sorted(set(years)))


def _years(code: str) -> list[str]:
    match = re.fullmatch(r"(\d{4})(?:\s*[-–]\s*(\d{4}))?", code, re.ASCII)
    if match is None:
        raise UsageError(f"{code!r} is not a year; write 2028 (for 2028/29), or 2028-2030")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise UsageError(f"{code!r} ends before it starts; write {last}-{first}")
    return [str(year) for year in range(first, last + 1)]


def parse_values(text: str) -> tuple[float, ...]:
    """Read ``0.9,1,1.1``, ``START:STOP:STEP`` with both ends, or ``START:STOP``, the two ends.

    Steps are counted in decimals, so that ``0.8:1.2:0.1`` passes through exactly 1. The last step
    is shorter where the stop is not a whole number of steps away.

    Raises
    ------
    UsageError
        If it is neither; says what to write.
    """
    if ":" not in text:
        return tuple(float(_number(part)) for part in text.split(","))
    parts = text.split(":")
    if len(parts) > 3 or "," in text:
        raise UsageError(f"{text.strip()!r} is no range; write START:STOP:STEP")
    start, stop, *rest = (_number(part) for part in parts)
    if not rest:
        return (float(start),) if start == stop else (float(start), float(stop))
    return _range(start, stop, rest[0])


def _range(start: Decimal, stop: Decimal, step: Decimal) -> tuple[float, ...]:
    if step == 0:
        raise UsageError("the step of a range must not be 0")
    if (stop - start) / step < 0:
        raise UsageError(f"steps of {step} do not lead from {start} to {stop}; turn the sign")
    # A step with rounded digits may come almost to the stop; then it is the last.
    count = math.ceil((stop - start) / step - Decimal("1e-4"))
    if count >= _MOST:
        message = f"the range has {count + 1:,} values, more than {_MOST:,}; take larger steps"
        raise UsageError(message)
    return (*(float(start + i * step) for i in range(count)), float(stop))


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace("−", "-"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in text:
        what = f"{text.strip()!r} is not a number" if text.strip() else "a value is empty"
        raise UsageError(f"{what}; write digits and a point, such as 0.9,1,1.1 or 0.8:1.2:0.1")
    return number
