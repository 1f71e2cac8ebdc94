"""Bend the conflicts that are known until no other is left, so that few statements are weighed.

What settles all statements settles the known conflicts too, so the least price for these is never
above the least price for all. As soon as bending them leaves a plan, it is the cheapest bending.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

import numpy as np

from commission_opt.explain.infeasible.conflict import reduced
from commission_opt.explain.infeasible.elastic import BENDS, Elastic, elastic
from commission_opt.explain.infeasible.rulebook import Rulebook
from commission_opt.explain.infeasible.trial import Trial, Verdict
from commission_opt.formulation.origin import Origin
from commission_opt.instance.instance import Bools
from commission_opt.solvers.status import Limits, Watch

Key = tuple[Origin, int]
_ROUNDS = 8
_FEW = 200  # statements up to which it pays to leave out all others


def keys(book: Rulebook, statements: Iterable[int]) -> list[Key]:
    """Return what names statements in the rulebooks of an instance before and after edits."""
    return [(book.origins[s], int(book.items[s])) for s in statements]


def settled(
    book: Rulebook,
    known: Sequence[Set[Key]],
    bends: Sequence[str],
    limits: Limits,
    watch: Watch,
    end: float,
) -> Elastic | None:
    """Bend statements of some kinds at the least price, until there are places that keep all.

    Parameters
    ----------
    book : Rulebook
    known : sequence of set of Key
        Conflicts to start from.
    bends : sequence of str
        Keys of ``explain.elastic.BENDS``.
    limits : Limits
    watch : Watch
    end : float
        When to stop, by ``time.perf_counter``.

    Returns
    -------
    Elastic or None
        None if no bending of these kinds helps, or the time was too short to find one.
    """
    if any(origin.lines is None for name in bends for origin in BENDS[name]):
        # figures of the model follow from the places of all courses
        return elastic(book, book.everything, bends, limits, watch, end)
    number = {key: k for k, key in enumerate(keys(book, range(book.size)))}
    counted = book.mask([number[key] for one in known for key in one if key in number])
    for _ in range(_ROUNDS):
        if counted.sum() > _FEW:
            break
        bent = elastic(book, counted, bends, limits, watch, end)
        if bent is None:
            return None
        trial = Trial(book.moved(bent.moves), limits, watch, end)
        others = _impossible(trial)
        if not others.any():
            answer = trial.ask(book.everything)
            if answer.x is not None:
                return replace(bent, x=answer.x)
            if answer.verdict is Verdict.OPEN:
                break
            others = book.mask(reduced(trial, answer).statements)
        if not np.any(others & ~counted):
            break
        counted |= others
    return elastic(book, book.everything, bends, limits, watch, end)


def _impossible(trial: Trial) -> Bools:
    """Return the statements of proofs, one after the other, that no fractions of places will do."""
    book = trial.book
    active, found = book.everything, book.mask(())
    while True:
        answer = trial.in_fractions(active, tight=book.whole)
        if answer.verdict is not Verdict.IMPOSSIBLE or not answer.support:
            return found
        reason = book.mask(answer.support)
        found, active = found | reason, active & ~reason
