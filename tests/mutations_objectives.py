"""Errors planted in the supply, the stages and the objectives of the arrays."""

from dataclasses import replace
from typing import Any

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.formulation.parts import PLACES
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance
from commission_opt.policy import Tier
from mutations import (
    Mutation,
    ends,
    given,
    matrix,
    objective,
    objective_rows,
    priced,
    result,
    ruled,
    started_as_places,
    valued,
    without,
    wrap,
)

M = Mutation


def first_year_repeated(old: Any) -> Any:
    def new(instance: Instance, policy: Any) -> Any:
        layout = old(instance, policy)
        amounts = layout.started.matrix.tolil()
        years = layout.years
        for line in range(layout.n_lines):
            after = slice(line * layout.horizon + years, (line + 1) * layout.horizon)
            amounts[after, int(layout.column(line, years - 1))] = 0.0
            amounts[after, int(layout.column(line, 0))] = 1.0
        return replace(layout, started=replace(layout.started, matrix=amounts.tocsr()))

    return new


def fixed(change: Any) -> Any:
    """Change what is bought after the last commissioning year."""

    def edit(layout: Any) -> Any:
        grid = layout.started.constant.reshape(layout.n_lines, layout.horizon)
        constant = np.asarray(change(grid, layout.years), float).ravel()
        return replace(layout, started=replace(layout.started, constant=constant))

    return result(edit)


def a_year_early(grid: Floats, years: int) -> Floats:
    early = grid.copy()
    early[:, years - 1] = grid[:, years]
    return early


