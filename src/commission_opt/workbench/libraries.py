"""What the workbench needs that is not installed by default."""

from __future__ import annotations

from importlib.util import find_spec

from commission_opt.errors import UsageError

ADVICE = (
    "the workbench needs starlette, uvicorn, python-multipart, jinja2 and matplotlib; install them "
    "with: pip install 'commission-opt[workbench]'"
)
_NEEDED = ("starlette", "uvicorn", "python_multipart", "jinja2", "matplotlib")


def require_libraries() -> None:
    """Refuse to go on without the libraries that the workbench needs.

    Raises
    ------
    UsageError
        If one is missing; says how to install them.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise UsageError(ADVICE)
