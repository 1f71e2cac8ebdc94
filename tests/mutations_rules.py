"""Errors planted in the rules of the arrays."""

from dataclasses import replace
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.formulation.cohorts import Cohorts
from commission_opt.formulation.parts import DEPLOYED, Part
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.shortage import SHORTAGE
from commission_opt.instance.instance import Instance
from mutations import (
    Mutation,
    blind,
    ends,
    entry,
    free_last_year,
    given,
    matrix,
    priced,
    result,
    rule,
    rule_rows,
    ruled,
    started_as_places,
    without,
    wrap,
)

M = Mutation


def one_child_short(i: Instance) -> dict[str, Any]:
    """Scopes in which each area lacks its last region."""
    return {
        r: s & (np.cumsum(s) < s.sum()) if 1 < s.sum() < len(s) else s for r, s in i.scopes.items()
    }


def all_filled(i: Instance) -> Any:
    """Courses whose every place is taken."""
    return i.courses.assign(fill_rate=1.0)


def budget_discount(coefficients: Any, problem: Planning) -> Any:
    years = problem.instance.budgets["year"].to_numpy(float) - problem.instance.first_year
    return coefficients * (1.035**-years)[:, None]


def one_more(part: Part, _problem: Planning) -> Part:
    assert part.box is not None
    return replace(part, box=(part.box[0], part.box[1] + 1.0))


def floor_uncapped(part: Part, problem: Planning) -> Part:
    """The first year's lower bound, without the cap at the largest admissible number."""
    pace, layout = problem.policy.rules.pace_of_change, problem.layout
    assert part.box is not None
    assert pace is not None
    lower = part.box[0].copy()
    last = problem.instance.courses["last_intake"].to_numpy(float)
    least = np.maximum(last * (1 - pace.max_decrease) - pace.allowance, 0.0)
    lower[layout.grid[:, 0]] = least
    return replace(part, box=(lower, part.box[1]))


def factors(number: float) -> Any:
    """Change what last year's places are multiplied by."""

    def change(coefficients: Any, _problem: Planning) -> Any:
        changed = coefficients.copy()
        changed.data[changed.data != 1.0] *= number
        return changed

    return change


def rounded_down(
    cohort: Cohorts, lower: Floats, upper: Floats, line: Any = slice(None)
) -> tuple[Floats, Floats]:
    step = cohort.step[line]
    return np.floor(lower / step) * step, np.floor(upper / step) * step


def unbounded(part: Part, _: Planning) -> Part:
    assert part.box is not None
    return replace(part, box=(part.box[0], np.where(np.isfinite(part.box[1]), 1e6, np.inf)))


def of_courses(table: str) -> Any:
    """The rows of a table of rates that speak of courses."""

    def rows(i: Instance) -> Any:
        rates = getattr(i, table)
        return rates[rates["line"] < len(i.courses)]

    return rows


def later_floor(part: Part, problem: Planning) -> Part:
    """Raise the least places of the last year of the last course beyond what pace demands."""
    assert part.box is not None
    lower = part.box[0].copy()
    lower[problem.layout.grid[-1, -1]] += 1
    return replace(part, box=(lower, part.box[1]))


def finer_ratio(i: Instance) -> Any:
    """Pairs whose staff do a millionth more."""
    return i.substitution.assign(ratio=i.substitution["ratio"] * (1 + 1e-6))


def short(price: Floats, factor: float, at: int) -> Floats:
    price[at] *= factor
    return price


USE, RULE = "instance.use", "formulation.rules"
BUDGET, POOL, PACE = r"row budgets\(", r"row placements\(", r"row pace_"
SENT = r"row substitution\("
KEPT, TAKEN, LEFT = r"row retention\(", r"row reshaping\(", r"row staff_taken\("
DRAWN, OFFERED = r"row pathways\(", r"row offers\("
PROMISE, FAIR = r"row commitments\(", r"row fair_share_"
BOX, NUMBERS = r"box of (places|units)", r"numbers of"

