"""Sections as one HTML page that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from commission_opt.errors import UsageError
from commission_opt.explain.answer import AnswerTable
from commission_opt.report.section import Section
from commission_opt.version import __version__
from commission_opt.views import words

ADVICE = (
    "a report needs jinja2 and matplotlib; install them with: pip install 'commission-opt[report]'"
)
_UNIT = re.compile(r"(?<=\d) (?=(?:%|FTE)(?!\w))")  # stays on the line of its figure
_FILTERS = ("profession", "region")
_FEW, _MANY, _SHORT = 9, 10, 8  # columns, columns, rows
_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_WIDE, _TALL = 1.5, 1.0  # width over height


@dataclass(frozen=True)
class Page:
    """A page.

    Parameters
    ----------
    title, kind, subtitle : str
        Of what, what it is, and a line below.
    sections : tuple of Section
        The first one is what everybody reads.
    headline : tuple of (what, how much, against what)
    choices : mapping of str to tuple of str
        Names of professions and regions that tables can be filtered by.
    about : tuple of (name, text)
        Date, version, author and status of a paper, below its title.
    """

    title: str
    kind: str
    subtitle: str
    sections: tuple[Section, ...]
    headline: tuple[tuple[str, str, str], ...] = ()
    choices: Mapping[str, tuple[str, ...]] | None = None
    about: tuple[tuple[str, str], ...] = ()


def require_libraries() -> None:
    """Refuse to go on without the libraries that a report needs.

    Raises
    ------
    UsageError
        If one is missing; says how to install them.
    """
    if find_spec("jinja2") is None or find_spec("matplotlib") is None:
        raise UsageError(ADVICE)


def render(page: Page) -> str:
    """Return a page as HTML: every text escaped, no script or style but the package's own."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalise,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _asset("style.css"), _asset("script.js")
    environment.filters["ours"] = (
        Markup  # for the package's own files, and charts made of escaped text
    )
    environment.globals["remarks"] = _remarks
    environment.globals["filtered"] = _filtered
    environment.globals["look"] = _look
    environment.globals["shape"] = _shape
    text: str = environment.get_template("page.html").render(
        page=page, style=style, script=script, policy=policy(), version=__version__
    )
    return text


def _asset(name: str) -> str:
    return files(__package__).joinpath("assets", name).read_text("utf-8")


def _finalise(value: Any) -> Any:
    """Take hidden characters out of every plain text that a template shows."""
    return _UNIT.sub("\N{NO-BREAK SPACE}", words.clean(value)) if type(value) is str else value


def _remarks(shown: AnswerTable) -> list[str]:
    """Return what is to be said below a table."""
    lines = [] if len(shown.frame) else ["There are none."]
    if shown.hidden:
        lines.append(f"The first {shown.most:,} of {len(shown.frame):,}.")
    return [*lines, shown.note] if shown.note else lines


def _look(shown: AnswerTable) -> str:
    """Return the classes of a table: few or many columns, and so few rows that none is apart."""
    columns = len(shown.columns)
    classes = {
        "few": columns <= _FEW, "many": columns > _MANY, "short": len(shown.frame) <= _SHORT,
    }  # fmt: skip
    return " ".join(name for name, has in classes.items() if has)


def _shape(svg: str) -> str:
    """Return the class of a chart by how tall it is, which decides how large it is printed."""
    box = _BOX.search(svg)
    ratio = float(box[1]) / float(box[2]) if box else _WIDE
    return "wide" if ratio >= _WIDE else "square" if ratio >= _TALL else "tall"


def policy() -> str:
    """Return a page's Content-Security-Policy: no network, nothing but its own style and script."""
    style, script = (_digest(_asset(name)) for name in ("style.css", "script.js"))
    return (
        f"default-src 'none'; style-src '{style}'; script-src '{script}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _filtered(columns: Any) -> dict[str, int]:
    """Return the columns of a table that it can be filtered by, by position."""
    return {c.name: i for i, c in enumerate(columns) if c.name in _FILTERS}
