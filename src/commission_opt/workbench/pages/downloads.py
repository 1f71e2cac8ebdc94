"""What commands made, to look at and to take away."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from commission_opt.errors import UsageError
from commission_opt.report.page import policy
from commission_opt.workbench import commands
from commission_opt.workbench.bench import bench_of, on_form
from commission_opt.workbench.templates import page

_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FOLDERS = ("plans", "packs", "options", "sweeps", "frontiers", "audits")
_SHELVES, _PAGED = _FOLDERS[1:3], _FOLDERS[3:]
_CHUNK = 2**18  # bytes
_IN_MEMORY = 2**24  # bytes of an archive


def _paper(request: Request) -> Response:
    """Show a page that a command wrote, apart from the workbench: it can reach nothing here."""
    file = bench_of(request).folder("papers", request.path_params["name"])
    return _shown(file, download=request.query_params.get("as") == "file")


def _shown(file: Path, *, download: bool) -> Response:
    """Return a page of its own, shut off, or a file to keep."""
    if download or file.suffix != ".html":
        kind = _BOOK if file.suffix == ".xlsx" else None
        return FileResponse(file, media_type=kind, filename=file.name)
    return FileResponse(
        file,
        media_type="text/html",
        headers={
            "Content-Security-Policy": f"{policy()}; frame-ancestors 'none'; sandbox "
            "allow-scripts allow-forms allow-popups allow-modals"
        },
    )


def _workbook(request: Request) -> Response:
    file = bench_of(request).folder("workbooks", request.path_params["name"])
    return _shown(file, download=True)


def _shelf(request: Request) -> Response:
    """List the pages and workbooks in a folder: packs of a plan, or options side by side."""
    kind, name = request.path_params["kind"], request.path_params["name"]
    files = _on_shelf(request)
    stems = list(dict.fromkeys(each.rpartition(".")[0] for each in files))
    return page("shelf", kind=kind, name=name, stems=stems, files=files)


def _on_shelf(request: Request) -> dict[str, Path]:
    kind = request.path_params["kind"]
    if kind not in _SHELVES:
        raise HTTPException(404, "There is no such page.")
    folder = bench_of(request).folder(kind, request.path_params["name"])
    there = sorted(each for each in _files(folder) if each.suffix in (".html", ".xlsx"))
    return {each.name: each for each in there}


def _one(request: Request) -> Response:
    """Show a page or a workbook of those that are there; an address names no path."""
    found = _on_shelf(request).get(request.path_params["file"])
    if found is None:
        raise HTTPException(404, "There is no such file.")
    return _shown(found, download=request.query_params.get("as") == "file")


def _results(request: Request) -> Response:
    """Show a sweep, a frontier or an audit: what was made of it, and what can be."""
    bench, kind = bench_of(request), request.path_params["kind"]
    if kind in _SHELVES:
        return _shelf(request)
    if kind not in _PAGED:
        raise HTTPException(404, "There is no such page.")
    name = request.path_params["name"]
    bench.folder(kind, name)
    written = f"{kind}/{name}"
    papers = [
        job
        for job in bench.store.jobs("kind", "paper")[::-1]
        if job.words[1] == written and job.out
    ]
    return page(
        "result",
        kind=kind,
        name=name,
        made=bench.store.jobs("out", written),
        papers=[f"/{j.out}" for j in papers if (bench.workspace.root / str(j.out)).exists()],
    )


def _paper_of(request: Request, _form: FormData) -> Response:
    bench, kind, name = bench_of(request), request.path_params["kind"], request.path_params["name"]
    if kind not in _PAGED:
        raise UsageError("of this no page can be made")
    bench.folder(kind, name)
    out = bench.workspace.free("papers", f"{kind}-{name}", ".html")
    return bench.run(commands.paper(f"{kind}/{name}", out))


def _archive(request: Request) -> Response:
    """Give a folder that a command wrote as one file."""
    kind, name = request.path_params["kind"], request.path_params["name"]
    if kind not in _FOLDERS:
        raise HTTPException(404, "There is no such page.")
    folder = bench_of(request).folder(kind, name)
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed once it is sent
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(_files(folder)):
            archive.write(path, f"{name}/{path.relative_to(folder).as_posix()}")
    size = file.tell()
    file.seek(0)
    return StreamingResponse(
        _chunks(file),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.zip"',
            "Content-Length": str(size),
        },
    )


def _files(folder: Path) -> Iterator[Path]:
    """Return the files in a folder; no link is followed."""
    for where, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not (Path(where) / each).is_symlink()]
        yield from (path for n in names if not (path := Path(where) / n).is_symlink())


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


ROUTES = (
    Route("/papers/{name}", _paper),
    Route("/workbooks/{name}", _workbook),
    Route("/{kind}/{name}/zip", _archive),
    Route("/{kind}/{name}/{file}", _one),
    Route("/{kind}/{name}", _results),
    Route("/{kind}/{name}/paper", on_form(_paper_of), methods=["POST"]),
)
