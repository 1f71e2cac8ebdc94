import numpy as np
import pytest

from commission_opt.views import words


def test_hidden_and_reordering_characters_are_shown_as_such() -> None:
    assert words.clean("a\u202eb\u2066c\x00d\x1be\nf\tg") == "a\ufffdb\ufffdc\ufffdd\ufffde f g"
    assert words.clean("Pédiatrie – שלום – 看護") == "Pédiatrie – שלום – 看護"


def test_names_that_are_alike_or_missing_have_their_codes() -> None:
    assert words.names(["a", "b", "c"], ["Nursing", "Nursing", ""]) == (
        "Nursing (a)", "Nursing (b)", "c",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("show", "number", "text"),
    [
        (words.year, 2026, "2026/27"),
        (words.year, 2099, "2099/00"),
        (words.count, 1234.4, "1,234"),
        (words.count, 2.53, "2.5"),
        (words.count, -0.01, "0"),
        (words.change, 12, "+12"),
        (words.change, -12, "−12"),
        (words.change, 0.0, "±0"),
        (words.millions, 1.3256e9, "1,325.6"),
        (words.money, 2.5e6, "£2.5m"),
        (words.money, -99.0, "−£99"),
        (words.percent, 0.1234, "12.3 %"),
        (words.percent, np.nan, "–"),
        (words.signed_percent, np.inf, "new"),
        (words.signed_percent, 0.0, "±0 %"),
        (words.signed_percent, -0.5, "−50.0 %"),
        (words.floor_percent, 0.999999, "99.99 %"),
        (words.ceil_percent, 0.0000001, "0.001 %"),
        (words.ceil_percent, 0.0, "0.000 %"),
        (words.part, 0.0, "0.0 %"),
        (words.part, 0.0004, "<0.1 %"),
        (words.part, 0.5, "50.0 %"),
        (words.part, 0.99999, ">99.9 %"),
        (words.part, 1.0, "100.0 %"),
        (words.part, 1.00001, "100.0 %"),
        (words.part, -0.03, "−3.0 %"),
        (words.part, np.nan, "–"),
        (words.used, 0.4298, "43.0 %"),
        (words.used, 0.9986, "99.8 %"),
        (words.used, 1.0, "100.0 %"),
        (words.used, 1.2, "120.0 %"),
        (words.value, 2171321.4, "2,171,321"),
        (words.value, 761.88234, "761.882"),
    ],
)
def test_figures_are_written(show: object, number: float, text: str) -> None:
    assert callable(show)
    assert show(number) == text


def test_lists_are_written_in_words() -> None:
    assert [words.joined(list("abc")[:n]) for n in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
    assert (words.plural(1, "place"), words.plural(1200, "place")) == ("1 place", "1,200 places")
