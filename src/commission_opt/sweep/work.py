"""The work of a sweep, packed so that any process can do a chunk of it and come to the same."""

from __future__ import annotations

import hashlib
import json
import platform
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from commission_opt.allocation.methods import Method
from commission_opt.errors import InputError, UsageError
from commission_opt.plan.write import code_hash, versions
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.scenario import Scenario
from commission_opt.solvers.status import Limits
from commission_opt.sweep.engine import Session
from commission_opt.sweep.row import Row

_TAKE_PART = ("commission_opt", "python", "highspy", "numpy", "pandas", "scipy")
_one_at_a_time = threading.Lock()  # HiGHS is not for several threads of one process


@dataclass(frozen=True)
class Work:
    """Everything that the answer to a scenario depends on, except the scenarios themselves.

    Parameters
    ----------
    files, model
        The files of the instance, by name, and that of the commissioning model.
    limits : Limits
        Of each scenario.
    relaxed : bool
        Fractions of places, with prices.
    method : Method
        How whole places are found.
    made_with : tuple of (str, str)
        Versions of all that takes part; a process with others refuses to work.
    """

    files: tuple[tuple[str, bytes], ...]
    model: bytes
    limits: Limits
    relaxed: bool
    method: Method
    made_with: tuple[tuple[str, str], ...]

    def identity(self) -> dict[str, str]:
        """Return what must be equal for two results to be comparable, by names a user knows."""
        return {
            **{name: _sha(content) for name, content in self.files},
            "model.toml": _sha(self.model),
            "relaxed": json.dumps(self.relaxed),
            "method": self.method.value,
            "time limit": f"{self.limits.seconds:g}",
            "gap": f"{self.limits.gap:g}",
            "solver seed": str(self.limits.seed),
            "threads": str(self.limits.threads),
            **dict(self.made_with),
        }


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


def run_chunk(work: Work, chunk: Sequence[tuple[int, Scenario]]) -> list[Row]:
    """Work out some scenarios, each with its number, one after the other, starting cold.

    Raises
    ------
    UsageError
        If this process runs other versions than the work was made with.
    """
    _check_versions(work.made_with)
    with _one_at_a_time:
        session = _session(work)
        session.forget()
        return [session.run(scenario, number) for number, scenario in chunk]


@lru_cache(maxsize=1)
def _check_versions(expected: tuple[tuple[str, str], ...]) -> None:
    wrong = differences(made_with(), dict(expected))
    if wrong:
        raise UsageError("this worker differs from the sweep's: " + "; ".join(wrong))


@lru_cache(maxsize=1)
def _session(work: Work) -> Session:
    reading = read_contents(dict(work.files))
    if reading.instance is None:
        raise InputError(reading.problems)
    policy = parse_policy(work.model)
    if work.relaxed:
        policy = policy.relaxed()
    return Session(reading.instance, policy, work.limits, work.method)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
