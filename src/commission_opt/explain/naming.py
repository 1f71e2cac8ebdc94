"""Codes that a user gives, found in an instance or refused with what there is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from commission_opt.arrays import Ints
from commission_opt.errors import UsageError
from commission_opt.instance.instance import Instance
from commission_opt.text.near_names import did_you_mean

_LISTED = 12


def positions(instance: Instance, profession: str, region: str) -> tuple[int, Ints]:
    """Return the position of a profession, and of the leaf regions that a region covers.

    Raises
    ------
    UsageError
        If there is no such profession or region.
    """
    if region not in instance.scopes:
        raise unknown("region", region, instance.scopes)
    return code_position(instance, "profession", profession), np.flatnonzero(
        instance.scopes[region]
    )


def code_position(instance: Instance, kind: str, code: str) -> int:
    """Return the position of a ``profession``, a ``course`` or a ``measure`` in its table.

    Raises
    ------
    UsageError
        If there is none of this code.
    """
    codes = getattr(instance, f"{kind}s")[kind].tolist()
    if not codes:
        raise UsageError(f"there is no {kind} {code!r}; the instance has no {kind}s")
    if code not in codes:
        raise unknown(kind, code, codes)
    return int(codes.index(code))


def unknown(kind: str, code: str, known: Iterable[str]) -> UsageError:
    """Return the error for a code that is not there, with the nearest one or a few that are."""
    there = list(known)
    hint = did_you_mean(code, there, 0.6).removeprefix("; ")
    if not hint:
        hint = "there are " + ", ".join(there[:_LISTED]) + (", …" if len(there) > _LISTED else "")
    return UsageError(f"there is no {kind} {code!r}; {hint}")
