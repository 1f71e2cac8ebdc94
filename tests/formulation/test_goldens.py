"""One small LP file for each rule and objective: what it adds to the program, to be read.

Write them again with ``python tests/formulation/test_goldens.py`` and read the difference.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from commission_opt.formulation.assemble import Formulation, formulate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.problem import Planning, planning
from commission_opt.formulation.rules import RULES
from commission_opt.plan.export import export_stage
from commission_opt.policy import FairShare, Objective, PaceOfChange, Policy, Rules, Tier
from handworked import hand

FOLDER = Path(__file__).parent / "goldens"
NAMES = [*(f"rule_{name}" for name in RULES), *(f"objective_{name}" for name in OBJECTIVES)]
OTHER_KEYS = ("rule_pace_of_change_otherwise", "objective_change_otherwise")

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
    "placement_use": "profession,study_year,pool,weeks\n*,*,ward,4\nmedic,2,ward,8\n",
}
_MEASURES = """\
measure,kind,profession,region,lead_years,fte_per_unit,last_amount,max_amount,min_amount,step
abroad,recruit,nurse,north,1,0.9,5,60,10,5
"""
_ALL_ON = Rules(
    pace_of_change=PaceOfChange(max_increase=0.25, max_decrease=0.15, allowance=5),
    fair_share=FairShare(0.1, "last_intake"),
)


def _problem(
    rules: Rules, *, integer: bool, otherwise: bool = False, measures: bool = False
) -> Planning:
    objectives = tuple(
        Objective(name, _TIERS)
        if name == "shortfall"
        else Objective(name, basis="year-on-year" if otherwise else "first-year")
        for name in OBJECTIVES
    )
    tables = {**_TABLES, **({"measures": _MEASURES} if measures else {})}
    return planning(hand(tables), Policy("golden", "Golden", 2, objectives, integer, 0.035, rules))


def _rule(name: str) -> Formulation:
    """Formulate one rule alone, with capacities, and nothing to minimise."""
    rules = replace(_ALL_ON, level_intake=name == "level_intake")
    if name.endswith("_otherwise"):
        name, pace = name.removesuffix("_otherwise"), PaceOfChange(0.25, 0.15, 2, "larger", False)
        rules = replace(rules, pace_of_change=pace)
    alone = ("capacity", "measures")  # which speak of whole numbers
    problem = _problem(rules, integer=name in alone, measures=name == "measures")
    parts = [RULES[rule].rows(problem) for rule in dict.fromkeys(("capacity", name))]
    return formulate(problem, Aim("nothing", {}), parts)


def _objective(name: str) -> Formulation:
    """Formulate one objective alone, with capacities; the shortfall with soft commitments."""
    otherwise = name.endswith("_otherwise")
    name = name.removesuffix("_otherwise")
    rules = Rules(commitments="soft", commitment_price=20.0)
    rules = rules if name == "shortfall" else Rules()
    problem = _problem(rules, integer=False, otherwise=otherwise)
    return formulate(problem, OBJECTIVES[name].aim(problem), [RULES["capacity"].rows(problem)])


def write(name: str, folder: Path) -> Path:
    kind, _, which = name.partition("_")
    path = folder / f"{name}.lp"
    formulation = _rule(which) if kind == "rule" else _objective(which)
    export_stage(formulation, path, "lp", force=True)
    return path


@pytest.mark.parametrize("name", [*NAMES, *OTHER_KEYS])
def test_golden(name: str, tmp_path: Path) -> None:
    golden = FOLDER / f"{name}.lp"
    assert golden.is_file(), f"{name} has no golden; write it with python {Path(__file__).name}"
    assert write(name, tmp_path).read_text("utf-8") == golden.read_text("utf-8")


def test_no_golden_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.lp")} == {*NAMES, *OTHER_KEYS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in (*NAMES, *OTHER_KEYS):
        write(each, FOLDER)
