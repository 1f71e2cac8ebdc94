"""The futures of an instance: explicit scenarios and draws, with the figures of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

import numpy as np

from commission_opt.arrays import Floats, Ints
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.futures.columns import DrawnColumn, Key, chunks, columns_of, of_rows, values_of
from commission_opt.futures.cut import cut_of, warned
from commission_opt.futures.draw import Draw, lay_out
from commission_opt.futures.explicit import Written, written_out
from commission_opt.futures.lines import problem_at
from commission_opt.futures.points import sobol_points
from commission_opt.futures.rule_figures import rule_figures
from commission_opt.futures.sound import unsound
from commission_opt.futures.staff_left import nobody_left
from commission_opt.futures.uncertainty import Uncertainty
from commission_opt.instance.instance import Instance
from commission_opt.policy import Policy
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.renewed import renewed
from commission_opt.scenario.sheets import VariedRows, sheet


@dataclass(frozen=True, eq=False, repr=False)
class Futures:
    """W futures of an instance: E that are written out, and after them those that are drawn.

    Parameters
    ----------
    instance : Instance
        As given.
    uncertainty : Uncertainty
    names : tuple of str
        Of the explicit scenarios, then ``draw-0001`` and so on.
    probability : array, shape (W,)
    explicit : int
        E.
    points : array, shape (W - E, dimensions)
        Uniform numbers from which the draws follow.
    seed : int
        From which the points follow.
    cut : float
        Share of the drawn figures that were set to an end of their range.
    warnings : tuple of Problem
        What is doubtful about the draws.
    """

    instance: Instance
    uncertainty: Uncertainty
    names: tuple[str, ...]
    probability: Floats
    explicit: int
    points: Floats
    seed: int
    cut: float
    warnings: tuple[Problem, ...]
    written: Written
    draws: tuple[Draw, ...]
    columns: Mapping[Key, DrawnColumn]
    sheet: Callable[[str], VariedRows]

    @property
    def row_of_dimension(self) -> Ints:
        """Position in ``uncertainty.rows`` of the row that each dimension of the points draws."""
        return np.repeat(np.arange(len(self.draws)), [each.dimensions for each in self.draws])

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Tables and columns in which some figure differs in some future."""
        return tuple(dict.fromkeys([*self.written.columns, *self.columns]))

    def figures(self, which: slice, keys: Sequence[Key] | None = None) -> dict[Key, Floats]:
        """Return the figures of some futures.

        Parameters
        ----------
        which : slice
            Of the W futures.
        keys : sequence of (str, str), optional
            The columns asked for; all if not given.

        Returns
        -------
        dict of (str, str) to array, shape (w, N)
            By table and column, for each column that changes in any of the W futures. The N rows
            are those of ``scenario.sheets.sheet(instance, table)``; NaN where a cell is empty.
        """
        wanted = self.keys if keys is None else [key for key in self.keys if key in keys]
        return self._figures(which, wanted)

    def only(self, rows: Mapping[str, Ints]) -> Futures:
        """Return what gives the figures of some rows of tables, ascending, and of all others whole.

        Parameters
        ----------
        rows : mapping of str to array of int
            By table; the figures have these rows in place of the N.
        """
        draws, columns = of_rows(self.draws, self.columns, rows)
        told = {
            key: values[:, rows[key[0]]] if key[0] in rows else values
            for key, values in self.written.columns.items()
        }
        sheets = {name: self.sheet(name).only(rows.get(name)) for name, _ in self.keys}
        written = replace(self.written, columns=told)
        return replace(
            self, draws=draws, columns=columns, written=written, sheet=sheets.__getitem__
        )

    def _figures(self, which: slice, keys: Sequence[Key]) -> dict[Key, Floats]:
        every = np.arange(len(self.names))[which]
        told = every[every < self.explicit]
        points = self.points[every[len(told) :] - self.explicit]
        drawn = {key: self.columns[key] for key in keys if key in self.columns}
        values = values_of(self.draws, points, drawn.values())
        found = {}
        for table, name in keys:
            base = self.sheet(table).columns[name]
            block = np.empty((len(every), len(base)))
            own = self.written.columns.get((table, name))
            block[: len(told)] = base if own is None else own[told]
            block[len(told) :] = base
            if (column := drawn.get((table, name))) is not None:
                column.fill(block[len(told) :], values)
            found[table, name] = block
        return found

    def check(self) -> None:
        """Make sure that every future passes the checks of an instance.

        Raises
        ------
        InputError
            If one does not; names scenario and figure.
        """
        file, asked = self.uncertainty.file, (self.instance, self.sheet, self.keys)
        problems = [*unsound(*asked, self.names, self._figures, file)]
        for w, words in nobody_left(*asked, len(self.names), self._figures, self.in_future):
            problems.append(Problem.of_file(file, f"in scenario {self.names[w]!r} {words}"))
            break  # the first will do
        if problems:
            raise InputError(problems)

    def in_future(self, w: int) -> Instance:
        """Return the instance as it is in one of the futures.

        Figures of places may be fractions: they are limits. The instance as given is returned
        where nothing changes.
        """
        figures = self.figures(slice(w, w + 1))
        return self._renewed({key: block[0] for key, block in figures.items()}, self.names[w])

    def mean(self) -> Instance:
        """Return the instance whose figures are the means of those of all futures.

        Weighted by probability. Whether it passes the checks of an instance is not asked.
        """
        first = {key: block[0] for key, block in self.figures(slice(0, 1)).items()}
        mean = {key: row.copy() for key, row in first.items()}
        for which in chunks(len(self.names)):
            share = self.probability[which]
            for key, block in self.figures(which).items():
                mean[key] += share @ (block - first[key])  # exact where all are alike
        return self._renewed(mean, "mean")

    def _renewed(self, figures: Mapping[Key, Floats], name: str) -> Instance:
        changed = {
            (table, column): row
            for (table, column), row in figures.items()
            if not np.array_equal(row, self.sheet(table).columns[column], equal_nan=True)
        }
        if not changed:
            return self.instance
        note = {
            "uncertainty": hashlib.sha256(self.uncertainty.content).hexdigest(),
            "draws": len(self.points),
            "seed": self.seed,
            "scenario": name,
        }
        text = json.dumps(note, ensure_ascii=False)
        return renewed(self.instance, self.sheet, changed, text.encode())


