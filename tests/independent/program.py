"""The best plan: a program whose coefficients are what one place changes in a simulation."""

import math
from collections import defaultdict
from dataclasses import replace
from typing import Any

from independent.case import Bought, Case, Key, Policy, commissioning_years, most, number
from independent.objectives import below_floor, change, moves, unemployment
from independent.rules import (
    commitments,
    first_least,
    first_most,
    pace_steps,
    smallest_and_largest,
    target_count,
    target_ends,
    targets,
)
from independent.simulation import bands, discount, most_deployed, pairs, simulate, weight
from independent.staff import giving
from mixed_integer import Program


def add_decision(program: Program, line: Bought, policy: Policy) -> int:
    """x in {0} and the multiples of the step from s to A; relaxed, anything up to the capacity."""
    if not policy["integer"]:
        return program.column(0.0, 0.0, most(line))
    smallest, largest = smallest_and_largest(line, policy)
    x = program.column(0.0, 0.0, largest)
    steps = program.column(0.0, 0.0, round(largest / line.step), integer=1)
    runs = program.column(0.0, 0.0, 1.0, integer=1)
    program.row({x: 1.0, steps: -line.step}, 0.0, 0.0)
    program.row({x: 1.0, runs: -smallest}, 0.0, math.inf)
    program.row({x: 1.0, runs: -largest}, -math.inf, 0.0)
    return x


def add_pace(program: Program, case: Case, policy: Policy, x: dict[tuple[str, int], int]) -> None:
    first, opens = case.years[0], policy["rules"]["pace_of_change"].get("open_closed", True)
    slack = 1e-6 if policy["integer"] else 0.0  # whole numbers meet a bound within this
    for (name, year), column in x.items():
        if name in case.measures:
            continue
        course = case.courses[name]
        smallest, largest = smallest_and_largest(course, policy)
        (fall, below), (rise, above) = pace_steps(course, policy)
        if year == first:
            low = min(course.last_intake * fall - below - slack, first_least(course, policy))
            program.row({column: 1.0}, low, first_most(course, policy) + slack)
        else:
            program.row({column: 1.0, x[name, year - 1]: -fall}, -below - slack, math.inf)
            program.row({column: 1.0, x[name, year - 1]: -rise}, -math.inf, above + slack)
            growth = largest / smallest if smallest else 0.0
            if not opens:
                program.row({column: 1.0, x[name, year - 1]: -growth}, -math.inf, slack)


def add_change(program: Program, case: Case, policy: Policy, x: dict[tuple[str, int], int]) -> None:
    """One column for every move, at least the places gained and the places lost."""
    for name, year in moves(case, policy):
        last = case.courses[name].last_intake if year == case.years[0] else 0.0
        before = {} if year == case.years[0] else {x[name, year - 1]: -1.0}
        moved = program.column(1.0, 0.0, math.inf)
        program.row({x[name, year]: 1.0, moved: -1.0} | before, -math.inf, last)
        program.row({x[name, year]: 1.0, moved: 1.0} | before, last, math.inf)


def paid(case: Case, policy: Policy, places: dict[tuple[Any, ...], float]) -> float:
    """What soft targets miss, at their prices."""
    total, outcome = 0.0, simulate(case, policy, places)
    for _, keys, table, needed in targets(case, policy):
        low, high = target_ends(table, needed)
        there = target_count(table, keys, outcome.shortfall, places)
        total += table.get("price", 0.0) * max(0.0, low - there, there - high)
    return total


def sums(*rows: dict[int, float]) -> dict[int, float]:
    """Add up coefficients by column."""
    return {k: sum(row.get(k, 0.0) for row in rows) for k in {k for row in rows for k in row}}


