"""The same instance in other units, of which nothing may depend but figures in these units."""

from collections.abc import Mapping, Sequence

import pandas as pd

from commission_opt.instance.instance import Instance
from samples import PACE, both, made

UNITS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "weights of professions": (("professions", "weight"),),
    "weights of regions": (("regions", "weight"),),
    "all weights": (("professions", "weight"), ("regions", "weight")),
    "money": (("costs", "cost"), ("budgets", "amount")),
    "weeks": (("placement_use", "weeks"), ("placements", "capacity")),
    "FTE": (
        ("workforce", "fte"), ("demand", "fte"), ("joiners", "fte"), ("courses", "fte_per_joiner"),
    ),
}  # fmt: skip
EACH = {"fund": UNITS["money"], "pool": UNITS["weeks"]}  # each with a unit of its own
PEOPLE = (
    ("courses", ("last_intake", "max_intake", "min_cohort")),
    ("pipeline", ("started",)),
    ("commitments", ("min_places", "max_places")),
)
OF_ONE = (("courses", "fte_per_joiner"), ("costs", "cost"), ("placement_use", "weeks"))
MOST = 9e14  # a little less than a table may hold


def in_units(seed: int, unit: str = "", constant: float = 1.0) -> Instance:
    """An instance of three professions and two regions with some figures times a constant."""
    return in_mixed_units(seed, {unit: constant} if unit else {})


def in_mixed_units(seed: int, constants: Mapping[str, float]) -> Instance:
    """The same with figures of several kinds, each times a constant of its own."""
    synthetic = made(3, 2, 1, seed, 7)
    return both(synthetic.settings, _scaled(synthetic.tables, constants)).instance


def with_units_of_each(seed: int, by: str, powers: Sequence[float]) -> Instance:
    """The same with each fund, or pool, in a unit of its own: 10 to one power after the other."""
    synthetic = made(3, 2, 1, seed, 7)
    tables = dict(synthetic.tables)
    every = sorted({code for table, _ in EACH[by] for code in tables[table][by]})
    sizes = {code: 10.0 ** powers[i % len(powers)] for i, code in enumerate(every)}
    for table, column in EACH[by]:
        frame = tables[table]
        own = pd.to_numeric(frame[column]).astype(float) * frame[by].map(sizes)
        tables[table] = frame.assign(**{column: own})
    return both(synthetic.settings, tables).instance


def in_fractions_of_people(
    seed: int, size: int, *, steps: bool, professions: int = 3, regions: int = 2
) -> tuple[Instance, str]:
    """The same with so many where one person was, and the pace of change for it.

    Cohort steps are then as many, or still 1, which leaves more plans.
    """
    synthetic = made(professions, regions, 1, seed, 7)
    tables = dict(synthetic.tables)
    for table, columns in PEOPLE:
        for column in columns:
            numbers = pd.to_numeric(tables[table][column], errors="coerce") * size
            tables[table] = tables[table].assign(**{column: numbers})
    if steps:
        tables["courses"] = tables["courses"].assign(cohort_step=size)
    for table, column in OF_ONE:
        numbers = pd.to_numeric(tables[table][column]).astype(float) / size
        tables[table] = tables[table].assign(**{column: numbers})
    pace = PACE.replace("allowance = 5", f"allowance = {5 * size}")
    return both(synthetic.settings, tables).instance, pace


def _scaled(
    given: Mapping[str, pd.DataFrame], constants: Mapping[str, float]
) -> dict[str, pd.DataFrame]:
    tables: dict[str, pd.DataFrame] = dict(given)
    for unit, constant in constants.items():
        columns = UNITS[unit]
        usual = {(t, c): pd.to_numeric(tables[t][c]).fillna(1.0).astype(float) for t, c in columns}
        largest = max(float(size.max()) for size in usual.values())
        for (table, column), size in usual.items():
            times = min(constant, MOST / largest)
            tables[table] = tables[table].assign(**{column: size * times})
    return tables
