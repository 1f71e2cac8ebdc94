"""Returns of regions: copies of a workbook sent out, brought in, and put together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.workbench import commands
from commission_opt.workbench.bench import Bench, bench_of, lines, on_form, see, text
from commission_opt.workbench.brought import (
    files_of,
    instance_taken,
    keep,
    remember,
    stem_of,
)
from commission_opt.workbench.records import Brought, Job, Listed
from commission_opt.workbench.templates import page
from commission_opt.workbench.workspace import slug

_MOST_FILES = 60  # that are dropped at once
_MOST = 200  # rows of a table that are shown
_BOOK = ".xlsx"


@dataclass(frozen=True)
class Returned:
    """A workbook that came back.

    Parameters
    ----------
    job : Job
        The check of it.
    problems : list of dict or None
        What that found, as it printed it; None where it has found nothing out.
    ticked : bool
        Whether it would be put together with the others.
    """

    name: str
    added: str
    job: Job
    problems: list[dict[str, Any]] | None
    ticked: bool

    @property
    def errors(self) -> int:
        """How many errors were found."""
        return sum(each["severity"] == "error" for each in self.problems or ())


def _returns(request: Request) -> Response:
    bench = bench_of(request)
    listed = bench.instance(request)
    merges = bench.store.jobs("instance,kind", listed.name, commands.MERGE)
    last = merges[-1] if merges else None
    found = list(_brought_in(bench, listed, last))
    record = printed(bench, last) if last and last.over else None
    waiting = [each.job for each in found if not each.job.over]
    waiting += [last] if last and not last.over else []
    return page(
        "returns",
        listed=listed,
        is_book=listed.source.endswith(_BOOK),
        regions=_regions(bench, listed),
        returns=found,
        waiting=[job.id for job in waiting],
        last=last,
        record=record,
        counts=_counts(record),
        merged=merged_of(bench, last) if last else "",
        most=_MOST,
    )


def _brought_in(bench: Bench, listed: Listed, last: Job | None) -> Iterator[Returned]:
    """Yield the returns, each with what was found in it.

    Those that were left out last time are not ticked.
    """
    checks = bench.store.jobs("instance,kind", listed.name, commands.CHECK_RETURN)
    of = {job.words[1]: job for job in checks}
    for each in bench.store.brought(listed.name):
        if (job := of.get(each.place)) is not None:
            found = printed(bench, job) if job.over else None
            problems = None if found is None else found["problems"]
            yield Returned(
                each.place.partition("/")[2], each.added, job, problems, _ticked(each, last)
            )


def _ticked(each: Brought, last: Job | None) -> bool:
    return last is None or each.added > last.asked or each.place in last.words


def printed(bench: Bench, job: Job) -> dict[str, Any] | None:
    """Return what a command printed as JSON; None if it came to nothing."""
    try:
        record = json.loads(bench.runner.output(job.id, "stdout").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _counts(record: dict[str, Any] | None) -> dict[str, str]:
    """Say of each return how many cells and rows were taken from it."""
    found: dict[str, Counter[str]] = {}
    for each in (record or {}).get("taken", ()):
        found.setdefault(each["file"], Counter())[each["what"]] += 1
    return {
        file: ", ".join(f"{count:,} × {what}" for what, count in of.items())
        for file, of in found.items()
    }


def merged_of(bench: Bench, job: Job) -> str:
    """Return the address of the instance that a merge made; empty if it made none."""
    if job.code != 0 or job.out is None or not (bench.workspace.root / job.out).exists():
        return ""
    return f"/instances/{job.out.partition('/')[2].removesuffix(_BOOK)}"


def _regions(bench: Bench, listed: Listed) -> list[tuple[str, str]]:
    """Return codes and titles of the regions that fill in copies; none if they cannot be read."""
    if not listed.source.endswith(_BOOK):
        return []
    try:
        regions = bench.what_if.instance(listed.source).regions
    except CommissionOptError:
        return []
    return [(str(code), str(title or code)) for code, title in zip(
        regions["region"], regions["title"], strict=True
    )]  # fmt: skip


def _copy(request: Request) -> Response:
    """Give the workbook under a name that says for whom it is."""
    bench = bench_of(request)
    listed = bench.instance(request)
    kind, _, name = listed.source.partition("/")
    if not name.endswith(_BOOK):
        raise HTTPException(404, "This instance is no workbook.")
    region = request.query_params.get("region")
    for_whom = f"-{slug(region, 'region')}" if region else ""
    return FileResponse(bench.folder(kind, name), filename=f"{listed.name}{for_whom}{_BOOK}")


def _bring(request: Request, form: FormData) -> Response:
    """Keep what came back, and have every workbook looked through."""
    bench = bench_of(request)
    listed, files = bench.instance(request), files_of(form)
    stems = [stem_of(name, "xlsx") for name, _ in files]
    if wrong := [name for (name, _), stem in zip(files, stems, strict=True) if stem is None]:
        raise UsageError(
            f"{', '.join(map(repr, wrong))}: no workbook (.xlsx), so nothing was brought in; a "
            "return is a whole copy of the workbook that was sent out"
        )
    for stem, (_, content) in zip(stems, files, strict=True):
        place = keep(bench, "returns", str(stem), _BOOK, content)
        remember(bench, place, content, listed.name)
        check = commands.check_return(place.as_posix(), listed.model)
        bench.runner.start(check, instance=listed.name)
    return see(f"/instances/{listed.name}/returns")


def _merge(request: Request, form: FormData) -> Response:
    """Put returns together with the workbook that was sent out; an instance comes of it."""
    bench = bench_of(request)
    listed, names = bench.instance(request), lines(form, "return")
    known = [each.place for each in bench.store.brought(listed.name)]
    places = [bench.workspace.place("returns", name).as_posix() for name in names]
    if not places or not set(places) <= set(known) or not listed.source.endswith(_BOOK):
        raise UsageError("tick the returns that are to be put together")
    wanted = text(form, "name", f"{listed.name}-merged")
    out = bench.workspace.free("workbooks", wanted, _BOOK, instance_taken(bench))
    return bench.run(commands.merge(listed.source, places, out), instance=listed.name)


_ADDRESS = "/instances/{name}/returns"
ROUTES = (
    Route(_ADDRESS, _returns),
    Route(_ADDRESS, on_form(_bring, _MOST_FILES), methods=["POST"]),
    Route(f"{_ADDRESS}/copy", _copy),
    Route(f"{_ADDRESS}/merge", on_form(_merge), methods=["POST"]),
)
