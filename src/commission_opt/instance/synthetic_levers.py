"""Every lever beside places in an imaginary health service."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from commission_opt.instance.synthetic import World
from commission_opt.instance.synthetic_pathways import with_pathways
from commission_opt.instance.synthetic_pay import with_pay
from commission_opt.instance.synthetic_taking import with_taking
from commission_opt.instance.synthetic_work import with_floors, with_posts, with_substitution

Tables = dict[str, pd.DataFrame]
_ADDED: tuple[Callable[[Tables, World, np.random.Generator], Tables], ...] = (
    with_taking,
    with_pathways,
    with_substitution,
    with_posts,
    with_floors,
    with_pay,
)
_MEASURES = 0.6  # measures for each profession and region, where no number is asked for


def usual_measures(world: World) -> int:
    """Return the number of measures of an instance that has every lever."""
    return max(1, round(_MEASURES * len(world.professions) * len(world.region)))


def with_levers(tables: Tables, world: World, seed: int) -> Tables:
    """Add every lever but measures to the tables of an instance; a plan near the last one stays.

    Parameters
    ----------
    tables : dict of str to pandas.DataFrame
        With measures, if there are any.
    world : World
    seed : int
    """
    for k, add in enumerate(_ADDED):
        tables = add(tables, world, np.random.default_rng([seed, k]))
    return tables
