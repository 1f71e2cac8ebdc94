"""Text that does not show itself is shown as escapes, and JSON still says the same."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.text.plain import escaped, escaped_json, shortened, unseen_in

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
HARMFUL = ["\x1b]0;x\x07", "\r", "\x9b2J", "\u202e", "\u2066", "\u200b", "\ufeff", "\x7f", "\u2028",
           "\U000e0080", "\ufff0", "\u2065", "\ufff9", "\U000e0001"]  # fmt: skip


@given(ANY_TEXT)
def test_nothing_unseen_is_left(text: str) -> None:
    assert not {unicodedata.category(c) for c in escaped(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_text_that_shows_itself_stays(text: str) -> None:
    assert escaped(text) == text


@pytest.mark.parametrize("text", HARMFUL)
def test_what_is_escaped_can_be_recognised(text: str) -> None:
    assert escaped(text).encode().decode("unicode_escape") == text
    assert list(unseen_in(text))
    assert escaped_json(json.dumps(text, ensure_ascii=False)).isascii()


def test_line_breaks_of_a_layout_can_be_kept() -> None:
    assert escaped("a\nb\x1bc", keep="\n") == "a\nb\\x1bc"
    assert escaped("a\nb") == "a\\nb"


@given(ANY_TEXT)
def test_json_says_the_same_in_characters_that_show_themselves(text: str) -> None:
    said = escaped_json(json.dumps({"text": text}, ensure_ascii=False, indent=2))
    assert json.loads(said) == {"text": text}
    assert escaped(said, keep="\n") == said


@given(st.text(), st.integers(3, 40))
def test_what_is_shortened_fits_and_keeps_its_ends(text: str, most: int) -> None:
    short = shortened(text, most)
    assert len(short) <= most
    assert short == text or (short[0], short[-1]) == (text[0], text[-1])
