"""Text of others, made safe to show: what does not show itself is shown as its escape.

Control characters can move the cursor or restyle a terminal, bidirectional controls reorder what
is read, and characters of no width make two codes look alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, format, surrogate, separators
_BIDIRECTIONAL = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_IN_JSON = re.compile("[\x7f-\x9f\u00ad\u0600-\U0010ffff]")
# Not assigned yet, and shown as nothing at all by Unicode's rules (Default_Ignorable_Code_Point).
_IGNORED = ((0x2065, 0x2065), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))


def is_unseen(character: str) -> bool:
    """Say whether a character does not show itself."""
    if character.isprintable():
        return False
    category, code = unicodedata.category(character), ord(character)
    ignored = any(first <= code <= last for first, last in _IGNORED)
    return category in _UNSEEN or (category == "Cn" and ignored)


def escaped(text: str, keep: str = "") -> str:
    r"""Return a text with what does not show itself as escapes, such as ``\x1b`` and ``\u202e``.

    Some characters are kept: line breaks, say, of a text that is laid out already.
    """
    if text.isprintable():
        return text
    return "".join(c if c in keep or not is_unseen(c) else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def escaped_json(text: str) -> str:
    r"""Return JSON that says the same in characters that show themselves: ``\u202e`` and so on."""
    return _IN_JSON.sub(lambda found: _json_escape(found[0]), text)


def _json_escape(character: str) -> str:
    if not is_unseen(character):
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, its middle left out if it is longer."""
    if len(text) <= most:
        return text
    kept = max(most - 1, 2)
    return f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"


def unseen_in(text: str) -> Iterator[str]:
    """Name each kind of character in a text that does not show itself."""
    kinds: dict[str, str] = {}
    for character in text:
        if is_unseen(character):
            kinds.setdefault(_kind(character), _escape(character))
    return (f"{kind} ({escape})" for kind, escape in kinds.items())


def _kind(character: str) -> str:
    if character in _BIDIRECTIONAL:
        return "a control that reorders text"
    is_control = unicodedata.category(character) == "Cc"
    return "a control character" if is_control else "an invisible character"
