"""The workbench as an application: addresses, errors, and what begins and ends with it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from commission_opt.errors import CommissionOptError, InputError
from commission_opt.workbench.bench import Bench
from commission_opt.workbench.guard import Door, Guard, TooLargeError
from commission_opt.workbench.jobs import Runner
from commission_opt.workbench.memory import Memory
from commission_opt.workbench.pages import (
    commands,
    downloads,
    instance,
    options,
    plan,
    reach,
    returns,
    scenarios,
    start,
)
from commission_opt.workbench.pages import what_if as what_if_page
from commission_opt.workbench.records import ChangedMeanwhileError
from commission_opt.workbench.templates import page
from commission_opt.workbench.what_if import WhatIf
from commission_opt.workbench.workspace import Workspace

_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_SCREENS = (
    start,
    instance,
    reach,
    returns,
    options,
    what_if_page,
    scenarios,
    plan,
    commands,
    downloads,
)


def make_app(workspace: Workspace, door: Door, at_once: int) -> Guard:
    """Return the application of a workspace behind its door; so many commands run at once.

    Raises
    ------
    UsageError
        If what the workspace remembers cannot be read.
    """
    store = Memory(workspace.root)
    runner = Runner(workspace, store, at_once)
    runner.adopt()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(runner.close)

    app = Starlette(
        routes=[
            Route("/static/{name}", _static),
            *(route for screen in _SCREENS for route in screen.ROUTES),
        ],
        exception_handlers={
            CommissionOptError: _refused,
            HTTPException: _wrong,
            TooLargeError: _too_large,
            OSError: _unusable,
            sqlite3.Error: _unusable,
            Exception: _fault,
        },
        lifespan=lifespan,
    )
    app.state.bench = Bench(workspace, store, runner, WhatIf(workspace.root))
    return Guard(app, door)


def _static(request: Request) -> Response:
    """Give a file of the package's own: a style or a script."""
    name = request.path_params["name"]
    known = {each.name: each for each in files(__package__).joinpath("static").iterdir()}
    if name not in known:
        raise HTTPException(404)
    kind = _KINDS["." + name.rpartition(".")[2]]
    return Response(known[name].read_bytes(), media_type=kind)


def _answered(request: Request, status: int, said: list[str]) -> Response:
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse({"error": "\n".join(said)}, status)
    return page("error", status, title=_TITLES.get(status, "This was not done"), said=said)


_TITLES = {404: "There is no such page", 409: "Changed meanwhile", 500: "A fault of the program"}


def _refused(request: Request, error: Exception) -> Response:
    status = 409 if isinstance(error, ChangedMeanwhileError) else 400
    said = [str(p) for p in error.problems] if isinstance(error, InputError) else [str(error)]
    return _answered(request, status, said)


def _wrong(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _answered(request, error.status_code, [error.detail])


def _too_large(request: Request, error: Exception) -> Response:
    return _answered(request, 413, [str(error)])


def _unusable(request: Request, error: Exception) -> Response:
    """Say that the workspace cannot be read or written; what was there is there."""
    name = getattr(error, "filename", None) or "the workspace"
    why = getattr(error, "strerror", None) or str(error)
    return _answered(request, 507, [f"{name} cannot be used: {why}. Nothing was changed."])


def _fault(request: Request, error: Exception) -> Response:
    """Say that something went wrong here; what it was stands in the terminal."""
    said = f"{type(error).__name__}: what the server printed says more. Nothing was lost."
    return _answered(request, 500, [said])
