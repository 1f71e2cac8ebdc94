"""The screen of a plan: what it says, why, who signed it, and what can be had of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.plan.read import RECORD, read_plan
from commission_opt.plan.sign import Role, sign_off
from commission_opt.report.packs.scope import KINDS, codes
from commission_opt.text.card import Card
from commission_opt.views.places import headline
from commission_opt.views.shortfall import Baselines, cuts, trend
from commission_opt.workbench import commands
from commission_opt.workbench.bench import Bench, bench_of, on_form, text
from commission_opt.workbench.commands import Command
from commission_opt.workbench.pages.instance import uncertainties_of
from commission_opt.workbench.records import DONE, Job
from commission_opt.workbench.templates import page

_DRAWS = (200, 1_000, 10_000)


def _plans(request: Request) -> Response:
    bench = bench_of(request)
    names = [name for name in bench.workspace.names("plans") if bench.has_plan(name)]
    signed = {name: sign_off(bench.workspace.path("plans", name)).signatures for name in names}
    options = [f"/options/{name}" for name in bench.workspace.names("options")]
    return page("plans", names=names, signed=signed, made=_made(bench), options=options)


def _made(bench: Bench) -> Mapping[str, Job]:
    """Return the command that made each plan, by its name."""
    made = [job for kind in ("solve", "reach") for job in bench.store.jobs("kind", kind)]
    return {job.out.partition("/")[2]: job for job in made if job.out}


def _plan(request: Request) -> Response:
    bench = bench_of(request)
    name, folder = _of(request)
    glance, wrong = _shown(folder)
    made = _made(bench).get(name)
    return page(
        "plan",
        name=name,
        glance=glance,
        wrong=wrong,
        made=made,
        sign_off=sign_off(folder),
        roles=[role.value for role in Role],
        uncertainties=_uncertainties(bench, made),
        draws=_DRAWS,
        paper=commands.PAPER,
        others=[n for n in bench.workspace.names("plans") if n != name and bench.has_plan(n)],
        jobs=bench.store.jobs("plan", name)[::-1],
        papers=_results(bench, name, "paper"),
        books=_results(bench, name, "workbook"),
        audits=_results(bench, name, "audit"),
        packs=_results(bench, name, "packs"),
    )


def _of(request: Request) -> tuple[str, Path]:
    """Return the name and the folder of the plan that an address names."""
    bench, name = bench_of(request), request.path_params["name"]
    return name, bench.folder("plans", name)


def _shown(folder: Path) -> tuple[Glance | None, str]:
    """Return a plan at a glance, or why it cannot be read."""
    try:
        return _glance(folder, (folder / RECORD).stat().st_mtime_ns), ""
    except (CommissionOptError, OSError) as error:
        return None, str(error)


@dataclass(frozen=True)
class Glance:
    """What a plan is shown by.

    Parameters
    ----------
    courses : tuple of str
        Codes that can be explained, those of measures left out.
    scopes : mapping of str to list of str
        Codes that packs can be written of, by kind.
    """

    card: Card
    courses: tuple[str, ...]
    scopes: Mapping[str, list[str]]


@lru_cache(maxsize=32)
def _glance(folder: Path, _written: int) -> Glance:
    """Return a plan at a glance, read once for as long as its record stays as it is."""
    plan = read_plan(folder)
    said, futures = plan.card(), Baselines(plan.problem, plan.outcome)
    decided = headline(plan.instance, plan.decided_now)
    sentences = (decided, cuts(futures), trend(futures), *said.sentences)
    card = replace(said, sentences=tuple(filter(None, sentences)))
    return Glance(card, tuple(map(str, plan.instance.courses["course"])), codes(plan.instance))


def _results(bench: Bench, plan: str, kind: str) -> list[str]:
    """Return the addresses of what commands of a kind made of a plan, the newest first."""
    jobs = bench.store.jobs("plan,kind", plan, kind)[::-1]
    made = [job.out for job in jobs if job.state == DONE and job.out]
    return [f"/{out}" for out in made if (bench.workspace.root / out).exists()]


def _uncertainties(bench: Bench, made: Job | None) -> list[str]:
    """Return the uncertainty files that a plan can be put through."""
    instance = made.instance if made else None
    return uncertainties_of(bench, bench.store.instance(instance).source if instance else "")


def _paper(bench: Bench, name: str, form: FormData) -> Command:
    out = bench.workspace.free("papers", name, ".html")
    said = {field: value for field in commands.PAPER if (value := text(form, field))}
    ticked = {key: bool(text(form, key)) for key in ("explained", "with_room")}
    return commands.paper(f"plans/{name}", out, said, **ticked)


def _pack(bench: Bench, name: str, form: FormData) -> Command:
    kind, _, code = text(form, "scope").partition("=")
    if kind not in KINDS or not code:
        raise UsageError("choose the region, profession or provider of the pack")
    book = text(form, "as") == "workbook"
    place, ending = ("workbooks", ".xlsx") if book else ("papers", ".html")
    out = bench.workspace.free(place, f"{name}-{code}", ending)
    return commands.pack(f"plans/{name}", kind, code, out)


def _packs(bench: Bench, name: str, _form: FormData) -> Command:
    return commands.packs(f"plans/{name}", bench.workspace.free("packs", name))


def _workbook(bench: Bench, name: str, _form: FormData) -> Command:
    out = bench.workspace.free("workbooks", name, ".xlsx")
    return commands.export_workbook(f"plans/{name}", out)


def _explain(_bench: Bench, name: str, form: FormData) -> Command:
    course = text(form, "course")
    return commands.explain(f"plans/{name}", *([f"--course={course}"] if course else []))


def _alone(make: Callable[[str], Command]) -> Callable[[Bench, str, FormData], Command]:
    """Return how a command is made that hangs on the plan alone."""
    return lambda _bench, name, _form: make(f"plans/{name}")


def _compare(bench: Bench, name: str, form: FormData) -> Command:
    other = text(form, "other")
    if not bench.has_plan(other):
        raise UsageError("choose a plan to compare with")
    return commands.compare(f"plans/{other}", f"plans/{name}")


def _sign(_bench: Bench, name: str, form: FormData) -> Command:
    role, who = text(form, "role"), text(form, "name")
    if role not in [each.value for each in Role] or not who:
        raise UsageError("say who signs, and in which role")
    same = bool(text(form, "same-person"))
    return commands.sign(f"plans/{name}", role, who, text(form, "note"), same_person=same)


def _audit(bench: Bench, name: str, form: FormData) -> Command:
    uncertainty, draws = text(form, "uncertainty"), text(form, "draws")
    made = _made(bench).get(name)
    known = _uncertainties(bench, made)
    if uncertainty not in known or draws not in map(str, _DRAWS):
        raise UsageError("choose an uncertainty file, and how many futures are drawn")
    out = bench.workspace.free("audits", name)
    return commands.audit(f"plans/{name}", uncertainty, int(draws), out)


_ACTIONS = {
    "paper": _paper, "pack": _pack, "packs": _packs, "workbook": _workbook, "audit": _audit,
    "explain": _explain, "compare": _compare, "sign": _sign, "ledger": _alone(commands.ledger),
    "room": _alone(commands.room), "verify": _alone(commands.verify),
}  # fmt: skip


def _act(request: Request, form: FormData) -> Response:
    bench = bench_of(request)
    name, _ = _of(request)
    make = _ACTIONS.get(request.path_params["action"])
    if make is None:
        raise UsageError("there is nothing of that name to do with a plan")
    made = _made(bench).get(name)
    return bench.run(make(bench, name, form), plan=name, instance=made.instance if made else None)


ROUTES = (
    Route("/plans", _plans),
    Route("/plans/{name}", _plan),
    Route("/plans/{name}/{action}", on_form(_act), methods=["POST"]),
)
