"""A report on disk: a page that appears whole or not at all, and its charts as files."""

from __future__ import annotations

from pathlib import Path

from commission_opt.files.folder import check_file, check_target, whole_folder, write_whole
from commission_opt.report.drawing import Chart
from commission_opt.report.page import Page, render


def write_page(page: Page, target: Path, charts: Path | None = None, *, force: bool = False) -> int:
    """Write a page, and its charts as SVG and PNG if a folder is given.

    Parameters
    ----------
    page : Page
    target : Path
        The HTML file.
    charts : Path, optional
        Folder to make, whole or not at all.
    force : bool
        Whether what exists may be replaced.

    Returns
    -------
    int
        Size of the page, bytes.

    Raises
    ------
    UsageError
        If file or folder may not be replaced or cannot be written.
    """
    check_file(target, force=force)
    if charts is not None:
        check_target(charts, force=force)
    content = render(page).encode()
    if charts is not None:
        with whole_folder(charts, force=force) as folder:
            for drawing in drawings(page):
                svg = f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing.svg()}\n'
                (folder / f"{drawing.name}.svg").write_text(svg, encoding="utf-8", newline="\n")
                (folder / f"{drawing.name}.png").write_bytes(drawing.png())
    write_whole(target, content, force=force)
    return len(content)


def drawings(page: Page) -> list[Chart]:
    """Return the charts of a page, in order."""
    return [
        chart for section in page.sections for block in section.blocks for chart in block.charts
    ]
