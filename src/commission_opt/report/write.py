"""A report on disk: a page that appears whole or not at all, and its charts as files."""

from __future__ import annotations

import secrets
from pathlib import Path

from commission_opt.errors import UsageError
from commission_opt.folder import check_target, whole_folder
from commission_opt.report.drawing import Chart
from commission_opt.report.page import Page, render


def check_page(target: Path, *, force: bool) -> None:
    """Refuse a file that would overwrite something.

    Raises
    ------
    UsageError
        If it is a folder, or exists and ``force`` is not given.
    """
    if target.is_dir():
        raise UsageError(f"{target} is a folder; give the name of a file with --out")
    if target.exists() and not force:
        raise UsageError(f"{target} exists; use --force to replace it")


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
    check_page(target, force=force)
    if charts is not None:
        check_target(charts, force=force)
    content = render(page).encode()
    if charts is not None:
        with whole_folder(charts, force=force) as folder:
            for drawing in drawings(page):
                svg = f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing.svg()}\n'
                (folder / f"{drawing.name}.svg").write_text(svg, encoding="utf-8", newline="\n")
                (folder / f"{drawing.name}.png").write_bytes(drawing.png())
    _whole_file(target, content)
    return len(content)


def drawings(page: Page) -> list[Chart]:
    """Return the charts of a page, in order."""
    return [
        chart for section in page.sections for block in section.blocks for chart in block.charts
    ]


def _whole_file(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.part-{secrets.token_hex(4)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
