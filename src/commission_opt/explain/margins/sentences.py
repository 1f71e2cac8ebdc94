"""What one more of everything is worth, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from commission_opt.allocation.decided import Decided
from commission_opt.explain import figures
from commission_opt.explain.limits import of_first, standing
from commission_opt.explain.margins.line_costs import sentences as cost_sentences
from commission_opt.explain.margins.pools import best_pools
from commission_opt.explain.margins.posts import best_posts
from commission_opt.explain.margins.prices import PricedProgram
from commission_opt.explain.margins.questions import EVERY
from commission_opt.explain.margins.spending import spends
from commission_opt.explain.margins.worth import ESTIMATE
from commission_opt.formulation.limits import Limit
from commission_opt.formulation.objectives import first_objective
from commission_opt.formulation.rules import LIMITS
from commission_opt.views import words

NOTHING = 1e-6  # worth that counts as none
_RATES = {"completion": "completion", "join": "joining", "leavers": "leaving"}


def sentences(
    plan: Decided, near: PricedProgram, frames: Mapping[str, pd.DataFrame], *, pay: bool = False
) -> Iterator[str]:
    """Say what limits a plan, and what of everything is worth most.

    Frames say what is worth how much, by kind, the most valuable first.
    """
    problem = plan.problem
    unit = first_objective(problem.policy).unit
    none = " and ".join(f"no {kind.name}" for kind in LIMITS.values())
    parts = [_binding(kind, frames[kind.answer]) for kind in LIMITS.values()]
    at = standing(problem, near.formulation.program, plan.outcome)
    yield f"What limits the plan: {'; '.join(filter(None, parts)) or none}; {at}."
    yield from (_best_limit(limit, frames[limit.answer], unit) for limit in LIMITS.values())
    if len(frames["entrants"]):
        yield best_pools(frames["entrants"], lambda row: _saves(row, unit))
    if len(frames["posts"]):
        yield best_posts(frames["posts"], lambda row: _saves(row, unit))
    yield _best_line(frames["capacity"], "course", "places of capacity", unit)
    measured = len(frames["units"]) > 0
    if measured:
        yield _best_line(frames["units"], "measure", "units", unit)
    yield _best_rates(frames["rates"])
    if "line_costs" in frames:
        yield from cost_sentences(frames["line_costs"], unit, pay=pay)
    if problem.policy.integer:
        numbers = "places and units" if measured else "places"
        running = "same courses running" + " and the same measures bought" * measured
        yield (
            f"Values are next to the plan, in fractions of {numbers} with the {running}; "
            f"“whole plan at most” is the certified most that the best plan in whole {numbers} "
            "could save against this one with the change made."
        )
    if note := of_first(problem.policy):
        yield note


def _binding(kind: Limit, frame: pd.DataFrame) -> str:
    """Say how many limits of a kind hold a plan back: those of which more would buy something."""
    if not len(frame):
        return ""
    single = frame["year"] != EVERY
    count = int((frame.loc[single, "worth"] > NOTHING).sum())
    if not count and (frame.loc[~single, "low"] > NOTHING).any():
        return f"no {kind.name} of one year alone, but those of all years together"
    return f"{count:,} of {kind.counted(int(single.sum()))}"


def _best_limit(limit: Limit, frame: pd.DataFrame, unit: str) -> str:
    what = f"Another {limit.said(limit.worth_step, unit=limit.what)}"
    code, kind = limit.code, limit.name
    if not len(frame):
        return f"No {kind} is in force."
    single = frame["year"] != EVERY
    worth = frame[single & (frame["worth"] > NOTHING)]
    best = worth if len(worth) else frame[~single & (frame["low"] > NOTHING)]
    if not len(best):
        return f"{what} would buy nothing in any {kind}."
    if not len(worth):
        what += f" in one year alone would buy nothing in any {kind}; in every year it"
    first = best.iloc[0]
    more = f"{what} would buy most in {_where(first, code)}: {_saves(first, unit)}"
    if len(worth) > 1:
        second = worth.iloc[1]
        more += f"; next comes {_where(second, code)} with {figures.fte(second['worth'])}"
    if len(worth):
        rows = words.plural(int(single.sum()), "row")
        more += f"; it would buy something in {len(worth):,} of {rows}"
    return f"{more}. {spends(first, unit)}".rstrip()


def _where(row: pd.Series, code: str) -> str:
    region = {"*": "", EVERY: " (each row)"}.get(row["region"], f" in {row['region']}")
    return f"{row[code]}{region}" + (
        "" if row["year"] == EVERY else f" in {words.year(row['year'])}"
    )


def _saves(row: pd.Series, unit: str) -> str:
    if row["how"] == ESTIMATE:
        return f"between {figures.fte(row['low'])} and {figures.fte(row['high'])} {unit}"
    return f"{figures.fte(row['worth'])} {unit}, {figures.fte(row['plain'])} plain FTE-years"


def _best_line(frame: pd.DataFrame, line: str, what: str, unit: str) -> str:
    """Say on which courses, or measures, more room is worth most."""
    worth = frame[frame["worth"] > NOTHING] if len(frame) else frame
    if not len(worth):
        return f"No {line} would use more {'capacity' if line == 'course' else 'units'}."
    named = ", ".join(f"{r[line]} ({figures.fte(r['worth'])})" for _, r in worth[:3].iterrows())
    more = (
        f"{len(worth):,} of {words.plural(len(frame), line)} would use ten more {what}; they are "
        f"worth most on {named}."
    )
    first, where = worth.iloc[0], "on" if line == "course" else "of"
    return f"{more} {spends(first, unit, f'Ten more {where} {first[line]}')}".rstrip()


def _best_rates(frame: pd.DataFrame) -> str:
    if not len(frame):
        return "No rate can be better than it is."
    every = frame[frame["profession"] == EVERY]
    all_of = ", ".join(
        f"{_RATES[r['rate']]} {figures.fte(r['worth'])}" for _, r in every.iterrows()
    )
    one = frame[frame["profession"] != EVERY]
    most = one.iloc[0]
    if not (frame["worth"] > NOTHING).any():
        return "No rate that is a point better would save anything."
    return (
        f"One point better for every profession is worth: {all_of}; the profession for which a "
        f"point counts most is {most['profession']} ({_RATES[most['rate']]}, "
        f"{figures.fte(most['worth'])})."
    )
