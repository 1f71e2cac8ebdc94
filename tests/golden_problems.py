"""The small problem of the goldens: every table, two years, all objectives."""

from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning, planning
from commission_opt.policy import Objective, Policy, Rules, Target, Tier
from handworked import TABLES, hand

_TIERS = (Tier(0.05, 1.0), Tier(0.1, 2.0), Tier(float("inf"), 4.0))
_TABLES = {
    "commitments": """\
commitment,group,region,first_year,last_year,min_places,max_places,owner,reason
more nurses,nursing,nation,2026,2026,30,,board,agreed
few medics,medical,*,2026,2027,,5,board,agreed
""",
    "budgets": """\
fund,region,year,amount
tuition,*,2026,40000
tuition,north,2027,90000
grant,south,2028,100000
""",
    "placements": "pool,region,year,capacity\nward,south,*,60\nward,south,2027,50\n",
    "floors": """\
floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of
safe wards,nursing,nation,*,,0.9,,
one ward,nurse,south,2028,55,,,
skill mix,medic,south,2029,,,0.4,nursing
""",
    "placement_use": "profession,study_year,pool,weeks\n*,*,ward,4\nmedic,2,ward,8\n",
}
_MEASURES = """\
measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount,min_amount,step
abroad,recruit,nurse,north,1,0.9,5,60,10,5
"""
_STAFF = """\
measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount
stay,retain,nurse,north,0,1,0,60
skill mix,reshape,medic,south,1,1,0,60
"""
_POSTS = """\
profession,region,year,posts
nurse,north,*,90
nurse,north,2028,95
medic,south,2030,11
"""
_TAKING = TABLES["courses"].replace("\nfill", "fill").splitlines()
_FROM = (",from_profession,fte_from,release_rate", ",,,", ",,,", ",nurse,12,0.5")
_POOLS = {
    "pathways": "pool,course,role,share,lag_years\nschool,A,feeds,0.5,1\nschool,C,draws,0.8,\n",
    "eligible": (
        "pool,region,year,entrants,stay_rate,offer_rate\n"
        "school,nation,*,4,0.5,0.25\nschool,nation,2027,3,,\n"
    ),
}
TARGETS = (
    Target("shortfall", at_most=30.0, region=("nation",), first_year=2029),
    Target("share_met", at_least=0.9, profession=("medic",), first_year=2029, price=2.0),
    Target("places", at_least=35.0, group=("nursing",), first_year=2027),
    Target("places", at_most=4.0, region=("south",), profession=("medic",), price=0.5),
)
OWN = {
    "pathways": _POOLS,
    "offers": _POOLS,
    "measures": {"measures": _MEASURES},
    "retention": {"measures": _STAFF},
    "reshaping": {"measures": _STAFF},
    "substitution": {
        "substitution": "needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0.2\n",
        "courses": "".join(map("{}{}\n".format, _TAKING, _FROM)),
    },
    "unemployed": {"posts": _POSTS},
    "posts": {"posts": _POSTS, "measures": _STAFF},
    "pay": {
        "pay": (
            "fund,profession,region,year,pay\ngrant,nurse,*,*,1000\ngrant,nurse,south,2028,2000\n"
        ),
        "courses": "".join(map("{}{}\n".format, _TAKING, _FROM)),
    },
    "staff_taken": {"courses": "".join(map("{}{}\n".format, _TAKING, _FROM))},
}
"""Tables of what is about that which most instances do not have."""


def problem(rules: Rules, *, integer: bool, otherwise: bool = False, own: str = "") -> Planning:
    """An instance under these rules and every objective."""
    objectives = tuple(
        Objective(name, _TIERS)
        if name == "shortfall"
        else Objective(
            name,
            basis="year-on-year" if otherwise else "first-year",
            pay=own == "pay" and name == "cost",
        )
        for name in OBJECTIVES
    )
    tables = _TABLES | OWN.get(own, {})
    policy = Policy(
        "golden", "Golden", 2, objectives, integer, 0.035, rules,
        targets=TARGETS if own == "targets" else (),
    )  # fmt: skip
    return planning(hand(tables), policy)
