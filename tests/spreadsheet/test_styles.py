import pytest

from commission_opt.spreadsheet.archive import Archive
from commission_opt.spreadsheet.styles import date_styles, date_text
from raw_books import packed


def is_date(code: str) -> bool:
    styles = (
        f'<s><numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="170"/></cellXfs></s>'
    )
    return bool(date_styles(Archive("b.xlsx", packed({"styles": styles.encode()})), "styles"))


@pytest.mark.parametrize(
    "code", ["dd/mm/yyyy", "[$-409]d\\-mmm", "h:mm", "[h]:mm:ss", "mmm", "YYYY", "[Red]d"]
)
def test_formats_of_dates(code: str) -> None:
    assert is_date(code)


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0.00",
        "#,##0",
        "@",
        "0.0&quot; days&quot;",
        "[Red]0",
        "0\\d",
        "_d0",
        "0%",
        "[$£-809]0",
    ],
)
def test_formats_of_numbers(code: str) -> None:
    assert not is_date(code)


@pytest.mark.parametrize(
    ("number", "date1904", "text"),
    [
        ("46000", False, "2025-12-09"),
        ("44538", True, "2025-12-09"),
        ("46000.5", False, "2025-12-09 12:00"),
        ("2026-01-01", False, "2026-01-01"),
        ("1e300", False, "1e300"),
        ("nan", False, "nan"),
        ("inf", False, "inf"),
    ],
)
def test_dates_in_words(number: str, date1904: bool, text: str) -> None:
    assert date_text(number, date1904=date1904) == text
