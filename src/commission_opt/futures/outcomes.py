"""The consequences of one plan in many futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from commission_opt.accounts.many import Balance, Broken
from commission_opt.arrays import Floats


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What is told of one plan in W futures.

    Parameters
    ----------
    balance : Balance
    objectives : mapping of str to array, shape (W,)
        The value of each objective of the model, by its name.
    broken : mapping of str to Broken
        How far each rule is broken, by its name.
    """

    balance: Balance
    objectives: Mapping[str, Floats]
    broken: Mapping[str, Broken]
