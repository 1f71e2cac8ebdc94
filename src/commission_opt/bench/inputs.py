"""Whether two runs were given the same instance and the same model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from commission_opt.bench.results import Row

INPUTS = ("instance", "model")


class Same(StrEnum):
    """How alike the inputs of two runs are."""

    TEXT = "text"  # the same files
    MEANING = "meaning"  # other text with the same meaning, such as another comment
    OTHER = "other"
    UNKNOWN = "unknown"  # a run that ended too early to say


def alike(one: Row, other: Row, what: str) -> Same:
    """Compare the instance, or the model, of two runs.

    Rows of older versions say nothing of what their files mean; they are held to their text.
    """
    texts = [(row.get("hashes") or {}).get(what) for row in (one, other)]
    meanings = [(row.get("means") or {}).get(what) for row in (one, other)]
    if None in texts:
        return Same.UNKNOWN
    if texts[0] == texts[1]:
        return Same.TEXT
    return Same.MEANING if None not in meanings and meanings[0] == meanings[1] else Same.OTHER


def changed(one: Row, other: Row) -> list[str]:
    """Return which of instance and model mean something else."""
    return [what for what in INPUTS if alike(one, other, what) is Same.OTHER]


def identities(rows: Sequence[Row]) -> Callable[[Row], tuple[str, ...] | None]:
    """Return a function that gives runs of the same inputs the same key, None if it is unknown.

    Where any row says what a file means, all rows with that file are known by its meaning.
    """
    known = {
        (what, (row.get("hashes") or {}).get(what)): means[what]
        for row in rows if (means := row.get("means"))
        for what in INPUTS
    }  # fmt: skip

    def key(row: Row) -> tuple[str, ...] | None:
        texts = [(row.get("hashes") or {}).get(what) for what in INPUTS]
        if None in texts or row.get("relaxed") is None:
            return None
        pairs = zip(INPUTS, texts, strict=True)
        return (*(str(known.get(pair, pair[1])) for pair in pairs), str(row["relaxed"]))

    return key
