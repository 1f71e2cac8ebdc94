"""The ledger of commitments: what each promise demands, and what it costs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, Column, Table
from commission_opt.explain.ledger import words
from commission_opt.explain.ledger.orders import Kept
from commission_opt.explain.ledger.prices import InFractions, in_fractions, price
from commission_opt.explain.ledger.promises import Promise, promises
from commission_opt.explain.ledger.whole import InWholePlaces, in_whole_places
from commission_opt.explain.plan import Plan
from commission_opt.explain.units import Unit, unit_of
from commission_opt.formulation.problem import Planning
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.counts import span

_MOST = 15
_IN_WHOLE = (
    "whole", "whole_low", "whole_high", "whole_shortfall", "whole_spend", "whole_per_million",
)  # fmt: skip
_FRACTIONS = "re-solved without it, fractions of places"


def ledger(
    plan: Plan,
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
        Told of progress; can stop the work.
    relaxed_only : bool
        Leave whole places out.

    Returns
    -------
    Answer
        Tables ``prices`` (one row for each commitment in force, with every figure, how it was
        obtained and the limits between which it is for certain), ``together`` (the same for
        owners, and for all), ``whole`` (what was found in whole places), ``promises`` (what is
        demanded and given) and ``idle`` (commitments without effect); those that would be empty
        are left out. A price is the first objective with the commitment, less without it.

    Raises
    ------
    NoPlanError, StoppedError
        If the time limit or the user came before the prices in fractions were known.
    CertificateError
        If what was found does not prove itself.
    """
    limits, watch = limits or Limits(gap=1e-5), watch or Watch()
    problem, places = plan.problem, plan.places
    every = promises(problem, places)
    members = [promise for promise in every if promise.in_force]
    idle = [promise for promise in every if not promise.in_force]
    title = f"What commitments cost in {problem.instance.title}"
    tables = _demands(problem, members, idle)
    if not members:
        return Answer(title, (words.nothing(problem, idle),), tables)
    fractions = in_fractions(problem, members, limits, watch)
    whole: InWholePlaces | None = None
    if problem.policy.integer and not relaxed_only:
        whole = in_whole_places(problem, places, fractions.solved, limits, watch)
    unit = unit_of(problem)
    prices, together = _prices(members, fractions, whole), _together(members, fractions, whole)
    said = words.sentences(problem, places, members, fractions, whole)
    shown = (
        _price_table(prices, unit),
        *((_together_table(together, unit),) if len(members) > 1 else ()),
        *((_whole_table(prices, together, unit),) if whole else ()),
    )
    return Answer(title, tuple(said), (*shown, *tables))


def demands(problem: Planning, places: Floats) -> tuple[Table, ...]:
    """Return what commitments demand and what a plan gives, without solving anything.

    Parameters
    ----------
    problem : Planning
    places : array, shape (C, K)
        Places of the plan.

    Returns
    -------
    tuple of Table
        ``promises`` and ``idle`` as in ``ledger``.
    """
    every = promises(problem, places)
    members = [promise for promise in every if promise.in_force]
    return _demands(problem, members, [promise for promise in every if not promise.in_force])


def _demands(problem: Planning, members: list[Promise], idle: list[Promise]) -> tuple[Table, ...]:
    return (*_promises(problem, members), *_idle(problem, idle))


def _prices(
    members: list[Promise], fractions: InFractions, whole: InWholePlaces | None
) -> pd.DataFrame:
    rows = [
        {
            "commitment": promise.name,
            "kind": promise.kind,
            "owner": promise.owner,
            "reason": promise.reason,
            "average": fractions.averages.cost[i],
            "average_error": fractions.averages.error[i],
            **_price(frozenset({promise.position}), fractions, whole),
        }
        for i, promise in enumerate(members)
    ]
    frame = pd.DataFrame(rows)
    return frame.sort_values("price", ascending=False, kind="stable", ignore_index=True)


def _together(
    members: list[Promise], fractions: InFractions, whole: InWholePlaces | None
) -> pd.DataFrame:
    owners = list(dict.fromkeys(promise.owner for promise in members))
    groups = [(owner, [p for p in members if p.owner == owner]) for owner in owners]
    base = fractions.solved[frozenset()]
    one_by_one = {
        p.position: price(base, fractions.solved[frozenset({p.position})]).value for p in members
    }
    rows = [
        {
            "whose": whose,
            "commitments": len(own),
            "one_by_one": sum(one_by_one[p.position] for p in own),
            **_price(frozenset(p.position for p in own), fractions, whole),
        }
        for whose, own in [*groups, ("all together", members)]
    ]
    return pd.DataFrame(rows)


