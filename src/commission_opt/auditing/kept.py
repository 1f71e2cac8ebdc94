"""What an audit has worked out so far, in its folder, so that it can go on after it was killed.

Each task is a file that is there whole or not at all; what the audit hangs on lies beside them.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np

from commission_opt.errors import UsageError
from commission_opt.files.folder import whole_folder, write_whole
from commission_opt.files.regular import read_whole
from commission_opt.files.replacing import UNFINISHED
from commission_opt.plan.made_with import differences
from commission_opt.uncertainty.audit.audited import Arrays, Task

_LONGEST = 2**26  # bytes of the list of what an audit hangs on
_MOST = 2**31  # bytes of a task


def is_unfinished(folder: Path) -> bool:
    """Say whether a folder holds an audit that has not come to its end."""
    return (folder / UNFINISHED).is_file()


def begin(folder: Path, identity: Mapping[str, str], *, force: bool) -> None:
    """Make the folder of an audit.

    Raises
    ------
    UsageError
        If the folder may not be replaced or cannot be written.
    """
    with whole_folder(folder, force=force) as new:
        record = {"made_by": "commission-opt", "identity": dict(identity)}
        text = json.dumps(record, indent=1, ensure_ascii=False)
        (new / UNFINISHED).write_text(text + "\n", encoding="utf-8", newline="\n")


def check(folder: Path, identity: Mapping[str, str]) -> None:
    """Refuse to go on with an audit that was begun with something else, which is named.

    Raises
    ------
    UsageError
    """
    try:
        before = json.loads(read_whole(folder / UNFINISHED, _LONGEST))["identity"]
        wrong = differences(identity, before)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{folder / UNFINISHED} is damaged; replace the audit with --force"
        ) from error
    if wrong:
        raise UsageError(
            f"the audit in {folder} cannot go on: {'; '.join(wrong)}. "
            "Give what it was begun with, another --out, or --force"
        )


def name_of(task: Task) -> str:
    """Return the name of the file of a task."""
    function, asked = task
    return "-".join([function.__name__, *map(str, asked)]) + ".npz"


def keep(folder: Path, task: Task, found: Arrays) -> None:
    """Keep what came of a task.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    content = BytesIO()
    np.savez(content, allow_pickle=False, **found)
    write_whole(folder / name_of(task), content.getvalue())


def kept(folder: Path, task: Task) -> Arrays | None:
    """Return what came of a task; None if it was not done, or is damaged and was taken away."""
    file = folder / name_of(task)
    if not file.is_file():
        return None
    try:
        with np.load(BytesIO(read_whole(file, _MOST)), allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError):
        file.unlink()
        return None
