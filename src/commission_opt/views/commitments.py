"""Commitments that did not bind, or not in every year that they name."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.views import words
from commission_opt.views.weighing import weighing_of


def not_in_force(instance: Instance, policy: Policy) -> pd.DataFrame:
    """List the commitments of an instance that limited nothing in some year that they name.

    Returns
    -------
    pandas.DataFrame
        ``commitment`` and ``owner``; ``first_year`` and ``last_year`` as written; ``in_force``, a
        tuple of the years in which it was; ``why`` not in all.
    """
    decided = range(instance.first_year, instance.first_year + policy.commissioning_years)
    frame = instance.commitments[["commitment", "owner", "first_year", "last_year"]].copy()
    matched = [bool(lines.any()) for lines in instance.commitment_lines]
    years = (frame[name].astype(int) for name in ("first_year", "last_year"))
    spans = list(zip(*years, matched, strict=True))
    frame["in_force"] = [
        tuple(y for y in decided if first <= y <= last) if some else ()
        for first, last, some in spans
    ]
    frame["why"] = [
        _why(first, last, decided, instance.years) if some else "no course matches it"
        for first, last, some in spans
    ]
    return frame[frame["why"] != ""].reset_index(drop=True)


def _why(first: int, last: int, decided: range, horizon: range) -> str:
    """Say which of its years lie where no place is decided."""
    kinds = (
        (first, min(last, decided[0] - 1), "before the plan"),
        (max(first, decided[-1] + 1), min(last, horizon[-1]), "not among those that are decided"),
        (max(first, horizon[-1] + 1), last, "beyond the years looked ahead to"),
    )
    return "; ".join(
        f"{words.span(a, b)} {'is' if a == b else 'are'} {what}" for a, b, what in kinds if a <= b
    )


def kept_words(problem: Planning) -> str:
    """Say what is kept: no plan is held to a commitment in years in which it is not in force."""
    lapsed, over = not_in_force(problem.instance, problem.policy), weighing_of(problem)
    everywhere = f" {over.everywhere}" if over else ""
    return f"every rule {'in force ' * (len(lapsed) > 0)}is kept{everywhere}"


def lapsed_words(found: pd.DataFrame, named: int = 0) -> str:
    """Say how many commitments were not in force, in all or some years; name a few of each."""
    partly = found["in_force"].astype(bool)
    parts = [
        f"{words.plural(len(names), 'commitment')} {words.agreed(len(names), 'was', 'were')} {what}"
        + (f" ({_listed(names, named)})" if named else "")
        for some, what in (
            (~partly, "not in force in any year"), (partly, "in force in some years only"),
        )
        if (names := found["commitment"][some].tolist())
    ]  # fmt: skip
    text = words.joined(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _listed(names: Sequence[str], most: int) -> str:
    rest = [f"{len(names) - most:,} more"] if len(names) > most else []
    return words.joined([*map(repr, names[:most]), *rest])
