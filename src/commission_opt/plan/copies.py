"""The copies of an instance and a model that a plan, a sweep or a frontier keeps beside itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from commission_opt.errors import InputError, Problem
from commission_opt.files.regular import read_whole
from commission_opt.plan.table import unreadable

LARGEST = 256 << 20  # bytes of a copy of a table, as of the table
MODEL = "model.toml"


def read_copies(
    folder: Path, inputs: Mapping[str, str], model: str, whose: str, record: str
) -> tuple[dict[str, bytes], bytes]:
    """Return the copies of the instance's files and of the model, each what was solved.

    Parameters
    ----------
    folder : Path
    inputs : mapping of str to str
        SHA-256 of each file of the instance, by name.
    model : str
        That of the model.
    whose, record : str
        What keeps them, such as ``plan``, and the file that says their hashes.

    Raises
    ------
    InputError
        If files are missing, were changed, or are new; names them all.
    """
    here = {p.name for p in (folder / "instance").glob("*") if p.is_file()}
    problems = [
        Problem.of_file(f"instance/{name}", f"was not there when the {whose} was made")
        for name in sorted(here - inputs.keys())
    ]
    files: dict[str, bytes] = {}
    hashes = {f"instance/{name}": inputs[name] for name in sorted(inputs)} | {MODEL: model}
    for name, expected in hashes.items():
        try:
            files[name] = read_whole(folder / name, LARGEST)
        except OSError as error:
            problems.append(Problem.of_file(name, unreadable(error)))
            continue
        if hashlib.sha256(files[name]).hexdigest() != expected:
            message = f"was changed after the {whose} was made: its hash is not that in {record}"
            problems.append(Problem.of_file(name, message))
    if problems:
        raise InputError(problems)
    return {name: files[f"instance/{name}"] for name in sorted(inputs)}, files[MODEL]
