"""An instance written into a folder of its own with some of its files changed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from commission_opt.errors import UsageError
from commission_opt.files.folder import check_target, whole_folder
from commission_opt.formulation.origin import MODEL_FILE


def check_out(inputs: tuple[Path, Path], out: Path, *, force: bool) -> None:
    """Refuse a folder that may not be written, or overlaps the instance, the first of the inputs.

    Raises
    ------
    UsageError
    """
    folder = inputs[0].resolve()
    if folder in (target := out.resolve()).parents or target == folder or target in folder.parents:
        raise UsageError(f"--out {out} overlaps the instance; choose a folder outside {inputs[0]}")
    check_target(out, force=force, inputs=inputs)


def write_changed(
    folder: Path,
    files: Mapping[str, bytes],
    out: Path,
    model: Path | None = None,
    changed: bytes = b"",
    *,
    force: bool,
) -> Path | None:
    """Write an instance: all that lies beside it as it is, its own files as they are given.

    Parameters
    ----------
    folder : Path
        Of the instance as it was, or its workbook.
    model, changed : Path, bytes
        A commissioning model as it was, and as it is to be, if that is changed too.

    Returns
    -------
    Path or None
        Where the changed model is.
    """
    with whole_folder(out, force=force) as work:
        if folder.is_dir():
            shutil.copytree(folder, work, dirs_exist_ok=True)
        for name, content in files.items():
            if not folder.is_dir() or (work / name).read_bytes() != content:
                (work / name).write_bytes(content)
        if model is None:
            return None
        copy = MODEL_FILE
        if (folder / copy).exists() and (folder / copy).read_bytes() != model.read_bytes():
            copy = "model-changed.toml"
        (work / copy).write_bytes(changed)
    return out / copy
