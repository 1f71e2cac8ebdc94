"""The engine once more, slowly: the judge of the fast one.

Nothing here is shared with the package. It follows the contract (tables, mathematics and
commissioning model) one concept per function, with plain loops and dictionaries keyed by codes:
(course, year) for places and (measure, year) for units, (profession, region, year) for staff,
(fund, region, year) for budgets, (pool, region, year) for placements. Only instances that pass the
checks are expected, and as the first objective only `shortfall`, `change`, `below_floor` or
`unemployed`.
"""

from independent.case import (
    Case,
    Key,
    Places,
    Policy,
    Rates,
    Row,
    commissioning_years,
    most,
    number,
    paid_years,
)
from independent.objectives import below_floor, unemployment
from independent.program import add_decision, add_pace, solve
from independent.reading import RULES, load, load_policy
from independent.rules import admissible, commitments, smallest_and_largest, targets, violations
from independent.simulation import bands, most_deployed, pairs, simulate, weight, weighted_shortfall
from independent.staff import continued_cohorts, planned_cohorts, supply_of
from independent.using import charged
from mixed_integer import Infeasible  # its own word for its users

__all__ = [
    "RULES",
    "Case",
    "Infeasible",
    "Key",
    "Places",
    "Policy",
    "Rates",
    "Row",
    "add_decision",
    "add_pace",
    "admissible",
    "bands",
    "below_floor",
    "charged",
    "commissioning_years",
    "commitments",
    "continued_cohorts",
    "load",
    "load_policy",
    "most",
    "most_deployed",
    "number",
    "paid_years",
    "pairs",
    "planned_cohorts",
    "simulate",
    "smallest_and_largest",
    "solve",
    "supply_of",
    "targets",
    "unemployment",
    "violations",
    "weight",
    "weighted_shortfall",
]
