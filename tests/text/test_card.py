"""Cards fit a screen whatever is in them, and nothing in them acts on a terminal or a page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.text.card import COLUMNS, LINES, Card, Grid, Shown

TEXTS = st.text(max_size=300)
GRIDS = st.integers(1, 30).flatmap(
    lambda n: st.builds(
        lambda title, rows: Grid(title, [f"column {k}" for k in range(n)], rows),
        TEXTS,
        st.lists(st.lists(st.text(max_size=60), min_size=n, max_size=n), max_size=40),
    )
)
CARDS = st.builds(Card, TEXTS, st.lists(TEXTS, max_size=8), st.lists(GRIDS, max_size=5))


class Result(Shown):
    def __init__(self, card: Card) -> None:
        self._card = card

    def card(self) -> Card:
        return self._card


@given(CARDS)
def test_a_card_fits_a_screen(card: Card) -> None:
    lines = str(Result(card)).split("\n")
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= COLUMNS
    assert all(line.isprintable() for line in lines if line.isascii())


@given(CARDS)
def test_a_result_in_short_is_one_line(card: Card) -> None:
    short = repr(Result(card))
    assert len(short) <= COLUMNS
    assert short.startswith("<Result: ")
    assert "\n" not in short


@given(CARDS)
def test_only_own_tags_are_in_a_notebook(card: Card) -> None:
    tags = set(re.findall(r"</?([^ >]*)", Result(card)._repr_html_()))
    assert tags <= {"h4", "p", "table", "caption", "tr", "th", "td"}


def test_what_is_left_out_is_said() -> None:
    rows = [[str(k)] for k in range(60)]
    card = Card("title", (), (Grid("first", ["n"], rows), Grid("second", ["n"], rows)))
    text = card.text()
    shown = len(re.findall(r"(?m)^\d+$", text))
    assert f"and {60 - shown} more" in text
    assert text.endswith("also: second")
    assert "and 50 more" in card.html()


def test_a_card_of_few_rows_shows_them_all() -> None:
    grid = Grid("places", ["course", "places"], [["A", "5"], ["B", "1,250"]])
    assert Card("title", ("A sentence.",), (grid,)).text() == (
        "title\nA sentence.\n\nplaces\ncourse  places\nA            5\nB        1,250"
    )


def test_a_result_without_a_card_is_none() -> None:
    with pytest.raises(NotImplementedError):
        str(Shown())