def nudged(operator: Any) -> Any:
    operator.data[len(operator.data) // 2] *= 1 + 1e-6
    return operator


def found_by(**changes: Any) -> Any:
    """Change whom a unit brings."""
    return result(
        lambda arrivals: replace(
            arrivals, **{name: change(arrivals) for name, change in changes.items()}
        )
    )


def region_weights(problem: Planning) -> Floats:
    return problem.instance.regions["weight"].to_numpy(float)


def short(price: Floats, factor: float, at: int) -> Floats:
    price[at] *= factor
    return price


def nothing_continued(old: Any) -> Any:
    def new(problem: Planning, **keys: bool) -> Floats:
        each: Floats = old(problem, **keys).reshape(-1, problem.instance.horizon).copy()
        each[:, problem.layout.years :] = 0.0
        return each.ravel()

    return new


def last_year_free(old: Any) -> Any:
    def new(instance: Instance, rates: Any) -> Any:
        paid = instance.lines["paid_years"].to_numpy(int)[rates["line"].to_numpy(int)]
        return old(instance, rates) * (rates["study_year"].to_numpy(int) < paid)

    return new


def units_free(old: Any) -> Any:
    return lambda instance, rates: (
        old(instance, rates) * (rates["line"].to_numpy(int) < len(instance.courses))
    )


def second_year(coefficients: Any, _problem: Planning) -> Any:
    return coefficients[:, np.roll(np.arange(coefficients.shape[1]), 1)]


def one_higher(numbers: Floats) -> Floats:
    numbers[0] += 1
    return numbers


def narrow(aim: Any, _problem: Planning) -> Any:
    (part,) = aim.parts
    columns = tuple(replace(c, upper=c.upper * 0.9) for c in part.columns)
    return replace(aim, parts=(replace(part, columns=columns),))


def without_offset(aim: Any, _problem: Planning) -> Any:
    return replace(aim, offset=0.0)


def forgetful_cap(old: Any) -> Any:
    return lambda aim, limit: old(replace(aim, offset=0.0), limit)


AIM = "formulation.objectives"
SHORT, OVER, BELOW = r"row shortage\(", r"row surplus\(", r"row below_floor\("

OBJECTIVE_MUTATIONS = [
    M("the first year is repeated", "continuation", "relaxed", SHORT,
      wrap("formulation.problem:decisions", first_year_repeated)),
    M("last intakes do not go on", "continuation", "last_intake", SHORT,
      wrap("formulation.problem:decisions", fixed(lambda grid, _: 0 * grid))),
    M("last intakes go on a year early", "continuation", "last_intake", SHORT,
      wrap("formulation.problem:decisions", fixed(a_year_early))),
    M("places go on", "continuation", "none", SHORT,
      wrap("formulation.problem:decisions", ruled(continuation="repeat"))),
    M("early years are one too few", "supply", "relaxed", SHORT,
      wrap("activities.places:survival", given(early_years=lambda i: i.early_years - 1))),
    M("one graduate in a million moves", "supply", "relaxed", SHORT,
      wrap("accounts.effects:response", result(nudged))),
    M("units bring nobody", "recruit", "relaxed", SHORT,
      wrap("activities.recruit:of_measures", found_by(fte=lambda a: 0 * a.fte))),
    M("one unit in a million fails", "recruit", "relaxed", SHORT,
      wrap("activities.recruit:of_measures", found_by(fte=lambda a: a.fte * (1 - 1e-6)))),
    M("units arrive a year late", "recruit", "relaxed", SHORT,
      wrap("activities.recruit:of_measures", found_by(delay=lambda a: a.delay + 1))),
    M("a unit works in another region", "recruit", "relaxed", SHORT,
      wrap("activities.recruit:of_measures", found_by(q=lambda a: np.roll(a.q, 1)))),
    M("nobody who was recruited leaves", "recruit", "relaxed", SHORT,
      wrap("activities.recruit:of_measures", found_by(stays=lambda a: 0 * a.stays + 1))),
    M("units that fail count", "recruit", "relaxed", SHORT,
      wrap("activities.recruit:of_measures",
           given(measures=lambda i: i.measures.assign(success_rate=1.0)))),
    M("a leaver rate of their own does not count", "recruit", "relaxed", SHORT,
      wrap("accounts.effects:response",
           given(measures=lambda i: i.measures.assign(leaver_rate=np.nan)))),
    M("recruits are new for a year too long", "recruit", "relaxed", SHORT,
      wrap("activities.recruit:survival", given(early_years=lambda i: i.early_years + 1))),
    M("those retained are gone a year later", "retain", "relaxed", SHORT,
      wrap("activities.retain:lasting", result(np.zeros_like))),
    M("those retained stay for good", "retain", "relaxed", SHORT,
      wrap("activities.retain:lasting", result(np.ones_like))),
    M("nobody retained leaves", "retain", "relaxed", SHORT,
      wrap("activities.retain:of_measures", found_by(stays=lambda a: 0 * a.stays + 1))),
    M("those retained count at once", "retain", "relaxed", SHORT,
      wrap("activities.retain:of_measures", found_by(delay=lambda a: a.delay + 1))),
    M("temporary staff stay", "temporary", "relaxed", SHORT,
      wrap("activities.temporary:lasting", result(np.ones_like))),
    M("temporary staff work elsewhere", "temporary", "relaxed", SHORT,
      wrap("activities.temporary:of_measures", found_by(q=lambda a: a.q - 1))),
    M("no work is taken away", "reshape", "relaxed", SHORT,
      wrap("activities.reshape:of_measures", found_by(fte=lambda a: 0 * a.fte))),
    M("work comes back a year early", "reshape", "relaxed", SHORT,
      wrap("activities.reshape:lasting", result(lambda stays: np.roll(stays, -1, axis=1)))),
    M("nobody comes from work", "supply", "relaxed", SHORT,
      wrap("activities.places:taken_by_places", found_by(fte=lambda a: 0 * a.fte))),
    M("those taken are all released", "supply", "relaxed", SHORT,
      wrap("activities.places:taken_by_places",
           given(courses=lambda i: i.courses.assign(release_rate=1.0)))),
    M("the pipeline takes nobody", "supply", "relaxed", SHORT,
      wrap("supply.baseline:taken_by_pipeline", result(lambda taken: 0 * taken))),
    M("graduates come a year late", "supply", "relaxed", SHORT,
      wrap("accounts.effects:response", given(courses=lambda i: i.courses.assign(
          duration_years=i.courses["duration_years"] + 1)))),
    M("the pipeline is thinned by the fill rate", "supply", "relaxed", SHORT,
      wrap("supply.baseline:_pipeline", given(pipeline=started_as_places))),
    M("joiners leave in their first year", "supply", "relaxed", SHORT,
      wrap("supply.baseline:_in_post_and_joiners",
           given(joiners=lambda i: i.joiners * (1 - i.leaver_rate[..., None])))),
    M("a cap forgets the constant", "stages", "relaxed", r"row held_shortfall\(",
      wrap("formulation.assemble:_cap", forgetful_cap)),
    M("one price is 1e-6 too high", "shortfall", "relaxed", r"objective, shortage\(",
      priced("shortfall", "shortage", lambda price, _: short(price, 1 + 1e-6, 7))),
    M("the first tier is too wide", "shortfall", "relaxed", r"box of shortage\(",
      wrap("formulation.shortage:tiers_of",
           result(lambda t: (Tier(t[0].up_to + 1e-6, t[0].weight), *t[1:])))),
    M("discounting starts a year early", "shortfall", "relaxed", r"objective, shortage\(",
      wrap("formulation.shortage:year_weights", result(lambda w: w / 1.035))),
    M("regions weigh alike", "shortfall", "relaxed", r"objective, shortage\(",
      wrap(f"{AIM}.shortfall:weights", lambda old: lambda p: old(p) / region_weights(p)[:, None])),
    M("what no places change is left out", "shortfall", "relaxed", "objective, constant",
      objective("shortfall", without_offset)),
    M("demand is 1e-7 too high", "shortfall", "relaxed", SHORT,
      objective_rows("shortfall", "shortage", ends(lower=lambda gap: gap * (1 + 1e-7)))),
    M("the certificate adds a little", "shortfall", "relaxed", "value of shortfall",
      valued("shortfall", lambda value: value * (1 + 1e-8))),
    M("posts are those of the year before", "shortfall", "relaxed", r"row posts\(",
      wrap("formulation.shortage:posts_missing", lambda old: lambda problem, whole: old(
          replace(problem, instance=replace(
              problem.instance, posts=np.roll(problem.instance.posts, 1))), whole))),
    M("one row of posts is lost", "shortfall", "relaxed", r"row posts\(",
      objective_rows("shortfall", "posts", without(0))),
    M("staff beyond posts are at work", "shortfall", "relaxed", "value of shortfall",
      wrap("accounts.outcome:missing", lambda old: lambda demand, staff, posts: old(
          demand, staff, np.full_like(posts, np.nan)))),
    M("regions weigh by their weight", "worst_region", "relaxed", r"row worst_region\(",
      objective_rows("worst_region", "worst_region", matrix(
          lambda m, p: m * region_weights(p)[:, None], "shortage"))),
    M("years are discounted twice", "worst_region", "relaxed", r"row worst_region\(",
      wrap(f"{AIM}.worst_region:year_weights", result(lambda w: w**2))),
    M("a region does not count", "worst_region", "relaxed", "in the algebra only",
      objective_rows("worst_region", "worst_region", without(1))),
    M("what no places change is left out", "worst_region", "relaxed", r"row worst_region\(",
      objective_rows("worst_region", "worst_region", ends(lower=lambda least: 0 * least))),
    M("the last study year is free", "cost", "relaxed", r"objective, places\(",
      wrap("formulation.place_prices:charged", last_year_free)),
    M("units are free", "cost", "relaxed", r"objective, units\(",
      wrap("formulation.place_prices:charged", units_free)),
    M("discounting starts a year early", "cost", "relaxed", r"objective, places\(",
      wrap("formulation.place_prices:year_weights", result(lambda w: w / 1.035))),
    M("continued places are free", "cost", "relaxed", r"objective, places\(",
      wrap(f"{AIM}.cost:cost_per_place", nothing_continued)),
    M("those whom places bring are not paid", "cost", "relaxed", r"objective, places\(",
      wrap("formulation.place_prices:pay_per_start", result(lambda due: 0 * due))),
    M("last intakes that go on are free", "cost", "last_intake", "objective, constant",
      objective("cost", without_offset)),
    M("one place costs 1e-6 more", "cost", "relaxed", r"objective, places\(",
      priced("cost", PLACES, lambda price, _: short(price, 1 + 1e-6, 2))),
    M("it is the second year's", "change", "relaxed", r"row change_up\(",
      objective_rows("change", "change_up", matrix(second_year))),
    M("one last intake is wrong", "change", "relaxed", r"row change_down\(",
      objective_rows("change", "change_down", ends(lower=one_higher))),
    M("one course does not count", "change", "relaxed", r"objective, change\(",
      priced("change", "change", lambda price, _: short(price, 0.0, 4))),
    M("supply counts the wrong way", "surplus", "relaxed", OVER,
      objective_rows("surplus", "surplus", matrix(lambda m, _: -m))),
    M("professions have a weight", "surplus", "relaxed", r"objective, surplus\(",
      priced("surplus", "surplus", lambda price, _: price * 1.5)),
    M("nothing is discounted", "surplus", "relaxed", r"objective, surplus\(",
      wrap(f"{AIM}.surplus:year_weights", result(lambda w: 0 * w + 1))),
    M("what no places change is left out", "surplus", "relaxed", "objective, constant",
      objective("surplus", without_offset)),
    M("a bound cuts it off", "surplus", "relaxed", "column of surplus is out of its box",
      objective("surplus", narrow)),
    M("those who count do not", "below_floor", "relaxed", BELOW,
      objective_rows("below_floor", "below_floor", matrix(lambda m, _: -m))),
    M("one FTE in a million is not asked for", "below_floor", "relaxed", BELOW,
      objective_rows("below_floor", "below_floor", ends(lower=lambda least: least * (1 - 1e-6)))),
    M("a share is of what is left of demand", "below_floor", "relaxed", BELOW,
      wrap("accounts.floors:least", given(demand=lambda i: i.demand * 0.99))),
    M("a mix asks for nothing", "below_floor", "relaxed", BELOW,
      wrap(f"{AIM}.below_floor:missing",
           given(floors=lambda i: i.floors.assign(min_mix_share=0.0)))),
    M("a group is one profession", "below_floor", "relaxed", BELOW,
      wrap(f"{AIM}.below_floor:missing", given(
          professions=lambda i: i.professions.assign(group=i.professions["profession"])))),
    M("nothing is discounted", "below_floor", "relaxed", r"objective, below_floor\(",
      wrap(f"{AIM}.below_floor:year_weights", result(lambda w: 0 * w + 1))),
    M("what no places change is left out", "below_floor", "relaxed", "objective, constant",
      objective("below_floor", without_offset)),
    M("a bound cuts it off", "below_floor", "relaxed", "column of below_floor is out of its box",
      objective("below_floor", narrow)),
    M("the certificate adds a little", "below_floor", "relaxed", "value of below_floor",
      valued("below_floor", lambda value: value * (1 + 1e-8))),
    M("there is a little less than the posts", "unemployed", "relaxed", r"row unemployed\(",
      wrap(f"{AIM}.unemployed:positive_parts", lambda old: lambda problem, name, over, *rest: old(
          problem, name, replace(over, constant=over.constant - 1e-6), *rest))),
    M("nothing is discounted", "unemployed", "relaxed", r"objective, unemployed\(",
      wrap(f"{AIM}.unemployed:year_weights", result(lambda w: 0 * w + 1))),
    M("what no places change is left out", "unemployed", "relaxed", "objective, constant",
      objective("unemployed", without_offset)),
    M("the certificate counts all staff", "unemployed", "relaxed", "value of unemployed",
      wrap("accounts.outcome:without_post", lambda old: lambda staff, posts: old(
          staff, 0 * posts))),
]  # fmt: skip
