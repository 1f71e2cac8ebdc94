"""What a comparison finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of thing was found.

    ``wrong`` always blocks, ``value`` beyond a share of its own, the others if they are asked to.
    """

    WRONG = "wrong"
    MISSING = "missing"
    STATUS = "status"
    GAP = "gap"
    VALUE = "value"
    DETERMINISTIC = "deterministic"
    RATIO = "ratio"


class Verdict(StrEnum):
    """Whether what was found is for the worse."""

    WORSE = "worse"
    CHANGED = "changed"
    BETTER = "better"
    NOTE = "note"


@dataclass(frozen=True)
class Difference:
    """One difference between base and head.

    Parameters
    ----------
    verdict : Verdict
        ``worse`` and ``changed`` block if their kind does.
    what : str
        What differs, such as ``objective``.
    message : str
        By how much.
    """

    case: str
    kind: Kind
    verdict: Verdict
    what: str
    message: str
