"""Named scenarios of an instance, side by side."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commission_opt.errors import UsageError
from commission_opt.scenario.scenario import read_changes
from commission_opt.workbench import commands
from commission_opt.workbench.bench import bench_of, lines, on_form, see, text
from commission_opt.workbench.pages.instance import SECONDS, plans_of
from commission_opt.workbench.templates import page

_LONGEST = 60  # characters of a name


def _scenarios(request: Request) -> Response:
    bench = bench_of(request)
    listed = bench.instance(request)
    kept = bench.store.scenarios(listed.name)
    plans = {
        each.id: plans_of(bench, bench.store.jobs("instance,scenario", listed.name, each.name))
        for each in kept
    }
    shown = {
        each.id: commands.shown(commands.in_fractions(listed.source, listed.model, each.changes))
        for each in kept
    }
    return page("scenarios", listed=listed, kept=kept, plans=plans, shown=shown, seconds=SECONDS)


def _save(request: Request, form: FormData) -> Response:
    """Keep changes under a new name, or as the next version of a scenario."""
    bench = bench_of(request)
    listed, changes = bench.instance(request), lines(form, "change")
    bench.what_if.check(listed.source, listed.model, changes)
    if number := text(form, "id"):
        bench.store.change_scenario(_whole(number), _whole(text(form, "version")), changes)
        return see(f"/instances/{listed.name}/scenarios")
    name = text(form, "scenario")
    if not name or len(name) > _LONGEST or not name.isprintable():
        raise UsageError(f"give the scenario a name of up to {_LONGEST} characters")
    if not read_changes(changes):
        raise UsageError("nothing is changed yet; move a control first")
    bench.store.name_scenario(listed.name, name, changes)
    return see(f"/instances/{listed.name}/scenarios")


def _remove(request: Request, form: FormData) -> Response:
    bench = bench_of(request)
    listed = bench.instance(request)
    bench.store.remove_scenario(_whole(text(form, "id")), _whole(text(form, "version")))
    return see(f"/instances/{listed.name}/scenarios")


def _whole(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 16):
        raise UsageError("this form is not whole; load the page again")
    return int(said)


ROUTES = (
    Route("/instances/{name}/scenarios", _scenarios),
    Route("/instances/{name}/scenarios", on_form(_save), methods=["POST"]),
    Route("/instances/{name}/scenarios/remove", on_form(_remove), methods=["POST"]),
)
