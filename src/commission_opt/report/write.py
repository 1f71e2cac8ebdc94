"""A report on disk: a page that appears whole or not at all, and its charts as files."""

from __future__ import annotations

from pathlib import Path

from commission_opt.files.folder import check_file, check_target, whole_folder, write_whole
from commission_opt.report.page import Page, render
from commission_opt.report.pages import MEASURE, page_of
from commission_opt.solvers.status import Watch


def write_page(page: Page, target: Path, charts: Path | None = None, *, force: bool = False) -> int:
    """Write a page, and its charts as SVG and PNG if a folder is given.

    Parameters
    ----------
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
            for block in (block for section in page.sections for block in section.exhibits):
                for chart in block.charts:
                    svg = f'<?xml version="1.0" encoding="UTF-8"?>\n{chart.svg()}\n'
                    (folder / f"{chart.name}.svg").write_text(svg, encoding="utf-8", newline="\n")
                    (folder / f"{chart.name}.png").write_bytes(chart.png())
    write_whole(target, content, force=force)
    return len(content)


def write_report(
    folder: Path | str,
    out: Path | str,
    *,
    measure: str = MEASURE,
    explained: bool = False,
    force: bool = False,
    watch: Watch | None = None,
) -> int:
    """Write a plan, a sweep or a frontier as one HTML page that a board can read.

    Parameters
    ----------
    folder : path
        Of the plan, sweep or frontier; a plan is verified first.
    out : path
        The HTML file.
    measure : str
        Of a sweep: what its charts show.
    explained : bool
        Of a plan: whether it says what more would be worth, and what commitments cost.
    force : bool
        Whether an existing file may be replaced.
    watch : Watch, optional

    Returns
    -------
    int
        Size of the page, bytes.

    Raises
    ------
    UsageError
        If the folder is none of these, or the file may not be replaced.
    CertificateError
        If the plan is not what it says.
    """
    page = page_of(folder, measure, watch, explained=explained)
    return write_page(page, Path(out), force=force)
