"""What follows from one plan in many futures at once.

Places, units and the FTE deployed are as they were decided; figures differ. Everything is worked
out with the futures along the last axis of arrays, in the steps of ``accounts`` and of the
objectives, without an instance for each. Figures that are not known here are not done so:
``reason`` says why, and ``one_by_one`` works the same out from instances.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from commission_opt.accounts.deployment import moved
from commission_opt.accounts.many import Balance, Broken, Many, worst_of
from commission_opt.accounts.outcome import Outcome
from commission_opt.accounts.posts import missing
from commission_opt.arrays import Floats
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import RULES
from commission_opt.futures import flows
from commission_opt.futures.columns import Key, chunks
from commission_opt.futures.outcomes import Outcomes
from commission_opt.futures.spending import COSTS, Uses, per_student
from commission_opt.futures.staff import Staff
from commission_opt.futures.varied import Figures, Varied
from commission_opt.instance.instance import Instance

LIMITS: frozenset[Key] = frozenset(
    {("budgets", "amount"), ("costs", "cost"), ("placements", "capacity")}
)
"""Columns of which no staff follow."""
COVERED: frozenset[Key] = frozenset(
    {
        ("demand", "fte"), ("workforce", "fte"), ("workforce", "leaver_rate"),
        ("workforce", "early_leaver_rate"), ("joiners", "fte"), ("posts", "posts"),
        *(("courses", f"{name}_rate") for name in ("fill", "completion", "join")),
        ("courses", "fte_per_joiner"), ("measures", "fte_per_unit"), ("measures", "success_rate"),
        ("measures", "leaver_rate"), *LIMITS,
    }
)  # fmt: skip
"""Columns that may vary without an instance for each future."""
_CACHE = 2**21  # bytes of an array over all cells
_FEWEST, _MOST = 32, 1024  # futures that are worth a call
_POOLS = (("courses", "fill_rate"), ("courses", "completion_rate"))  # who feeds and draws


@dataclass(frozen=True, eq=False)
class Kernel:
    """A plan, and what of its consequences no figure changes.

    Parameters
    ----------
    bought : Staff
    """

    bought: Staff

    @property
    def problem(self) -> Planning:
        """The problem as it was given."""
        return self.bought.problem

    @property
    def instance(self) -> Instance:
        """The instance as given."""
        return self.problem.instance

    @property
    def deployed(self) -> Floats | None:
        """Who is deployed, where anybody may be."""
        return self.bought.deployed if self.problem.deploys else None

    def reason(self, columns: Collection[Key]) -> str:
        """Say why futures in which these columns vary are worked out one by one; "" if not."""
        if others := sorted({*columns} - COVERED):
            return f"{'.'.join(others[0])} varies"
        if len(self.instance.eligible) and any(column in columns for column in _POOLS):
            return "students who feed pools, or are drawn from them, vary"
        policy = self.problem.policy
        if any(objective.pay for objective in policy.objectives):
            return "the cost counts pay"
        kinds = {*self.instance.measures["kind"]} - {*flows.KINDS}
        objectives = (OBJECTIVES[name] for name in self.named)
        strange = [
            *kinds,
            *(rule.title for rule in RULES.values() if not (rule.alike or rule.excesses)),
            *(kind.title for kind in objectives if kind.values is None),
        ]
        return f"{strange[0]} is worked out by itself" if strange else ""

    @property
    def named(self) -> dict[str, str]:
        """The titles of the objectives of the model, by name."""
        return {o.minimise: OBJECTIVES[o.minimise].title for o in self.problem.policy.objectives}

    def slices(self, which: slice) -> Iterator[slice]:
        """Cut futures into slices of which what follows stays in the cache of a core."""
        cells = self.bought.cells
        size = _CACHE // (8 * max(1, cells.stop - cells.start))
        yield from chunks(which.stop, max(_FEWEST, min(_MOST, size)), which.start)

    def within(self, professions: slice) -> Kernel:
        """Return what tells ``balance`` of some professions, in whose place P stands."""
        regions = self.instance.shape[1]
        pairs = slice(professions.start * regions, professions.stop * regions)
        return Kernel(self.bought.within(pairs))

    def outcomes(self, figures: Figures) -> Outcomes:
        """Work out the consequences in W futures.

        Parameters
        ----------
        figures : mapping of (table, column) to array, shape (W, N)
            Figures of the columns that vary, N rows of ``scenario.sheets.sheet``; ``reason`` must
            have nothing against these columns.
        """
        many = self.many(self.bought.varied(figures))
        count = many.balance.supply.shape[-1]
        broken = {
            name: self._alike[name]
            if rule.excesses is None
            else worst_of(list(rule.excesses(self.problem, many)))
            for name, rule in RULES.items()
        }
        return Outcomes(
            many.balance,
            {name: self.values(name, many) for name in self.named},
            {name: each.over(count) for name, each in broken.items()},
        )

    def values(self, name: str, many: Many) -> Floats:
        """Return the value of an objective in W futures, shape (W,)."""
        values = OBJECTIVES[name].values
        assert values is not None, name  # which ``reason`` says
        return np.broadcast_to(values(self.problem, many), many.balance.supply.shape[-1:])

    def balance(self, varied: Varied) -> tuple[Balance, Floats]:
        """Return staff and work in W futures, and where posts end, shape (P, Q, Y, W)."""
        bought, instance, shape = self.bought, self.instance, self.instance.shape
        early, late = varied.leaving()
        supply = bought.supply(varied, early, late)
        needed = bought.needed(varied)
        demand = needed - bought.spared(varied, late) if bought.relief else needed
        done = supply
        if (deployed := bought.deployed) is not None and deployed.size:
            change = (moved(instance) @ deployed.ravel())[bought.cells]
            done = supply + change.reshape(-1, shape[2], 1)
        posts = varied.placed("posts", "posts", varied.size * shape[2], np.nan)
        posts = posts.reshape(*supply.shape[:2], -1)
        parts = needed, demand, supply, done, missing(demand, done, posts), posts
        *found, ends = (self._whole(varied, part) for part in parts)
        return Balance(*found), ends

    def many(self, varied: Varied) -> Many:
        """Return what objectives and rules look at in W futures."""
        bought, shape = self.bought, self.instance.shape
        early, late = varied.leaving()
        balance, posts = self.balance(varied)
        paid = None
        if len(self.instance.pay):
            paid = balance.supply + self._whole(varied, bought.away(varied, late))
        spend, weeks = (uses.of(varied, paid) for uses in self._uses)
        return Many(
            self.given, balance, posts, spend, weeks, per_student(varied, COSTS)[1],
            late.reshape(*shape[:2], -1), self._whole(varied, bought.retained(varied, late)),
            lambda: self._whole(varied, bought.supply(varied, early, late, nothing=True)),
        )  # fmt: skip

    def _whole(self, varied: Varied, array: Floats) -> Floats:
        """Lay an array of all cells out by profession, region, year and future."""
        count = max(len(each) for each in varied.figures.values())
        shape = (varied.size // self.instance.shape[1], *self.instance.shape[1:])
        return np.broadcast_to(array.reshape(*shape, -1), (*shape, count))

    def one_by_one(self, futures: Iterable[Instance]) -> Outcomes:
        """Work out the same for instances, each by itself."""
        cells: list[tuple[Floats, ...]] = []
        values: list[list[float]] = []
        broken: list[list[tuple[float, str]]] = []
        for instance in futures:
            problem = planning(instance, self.problem.policy)
            found = problem.outcome(self.bought.amounts, self.deployed)
            parts = found.demand, found.supply, found.service, found.shortfall
            cells.append((instance.demand, *parts))
            values.append([OBJECTIVES[name].value(problem, found) for name in self.named])
            broken.append(_worst_of_rules(problem, found))
        by_rule = zip(RULES, zip(*broken, strict=True), strict=True)
        every = {name: _of_sizes(list(worst)) for name, worst in by_rule}
        every |= {
            name: self._alike[name].over(len(cells)) for name in RULES if RULES[name].as_given
        }
        balance = Balance(*(np.stack(part, axis=-1) for part in zip(*cells, strict=True)))
        named = zip(self.named, np.array(values).T, strict=True)
        return Outcomes(balance, dict(named), every)

    @cached_property
    def given(self) -> Outcome:
        """What follows from the plan in the instance as given."""
        return self.problem.outcome(self.bought.amounts, self.deployed)

    @cached_property
    def _alike(self) -> Mapping[str, Broken]:
        """How far rules are broken in the instance as given."""
        worst = _worst_of_rules(self.problem, self.given)
        return {name: _of_sizes([each]) for name, each in zip(RULES, worst, strict=True)}

    @cached_property
    def _uses(self) -> tuple[Uses, Uses]:
        """What is charged to budgets and to placement capacities."""
        started = self.bought.started
        return Uses.of_budgets(self.instance, started), Uses.of_placements(self.instance, started)


def _of_sizes(found: list[tuple[float, str]]) -> Broken:
    """Return how far a rule is broken by the worst break in each future, and where it is."""
    return Broken(np.array([size for size, _ in found]), lambda w: found[w][1])


def _worst_of_rules(problem: Planning, result: Outcome) -> list[tuple[float, str]]:
    """Return the size of the worst break of each rule, and where it is."""
    each = (
        [(v.size, v.where) for v in rule.violations(problem, result)] for rule in RULES.values()
    )
    return [max(found, default=(0.0, "")) for found in each]
