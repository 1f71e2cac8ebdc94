import json

import numpy as np
import pandas as pd
import pytest

from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable, to_json, to_markdown

FRAME = pd.DataFrame(
    {"course": ["a|b", "<b>c</b>", "d"], "places": [12, 3, 1], "worth": [1 / 3, np.nan, np.inf]}
)
COLUMNS = (
    AnswerColumn("course", "course"),
    AnswerColumn("places", "places", figures.places),
    AnswerColumn("worth", "worth, FTE-years", figures.fte),
)


def _answer(most: int | None = None) -> Answer:
    table = AnswerTable("courses", "Courses", FRAME, COLUMNS, most, note="Read it so.")
    return Answer("A question", ("A first sentence.", "A second."), (table,))


def test_years_are_whole_numbers_in_json_where_some_are_missing() -> None:
    frame = pd.DataFrame({"year": [2026, 2027], "first_spent": [2026.0, np.nan], "worth": [2.0, 3]})
    table = AnswerTable("money", "Money", frame, (AnswerColumn("year", "year", figures.year),))
    text = to_json([Answer("A question", (), (table,))])
    assert '"first_spent": 2026,' in text
    assert '"first_spent": null,' in text
    assert '"worth": 2.0' in text


def test_a_table_of_which_nothing_is_shown_says_how_many_rows_there_are() -> None:
    assert "\n3 rows; --format json has them all\n" in to_markdown([_answer(most=0)])


def test_markdown_shows_what_is_asked_for_and_says_what_is_not() -> None:
    text = to_markdown([_answer(most=2)])
    assert text.splitlines() == [
        "## A question", "", "A first sentence.", "", "A second.", "", "### Courses", "",
        "| course | places | worth, FTE-years |",
        "| --- | ---: | ---: |",
        "| a\\|b | 12 | 0.33 |",
        "| &lt;b&gt;c&lt;/b&gt; | 3 | – |",
        "", "and 1 more row; --format json has it", "", "Read it so.",
    ]  # fmt: skip


def test_json_has_every_row_and_exact_figures() -> None:
    (answer,) = json.loads(to_json([_answer(most=1)]))
    assert answer["title"] == "A question"
    assert answer["sentences"] == ["A first sentence.", "A second."]
    assert answer["tables"]["courses"] == [
        {"course": "a|b", "places": 12, "worth": 1 / 3},
        {"course": "<b>c</b>", "places": 3, "worth": None},
        {"course": "d", "places": 1, "worth": None},
    ]


def test_a_table_is_found_by_its_name() -> None:
    assert _answer().frame("courses") is FRAME
    with pytest.raises(KeyError):
        _answer().frame("others")


def test_an_empty_table_says_so() -> None:
    table = AnswerTable("courses", "Courses", FRAME.head(0), COLUMNS)
    assert to_markdown([Answer("Q", (), (table,))]).endswith("### Courses\n\nnone\n")


@pytest.mark.parametrize(
    ("show", "value", "shown"),
    [
        (figures.fte, 12345.678, "12,346"),
        (figures.fte, 12.345, "12.3"),
        (figures.fte, 0.0, "0.00"),
        (figures.fte, -0.00001, "0.0000"),
        (figures.fte, 0.0123, "0.0123"),
        (figures.fte, None, "–"),
        (figures.places, 15.0, "15"),
        (figures.places, 15.25, "15.25"),
        (figures.places, -0.001, "0"),
        (figures.signed_places, 5, "+5"),
        (figures.signed_places, -5, "-5"),
        (figures.signed_places, 0, "0"),
        (figures.signed_fte, 1.5, "+1.50"),
        (figures.pounds, 1_250_000.0, "£1.25m"),
        (figures.pounds, -950.4, "-£950"),
        (figures.pounds, np.nan, "–"),
        (figures.percent, 0.1234, "12.3 %"),
        (figures.year, 2026.0, "2026"),
        (figures.text, "0012", "0012"),
    ],
)
def test_figures_are_shown_with_the_digits_that_matter(
    show: object, value: object, shown: str
) -> None:
    assert show(value) == shown  # type: ignore[operator]
