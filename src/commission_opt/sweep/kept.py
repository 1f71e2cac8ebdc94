"""What a store keeps, packed, and unpacked with every value checked."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.solvers.work import End
from commission_opt.sweep.row import Changed, Row
from commission_opt.sweep.store_file import DamagedError

_YEARS = 200  # more than any horizon
_NUMBER = np.dtype("<f8")


def packed(places: Floats) -> bytes:
    """Pack places, and units below them if there are any."""
    return zlib.compress(np.ascontiguousarray(places, dtype=_NUMBER).tobytes(), 1)


def _unpacked(content: object, courses: int, where: str) -> Floats | None:
    if content is None:
        return None
    most, whole = courses * _YEARS * _NUMBER.itemsize, zlib.decompressobj()
    try:
        found = whole.decompress(content, most + 1)  # type: ignore[arg-type]
    except (TypeError, zlib.error) as error:
        raise DamagedError(f"the places of {where} cannot be unpacked") from error
    a_year = courses * _NUMBER.itemsize
    if not whole.eof or whole.unused_data or not 0 < len(found) <= most or len(found) % a_year:
        raise DamagedError(f"the places of {where} are not of its courses")
    places = np.frombuffer(found, dtype=_NUMBER).astype(float).reshape(courses, -1)
    if not (np.isfinite(places).all() and (places >= -1e-6).all()):
        raise DamagedError(f"the places of {where} are not numbers of places")
    return places


def checked_row(
    record: Sequence[Any], measures: Sequence[tuple[Any, Any]], courses: int, units: int = 0
) -> Row:
    """Make a row of what the tables ``scenario`` and ``measure`` hold.

    Places are those of so many courses; with them are kept the units of so many measures.

    Raises
    ------
    DamagedError
        If a value is of another kind than the program writes there.
    """
    number, _, _, key, name, settings, status, reason, how, seconds, content, work, ended = record
    where = f"scenario {number}"
    texts, numbers = (key, name, status, reason, how), (seconds, work)
    if not (_whole(number) and all(map(_text, texts)) and all(map(_finite, numbers))):
        raise DamagedError(f"{where} is not kept as a scenario is")
    for measure, value in measures:
        if not isinstance(measure, str) or not (value is None or _number(value)):
            raise DamagedError(f"a measure of {where} is no number")
    found = {measure: math.nan if value is None else float(value) for measure, value in measures}
    sets = _json(settings, _SETTINGS, f"what {where} sets")
    changed = tuple(Changed(s["axis"], s["target"], s["value"]) for s in sets)
    amounts = _unpacked(content, courses + units, where)
    places, bought = (None, None) if amounts is None else np.split(amounts, [courses])
    ends = tuple(e and End(**e) for e in _json(ended, [_is_end], f"how the work of {where} ended"))
    return Row(
        number, key, name, changed, status, reason, how, seconds, found, places, bought, work, ends
    )


def ends_text(ends: Sequence[End | None]) -> str:
    """Write how each round of a scenario's work ended as JSON."""
    return json.dumps([end and asdict(end) for end in ends])


def check_about(about: Mapping[Any, Any]) -> None:
    """Check what a store says of its sweep.

    Raises
    ------
    DamagedError
        If something is missing, or is not of its kind.
    """
    if not all(isinstance(text, str) for pair in about.items() for text in pair):
        raise DamagedError("what it says of itself is no text")
    for key in ("courses", "first_year", "size"):
        if key not in about:
            raise DamagedError(f"it does not say its {key.replace('_', ' ')}")
    for key, shape in _ABOUT.items():
        if key in about:
            _json(about[key], shape, f"its {key.replace('_', ' ')}")


def _json(text: object, shape: object, what: str) -> Any:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError) as error:
        raise DamagedError(f"{what} cannot be read") from error
    if not isinstance(text, str) or not _fits(found, shape):
        raise DamagedError(f"{what} cannot be read")
    return found


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _finite(value: object) -> bool:
    return _number(value) and math.isfinite(value)  # type: ignore[arg-type]


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _text(value: object) -> bool:
    return isinstance(value, str)


def _is_end(value: Any) -> bool:
    """Say whether a round ended so, or not before its work was done."""
    return value is None or (_fits(value, _END) and value.keys() == _END.keys())


def _fits(value: Any, shape: Any) -> bool:
    """Say whether a value passes a check, or is a list or a dictionary of what does."""
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(each, shape[0]) for each in value)
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(_fits(value.get(k), s) for k, s in shape.items())
    return bool(shape(value))


_END = {"work": _finite, "asked": lambda value: isinstance(value, bool), "plans": _whole}
_SETTING = {"axis": _text, "target": _text, "value": _finite}
_SETTINGS = [lambda value: _fits(value, _SETTING) and value.keys() == _SETTING.keys()]
_VALUES = {"values": lambda value: bool(value) and _fits(value, [_finite])}
_ABOUT: Mapping[str, Any] = {
    "courses": [_text],
    "measures": [_text],
    "first_year": _whole,
    "size": _whole,
    "seed": _whole,
    "samples": lambda value: value is None or _whole(value),
    "axes": [{"name": _text, "target": _text, **_VALUES}],
    "changes": [_text],
    "storylines": lambda value: isinstance(value, dict) and _fits([*value.values()], [_text]),
}
