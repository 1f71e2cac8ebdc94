"""The screen of what-ifs: controls, and what comes of them at once."""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from commission_opt.errors import UsageError
from commission_opt.workbench.bench import Bench, bench_of
from commission_opt.workbench.bracketed import plan_of
from commission_opt.workbench.pages.instance import SECONDS
from commission_opt.workbench.records import Listed
from commission_opt.workbench.templates import page

_MOST = 60  # changes
_LONGEST = 2_000  # characters of one


def _what_if(request: Request) -> Response:
    """Show the controls, set as the scenario that the address names, or as given."""
    bench = bench_of(request)
    listed = bench.instance(request)
    asked = request.query_params.get("scenario", "")
    scenario = bench.store.scenario(int(asked)) if asked.isdecimal() else None
    controls = bench.what_if.controls(listed.source, listed.model)
    changes = () if scenario is None else scenario.changes
    targets = {c.target for kind in controls for c in kind.controls}
    return page(
        "what_if",
        listed=listed,
        kinds=controls,
        scenario=scenario,
        shares=_shares(changes, targets),
        others=[change for change in changes if _target(change) not in targets],
        seconds=SECONDS,
    )


def _target(change: str) -> str:
    return change[: change.rindex("=") + 1] if "=" in change else change


def _shares(changes: tuple[str, ...], targets: set[str]) -> dict[str, str]:
    """Return the per cent that each control is set to by the changes of a scenario."""
    found = {}
    for change in changes:
        if (target := _target(change)) in targets:
            found[target] = f"{100 * float(change[len(target) :]):.10g}"
    return found


async def _answer(request: Request) -> Response:
    """Answer at once what comes of some changes."""
    bench = bench_of(request)
    listed = await run_in_threadpool(bench.instance, request)
    changes = _read(await request.body())
    return JSONResponse(await run_in_threadpool(_said, bench, listed, changes))


def _said(bench: Bench, listed: Listed, changes: list[str]) -> dict[str, Any]:
    root = bench.workspace.root
    plan = plan_of(bench.store, root, listed.name, listed.source, listed.model)
    return bench.what_if.answer(listed.source, listed.model, changes, plan)


def _read(body: bytes) -> list[str]:
    """Return the changes that a page asks about."""
    try:
        asked: Any = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    changes = asked.get("changes") if isinstance(asked, dict) else None
    if not isinstance(changes, list) or not all(isinstance(change, str) for change in changes):
        raise UsageError('a what-if is asked as {"changes": ["budget*=1.1"]}')
    if len(changes) > _MOST or any(len(change) > _LONGEST for change in changes):
        raise UsageError(f"a what-if takes at most {_MOST} changes")
    return changes


ROUTES = (
    Route("/instances/{name}/what-if", _what_if),
    Route("/instances/{name}/what-if", _answer, methods=["POST"]),
)
