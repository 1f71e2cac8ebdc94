"""The screen of an instance: what is wrong with it, what is in it, and what can be done."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.files.shipped import instance_names
from commission_opt.frontier.over import BUDGET, OVERS
from commission_opt.futures.uncertainty_file import uncertainty_names
from commission_opt.instance.schema import TABLES
from commission_opt.policy_file import parse_policy
from commission_opt.sweep.sweep_file import find_sweep, read_sweep, sweep_names
from commission_opt.workbench import commands
from commission_opt.workbench.bench import Bench, bench_of, lines, number_of, on_form, see, text
from commission_opt.workbench.pages.start import models_of
from commission_opt.workbench.records import DONE, Job, Listed
from commission_opt.workbench.templates import page

_ROWS = 100  # of a table on one page
_PROBLEMS = 200  # that are shown
SECONDS = (5.0, 60.0, 600.0)  # that a plan may take
_BUDGETS = {BUDGET.name: "budgets"}
_WHOLE = (0, 1, 3, 5)  # points of a frontier at which plans in whole places are found


def _instance(request: Request) -> Response:
    bench = bench_of(request)
    listed = bench.instance(request)
    checks = [j for j in bench.store.jobs("instance,kind", listed.name, "check") if j.state == DONE]
    found = problems_of(bench, checks[-1]) if checks else None
    jobs = bench.store.jobs("instance", listed.name)
    return page(
        "instance",
        listed=listed,
        models=models_of(bench, listed.source),
        checked=checks[-1] if checks else None,
        found=found,
        problems=(found or {}).get("problems", [])[:_PROBLEMS],
        tables=_counts(bench, listed) if found and found["valid"] else None,
        jobs=jobs[::-1][:20],
        plans=plans_of(bench, jobs),
        scenarios=bench.store.scenarios(listed.name),
        seconds=SECONDS,
        overs=_overs(bench, listed),
        funds=_funds(bench, listed) if found and found["valid"] else [],
        whole=_WHOLE,
        uncertainties=uncertainties_of(bench, listed.source),
        sweeps=_sweeps_of(bench, listed.source),
    )


def uncertainties_of(bench: Bench, source: str) -> list[str]:
    """Return the uncertainty files for an instance: those brought, and those that come with it."""
    return _files_of(bench, source, "uncertainty", uncertainty_names)


def _sweeps_of(bench: Bench, source: str) -> list[str]:
    """Return the sweeps for an instance, as commands name them."""
    return _files_of(bench, source, "sweep-files", sweep_names)


def _files_of(
    bench: Bench, source: str, kind: str, names: Callable[[Path], list[str]]
) -> list[str]:
    own = names(bench.what_if.folder(source)) if source in instance_names() else []
    return [*(f"{kind}/{name}" for name in bench.workspace.names(kind)), *own]


def problems_of(bench: Bench, job: Job) -> dict[str, Any]:
    """Return what a check has found, as it printed it."""
    record = json.loads(bench.runner.output(job.id, "stdout").read_text("utf-8"))
    assert isinstance(record, dict)
    return record


def plans_of(bench: Bench, jobs: Sequence[Job]) -> list[str]:
    """Return the names of the plans that some commands made and that are there, newest first."""
    made = [job.out.partition("/")[2] for job in jobs if job.kind in ("solve", "reach") and job.out]
    there = bench.workspace.names("plans")
    return [name for name in there if name in made]


def _counts(bench: Bench, listed: Listed) -> list[tuple[str, str, int]]:
    """Return the tables of an instance with their helps and numbers of rows."""
    instance = bench.what_if.instance(listed.source)
    return [
        (name, table.help, len(instance.tables[name]))
        for name, table in TABLES.items()
        if len(instance.tables[name])
    ]


def _table(request: Request) -> Response:
    """Show a page of the rows of a table."""
    bench = bench_of(request)
    listed, name = bench.instance(request), request.path_params["table"]
    if name not in TABLES:
        raise HTTPException(404, "There is no such table.")
    frame = bench.what_if.instance(listed.source).tables[name]
    asked = request.query_params.get("page", "1")
    pages = max(1, -(-len(frame) // _ROWS))
    number = min(pages, max(1, int(asked))) if asked.isdecimal() and len(asked) < 7 else 1
    rows = frame.iloc[(number - 1) * _ROWS : number * _ROWS]
    return page(
        "table",
        listed=listed,
        name=name,
        help=TABLES[name].help,
        header=list(frame.columns),
        rows=rows.astype(object).where(rows.notna(), "").values.tolist(),
        first=(number - 1) * _ROWS + 1,
        total=len(frame),
        number=number,
        pages=pages,
    )


def _check(request: Request, _form: FormData) -> Response:
    bench = bench_of(request)
    listed = bench.instance(request)
    return bench.run(commands.check(listed.source, listed.model), instance=listed.name)


def _choose_model(request: Request, form: FormData) -> Response:
    bench = bench_of(request)
    listed, model = bench.instance(request), text(form, "model")
    if model not in models_of(bench, listed.source):
        raise UsageError("there is no such commissioning model here")
    bench.store.choose_model(listed.name, model)
    return see(f"/instances/{listed.name}")


def _export(request: Request, _form: FormData) -> Response:
    bench = bench_of(request)
    listed = bench.instance(request)
    out = bench.workspace.free("workbooks", listed.name, ".xlsx")
    return bench.run(commands.export_workbook(listed.source, out), instance=listed.name)


def _empty(request: Request, _form: FormData) -> Response:
    """Write a workbook with the codes of the instance, whose figures are to be filled in."""
    bench = bench_of(request)
    listed = bench.instance(request)
    out = bench.workspace.free("workbooks", f"{listed.name}-to-fill-in", ".xlsx")
    return bench.run(commands.empty_workbook(out, listed.source), instance=listed.name)


def _solve(request: Request, form: FormData) -> Response:
    bench = bench_of(request)
    listed, named = bench.instance(request), text(form, "scenario")
    changes = lines(form, "change")
    asked = text(form, "seconds", "60")
    if asked not in [f"{each:g}" for each in SECONDS]:
        raise UsageError("choose how long the plan may take")
    uncertainty = text(form, "uncertainty")
    if uncertainty and uncertainty not in uncertainties_of(bench, listed.source):
        raise UsageError("there is no such uncertainty file here")
    out = bench.workspace.free("plans", f"{listed.name}-{named}" if named else listed.name)
    command = commands.solve(
        listed.source, listed.model, changes, out, float(asked),
        fast=float(asked) == SECONDS[0], uncertainty=uncertainty,
    )  # fmt: skip
    return bench.run(command, instance=listed.name, scenario=named or None)


def _sweep(request: Request, form: FormData) -> Response:
    bench = bench_of(request)
    listed, vary, file = bench.instance(request), lines(form, "vary"), text(form, "file")
    out = bench.workspace.free("sweeps", listed.name)
    if not file:
        if not vary:
            raise UsageError("nothing varies; write an axis, such as budget*=0.9,1,1.1")
        command = commands.sweep(listed.source, listed.model, vary, out)
    elif file in _sweeps_of(bench, listed.source):
        place = bench.workspace.root / file
        found = find_sweep(
            str(place) if place.is_file() else file, bench.what_if.folder(listed.source)
        )
        model = "" if read_sweep(found).model else listed.model
        command = commands.sweep_of_file(listed.source, file, out, model)
    else:
        raise UsageError("there is no such sweep here")
    return bench.run(command, instance=listed.name)


def _frontier(request: Request, form: FormData) -> Response:
    bench = bench_of(request)
    listed, over = bench.instance(request), text(form, "over")
    whole = text(form, "whole", "0")
    if over not in _overs(bench, listed) or whole not in map(str, _WHOLE):
        raise UsageError("choose what is given up along the frontier")
    out = bench.workspace.free("frontiers", f"{listed.name}-{over}")
    command = commands.frontier(
        listed.source, listed.model, over, out, whole=int(whole),
        budgets=[*_scaled(form)] if over == BUDGET.name else (),
    )  # fmt: skip
    return bench.run(command, instance=listed.name)


def _scaled(form: FormData) -> Iterator[str]:
    """Yield which budgets a frontier scales, and from where to where; per cent on the page."""
    if fund := text(form, "fund"):
        yield f"--fund={fund}"
    for end in ("from", "to"):
        if said := text(form, end):
            share = number_of(said)
            if share is None:
                raise UsageError(f"{said!r} is no number of 0 or more")
            yield f"--{end}={share / 100:.12g}"


def _overs(bench: Bench, listed: Listed) -> dict[str, str]:
    """Return what a frontier can run over, by name: all but what its model minimises first."""
    try:
        first = parse_policy(bench.what_if.model(listed.model).read_bytes()).objectives[0].minimise
    except (CommissionOptError, OSError):
        first = ""
    caps = {name: f"the most that the {over.what} may be" for name, over in OVERS.items()}
    return {name: said for name, said in (caps | _BUDGETS).items() if name != first}


def _funds(bench: Bench, listed: Listed) -> list[str]:
    """Return the funds whose budgets a frontier can scale."""
    return sorted({str(each) for each in bench.what_if.instance(listed.source).budgets["fund"]})


ROUTES = (
    Route("/instances/{name}", _instance),
    Route("/instances/{name}/tables/{table}", _table),
    Route("/instances/{name}/check", on_form(_check), methods=["POST"]),
    Route("/instances/{name}/model", on_form(_choose_model), methods=["POST"]),
    Route("/instances/{name}/workbook", on_form(_export), methods=["POST"]),
    Route("/instances/{name}/empty", on_form(_empty), methods=["POST"]),
    Route("/instances/{name}/solve", on_form(_solve), methods=["POST"]),
    Route("/instances/{name}/sweep", on_form(_sweep), methods=["POST"]),
    Route("/instances/{name}/frontier", on_form(_frontier), methods=["POST"]),
)
