"""Files that people bring: what each of them is, and how it is kept under a name of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping
from pathlib import Path

from starlette.datastructures import FormData, UploadFile

from commission_opt.errors import UsageError
from commission_opt.files.folder import write_whole
from commission_opt.files.shipped import instance_names
from commission_opt.files.toml.read import MOST_BYTES, parse_toml
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.policy_file import parse_policy
from commission_opt.sweep.sweep_file import parse_sweep
from commission_opt.workbench.bench import Bench
from commission_opt.workbench.commands import MERGE

_READ: Mapping[str, Callable[[bytes, str], object]] = {
    "models": parse_policy,
    "uncertainty": parse_uncertainty,
    "sweep-files": parse_sweep,
}
_OWN_KEYS = {
    "models": {"objective", "commissioning_years", "rules"},
    "sweep-files": {"axis", "storyline", "design"},
    "uncertainty": {"uncertain", "scenario", "draws"},
}
_TYPED = {
    "paper": "what it says is typed on the page of a plan, below “What its first page says”",
    "option": "tick the options on the page Plans, and say there what is recommended",
}


def files_of(form: FormData) -> list[tuple[str, bytes]]:
    """Return the files of a form, each with its name without folders.

    Raises
    ------
    UsageError
        If there is none.
    """
    dropped = [each for each in form.getlist("file") if isinstance(each, UploadFile)]
    found = [
        (each.filename.replace("\\", "/").rpartition("/")[2], each.file.read())
        for each in dropped
        if each.filename
    ]
    if not found:
        raise UsageError("no file was given; choose one first")
    return found


def stem_of(name: str, ending: str) -> str | None:
    """Return the name of a file without its ending, or None if it has another."""
    stem, dot, found = name.rpartition(".")
    return stem if dot and found.lower() == ending else None


def keep(
    bench: Bench, kind: str, stem: str, ending: str, content: bytes, taken: Container[str] = ()
) -> Path:
    """Write a file under a name of its own: what a log names is never replaced."""
    while True:
        place = bench.workspace.free(kind, stem, ending, taken)
        try:
            write_whole(bench.workspace.root / place, content)
        except UsageError:
            if not (bench.workspace.root / place).exists():
                raise
            continue  # somebody else took the name just now
        return place


def remember(bench: Bench, place: Path, content: bytes, instance: str | None = None) -> None:
    """Remember what was kept, so that a log can say whether a copy is the same."""
    bench.store.bring(place.as_posix(), hashlib.sha256(content).hexdigest(), instance)


def instance_taken(bench: Bench) -> frozenset[str]:
    """Return the names that a new instance cannot have."""
    merges = bench.store.jobs("kind", MERGE)  # what they make is, or will be, an instance
    made = (Path(job.out).stem for job in merges if job.out and (job.code == 0 or not job.over))
    return frozenset((*instance_names(), *made, *(e.name for e in bench.store.instances())))


def bring_toml(bench: Bench, stem: str, content: bytes) -> Path:
    """Keep a commissioning model, an uncertainty file or a sweep; which it is, its keys say.

    Raises
    ------
    InputError
        If something in it is wrong, by line.
    """
    file = f"{stem}.toml"
    if len(content) > MOST_BYTES:
        raise UsageError(f"{file} is larger than {MOST_BYTES >> 20} MiB, the most that is read")
    kind = parse_toml(content, file, lambda table: _kind_of(file, table.values))
    _READ[kind](content, file)
    place = keep(bench, kind, stem, ".toml", content)
    remember(bench, place, content)
    return place


def _kind_of(file: str, values: Mapping[str, object]) -> str:
    """Return the folder in which a file with these keys belongs."""
    for key, advice in _TYPED.items():
        if key in values:
            raise UsageError(f"{file} is not brought here: {advice}")
    return next((kind for kind, own in _OWN_KEYS.items() if not own.isdisjoint(values)), "models")
