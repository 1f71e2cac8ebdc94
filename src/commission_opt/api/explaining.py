"""Questions to a plan, solved here or read back; every answer prints itself and has data frames."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from commission_opt.allocation.allocate import Allocation
from commission_opt.explain.answer import Answer, Answers
from commission_opt.explain.comparison import compare as comparing
from commission_opt.explain.infeasible.answers import diagnosis_answers
from commission_opt.explain.infeasible.diagnosis import diagnose as find_conflicts
from commission_opt.explain.ledger import ledger as prices
from commission_opt.explain.margins import margins as worths
from commission_opt.explain.room.ranges import WITHIN, ranges
from commission_opt.explain.room.room import room as ranges_in_words
from commission_opt.explain.what_if import change
from commission_opt.explain.why.course import why_course as reasons
from commission_opt.explain.why.origins import origins
from commission_opt.plan.read import StoredPlan
from commission_opt.policy import Policy
from commission_opt.reading.files import files_of
from commission_opt.solvers.status import Limits, Watch

Plan = Allocation | StoredPlan


def margins(plan: Plan, limits: Limits | None = None, watch: Watch | None = None) -> Answer:
    """Say what one more of everything is worth to a plan: money, placements, places, rates.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    limits : Limits, optional
        Time limit of each solve, s; threads and seed.
    watch : Watch, optional
        Told of progress; can stop the work.

    Returns
    -------
    Answer
        Tables ``budgets``, ``placements``, ``capacity``, ``rates`` and more; see ``frames()``.

    Raises
    ------
    NoPlanError, StoppedError
        If the time limit or the user came before anything was found.
    """
    return worths.margins(plan.problem, plan.places, limits, watch)


def what_if(
    plan: Plan,
    changes: Sequence[str],
    limits: Limits | None = None,
    watch: Watch | None = None,
    seconds: float = change.SECONDS,
) -> Answer:
    """Solve everything again with some figures changed.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    changes : sequence of str
        Such as ``budget[fund=tuition]+=1000000``; made one after the other.
    limits : Limits, optional
    watch : Watch, optional
    seconds : float
        Time for the plan with the changes, and for the plan without them.

    Returns
    -------
    Answer
        Tables ``certified``, ``measures``, ``by_profession``, ``by_year``, ``moved``, ``changes``.

    Raises
    ------
    UsageError, InputError
        If a change names what is not there, or takes a figure out of its range.
    InfeasibleError, NoPlanError, StoppedError
        If there is no plan with the changes, or none was found in time.
    """
    return change.what_if(plan.problem, plan.places, changes, limits, watch, seconds)


def why_course(
    plan: Plan,
    course: str,
    year: int | None = None,
    limits: Limits | None = None,
    watch: Watch | None = None,
) -> Answer:
    """Say why a course has the places it has in a commissioning year, the first if none is given.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    course : str
        Its code.
    year : int, optional
    limits : Limits, optional
    watch : Watch, optional

    Returns
    -------
    Answer
        Tables ``years``, ``balance``, ``displaced`` and ``break_even``.

    Raises
    ------
    UsageError
        If there is no such course or commissioning year.
    NoPlanError, StoppedError
        If the time limit or the user came before the prices were found.
    """
    return reasons(plan.problem, plan.places, course, year, limits, watch)


def supply_of(plan: Plan, profession: str, region: str) -> Answer:
    """Say where the supply of a profession in a region comes from, FTE by financial year.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    profession, region : str
        Codes; a parent region adds up those it covers.

    Returns
    -------
    Answer
        Tables ``supply`` and ``courses``.

    Raises
    ------
    UsageError
        If there is no such profession or region.
    """
    return origins(plan.problem, plan.outcome, profession, region)


def ledger(
    plan: Plan,
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    relaxed_only: bool = False,
) -> Answer:
    """Say what each commitment and hand-made override costs, alone and together.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    limits : Limits, optional
    watch : Watch, optional
    relaxed_only : bool
        Fractions of places only, which is quicker.

    Returns
    -------
    Answer
    """
    return prices.ledger(plan.problem, plan.places, limits, watch, relaxed_only=relaxed_only)


def room(
    plan: StoredPlan,
    within: Sequence[float] = WITHIN,
    *,
    totals: bool = False,
    seconds: float = 120.0,
    watch: Watch | None = None,
) -> Answers:
    """Say how far each course may move while the plan stays nearly as good (near-optimal ranges).

    Parameters
    ----------
    plan : StoredPlan
    within : sequence of float
        Shares of the best by which the first objective may be worse.
    totals : bool
        Whether professions and regions are asked for too.
    seconds : float
        Time after which what is known so far is returned.
    watch : Watch, optional

    Returns
    -------
    Answers
        A table ``courses``; with ``totals``, also ``professions`` and ``regions``.

    Raises
    ------
    UsageError
        If a tolerance is none.
    InfeasibleError, NoPlanError, StoppedError
        If the relaxation cannot be solved.
    """
    return Answers(
        ranges_in_words(ranges(plan, within, totals=totals, seconds=seconds, watch=watch))
    )


def compare(
    a: StoredPlan,
    b: StoredPlan,
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    both_orders: bool = False,
) -> Answers:
    """Say what changed from one plan to another, and what explains the change in shortfall.

    Parameters
    ----------
    a, b : StoredPlan
    limits : Limits, optional
    watch : Watch, optional
    both_orders : bool
        Whether files are exchanged in both orders and the mean is given.

    Returns
    -------
    Answers
    """
    return Answers(comparing.compare(a, b, limits, watch, both_orders=both_orders))


def diagnose(
    instance: Path | str,
    policy: Policy,
    limits: Limits | None = None,
    watch: Watch | None = None,
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
    found = find_conflicts(files_of(Path(instance)), policy, limits=limits, watch=watch)
    return Answers(diagnosis_answers(found))
