"""What it would take: a target said in a form, the least that reaches it, a model that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commission_opt.errors import UsageError
from commission_opt.instance.instance import Instance
from commission_opt.policy import Target, TargetKind, wrong_end
from commission_opt.policy_file import parse_policy
from commission_opt.policy_target import written_target
from commission_opt.reach.goal import parse_target, written
from commission_opt.report.packs.scope import codes
from commission_opt.scenario.axis import quoted
from commission_opt.views import words
from commission_opt.workbench import commands
from commission_opt.workbench.bench import bench_of, number_of, on_form, see, text
from commission_opt.workbench.brought import keep, remember
from commission_opt.workbench.templates import page

_KINDS: dict[TargetKind, str] = {
    "shortfall": "staff missing, FTE", "share_met": "share of the staff needed, per cent",
    "places": "training places a year",
}  # fmt: skip
_ENDS = {"at_most": "at most", "at_least": "at least"}
_CODES = ("profession", "group", "region")


def _page(request: Request) -> Response:
    bench = bench_of(request)
    listed = bench.instance(request)
    instance = bench.what_if.instance(listed.source)
    return page(
        "reach",
        listed=listed,
        kinds=_KINDS,
        ends=_ENDS,
        filters={key: _codes(instance, key) for key in _CODES},
        years=[(year, words.year(year)) for year in instance.years],
        ways=list(_ways(instance)),
    )


def _codes(instance: Instance, key: str) -> list[tuple[str, str]]:
    """Return the codes that a target can be about, each as it is shown."""
    if key == "group":
        return [(group, words.spoken(group)) for group in _groups(instance)]
    if key == "region":
        titles = dict(_titled(instance.regions[["region", "title"]]))
        return [(code, titles.get(code, code)) for code in codes(instance)["region"]]
    return _titled(instance.professions[["profession", "title"]])


def _titled(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return codes with their titles, or themselves where there is none."""
    return [(str(code), str(title or code)) for code, title in rows.itertuples(index=False)]


def _groups(instance: Instance) -> list[str]:
    return sorted({str(group) for group in instance.professions["group"]} - {""})


def _ways(instance: Instance) -> Iterator[tuple[str, str]]:
    """Yield what a target can be reached by, as ``reach --by`` takes it and in words."""
    yield "budget", "more money in every fund"
    for fund in sorted({str(each) for each in instance.budgets["fund"]}):
        yield f"budget[fund={quoted(fund)}]", f"more money in {words.spoken(fund)}"
    pools = sorted({str(each) for each in instance.placements["pool"]})
    if pools:
        yield "placements", "more placement weeks in every pool"
    for pool in pools:
        yield f"placements[pool={quoted(pool)}]", f"more placement weeks in {words.spoken(pool)}"
    yield "retention", "fewer leavers in every profession"
    for group in _groups(instance):
        yield f"retention[group={quoted(group)}]", f"fewer leavers in {words.spoken(group)}"
    yield "time", "time: the first year from which it is reached"


def _target(form: FormData) -> Target:
    """Return the target that a form says, written out or by its parts.

    Raises
    ------
    UsageError
        If it is none.
    """
    if said := text(form, "target"):
        return parse_target(said)
    kind = next((kind for kind in _KINDS if kind == text(form, "of")), None)
    end = number_of(text(form, "end"))
    if kind is None or end is None or text(form, "sign") not in _ENDS:
        raise UsageError("say what is to be reached: of what, at most or at least, and a number")
    if kind == "share_met":
        end = round(end / 100, 12)
    most, least = (end, None) if text(form, "sign") == "at_most" else (None, end)
    first, last = (_year(text(form, key)) for key in ("first_year", "last_year"))
    if wrong := wrong_end(kind, most, least):
        can = {"shortfall": "at most", "share_met": "at least, and up to 100"}
        raise UsageError(f"{_KINDS[kind]}: choose {can.get(kind, wrong[1])}")
    if first and last and first > last:
        raise UsageError(f"the last year, {last}, is before the first, {first}")
    found: dict[str, tuple[str, ...]] = {}
    for key in _CODES:
        code = text(form, key)
        found[key] = (code,) if code else ()
    return Target(
        kind, most, least, profession=found["profession"], group=found["group"],
        region=found["region"], first_year=first, last_year=last,
    )  # fmt: skip


def _year(said: str) -> int | None:
    return int(said) if len(said) == 4 and said.isascii() and said.isdecimal() else None


def _reach(request: Request, form: FormData) -> Response:
    """Have the least found that reaches the target."""
    bench = bench_of(request)
    listed, by = bench.instance(request), text(form, "by")
    if not by:
        raise UsageError("say by what it is to be reached")
    out = bench.workspace.free("plans", f"{listed.name}-reach")
    target = text(form, "target") or written(_target(form))
    command = commands.reach(listed.source, listed.model, target, by, out)
    return bench.run(command, instance=listed.name)


def _ask(request: Request, form: FormData) -> Response:
    """Write a model that asks for the target too, and have the instance planned by it."""
    bench = bench_of(request)
    listed, target = bench.instance(request), _target(form)
    file = bench.what_if.model(listed.model)
    content = file.read_bytes().rstrip() + f"\n\n{written_target(target)}".encode()
    stem = Path(listed.model).stem.removesuffix("-with-target")
    parse_policy(content, file.name)
    place = keep(bench, "models", f"{stem}-with-target", ".toml", content)
    remember(bench, place, content)
    bench.store.choose_model(listed.name, place.as_posix())
    return see(f"/instances/{listed.name}")


ROUTES = (
    Route("/instances/{name}/reach", _page),
    Route("/instances/{name}/reach", on_form(_reach), methods=["POST"]),
    Route("/instances/{name}/reach/model", on_form(_ask), methods=["POST"]),
)
