"""Minimal sets of statements that cannot hold together, found one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commission_opt.explain.trial import Answer, Trial, Verdict
from commission_opt.instance.instance import Bools
from commission_opt.linear_program import Floats


@dataclass(frozen=True)
class Conflict:
    """Statements that cannot hold together.

    Parameters
    ----------
    statements : tuple of int
        Numbers in the rulebook, in its order.
    proved : bool
        Whether it is proved that they cannot; if not, the solver says so.
    minimal : bool
        Whether without any one of them there are places that keep all others; checked on the
        places.
    """

    statements: tuple[int, ...]
    proved: bool
    minimal: bool


@dataclass(frozen=True)
class Search:
    """What the search for conflicts found.

    Parameters
    ----------
    conflicts : tuple of Conflict
        No two share a statement.
    places : array, shape (n,), or None
        Places that keep every statement outside the conflicts, found without the solver's word.
    """

    conflicts: tuple[Conflict, ...]
    places: Floats | None


def find_conflicts(trial: Trial, active: Bools, most: int) -> Search:
    """Find conflicts until there is none, or as many as asked for.

    Parameters
    ----------
    trial : Trial
        Over all statements.
    active : array of bool
        The statements that count.
    most : int
        Most conflicts.

    Returns
    -------
    Search
        Without conflicts and places where the time was too short to tell.
    """
    book, found = trial.book, list[Conflict]()
    while True:
        answer = whole_answer(trial, active)
        if answer.verdict is not Verdict.IMPOSSIBLE:
            return Search(tuple(found), answer.x)
        if len(found) == most:
            return Search(tuple(found), None)
        conflict = reduced(trial, answer)
        found.append(conflict)
        active = active & ~book.mask(conflict.statements)


def whole_answer(trial: Trial, active: Bools) -> Answer:
    """Ask for fractions first, as what is impossible for these needs no cohorts to explain it."""
    if trial.book.whole:
        answer = trial.in_fractions(active, tight=False)
        if answer.verdict is Verdict.IMPOSSIBLE:
            return answer
    return trial.ask(active)


def reduced(trial: Trial, answer: Answer) -> Conflict:
    """Reduce statements that are impossible together to a minimal set.

    Halves, quarters and so on are left out as long as the rest stays impossible; then each
    statement alone. In the end, each is left out once more, and places are found without it.
    """
    book = trial.book
    part = trial.among(book.mask(answer.support))
    kept = _filtered(part, answer.support)
    proved, minimal = False, True
    needed = list(kept)
    for statement in kept:
        rest = [s for s in needed if s != statement]
        verdict = part.ask(book.mask(rest)).verdict
        if verdict is Verdict.IMPOSSIBLE:
            needed = rest
        minimal &= verdict is not Verdict.OPEN
    together = part.ask(book.mask(needed))
    proved = together.proved or (book.whole and part.proves(book.mask(needed)))
    return Conflict(tuple(sorted(needed)), proved, minimal)


def _filtered(trial: Trial, statements: Sequence[int]) -> list[int]:
    """Leave out statements in groups, those that matter least first; keep what is needed."""
    book, kept = trial.book, list[int]()
    groups = _halves(list(statements))
    while groups:
        group = groups.pop()
        rest = kept + [s for other in groups for s in other]
        answer = whole_answer(trial, book.mask(rest))
        if answer.verdict is Verdict.IMPOSSIBLE:
            reason = set(answer.support)
            kept = [s for s in kept if s in reason]
            groups = [left for g in groups if (left := [s for s in g if s in reason])]
        elif len(group) == 1:
            kept += group
        else:
            groups += _halves(group)
    return kept


def _halves(group: list[int]) -> list[list[int]]:
    """Split a group so that its first half is tried first."""
    middle = (len(group) + 1) // 2
    return [half for half in (group[middle:], group[:middle]) if half]
