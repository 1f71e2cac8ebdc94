"""Pages made of templates: every text escaped, and no character hidden in one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from starlette.responses import HTMLResponse

from commission_opt.version import __version__
from commission_opt.views import words
from commission_opt.workbench.commands import shown


def page(template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Return the page of a template."""
    return HTMLResponse(_environment().get_template(f"{template}.html").render(values), status)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalise,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"version": __version__, "command": shown, "plural": words.plural}
    filters: Mapping[str, Any] = {"when": _when, "count": words.count, "file": _file}
    environment.filters |= filters
    return environment


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text("utf-8")


def _finalise(value: Any) -> Any:
    """Show hidden characters of a text, but keep its lines."""
    if type(value) is not str:
        return value
    return "\n".join(words.clean(line) for line in value.split("\n"))


def _file(path: str) -> str:
    """Return the last part of a path."""
    return path.rpartition("/")[2]


def _when(stamp: str | None) -> str:
    """Write a time as it is here, to the minute."""
    if not stamp:
        return words.NOTHING
    return datetime.fromisoformat(stamp).astimezone().strftime("%d %b %Y, %H:%M")
