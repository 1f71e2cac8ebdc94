"""Conflicts and repairs as answers, in a commissioner's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from commission_opt.allocation.settled import outcome_of
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, Answers, AnswerTable, columns
from commission_opt.explain.infeasible.diagnosis import Diagnosis, diagnosis_of
from commission_opt.explain.infeasible.iis import Conflict, Stated
from commission_opt.formulation.origin import Statement
from commission_opt.policy import Policy
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.counts import agreed, plural
from commission_opt.views import words
from commission_opt.workbook.opened import files_of

_NAMED = 3  # statements named one by one in a sentence
_ALIKE = 8  # statements about courses up to which a table shows them all
_EDITS = 40  # shown


def diagnose(
    instance: Path | str, policy: Policy, limits: Limits | None = None, watch: Watch | None = None
) -> Answers:
    """Say why an instance is infeasible under a model, and which repairs would give it a plan.

    Parameters
    ----------
    instance : path
        Folder or workbook; it may be one that cannot be read as an instance because its own figures
        contradict each other.
    policy : Policy
    limits : Limits, optional
    watch : Watch, optional

    Returns
    -------
    Answers
        What is found; each conflict with its ``statements``; the ``repairs``.

    Raises
    ------
    InputError
        If anything else is wrong with the instance.
    NoPlanError, StoppedError
        If the time or the user came before it was clear whether there is a plan.
    """
    found = diagnosis_of(files_of(Path(instance)), policy, limits=limits, watch=watch)
    return Answers(diagnosis_answers(found))


def diagnosis_answers(diagnosis: Diagnosis) -> list[Answer]:
    """Return a diagnosis as answers: what is found, each conflict, and the repairs."""
    problem, places, count = diagnosis.problem, diagnosis.places, len(diagnosis.conflicts)
    title = f"{problem.instance.title} under {problem.policy.title!r}"
    if places is not None and not diagnosis.errors:
        result = outcome_of(problem, places)
        bought = {"places": result.places}
        if len(problem.instance.measures):
            bought["units"] = result.units
        whole = "in whole" if problem.policy.integer else "in fractions of"
        numbers = " and ".join(f"{figures.places(a.sum())} {what}" for what, a in bought.items())
        sentence = (
            f"There is a plan {whole} {' and '.join(bought)} that keeps every rule, with {numbers};"
            " nothing is in conflict."
        )
        return [Answer(title, (sentence,))]
    sentences = []
    if diagnosis.errors:
        sentences.append(
            "The instance is not valid: figures contradict each other whatever is planned."
        )
    if count:
        least = "at least " if diagnosis.more else ""
        own = "" if count == 1 else ", which share no statement"
        sentences.append(f"No plan keeps every rule. There {agreed(count, 'is', 'are')} "
                         f"{least}{plural(count, 'conflict')}{own}.")  # fmt: skip
    conflicts = [conflict_answer(each, k, count) for k, each in enumerate(diagnosis.conflicts, 1)]
    return [Answer(title, tuple(sentences)), *conflicts, _repairs(diagnosis)]


def conflict_answer(conflict: Conflict, number: int = 1, count: int = 1) -> Answer:
    """Return a conflict as an answer, with a table of its statements."""
    size = len(conflict.stated)
    title = f"Conflict {number} of {count}: {plural(size, 'statement')}"
    frame = pd.DataFrame([_row(said) for said in conflict.stated])
    shown = (
        *columns(statement="statement"),
        *(columns(owner="owner") if frame["owner"].any() else ()),
        *columns(where="stands in", says="says", others="the others need or leave"),
    )
    own = sum(said.statement.origin.of_course for said in conflict.stated)
    most = size if own <= _ALIKE else size - own + _NAMED
    table = AnswerTable("statements", "What cannot hold together", frame, shown, most)
    scarce, sentences = _scarce(conflict), [headline(conflict)]
    if scarce is not None and scarce.statement.origin.drawn and size > 1 + _NAMED:
        assert scarce.short is not None
        sentences.append(  # a conflict is no measure of what is missing where many draw on a limit
            f"These are only as many as it takes to go beyond it, by "
            f"{_amount(scarce.statement, scarce.short)}; what all statements together lack "
            "stands under the repairs."
        )
    return Answer(title, (*sentences, _standing(conflict)), (table,))


def _scarce(conflict: Conflict) -> Stated | None:
    """Return the statement of a conflict whose figure shows best what is missing."""

    def rank(stated: Stated) -> tuple[bool, bool, bool]:
        origin = stated.statement.origin
        return not origin.drawn, origin.of_course, origin.asks_for_more

    able = [s for s in conflict.stated if s.short and s.statement.unit != "share"]
    return min((s for s in able if rank(s) != (True, True, True)), key=rank, default=None)


def _standing(conflict: Conflict) -> str:
    unproved = "The solver found no plan; that is not proved independently"
    proof = "That is proved" if conflict.proved else unproved
    if len(conflict.stated) == 1:
        return f"{proof}."
    if conflict.minimal:
        return f"{proof}. Without any one of them the others can be kept; each was tried."
    return f"{proof}. Perhaps not all of them are needed: the time was too short to tell."


def headline(conflict: Conflict) -> str:
    """Say in one sentence what cannot hold together, with the figures that show it."""
    stated, scarce = conflict.stated, _scarce(conflict)
    if scarce is None:
        return f"These cannot hold together: {_listed([s.statement for s in stated])}."
    others = [s.statement for s in stated if s is not scarce]
    said, needed = scarce.statement, scarce.needed
    assert needed is not None
    if not others:
        what = _amount(said, -scarce.left)
        return said.origin.alone.format(
            name=said.name, where=said.where, amount=what, also=said.also
        )
    who = _capital(_listed(others))
    verb = agreed(len(others), "needs", "together need")
    amount, left = _amount(said, needed), _amount(said, scarce.left)
    if said.origin.drawn:
        pot = said.name.partition(" of ")[2]
        if said.unit == "people":  # some places draw people, and some bring them
            rest = f"but {left} are there" if scarce.left > 0 else "but nobody is there"
            return f"{who} {verb} {amount} from {pot}, {rest} without new places ({said.where})."
        after = "" if scarce.left == said.limit else f" after the pipeline{said.also}"
        are = "is" if said.unit == "£" else "are"
        rest = f"but {left} {are} left{after}" if scarce.left > 0 else "but nothing is left"
        return f"{who} {verb} {amount} from {pot}, {rest} ({said.where})."
    if said.origin.asks_for_more:
        verb = agreed(len(others), "leaves", "together leave")
        return f"{who} {verb} {amount} for {_named(said)}, which asks for at least {left}."
    return f"{who} {verb} {amount}, but {_named(said)} allows {left} ({said.where})."


def _amount(said: Statement, value: float) -> str:
    return _AMOUNTS[said.unit](value)


_AMOUNTS: dict[str, Callable[[float], str]] = {
    "£": figures.pounds,
    "weeks": lambda value: f"{figures.fte(value)} weeks",
    "places": lambda value: f"{figures.places(value)} places",
    "units": lambda value: f"{figures.places(value)} units",
    "people": lambda value: f"{figures.fte(value)} people",
    "FTE": lambda value: f"{figures.fte(value)} FTE",
    "share": figures.percent,
}


def _named(said: Statement) -> str:
    return f"{said.name} (owner {said.owner})" if said.owner else said.name


def _listed(statements: Sequence[Statement]) -> str:
    """Name a few statements; those about courses by number where there are many."""
    if len(statements) <= _NAMED:
        return words.joined([_named(said) for said in statements])
    single = [said for said in statements if not said.origin.of_course]
    many = Counter(
        (said.origin.title, "measure" if said.unit == "units" else "course")
        for said in statements
        if said.origin.of_course
    )
    names = [_named(said) for said in single[:_NAMED]]
    if len(single) > _NAMED:
        names.append(f"{len(single) - _NAMED} more")
    names += [f"{title} of {plural(n, line)}" for (title, line), n in many.items()]
    return words.joined(names)


def _capital(text: str) -> str:
    """Begin a sentence; the names of columns stay as they are."""
    return text if "_" in text.split()[0] else text[0].upper() + text[1:]


def _row(stated: Stated) -> dict[str, object]:
    said, origin, needed = stated.statement, stated.statement.origin, stated.needed
    says, others = _amount(said, stated.left), None
    if said.unit == "people":
        outside = f"{figures.fte(said.limit)} from outside"
        says = f"{says} without new places, with {outside}"
        if stated.left < 0:
            says = f"{_amount(said, -stated.left)} too few without new places, with {outside}"
    elif origin.drawn:
        says += f" left of {_amount(said, said.limit)}" * (stated.left != said.limit)
    elif origin.words:
        says = origin.words.format(amount=says, number=figures.places(said.limit))
    else:
        says = f"at {'least' if origin.asks_for_more else 'most'} {says}"
    if needed is not None and (said.unit != "people" or needed > 0):
        others = f"{'leave' if origin.asks_for_more else 'need'} {_amount(said, needed)}"
        if said.unit == "share":
            people = origin.relax is not None and origin.relax.of_places is not None
            others = f"{figures.places(stated.short)} {'people' if people else 'places'} beyond"
    return {
        "kind": origin.title,
        "statement": said.name,
        "owner": said.owner,
        "where": said.where,
        "file": origin.file,
        "row": said.row,
        "column": said.column,
        "year": said.year,
        "limit": said.limit,
        "left": stated.left,
        "needed": needed,
        "says": says,
        "others": others,
    }


def _first(show: Callable[[Any], str]) -> Callable[[Any], str]:
    """Show a figure on the first line of a repair only, where the others have none."""
    return lambda value: "" if pd.isna(value) else show(value)


def _repairs(diagnosis: Diagnosis) -> Answer:
    title, repairs = "Repairs", diagnosis.repairs
    bent = ", ".join(diagnosis.bends)
    if not repairs:
        sentence = (
            f"No repair was found by bending {bent}; allow others with --bend, or give more time."
        )
        return Answer(title, (sentence,))
    measured = len(diagnosis.problem.instance.measures) > 0
    counted, bought = "places, weeks and cohorts", "places"
    if measured:
        counted, bought = "places, units, weeks, cohorts and steps", "places and units"
    sentences = (
        f"Each of these alone gives a plan; allowed to give way: {bent}. Each was made in memory, "
        "and a plan that keeps every rule was found.",
        f"Money counts as money; {counted} at what {bought} cost.",
    )
    frame = pd.DataFrame(
        {
            "repair": number,
            "price": repair.price,
            "first": number if k == 0 else None,
            "first_price": repair.price if k == 0 else None,
            "change": edit.what,
            "edit": edit.where,
            "file": edit.file,
            "row": edit.row,
            "column": edit.column,
            "old": edit.old,
            "new": edit.new,
            "bends": ", ".join(repair.bends),
            "cheapest": repair.cheapest,
        }
        for number, repair in enumerate(repairs, 1)
        for k, edit in enumerate(repair.edits)
    )
    shown = (
        *columns(_first(figures.year), first="repair"),
        *columns(_first(figures.pounds), first_price="price"),
        *columns(change="change", edit="edit"),
    )
    return Answer(
        title, sentences, (AnswerTable("repairs", "Cheapest first", frame, shown, _EDITS),)
    )