def solve(
    case: Case, policy: Policy, time_limit: float | None = None, gap: float = 1e-7
) -> tuple[float, dict[tuple[Any, ...], float], float]:
    """The least of the first objective: its value, places with those deployed, and a lower bound.

    Raises Infeasible, or RuntimeError when the time limit leaves no plan. Everything is affine in
    the places and units, so the coefficients of one are what it changes in a simulation of its
    line alone.
    """
    program, rules = Program(), policy["rules"]
    years, fixed = commissioning_years(case, policy), simulate(case, policy, {})
    x = {(n, y): add_decision(program, it, policy) for n, it in case.lines.items() for y in years}
    supply, spend, weeks, relief, kept, drawn, eligible, lifted = (
        defaultdict[Key, dict[int, float]](dict) for _ in range(8)
    )
    for name in case.lines:
        alone = replace(
            case,
            courses={n: course for n, course in case.courses.items() if n == name},
            measures={n: measure for n, measure in case.measures.items() if n == name},
            pipeline={},
            workforce={},
        )
        nothing = simulate(alone, policy, {})
        for year in years:
            one, column = simulate(alone, policy, {(name, year): 1.0}), x[name, year]
            for key, fte in one.supply.items():
                supply[key][column] = fte - nothing.supply[key]
            for key, needed in one.demand.items():
                if needed != nothing.demand[key]:
                    relief[key][column] = nothing.demand[key] - needed
            for key, fte in one.retained.items():
                kept[key][column] = fte - nothing.retained[key]
            for key, pool in one.pools.items():
                drawn[key][column] = pool.drawn - nothing.pools[key].drawn
                eligible[key][column] = pool.eligible - nothing.pools[key].eligible
            for key, (needs, there) in one.floors.items():
                needed_before, was_there = nothing.floors[key]
                lifted[key][column] = there - needs - (was_there - needed_before)
            for key, use in one.spend.items():
                spend[key][column] = sum(use) - sum(nothing.spend[key])
            for key, use in one.placements.items():
                weeks[key][column] = sum(use) - sum(nothing.placements[key])
    deployed = {
        pair: program.column(0.0, 0.0, most_deployed(case, pair, fixed.base_supply))
        for pair in pairs(case, policy)
    }
    sent, does = defaultdict[Key, dict[int, float]](dict), defaultdict[Key, dict[int, float]](dict)
    for (helped, by, region, year), column in deployed.items():
        sent[by, region, year][column] = 1.0
        does[helped, region, year][column] = case.substitutes[helped, by, region][0]
    for key, columns in sent.items():
        if fixed.base_supply[key] >= 0:
            staff = {column: -fte for column, fte in supply[key].items()}
            program.row(sums(columns, staff), -math.inf, fixed.supply[key])
    first = policy["objective"][0]["minimise"]
    for who, column in deployed.items() if first == "below_floor" else ():
        for key, (needs, there) in simulate(case, policy, {who: 1.0}).floors.items():
            lifted[key][column] = there - needs - (fixed.floors[key][1] - fixed.floors[key][0])
    if first == "change":
        add_change(program, case, policy, x)
    for key, (needs, there) in fixed.floors.items() if first == "below_floor" else ():
        lacking = program.column(discount(case, policy, key[2]), 0.0, math.inf)
        program.row(lifted[key] | {lacking: 1.0}, needs - there, math.inf)
    for key, posts in case.posts.items() if first == "unemployed" else ():
        idle = program.column(discount(case, policy, key[2]), 0.0, math.inf)
        program.row(supply[key] | {idle: -1.0}, -math.inf, posts - fixed.supply[key])
    aims = list(targets(case, policy))
    aimed = {key for _, keys, table, _ in aims if table["of"] != "places" for key in keys}
    short: dict[Key, list[int]] = {}
    for key, demand in case.demand.items():
        if first != "shortfall" and key not in aimed:
            continue
        each = weight(case, policy, *key) if first == "shortfall" else 0.0
        costs = [(each * w, top) for top, w in bands(policy, demand)]
        missing = {program.column(cost, 0.0, top): 1.0 for cost, top in costs}
        short[key] = list(missing)
        gone = dict.fromkeys(sent[key], -1.0)
        enough = sums(supply[key], relief[key], does[key], gone) | missing
        program.row(enough, fixed.demand[key] - fixed.supply[key], math.inf)
        if key in case.posts:
            program.row(relief[key] | missing, fixed.demand[key] - case.posts[key], math.inf)
    for _, keys, table, needed in aims:
        low, high = target_ends(table, needed)
        staff = table["of"] != "places"
        counts = {c: 1.0 for key in keys for c in (short[key] if staff else [x[key]])}
        if "price" in table:
            beyond = program.column(table["price"], 0.0, math.inf)
            counts[beyond] = -1.0 if math.isfinite(high) else 1.0
        program.row(counts, low, high)
    for key, entries in relief.items():
        program.row(entries, -math.inf, fixed.demand[key])
    for pair in giving(case):
        for year in case.years:
            program.row(supply[*pair, year], -fixed.supply[*pair, year], math.inf)
    for key, entries in kept.items():
        leaver = case.leaver[key[:2]]
        leaving = {column: -leaver * fte for column, fte in supply[key].items()}
        most_kept = leaver * fixed.supply[key] - fixed.retained[key]
        program.row(sums(entries, leaving), -math.inf, most_kept)
    for key, pool in fixed.pools.items():
        fewer = {column: -people for column, people in drawn[key].items()}
        program.row(sums(eligible[key], fewer), pool.drawn - pool.eligible, math.inf)
        if pool.offer and key[2] in years:
            asked = {column: pool.offer * people for column, people in eligible[key].items()}
            most_asked = pool.drawn - pool.offer * pool.eligible
            program.row(sums(asked, fewer), -math.inf, most_asked)
    for key, amount in case.budgets.items() if rules["budgets"] else ():
        program.row(spend[key], -math.inf, amount - sum(fixed.spend[key]))
    for key, capacity in case.capacity.items() if rules["placements"] else ():
        program.row(weeks[key], -math.inf, capacity - sum(fixed.placements[key]))
    for _, keys, row in commitments(case, policy):
        low, high = number(row, "min_places", -math.inf), number(row, "max_places", math.inf)
        program.row({x[key]: 1.0 for key in keys}, low, high)
    if rules["pace_of_change"]:
        add_pace(program, case, policy, x)
    for name, year in x if rules["level_intake"] else ():
        if year > years[0] and name in case.courses:
            program.row({x[name, year]: 1.0, x[name, year - 1]: -1.0}, 0.0, 0.0)
    answer, bound = program.minimise(gap, time_limit)
    places: dict[tuple[Any, ...], float]
    places = {key: max(0.0, answer[column]) for key, column in x.items()}
    if policy["integer"]:
        step = {key: case.lines[key[0]].step for key in x}
        places = {key: round(value / step[key]) * step[key] for key, value in places.items()}
    places |= {pair: max(0.0, answer[column]) for pair, column in deployed.items()}
    if first == "shortfall":
        return simulate(case, policy, places).objective + paid(case, policy, places), places, bound
    value = {"change": change, "below_floor": below_floor, "unemployed": unemployment}[first]
    return value(case, policy, places), places, bound
