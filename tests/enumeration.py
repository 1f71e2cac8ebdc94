"""Every plan of a tiny problem, and what stages must find among them."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from pathlib import Path

import independent
import naive
from commission_opt.instance.instance import Instance
from handworked import COMMITMENTS, TABLES, hand
from samples import model

Stages = Sequence[tuple[str, float]]
_ORDERS = list(permutations(naive.OBJECTIVES))
ORDERS = _ORDERS[:: len(_ORDERS) // 120 + 1]
"""About 100 of the orders of the objectives, which begin with each and end with each."""
NAMES = ("one year", "two years", "soft", "fair", "units")
# Few numbers are admissible, so that every plan of two years, or of one, can be tried.
TWO_YEARS = (
    TABLES["courses"]
    .replace("20,40,10,5", "10,15,10,5")  # A: 0, 10, 15
    .replace("1,8,12", "1,3,4")
    .replace("3,3,6", "3,1,2")
)
ONE_YEAR = (
    TABLES["courses"]
    .replace("20,40,10,5", "10,30,10,5")  # A: 0, 10, 15, … 30
    .replace("1,8,12", "1,4,7")
    .replace("3,3,6", "3,1,3")
)
MEASURES = """\
measure,kind,profession,region,lead_years,fte_per_unit,success_rate,leaver_rate,paid_years,\
last_amount,max_amount,min_amount,step
back,recruit,medic,south,0,1,0.5,,2,1,2,,
abroad,recruit,nurse,south,1,2,,0.3,,0,6,4,2
"""
LIMITS = {
    "budgets": "fund,region,year,amount\ntuition,*,2026,13000\ngrant,*,2028,70000\n",
    "placements": "pool,region,year,capacity\nward,south,*,70\n",
    "placement_use": "profession,study_year,pool,weeks\nnurse,*,ward,10\nmedic,1,ward,6\n",
    "floors": """\
floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of
wards,nursing,nation,*,,1.02,,
doctors,medic,south,2029,13,,,
mix,medic,south,*,,,0.4,nurse
""",
}
# Less is needed than in the hand-worked problem, so that there is a surplus to avoid.
NEED = {
    ("nurse", "north"): 70.0,
    ("nurse", "south"): 29.0,
    ("medic", "north"): 1.0,
    ("medic", "south"): 12.0,
}


@dataclass(frozen=True)
class Tiny:
    """A tiny problem: the instance, its independent twin, and a model without its stages."""

    instance: Instance
    case: independent.Case
    head: str

    def text(self, stages: Stages) -> str:
        """The model with objectives and their tolerances."""
        everything = model(stages=stages)
        return self.head + everything[everything.index("\n[[objective]]") :]


def twin(instance: Instance) -> independent.Case:
    """The independent model of an instance."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in instance.files.items():
            (Path(folder) / name).write_bytes(content)
        return independent.load(folder)


def _head(text: str) -> str:
    return text[: text.index("\n[[objective]]")]


@cache
def tiny(name: str) -> Tiny:
    """One year, two years, soft commitments, fair shares or measures beside courses."""
    years = 2 if name == "two years" else 1
    pace = "{ max_increase = 0.5, max_decrease = 0.5, allowance = 1 }"
    rules, commitments = "", COMMITMENTS + "some,nurse,2026,2027,2,31,Board,-\n"
    continuation = {"one year": "repeat", "two years": "none"}.get(name, "last_intake")
    if name == "soft":
        rules = 'commitments = "soft"\ncommitment_price = 0.75'
        commitments = COMMITMENTS + "many,nurse,2026,2026,34,,Board,-\nC,medic,2026,2026,,1,-,-\n"
    if name == "fair":
        rules = 'fair_share = { max_deviation = 0.4, basis = "last_intake" }'
    text = model(
        years,
        pace=pace if name == "two years" else "false",
        rules=rules,
        continuation=continuation,
        rate=0.25,
    )
    courses, others = TWO_YEARS if years == 2 else ONE_YEAR, LIMITS
    if name == "units":
        courses = TWO_YEARS
        costs = TABLES["costs"] + "back,,*,tuition,700\nabroad,,1,tuition,900\n"
        use = LIMITS["placement_use"].replace("profession", "course,profession", 1)
        use = use.replace("\nnurse", "\n,nurse").replace("\nmedic", "\n,medic") + "back,,1,ward,3\n"
        others = LIMITS | {"measures": MEASURES, "costs": costs, "placement_use": use}
        commitments = commitments.replace("reason\n", "reason,measure\n", 1).replace("-\n", "-,\n")
        commitments += "few back,,2026,2026,,1,Board,-,back\n"
    instance = hand(others, courses=courses, commitments=commitments, need=NEED)
    return Tiny(instance, twin(instance), _head(text))


@cache
def every_plan(name: str) -> tuple[dict[str, float], ...]:
    """The objectives of every plan that keeps the rules."""
    known = tiny(name)
    policy = naive.load_policy(known.text([(o, 0.0) for o in naive.OBJECTIVES]))
    return tuple(_kept(known.case, policy))


def _kept(case: independent.Case, policy: independent.Policy) -> Iterator[dict[str, float]]:
    keys = [(n, y) for n in case.lines for y in independent.commissioning_years(case, policy)]
    numbers = [independent.admissible(case.lines[line], policy) for line, _ in keys]
    for choice in product(*numbers):
        places = dict(zip(keys, choice, strict=True))
        if naive.kept(case, policy, places):
            yield naive.values(case, policy, places)


def best(plans: Sequence[dict[str, float]], stages: Stages) -> list[float]:
    """The optimum of each stage, with the earlier ones held within their tolerance."""
    found: list[float] = []
    for name, tolerance in stages:
        least = min(plan[name] for plan in plans)
        found.append(least)
        slack = tolerance * abs(least) + 1e-9 * max(1.0, abs(least))
        plans = [plan for plan in plans if plan[name] <= least + slack]
    return found
