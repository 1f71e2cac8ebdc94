import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.spreadsheet.strings import unescape


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        ("a_x000D_b", "a\rb"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x005F_", "_"),
        ("_x00d_ _X000D_ x000D", "_x00d_ _X000D_ x000D"),
        ("_xD83D__xDE00_", "\U0001f600"),
        ("_xD83D_", "\ufffd"),
        ("plain", "plain"),
    ],
)
def test_escapes(escaped: str, plain: str) -> None:
    assert unescape(escaped) == plain


@given(st.text())
def test_no_text_leaves_half_a_character(text: str) -> None:
    unescape(f"{text}_xD800_{text}").encode()
