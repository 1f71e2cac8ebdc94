"""One small LP file for each rule and objective: what it adds to the program, to be read.

Write them again with ``python tests/formulation/test_goldens.py`` and read the difference.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from commission_opt.formulation.assemble import Formulation, formulate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.parts import Aim
from commission_opt.formulation.rules import RULES
from commission_opt.plan.export import export_stage
from commission_opt.policy import FairShare, PaceOfChange, Rules
from golden_problems import problem

FOLDER = Path(__file__).parent / "goldens"
NAMES = [*(f"rule_{name}" for name in RULES), *(f"objective_{name}" for name in OBJECTIVES)]
OTHER_KEYS = (
    "rule_pace_of_change_otherwise", "objective_change_otherwise", "objective_shortfall_posts",
    "rule_budgets_pay", "objective_cost_pay",
)  # fmt: skip

_ALL_ON = Rules(
    pace_of_change=PaceOfChange(max_increase=0.25, max_decrease=0.15, allowance=5),
    fair_share=FairShare(0.1, "last_intake"),
)


def _rule(name: str) -> Formulation:
    """Formulate one rule alone, with capacities, and nothing to minimise."""
    rules = replace(_ALL_ON, level_intake=name == "level_intake")
    if name.endswith("_otherwise"):
        name, pace = name.removesuffix("_otherwise"), PaceOfChange(0.25, 0.15, 2, "larger", False)
        rules = replace(rules, pace_of_change=pace)
    own = "pay" if name.endswith("_pay") else name
    name = name.removesuffix("_pay")
    alone = ("capacity", "measures")  # which speak of whole numbers
    of = problem(rules, integer=name in alone, own=own)
    parts = [RULES[rule].rows(of) for rule in dict.fromkeys(("capacity", name))]
    return formulate(of, Aim("nothing", {}), parts)


def _objective(name: str) -> Formulation:
    """Formulate one objective alone, with capacities.

    The shortfall has soft commitments, or posts and measures; the cost may have pay.
    """
    otherwise = name.endswith("_otherwise")
    own = next((own for own in ("posts", "pay") if name.endswith(f"_{own}")), name)
    name = name.removesuffix("_otherwise").removesuffix(f"_{own}")
    rules = Rules(commitments="soft", commitment_price=20.0)
    rules = rules if own == "shortfall" else Rules()
    of = problem(rules, integer=False, otherwise=otherwise, own=own)
    return formulate(of, OBJECTIVES[name].aim(of), [RULES["capacity"].rows(of)])


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
