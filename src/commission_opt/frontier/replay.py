"""A frontier traced again from its own copies, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commission_opt.allocation.methods import Method
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.errors import InputError
from commission_opt.frontier.curve import trace_frontier
from commission_opt.frontier.view import RECORD, read_frontier
from commission_opt.frontier.whole import whole_plans
from commission_opt.frontier.write import curve_record
from commission_opt.plan.copies import read_copies
from commission_opt.plan.replay import Sameness
from commission_opt.plan.write import code_hash, versions
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.work import End

_VALUES = ("t", "objective", "bound")
_BOUGHT = ("places", "units")


@dataclass(frozen=True)
class FrontierReplay:
    """What came of tracing a frontier again.

    Parameters
    ----------
    sameness : Sameness
    points, plans : int
        Points, and plans in whole places, that there are now.
    reasons : tuple of str
        What is not as it was when the frontier was traced.
    """

    sameness: Sameness
    points: int
    plans: int
    reasons: tuple[str, ...]


def replay_frontier(folder: Path, watch: Watch | None = None) -> FrontierReplay:
    """Trace a frontier again; plans in whole places end at the work at which they did.

    Raises
    ------
    UsageError, InputError
        If the folder holds no frontier, or not the inputs that it was traced with.
    InfeasibleError, NoPlanError, StoppedError
        As ``trace_frontier`` and ``whole_plans`` do.
    """
    watch = watch or Watch()
    record = read_frontier(folder).record
    try:
        hashes, options, plans = record["hashes"], record["options"], record["whole"]
        limits = Limits(
            seconds=float(options["time_limit"]), gap=float(options["gap"]),
            seed=int(options["seed"]), threads=int(options["threads"]),
            work=options.get("work_limit"),
        )  # fmt: skip
        method, distance = Method(options["method"]), float(record["guarantee"]["asked"])
        ends = [[None if end is None else End(**end) for end in plan["ends"]] for plan in plans]
        inputs, model = dict(hashes["inputs"]), str(hashes["model"])
    except (KeyError, TypeError, ValueError) as error:
        message = f"does not say how the frontier was traced: {error}"
        raise InputError.of_file(RECORD, message) from error
    files, content = read_copies(folder, inputs, model, "frontier", RECORD)
    reading, policy = read_contents(files), parse_policy(content)
    if reading.instance is None:
        raise InputError(reading.problems)
    asked = record["range"]["asked"]
    curve = trace_frontier(
        reading.instance, policy, record["over"], limits, watch, funds=record["funds"],
        scales=(0.8, 1.2) if asked is None else (asked[0], asked[1]), distance=distance,
    )  # fmt: skip
    again = whole_plans(curve, policy, len(plans), limits, method, watch, ends) if plans else ()
    now = curve_record(curve, again, limits, distance, "", method)
    return FrontierReplay(
        _sameness(record, now), len(now["points"]), len(again), tuple(_reasons(record))
    )


def _sameness(was: Mapping[str, Any], now: Mapping[str, Any]) -> Sameness:
    """Say how near points and plans come to those that were."""
    pairs = [(was[part], now[part]) for part in ("points", "whole")]
    if any(len(a) != len(b) for a, b in pairs):
        return Sameness.DIFFERENT
    both = [(a, b) for old, new in pairs for a, b in zip(old, new, strict=True)]
    if all(_values(a) == _values(b) for a, b in both):
        return Sameness.IDENTICAL
    near = all(
        (x is None) == (y is None)
        and (x is None or y is None or abs(x - y) <= TOLERANCE * max(1.0, abs(x)))
        for a, b in both
        for x, y in zip(_values(a)[:2], _values(b)[:2], strict=True)
    )
    return Sameness.SAME_OBJECTIVE if near else Sameness.DIFFERENT


def _values(of: Mapping[str, Any]) -> Sequence[float | None]:
    """Return what a point or a plan comes to: first where it is and its objective."""
    figures = of.get("figures", of) or {}
    return [*(of[name] for name in _VALUES), *(figures.get(name) for name in _BOUGHT)]


def _reasons(record: Mapping[str, Any]) -> list[str]:
    here = versions()
    found = [
        f"{name} is {here[name]}, was {was}"
        for name, was in dict(record.get("versions", {})).items()
        if here.get(name) != was
    ]
    code = dict(record["hashes"]).get("code")
    return found if code == code_hash() else [*found, "the program's own code is another"]
