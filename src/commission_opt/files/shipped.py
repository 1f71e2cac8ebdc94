"""Models and instances that come with the program, found by name."""

from __future__ import annotations

from pathlib import Path

from commission_opt.errors import InputError, Problem

_PACKAGE = Path(__file__).resolve().parents[1]
_REPOSITORY = _PACKAGE.parents[1]


def _folder(kind: str) -> Path:
    """Return where an installed copy, or else a checkout, keeps its models or instances."""
    installed = _PACKAGE / "_shipped" / kind
    return installed if installed.is_dir() else _REPOSITORY / kind


def instance_names() -> list[str]:
    """Return the names of the shipped instances."""
    return sorted(p.parent.name for p in _folder("instances").glob("*/instance.toml"))


def model_names() -> list[str]:
    """Return the names of the shipped models."""
    return sorted(p.stem for p in _folder("models").glob("*.toml"))


def find_instance(text: str) -> Path:
    """Return the folder of an instance given by path or by the name of a shipped one.

    Raises
    ------
    InputError
        If there is neither.
    """
    path = Path(text)
    if path.exists():
        return path
    if text in instance_names():
        return _folder("instances") / text
    raise InputError([_missing(text, "instance", instance_names())])


def find_model(text: str) -> Path:
    """Return the file of a commissioning model given by path or by the name of a shipped one.

    Raises
    ------
    InputError
        If there is neither.
    """
    path = Path(text)
    if path.is_file():
        return path
    if text in model_names():
        return _folder("models") / f"{text}.toml"
    raise InputError([_missing(text, "commissioning model", model_names())])


def _missing(text: str, kind: str, names: list[str]) -> Problem:
    shipped = ", ".join(names) or "none"
    message = f"there is no such {kind}; give a path, or the name of a shipped one: {shipped}"
    return Problem.of_file(text, message)
