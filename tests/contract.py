"""The tables of an instance as the contract names them, written out a second time."""

# A star behind a column means that it is required.
CONTRACT = {
    "professions": "profession* title* group* weight",
    "regions": "region* title* parent population weight",
    "workforce": "profession* region* fte* leaver_rate* early_leaver_rate early_years",
    "demand": "profession* region* year* fte*",
    "posts": "profession* region* year* posts*",
    "courses": "course* profession* region* provider title duration_years* last_intake* "
    "max_intake* min_cohort cohort_step fill_rate* completion_rate* join_rate* fte_per_joiner* "
    "from_profession fte_from release_rate",
    "measures": "measure* kind* profession* region* title lead_years* fte_per_unit* success_rate "
    "leaver_rate lasts_years paid_years last_amount* max_amount* min_amount step",
    "pathways": "pool* course* role* share* lag_years",
    "eligible": "pool* region* year* entrants* stay_rate offer_rate",
    "substitution": "needed* by* region* ratio* max_share*",
    "costs": "course* profession study_year* fund* cost*",
    "budgets": "fund* region* year* amount*",
    "pay": "fund* profession* region* year* pay*",
    "placements": "pool* region* year* capacity*",
    "placement_use": "course profession study_year* pool* weeks*",
    "destinations": "profession* from_region* to_region* share*",
    "pipeline": "course* start_year* started*",
    "joiners": "profession* region* year* fte*",
    "commitments": "commitment* profession group region provider course first_year* last_year* "
    "min_places max_places owner* reason* measure",
    "floors": "floor* profession* region* year* min_fte min_demand_share min_mix_share of",
    "assumptions": "assumption* table* column* value source* owner quality* impact*",
}
REQUIRED = (
    "professions", "regions", "workforce", "demand", "courses", "costs", "budgets", "assumptions",
)  # fmt: skip
WILD = {  # where an empty cell or “*” stands for every value
    "posts": {"year"},
    "eligible": {"region", "year"},
    "substitution": {"region"},
    "costs": {"course", "profession", "study_year"},
    "budgets": {"region"},
    "pay": {"profession", "region", "year"},
    "placements": {"year"},
    "placement_use": {"course", "profession", "study_year"},
    "destinations": {"profession"},
    "commitments": {"profession", "group", "region", "provider", "course"},
    "floors": {"region", "year"},
}
DEFAULTS = {
    ("professions", "weight"): 1,
    ("regions", "weight"): 1,
    ("courses", "min_cohort"): 0,
    ("courses", "cohort_step"): 1,
    ("measures", "success_rate"): 1,
    ("measures", "paid_years"): 1,
    ("measures", "min_amount"): 0,
    ("measures", "step"): 1,
    ("eligible", "stay_rate"): 0,
    ("eligible", "offer_rate"): 0,
}
