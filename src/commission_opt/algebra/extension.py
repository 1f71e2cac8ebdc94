"""An analyst's own constraints: a file with ``def extend(model, instance, policy)``."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyomo.environ as pyo

from commission_opt.errors import CommissionOptError, UsageError
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy

Extension = Callable[[pyo.ConcreteModel, Instance, Policy], None]


@dataclass(frozen=True)
class ExtensionFile:
    """An extension from a file, which a plan remembers by its SHA-256."""

    path: Path
    hash: str
    function: Extension

    def __call__(self, model: pyo.ConcreteModel, instance: Instance, policy: Policy) -> None:
        """Extend a model; whatever the file raises comes as a UsageError that names it."""
        try:
            self.function(model, instance, policy)
        except CommissionOptError:
            raise
        except Exception as error:
            raise UsageError(f"{self.path}: extend failed with {_told(error)}") from error


def load_extension(path: Path) -> ExtensionFile:
    """Load a function that adds to a model before it is solved.

    It may add variables and constraints under new names. Objectives that it adds are not
    optimised, and what it adds is no part of the certificate.

    Parameters
    ----------
    path : Path
        A Python file with ``def extend(model, instance, policy)``.

    Raises
    ------
    UsageError
        If the file cannot be read or run, or has no such function.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    spec = importlib.util.spec_from_file_location("commission_opt_extension", path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path}: is not a Python file; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"{path}: {_told(error)}") from error
    function = getattr(module, "extend", None)
    if not callable(function):
        raise UsageError(f"{path}: has no function `def extend(model, instance, policy)`")
    return ExtensionFile(path, hashlib.sha256(path.read_bytes()).hexdigest(), function)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
