"""What a solver did, added up over its runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Options = Mapping[str, object]


@dataclass
class Runs:
    """Runs of one kind with the same options.

    Parameters
    ----------
    kind : str
        What was solved, such as ``relaxation``.
    options : mapping of str to object
        Options of the solver that differ from its defaults.
    count : int
        Number of runs.
    rows, columns, nonzeros : int
        The largest program.
    iterations : dict of str to int
        By method: ``simplex``, ``ipm``, ``crossover``, ``pdlp``.
    nodes : int
        Nodes of branch and bound.
    seconds : float
        Time in the solver.
    """

    kind: str
    options: Options
    count: int = 0
    rows: int = 0
    columns: int = 0
    nonzeros: int = 0
    iterations: dict[str, int] = field(default_factory=dict)
    nodes: int = 0
    seconds: float = 0.0


@dataclass
class Tally:
    """All runs of a solver, and the time it took to hand programs over.

    Parameters
    ----------
    runs : dict
        By kind and options.
    pass_seconds : float
        Time to hand over relaxations.
    cut_short : bool
        Whether any part of the work ended by the clock, so that another run may go otherwise.
    """

    runs: dict[object, Runs] = field(default_factory=dict)
    pass_seconds: float = 0.0
    cut_short: bool = False

    def add(
        self,
        kind: str,
        options: Options,
        size: tuple[int, int, int],
        iterations: Mapping[str, int],
        nodes: int,
        seconds: float,
    ) -> None:
        """Count a run of a program with so many rows, columns and nonzeros."""
        key = (kind, tuple(options.items()))
        runs = self.runs.setdefault(key, Runs(kind, options))
        runs.count += 1
        rows, columns, nonzeros = size
        runs.rows, runs.columns = max(runs.rows, rows), max(runs.columns, columns)
        runs.nonzeros = max(runs.nonzeros, nonzeros)
        for method, number in iterations.items():
            runs.iterations[method] = runs.iterations.get(method, 0) + max(0, number)
        runs.nodes += max(0, nodes)
        runs.seconds += seconds
