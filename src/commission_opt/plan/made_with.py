"""What results hang on beside their inputs: the code, libraries, and the kind of machine."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import lru_cache

from commission_opt.errors import UsageError
from commission_opt.plan.write import code_hash, versions

_TAKE_PART = ("commission_opt", "python", "highspy", "numpy", "pandas", "scipy")


def made_with() -> dict[str, str]:
    """Return the versions that results depend on: code, libraries, kind of machine."""
    here = versions()
    return {
        **{name: here[name] for name in _TAKE_PART},
        "source code": code_hash(),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def differences(now: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    """Name what differs between two identities."""
    found = []
    for key in sorted(now.keys() | before.keys()):
        if key not in now or key not in before:
            found.append(f"{key} is {'new' if key in now else 'gone'}")
        elif now[key] != before[key]:
            hashed = max(len(now[key]), len(before[key])) == hashlib.sha256().digest_size * 2
            was = ": not the same" if hashed else f" is {now[key]}, was {before[key]}"
            found.append(f"{key}{was}")
    return found


@lru_cache(maxsize=1)
def check_versions(expected: tuple[tuple[str, str], ...], whose: str) -> None:
    """Refuse to work in a process that runs other versions than the work was made with.

    Raises
    ------
    UsageError
    """
    wrong = differences(made_with(), dict(expected))
    if wrong:
        raise UsageError(f"this worker differs from {whose}: " + "; ".join(wrong))
