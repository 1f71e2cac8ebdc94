"""The same files are read once in a process: reading takes most of the time of many small tests.

What is kept is found again by the content of the files, and handed out as copies that a test may
write to.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields, replace
from typing import Any

import pandas as pd
import pytest

from commission_opt.errors import Problem
from commission_opt.instance.instance import Instance
from commission_opt.reading.read import Reading

Doubts = Callable[[Instance], Iterator[Problem]]

_KEPT = 100  # readings


def read_once(patch: pytest.MonkeyPatch) -> None:
    """Let folders and files with the same content share one reading."""
    from commission_opt.instance import source
    from commission_opt.reading import read
    from commission_opt.reading.plausibility import look

    known = read.read_source
    kept: OrderedDict[Hashable, read.Reading] = OrderedDict()

    def remembered(given: source.Source, start: float | None = None) -> read.Reading:
        if given.place is not source.Source.place:  # a workbook has words of its own
            reading: read.Reading = known(given, start)
            return reading
        key = (tuple(sorted(given.files.items())), given.problems)
        if key not in kept:
            kept[key] = known(given, start)
        kept.move_to_end(key)
        if len(kept) > _KEPT:
            kept.popitem(last=False)
        return _copied(kept[key])

    patch.setattr(read, "read_source", remembered)
    patch.setattr(read, "doubts", _once_each(look.doubts))


def _once_each(doubts: Doubts) -> Doubts:
    """Let instances from the same files share what is doubted of them."""
    kept: dict[Hashable, list[Problem]] = {}

    def remembered(instance: Instance) -> Iterator[Problem]:
        key = tuple(sorted(instance.hashes().items()))
        if key not in kept:
            kept[key] = list(doubts(instance))
        return iter(kept[key])

    return remembered


def _copied(reading: Reading) -> Reading:
    """Return a reading whose frames and arrays are its own."""
    instance = reading.instance
    if instance is None:
        return reading
    own = {f.name: _copy(getattr(instance, f.name)) for f in fields(instance)}
    return replace(reading, instance=replace(instance, **own), seconds=dict(reading.seconds))


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    if isinstance(value, pd.DataFrame):
        return value.copy(deep=False)  # copied when it is written to
    return value.copy() if hasattr(value, "dtype") else value
