"""How much worse a plan is, and what a change of the model costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from commission_opt.bench.findings import Difference, Kind, Verdict
from commission_opt.bench.inputs import changed
from commission_opt.bench.results import Row

SAME = 1e-9  # relative difference up to which objectives and bounds are the same


def same_number(one: float, other: float) -> bool:
    """Say whether two values are the same but for rounding."""
    return abs(one - other) <= SAME * max(1.0, abs(one), abs(other))


def share_of(old: float, new: float) -> float:
    """Return by which part of the old value the new one is above it."""
    return (new - old) / max(abs(old), 1e-9)


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
