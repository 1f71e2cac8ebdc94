"""Places of the hand-worked problem that break one rule, and what its check says of them."""

import numpy as np

from commission_opt.formulation.rules import RULES
from commission_opt.instance.instance import Instance
from handworked import COMMITMENTS, hand
from samples import problem_of, result_of

# Two years of the last intake: every rule is kept, and the budget of 2026 is spent in full.
KEPT = {"A": [20.0, 20.0], "B": [8.0, 8.0], "C": [3.0, 3.0]}
LIMITS = {
    # 20 · 500 for A and 8 · 500 for B.
    "budgets": "fund,region,year,amount\ntuition,*,2026,14000\ngrant,south,2028,90000\n",
    "placements": "pool,region,year,capacity\nward,south,2027,80\n",
    "placement_use": "profession,study_year,pool,weeks\nnurse,*,ward,10\n",
    "commitments": COMMITMENTS + "nurses,nurse,2027,2029,25,30,Board,Because\n",
}


def broken(text: str, instance: Instance | None = None, **changed: list[float]) -> dict[str, float]:
    """What is broken and by how much, of all rules, when some courses take in other numbers."""
    problem = problem_of(instance or hand(LIMITS), text)
    result = result_of(problem, np.array(list({**KEPT, **changed}.values())))
    found = [v for rule in RULES.values() for v in rule.violations(problem, result)]
    return {v.where: v.size for v in found if v.size > 0}
