"""Numbers of places or units that lines may take: what capacity and measures share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.origin import Elastic, Origin, Price, Said, at_line
from commission_opt.formulation.parts import Part
from commission_opt.formulation.place_prices import place_costs
from commission_opt.formulation.problem import Planning
from commission_opt.formulation.violations import Violation, of_line, worst
from commission_opt.instance.instance import Instance


@dataclass(frozen=True)
class Numbers:
    """The numbers that the lines of a table may take, from nothing on in steps.

    Parameters
    ----------
    line : {"course", "measure"}
        What a line is, and the column of the table with its code.
    amount : {"places", "units"}
        What is bought on it.
    most, least, step : str
        Columns of the most, of the least if any, and of the step.
    bends : (str, str)
        The kinds of rules that give way: of the most, of the least and the step.
    """

    line: str
    amount: str
    most: str
    least: str
    step: str
    bends: tuple[str, str]

    def _table(self, instance: Instance) -> pd.DataFrame:
        return instance.courses if self.line == "course" else instance.measures

    def _first(self, instance: Instance) -> int:
        """Return the position of the first such line among all."""
        return 0 if self.line == "course" else len(instance.courses)

    def rows(self, problem: Planning) -> Part:
        """Bound the decisions on these lines by the most that there are."""
        line, first = problem.layout.line, self._first(problem.instance)
        own = (line >= first) & (line < first + len(self._table(problem.instance)))
        upper = np.where(own, problem.cohorts.capacity[line], np.inf)
        most, least, step = self.origins
        box = np.zeros_like(upper), upper
        return Part(box=box, box_origin=(most, most), numbers_origin=(step, least))

    def violations(
        self, instance: Instance, amounts: Floats, *, whole: int, cohorts: bool = True
    ) -> Iterator[Violation]:
        """Check bounds and, in the first years, integrality, steps and least amounts."""
        if not np.isfinite(amounts).all():
            yield Violation(np.inf, f"{self.amount} that are no finite number")
            return
        table, first = self._table(instance), self._first(instance)
        most, least, step = (
            table[column].to_numpy(float)[:, None] for column in (self.most, self.least, self.step)
        )

        def where(what: str) -> Callable[[tuple[int, ...]], str]:
            named = of_line(instance, what)
            return lambda at: named((first + at[0], at[1]))

        yield worst(amounts - most, most, where(self.most))
        yield worst(-amounts, 0.0, where(self.amount))
        if whole:
            amounts = amounts[:, :whole]
            yield worst(np.abs(amounts - np.round(amounts)), 0.0, where(f"whole {self.amount}"))
            least, nearest = least * cohorts, np.round(amounts / step) * step
            off, too_few = np.abs(amounts - nearest), (nearest > 0) & (nearest < least)
            off = np.where(too_few, np.maximum(off, least - nearest), off)
            yield worst(off, 0.0, where("admissible number"))

    @property
    def origins(self) -> tuple[Origin, Origin, Origin]:
        """The figures behind the most, the least and the step."""
        most, least = self.bends
        return (
            self._origin(
                self.most,
                Elastic(
                    most, self._prices, "+{amount} on {name}",
                    least=self._other(self.least, self.most),
                ),
            ),
            self._origin(
                self.least,
                Elastic(least, self._prices, least=self._other(self.most, self.least)),
                "{amount} or none",
                more=True,
            ),
            self._origin(
                self.step, Elastic(least, self._prices, whole=True), "multiples of {number}"
            ),
        )  # fmt: skip

    def _origin(
        self, column: str, relax: Elastic, words: str = "", *, more: bool = False
    ) -> Origin:
        def said(problem: Planning, i: int) -> Said:
            instance = problem.instance
            row = self._table(instance).iloc[i - self._first(instance)]
            return Said(f"{column} of {self.line} {row[self.line]!r}", float(row[column]))

        return Origin(
            column, f"{self.line}s.csv", column, said, self._lines, unit=self.amount,
            of_course=True, asks_for_more=more, words=words, relax=relax,
        )  # fmt: skip

    def _lines(self, problem: Planning) -> Ints:
        """Return the line of the file of each; lines of other tables before them have none."""
        instance = problem.instance
        nowhere = np.zeros(self._first(instance), dtype=np.int64)
        return np.append(nowhere, self._table(instance).index.to_numpy(int))

    def _prices(self, instance: Instance) -> Price:
        """Price a place or unit as one on its line."""
        cost: Floats = place_costs(instance)[self._first(instance) :]
        return lambda line: float(cost[at_line(self._table(instance), line)])

    def _other(self, column: str, name: str) -> Callable[[Instance, int], Said]:
        """Return the figure of a line beside which another one contradicts it."""

        def figure(instance: Instance, line: int) -> Said:
            table = self._table(instance)
            row = table.iloc[at_line(table, line)]
            return Said(f"{name} of {self.line} {row[self.line]!r}", float(row[column]))

        return figure
