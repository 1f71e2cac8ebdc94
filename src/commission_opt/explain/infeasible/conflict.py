"""Minimal sets of statements that cannot hold together, found one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commission_opt.arrays import Floats
from commission_opt.explain.infeasible.trial import KEPT_WITHIN, Feasibility, Trial, Verdict
from commission_opt.instance.instance import Bools


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


def whole_answer(trial: Trial, active: Bools) -> Feasibility:
    """Ask for fractions first, as what is impossible for these needs no cohorts to explain it."""
    if trial.book.whole:
        answer = trial.in_fractions(active, tight=False)
        if answer.verdict is Verdict.IMPOSSIBLE:
            return answer
    return trial.ask(active)


def reduced(trial: Trial, answer: Feasibility) -> Conflict:
    """Reduce statements that are impossible together to a minimal set.

    Halves, quarters and so on are left out as long as the rest stays impossible; then each
    statement alone. In the end each is left out once more, and places that keep the others are
    checked, or looked for again.
    """
    book = trial.book
    part = trial.among(book.mask(answer.support))
    kept, places = _filtered(part, answer.support)
    minimal, needed = True, list(kept)
    for statement in kept:
        rest = part.book.mask([s for s in needed if s != statement])
        known = places.get(statement)
        if known is not None and part.book.breach(rest, known) <= KEPT_WITHIN:
            continue
        verdict = part.ask(rest).verdict
        if verdict is Verdict.IMPOSSIBLE:
            needed.remove(statement)
        minimal &= verdict is not Verdict.OPEN
    together = part.book.mask(needed)
    proved = part.ask(together).proved or (book.whole and part.proves(together))
    return Conflict(tuple(sorted(needed)), proved, minimal)


def _filtered(trial: Trial, statements: Sequence[int]) -> tuple[list[int], dict[int, Floats]]:
    """Leave out statements in groups, those that matter least first.

    Returns
    -------
    kept : list of int
        What is needed.
    places : dict of int to array
        Places found without some of them, which keep the others.
    """
    book, kept, places = trial.book, list[int](), dict[int, Floats]()
    cohorts = bool(book.of_numbers & {*statements})
    groups = _halves(list(statements))
    while groups:
        group = groups.pop()
        active = book.mask(kept + [s for other in groups for s in other])
        answer = whole_answer(trial, active) if cohorts else trial.ask(active)
        if answer.verdict is Verdict.IMPOSSIBLE:
            reason = set(answer.support)
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
