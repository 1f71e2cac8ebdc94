"""Which solvers Pyomo can run here; looked up without loading Pyomo or any solver."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib import metadata

from commission_opt.errors import UsageError

# Solver → the Python package or the executable it comes as, and how to get it.
PACKAGES = {"highs": "highspy", "scip": "pyscipopt"}
EXECUTABLES = {"cbc": ("cbc", "-stop"), "glpk": ("glpsol", "--version"), "scip": ("scip", "-v")}
INSTALL = {
    "highs": "pip install highspy",
    "cbc": "apt install coinor-cbc, or conda install coincbc",
    "glpk": "apt install glpk-utils, or conda install glpk",
    "scip": "pip install pyscipopt",
}


def available_solvers() -> dict[str, str | None]:
    """Return the version of each tested solver, None for one that is not installed."""
    return {name: _package(name) or _executable(name) for name in INSTALL}


def require_solver(name: str) -> None:
    """Refuse a tested solver that is not installed.

    Raises
    ------
    UsageError
        Names what is installed, and how to get the one asked for.
    """
    if name in INSTALL and available_solvers()[name] is None:
        raise UsageError(f"{not_installed(name)}; to install it: {INSTALL[name]}")


def not_installed(name: str) -> str:
    """Say that a solver is not there, and which are."""
    here = ", ".join(solver for solver, version in available_solvers().items() if version)
    return f"the solver {name!r} is not installed; installed are: {here or 'none'}"


def has_package(name: str) -> bool:
    """Whether a solver is there as a Python package."""
    return _package(name) is not None


def _package(name: str) -> str | None:
    try:
        return metadata.version(PACKAGES[name])
    except (KeyError, metadata.PackageNotFoundError):
        return None


def find_executable(name: str) -> str | None:
    """Return where the program of a tested solver is, None if it has none or is not there."""
    program, _ = EXECUTABLES.get(name, ("", ""))
    return shutil.which(program) if program else None


def _executable(name: str) -> str | None:
    path = find_executable(name)
    if path is None:
        return None
    _, question = EXECUTABLES[name]
    try:
        answer = subprocess.run(
            [path, question], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\d+(\.\d+)+", answer.stdout)
    return version.group() if version else "unknown"
