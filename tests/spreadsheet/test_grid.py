import pytest
from openpyxl.utils import get_column_letter

from commission_opt.spreadsheet.grid import LAST_COLUMN, column_number, letters


def test_every_column_has_the_name_that_others_give_it() -> None:
    for column in range(LAST_COLUMN):
        assert letters(column) == get_column_letter(column + 1)
        assert column_number(letters(column)) == column


@pytest.mark.parametrize("name", ["", "a", "A1", "XFE", "AAAA", "Ä", "$A"])
def test_what_names_no_column(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        column_number(name)
