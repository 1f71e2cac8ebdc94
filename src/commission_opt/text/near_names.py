"""What somebody meant by a name that is not there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from commission_opt.text.plain import escaped, is_unseen

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ′`´＇", "'"),
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    }
)
_CUTOFF = 0.85


def skeleton(name: str) -> str:
    """Return what is left of a name once all that readers hardly see is levelled.

    Unicode forms, curly quotes and dashes, case, spaces, and characters of no width.
    """
    levelled = unicodedata.normalize("NFKC", name.translate(_ALIKE)).translate(_ALIKE)
    shown = "".join(c for c in levelled if not is_unseen(c))
    return unicodedata.normalize("NFC", " ".join(shown.split()).casefold())


def likely(name: str, known: Iterable[str], cutoff: float = _CUTOFF) -> str | None:
    """Return the name that was probably meant, of those known; None if none is near.

    ``cutoff`` is the least likeness, 0 to 1, of names that differ in what readers see.
    """
    by_skeleton: dict[str, str] = {}
    for each in sorted(known):
        by_skeleton.setdefault(skeleton(each), each)
    bare = skeleton(name)
    if bare in by_skeleton:
        return by_skeleton[bare]
    near = get_close_matches(bare, by_skeleton, n=1, cutoff=cutoff)
    return by_skeleton[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str], cutoff: float = _CUTOFF) -> str:
    """Return the end of a message that names what was probably meant; empty if nothing is near."""
    meant = likely(name, known, cutoff)
    if meant is None:
        return ""
    return f"; did you mean {meant!r}?{_difference(name, meant)}"


def _difference(name: str, meant: str) -> str:
    """Say in which characters two names differ that look the same.

    That is, in which only Unicode forms, quotes, dashes and unseen characters differ.
    """
    folded = (
        unicodedata.normalize("NFC", "".join(c for c in t.translate(_ALIKE) if not is_unseen(c)))
        for t in (name, meant)
    )
    if name == meant or len(set(folded)) > 1:
        return ""
    start = next(
        (i for i, (a, b) in enumerate(zip(name, meant, strict=False)) if a != b),
        min(len(name), len(meant)),
    )
    end = 0
    while end < min(len(name), len(meant)) - start and name[-1 - end] == meant[-1 - end]:
        end += 1
    here, there = (_spelt(text[start : len(text) - end]) for text in (name, meant))
    return f" It looks the same, but has {here} where that has {there}"


def _spelt(text: str) -> str:
    named = (f"U+{ord(c):04X} {unicodedata.name(c, escaped(c))}" for c in text[:3])
    return " + ".join(named) + (" …" if len(text) > 3 else "") if text else "nothing"
