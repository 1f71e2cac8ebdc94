"""``commission-opt options``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli.arguments import typed_command
from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console
from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target, whole_folder
from commission_opt.solvers.status import Watch

if TYPE_CHECKING:
    from commission_opt.report.options.asked import Options

PAGE, BOOK, TABLE = "options.html", "options.xlsx", "options.csv"
_FILE = ".toml"


def options(
    given: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE.toml|PLAN…", help="A file of options, or the folders of 1 to 6 plans."
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder of the page, the workbook, the table and plans made.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing folder.")] = False,
) -> None:
    """Set options side by side: no new places, last year repeated, and one to six plans.

    A file of options names plans, or instances, models and changes to solve first, and may say what
    is recommended. Every plan is verified; if one does not hold nothing is written (exit code 5).
    """
    from commission_opt.report.book import page_workbook
    from commission_opt.report.options.figures import csv_of
    from commission_opt.report.options.made import options_of
    from commission_opt.report.options.page import options_page
    from commission_opt.report.page import render, require_libraries

    require_libraries()
    asked, inputs = _asked(given)
    check_target(out, force=force, inputs=inputs)
    watch = Watch(phase="reading the options")

    def work() -> None:
        with whole_folder(out, force=force) as folder:
            found = options_of(asked, folder, watch, command=typed_command())
            watch.begin("writing the page")
            page = options_page(asked, found)
            (folder / PAGE).write_text(render(page), encoding="utf-8", newline="\n")
            (folder / BOOK).write_bytes(page_workbook(page))
            (folder / TABLE).write_text(csv_of(found), encoding="utf-8", newline="\n")

    followed(watch, work)
    made = sum(each.plan is None for each in asked.options)
    also = f", with the plans that were made in {out / 'plans'}" if made else ""
    console().tell(f"options written to {out}: {PAGE}, {BOOK} and {TABLE}{also}")


def _asked(given: list[str]) -> tuple[Options, tuple[Path, ...]]:
    """Read what is asked for, and name what it is read from."""
    from commission_opt.report.options.asked import of_plans, read_options

    files = [text for text in given if text.lower().endswith(_FILE)]
    if files and len(given) > 1:
        raise UsageError(f"give one file of options alone, or plans alone; {files[0]} is a file")
    if not files:
        return of_plans(given), tuple(map(Path, given))
    asked = read_options(files[0])
    places = (place for each in asked.options for place in (each.plan, each.instance, each.model))
    return asked, (Path(files[0]), *(place for place in places if place is not None))
