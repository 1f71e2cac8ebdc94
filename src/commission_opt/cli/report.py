"""``commission-opt report``."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commission_opt.cli.progress import followed
from commission_opt.cli.screen import console
from commission_opt.files.folder import check_file, check_target
from commission_opt.solvers.status import Watch
from commission_opt.text.counts import plural

if TYPE_CHECKING:
    from commission_opt.report.page import Page

_BOOK = ".xlsx"

_PAPER = "Board paper"


def report(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="PLAN|SWEEP|FRONTIER|AUDIT",
            help="Folder of a plan, a sweep, a frontier or an audit.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="HTML file to write; for a region, profession or provider also an .xlsx file."
        ),
    ] = None,
    charts: Annotated[
        Path | None, typer.Option(help="Folder for every chart as SVG and PNG too.")
    ] = None,
    measure: Annotated[
        str, typer.Option(help="Of a sweep: the measure that tables and charts are about.")
    ] = "objective",
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Of a plan: solve again, to say what more of everything would be worth and what "
            "each commitment costs.",
        ),
    ] = False,
    with_room: Annotated[
        bool,
        typer.Option(
            "--with-room",
            help="Of a plan: work for up to a minute to say how far the places of professions and "
            "regions may move.",
        ),
    ] = False,
    region: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Of a plan: what it means for this region alone."),
    ] = None,
    profession: Annotated[
        str | None, typer.Option(metavar="CODE", help="The same for a profession.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="The same for a provider of courses.")
    ] = None,
    packs: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Of a plan: write the page and the workbook of every region, profession and "
            "provider into this folder, in place of --out.",
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Of a plan: title of the paper.", rich_help_panel=_PAPER)
    ] = None,
    author: Annotated[
        str | None, typer.Option(help="Who wrote the paper.", rich_help_panel=_PAPER)
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Its date, as it is to be shown.", rich_help_panel=_PAPER)
    ] = None,
    paper_version: Annotated[
        str | None, typer.Option(help="Its version.", rich_help_panel=_PAPER)
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(help="Its status, beside what signatures say.", rich_help_panel=_PAPER),
    ] = None,
    ask: Annotated[
        str | None, typer.Option("--asked", help="What the board is asked.", rich_help_panel=_PAPER)
    ] = None,
    paper: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help="File with the same in a table \\[paper].",
            rich_help_panel=_PAPER,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what exists.")] = False,
) -> None:
    """Write a plan, a sweep, a frontier or an audit as one page that a board can read or print.

    A plan is verified first; one that does not hold gets no report (exit code 5). With --region,
    --profession or --provider it has the rows of that alone, as a page or a workbook.
    """
    from commission_opt.report.page import require_libraries
    from commission_opt.report.pages import page_of
    from commission_opt.report.paper import Paper, read_paper

    started = time.perf_counter()
    given = {"region": region, "profession": profession, "provider": provider}
    asked = [(kind, code) for kind, code in given.items() if code is not None]
    said = (Paper() if paper is None else read_paper(paper)).over(
        {
            "title": title, "author": author, "date": date, "version": paper_version,
            "status": status, "asked": ask,
        }
    )  # fmt: skip
    _check(asked, out, charts, packs, explain=explain, room=with_room, paper=said.given)
    require_libraries()
    watch = Watch(phase="reading and verifying")
    if packs is not None:
        _write_packs(folder, packs, watch, started, force=force)
        return
    assert out is not None
    check_file(out, force=force, inputs=(Path(folder),))
    if charts is not None:
        check_target(charts, force=force, inputs=(Path(folder),))
    if asked:
        size = _write_pack(folder, *asked[0], out, charts, watch, force=force)
    else:
        size = _write_page(
            lambda: page_of(
                folder, measure, watch, explained=explain, freely=with_room, paper=said
            ),
            out, charts, watch, force=force,
        )  # fmt: skip
    if charts is not None:
        console().tell(f"charts written to {charts}")
    seconds = time.perf_counter() - started
    console().tell(f"report written to {out}: {size / 2**20:.2f} MiB in {seconds:.1f} s")


def _check(
    asked: list[tuple[str, str]],
    out: Path | None,
    charts: Path | None,
    packs: Path | None,
    *,
    explain: bool,
    room: bool,
    paper: bool,
) -> None:
    """Refuse options that do not go together."""
    names = [f"--{kind}" for kind, _ in asked] + ["--packs"] * (packs is not None)
    if len(names) > 1:
        raise typer.BadParameter(f"give one of {' and '.join(names)}")
    if names and explain:
        raise typer.BadParameter(
            f"--explain goes with the page of a whole plan, not with {names[0]}"
        )
    if names and room:
        raise typer.BadParameter(f"--with-room goes with a whole plan, not with {names[0]}")
    if names and paper:
        raise typer.BadParameter(f"what is said of a paper goes with a whole plan, not {names[0]}")
    if packs is not None:
        for name, value in (("--out", out), ("--charts", charts)):
            if value is not None:
                raise typer.BadParameter(f"{name} does not go with --packs, which names the folder")
        return
    if out is None:
        raise typer.BadParameter("say where to write it: --out FILE.html")
    if out.suffix.lower() != _BOOK:
        return
    if not asked:
        raise typer.BadParameter(
            f"{out} would be a workbook, which --region, --profession and --provider write; for "
            "that of a whole plan use: commission-opt workbook export PLAN OUT.xlsx"
        )
    if charts is not None:
        raise typer.BadParameter("--charts goes with a page, not with a workbook")


def _write_page(
    work: Callable[[], Page], out: Path, charts: Path | None, watch: Watch, *, force: bool
) -> int:
    from commission_opt.report.write import write_page

    return write_page(followed(watch, work), out, charts, force=force)


def _write_pack(
    folder: str, kind: str, code: str, out: Path, charts: Path | None, watch: Watch, *, force: bool
) -> int:
    """Write the page or the workbook of one region, profession or provider; return its size."""
    from commission_opt.files.folder import write_whole
    from commission_opt.report.book import page_workbook
    from commission_opt.report.packs.page import pack_page
    from commission_opt.report.packs.scope import scope_of
    from commission_opt.report.pages import facts_of
    from commission_opt.report.write import write_page

    def work() -> Page:
        facts = facts_of(folder)
        return pack_page(facts, scope_of(facts, kind, code))

    page = followed(watch, work)
    if out.suffix.lower() != _BOOK:
        return write_page(page, out, charts, force=force)
    content = page_workbook(page)
    write_whole(out, content, force=force)
    return len(content)


def _write_packs(folder: str, out: Path, watch: Watch, started: float, *, force: bool) -> None:
    from commission_opt.report.packs.shelf import LIST, write_packs
    from commission_opt.report.pages import facts_of

    check_target(out, force=force, inputs=(Path(folder),))
    count = followed(watch, lambda: write_packs(facts_of(folder), out, watch, force=force))
    seconds = time.perf_counter() - started
    console().tell(
        f"{plural(count, 'pack')} written to {out}, each as a page and a workbook, in "
        f"{seconds:.1f} s; {LIST} lists them"
    )
