"""Where the supply of a profession in a region comes from, year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from commission_opt.explain import figures
from commission_opt.explain.answer import Answer, Column, Table
from commission_opt.explain.naming import positions
from commission_opt.formulation.problem import Planning
from commission_opt.outcome import Outcome, start_years
from commission_opt.supply import waterfall

_FLOWS = (
    ("brought_forward", "in post the year before"),
    ("leavers", "leave"),
    ("joiners", "join by other routes"),
    ("pipeline", "graduate from the pipeline"),
    ("commissioned", "from places of this plan"),
    ("continued", "from places of later years"),
    ("supply", "supply"),
    ("demand", "demand"),
    ("shortfall", "shortfall"),
)


def origins(problem: Planning, result: Outcome, profession: str, region: str) -> Answer:
    """Take the supply of a profession in a region apart.

    Parameters
    ----------
    problem : Planning
    result : Outcome
    profession : str
        Its code.
    region : str
        Code of a region; a parent adds up the regions it covers.

    Returns
    -------
    Answer
        A table ``supply``, FTE by financial year.

    Raises
    ------
    UsageError
        If there is no such profession or region.
    """
    instance = problem.instance
    p, where = positions(instance, profession, region)
    commissioned, continued = start_years(instance, problem.policy, result.places)
    flow = waterfall(instance, problem.effects.response, result.supply, commissioned, continued)
    all_flows = {name: getattr(flow, name) for name, _ in _FLOWS[:-2]}
    all_flows |= {"demand": instance.demand, "shortfall": result.shortfall}
    frame = pd.DataFrame(
        {"year": list(instance.years)}
        | {name: array[p, where].sum(axis=0) for name, array in all_flows.items()}
    )
    title = instance.professions["title"].iloc[p]
    heading = f"Supply of {title} in {region}, FTE"
    columns = (
        Column("year", "year", figures.year),
        *(Column(name, words, figures.fte) for name, words in _FLOWS),
    )
    note = (
        "Supply is counted with the year's joiners and graduates and before its leavers; those who "
        "leave stand in the year in which they are missing."
    )
    table = Table("supply", heading, frame, columns, note=note)
    return Answer(heading, tuple(_sentences(frame, title, region)), (table,))


def _sentences(frame: pd.DataFrame, title: str, region: str) -> list[str]:
    worst = frame.iloc[int(np.argmax(frame["shortfall"]))]
    first, last = frame.iloc[0], frame.iloc[-1]
    new = frame["commissioned"].sum() + frame["continued"].sum()
    grown = (
        f"Supply of {title} in {region} goes from {figures.fte(first['supply'])} FTE in "
        f"{int(first['year'])} to {figures.fte(last['supply'])} in {int(last['year'])}; "
        f"{figures.fte(new)} FTE come from new places, "
        f"{figures.fte(frame['pipeline'].sum())} from students already on course and "
        f"{figures.fte(frame['joiners'].sum())} by other routes, while "
        f"{figures.fte(frame['leavers'].sum())} leave."
    )
    if not np.any(frame["shortfall"] > 0):
        return [grown, "Demand is met in every year."]
    short = (
        f"The largest shortfall is {figures.fte(worst['shortfall'])} FTE in {int(worst['year'])}."
    )
    return [grown, short]
