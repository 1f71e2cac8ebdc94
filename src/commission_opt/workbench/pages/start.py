"""The first screen: drop a workbook, or begin with an instance that comes with the program."""

from __future__ import annotations

import hashlib

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from commission_opt.errors import UsageError
from commission_opt.files.shipped import find_instance, instance_names, model_names
from commission_opt.workbench import commands
from commission_opt.workbench.bench import Bench, bench_of, on_form, see, text
from commission_opt.workbench.brought import (
    bring_toml,
    files_of,
    instance_taken,
    keep,
    stem_of,
)
from commission_opt.workbench.records import DONE
from commission_opt.workbench.templates import page

_MODEL = "annual"
_LATEST = 8  # commands that are shown


def _start(request: Request) -> Response:
    bench = bench_of(request)
    made = bench.store.jobs("kind", "empty workbook")
    empty = [job for job in made if job.state == DONE and job.instance is None]
    return page(
        "start",
        root=str(bench.workspace.root.resolve()),
        instances=bench.store.instances(),
        shipped=instance_names(),
        empty=empty[-1] if empty else None,
        files=[each for each in bench.store.brought() if each.place.endswith(".toml")],
        latest=bench.store.jobs()[-_LATEST:][::-1],
    )


def _add_shipped(request: Request, form: FormData) -> Response:
    bench, name = bench_of(request), text(form, "instance")
    if name not in instance_names():
        raise UsageError("no such instance comes with the program")
    bench.store.add_instance(name, name, own_model(name))
    return see(f"/instances/{name}")


def own_model(name: str) -> str:
    """Return the model that an instance of the program brings, or the usual one."""
    own = find_instance(name) / "model.toml"
    return str(own) if own.is_file() else _MODEL


def _upload(request: Request, form: FormData) -> Response:
    """Keep a workbook, or a file in TOML, as it was dropped; have the workbook looked through."""
    bench, [(name, content)] = bench_of(request), files_of(form)
    if (stem := stem_of(name, "toml")) is not None:
        bring_toml(bench, stem, content)
        return see("/#files-h")
    if (stem := stem_of(name, "xlsx")) is None:
        raise UsageError(
            f"{name!r} is neither a workbook (.xlsx) nor a model, an uncertainty file or a sweep "
            "(.toml); save it as an Excel workbook, and drop that"
        )
    place = keep(bench, "instances", stem, ".xlsx", content, instance_taken(bench))
    listed = place.stem
    bench.store.add_instance(listed, place.as_posix(), _MODEL, hashlib.sha256(content).hexdigest())
    return bench.run(commands.check(place.as_posix(), _MODEL), instance=listed)


def _empty(request: Request, _form: FormData) -> Response:
    bench = bench_of(request)
    out = bench.workspace.free("workbooks", "to-fill-in", ".xlsx")
    return bench.run(commands.empty_workbook(out))


def models_of(bench: Bench, source: str) -> list[str]:
    """Return the models that an instance can be planned by, as commands name them."""
    own = [own_model(source)] if source in instance_names() else []
    mine = [f"models/{name}" for name in bench.workspace.names("models")]
    return list(dict.fromkeys([*own, *mine, *model_names()]))


ROUTES = (
    Route("/", _start),
    Route("/instances/shipped", on_form(_add_shipped), methods=["POST"]),
    Route("/upload", on_form(_upload), methods=["POST"]),
    Route("/workbooks/empty", on_form(_empty), methods=["POST"]),
)
