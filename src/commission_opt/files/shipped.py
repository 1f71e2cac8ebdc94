"""Models and instances that come with the program, found by name."""

from __future__ import annotations

from pathlib import Path

from commission_opt.errors import InputError

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
    """Return the folder of an instance, given by its path or by its name as in ``found``."""
    if Path(text).exists():
        return Path(text)
    return found(text, "instance", instance_names(), _folder("instances") / text)


def find_model(text: str) -> Path:
    """Return the file of a model, given by its path or by its name as in ``found``."""
    if Path(text).is_file():
        return Path(text)
    return found(text, "commissioning model", model_names(), _folder("models") / f"{text}.toml")


def found(
    text: str, kind: str, names: list[str], place: Path, which: str = "a shipped one"
) -> Path:
    """Return a place whose name is known.

    Raises
    ------
    InputError
        If it is not; says which there are.
    """
    if text in names:
        return place
    message = f"there is no such {kind}; give a path, or the name of {which}: "
    raise InputError.of_file(text, message + (", ".join(names) or "none"))