RULE_MUTATIONS = [
    M("one cost is 1e-4 too high", "budgets", "relaxed", BUDGET,
      rule_rows("budgets", "budgets", entry(1.0001))),
    M("the pipeline spends nothing", "budgets", "relaxed", BUDGET,
      wrap(f"{USE}:_committed", result(lambda spent: 0 * spent))),
    M("the fill rate counts for the pipeline", "budgets", "relaxed", BUDGET,
      wrap(f"{USE}:_committed", given(pipeline=started_as_places))),
    M("the fill rate does not count for places", "budgets", "relaxed", BUDGET,
      wrap(f"{USE}:_per_place", given(courses=all_filled))),
    M("students leave a year early", "budgets", "relaxed", BUDGET,
      wrap(f"{USE}:still_on_course", lambda old: lambda rate, d, j: old(rate, d, j + 1))),
    M("the last study year is free", "budgets", "relaxed", BUDGET,
      wrap(f"{USE}:still_on_course", free_last_year)),
    M("spending is discounted", "budgets", "relaxed", BUDGET,
      rule_rows("budgets", "budgets", matrix(budget_discount))),
    M("amounts are those of the row before", "budgets", "relaxed", BUDGET,
      rule_rows("budgets", "budgets", ends(upper=lambda most: np.roll(most, 1)))),
    M("an area lacks a region", "budgets", "relaxed", BUDGET,
      wrap(f"{USE}:_entries", given(scopes=one_child_short))),
    M("one row is missing", "budgets", "relaxed", "in the algebra only",
      rule_rows("budgets", "budgets", without(5))),
    M("one amount is £1 too high", "budgets", "relaxed", BUDGET,
      rule_rows("budgets", "budgets", ends(upper=lambda most: most + 1e-6 * np.eye(len(most))[3]))),
    M("the certificate sees none broken", "budgets", "relaxed", "verdict on budgets",
      blind("budgets")),
    M("one need is 1e-6 too high", "placements", "relaxed", POOL,
      rule_rows("placements", "placements", entry(1 + 1e-6, 3))),
    M("capacities are those of the year before", "placements", "relaxed", POOL,
      rule_rows("placements", "placements", ends(upper=lambda most: np.roll(most, 1)))),
    M("needs are those of another pool", "placements", "relaxed", POOL,
      rule_rows("placements", "placements", matrix(lambda m, _: m[::-1]))),
    M("growth is 1e-6 too fast", "pace_of_change", "relaxed", PACE,
      rule_rows("pace_of_change", "pace_up", matrix(factors(1 + 1e-6)))),
    M("decline is 1e-6 too fast", "pace_of_change", "whole", PACE,
      rule_rows("pace_of_change", "pace_down", matrix(factors(1 - 1e-6)))),
    M("a closed course has only the allowance", "pace_of_change", "relaxed", PACE,
      rule_rows("pace_of_change", "pace_up", ends(upper=lambda most: 0 * most + 2.5))),
    M("the allowance has the wrong sign", "pace_of_change", "relaxed", PACE,
      rule_rows("pace_of_change", "pace_down", ends(lower=lambda least: -least))),
    M("the first lower bound has no cap", "pace_of_change", "relaxed", BOX,
      rule("pace_of_change", floor_uncapped)),
    M("the first year is free", "pace_of_change", "whole", NUMBERS,
      rule("pace_of_change", lambda part, _: replace(part, box=None))),
    M("the certificate lets courses leap", "pace_of_change", "whole", "verdict on pace_of_change",
      blind("pace_of_change")),
    M("a course takes one more", "capacity", "relaxed", BOX, rule("capacity", one_more)),
    M("the capacity need not be a multiple", "capacity", "whole", NUMBERS,
      wrap("formulation.problem:cohorts",
           result(lambda c: replace(c, largest=c.capacity, step=0 * c.step + 1)))),
    M("minimum cohorts are ignored", "capacity", "whole", NUMBERS,
      wrap("formulation.problem:cohorts", ruled(minimum_cohorts=False))),
    M("minimum cohorts stay when off", "capacity", "small", NUMBERS,
      wrap("formulation.problem:cohorts", ruled(minimum_cohorts=True))),
    M("bounds are rounded down", "capacity", "whole", NUMBERS,
      lambda patch: patch.setattr(Cohorts, "tightened", rounded_down)),
    M("a later year may reach further", "pace_of_change", "whole", NUMBERS,
      rule("pace_of_change", later_floor)),
    M("the certificate takes any number", "capacity", "whole", "verdict on capacity",
      blind("capacity")),
    M("a measure has one unit more", "measures", "relaxed", BOX, rule("measures", one_more)),
    M("units have no end of their own", "measures", "relaxed", BOX, rule("measures", unbounded)),
    M("least amounts are ignored", "measures", "whole", NUMBERS,
      wrap("formulation.problem:cohorts",
           given(measures=lambda i: i.measures.assign(min_amount=0)))),
    M("least amounts fall with minimum cohorts", "measures", "small", NUMBERS,
      wrap("formulation.problem:cohorts",
           given(measures=lambda i: i.measures.assign(min_amount=0)))),
    M("steps of units are 1", "measures", "whole", NUMBERS,
      wrap("formulation.problem:cohorts", given(measures=lambda i: i.measures.assign(step=1)))),
    M("the certificate takes any units", "measures", "whole", "verdict on measures",
      blind("measures")),
    M("one retained in a million stays anyway", "retention", "relaxed", KEPT,
      rule_rows("retention", "retention", entry(1 + 1e-6))),
    M("those bought do not leave", "retention", "relaxed", KEPT,
      rule_rows("retention", "retention", matrix(lambda c, _: c.maximum(0)))),
    M("one more stays than would leave", "retention", "relaxed", KEPT,
      rule_rows("retention", "retention", ends(upper=lambda most: most + 1))),
    M("the certificate lets anybody stay", "retention", "whole", "verdict on retention",
      blind("retention")),
    M("more is taken away than there is", "reshaping", "relaxed", TAKEN,
      rule_rows("reshaping", "reshaping", ends(upper=lambda most: most * (1 + 1e-6)))),
    M("one year is free", "reshaping", "relaxed", "in the algebra only",
      rule_rows("reshaping", "reshaping", without(0))),
    M("the certificate lets demand vanish", "reshaping", "whole", "verdict on reshaping",
      blind("reshaping")),
    M("more are taken than there are", "staff_taken", "relaxed", LEFT,
      rule_rows("staff_taken", "staff_taken", ends(upper=lambda most: most + 1e-3))),
    M("those on course are at work", "staff_taken", "relaxed", LEFT,
      rule_rows("staff_taken", "staff_taken", entry(1 + 1e-6))),
    M("the certificate lets staff run out", "staff_taken", "whole", "verdict on staff_taken",
      blind("staff_taken")),
    M("one more is drawn than is eligible", "pathways", "relaxed", DRAWN,
      rule_rows("pathways", "pathways", ends(upper=lambda most: most + 1))),
    M("one drawn in a million is not counted", "pathways", "relaxed", DRAWN,
      rule_rows("pathways", "pathways", entry(1 + 1e-6))),
    M("the pipeline feeds nobody", "pathways", "relaxed", DRAWN,
      wrap("accounts.effects:fed", given(
          tables=lambda i: {**i.tables, "pipeline": i.tables["pipeline"].iloc[:0]}))),
    M("those who go on take no time", "pathways", "relaxed", DRAWN,
      wrap("accounts.effects:fed", given(pathways=lambda i: i.pathways.assign(lag_years=0)))),
    M("nobody stays", "pathways", "relaxed", DRAWN,
      wrap("formulation.pools:eligible", given(
          eligible=lambda i: i.eligible.assign(stay_rate=0.0)))),
    M("every place is filled from pools", "pathways", "relaxed", DRAWN,
      wrap("accounts.effects:drawn", given(courses=all_filled))),
    M("the certificate draws anybody", "pathways", "whole", "verdict on pathways",
      blind("pathways")),
    M("one offer too many is asked for", "offers", "relaxed", OFFERED,
      rule_rows("offers", "offers", ends(upper=lambda most: most - 1))),
    M("one offer in a million is not counted", "offers", "relaxed", OFFERED,
      rule_rows("offers", "offers", entry(1 + 1e-6))),
    M("offers are asked for in later years too", "offers", "relaxed", "in the arrays only",
      wrap(f"{RULE}.offers:_cells", lambda old: lambda problem: old(
          replace(problem, policy=replace(problem.policy, commissioning_years=8))))),
    M("the certificate asks for no offers", "offers", "whole", "verdict on offers",
      blind("offers")),
    M("those deployed need not be there", "substitution", "relaxed", "in the algebra only",
      rule("substitution", lambda part, _: replace(part, rows=()))),
    M("one more is deployed than is there", "substitution", "relaxed", SENT,
      rule_rows("substitution", "substitution", ends(upper=lambda most: most + 1e-3))),
    M("places bring nobody to deploy", "substitution", "relaxed", SENT,
      rule_rows("substitution", "substitution", matrix(lambda c, _: 0 * c))),
    M("one deployed in a million is counted twice", "substitution", "relaxed", SENT,
      rule_rows("substitution", "substitution", entry(1 + 1e-6, block=DEPLOYED))),
    M("shares are of what measures leave", "substitution", "relaxed", "box of deployed",
      wrap("formulation.service:most_deployed", given(demand=lambda i: 0.99 * i.demand))),
    M("ratios do not count for shares", "substitution", "relaxed", "box of deployed",
      wrap("formulation.service:most_deployed",
           given(substitution=lambda i: i.substitution.assign(ratio=1.0)))),
    M("anybody is deployed where there is nobody", "substitution", "relaxed", "box of deployed",
      wrap("formulation.service:most_deployed", lambda old: lambda i, base: old(i, abs(base)))),
    M("a ratio is 1e-6 too high", "substitution", "relaxed", r"row shortage\(",
      wrap("formulation.service:moved", given(substitution=finer_ratio))),
    M("those deployed still do their own work", "substitution", "relaxed", r"row shortage\(",
      wrap("formulation.service:moved", result(lambda adds: adds.maximum(0)))),
    M("the certificate lets anybody be deployed", "substitution", "relaxed",
      "verdict on substitution", blind("substitution")),
    M("units do not cost", "budgets", "relaxed", BUDGET,
      wrap("accounts.pay:budget_use", given(costs=of_courses("costs")))),
    M("units need no weeks", "placements", "relaxed", POOL,
      wrap("accounts.effects:placement_use", given(placement_use=of_courses("placement_use")))),
    M("nobody is paid", "budgets", "relaxed", BUDGET,
      wrap("accounts.pay:charged_to", result(lambda charges: 0 * charges))),
    M("nobody is paid while on a course", "budgets", "relaxed", BUDGET,
      wrap("accounts.pay:on_release", result(lambda away: 0 * away))),
    M("staff are paid a year late", "budgets", "relaxed", BUDGET,
      wrap("accounts.pay:charged_to", given(pay=lambda i: i.pay.assign(
          cell=np.roll(i.pay["cell"].to_numpy(), 1))))),
    M("units are paid once", "budgets", "relaxed", BUDGET,
      wrap("accounts.pay:budget_use",
           given(costs=lambda i: i.costs[
               (i.costs["line"] < len(i.courses)) | (i.costs["study_year"] == 1)]))),
    M("years may differ", "level_intake", "level", BOX,
      wrap("formulation.problem:decisions", ruled(level_intake=False))),
    M("the certificate lets years differ", "level_intake", "level", "verdict on level_intake",
      blind("level_intake")),
    M("one course does not count", "commitments", "relaxed", PROMISE,
      rule_rows("commitments", "commitments", entry(0.0))),
    M("the last year does not count", "commitments", "relaxed", PROMISE,
      wrap(f"{RULE}.commitments:in_force",
           result(lambda pairs: tuple(a[pairs[1] < 2] for a in pairs)))),
    M("one least number is one too low", "commitments", "relaxed", PROMISE,
      rule_rows("commitments", "commitments", ends(lower=lambda least: least - 1))),
    M("missed places count the wrong way", "commitments", "soft", PROMISE,
      rule_rows("commitments", "commitments", matrix(lambda m, _: -m, "missed"))),
    M("one missed place has no price", "commitments", "soft", r"objective, missed\(",
      priced("shortfall", "missed", lambda price, _: short(price, 0.0, -1))),
    M("the certificate sees none missed", "commitments", "relaxed", "verdict on commitments",
      blind("commitments")),
    M("one share is 1e-4 too high", "fair_share", "relaxed", FAIR,
      wrap(f"{RULE}.fair_share:_shares",
           result(lambda s: (s[0], s[1] + 1e-4 * np.eye(len(s[1]))[0], s[2])))),
    M("demand is that of the last year", "fair_share", "relaxed", FAIR,
      wrap(f"{RULE}.fair_share:_basis", given(demand=lambda i: i.demand[:, :, ::-1]))),
    M("people count by capacity", "fair_share", "population", FAIR,
      wrap(f"{RULE}.fair_share:_basis",
           given(regions=lambda i: i.regions.assign(population=1.0 + np.arange(len(i.regions)))))),
    M("intakes are capacities", "fair_share", "intakes", FAIR,
      wrap(f"{RULE}.fair_share:_basis",
           given(courses=lambda i: i.courses.assign(last_intake=i.courses["max_intake"])))),
    M("a region may have too little", "fair_share", "relaxed", "in the algebra only",
      rule("fair_share", lambda part, _: replace(part, rows=part.rows[:1]))),
    M("the certificate sees all fair", "fair_share", "whole", "verdict on fair_share",
      blind("fair_share")),
    M("one cell is missing less", "targets", "targets", r"row target_shortfall\(",
      rule_rows("targets", "target_shortfall", entry(1 - 1e-6, block=SHORTAGE))),
    M("a target is 1e-3 looser", "targets", "targets", r"row target_shortfall\(",
      rule_rows("targets", "target_shortfall", ends(upper=lambda most: most + 1e-3))),
    M("a share is of the demand of another year", "targets", "targets", r"row target_share_met\(",
      wrap("formulation.targeted:_asked",
           given(demand=lambda i: np.roll(i.demand, 1, axis=2)))),
    M("a region is without those in it", "targets", "targets", "in the algebra only",
      wrap("formulation.targeted:who", given(scopes=one_child_short))),
    M("one course does not count towards a target", "targets", "targets", r"row target_places\(",
      rule_rows("targets", "target_places", entry(0.0))),
    M("a first year does not count", "targets", "targets", "in the algebra only",
      wrap("formulation.targeted:years_of", result(lambda years: years[1:]))),
    M("beyond a target counts the wrong way", "targets", "soft aims",
      r"row target_places\(",
      rule_rows("targets", "target_places", matrix(lambda m, _: -m, "beyond_target_places"))),
    M("one soft target has no price", "targets", "soft aims",
      r"objective, beyond_target_shortfall\(",
      priced("shortfall", "beyond_target_shortfall", lambda price, _: short(price, 0.0, -1))),
    M("the certificate sees no target missed", "targets", "targets", "verdict on targets",
      blind("targets")),
]  # fmt: skip
