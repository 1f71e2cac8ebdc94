"""The ledger of commitments: what each promise demands, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, AnswerColumn, AnswerTable, columns
from commission_opt.explain.best import Best
from commission_opt.explain.ledger import words
from commission_opt.explain.ledger.floors import floor_costs
from commission_opt.explain.ledger.floors import sentences as floor_sentences
from commission_opt.explain.ledger.floors import table as floor_table
from commission_opt.explain.ledger.prices import groups, in_fractions, price
from commission_opt.explain.ledger.promises import Promise, promises
from commission_opt.explain.ledger.shapley import Kept, ShapleyValues
from commission_opt.explain.ledger.whole import InWholePlaces, in_whole_places
from commission_opt.explain.limits import pursued
from commission_opt.explain.units import Unit, unit_of
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.counts import span, spans

_MOST = 15
_IN_WHOLE = {
    "whole": "price", "whole_low": "low", "whole_high": "high", "whole_shortfall": "shortfall",
    "whole_spend": "spend", "whole_per_million": "per_million",
}  # fmt: skip
Solved = Mapping[Kept, Best]
_FRACTIONS = "re-solved without it, fractions of places"


def ledger(
    plan: Decided,
    limits: Limits | None = None,
    watch: Watch | None = None,
    *,
    relaxed_only: bool = False,
) -> Answer:
    """Say what each commitment and hand-made override of a plan costs.

    Parameters
    ----------
    plan : Allocation or StoredPlan
    limits : Limits, optional
        Time for each solve in fractions of places, and for all in whole places together; the
        gap at which a search for whole places ends.
    watch : Watch, optional
    relaxed_only : bool
        Leave whole places out.

    Returns
    -------
    Answer
        Tables ``prices`` (one row for each commitment in force, with every figure, how it was
        obtained and the limits between which it is for certain), ``together`` (the same for
        owners, and for all), ``whole`` (what was found in whole places), ``promises`` (what is
        demanded and given), ``idle`` (commitments without effect) and ``floors`` (what each floor
        costs, see ``floor_costs``); those that would be empty are left out. A price is the first
        objective with the commitment, less without it.

    Raises
    ------
    NoPlanError, StoppedError
        If the time limit or the user came before the prices in fractions were known.
    CertificateError
        If what was found does not prove itself.
    """
    limits, watch = limits or Limits(gap=1e-5), watch or Watch()
    plan = pursued(plan)
    problem, places = plan.problem, plan.amounts
    members, idle = _in_force(problem, places)
    title, tables = f"What commitments cost in {problem.instance.title}", demands(problem, places)
    unit = unit_of(problem)
    costs = floor_costs(problem, limits, watch)
    floors = tuple(floor_sentences(problem, costs, unit))
    if costs is not None:
        shown = (*columns(floor="floor"), *_amounts(unit))
        tables = (floor_table(costs, shown), *tables)
    if not members:
        return Answer(title, (words.nothing(problem, idle), *floors), tables)
    solved, averages = in_fractions(problem, members, limits, watch)
    whole: InWholePlaces | None = None
    if problem.policy.integer and not relaxed_only:
        whole = in_whole_places(problem, places, solved, limits, watch)
    prices, together = _prices(members, solved, averages, whole), _together(members, solved, whole)
    said = words.sentences(problem, places, members, solved, averages, whole)
    return Answer(title, (*said, *floors), (*_price_tables(prices, together, unit), *tables))


def _in_force(problem: Planning, places: Floats) -> tuple[list[Promise], list[Promise]]:
    """Return the commitments in force, and those without effect."""
    every = promises(problem, places)
    return [p for p in every if p.in_force], [p for p in every if not p.in_force]


def demands(problem: Planning, places: Floats) -> tuple[AnswerTable, ...]:
    """Return what commitments demand and what a plan, shape (L, K), gives; nothing is solved.

    Returns
    -------
    tuple of AnswerTable
        ``promises`` and ``idle`` as in ``ledger``.
    """
    members, idle = _in_force(problem, places)
    tables = (_promises(problem, members), _idle(problem, idle))
    return tuple(table for table in tables if len(table.frame))


def _prices(
    members: list[Promise], solved: Solved, averages: ShapleyValues, whole: InWholePlaces | None
) -> pd.DataFrame:
    rows = [
        {
            "commitment": promise.name,
            "kind": promise.kind,
            "owner": promise.owner,
            "reason": promise.reason,
            "average": averages.cost[i],
            "average_error": averages.error[i],
            **_price(frozenset({promise.position}), solved, whole),
        }
        for i, promise in enumerate(members)
    ]
    return _dearest_first(pd.DataFrame(rows), "price")


def _together(members: list[Promise], solved: Solved, whole: InWholePlaces | None) -> pd.DataFrame:
    base = solved[frozenset()]
    rows = [
        {
            "whose": whose,
            "commitments": len(own),
            "one_by_one": sum(price(base, solved[frozenset({p})]).price for p in sorted(own)),
            **_price(own, solved, whole),
        }
        for whose, own in groups(members)
    ]
    return pd.DataFrame(rows)


def _price(some: Kept, solved: Solved, whole: InWholePlaces | None) -> dict[str, object]:
    """Return every figure of the price of some commitments, and how it was obtained."""
    nothing: Kept = frozenset()
    found = vars(price(solved[nothing], solved[some])) | {"how": _FRACTIONS}
    if whole is None:
        return found
    kept = vars(price(whole.solved[nothing], whole.solved[some]))
    named = {name: kept[figure] for name, figure in _IN_WHOLE.items()}
    return found | named | {"how_whole": whole.how[some]}


def _dearest_first(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    return frame.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def _price_tables(
    prices: pd.DataFrame, together: pd.DataFrame, unit: Unit
) -> Iterator[AnswerTable]:
    """Yield what each costs, what several cost together, and the same in whole places."""
    amount = _amounts(unit)
    shown = (
        *columns(commitment="because of", owner="owner"),
        *amount,
        *columns(unit.show, average="average over orders"),
    )
    yield AnswerTable("prices", "What each costs, all others kept", prices, shown, _MOST)
    if len(prices) > 1:
        shown = (
            *columns(whose="whose"),
            *columns(figures.places, commitments="how many"),
            *columns(unit.show, one_by_one="sum of prices one by one"),
            *amount,
        )
        title = "What those of one owner cost together"
        yield AnswerTable("together", title, together, shown, _MOST)
    if "whole" not in prices:
        return
    rows = [prices.rename(columns={"commitment": "whose"}), together]
    frame = pd.concat([part[["whose", *_IN_WHOLE, "how_whole"]] for part in rows])
    shown = (
        *columns(whose="because of"),
        *columns(unit.show, whole=unit.name, whole_low="at least", whole_high="at most"),
        *_figures(unit, "whole_"),
    )
    yield AnswerTable(
        "whole", "The same in whole places, re-optimised from this plan",
        _dearest_first(frame, "whole"), shown, _MOST,
        "By the best plans found; the true price is between “at least” and “at most” for certain.",
    )  # fmt: skip


def _amounts(unit: Unit) -> tuple[AnswerColumn, ...]:
    return (*columns(unit.show, price=unit.name), *_figures(unit))


def _figures(unit: Unit, whole: str = "") -> tuple[AnswerColumn, ...]:
    return (
        AnswerColumn(f"{whole}shortfall", "FTE-years, unweighted", figures.signed_fte),
        AnswerColumn(f"{whole}spend", "£ more spent", figures.pounds),
        AnswerColumn(f"{whole}per_million", "lost per £1m", unit.show),
    )


def _promises(problem: Planning, members: list[Promise]) -> AnswerTable:
    rate = problem.policy.rules.price_of_missing
    rows: list[dict[str, object]] = [
        {
            "commitment": promise.name,
            "kind": promise.kind,
            "owner": promise.owner,
            "reason": promise.reason,
            "demands": words.demanded(promise),
            "gives": words.given(promise),
            "binds": spans(promise.binding) or "no",
            "missed": promise.missed,
            "paid": (rate or 0.0) * promise.missed,
        }
        for promise in members
    ]
    soft = (*columns(figures.places, missed="missed"), *columns(figures.fte, paid="paid"))
    shown = (
        *columns(commitment="commitment", demands="demands a year", gives="plan gives"),
        *columns(binds="no room in"),
        *(() if rate is None else soft),
        *columns(owner="owner", reason="reason"),
    )
    counted = " and ".join(sorted({promise.unit for promise in members}))
    title = f"What is demanded and what the plan gives, {counted or 'places'}"
    return AnswerTable("promises", title, pd.DataFrame(rows), shown)


def _idle(problem: Planning, idle: list[Promise]) -> AnswerTable:
    rows = [
        {
            "commitment": promise.name,
            "owner": promise.owner,
            "years": span(promise.first_year, promise.last_year),
            "why": words.why_idle(problem, promise),
        }
        for promise in idle
    ]
    shown = columns(
        commitment="commitment", owner="owner", years="years", why="why it has no effect"
    )
    title = "Commitments without effect on this plan"
    return AnswerTable("idle", title, pd.DataFrame(rows), shown)
