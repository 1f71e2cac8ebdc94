"""Every future passes the checks of an instance, or is refused by scenario and figure."""

import pytest

from commission_opt.futures.rule_figures import rule_figures
from commission_opt.policy import Objective, Policy, Rules
from futures_made import made, refused, row, scenario
from handworked import COMMITMENTS, hand

PIPELINE = "course,start_year,started\nA,2025,10\nC,2024,4\n"
BUDGETS = "fund,region,year,amount\ntuition,*,2026,25000\ngrant,south,2026,41000\n"
USE = "course,study_year,pool,weeks\nC,*,ward,10\n"
PLACES = "pool,region,year,capacity\nward,south,*,41\n"
PROMISE = COMMITMENTS + "many,nurse,2026,2026,50,,board,given\n"
LADDER = """\
course,profession,region,duration_years,last_intake,max_intake,fill_rate,completion_rate,join_rate,\
fte_per_joiner,from_profession,fte_from
A,nurse,north,2,20,40,0.5,0.64,0.5,0.5,,
B,medic,north,1,8,12,1,0.5,1,1,nurse,1
"""
POOLS = {
    "pathways": """\
pool,course,role,share
school,A,draws,0.9
college,A,draws,0.05
ward,A,feeds,0.4
""",
    "eligible": """\
pool,region,year,entrants,offer_rate
school,*,*,100,
college,*,*,9,
ward,*,*,10,
""",
}
SWAPS = "needed,by,region,ratio,max_share\nnurse,medic,*,0.9,0.1\nmedic,nurse,*,1,0.1\n"


def one(value: float, figures: str, how: str = "*=") -> str:
    """A row that draws one value."""
    return row(figures, f"values = [{value}]\nprobabilities = [1]", how)


CASES = [
    ({}, "max_intake*=0.2", "courses.csv row 2, min_cohort is 10, more than max_intake, 8"),
    ({"commitments": PROMISE}, "max_intake*=0.9",
     "commitments.csv row 2, min_places is 50, more than the 46.8 that it can have at most"),
    ({"commitments": PROMISE}, "commitment_min+=2.5",
     "commitments.csv row 2, min_places is 52.5, more than the 52"),
    ({"pipeline": PIPELINE, "budgets": BUDGETS}, "budget[fund=tuition]*=0.9",
     "budgets.csv row 2, amount is 22,500, less than the 24,000 of students on course"),
    ({"pipeline": PIPELINE, "budgets": BUDGETS}, "cost[course=C]*=1.1",
     "budgets.csv row 3, amount is 41,000, less than the 44,000 of students on course"),
    ({"pipeline": PIPELINE, "budgets": BUDGETS}, "completion_rate[course=A]*=1.5",
     "budgets.csv row 2, amount is 25,000, less than the 29,393.9 of students on course"),
    ({"pipeline": PIPELINE, "placement_use": USE, "placements": PLACES},
     "placement_capacity*=0.9",
     "placements.csv row 2, capacity is 36.9, less than the 40 of students on course"),
    (POOLS, "join_rate[course=A]*=1.3",
     "pathways.csv row 4, share: the shares of the course come to 1.05 with the join_rate"),
    (POOLS, "share[pool=college]*=4",
     "pathways.csv row 2, share: the shares of the course come to 1.1, more than 1"),
    (POOLS, "offer_rate[pool=ward]+=0.2",
     "eligible.csv row 4, offer_rate is 0.2, but no course draws from the pool"),
    ({"substitution": SWAPS}, "ratio*=0", "substitution.csv row 2, ratio is 0; it must be above 0"),
    ({"substitution": SWAPS}, "ratio[needed=nurse]*=1.2",
     "substitution.csv, ratio: the ratios of medic → nurse → medic in 'north' multiply to 1.08"),
    ({"courses": LADDER, "costs": "course,study_year,fund,cost\n",
      "pipeline": "course,start_year,started\nB,2025,80\n"}, "workforce*=0.3",
     "staff of 'nurse' in 'north' fall below 0 with no place bought, and the course in "
     "courses.csv row 3 takes them"),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "text", "said"), CASES)
def test_what_breaks_a_check_is_said_by_scenario_and_figure(
    tables: dict[str, str], text: str, said: str
) -> None:
    instance = hand(tables)
    calm = scenario("calm", 0.5)
    assert f"in scenario 'hard' {said}" in refused(instance, calm, scenario("hard", 0.5, text))


@pytest.mark.parametrize(("tables", "text", "said"), CASES)
def test_draws_are_checked_too(tables: dict[str, str], text: str, said: str) -> None:
    how = "+=" if "+=" in text else "*="
    figures, value = text.split(how)
    drawn = refused(hand(tables), one(float(value), figures, how))
    assert f"in scenario 'draw-0001' {said}" in drawn
    assert "; 15 more scenarios likewise" in drawn or "fall below 0" in drawn


def test_figures_of_rules_need_bounds() -> None:
    policy = Policy("test", "Test", 1, (Objective("shortfall"),))
    plain = rule_figures(hand(), policy)
    assert {"budget", "cost", "fill_rate", "completion_rate", "placement_capacity", "max_intake",
            "min_cohort", "commitment_min", "commitment_max"} <= plain  # fmt: skip
    staff = {"demand", "workforce", "leavers", "leaver_rate", "early_leaver_rate", "joiners",
             "join_rate", "fte_per_joiner"}  # fmt: skip
    assert not plain & staff
    kinds = "measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount\n"
    for tables, more in (
        ({"measures": kinds + "m,retain,nurse,north,0,1,0,5\n"}, True),
        ({"measures": kinds + "m,reshape,nurse,north,0,1,0,5\n"}, True),
        ({"measures": kinds + "m,recruit,nurse,north,0,1,0,5\n"}, False),
        ({"courses": LADDER, "costs": "course,study_year,fund,cost\n"}, True),
        ({"substitution": SWAPS}, True),
    ):
        assert (staff <= rule_figures(hand(tables), policy)) is more
    apart = Policy("a", "A", 1, (Objective("shortfall"),), rules=Rules(substitution=False))
    assert not rule_figures(hand({"substitution": SWAPS}), apart) & staff


@pytest.mark.parametrize("law", ["interval = [0.9, 1.1]", "normal = [1, 0.1]"])
def test_an_unbounded_distribution_of_a_figure_of_rules_is_refused(law: str) -> None:
    said = refused(hand(), row("max_intake", law))
    assert "max_intake is a figure of rules, which must hold in every scenario" in said
    assert "write uniform, triangular or values" in said
    assert made(hand(), row("demand", law))
    assert "demand is a figure of rules" in refused(
        hand({"substitution": SWAPS}), row("demand", law)
    )
