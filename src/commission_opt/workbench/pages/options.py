"""Plans set side by side as options, and the form that says what is recommended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commission_opt.errors import UsageError
from commission_opt.report.options.asked import LAST, MOST, NOTHING, parse_options
from commission_opt.workbench import commands
from commission_opt.workbench.bench import Bench, bench_of, lines, on_form, text
from commission_opt.workbench.brought import keep, remember
from commission_opt.workbench.templates import page

_KIND = "option-files"
_DRAWS = 500


def _ticked(bench: Bench, names: Sequence[str]) -> list[str]:
    """Return the plans that are ticked, of which there are enough and not too many."""
    if not 1 <= len(names) <= MOST or not all(map(bench.has_plan, names)):
        raise UsageError(f"tick 1 to {MOST} plans to set side by side")
    return [*names]


def _side_by_side(request: Request, form: FormData) -> Response:
    """Have the plans that are ticked set side by side, with nothing recommended."""
    bench = bench_of(request)
    names = _ticked(bench, lines(form, "plan"))
    plans = [bench.workspace.place("plans", name).as_posix() for name in names]
    return bench.run(commands.options(plans, bench.workspace.free("options", names[0])))


def _form(request: Request) -> Response:
    """Show the form for the plans that the address names."""
    bench = bench_of(request)
    return page(
        "options",
        plans=_ticked(bench, request.query_params.getlist("plan")),
        always=(NOTHING, LAST),
        uncertainties=bench.workspace.names("uncertainty"),
        draws=_DRAWS,
    )


def _recommend(request: Request, form: FormData) -> Response:
    """Write the file of options that a form says, and have it made a page of."""
    bench = bench_of(request)
    plans = _ticked(bench, lines(form, "plan"))
    names = [name.strip() for name in form.getlist("option") if isinstance(name, str)]
    if len(names) != len(plans):
        raise UsageError("this form is not whole; load the page again")
    unsure = text(form, "uncertainty")
    if unsure and unsure not in bench.workspace.names("uncertainty"):
        raise UsageError("there is no such uncertainty file here")
    written = "\n".join([*_head(form, unsure), *_options(plans, names), *_said(form, names), ""])
    content = written.encode("utf-8", "replace")
    stem = text(form, "title", plans[0])
    parse_options(content, "options.toml", bench.workspace.root / _KIND)
    file = keep(bench, _KIND, stem, ".toml", content)
    remember(bench, file, content)
    out = bench.workspace.free("options", stem)
    return bench.run(commands.options([file.as_posix()], out))


def _head(form: FormData, unsure: str) -> Iterator[str]:
    yield f"title = {_toml(text(form, 'title'))}"
    if unsure:
        yield f"uncertainty = {_toml(f'../uncertainty/{unsure}')}"
        yield f"draws = {_DRAWS}"


def _options(plans: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for plan, name in zip(plans, names, strict=True):
        yield f"\n[[option]]\nname = {_toml(name)}\nplan = {_toml(f'../plans/{plan}')}"


def _said(form: FormData, names: Sequence[str]) -> Iterator[str]:
    """Write what is recommended; of what is not said nothing is written."""
    number = text(form, "recommended")
    of = {str(i): name for i, name in enumerate((NOTHING, LAST, *names))}
    said = {"option": of.get(number, "")}
    said |= {key: text(form, key) for key in ("decision", "owner", "why")}
    rows = {key: list(lines(form, key)) for key in ("risks", "dates")}
    filled = {key: value for key, value in (said | rows).items() if value}
    if filled:
        yield "\n[recommendation]"
        yield from (f"{key} = {_toml(value)}" for key, value in filled.items())


def _toml(value: str | Sequence[str]) -> str:
    """Write a text, or several: as JSON does, but for one sign that TOML does not take."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


ROUTES = (
    Route("/plans/options", on_form(_side_by_side), methods=["POST"]),
    Route("/options", _form),
    Route("/options", on_form(_recommend), methods=["POST"]),
)
