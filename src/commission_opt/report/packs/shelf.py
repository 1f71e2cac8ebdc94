"""Packs on disk: one as a page or a workbook, or those of all in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from commission_opt.errors import StoppedError
from commission_opt.files.folder import check_target, whole_folder
from commission_opt.report.book import page_workbook
from commission_opt.report.facts import Facts
from commission_opt.report.packs.page import pack_page
from commission_opt.report.packs.scope import Scope, every_scope
from commission_opt.report.page import render
from commission_opt.solvers.status import Watch

LIST = "packs.csv"
_LONGEST = 60  # characters of the name of a file that come from a code


def write_packs(facts: Facts, out: Path, watch: Watch, *, force: bool = False) -> int:
    """Write the page and the workbook of every region, profession and provider, and a list.

    Parameters
    ----------
    out : Path
        Folder to make, whole or not at all.
    watch : Watch
        Told of progress; can stop the work.
    force : bool
        Whether a folder that the program wrote may be replaced.

    Returns
    -------
    int
        How many packs there are.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written.
    StoppedError
        If the user came first; nothing is then written.
    """
    check_target(out, force=force, inputs=(facts.found.plan.folder,))
    scopes = list(named(list(every_scope(facts))))
    rows = []
    with whole_folder(out, force=force) as folder:
        for number, (scope, name) in enumerate(scopes, start=1):
            if watch.stopped:
                raise StoppedError("stopped before all packs were written")
            watch.phase = f"packs: {number} of {len(scopes)}"
            page = pack_page(facts, scope)
            (folder / f"{name}.html").write_text(render(page), encoding="utf-8", newline="\n")
            (folder / f"{name}.xlsx").write_bytes(page_workbook(page))
            rows.append((scope.kind, scope.code, scope.name, f"{name}.html", f"{name}.xlsx"))
        table = pd.DataFrame(rows, columns=["kind", "code", "name", "page", "workbook"])
        table.to_csv(folder / LIST, index=False, lineterminator="\n")
    return len(scopes)


def named(scopes: list[Scope]) -> Iterator[tuple[Scope, str]]:
    """Yield each scope with a name for its files: safe on every system, no two alike."""
    taken: set[str] = set()
    for scope in scopes:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", scope.code).strip("-")[:_LONGEST]
        base = f"{scope.kind}-{plain or 'unnamed'}"
        name, number = base, 2
        while name.lower() in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name.lower())
        yield scope, name
