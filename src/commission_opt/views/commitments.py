"""Commitments that did not bind, or not in every year that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.views import words


@dataclass(frozen=True)
class Lapsed:
    """A commitment that was not in force, wholly or partly.

    Parameters
    ----------
    name, owner : str
    first_year, last_year : int
        As written.
    in_force : tuple of int
        Years in which it was.
    why : str
    """

    name: str
    owner: str
    first_year: int
    last_year: int
    in_force: tuple[int, ...]
    why: str


def not_in_force(instance: Instance, policy: Policy) -> list[Lapsed]:
    """List the commitments of an instance that limited nothing in some year that they name."""
    decided = range(instance.first_year, instance.first_year + policy.commissioning_years)
    found = []
    for i, row in enumerate(instance.commitments.to_dict("records")):
        first, last = int(row["first_year"]), int(row["last_year"])
        matched = bool(instance.commitment_lines[i].any())
        held = tuple(y for y in decided if first <= y <= last) if matched else ()
        if matched and len(held) == last - first + 1:
            continue
        why = _why(first, last, decided, instance.years) if matched else "no course matches it"
        found.append(Lapsed(str(row["commitment"]), str(row["owner"]), first, last, held, why))
    return found


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


def kept_words(instance: Instance, policy: Policy) -> str:
    """Say what is kept: no plan is held to a commitment in years in which it is not in force."""
    return f"every rule {'in force ' if not_in_force(instance, policy) else ''}is kept"


def lapsed_words(found: Sequence[Lapsed], named: int = 0) -> str:
    """Say how many commitments were not in force, in all or some of their years.

    Parameters
    ----------
    found : sequence of Lapsed
    named : int
        Most that are named of each kind; none if 0.
    """
    never = [lapsed.name for lapsed in found if not lapsed.in_force]
    partly = [lapsed.name for lapsed in found if lapsed.in_force]
    parts = [
        f"{words.plural(len(names), 'commitment')} {words.agreed(len(names), 'was', 'were')} {what}"
        + (f" ({_listed(names, named)})" if named else "")
        for names, what in (
            (never, "not in force in any year"), (partly, "in force in some years only"),
        )
        if names
    ]  # fmt: skip
    text = words.joined(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _listed(names: Sequence[str], most: int) -> str:
    rest = [f"{len(names) - most:,} more"] if len(names) > most else []
    return words.joined([*map(repr, names[:most]), *rest])
