"""Options side by side, as a page, a workbook and a table."""
