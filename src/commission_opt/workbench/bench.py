"""What all screens of one workbench share."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from commission_opt.errors import UsageError
from commission_opt.plan.read import is_plan
from commission_opt.workbench.commands import Command
from commission_opt.workbench.jobs import Runner
from commission_opt.workbench.memory import Memory
from commission_opt.workbench.records import Listed
from commission_opt.workbench.what_if import WhatIf
from commission_opt.workbench.workspace import Workspace

_MOST_FIELDS = 300
_LONGEST = 64 * 1024  # bytes of a field that is no file


@dataclass(frozen=True)
class Bench:
    """A workspace, what it remembers, what runs in it, and what is kept warm for it."""

    workspace: Workspace
    store: Memory
    runner: Runner
    what_if: WhatIf

    def instance(self, request: Request) -> Listed:
        """Return the instance that an address names; else there is no such page."""
        with _or_missing():
            return self.store.instance(request.path_params["name"])

    def folder(self, kind: str, name: str) -> Path:
        """Return a folder or file that is there, on this machine; else there is no such page."""
        with _or_missing():
            found = self.workspace.path(kind, name)
        if not found.exists():
            raise HTTPException(404, f"There is no {kind}/{name} in this workspace.")
        return found

    def has_plan(self, name: str) -> bool:
        """Say whether there is a plan of a name; a UsageError refuses what is no name."""
        return is_plan(self.workspace.path("plans", name))

    def run(self, command: Command, **about: str | None) -> Response:
        """Have a command run, and lead to the page that follows it."""
        return see(f"/commands/{self.runner.start(command, **about)}")


@contextmanager
def _or_missing() -> Iterator[None]:
    """Say of what is not known that there is no such page."""
    try:
        yield
    except UsageError as error:
        said = str(error)
        raise HTTPException(404, f"{said[:1].upper()}{said[1:]}.") from error


def bench_of(request: Request) -> Bench:
    """Return the workbench that a request is for."""
    found = request.app.state.bench
    assert isinstance(found, Bench)
    return found


def see(path: str) -> Response:
    """Lead to another page, once something was done."""
    return RedirectResponse(path, 303)


Answers = Callable[[Request, FormData], Response]


def on_form(answer: Answers, files: int = 1) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """Return an endpoint that reads a form, and answers it in a thread of its own.

    ``files`` is how many files the form may bring.
    """

    @wraps(answer)
    async def endpoint(request: Request) -> Response:
        async with request.form(
            max_files=files, max_fields=_MOST_FIELDS, max_part_size=_LONGEST
        ) as form:
            return await run_in_threadpool(answer, request, form)

    return endpoint


def text(form: FormData, name: str, otherwise: str = "") -> str:
    """Return a field of a form as text, without what stands around it."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) and value.strip() else otherwise


def lines(form: FormData, name: str) -> tuple[str, ...]:
    """Return the lines of a field, or of several of one name, that are not empty."""
    values = [value for value in form.getlist(name) if isinstance(value, str)]
    return tuple(line.strip() for value in values for line in value.splitlines() if line.strip())


def number_of(said: str) -> float | None:
    """Return a number of 0 or more that was typed, perhaps with commas; None if it is none."""
    try:
        number = float(said.replace(",", ""))
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
