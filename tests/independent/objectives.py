"""Values of first objectives other than the shortfall."""

from collections.abc import Iterable

from independent.case import Case, Places, Policy, commissioning_years
from independent.simulation import discount, simulate


def unemployment(case: Case, policy: Policy, places: Places) -> float:
    """FTE-years without a post, discounted."""
    idle = simulate(case, policy, places).unemployed
    return sum(discount(case, policy, year) * fte for (_, _, year), fte in idle.items())


def below_floor(case: Case, policy: Policy, places: Places) -> float:
    """FTE-years missing from floors, discounted."""
    floors = simulate(case, policy, places).floors
    return sum(
        discount(case, policy, year) * max(0.0, asked - there)
        for (_, _, year), (asked, there) in floors.items()
    )


def moves(case: Case, policy: Policy) -> Iterable[tuple[str, int]]:
    """The courses and years that `change` counts: the first year's, or with its basis all."""
    aims = {aim["minimise"]: aim for aim in policy["objective"]}
    years = commissioning_years(case, policy)
    every = aims.get("change", {}).get("basis", "first-year") == "year-on-year"
    return [(name, year) for name in case.courses for year in (years if every else years[:1])]


def change(case: Case, policy: Policy, places: Places) -> float:
    """Places that differ from the year before, in which the first year's stand at last_intake."""
    last = {(name, case.years[0] - 1): c.last_intake for name, c in case.courses.items()}
    before = last | dict(places)
    steps = ((before[name, year], before[name, year - 1]) for name, year in moves(case, policy))
    return sum(abs(now - then) for now, then in steps)
