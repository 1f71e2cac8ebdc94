"""The options of ``commission-opt workbook``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

workbook = typer.Typer(
    no_args_is_help=True,
    help="Instances and plans as Excel workbooks. Every command that takes the folder of an "
    "instance takes its workbook too.",
)
ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
OutArgument = Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="Workbook to write.")]


@workbook.command()
def new(
    out: OutArgument,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="INSTANCE",
            help="Take settings, codes, years and texts from this instance; figures stay empty.",
        ),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Write a workbook to fill in: a sheet for each table, with help and drop-down lists."""
    from commission_opt.cli.workbook import run_new

    run_new(out, from_, force=force)


@workbook.command()
def export(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INSTANCE|PLAN",
            help="Folder of an instance, name of a shipped one, or folder of a plan.",
        ),
    ],
    out: OutArgument,
    force: ForceOption = False,
) -> None:
    """Write an instance, or a plan with charts, as a workbook."""
    from commission_opt.cli.workbook import run_export

    run_export(source, out, force=force)


@workbook.command("import")
def import_(
    book: Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="Workbook of an instance.")],
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to make.")],
    force: ForceOption = False,
) -> None:
    """Write the instance in a workbook as a folder of CSV files."""
    from commission_opt.cli.workbook import run_import

    run_import(book, out, force=force)


@workbook.command()
def merge(
    national: Annotated[
        Path, typer.Argument(metavar="NATIONAL.xlsx", help="The workbook that was sent out.")
    ],
    returns: Annotated[
        list[Path], typer.Argument(metavar="RETURN.xlsx…", help="Copies of it that came back.")
    ],
    out: Annotated[Path, typer.Option(help="Workbook to write.")],
    force: ForceOption = False,
    json_: Annotated[
        bool, typer.Option("--json", help="Print all that was taken as JSON on stdout.")
    ] = False,
) -> None:
    """Take what returns changed; exit with 1 and write nothing if they contradict each other."""
    from commission_opt.cli.workbook import run_merge

    raise typer.Exit(run_merge(national, returns, out, force=force, as_json=json_))