def _price(some: Kept, fractions: InFractions, whole: InWholePlaces | None) -> dict[str, object]:
    """Return every figure of the price of some commitments, and how it was obtained."""
    nothing: Kept = frozenset()
    relaxed = price(fractions.solved[nothing], fractions.solved[some])
    found: dict[str, object] = {
        "price": relaxed.value,
        "low": relaxed.low,
        "high": relaxed.high,
        "shortfall": relaxed.shortfall,
        "spend": relaxed.spend,
        "spend_low": relaxed.spend_low,
        "spend_high": relaxed.spend_high,
        "per_million": _per_million(relaxed.value, relaxed.spend),
        "how": _FRACTIONS,
    }
    if whole is None:
        return found
    kept = price(whole.solved[nothing], whole.solved[some])
    return found | {
        "whole": kept.value,
        "whole_low": kept.low,
        "whole_high": kept.high,
        "whole_shortfall": kept.shortfall,
        "whole_spend": kept.spend,
        "whole_per_million": _per_million(kept.value, kept.spend),
        "how_whole": whole.how[some],
    }


def _per_million(worth: float, spend: float) -> float:
    """Return what is lost for each £1m more that is spent; NaN where no more is spent."""
    return worth / spend * 1e6 if spend >= words.LEAST else np.nan


def _figures(unit: Unit) -> tuple[Column, ...]:
    return (
        Column("price", unit.name, unit.show),
        Column("shortfall", "FTE-years, unweighted", figures.signed_fte),
        Column("spend", "£ more spent", figures.pounds),
        Column("per_million", "lost per £1m", unit.show),
    )


def _price_table(frame: pd.DataFrame, unit: Unit) -> Table:
    columns = (
        Column("commitment", "because of"),
        Column("owner", "owner"),
        *_figures(unit),
        Column("average", "average over orders", unit.show),
    )
    return Table("prices", "What each costs, all others kept", frame, columns, _MOST)


def _together_table(frame: pd.DataFrame, unit: Unit) -> Table:
    columns = (
        Column("whose", "whose"),
        Column("commitments", "how many", figures.places),
        Column("one_by_one", "sum of prices one by one", unit.show),
        *_figures(unit),
    )
    return Table("together", "What those of one owner cost together", frame, columns, _MOST)


def _whole_table(prices: pd.DataFrame, together: pd.DataFrame, unit: Unit) -> Table:
    rows = [prices.rename(columns={"commitment": "whose"}), together]
    frame = pd.concat([part[["whose", *_IN_WHOLE, "how_whole"]] for part in rows])
    columns = (
        Column("whose", "because of"),
        Column("whole", unit.name, unit.show),
        Column("whole_low", "at least", unit.show),
        Column("whole_high", "at most", unit.show),
        Column("whole_shortfall", "FTE-years, unweighted", figures.signed_fte),
        Column("whole_spend", "£ more spent", figures.pounds),
        Column("whole_per_million", "lost per £1m", unit.show),
    )
    return Table(
        "whole", "The same in whole places, re-optimised from this plan", _first_known(frame),
        columns, _MOST,
        "By the best plans found; the true price is between “at least” and “at most” for certain.",
    )  # fmt: skip


def _first_known(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values("whole", ascending=False, kind="stable", ignore_index=True)


def _promises(problem: Planning, members: list[Promise]) -> tuple[Table, ...]:
    if not members:
        return ()
    rate = problem.policy.rules.price_of_missing
    rows: list[dict[str, object]] = [
        {
            "commitment": promise.name,
            "kind": promise.kind,
            "owner": promise.owner,
            "reason": promise.reason,
            "demands": words.demanded(promise),
            "gives": words.given(promise),
            "binds": words.years(promise.binding) or "no",
            "missed": promise.missed,
            "paid": (rate or 0.0) * promise.missed,
        }
        for promise in members
    ]
    columns = (
        Column("commitment", "commitment"),
        Column("demands", "demands a year"),
        Column("gives", "plan gives"),
        Column("binds", "no room in"),
        *((Column("missed", "missed", figures.places),) if rate is not None else ()),
        *((Column("paid", "paid", figures.fte),) if rate is not None else ()),
        Column("owner", "owner"),
        Column("reason", "reason"),
    )
    title = "What is demanded and what the plan gives, places"
    return (Table("promises", title, pd.DataFrame(rows), columns),)


def _idle(problem: Planning, idle: list[Promise]) -> tuple[Table, ...]:
    if not idle:
        return ()
    frame = pd.DataFrame(
        {
            "commitment": promise.name,
            "owner": promise.owner,
            "years": span(promise.first_year, promise.last_year),
            "why": words.why_idle(problem, promise),
        }
        for promise in idle
    )
    columns = (
        Column("commitment", "commitment"),
        Column("owner", "owner"),
        Column("years", "years"),
        Column("why", "why it has no effect"),
    )
    return (Table("idle", "Commitments without effect on this plan", frame, columns),)
