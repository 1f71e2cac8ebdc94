"""Room to move, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerColumn, Answers, AnswerTable
from commission_opt.explain.limits import pursued
from commission_opt.explain.room.enclosure import HIGH, LOW, NEAR
from commission_opt.explain.room.near_optimal import chosen
from commission_opt.explain.room.ranges import WITHIN, Ranges, ranges
from commission_opt.formulation.objectives import first_objective
from commission_opt.plan.read import StoredPlan
from commission_opt.solvers.status import Watch
from commission_opt.views import words

FIXED = 5.0  # places within which a course counts as fixed
DECIDED, ONE_OF_MANY, OPEN = "decided", "one of many", "not known"
BOTH, PROVED, FRACTIONS = "proved and reached", "proved", "proved, reached in fractions"
_MOST = 25
_SAME = 1e-6  # places by which numbers may differ that count as one
_FREEST = 3


def room(
    plan: StoredPlan,
    within: Sequence[float] = WITHIN,
    *,
    course: Sequence[str] = (),
    measure: Sequence[str] = (),
    profession: Sequence[str] = (),
    region: Sequence[str] = (),
    totals: bool = False,
    seconds: float = 120.0,
    jobs: int = 1,
    watch: Watch | None = None,
) -> Answers:
    """Say how far each line may move while the plan stays nearly as good (near-optimal ranges).

    Parameters
    ----------
    plan : StoredPlan
    within : sequence of float
        Shares of the best by which the first objective may be worse.
    course, measure : sequence of str
        Codes; only these, if any are given.
    profession, region : sequence of str
        Codes; only lines of all of them, if given.
    totals : bool
        Whether the totals of their professions and regions are asked for too.
    seconds : float
        Time after which what is known so far is returned, once the relaxation is solved.
    jobs : int
        Processes; one, in this process, where that is quicker.
    watch : Watch, optional
        Told of progress; can stop the work.

    Returns
    -------
    Answers
        The courses, in a table ``courses`` with the freest first and, with several commissioning
        years, ``courses_by_year``; the same of ``measures``, if there are any; then, if they were
        asked for, ``professions`` and ``regions``, of places.

    Raises
    ------
    UsageError
        If a tolerance is none, a code is not there, or no course is left.
    InfeasibleError, NoPlanError, StoppedError
        If the relaxation cannot be solved.
    """
    plan = pursued(plan)
    lines = chosen(plan.problem, course, profession, region, measure)
    asked = ranges(plan, within, lines, totals=totals, seconds=seconds, jobs=jobs, watch=watch)
    return in_words(asked)


def in_words(found: Ranges) -> Answers:
    """Say between which numbers the places of each course, and totals, may lie."""
    kinds = found.near.targets.names
    mains = [kind for kind in ("courses", "measures") if kind in kinds]
    tables = [
        _table(found, name, f"{_unit(kind).capitalize()} of each {kind[:-1]}{by_year}")
        for kind in mains
        for name, by_year in ((kind, ""), (f"{kind}_by_year", " by commissioning year"))
        if name in kinds
    ]
    answers = [Answer("Room to move", tuple(_sentences(found, mains)), tuple(tables))]
    totals = [
        _table(found, kind, f"All places of each {kind[:-1]}")
        for kind in ("professions", "regions")
        if kind in kinds
    ]
    if totals:
        about = (
            "These ranges are of the totals themselves: they are wider or narrower than those of "
            "their courses would add up to."
        )
        answers.append(Answer("Room to move of totals", (about,), tuple(totals)))
    return Answers(answers)


def frame(found: Ranges, kind: str) -> pd.DataFrame:
    """Return the ranges of all targets of a kind, one row each, the freest first.

    For each tolerance, such as 1 %, there are columns ``least 1%`` and ``most 1%`` (proved),
    ``least reached 1%``, ``most reached 1%``, ``least is 1%`` and ``most is 1%`` (how each end was
    settled), ``settled 1%`` (see ``settled``), ``apart 1%`` (the larger distance of what is proved
    and what is reached) and ``width 1%``.
    """
    which = found.near.targets.of(kind)
    table = found.near.targets.names[kind].assign(**{_unit(kind): found.now[which]})
    for e, share in enumerate(found.near.within):
        tag = tolerance(share)
        low, high = found.proved[:, which, e]
        least, most = found.reached[:, which, e]
        table[f"least {tag}"], table[f"most {tag}"] = low, high
        table[f"least reached {tag}"], table[f"most reached {tag}"] = least, most
        fractions = found.fractions[:, which, e]
        table[f"least is {tag}"] = _labels(least - low, fractions[0] - low)
        table[f"most is {tag}"] = _labels(high - most, high - fractions[1])
        table[f"apart {tag}"] = np.maximum(least - low, high - most)
        table[f"width {tag}"] = high - low
        table[f"settled {tag}"] = settled(low, least, most, high)
        table[f"range {tag}"] = [_range(*row) for row in zip(low, least, most, high, strict=True)]
    table["in time"] = found.done[which]
    width = f"width {tolerance(found.near.within[0])}"
    return table.sort_values(width, ascending=False, kind="stable", ignore_index=True)


def settled(low: Floats, least: Floats, most: Floats, high: Floats) -> np.ndarray:
    """Say which numbers are the same in every plan within a tolerance.

    ``decided``: it is proved that no other number will do. ``one of many``: plans with different
    numbers were found. ``not known``: neither.
    """
    same, found = high - low <= _SAME, most - least > _SAME
    return np.select([same, found], [DECIDED, ONE_OF_MANY], OPEN)


def _unit(kind: str) -> str:
    return "units" if kind.startswith("measures") else "places"


def tolerance(share: float) -> str:
    """Write a tolerance as it is read."""
    return f"{100 * share:g}%"


def _labels(apart: np.ndarray, fractions: np.ndarray) -> np.ndarray:
    return np.select([apart <= 0, fractions <= NEAR], [BOTH, FRACTIONS], PROVED)


def _range(low: float, least: float, most: float, high: float) -> str:
    if low == high:
        return figures.places(low)
    return f"{_end(least, low)} – {_end(most, high)}"


def _end(reached: float, proved: float) -> str:
    """Show an end; where it is not reached, what is reached and then what is proved."""
    shown = figures.places(proved)
    if reached == proved or not np.isfinite(reached) or figures.places(reached) == shown:
        return shown
    return f"{figures.places(reached)}/{shown}"


def _table(found: Ranges, kind: str, title: str) -> AnswerTable:
    rows, unit = frame(found, kind), _unit(kind)
    line = "measure" if unit == "units" else "course"
    columns = [AnswerColumn(rows.columns[0], rows.columns[0])]
    if "year" in rows and len(set(rows["year"])) > 1:
        columns.append(AnswerColumn("year", "year", figures.year))
    columns.append(AnswerColumn(unit, "in the plan", figures.places))
    for share in found.near.within:
        tag = tolerance(share)
        columns.append(AnswerColumn(f"range {tag}", f"within {tag}"))
    first = tolerance(found.near.within[0])
    columns.append(AnswerColumn(f"width {first}", f"width at {first}", figures.places))
    columns.append(AnswerColumn(f"settled {first}", f"at {first}"))
    note = (
        f"From the fewest to the most {unit}; each {line} by itself, while others give "
        "way. 38/40: a plan with 38 was found, and more than 40 is proved impossible."
    )
    return AnswerTable(kind, title, rows, tuple(columns), most=_MOST, note=note)


def _sentences(found: Ranges, mains: Sequence[str]) -> list[str]:
    first = first_objective(found.plan.policy)
    whole = found.near.whole
    rows = [(main, frame(found, main)) for main in mains]
    said = [
        f"Best: the {first.title} of {figures.fte(found.near.best)} {first.unit} "
        + ("of this plan, in whole places." if whole else "that fractions of places can reach.")
    ]
    if len(found.plan.policy.objectives) > 1:
        said[0] += " The later objectives of the model are left out of account."
    for main, each in rows:
        said += [_counted(found, each, main, e) for e in range(len(found.near.within))]
    said += [_decided(each, main, tolerance(found.near.within[0])) for main, each in rows]
    said += [_freest(found, each, main) for main, each in rows]
    said.append(_settled(found))
    late = int((~found.done).sum())
    if late:
        said.append(
            f"The time ended before {late:,} of {words.plural(len(found.done), 'range')} "
            f"{words.agreed(late, 'was', 'were')} worked out; what is not is proved by prices "
            "only, and may be too wide (column 'in time'; --time-limit)."
        )
    elif not found.looked.all():
        some = f"{int(found.looked.sum()):,} of {words.plural(len(found.looked), 'range')}"
        said.append(
            f"The time ended when plans in whole places had been looked for at {some}; more "
            "may be reached (--time-limit)."
        )
    return said


_ALLOWED = {"places": "its own capacity and pace of change allow", "units": "there is of it"}


def _counted(found: Ranges, rows: pd.DataFrame, main: str, e: int) -> str:
    tag = tolerance(found.near.within[e])
    fixed = int((rows[f"width {tag}"] <= FIXED).sum())
    which = found.near.targets.of(main)
    low, high = found.near.box[:, which]
    near = NEAR * np.maximum(1.0, np.abs(high))
    reached = found.reached[:, which, e]
    free = (reached[LOW] <= low + near) & (reached[HIGH] >= high - near) & (high - low > FIXED)
    rooms = int(free.sum())
    return (
        f"Within {tag} of it, of {words.plural(len(rows), main[:-1])} {fixed:,} "
        f"{words.agreed(fixed, 'is', 'are')} fixed within {FIXED:g} {_unit(main)}, and {rooms:,} "
        f"{words.agreed(rooms, 'is', 'are')} free: each can go to the least and to the most "
        f"that {_ALLOWED[_unit(main)]}."
    )


def _decided(rows: pd.DataFrame, main: str, tag: str) -> str:
    """Say how many numbers are decided, and how many are one of many that are as good."""
    counts = rows[f"settled {tag}"].value_counts()
    decided, many, open_ = (int(counts.get(word, 0)) for word in (DECIDED, ONE_OF_MANY, OPEN))
    said = (
        f"Within {tag}, {decided:,} of {words.plural(len(rows), 'number')} of {_unit(main)} "
        f"{words.agreed(decided, 'is', 'are')} decided: proved to be the same in every such plan. "
        f"{many:,} {words.agreed(many, 'is', 'are')} one of many: a plan within {tag} with another "
        "number was found."
    )
    return f"{said} Of {open_:,} neither is known." if open_ else said


def _freest(found: Ranges, rows: pd.DataFrame, main: str) -> str:
    tag = tolerance(found.near.within[0])
    some = [
        f"{row[main[:-1]]} ({row[f'range {tag}']})" for row in rows.head(_FREEST).to_dict("records")
    ]
    which = "The freest" if main == "courses" else "The freest measures"
    return f"{which} at {tag}: {', '.join(some)}."


def _settled(found: Ranges) -> str:
    equal = int((found.proved == found.reached).sum())
    kind = "plans in whole places" if found.near.whole else "allocations"
    return (
        f"{equal:,} of {words.plural(found.proved.size, 'end')} "
        f"{words.agreed(equal, 'is', 'are')} proved and reached by {kind}; at the "
        "others, the truth lies between what is reached and what is proved."
    )