def futures(
    instance: Instance,
    policy: Policy | None,
    uncertainty: Uncertainty,
    *,
    draws: int | None = None,
    seed: int | None = None,
) -> Futures:
    """Return the futures that an uncertainty file makes of an instance.

    Parameters
    ----------
    instance : Instance
    policy : Policy or None
        The model of the plan, if there is one: which figures stand in rules can depend on it.
    uncertainty : Uncertainty
    draws, seed : int, optional
        Instead of those of the file.

    Raises
    ------
    InputError
        If the file names what the instance does not have, draws a figure of a rule without
        bounds, more than a tenth of the drawn figures leave their range, or a scenario does not
        pass the checks of an instance.
    UsageError
        If more draws are asked for and nothing is drawn, or the points have too many dimensions.
    """
    if draws is not None and not uncertainty.rows:
        raise UsageError(f"{uncertainty.file} draws nothing, so it takes no number of draws")
    count = uncertainty.draws if draws is None else draws
    seed = uncertainty.seed if seed is None else seed
    sheets = cache(partial(sheet, instance))
    laid = _laid_out(instance, policy, uncertainty, sheets)
    told = written_out(instance, uncertainty, sheets)
    points = sobol_points(count, sum(each.dimensions for each in laid), seed)
    explicit = [scenario.probability for scenario in uncertainty.scenarios]
    rest = max(0.0, 1.0 - sum(explicit)) / max(count, 1)
    names = [scenario.name for scenario in uncertainty.scenarios]
    columns = columns_of(laid, sheets, points)
    cut = cut_of(columns, laid, sheets, points)
    made = Futures(
        instance=instance,
        uncertainty=uncertainty,
        names=(*names, *(f"draw-{i:04d}" for i in range(1, count + 1))),
        probability=np.array([*explicit, *[rest] * count]),
        explicit=len(explicit),
        points=points,
        seed=seed,
        cut=cut.share,
        warnings=tuple(warned(uncertainty, cut)),
        written=told,
        draws=laid,
        columns=columns,
        sheet=sheets,
    )
    made.check()
    return made


def _laid_out(
    instance: Instance,
    policy: Policy | None,
    uncertainty: Uncertainty,
    sheets: Callable[[str], VariedRows],
) -> tuple[Draw, ...]:
    """Look up the figures of all rows; an InputError lists those that do not fit the instance."""
    laid, problems = [], []
    in_rules = rule_figures(instance, policy)
    for i, row in enumerate(uncertainty.rows):
        field = row.figures.field
        if field in in_rules and not row.distribution.bounded:
            message = (
                f"{field} is a figure of rules, which must hold in every scenario, and "
                f"{type(row.distribution).__name__.lower()} has no bounds; write uniform, "
                "triangular or values"
            )
            problems.append(problem_at(uncertainty, "uncertain", i, "figures", message))
            continue
        try:
            laid.append(lay_out(row, instance, sheets(FIELDS[field].table)))
        except UsageError as error:
            problems.append(problem_at(uncertainty, "uncertain", i, "figures", str(error)))
    if problems:
        raise InputError(problems)
    return tuple(laid)
