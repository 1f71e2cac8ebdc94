"""What is certified of a plan, and where the plan comes from, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from commission_opt.formulation.goals import weighs
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.judged import is_different, judged_plan
from commission_opt.plan.read import StoredPlan
from commission_opt.plan_workbook.tables import money_of, prospects_of
from commission_opt.views import posts, words
from commission_opt.views.commitments import kept_words, not_in_force
from commission_opt.views.money import unbudgeted
from commission_opt.views.names import names_of
from commission_opt.views.prospects import note
from commission_opt.views.shortfall import Baselines, caveat, cuts, negative_staff, trend
from commission_opt.views.verdict import achieved, recorded
from commission_opt.views.weighing import told

_ONE_OF_MANY = (
    "The numbers are those of one plan; others may be as good. The report says which courses are "
    "proved to be decided, and commission-opt room how far each may move."
)
_ONE_OF_SEVERAL = (
    "The numbers are those of one plan; others may be as good. The report says which courses are "
    "proved to be decided."
)


def one_of_many(plan: StoredPlan) -> str:
    """Say that the numbers of a plan may be one choice of many."""
    return _ONE_OF_SEVERAL if weighs(plan.problem) else _ONE_OF_MANY


def facts(plan: StoredPlan) -> Iterator[tuple[str, object]]:
    """Yield what is certified, and where the plan comes from; ("", title) starts a part."""
    record, instance = plan.record, plan.instance
    places = plan.decided_now[: len(plan.places)]
    first, total = places[:, 0].sum(), places.sum()
    last = float(instance.courses["last_intake"].sum())
    yield "", "What was decided"
    yield f"places in {words.year(instance.first_year)}", float(first)
    yield "places last year", last
    yield "change", float(first - last)
    if places.shape[1] > 1:
        later = plan.problem.layout.times is not None
        years = "years decided now" if later else "commissioning years"
        yield f"places in all {years}", float(total)
    if len(instance.measures):
        yield from _units(plan)
    futures = Baselines(plan.problem, plan.outcome)
    yield from _goodness(plan, futures)
    if weighs(plan.problem):
        yield from _worth(plan, futures)
    yield "", "What to know of it"
    yield "places", one_of_many(plan)
    for text in (trend(futures), cuts(futures), caveat(futures)):
        yield "shortfall", text
    for text in posts.said(futures):
        yield "posts", told(plan.problem, text)
    names = names_of(instance)
    region = names.regions.__getitem__
    for text in unbudgeted(money_of(plan), names.funds.__getitem__, region):
        yield "money under no budget", told(plan.problem, text)
    for found in not_in_force(instance, plan.policy).to_dict("records"):
        some = "some years only" if found["in_force"] else "no year"
        yield f"commitment in force in {some}: {found['commitment']}", found["why"]
    for text in negative_staff(futures, names.professions.__getitem__, region):
        yield "warning", text
    yield "", "Where it comes from"
    yield "instance", f"{instance.title} ({instance.name})"
    yield "prices", instance.price_base
    yield "commissioning model", f"{plan.policy.title} ({plan.policy.name})"
    yield "command", record.get("command", "")
    for name, version in record.get("versions", {}).items():
        yield name, version
    hashes = record["hashes"]
    yield "SHA-256 of the program", hashes.get("code", "")
    yield "SHA-256 of model.toml", hashes["model"]
    for name, digest in hashes["inputs"].items():
        yield f"SHA-256 of {name}", digest


def _units(plan: StoredPlan) -> Iterator[tuple[str, object]]:
    units, last = plan.outcome.units, float(plan.instance.measures["last_amount"].sum())
    yield f"units in {words.year(plan.instance.first_year)}", float(units[:, 0].sum())
    yield "units last year", last
    yield "change of units", float(units[:, 0].sum() - last)
    if units.shape[1] > 1:
        yield "units in all commissioning years", float(units.sum())


def _goodness(plan: StoredPlan, futures: Baselines) -> Iterator[tuple[str, object]]:
    """Yield the verdict in words, then its figures, all as the record of the plan has them."""
    certificate, asked = recorded(plan.record), float(plan.record["asked_gap"])
    yield "", "How good it is"
    yield "status", plan.record["status"]
    for text in judged_plan(plan, futures, certificate):
        yield "verdict", text
    kept = kept_words(plan.problem)
    yield kept, "yes" if certificate.feasible else "no"
    yield "largest relative violation", certificate.largest_violation
    good = achieved(certificate)
    if good is not None:
        yield "part of the possible improvement: the plan", good
        last = achieved(certificate, futures.last_year_value)
        yield "part of the possible improvement: last year repeated", last
        yield f"first objective {futures.titles[0]}", certificate.without_new_places
        yield "first objective with last year repeated", futures.last_year_value
    if not is_different(plan):
        yield "gap that was asked for", asked
    for i, stage in enumerate(certificate.stages, start=1):
        name = f"objective {i}: {OBJECTIVES[stage.minimise].title}"
        yield f"{name} of this plan ({stage.unit})", stage.final
        yield f"{name} when it was optimised", stage.objective
        if i < len(certificate.stages):
            yield f"{name} may be, for later ones, at most", stage.limit
        among = "no plan is below" if i == 1 else "no plan within the limits above is below"
        yield f"{name}: {among}", stage.bound
        yield f"gap of objective {i} in this plan", stage.final_gap
        yield f"gap of objective {i} when it was optimised", stage.gap


def _worth(plan: StoredPlan, futures: Baselines) -> Iterator[tuple[str, object]]:
    """Yield what weighing several futures is worth, in words."""
    yield "", "More than one future"
    yield "scenarios", note(plan.problem)
    for text in prospects_of(plan, futures).sentences(recorded(plan.record).stages[0]):
        yield "worth", text
