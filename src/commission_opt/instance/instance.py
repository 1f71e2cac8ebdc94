"""One planning problem, checked and resolved: what the rest of the program sees."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd
from scipy import sparse

from commission_opt.arrays import Bools, Floats, Ints
from commission_opt.core.index import Index
from commission_opt.instance.floors import floor_cells
from commission_opt.text.card import Card, Grid, Shown


@dataclass(frozen=True, repr=False)
class Instance(Shown):
    """Everything known about one planning problem.

    P professions, Q leaf regions, Y years of the horizon; L lines, which are C courses and after
    them the measures. Arrays follow the order of the tables; frames are indexed by the line of the
    file unless said otherwise.

    Parameters
    ----------
    name, title, price_base, description : str
        From ``instance.toml``; title and price base on one line.
    first_year, horizon : int
        First financial year, and the number of years looked ahead.
    professions : pandas.DataFrame
        P rows: profession, title, group, weight.
    regions : pandas.DataFrame
        Leaf regions, Q rows: region, title, parent, population, weight.
    scopes : dict of str to array of bool, shape (Q,)
        Leaf regions that each region, or ``*``, covers.
    fte, leaver_rate, early_leaver_rate : array, shape (P, Q)
        FTE in post at the start of the first year; shares that leave in a year, later and
        in the early years after qualifying.
    early_years : array of int, shape (P, Q)
        Years for which the early rate holds.
    demand, joiners : array, shape (P, Q, Y)
        FTE needed, and FTE joining by other routes.
    posts : array, shape (P, Q, Y)
        FTE that can be employed; NaN where there is no end of posts.
    courses : pandas.DataFrame
        C rows as in the table, and ``p``, ``q``: positions of profession and region; ``from_p``
        that of the profession from which staff are taken, −1 for none.
    measures : pandas.DataFrame
        L − C rows as in the table, and ``p`` and ``q``.
    eligible : pandas.DataFrame
        pool, region (as in the table), year, entrants (people), stay_rate, offer_rate; N · Y rows,
        those of each of N pools by region together, one for each year, indexed 0, 1, ….
    pathways : pandas.DataFrame
        place (which of the N pools, −1 for one that is not there), course (position), pool, role,
        share, lag_years.
    substitution : pandas.DataFrame
        S rows, one for each pair of professions and leaf region: needed, by, region (codes),
        ``n``, ``b``, ``q`` (positions), ratio (FTE of needed for one of by), max_share.
    costs, placement_use : pandas.DataFrame
        line (position), study_year, code (fund or pool), rate (£ or weeks per student or unit).
    budgets : pandas.DataFrame
        fund, region, year, amount (£); rows within the horizon.
    pay : pandas.DataFrame
        code (fund), cell (position in ``cells``), rate (£ per FTE-year), row (line of the file);
        one row for each fund and cell for which it pays.
    placements : pandas.DataFrame
        pool, region, year, capacity (weeks); one row per year, indexed 0, 1, ….
    destinations : pandas.DataFrame
        p, from_q, to_q (positions), share of joiners; for every pair with a course.
    pipeline : pandas.DataFrame
        course (position), start_year, started (students); cohorts yet to enter.
    commitments : pandas.DataFrame
        As in the table.
    commitment_lines : array of bool, shape (commitments, L)
        Lines whose places or units count towards each commitment.
    floors : pandas.DataFrame
        F rows as in the table, one for each floor, leaf region and year of the horizon, and ``q``.
    tables : mapping of str to pandas.DataFrame
        All tables as typed, with wildcards.
    files : mapping of str to bytes
        The files as they were read.
    """

    name: str
    title: str
    first_year: int
    horizon: int
    price_base: str
    description: str
    professions: pd.DataFrame
    regions: pd.DataFrame
    scopes: Mapping[str, Bools]
    fte: Floats
    leaver_rate: Floats
    early_leaver_rate: Floats
    early_years: Ints
    demand: Floats
    joiners: Floats
    posts: Floats
    courses: pd.DataFrame
    measures: pd.DataFrame
    eligible: pd.DataFrame
    pathways: pd.DataFrame
    substitution: pd.DataFrame
    costs: pd.DataFrame
    placement_use: pd.DataFrame
    budgets: pd.DataFrame
    pay: pd.DataFrame
    placements: pd.DataFrame
    destinations: pd.DataFrame
    pipeline: pd.DataFrame
    commitments: pd.DataFrame
    commitment_lines: Bools
    floors: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def years(self) -> range:
        """Financial years of the horizon."""
        return range(self.first_year, self.first_year + self.horizon)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of professions, leaf regions and years of the horizon."""
        return len(self.professions), len(self.regions), self.horizon

    @cached_property
    def cells(self) -> Index:
        """Cells of supply and demand: professions, leaf regions and years of the horizon."""
        return Index(("profession", "region", "year"), self.shape)

    @cached_property
    def codes(self) -> tuple[list[str], list[str]]:
        """The codes of professions and of regions, by their positions in ``shape``."""
        return self.professions["profession"].tolist(), self.regions["region"].tolist()

    @cached_property
    def lines(self) -> pd.DataFrame:
        """What can be bought in numbers, L rows: courses by the place, then measures by the unit.

        Columns are line (code), kind (``course``, or that of the measure), profession, region, p,
        q, delay_years (to the first effect), paid_years, last_amount, max_amount, min_amount, step,
        fill_rate and completion_rate; of a measure all that is bought is filled and stays.
        """
        return _lines(self.courses, self.measures)

    @property
    def has_posts(self) -> bool:
        """Whether anything is said of posts."""
        return len(self.tables["posts"]) > 0

    @cached_property
    def pools(self) -> Index:
        """Pools of people by region, N of them, by year of the horizon."""
        return Index(("pool", "year"), (len(self.eligible) // self.horizon, self.horizon))

    @cached_property
    def deployments(self) -> Index:
        """FTE deployed: rows of ``substitution`` by year of the horizon."""
        return Index(("pair", "year"), (len(self.substitution), self.horizon))

    @cached_property
    def starts(self) -> Index:
        """Lines by start year of the horizon."""
        return Index(("line", "year"), (len(self.lines), self.horizon))

    @cached_property
    def floor_cells(self) -> tuple[sparse.csr_array, sparse.csr_array]:
        """Cells that count towards each floor, and those of which it asks for a share.

        Two matrices of shape (F, P · Q · Y), at positions of ``cells``: 1 for each of the
        professions named, and ``min_mix_share`` for each of those in ``of``.
        """
        return floor_cells(self.floors, self.professions, self.cells, self.first_year)

    def changed(self, **fields: Any) -> Instance:
        """Return the instance with other fields; lines are kept where theirs are not among them."""
        new = replace(self, **fields)
        if new.courses is self.courses and new.measures is self.measures:
            vars(new)["lines"] = self.lines
        return new

    def card(self) -> Card:
        """Return the name, the years and how much there is of everything."""
        years = f"{self.years[0]} to {self.years[-1]}, {self.price_base} prices"
        rows = [(name, f"{len(table):,}") for name, table in self.tables.items() if len(table)]
        tables = Grid("tables", ("table", "rows"), rows)
        return Card(f"{self.name}: {self.title}, {years}", (self.description,), (tables,))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return a copy of each table as typed, with wildcards, by name."""
        return {name: table.copy() for name, table in self.tables.items()}

    @cached_property
    def group_of(self) -> dict[str, str]:
        """The group of each profession."""
        return dict(zip(self.professions["profession"], self.professions["group"], strict=True))

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each file that was read."""
        return {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}


_LINES = (  # columns of lines, and what courses and measures call them
    ("line", "course", "measure"), ("profession", "profession", "profession"),
    ("region", "region", "region"), ("p", "p", "p"), ("q", "q", "q"),
    ("delay_years", "duration_years", "lead_years"),
    ("paid_years", "duration_years", "paid_years"),
    ("last_amount", "last_intake", "last_amount"), ("max_amount", "max_intake", "max_amount"),
    ("min_amount", "min_cohort", "min_amount"), ("step", "cohort_step", "step"),
    ("kind", "kind", "kind"), ("fill_rate", "fill_rate", "fill_rate"),
    ("completion_rate", "completion_rate", "completion_rate"),
)  # fmt: skip


def _lines(courses: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Put courses and measures together, as ``Instance.lines`` says."""
    names, of_course, of_measure = (list(column) for column in zip(*_LINES, strict=True))
    bought = courses.assign(kind="course")[of_course].set_axis(names, axis=1)
    if not len(measures):  # whose columns would have no types
        return bought.reset_index(drop=True)
    beside = measures.assign(fill_rate=1.0, completion_rate=1.0)[of_measure]
    return pd.concat([bought, beside.set_axis(names, axis=1)], ignore_index=True)
