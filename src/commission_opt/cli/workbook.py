"""``commission-opt workbook``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli.problems import as_records, print_problems
from commission_opt.cli.screen import console, put_out_json
from commission_opt.errors import CertificateError, UsageError
from commission_opt.files.folder import check_file, check_target, whole_folder, write_whole
from commission_opt.files.shipped import find_instance
from commission_opt.instance.files import DESCRIPTOR_FILE
from commission_opt.text.counts import plural

if TYPE_CHECKING:
    from commission_opt.instance.source import Source

_SHOWN = 8  # names

workbook = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
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
    from commission_opt.workbook.making import new_workbook

    _check_out(out, force=force)
    write_whole(out, new_workbook(None if from_ is None else find_instance(from_)), force=force)
    _say(f"wrote {out}; fill it in, then: {_check(out)}")


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
    from commission_opt.plan.read import is_plan, read_plan
    from commission_opt.plan.verify import verify
    from commission_opt.plan_workbook.book import plan_workbook
    from commission_opt.report.facts import read_facts
    from commission_opt.report.sections.moves import moves
    from commission_opt.report.sections.weights import weights_words
    from commission_opt.workbook.making import export_workbook
    from commission_opt.workbook.opened import open_source

    _check_out(out, force=force, inputs=(Path(source),))
    if is_plan(source):
        plan = read_plan(source)
        found = verify(plan)
        if not found.holds:
            raise CertificateError(
                f"the plan in {source} does not hold, so no workbook was written; "
                "commission-opt verify says more",
                found.problems,
            )
        facts = read_facts(found)
        section = moves(facts)
        why = (*section.points, weights_words(facts)) if section else ()
        write_whole(out, plan_workbook(plan, [*filter(None, why)]), force=force)
        _say(f"wrote the plan to {out}")
        return
    place = find_instance(source)
    opened = open_source(place)
    write_whole(out, export_workbook(opened), force=force)
    _say(f"wrote {out}")
    left = _not_carried(place, opened)
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        _say(f"not in it, so keep the folder: {', '.join(left[:_SHOWN])}{more}")


def _not_carried(place: Path, source: Source) -> list[str]:
    from commission_opt.instance.write import describe

    if not place.is_dir():
        return []
    left = sorted(path.name for path in place.iterdir() if path.name not in source.files)
    columns = {name: list(table.header) for name, table in source.tables.items()}
    made = describe(source.settings, columns).encode()
    if source.files.get(DESCRIPTOR_FILE, made) != made:
        left.append(f"what {DESCRIPTOR_FILE} says beyond the columns")
    return left


@workbook.command("import")
def import_(
    book: Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="Workbook of an instance.")],
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to make.")],
    force: ForceOption = False,
) -> None:
    """Write the instance in a workbook as a folder of CSV files."""
    from commission_opt.workbook.making import instance_files
    from commission_opt.workbook.reading import read_workbook

    check_target(out, force=force, inputs=(book,))
    _check_book(book)
    files = instance_files(read_workbook(book))
    with whole_folder(out, force=force) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    _say(f"wrote {plural(len(files), 'file')} to {out}; look at them with: {_check(out)}")


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
) -> int:
    """Take what returns changed; exit with 1 and write nothing if they contradict each other."""
    from commission_opt.workbook.keyed import read_side
    from commission_opt.workbook.merge import REPORT_SHEET, merged_book
    from commission_opt.workbook.merge import merge as merging

    paths = [national, *returns]
    _check_out(out, force=force, inputs=tuple(paths))
    for path in paths:
        _check_book(path)
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        names = [str(path) for path in paths]
    sides = [read_side(path, name) for path, name in zip(paths, names, strict=True)]
    merged = merging(sides[0], sides[1:])
    if json_:
        record = {
            "taken": [taken._asdict() for taken in merged.taken],
            "conflicts": as_records(merged.conflicts),
            "notes": [
                {"file": n.file, "sheet": n.sheet.name, "kept_as": n.name} for n in merged.notes
            ],
        }
        put_out_json(record)
    if merged.conflicts:
        print_problems(merged.conflicts)
        _say("the returns contradict each other; nothing was written. Agree, and merge again")
        return 1
    for name in names[1:]:
        counts = (f"{count:,} × {what}" for what, count in merged.counts(name).items() if count)
        _say(f"{name}: {', '.join(counts) or 'nothing changed'}")
    write_whole(out, merged_book(merged), force=force)
    for note in merged.notes:
        if note.name != note.sheet.name:
            _say(f"{note.file}: its sheet {note.sheet.name!r} is kept as {note.name!r}")
    _say(f"wrote {out}; its sheet {REPORT_SHEET!r} says what was taken from whom")
    return 0


def _check_book(path: Path) -> None:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise UsageError(f"{path} {what}; give the name of a workbook")


def _check_out(out: Path, *, force: bool, inputs: tuple[Path, ...] = ()) -> None:
    if out.suffix.lower() != ".xlsx":
        raise UsageError(f"{out} must end in .xlsx")
    check_file(out, force=force, inputs=inputs)


def _check(made: Path) -> str:
    return shlex.join(["commission-opt", "check", str(made)])


def _say(text: str) -> None:
    console().tell(text)
