"""What the program of a plan for many draws rests on: where it is exact, rows and weights.

Any of it proves something; what the program is worth hangs on it, not whether it holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from commission_opt.arrays import Floats
from commission_opt.errors import InputError, Problem
from commission_opt.formulation.goals import EXPECTED, allowed, goals
from commission_opt.formulation.problem import Planning
from commission_opt.plan.table import number_in, read_table, unreadable
from commission_opt.uncertainty.sampled import Sampled

SUPPORTS, WEIGHTS, LIMITS = "supports", "scenario_weights", "scenario_limits"
_MOST = 100_000  # rows of limits
_DIGITS = 9  # of the number of a row


def support_tables(drawn: Sampled) -> dict[str, pd.DataFrame]:
    """Return what programs have of the futures.

    Returns
    -------
    dict of str to DataFrame
        ``supports``: the decisions about which the objective is under-estimated, a row for each
        decision column; ``scenario_limits``: single limits in single futures, by rule and row in
        the order of its table; ``scenario_weights`` for another risk than the expectation.
    """
    size = drawn.problem.layout.size
    limits = [
        (rule, row + 1, drawn.names[w])
        for rule, pairs in drawn.of_limits.items()
        for row, w in pairs
    ]
    found = {
        SUPPORTS: pd.DataFrame({"column": np.arange(1, size + 1), "amount": drawn.middle}),
        LIMITS: pd.DataFrame(limits, columns=["rule", "row", "scenario"]),
    }
    if drawn.weights is not None:
        weights = {"scenario": list(drawn.names), "weight": drawn.weights}
        found[WEIGHTS] = pd.DataFrame(weights)
    return found


def supported(folder: Path, said: Mapping[str, Any], problem: Planning) -> Sampled:
    """Read back what the program of a plan rests on.

    Parameters
    ----------
    folder : Path
    said : mapping
        What the record of the plan says of its futures.
    problem : Planning
        With its draws, of which programs know nothing yet.

    Raises
    ------
    InputError
        If a table cannot be read, or is of another plan.
    """
    drawn = problem.drawn
    assert isinstance(drawn, Sampled)
    size = drawn.problem.layout.size
    amounts = _numbers(folder, f"{SUPPORTS}.csv", "amount", size)
    if len(amounts) != size:
        raise InputError.of_file(f"{SUPPORTS}.csv", f"does not have {size:,} rows")
    drawn = replace(drawn, rows=_rows(drawn.names, said), of_limits=_limits(folder, drawn))
    drawn = drawn.about(amounts)
    own = replace(problem, drawn=drawn)
    risk = goals(own)[0].risk
    if risk == EXPECTED:
        return drawn
    file, count = f"{WEIGHTS}.csv", len(drawn.names)
    weights = _numbers(folder, file, "weight", count)
    if len(weights) != count or not allowed(own, risk, weights):
        raise InputError.of_file(file, "are not weights that the risk of the model allows")
    return drawn.weighing(weights)


def _limits(folder: Path, drawn: Sampled) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return of which limits, by rule, programs have a row in which future."""
    file, number = f"{LIMITS}.csv", {name: w for w, name in enumerate(drawn.names)}
    table = _table(folder, file, _MOST, ("rule", "row", "scenario"))
    found: dict[str, dict[tuple[int, int], None]] = {}
    for line, (rule, row, scenario) in enumerate(table.itertuples(index=False), start=2):
        count = drawn.limits[rule].count if rule in drawn.limits else 0
        if not (row.isascii() and row.isdigit() and len(row) < _DIGITS and 1 <= int(row) <= count):
            message = f"{rule!r} has no such limit as {row!r}"
            raise InputError([Problem("error", file, line, "row", message)])
        if scenario not in number:
            message = f"{scenario!r} is no scenario of the uncertainty file"
            raise InputError([Problem("error", file, line, "scenario", message)])
        found.setdefault(rule, {})[int(row) - 1, number[scenario]] = None
    return {rule: tuple(pairs) for rule, pairs in found.items()}


def _rows(names: Sequence[str], said: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the futures whose rows the program has."""
    number = {name: w for w, name in enumerate(names)}
    rows = said.get("rows_of", [])
    if not rows or any(name not in number for name in rows):
        message = "are not scenarios of the uncertainty file"
        raise InputError([Problem("error", "plan.json", None, "uncertainty.rows_of", message)])
    return tuple(dict.fromkeys(number[name] for name in rows))


def _numbers(folder: Path, file: str, column: str, most: int) -> Floats:
    """Read a column of finite numbers."""
    cells = _table(folder, file, most, (column,))[column]
    numbers = np.array([number_in(text) for text in cells], dtype=float)
    if len(wrong := np.flatnonzero(~np.isfinite(numbers))):
        row, text = int(wrong[0]) + 2, cells.iloc[int(wrong[0])]
        raise InputError([Problem("error", file, row, column, f"{text!r} is no number")])
    return numbers


def _table(folder: Path, file: str, most: int, columns: Sequence[str]) -> pd.DataFrame:
    """Read some columns of a table."""
    try:
        return read_table(folder / file, most)[list(columns)]
    except OSError as error:
        raise InputError.of_file(file, unreadable(error)) from error
    except (ValueError, KeyError) as error:
        raise InputError.of_file(file, f"cannot be read: {error}") from error
