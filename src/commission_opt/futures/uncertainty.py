"""What may turn out otherwise, as it is written: rows that are drawn, and explicit scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from commission_opt.futures.distribution import Distribution
from commission_opt.scenario.axis import Axis
from commission_opt.scenario.scenario import Setting

OverTime = Literal["level", "fan", "walk"]
OVER_TIME: tuple[OverTime, ...] = get_args(OverTime)
EACH = ("profession", "group", "region", "course", "measure", "fund", "pool")
"""Keys for each of whose codes a row can draw."""


@dataclass(frozen=True)
class Uncertain:
    """Figures that are drawn.

    Parameters
    ----------
    name : str
    figures : Axis
        Which figures, and whether they are multiplied (``*=``) or increased (``+=``) by what is
        drawn. Its value is the one that changes nothing.
    distribution : Distribution
    each : tuple of str
        One draw for each combination of codes of these keys; one for all figures if there are none.
    correlation : float
        Of the latent standard normals of these draws, 0 to 1.
    over_time : {"level", "fan", "walk"}
        The same draw in all years; one that spreads with the square root of the years; or the sum
        of independent draws, one a year.
    """

    name: str
    figures: Axis
    distribution: Distribution
    each: tuple[str, ...] = ()
    correlation: float = 0.0
    over_time: OverTime = "level"


@dataclass(frozen=True)
class Explicit:
    """A scenario that is written out; its settings are done one after the other."""

    name: str
    probability: float
    settings: tuple[Setting, ...] = ()


@dataclass(frozen=True)
class Uncertainty:
    """An uncertainty file.

    Parameters
    ----------
    name, title : str
    draws : int
        Scenarios that are drawn; 0 for none.
    seed : int
    rows : tuple of Uncertain
        Applied in this order; they are independent of each other.
    scenarios : tuple of Explicit
    content : bytes
        The file as it was read.
    file : str
        Its name, for messages.
    """

    name: str
    title: str
    draws: int
    seed: int
    rows: tuple[Uncertain, ...]
    scenarios: tuple[Explicit, ...]
    content: bytes
    file: str = "uncertainty.toml"
