"""The linear relaxation of all stages once more: one dense program, written from the contract.

Supply, spending and weeks are affine in the places, so their coefficients are what one place
changes in a simulation of the independent model.
"""

import math
from collections.abc import Mapping

import independent
import naive
from independent import Case, Key, Policy
from mixed_integer import Program


class Relaxation:
    """A program with a column for every decision, and the terms of every objective."""

    def __init__(self, case: Case, policy: Policy) -> None:
        self.case, self.policy, self.program = case, policy, Program()
        years = independent.commissioning_years(case, policy)
        self.x = {
            (name, year): self.program.column(0.0, 0.0, independent.most(line))
            for name, line in case.lines.items()
            for year in years
        }
        self.sent: dict[tuple[str, str, str, int], int] = {}
        self.nothing = independent.simulate(case, policy, {})
        self.one = {key: independent.simulate(case, policy, {key: 1.0}) for key in self.x}
        base = self.nothing.base_supply
        for who in independent.pairs(case, policy):
            most = independent.most_deployed(case, who, base)
            self.sent[who] = self.program.column(0.0, 0.0, most)
        self._rules()
        self.terms = {
            "shortfall": self._shortfall(),
            "worst_region": self._worst_region(),
            "cost": self._cost(),
            "change": self._change(),
            "surplus": self._surplus(),
            "below_floor": self._below_floor(),
        }

    def _supply(self, key: Key) -> dict[int, float]:
        base = self.nothing.supply[key]
        return {column: self.one[each].supply[key] - base for each, column in self.x.items()}

    def _service(self, key: Key) -> dict[int, float]:
        """Supply, and who is deployed to this work or away from it."""
        moved = {column: -1.0 for who, column in self.sent.items() if who[1:] == key}
        for (needed, by, *where), column in self.sent.items():
            if (needed, *where) == key:
                moved[column] = self.case.substitutes[needed, by, key[1]][0]
        return self._supply(key) | moved

    def _rules(self) -> None:
        case, policy, program = self.case, self.policy, self.program
        for key in {who[1:] for who in self.sent}:
            staff = {column: -fte for column, fte in self._supply(key).items()}
            away = {column: 1.0 for who, column in self.sent.items() if who[1:] == key}
            if self.nothing.base_supply[key] >= 0:
                program.row(staff | away, -math.inf, self.nothing.supply[key])
        for limits, kind in ((case.budgets, "spend"), (case.capacity, "placements")):
            for key, limit in limits.items():
                before = sum(getattr(self.nothing, kind)[key])
                each = {
                    column: sum(getattr(self.one[x], kind)[key]) - before
                    for x, column in self.x.items()
                }
                program.row(each, -math.inf, limit - before)
        if policy["rules"]["pace_of_change"]:
            independent.add_pace(program, case, policy, self.x)
        if policy["rules"]["commitments"] == "hard":
            for _, keys, row in independent.commitments(case, policy):
                low = independent.number(row, "min_places", -math.inf)
                high = independent.number(row, "max_places", math.inf)
                program.row({self.x[key]: 1.0 for key in keys}, low, high)
        if rule := policy["rules"]["fair_share"]:
            self._fair_share(rule["basis"], rule["max_deviation"])

    def _fair_share(self, basis: str, deviation: float) -> None:
        courses = self.case.courses
        for group in set(self.case.group.values()):
            names = {
                n for n, c in self.case.courses.items() if self.case.group[c.profession] == group
            }
            regions = {self.case.courses[n].region for n in names}
            part = {q: naive.fair_basis(self.case, basis, group, q) for q in regions}
            for year in {year for _, year in self.x}:
                for q in regions:
                    share = part[q] / sum(part.values())
                    here = {n for n in names if courses[n].region == q}
                    for factor, low, high in (
                        (1 + deviation, -math.inf, 0.0),
                        (1 - deviation, 0.0, math.inf),
                    ):
                        terms = {self.x[n, year]: (n in here) - factor * share for n in names}
                        self.program.row(terms, low, high)

    def _missing(self, key: Key) -> int:
        """A column that is at least what is missing."""
        need = self.case.demand[key]
        column = self.program.column(0.0, 0.0, math.inf)
        self.program.row(
            self._service(key) | {column: 1.0}, need - self.nothing.supply[key], math.inf
        )
        return column

    def _shortfall(self) -> tuple[dict[int, float], float]:
        terms: dict[int, float] = {}
        for key, demand in self.case.demand.items():
            bands = {}
            for width, tier in independent.bands(self.policy, demand):
                column = self.program.column(0.0, 0.0, width)
                bands[column] = 1.0
                terms[column] = tier * independent.weight(self.case, self.policy, *key)
            short = demand - self.nothing.supply[key]
            self.program.row(self._service(key) | bands, short, math.inf)
        if self.policy["rules"]["commitments"] == "soft":
            for _, keys, row in independent.commitments(self.case, self.policy):
                for sign, limit in ((1.0, row.get("min_places")), (-1.0, row.get("max_places"))):
                    if limit:
                        column = self.program.column(0.0, 0.0, math.inf)
                        terms[column] = self.policy["rules"]["commitment_price"]
                        places = {self.x[key]: sign for key in keys}
                        self.program.row(places | {column: 1.0}, sign * float(limit), math.inf)
        return terms, 0.0

    def _worst_region(self) -> tuple[dict[int, float], float]:
        worst = self.program.column(0.0, 0.0, math.inf)
        missing = {key: self._missing(key) for key in self.case.demand}
        for region in {q for _, q, _ in self.case.demand}:
            each = {
                key: self.case.profession_weight[key[0]]
                * naive.discount(self.case, self.policy, key[2])
                for key in missing
                if key[1] == region
            }
            needed = sum(weight * self.case.demand[key] for key, weight in each.items())
            if needed > 0:
                terms = {missing[key]: weight for key, weight in each.items()}
                self.program.row(terms | {worst: -needed}, -math.inf, 0.0)
        return {worst: 1.0}, 0.0

    def _cost(self) -> tuple[dict[int, float], float]:
        before = naive.cost(self.case, self.policy, {})
        return {
            column: naive.cost(self.case, self.policy, {key: 1.0}) - before
            for key, column in self.x.items()
        }, before

    def _change(self) -> tuple[dict[int, float], float]:
        terms = {}
        for (name, year), x in self.x.items():
            if year == self.case.years[0] and name in self.case.courses:
                column, last = self.program.column(0.0, 0.0, math.inf), self.case.courses[name]
                self.program.row({column: 1.0, x: -1.0}, -last.last_intake, math.inf)
                self.program.row({column: 1.0, x: 1.0}, last.last_intake, math.inf)
                terms[column] = 1.0
        return terms, 0.0

    def _surplus(self) -> tuple[dict[int, float], float]:
        terms = {}
        for key, demand in self.case.demand.items():
            column = self.program.column(0.0, 0.0, math.inf)
            supply = {x: -fte for x, fte in self._service(key).items()}
            least = self.nothing.supply[key] - demand
            self.program.row(supply | {column: 1.0}, least, math.inf)
            terms[column] = naive.discount(self.case, self.policy, key[2])
        return terms, 0.0

    def _below_floor(self) -> tuple[dict[int, float], float]:
        terms = {}
        for key, (asked, there) in self.nothing.floors.items():
            column, more = self.program.column(0.0, 0.0, math.inf), {}
            for each, x in self.x.items():
                then = self.one[each].floors[key]
                more[x] = then[1] - then[0] - (there - asked)
            self.program.row(more | {column: 1.0}, asked - there, math.inf)
            terms[column] = naive.discount(self.case, self.policy, key[2])
        return terms, 0.0

    def best(self, held: Mapping[str, float], slack: float) -> list[float]:
        """The least value of each objective, the earlier ones held at a limit and some slack."""
        found, rows = [], len(self.program.rows)
        for name, limit in held.items():
            terms, constant = self.terms[name]
            for i, (_, *rest) in enumerate(self.program.columns):
                self.program.columns[i] = (terms.get(i, 0.0), *rest)  # type: ignore[assignment]
            answer, _ = self.program.minimise(0.0, None)
            found.append(constant + sum(each * answer[i] for i, each in terms.items()))
            most = limit + slack * max(1.0, abs(limit))
            self.program.row(terms, -math.inf, most - constant)
        del self.program.rows[rows:]
        return found
