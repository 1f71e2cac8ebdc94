"""Where ends of rows and bounds come from: figures that people wrote, and how each gives way.

A rule declares an ``Origin`` for each kind of statement that it makes. Rows without one come from
the rule's own key in the model, which nothing bends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats, Ints
from commission_opt.formulation.problem import Planning
from commission_opt.instance.instance import Instance

MODEL_FILE = "model.toml"
SLIGHT = 1e-6  # what a solver's tolerance may leave, in the unit of rows
Price = Callable[[int | None], float]
"""£ for a unit of the figure on a line of the file; None for a key of the model."""


def at_line(table: pd.DataFrame, line: int | None) -> int:
    """Return which row of a table stands on a line of its file."""
    return int(np.flatnonzero(table.index == line)[0])


@dataclass(frozen=True)
class Said:
    """What an origin says of one of its items.

    Parameters
    ----------
    name : str
        What it is called, with codes as in the files; dated statements end with ``in YEAR``.
    limit : float
        Its figure: £, weeks, places or a share; of a rule of the model the tightest it makes of it.
    year : int or None
        Year for which it is stated, if it is for one.
    owner : str
        Who answers for it, where the file says so.
    unit, column : str
        Of its figure, if not those of its origin.
    also : str
        What is charged with nothing bought beside the pipeline: `` and pay``.
    """

    name: str
    limit: float = float("nan")
    year: int | None = None
    owner: str = ""
    unit: str = ""
    column: str = ""
    also: str = ""


@dataclass(frozen=True)
class Elastic:
    """How a figure may give way.

    Parameters
    ----------
    name : str
        The kind of rule that gives way, as ``--bend`` has it.
    prices : callable
        Of an instance: the price of a unit of each figure.
    words : str
        The edit in a commissioner's words, with ``{name}``, ``{old}`` and ``{new}``, and the
        difference as ``{pounds}``, ``{weeks}``, ``{number}`` or ``{amount}``, places or units.
    grain : float
        Figures are raised to multiples of it; by whole numbers if 0.
    whole : bool
        Whether the figure is given up as a whole, and becomes 1, or not at all.
    least : callable, optional
        Of an instance and a line whose figure contradicts others: what the figure is called, and
        what it has to be at least, or at most.
    of_model : OfModel, optional
        How a figure of the model gives way.
    of_places : OfPlaces, optional
        How a figure gives way that follows from places.
    """

    name: str
    prices: Callable[[Instance], Price]
    words: str = "{name} {old} → {new}"
    grain: float = 0.0
    whole: bool = False
    least: Callable[[Instance, int], Said] | None = None
    of_model: OfModel | None = None
    of_places: OfPlaces | None = None


@dataclass(frozen=True)
class OfModel:
    """How a figure of the model, which holds for all courses at once, gives way.

    Parameters
    ----------
    key, name : str
        Its key in ``[rules]`` with dots, and what it is called.
    figures : callable
        Of a problem and places, shape (C, K): the figure, and the one that the places keep.
    gives : callable
        Of an instance: by how much a unit of the figure lets rows give way.
    """

    key: str
    name: str
    figures: Callable[[Planning, Floats], tuple[float, float]]
    gives: Callable[[Instance], float] = lambda _: 1.0


@dataclass(frozen=True)
class OfPlaces:
    """How a figure of a table gives way that rows multiply by what places lead to, such as a share.

    Parameters
    ----------
    figure : callable
        Of a problem, places and units, shape (L, K), and a line of the file: the figure that they
        keep there.
    gives : callable
        Of an instance and a line: by how much a unit of the figure lets rows give way, about.
    """

    figure: Callable[[Planning, Floats, int], float]
    gives: Callable[[Instance, int], float]


@dataclass(frozen=True)
class Origin:
    """A kind of statement behind ends of rows or bounds of decisions.

    Parameters
    ----------
    title : str
        What it is: ``placement capacity``.
    file, column : str
        Where it stands: column of a table, or key of the model.
    says : callable
        Of a problem and an item: the statement.
    lines : callable, optional
        Of a problem: the line of the file on which each item stands; None for the model.
    unit : {"£", "weeks", "places", "units", "FTE", "share"}
        Unit of its figure.
    scale : float
        What 1 of a row stands for in that unit.
    drawn : bool
        Whether it limits what courses draw on together, the pipeline first.
    of_course : bool
        Whether each item is about a single course.
    asks_for_more : bool
        Whether fewer places break it, and not more.
    words : str
        What it says, with ``{amount}`` or ``{number}``; of at least or at most if empty.
    alone : str
        What is said where it cannot be kept, whatever else is dropped, with ``{name}``, ``{where}``
        and ``{amount}``.
    relax : Elastic, optional
        How it may give way; None if it does not.
    """

    title: str
    file: str
    column: str
    says: Callable[[Planning, int], Said] = field(repr=False, compare=False)
    lines: Callable[[Planning], Ints] | None = field(default=None, repr=False, compare=False)
    unit: str = "places"
    scale: float = 1.0
    drawn: bool = False
    of_course: bool = False
    asks_for_more: bool = False
    words: str = ""
    alone: str = "The {name} ({where}) is {amount} less than students on course{also} need."
    relax: Elastic | None = field(default=None, repr=False, compare=False)

    def statement(self, problem: Planning, item: int) -> Statement:
        """Return an item as it stands in the files."""
        line = None if self.lines is None else int(self.lines(problem)[item])
        said = self.says(problem, item)
        own = {"unit": said.unit or self.unit, "column": said.column or self.column}
        made = {**vars(said), **own}
        return Statement(**made, origin=self, row=line)


@dataclass(frozen=True, kw_only=True)
class Statement(Said):
    """What an origin says of an item, and where it stands.

    Parameters
    ----------
    row : int or None
        Line of the file; None in the model.
    """

    origin: Origin
    row: int | None

    @property
    def undated(self) -> str:
        """The name without the year, where it is for one."""
        return self.name if self.year is None else self.name.removesuffix(f" in {self.year}")

    @property
    def where(self) -> str:
        """Where it stands, for a reader."""
        file = self.origin.file
        if self.row is None:
            return f"{file}, {self.column}"
        return f"{file} {'line' if file == MODEL_FILE else 'row'} {self.row}"

    def relaxed(self, by: float) -> float:
        """Return its figure when it gives way by so much, in its unit, rounded outward."""
        relax = self.origin.relax
        assert relax is not None
        if relax.whole:
            return 1.0
        by -= SLIGHT * self.origin.scale
        if relax.grain:
            return float(np.ceil((self.limit + by) / relax.grain) * relax.grain)
        whole = float(np.ceil(by))
        return max(0.0, self.limit - whole) if self.origin.asks_for_more else self.limit + whole
