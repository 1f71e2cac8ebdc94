"""Differences that no noise explains: statuses, certificates, objectives, sizes, counts, values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from commission_opt.bench.findings import Difference, Kind, Verdict
from commission_opt.bench.inputs import INPUTS, Same, alike, changed
from commission_opt.bench.results import ANSWERED, Row, repeatable
from commission_opt.text.counts import plural

SAME = 1e-9  # relative difference up to which objectives and bounds are the same
_WIDER = 1.25  # ratio of gaps that is nothing new where the clock or rounding takes part
_WIDER_BY = 1e-4
_NUMERIC = ("highspy", "numpy", "scipy", "pyomo")
_RANK = {
    "optimal": 0, "feasible": 1, "infeasible": 1, "time limit": 2, "no plan": 2,
    "memory limit": 3, "refused": 3, "crash": 4, "uncertified": 5,
}  # fmt: skip
BOTH_FAILED = "failed in both"


def differences(case: str, base: Sequence[Row], head: Sequence[Row]) -> Iterator[Difference]:
    """Find what differs between the runs of one case, at least one each."""
    yield from _certificate(case, head)
    yield from _repeats(case, head)
    before, after = _worst(base), _worst(head)
    yield from _status(case, before, after)
    yield from _inputs(case, before, after)
    if changed(before, after):
        yield from _gap(case, base, head, exact=False)
        return
    yield from _options(case, before, after)
    yield from _exact(case, "sizes", before, after)
    if before.get("gap") is None or after.get("gap") is None:
        return
    exact = same_counting(before, after) and repeatable(before) and repeatable(after)
    if exact:
        yield from _values(case, before, after)
        yield from _exact(case, "iterations", before, after)
        yield from _exact(case, "nodes", before, after)
    yield from _gap(case, base, head, exact=exact)


def same_counting(one: Row, other: Row) -> bool:
    """Say whether two runs round alike and use the same libraries."""
    versions = [[row.get("versions", {}).get(name) for name in _NUMERIC] for row in (one, other)]
    return one.get("platform") == other.get("platform") and versions[0] == versions[1]


def _worst(rows: Sequence[Row]) -> Row:
    return max(rows, key=lambda row: _RANK.get(row["status"], 4))


def _certificate(case: str, head: Sequence[Row]) -> Iterator[Difference]:
    failed = [r for r in head if not r.get("certificate", {"valid": True})["valid"]]
    if failed:
        detail = failed[0].get("message") or "the plan does not keep every rule, or its bound lies"
        message = f"the certificate failed in {len(failed)} of {plural(len(head), 'run')}: {detail}"
        yield Difference(case, Kind.WRONG, Verdict.WORSE, "certificate", message)


def _repeats(case: str, head: Sequence[Row]) -> Iterator[Difference]:
    """Hold repeated runs of one version to one another."""
    rows = [row for row in head if repeatable(row)]
    for row in rows[1:]:
        if not same_counting(rows[0], row):
            continue
        for what in ("objective", "bound", "sizes", "iterations", "nodes"):
            if not _same(rows[0].get(what), row.get(what)):
                gave = f"{rows[0].get(what)} and {row.get(what)}"
                message, what = f"two runs of the same version gave {gave}", f"repeated {what}"
                yield Difference(case, Kind.DETERMINISTIC, Verdict.WORSE, what, message)
                return


def _status(case: str, before: Row, after: Row) -> Iterator[Difference]:
    message = f"{before['status']} → {after['status']}"
    if after.get("message"):
        message += f" ({after['message']})"
    if not {before["status"], after["status"]} & set(ANSWERED):
        yield Difference(case, Kind.STATUS, Verdict.WORSE, BOTH_FAILED, message)
        return
    if before["status"] == after["status"]:
        return
    planned = {"optimal", "feasible"}
    both_planned = {before["status"], after["status"]} == planned
    if both_planned and not (repeatable(before) and repeatable(after)):
        verdict = Verdict.NOTE  # the clock decided; the gaps are compared
    elif "infeasible" in (before["status"], after["status"]):
        other = bool(changed(before, after))
        known = {before["status"], after["status"]} <= set(ANSWERED)
        kind = Kind.WRONG if known and not other else Kind.STATUS
        fits = other and after["status"] != "infeasible" and known
        verdict = Verdict.BETTER if fits else Verdict.WORSE
        yield Difference(case, kind, verdict, "status", message)
        return
    else:
        worse = _RANK.get(after["status"], 4) > _RANK.get(before["status"], 4)
        verdict = Verdict.WORSE if worse else Verdict.BETTER
    yield Difference(case, Kind.STATUS, verdict, "status", message)


def _inputs(case: str, before: Row, after: Row) -> Iterator[Difference]:
    other = changed(before, after)
    if other:
        message = f"the {' and the '.join(other)} changed"
        if "instance" in other:
            message += ", so the plans cannot be compared"
        yield Difference(case, Kind.DETERMINISTIC, Verdict.CHANGED, "inputs", message)
    for what in INPUTS:
        if alike(before, after, what) is Same.MEANING:
            message = f"the text of the {what} changed, but not what it means"
            yield Difference(case, Kind.DETERMINISTIC, Verdict.NOTE, "inputs", message)


def _options(case: str, before: Row, after: Row) -> Iterator[Difference]:
    old, new = before.get("solver_options") or {}, after.get("solver_options") or {}
    solvers = [row.get("versions", {}).get("highspy") for row in (before, after)]
    for kind in [kind for kind in old if kind in new]:
        if _sorted(old[kind]) != _sorted(new[kind]):
            message = f"{kind} runs: {_text(old[kind])} → {_text(new[kind])}"
            verdict = Verdict.CHANGED if solvers[0] == solvers[1] else Verdict.NOTE
            yield Difference(case, Kind.DETERMINISTIC, verdict, "solver options", message)


def _sorted(options: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(sorted(one.items())) for one in options)


def _text(options: list[dict[str, Any]]) -> str:
    return "; ".join(", ".join(f"{k}={v}" for k, v in one.items()) for one in options)


def _exact(case: str, what: str, before: Row, after: Row) -> Iterator[Difference]:
    old, new = before.get(what), after.get(what)
    if old is None or new is None or old == new:
        return
    message = f"{old} → {new}"
    if isinstance(old, dict):
        names = [k for k in {**old, **new} if old.get(k) != new.get(k)]
        message = ", ".join(f"{k} {old.get(k)} → {new.get(k)}" for k in names)
    yield Difference(case, Kind.DETERMINISTIC, Verdict.CHANGED, what, message)


def _values(case: str, before: Row, after: Row) -> Iterator[Difference]:
    for what, sign in (("objective", 1.0), ("bound", -1.0)):
        old, new = before[what], after[what]
        if not _same(old, new):
            worse = sign * (new - old) > 0
            message = f"{old!r} → {new!r} ({share_of(old, new):+.3%})"
            if not worse:
                message += "; better, and the certificate is valid"
            verdict = Verdict.WORSE if worse else Verdict.CHANGED
            yield Difference(case, Kind.DETERMINISTIC, verdict, what, message)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return same_number(one, other)
    return bool(one == other)


def _gap(
    case: str, base: Sequence[Row], head: Sequence[Row], *, exact: bool
) -> Iterator[Difference]:
    """Compare gaps beyond what was asked for: any widening where nothing is left to chance."""
    gaps = [[row["gap"] for row in rows if row.get("gap") is not None] for rows in (base, head)]
    if not all(gaps):
        return
    old, new = median(gaps[0]), median(gaps[1])
    factor, more = (1.0 + 1e-6, 1e-12) if exact else (_WIDER, _WIDER_BY)
    message = f"{old:.4%} → {new:.4%}, asked for {head[0]['asked_gap']:.4%}"
    asked = head[0]["asked_gap"]
    if new > max(asked, old) * factor + more:
        yield Difference(case, Kind.GAP, Verdict.WORSE, "gap", message)
    elif old > max(asked, new) * factor + more:
        yield Difference(case, Kind.GAP, Verdict.BETTER, "gap", message)


def values(
    case: str, base: Sequence[Row], head: Sequence[Row], max_worse: float | None
) -> Iterator[Difference]:
    """Compare the worst plan of the head with the worst of the base.

    Plans are compared where the instance is the same and the first objective counts the same,
    whatever the model allows. A change of the model is always said. ``max_worse`` is the share of
    the base's objective by which the head's may be worse; None for any.
    """
    planned = [[r for r in rows if r.get("objective") is not None] for rows in (base, head)]
    if not all(planned):
        return
    before, after = (max(rows, key=lambda row: float(row["objective"])) for rows in planned)
    other = changed(before, after)
    if "instance" in other:
        return
    if not _one_measure(before, after):
        message = "the two models count their first objective otherwise, so values say nothing"
        yield Difference(case, Kind.VALUE, Verdict.NOTE, "value", message)
        return
    old, new = before["objective"], after["objective"]
    share = share_of(old, new)
    beyond = max_worse is not None and not same_number(old, new) and share > max_worse
    if not other and not beyond:
        return  # the last digits are compared elsewhere
    message = f"{old:,.10g} → {new:,.10g}{_unit(after)} ({share:+.3%})"
    if beyond:
        message += f", worse by more than {100 * float(max_worse or 0):g} %"
    if other:
        message += f"; {_cost(before, after)}"
    better = share < 0 and not same_number(old, new)
    verdict = Verdict.WORSE if beyond else Verdict.BETTER if better else Verdict.NOTE
    yield Difference(case, Kind.VALUE, verdict, "value", message)


def _one_measure(before: Row, after: Row) -> bool:
    measures = {(row.get("means") or {}).get("measure") for row in (before, after)} - {None}
    return len(measures) <= 1 and before.get("unit") == after.get("unit")


def _cost(before: Row, after: Row) -> str:
    """Say between which limits the least values of the two models differ, by their proofs."""
    bounds = [row.get("bound") for row in (before, after)]
    if None in bounds:
        return "the model changed"
    least, most = bounds[1] - before["objective"], after["objective"] - bounds[0]
    if most < 0:
        return f"the change of the model saves {_range(-most, -least)}{_unit(after)}"
    if least > 0:
        return f"the change of the model costs {_range(least, most)}{_unit(after)}"
    return (
        f"the change of the model costs at most {most:,.6g} and saves at most "
        f"{-least:,.6g}{_unit(after)}"
    )


def _range(least: float, most: float) -> str:
    """Write two limits, or one number where they read the same."""
    low, high = f"{least:,.6g}", f"{most:,.6g}"
    return low if low == high else f"{low} to {high}"


def _unit(row: Row) -> str:
    return f" {row['unit']}" if row.get("unit") else ""


def same_number(one: float, other: float) -> bool:
    """Say whether two values are the same but for rounding."""
    return abs(one - other) <= SAME * max(1.0, abs(one), abs(other))


def share_of(old: float, new: float) -> float:
    """Return by which part of the old value the new one is above it."""
    return (new - old) / max(abs(old), 1e-9)
