"""Small instances whose figures are drawn, in a few futures."""

from collections.abc import Mapping

import pandas as pd

from commission_opt.formulation.problem import Planning
from commission_opt.futures.futures import Futures, futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from futures_made import row
from measured import taking, with_measures
from samples import PACE, both, made, model, problem_of

TEXT = 'name = "drawn"\ndraws = {draws}\nseed = {seed}\n' + "".join(
    (
        row("demand", "uniform = [0.9, 1.1]", each='"profession"', correlation="0.3",
            over_time='"fan"'),
        row("leavers", "uniform = [0.8, 1.3]", each='["profession", "region"]'),
        row("joiners", "uniform = [0.5, 1.5]", each='"region"'),
        row("completion_rate", "uniform = [0.9, 1.0]", name="completion", each='"course"'),
        row("join_rate", "uniform = [0.9, 1.0]", name="joining", each='"profession"'),
    )
)  # fmt: skip


def without_courses(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with one profession more, like the first, that no course leads to."""
    found, first = dict(tables), tables["professions"]["profession"].iloc[0]
    for name in ("professions", "demand", "workforce"):
        table = tables[name]
        more = table[table["profession"] == first].assign(profession="idle")
        found[name] = pd.concat([table, more], ignore_index=True)
    return found


def drawn(
    seed: int, *, integer: bool, draws: int = 8, idle: bool = False
) -> tuple[Planning, Futures]:
    """A problem as given, and its futures; every second has measures, some take staff.

    If asked for, there is a profession that no course leads to.
    """
    size = 2 + seed % 2, 1 + seed % 3, 1 + seed % 2
    synthetic = made(*size, seed)
    tables = with_measures(synthetic.tables, 3, seed) if seed % 2 else synthetic.tables
    tables = taking(tables, seed) if seed % 4 == 3 else tables
    tables = without_courses(tables) if idle else tables
    text = model(
        1 + seed % 2, integer=integer, pace="false" if seed % 3 else PACE,
        continuation=("repeat", "last_intake", "none")[seed % 3],
    )  # fmt: skip
    problem = problem_of(both(synthetic.settings, tables).instance, text)
    file = parse_uncertainty(TEXT.format(draws=draws, seed=seed).encode())
    return problem, futures(problem.instance, problem.policy, file)
