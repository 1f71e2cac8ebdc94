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

SUPPORTS, WEIGHTS = "supports", "scenario_weights"
_MOST = 100  # points at which a program is exact


def support_tables(drawn: Sampled) -> dict[str, pd.DataFrame]:
    """Return the decisions at which a program is exact, and the weights of futures in its risk.

    Returns
    -------
    dict of str to DataFrame
        ``supports``: a row for each point and decision column; ``scenario_weights`` for another
        risk than the expectation.
    """
    at, size = drawn.partition.at, drawn.problem.layout.size
    found = {
        SUPPORTS: pd.DataFrame(
            {
                "point": np.repeat(np.arange(1, len(at) + 1), size),
                "column": np.tile(np.arange(1, size + 1), len(at)),
                "amount": np.concatenate([np.zeros(0), *at]),
            }
        )
    }
    if drawn.risky is not None:
        weights = {"scenario": list(drawn.names), "weight": drawn.risky.p}
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
    amounts = _numbers(folder, f"{SUPPORTS}.csv", "amount", _MOST * size)
    if not len(amounts) or len(amounts) % size or len(amounts) > _MOST * size:
        message = f"does not have {size:,} rows for each of 1 to {_MOST} points"
        raise InputError.of_file(f"{SUPPORTS}.csv", message)
    drawn = replace(drawn, rows=_rows(drawn.names, said)).having(amounts.reshape(-1, size))
    own = replace(problem, drawn=drawn)
    risk = goals(own)[0].risk
    if risk == EXPECTED:
        return drawn
    file, count = f"{WEIGHTS}.csv", len(drawn.names)
    weights = _numbers(folder, file, "weight", count)
    if len(weights) != count or not allowed(own, risk, weights):
        raise InputError.of_file(file, "are not weights that the risk of the model allows")
    return drawn.weighing(weights)


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
    try:
        cells = read_table(folder / file, most)[column]
    except OSError as error:
        raise InputError.of_file(file, unreadable(error)) from error
    except (ValueError, KeyError) as error:
        raise InputError.of_file(file, f"cannot be read: {error}") from error
    numbers = np.array([number_in(text) for text in cells], dtype=float)
    if len(wrong := np.flatnonzero(~np.isfinite(numbers))):
        row, text = int(wrong[0]) + 2, cells.iloc[int(wrong[0])]
        raise InputError([Problem("error", file, row, column, f"{text!r} is no number")])
    return numbers
