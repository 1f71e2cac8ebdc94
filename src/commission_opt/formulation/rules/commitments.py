"""Commitments: promises about the places of courses, or the units of a measure.

Hard ones hold. Soft ones may be missed: the places missing or beyond are columns of their own,
at a price that the shortfall objective pays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np
import pandas as pd
from scipy import sparse

from commission_opt.accounts.outcome import Outcome
from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.decisions import Decisions
from commission_opt.formulation.origin import Elastic, Origin, Price, Said, at_line
from commission_opt.formulation.parts import PLACES, Columns, Hinges, Part, Rows
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy, Rules

TITLE = "commitments"
ALIKE = True

COUNTED = ("commitments", "commitment_price")
MISSED = "missed"


def words(policy: Policy) -> str:
    """Say whether commitments hold, or what missing them costs."""
    if policy.rules.commitments == "hard":
        return "kept in the years commissioned"
    return f"may be missed at {policy.rules.commitment_price:g} weighted FTE-years a place"


def check(rules: Rules, written: Collection[str], priced: bool) -> Iterator[tuple[str, str]]:
    """Check that soft commitments have a price, and an objective that pays it."""
    soft, price = rules.commitments == "soft", "commitment_price" in written
    if soft and not price:
        yield (
            "commitments",
            "“soft” needs commitment_price, weighted FTE-years for each place missed",
        )
    if price and not soft:
        yield "commitment_price", "goes with commitments = “soft” only"
    if soft and not priced:
        yield "commitments", "“soft” is priced in {}, which the model does not have"


def rows(problem: Planning) -> Part:
    """Keep ``min_places ≤ Σ places ≤ max_places`` in every commissioning year of the range."""
    instance, layout = problem.instance, problem.layout
    which, when = in_force(instance, layout.years)
    if not len(which):
        return Part()
    matches = _matches(instance, layout, which, when)
    least, most = _ends(instance, which)
    codes = instance.commitments["commitment"].to_numpy()

    def key(i: int) -> str:
        return f"{codes[which[i]]},{instance.first_year + when[i]}"

    def label(i: int) -> str:
        name, owner = instance.commitments[["commitment", "owner"]].iloc[which[i]]
        return f"commitment {name!r} ({owner}) in {instance.first_year + when[i]}"

    if problem.policy.rules.commitments == "hard":
        block = Rows("commitments", {PLACES: matches}, least, most, label, key, origin=ORIGINS)
        return Part(rows=(block,))
    short, beyond = np.flatnonzero(np.isfinite(least)), np.flatnonzero(np.isfinite(most))
    slack = sparse.csr_array(
        (
            np.concatenate([np.ones(len(short)), -np.ones(len(beyond))]),
            (np.concatenate([short, beyond]), np.arange(len(short) + len(beyond))),
        ),
        shape=(len(which), len(short) + len(beyond)),
    )
    capacity = matches @ problem.cohorts.capacity[layout.line]

    def fill(x: Floats) -> Floats:
        total = matches @ x[: layout.size]
        missing = np.concatenate([(least - total)[short], (total - most)[beyond]])
        filled: Floats = np.maximum(missing, 0.0)
        return filled

    columns = Columns(
        MISSED,
        np.zeros(slack.shape[1]),
        np.concatenate([least[short], np.maximum(capacity - most, 0.0)[beyond]]),
        fill,
        lambda i: (
            ("below," if i < len(short) else "beyond,")
            + key(int(np.concatenate([short, beyond])[i]))
        ),
    )
    coefficients = {PLACES: matches, MISSED: slack}
    return Part(
        (columns,), (Rows("commitments", coefficients, least, most, label, key, origin=ORIGINS),)
    )


def in_force(instance: Instance, years: int) -> tuple[Ints, Ints]:
    """Return the pairs of commitment and commissioning year (position) that count."""
    year = instance.first_year + np.arange(years)
    first = instance.commitments["first_year"].to_numpy(float)[:, None]
    last = instance.commitments["last_year"].to_numpy(float)[:, None]
    which, when = np.nonzero((first <= year) & (year <= last))
    return which, when


def _ends(instance: Instance, which: Ints) -> tuple[Floats, Floats]:
    """Return the least and most of commitments, infinite where there is none."""
    table = instance.commitments
    least, most = table["min_places"].fillna(-np.inf), table["max_places"].fillna(np.inf)
    return least.to_numpy(float)[which], most.to_numpy(float)[which]


def _matches(instance: Instance, layout: Decisions, which: Ints, when: Ints) -> sparse.csr_array:
    row, line = np.nonzero(instance.commitment_lines[which])
    column = layout.column(line, when[row])
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(which), layout.size))


def missed_hinges(problem: Planning) -> Hinges:
    """Return the price of places below the least or beyond the most of soft commitments."""
    instance, layout = problem.instance, problem.layout
    which, when = in_force(instance, layout.years)
    matches, (least, most) = _matches(instance, layout, which, when), _ends(instance, which)
    short, beyond = np.flatnonzero(np.isfinite(least)), np.flatnonzero(np.isfinite(most))
    knots = np.concatenate([least[short], -most[beyond]])[None, :]
    price = np.full_like(knots, problem.policy.rules.commitment_price)
    reach = sparse.csr_array(sparse.vstack([matches[short], -matches[beyond]]))
    return Hinges(reach, knots, price, np.zeros(layout.size), 0.0)


def missed_places(instance: Instance, amounts: Floats) -> Floats:
    """Return the places or units by which each commitment in force is missed."""
    which, when = in_force(instance, amounts.shape[1])
    total = (instance.commitment_lines.astype(float) @ amounts)[which, when]
    least, most = _ends(instance, which)
    missed: Floats = np.maximum(np.maximum(least - total, total - most), 0.0)
    return missed


def violations(problem: Planning, result: Outcome) -> Iterator[Violation]:
    """Check every hard commitment in every commissioning year of its range."""
    if problem.policy.rules.commitments == "soft":
        return
    instance, table = problem.instance, problem.instance.commitments
    which, when = in_force(instance, result.places.shape[1])
    totals = (instance.commitment_lines.astype(float) @ result.amounts)[which, when]
    least = table["min_places"].to_numpy(float)[which]
    most = table["max_places"].to_numpy(float)[which]
    short, over = np.nan_to_num(least - totals), np.nan_to_num(totals - most)
    limit = np.nan_to_num(np.where(short > over, least, most))
    size = np.maximum(short, over) / np.maximum(1.0, np.abs(limit))
    for i in np.flatnonzero(size > 0):
        name = table["commitment"].iloc[which[i]]
        yield Violation(float(size[i]), f"commitment {name!r} in {instance.first_year + when[i]}")


def _says(column: str) -> Callable[[Planning, int], Said]:
    def said(problem: Planning, i: int) -> Said:
        instance = problem.instance
        which, when = in_force(instance, problem.policy.commissioning_years)
        row, year = instance.commitments.iloc[which[i]], instance.first_year + int(when[i])
        name = f"commitment {row['commitment']!r} in {year}"
        return Said(name, float(row[column]), year, str(row["owner"]), _unit(row))

    return said


def _lines(problem: Planning) -> Ints:
    which, _ = in_force(problem.instance, problem.policy.commissioning_years)
    return problem.instance.commitments.index.to_numpy(int)[which]


def _prices(instance: Instance) -> Price:
    """Price a place as one costs on average on the courses of the commitment."""
    cost, table = place_costs(instance), instance.commitments

    def price(line: int | None) -> float:
        own = cost[instance.commitment_lines[at_line(table, line)]]
        return float((own if len(own) else cost).mean())

    return price


def _unit(row: pd.Series) -> str:
    """Return what a commitment counts: places, or units of the measure that it names."""
    return "units" if row["measure"] else "places"


def _reached(instance: Instance, line: int) -> Said:
    """Return the most that its courses or its measure, and the commitment itself, leave."""
    at = at_line(instance.commitments, line)
    said = instance.commitments.iloc[at]
    most = instance.lines["max_amount"].to_numpy(float)
    reach = float(np.nanmin([most[instance.commitment_lines[at]].sum(), said["max_places"]]))
    return Said(f"commitment {said['commitment']!r}", reach, unit=_unit(said))


ORIGINS = (
    Origin(
        "commitment, least places", "commitments.csv", "min_places", _says("min_places"), _lines,
        asks_for_more=True,
        relax=Elastic("commitments", _prices, "−{amount} on {name}", least=_reached),
    ),
    Origin(
        "commitment, most places", "commitments.csv", "max_places", _says("max_places"), _lines,
        relax=Elastic("commitments", _prices, "+{amount} on {name}"),
    ),
)  # fmt: skip
