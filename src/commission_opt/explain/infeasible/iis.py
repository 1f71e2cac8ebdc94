"""Irreducible infeasible subsets (IIS) of the statements, found one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commission_opt.arrays import Bools, Floats
from commission_opt.explain.infeasible.trial import KEPT_WITHIN, Feasibility, Trial
from commission_opt.formulation.origin import Statement


@dataclass(frozen=True)
class Stated:
    """A statement of a conflict, and how far the others leave it.

    Parameters
    ----------
    left : float
        What it leaves to places: the figure itself, for a budget or pool what the pipeline and
        intakes that are not decided leave of it.
    short : float or None
        By how much it would have to give way, alone, so that all others hold; None where that is
        no figure or was not worked out.
    """

    statement: Statement
    left: float
    short: float | None

    @property
    def needed(self) -> float | None:
        """What the others need of it, or leave for it."""
        if self.short is None:
            return None
        return self.left + (-self.short if self.statement.origin.asks_for_more else self.short)


@dataclass(frozen=True)
class Conflict:
    """Statements that cannot hold together.

    Parameters
    ----------
    numbers : tuple of int
        Their numbers in the rulebook, in its order.
    proved : bool
        Whether it is proved that they cannot; if not, the solver says so.
    minimal : bool
        Whether without any one of them there are places that keep all others, which makes them an
        irreducible infeasible subset (IIS); checked on the places.
    stated : tuple of Stated
        The same as they stand in the files, the most important first, once worked out.
    """

    numbers: tuple[int, ...]
    proved: bool
    minimal: bool
    stated: tuple[Stated, ...] = ()


def find_conflicts(trial: Trial, active: Bools, most: int) -> tuple[list[Conflict], Floats | None]:
    """Find conflicts until there is none, or as many as asked for.

    Returns
    -------
    conflicts : list of Conflict
        No two share a statement.
    places : array, shape (n,), or None
        Places that keep every statement outside the conflicts, found without the solver's word;
        neither these nor conflicts where the time was too short to tell.
    """
    book, found = trial.book, list[Conflict]()
    while True:
        answer = _whole_answer(trial, active)
        if answer.reason is None or len(found) == most:
            return found, answer.x
        conflict = reduced(trial, answer.reason)
        found.append(conflict)
        active = active & ~book.mask(conflict.numbers)


def _whole_answer(trial: Trial, active: Bools) -> Feasibility:
    """Ask for fractions first, as what is impossible for these needs no cohorts to explain it."""
    if trial.book.whole:
        answer = trial.in_fractions(active, tight=False)
        if answer.reason is not None:
            return answer
    return trial.ask(active)


def reduced(trial: Trial, reason: Sequence[int]) -> Conflict:
    """Reduce statements that are impossible together to a minimal set.

    Halves, quarters and so on are left out as long as the rest stays impossible; then each
    statement alone. In the end each is left out once more, and places that keep the others are
    checked, or looked for again.
    """
    book = trial.book
    part = trial.among(book.mask(reason))
    kept, places = _filtered(part, reason)
    minimal, needed = True, list(kept)
    for statement in kept:
        rest = part.book.mask([s for s in needed if s != statement])
        known = places.get(statement)
        if known is not None and part.book.breach(rest, known) <= KEPT_WITHIN:
            continue
        answer = part.ask(rest)
        if answer.reason is not None:
            needed.remove(statement)
        minimal &= answer.x is not None or answer.reason is not None
    together = part.book.mask(needed)
    proved = part.ask(together).proved or (book.whole and part.proves(together))
    return Conflict(tuple(sorted(needed)), proved, minimal)


def _filtered(trial: Trial, statements: Sequence[int]) -> tuple[list[int], dict[int, Floats]]:
    """Leave out groups, those that matter least first: what is needed, and places without each."""
    book, kept, places = trial.book, list[int](), dict[int, Floats]()
    cohorts = bool(book.of_numbers & {*statements})
    groups = _halves(list(statements))
    while groups:
        group = groups.pop()
        active = book.mask(kept + [s for other in groups for s in other])
        answer = _whole_answer(trial, active) if cohorts else trial.ask(active)
        if answer.reason is not None:
            reason = set(answer.reason)
            kept = [s for s in kept if s in reason]
            groups = [left for g in groups if (left := [s for s in g if s in reason])]
        elif len(group) == 1:
            kept += group
            if answer.x is not None:
                places[group[0]] = answer.x
        else:
            groups += _halves(group)
    return kept, places


def _halves(group: list[int]) -> list[list[int]]:
    """Split a group so that its first half is tried first."""
    middle = (len(group) + 1) // 2
    return [half for half in (group[middle:], group[:middle]) if half]
