"""Commands: the list, one as it runs, and the log that repeats them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from commission_opt.errors import UsageError
from commission_opt.text.plain import escaped
from commission_opt.workbench import commands
from commission_opt.workbench.bench import Bench, bench_of, on_form, see
from commission_opt.workbench.brought import instance_taken
from commission_opt.workbench.commands import Command
from commission_opt.workbench.log import script
from commission_opt.workbench.markdown_read import AnswerPart, parts_of
from commission_opt.workbench.pages.returns import merged_of
from commission_opt.workbench.progress import progress, tail
from commission_opt.workbench.records import DONE, Job
from commission_opt.workbench.templates import page

_SHOWN = 200  # commands on the page
_ANSWERED = 8 * 2**20  # bytes of an answer that are shown


def _job(request: Request) -> tuple[Bench, Job]:
    bench, number = bench_of(request), request.path_params["number"]
    try:
        return bench, bench.store.job(number)
    except UsageError as error:
        raise HTTPException(404, "There is no command of that number.") from error


def _list(request: Request) -> Response:
    jobs = bench_of(request).store.jobs()
    return page("commands", jobs=jobs[::-1][:_SHOWN], total=len(jobs))


def _one(request: Request) -> Response:
    bench, job = _job(request)
    answers: tuple[AnswerPart, ...] = ()
    if job.state == DONE and "--format=md" in job.words:
        text = tail(bench.runner.output(job.id, "stdout"), _ANSWERED)
        answers = tuple(parts_of(text))
    return page(
        "command", job=job, said=_said(bench, job), result=result_of(bench, job), answers=answers
    )


def _said(bench: Bench, job: Job) -> str:
    """Return what a command printed for people, the last of it."""
    kinds = ("stderr",) if {"--json", "--format=md"} & {*job.words} else _STREAMS
    parts = [tail(bench.runner.output(job.id, stream)) for stream in kinds]
    return escaped("".join(parts), keep="\n\t")


_STREAMS = ("stderr", "stdout")


def result_of(bench: Bench, job: Job) -> str:
    """Return the address of what a command made; empty if there is nothing to see."""
    if job.kind == "check" and job.state == DONE:
        return f"/instances/{job.instance}"
    if job.kind == "sign" and job.state == DONE:
        return f"/plans/{job.plan}"
    if job.kind == commands.CHECK_RETURN and job.over:
        return f"/instances/{job.instance}/returns"
    if job.kind == commands.MERGE and job.over:
        return merged_of(bench, job) or f"/instances/{job.instance}/returns"
    if job.out is None or not (bench.workspace.root / job.out).exists():
        return ""
    kind, _, name = job.out.partition("/")
    return f"/{kind}/{name}"


def _state(request: Request) -> Response:
    """Say for a page how far a command is."""
    bench, job = _job(request)
    points = progress(bench.runner.output(job.id))
    return JSONResponse(
        {
            "state": job.state,
            "over": job.over,
            "result": result_of(bench, job),
            "answers": "--format=md" in job.words,
            "said": _said(bench, job),
            "points": [asdict(point) for point in points],
        }
    )


def _stop(request: Request, _form: FormData) -> Response:
    bench, job = _job(request)
    bench.runner.stop(job.id)
    return see(f"/commands/{job.id}")


def _again(request: Request, _form: FormData) -> Response:
    """Run a command that is over once more; to a place of its own if there is something by now."""
    bench, job = _job(request)
    if not job.over:
        raise UsageError("this command is not over yet")
    out, words = job.out, list(job.words)
    if out is not None and (bench.workspace.root / out).exists():
        new = _beside(bench, out, job.kind)
        words, out = _renamed(words, out, new), new
    place = None if out is None else bench.workspace.place(*out.split("/"))
    command = Command(job.kind, tuple(words), place)
    return bench.run(command, instance=job.instance, scenario=job.scenario, plan=job.plan)


def _beside(bench: Bench, out: str, made_by: str) -> str:
    kind, _, name = out.partition("/")
    stem, dot, ending = name.partition(".")
    taken = instance_taken(bench) if made_by == commands.MERGE else ()
    return bench.workspace.free(kind, stem, dot + ending, taken).as_posix()


def _renamed(words: Sequence[str], out: str, new: str) -> list[str]:
    named = {out: new, f"--out={out}": f"--out={new}"}
    return [named.get(word, word) for word in words]


def _log(request: Request) -> Response:
    return page("log", text=_script_of(bench_of(request)))


def _script_of(bench: Bench) -> str:
    root = bench.workspace.root
    store = bench.store
    return script(
        store.instances(), store.brought(), store.jobs(), lambda out: (root / out).exists()
    )


def _script(request: Request) -> Response:
    return PlainTextResponse(
        _script_of(bench_of(request)),
        headers={"Content-Disposition": 'attachment; filename="round.sh"'},
    )


ROUTES = (
    Route("/commands", _list),
    Route("/commands/{number:int}", _one),
    Route("/commands/{number:int}/state", _state),
    Route("/commands/{number:int}/stop", on_form(_stop), methods=["POST"]),
    Route("/commands/{number:int}/again", on_form(_again), methods=["POST"]),
    Route("/log", _log),
    Route("/log/round.sh", _script),
)
