"""The readable model, its stocks and shortfalls substituted out, in the common form.

Nothing is worked out again here; what stands for a variable is read off the model's own
constraints:

- ``level_intake`` rows make one column of a course's years; ``stock_balance`` rows take the
  stocks out, one year after the other; ``banding`` rows replace a shortfall by its bands;
- ``supply + shortfall − surplus = D`` becomes a row from below for the one that is priced, as the
  other can only be 0 or more; with posts what is lacking is below the shortfall, and so is D − P;
- the pace of change of the first year is a bound of the places;
- a shortfall or surplus that no places change is a constant, and a band above the largest
  shortfall there can be (the one without places) is empty.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from commission_opt.algebra.limits import TOLERANCE
from commission_opt.algebra.objectives import UNITS
from common_form import (
    CONSTANT,
    TINY,
    Affine,
    Form,
    Line,
    block_of,
    ends,
    name_of,
    needed,
    of_size_one,
)

# Constraints of the readable model that the arrays call otherwise.
RENAMED = {
    "budget": "budgets",
    "placement": "placements",
    "commitment": "commitments",
    "fair_share_high": "fair_share_most",
    "fair_share_low": "fair_share_least",
}
# Constraints that are substituted or read in another way; all others are rows of both.
READ_APART = {
    "balance", "banding", "beyond_posts", "cohort_least", "cohort_most", "floor", "held",
    "level_intake", "moved", "posts", "staff_lacking", "stock_balance", "whole_steps", "worst",
}  # fmt: skip


PACE = {"pace_up", "pace_down", "pace_open"}


class Readable:
    """The readable model with its stocks, shortfalls and repeated columns substituted out."""

    def __init__(self, model: pyo.ConcreteModel, *, integer: bool) -> None:
        self.model: Any = model
        self.integer = integer
        self.instead: dict[int, Affine] = {}  # what stands for a variable, by its id
        self.box: dict[str, tuple[float, float]] = {}
        self.rows: dict[str, Line] = {}
        self.data: dict[str, Any] = {}  # the constraint behind each shared row
        for name in (
            "shortfall", "surplus", "increase", "decrease", "missing", "beyond", "lacking",
            "unemployed", "beyond_target",
        ):  # fmt: skip
            variables = getattr(self.model, name, {})
            assert all(v.lb == 0 and v.ub is None for v in variables.values()), name
        self._places()
        self._deployed()
        self._stocks()
        self._shortfalls()
        self._floors()
        self._unemployed()
        self._promises()
        self._targets()
        self._shared()
        self._changes()
        self._worst()

    def form(self) -> Form:
        """Read the active objective and the rows that hold the ones before."""
        form = Form(dict(self.box), dict(self.rows))
        (objective,) = self.model.component_data_objects(pyo.Objective, active=True)
        unit = UNITS.get(objective.index(), 1.0)
        value = _moved(self.affine(objective.expr))
        form.objective = {c: v * unit for c, v in value.items()}
        for name in self.model.held:
            row = self._line(self.model.held[name])
            row = of_size_one(Line(_moved(row.coefficients), row.lower, row.upper))
            form.rows[name_of(f"held_{name}", name)] = row
        if self.integer:
            form.numbers = _reachable(self._numbers(), form.rows)
            form.box |= {name: ends(number) for name, number in form.numbers.items()}
        return needed(form)

    def affine(self, expression: Any) -> Affine:
        """Work out an expression as coefficients of the columns that are left."""
        parts = generate_standard_repn(expression, compute_values=True, quadratic=False)
        assert parts.nonlinear_expr is None
        total: Affine = {CONSTANT: float(parts.constant)}
        for factor, variable in zip(parts.linear_coefs, parts.linear_vars, strict=True):
            for column, value in self.instead[id(variable)].items():
                total[column] = total.get(column, 0.0) + factor * value
        return {c: v for c, v in total.items() if v != 0 or c == CONSTANT}

    def _line(self, row: Any) -> Line:
        body = self.affine(row.body)
        constant = body.pop(CONSTANT)
        lower = -math.inf if row.lb is None else row.lb - constant
        return Line(body, lower, math.inf if row.ub is None else row.ub - constant)

    def _solve_for(self, variable: Any, row: Any) -> None:
        """Let an equation say what stands for one of its variables."""
        assert row.equality
        self.instead[id(variable)] = {"self": 1.0}
        body = self.affine(row.body - row.ub)
        factor = body.pop("self")
        self.instead[id(variable)] = {c: -v / factor for c, v in body.items()}

    def _name(self, variables: Any, block: str) -> None:
        for key, variable in variables.items():
            self.instead[id(variable)] = {name_of(block, *_codes(key)): 1.0}

    def _places(self) -> None:
        m = self.model
        self._name(m.places, "places")
        self._name(m.units, "units")
        for row in _active(m, "level_intake"):
            self._solve_for(m.places[row.index()], row)
        for variable in chain(m.places.values(), m.units.values()):
            (column,) = (c for c in self.instead[id(variable)] if c)
            low, high = self.box.get(column, (-math.inf, math.inf))
            self.box[column] = (max(low, variable.lb), min(high, variable.ub))
        self.capacity = {column: high for column, (_, high) in self.box.items()}

    def _deployed(self) -> None:
        """Name those deployed; leave out whom nothing lets be."""
        for pair, variable in self.model.deployed.items():
            name = name_of("deployed", *pair)
            self.instead[id(variable)] = {}
            if variable.ub > TINY:
                self.instead[id(variable)] = {name: 1.0}
                self.box[name] = self.capacity_of(name, variable)

    def capacity_of(self, name: str, variable: Any) -> tuple[float, float]:
        self.capacity[name] = variable.ub
        return variable.lb, variable.ub

    def _stocks(self) -> None:
        for row in self.model.stock_balance.values():  # year by year
            self._solve_for(self.model.stock[row.index()], row)

    def _shortfalls(self) -> None:
        """Let bands stand for shortfalls, and constants for bands that no places change."""
        m = self.model
        bands = hasattr(m, "shortfall_band")
        for cell, row in m.balance.items():
            self._name({cell: m.shortfall[cell]}, "short")
            self._name({cell: m.surplus[cell]}, "surplus")
            if cell in m.lacking:
                self._name({cell: m.lacking[cell]}, "lacking")
            gap = {c: -v for c, v in self.affine(row.body - row.ub).items()}
            assert row.equality
            lacking = "lacking" if cell in m.lacking else "short"
            assert gap.pop(name_of(lacking, *cell)) == -1
            assert gap.pop(name_of("surplus", *cell)) == 1
            beyond = self._beyond_posts(cell) if cell in m.lacking else {CONSTANT: -math.inf}
            floor, beyond_most = self._range(beyond)
            most_short = left = max(self._range(gap)[1], beyond_most)
            settled = len(gap) == 1 or most_short <= max(floor, 0.0)
            coefficients = {c: -v for c, v in gap.items() if c}
            of_posts = {c: -v for c, v in beyond.items() if c}
            own = [m.shortfall_band[(*cell, b)] for b in m.bands] if bands else [m.shortfall[cell]]
            for b, band in enumerate(own):
                name = name_of("shortage", *cell, f"tier{b + 1}")
                most = min(math.inf if band.ub is None else band.ub, max(left, 0.0))
                left -= most
                if settled or most <= TINY:
                    self.instead[id(band)] = {CONSTANT: most if settled else 0.0}
                    continue
                self.instead[id(band)] = {name: 1.0}
                self.box[name] = (band.lb, most)
                coefficients[name] = of_posts[name] = 1.0
            if not settled and most_short > TINY:
                least = gap[CONSTANT]  # what only falls is 0 or more anyhow
                least = least if self._range(gap)[1] > least else max(least, 0.0)
                self.rows[name_of("shortage", *cell)] = Line(coefficients, least, math.inf)
                if beyond_most > TINY and self._idle(cell)[1] > 0:
                    row = Line(of_posts, beyond[CONSTANT], math.inf)
                    self.rows[name_of("posts", *cell)] = row
            if bands:
                self._solve_for(m.shortfall[cell], m.banding[cell])
            self._surplus(m.surplus, "surplus", cell, {c: -v for c, v in gap.items()})

    def _range(self, value: Affine) -> tuple[float, float]:
        """Return the least and the most of a value over the capacities."""
        parts = [v * self.capacity[c] for c, v in value.items() if c]
        low, high = sum(min(0.0, part) for part in parts), sum(max(0.0, part) for part in parts)
        return value[CONSTANT] + low, value[CONSTANT] + high

    def _beyond_posts(self, cell: tuple[object, ...]) -> Affine:
        """Return what is needed beyond posts, which a shortfall covers, as what is lacking."""
        m = self.model
        line = self._line(m.staff_lacking[cell])
        short, lacking = name_of("short", *cell), name_of("lacking", *cell)
        signs = {short: line.coefficients[short], lacking: line.coefficients[lacking]}
        assert signs == line.coefficients
        assert (signs, line.lower, line.upper) in (
            ({short: 1.0, lacking: -1.0}, 0.0, math.inf),
            ({short: -1.0, lacking: 1.0}, -math.inf, 0.0),
        )
        line = self._line(m.posts[cell])
        factor = line.coefficients.pop(short)
        low = line.lower if factor > 0 else line.upper
        return {CONSTANT: low / factor, **{c: -v / factor for c, v in line.coefficients.items()}}

    def _idle(self, cell: tuple[Any, ...]) -> tuple[float, float]:
        """Return the least and most of what is done beyond posts."""
        m = self.model
        return self._range(self.affine(m.service[cell] - m.data.posts[cell]))

    def _unemployed(self) -> None:
        """Read staff without a post as a surplus is read."""
        m = self.model
        for cell, row in getattr(m, "beyond_posts", {}).items():
            self._name({cell: m.unemployed[cell]}, "unemployed")
            line = self._line(row)
            factor = line.coefficients.pop(name_of("unemployed", *cell))
            low = line.lower if factor > 0 else line.upper
            over = {c: -v / factor for c, v in line.coefficients.items()}
            self._surplus(m.unemployed, "unemployed", cell, {CONSTANT: low / factor, **over})

    def _surplus(self, variables: Any, block: str, cell: tuple[Any, ...], over: Affine) -> None:
        """Let a constant stand for what is over, if no places change it."""
        variable, name = variables[cell], name_of(block, *cell)
        moved = {c: -v for c, v in over.items() if c}
        most = self._range(over)[1]
        if not moved or most <= TINY:
            self.instead[id(variable)] = {CONSTANT: max(0.0, most)}
        else:
            self.rows[name] = Line({**moved, name: 1.0}, over[CONSTANT], math.inf)

    def _floors(self) -> None:
        """Let a constant stand for what a floor misses whatever the places."""
        for key, row in getattr(self.model, "floor", {}).items():
            name, variable = name_of("below_floor", *key), self.model.below_floor[key]
            assert variable.lb == 0
            assert variable.ub is None
            self._name({key: variable}, "below_floor")
            line = self._line(row)
            rise = {c: v for c, v in line.coefficients.items() if c != name}
            most = line.lower - sum(min(0.0, v * self.capacity[c]) for c, v in rise.items())
            if not rise or most <= TINY:
                self.instead[id(variable)] = {CONSTANT: max(0.0, most)}
            else:
                self.rows[name] = line

    def _promises(self) -> None:
        """Name what soft commitments miss; leave out what can only be 0."""
        m = self.model
        if not hasattr(m, "missing"):
            return
        for key, row in m.commitment.items():
            most = {"below": 0.0 if row.lb is None else row.lb, "beyond": 0.0}
            self.instead[id(m.missing[key])] = self.instead[id(m.beyond[key])] = {}
            if row.ub is not None:
                room = [self.capacity[c] * v for c, v in self.affine(row.body).items() if c]
                most["beyond"] = sum(room) - row.ub
            for way, variable in (("below", m.missing[key]), ("beyond", m.beyond[key])):
                column = {name_of("missed", way, *key): 1.0}
                self.instead[id(variable)] = column if most[way] > TINY else {}
        for variable in chain(m.missing.values(), m.beyond.values()):
            self.instead.setdefault(id(variable), {})  # of a commitment that has no row

    def _targets(self) -> None:
        """Name what is beyond the ends of soft targets; leave out what can only be 0."""
        m = self.model
        for key, variable in getattr(m, "beyond_target", {}).items():
            self.instead[id(variable)] = {}
            kinds = ("target_shortfall", "target_share_met", "target_places")
            (kind,) = (kind for kind in kinds if key in getattr(m, kind))
            row = getattr(m, kind)[key]
            most = row.lb
            if row.ub is not None:
                body = self.affine(row.body)
                top = sum(v * self.capacity.get(c, self.box[c][1]) for c, v in body.items() if c)
                most = body[CONSTANT] + top - row.ub
            column = {name_of(f"beyond_{kind}", *key): 1.0}
            self.instead[id(variable)] = column if most > TINY else {}

    def _shared(self) -> None:
        first = self.model.data.first_year
        slack = TOLERANCE if self.integer else 0.0
        for component in self.model.component_objects(pyo.Constraint):
            if component.local_name in READ_APART:
                continue
            block = RENAMED.get(component.local_name, component.local_name)
            pace = block in PACE
            for row in _active(self.model, component.local_name):
                line = self._line(row)
                if pace:  # without the tolerance that whole places are given
                    line = Line(line.coefficients, line.lower + slack, line.upper - slack)
                if pace and row.index()[1] == first:
                    ((column, factor),) = line.coefficients.items()
                    low, high = self.box[column]
                    low, high = max(low, line.lower / factor), min(high, line.upper / factor)
                    self.box[column] = (low, high)
                    continue
                name = name_of(block, *_codes(row.index()))
                self.rows[name], self.data[name] = line, row

    def _changes(self) -> None:
        """Give growth and decline one column that is at least either."""
        m = self.model
        for row in _active(m, "moved"):
            c = row.index()  # course and year
            several = len(m.moving_years) > 1 and not hasattr(m, "level_intake")
            codes = _codes(c) if several else _codes(c)[:1]
            own = name_of("change", *codes)
            self._name({codes: m.increase[c]}, "increase")
            self._name({codes: m.decrease[c]}, "decrease")
            line = self._line(row)
            body = dict(line.coefficients)
            assert row.equality
            assert body.pop(name_of("increase", *codes)) == -1
            assert body.pop(name_of("decrease", *codes)) == 1
            if not body:  # a level intake does not move after the first year
                self.instead[id(m.increase[c])] = self.instead[id(m.decrease[c])] = {}
                continue
            capacity = self.capacity[next(iter(body))]
            if max(line.upper, capacity - line.upper) <= TINY:
                self.instead[id(m.increase[c])] = self.instead[id(m.decrease[c])] = {}
                continue  # it never takes anybody
            up = {column: -value for column, value in body.items()}
            self.rows[name_of("change_up", *codes)] = Line({**up, own: 1.0}, -line.upper, math.inf)
            self.rows[name_of("change_down", *codes)] = Line(
                {**body, own: 1.0}, line.lower, math.inf
            )

    def _worst(self) -> None:
        m = self.model
        for row in _active(m, "worst"):
            self.instead[id(m.worst_region)] = {"worst_region(all)": 1.0}
            line = self._line(row)
            factor = line.coefficients["worst_region(all)"]
            body = {c: v / factor for c, v in line.coefficients.items()}
            assert factor < 0
            assert m.worst_region.lb == 0
            self.rows[name_of("worst_region", row.index())] = Line(
                body, line.upper / factor, line.lower / factor
            )

    def _numbers(self) -> dict[str, npt.NDArray[np.float64]]:
        """Work out the numbers of places and units that bounds and cohort rows admit."""
        m = self.model
        numbers: dict[str, npt.NDArray[np.float64]] = {}
        for key, variable in chain(m.places.items(), m.units.items()):
            (column,) = (c for c in self.instead[id(variable)] if c)
            low, high = self.box[column]
            steps = m.steps[key]
            self.instead[id(steps)] = {"steps": 1.0}
            line = self._line(m.whole_steps[key])
            assert line.lower == line.upper == 0
            size = -line.coefficients["steps"] / line.coefficients[column]
            number = size * np.arange(steps.lb, steps.ub + 1)
            inside = (number >= low - TOLERANCE) & (number <= high + TOLERANCE)
            if key in m.cohort_open:
                inside &= self._open(key, column, number)
            number = number[inside]
            numbers[column] = np.intersect1d(numbers.get(column, number), number)
        return numbers

    def _open(
        self, key: tuple[str, int], column: str, number: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        m = self.model
        self.instead[id(m.cohort_open[key])] = {"open": 1.0}
        lines = [self._line(m.cohort_least[key]), self._line(m.cohort_most[key])]
        admitted = np.zeros(len(number), dtype=bool)
        for is_open in (0, 1):
            kept = np.ones(len(number), dtype=bool)
            for line in lines:
                value = line.coefficients[column] * number + line.coefficients["open"] * is_open
                kept &= (value >= line.lower - TOLERANCE) & (value <= line.upper + TOLERANCE)
            admitted |= kept
        return admitted


def _reachable(
    numbers: dict[str, npt.NDArray[np.float64]], rows: Mapping[str, Line]
) -> dict[str, npt.NDArray[np.float64]]:
    """Keep the numbers of a later year that some number of the year before may become."""
    found = dict(numbers)
    steps: dict[tuple[int, str], list[Line]] = {}
    for name, row in rows.items():
        if block_of(name) in PACE:
            course, _, into = name.partition("(")[2][:-1].rpartition(",")
            steps.setdefault((int(into), course), []).append(row)
    for (year, course), lines in sorted(steps.items()):
        now, before = name_of("places", course, year), name_of("places", course, year - 1)
        if now not in found:
            continue  # a level intake has one column for all years
        kept = np.ones((len(found[now]), len(found[before])), dtype=bool)
        for row in lines:
            value = (
                row.coefficients.get(now, 0.0) * found[now][:, None]
                + row.coefficients.get(before, 0.0) * found[before][None, :]
            )
            kept &= (value >= row.lower - TOLERANCE) & (value <= row.upper + TOLERANCE)
        found[now] = found[now][kept.any(axis=1)]
    return found


def _moved(value: Affine) -> Affine:
    """Replace growth and decline of a course, where they count alike, by its change."""
    folded: Affine = {}
    for column, number in value.items():
        block, _, key = column.partition("(")
        other = {"increase": "decrease", "decrease": "increase"}.get(block)
        alike = other is not None and value.get(f"{other}({key}") == number
        folded[f"change({key}" if alike else column] = number
    return folded


def _codes(key: object) -> tuple[object, ...]:
    return key if isinstance(key, tuple) else (key,)


def _active(model: Any, component: str) -> Iterator[Any]:
    rows: Mapping[object, Any] = getattr(model, component, {})
    return (row for row in rows.values() if row.active)
