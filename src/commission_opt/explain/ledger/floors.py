"""What each floor of service costs a plan that keeps them all: the best with and without it.

A plan that keeps every floor is one of those whose service below floors is nothing, and fewer
floors allow all that more of them allow. Where some floor is missed, what the others may miss hangs
on it, so that without it less may be possible: then a floor has no such price.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from commission_opt.explain.answer import AnswerColumn, AnswerTable
from commission_opt.explain.best import BestPlaces
from commission_opt.explain.ledger.prices import Price, price
from commission_opt.explain.units import Unit
from commission_opt.formulation.objectives import BELOW, first_objective
from commission_opt.formulation.problem import Planning
from commission_opt.instance.floors import LEAST
from commission_opt.solvers.status import Limits, Watch
from commission_opt.text.counts import plural

ALL = "all together"
_NOTE = (
    "All regions and years of a floor are lifted at once, all other floors and all commitments "
    "kept, in fractions of places."
)


@dataclass(frozen=True, eq=False)
class FloorCosts:
    """What floors cost, by name; all together last. None where no plan is held to them."""

    prices: dict[str, Price]

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each floor, the dearest first, and then all together."""
        frame = pd.DataFrame([{"floor": name, **vars(p)} for name, p in self.prices.items()])
        one = frame.iloc[:-1].sort_values("price", ascending=False, kind="stable")
        return pd.concat([one, frame.iloc[-1:] if len(one) > 1 else None], ignore_index=True)


def floor_costs(problem: Planning, limits: Limits, watch: Watch) -> FloorCosts | None:
    """Solve again without each floor, and without any, in fractions of places.

    Parameters
    ----------
    problem : Planning
        As ``pursued`` leaves it, so that floors which are all kept are kept as rules are.

    Returns
    -------
    FloorCosts or None
        None where the model counts no floors, or the plan misses some.
    """
    names = list(dict.fromkeys(problem.instance.floors["floor"].tolist()))
    if not names or BELOW not in [objective.minimise for objective in problem.policy.held]:
        return None
    relaxed = replace(problem, policy=problem.policy.relaxed())
    best = BestPlaces(limits, watch)
    watch.begin("with every floor, in fractions")
    base, found = best.best(relaxed), dict[str, Price]()
    for name, own in (*((name, [name]) for name in names), (ALL, names)):
        watch.begin(f"without floors, in fractions: {len(found) + 1} of {len(names) + 1}")
        found[name] = price(base, best.best(_without(relaxed, own)))
    return FloorCosts(found)


def _without(problem: Planning, names: Collection[str]) -> Planning:
    """Return a problem in which some floors ask for nothing."""
    floors = problem.instance.floors
    own = floors["floor"].isin(names).to_numpy()
    asked = {name: floors[name].mask(own & floors[name].notna(), 0.0) for name in LEAST}
    return replace(problem, instance=problem.instance.changed(floors=floors.assign(**asked)))


def sentences(problem: Planning, costs: FloorCosts | None, unit: Unit) -> Iterator[str]:
    """Say what floors cost together, and which is the dearest; or why that is not known."""
    if not len(problem.instance.floors):
        return
    if costs is None:
        yield (
            "Floors of service are priced where a model minimises the service below them first and "
            "the plan keeps them all; this one is held to none."
        )
        return
    every = costs.prices[ALL]
    count = len(costs.prices) - 1
    which = "The one floor of service costs" if count == 1 else (
        f"{plural(count, 'floor')} of service, all kept, cost"
    )  # fmt: skip
    if not every.price > 0:
        yield f"{which} nothing: the best without {'it' if count == 1 else 'them'} is no better."
        return
    title = first_objective(problem.policy).title
    said = f"{which} {unit.amount(every.price)} of the {title}"
    if count > 1:
        dearest = costs.frame.iloc[0]
        said += (
            f" together; the dearest is {dearest['floor']!r}: {unit.show(dearest['price'])} if it "
            "alone is lifted"
        )
    yield f"{said}."


def table(costs: FloorCosts, shown: tuple[AnswerColumn, ...]) -> AnswerTable:
    """Lay the costs out."""
    return AnswerTable("floors", "What each floor costs", costs.frame, shown, note=_NOTE)
