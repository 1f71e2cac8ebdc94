from openpyxl.utils import get_column_letter

from commission_opt.files.spreadsheet.grid import LAST_COLUMN, letters


def test_every_column_has_the_name_that_others_give_it() -> None:
    for column in range(LAST_COLUMN):
        assert letters(column) == get_column_letter(column + 1)
