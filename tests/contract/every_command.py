"""Every command, on a model whose rule and objective are the examples of CONTRIBUTING.md.

``test_examples.py`` runs this in a copy of the tree to which the examples were added. Commands run
in the order given, in one folder: later ones read what earlier ones wrote.
"""

import shutil
from pathlib import Path

import pytest

from command_cases import MEASURED, WITHOUT_A_MODEL, Case, commands_of, marked, said_by
from command_line import Run
from command_tree import commands
from commission_opt.files.shipped import find_instance

MODEL = """\
name = "examples"
title = "The examples of CONTRIBUTING.md"
commissioning_years = 2
integer = true
discount_rate = 0.035

[rules]
minimum_cohorts = true
budgets = true
placements = true
pace_of_change = {{ max_increase = 0.5, max_decrease = 0.5, allowance = 10 }}
largest_region_share = 0.6
continuation = "repeat"

[[objective]]
minimise = "{}"
tolerance = 0.01

[[objective]]
minimise = "{}"
"""
COMMITMENT = (
    "commitment,profession,group,region,provider,course,first_year,last_year,min_places,"
    "max_places,owner,reason\nmore,nurse,,north,,,2026,2026,{},,board,agreed\n"
)
SPEC = 'name = "s"\ntitle = "t"\n[[case]]\ninstance = "feasible"\nmodel = "first.toml"\n'
UNSURE = (
    'name = "unsure"\ndraws = 8\n[[uncertain]]\nname = "demand"\nfigures = "demand"\n'
    'how = "*="\nnormal = [1, 0.1]\n'
)
GOAL, RULE = "unused capacity", "largest region"
CASES = (
    Case("check feasible --model first.toml"),
    Case("solve feasible --model first.toml --out plan", (f"The {GOAL} of 179 places is",)),
    Case(
        "solve feasible --model first.toml --out twin --engine pyomo",
        (f"The {GOAL} of",),
        slow=True,
    ),
    Case(
        "solve feasible --model later.toml --out later",
        (f"The {GOAL} of 188 places is",),
        slow=True,
    ),
    Case("solve infeasible --model first.toml --out none", (RULE,), 3),
    Case(
        "apply feasible --model first.toml --change demand*=1.1 --out changed",
        ("changes 16 rows", "commission-opt solve changed"),
    ),
    Case("solve changed --model first.toml --out more", (f"The {GOAL} of",), slow=True),
    Case("verify plan", (f"The {GOAL} of 179 places is",)),
    Case("verify twin", (f"The {GOAL} of",), slow=True),
    Case("replay plan", ("Identical",)),
    Case("sign plan --name Ann --role analyst"),
    Case("explain plan", (f"the first objective, the {GOAL}", "42.2 places")),
    Case("explain plan --change budget*=1.1", (f"{GOAL}, places",), slow=True),
    Case("explain plan --change budget*=1.1 --at-once", (f"possible {GOAL}",)),
    Case(
        "explain plan --change model.rules.largest_region_share=0.7",
        (f"{GOAL}, places",),
        slow=True,
    ),
    Case("explain plan --course nurse-north", (RULE, f"itself ({GOAL})")),
    Case("explain plan --profession nurse --region north", slow=True),
    Case("explain feasible --model first.toml", ("nothing is in conflict",)),
    Case("explain infeasible --model first.toml", (f"{RULE}: nurse,north,2026",), 3),
    Case("audit plan --uncertainty unsure.toml --draws 8", (f"the {GOAL} is 179",)),
    Case("room plan --within 0.01 --course nurse-north", (f"the {GOAL} of 179.0 places",)),
    Case("room plan --alternatives 1", (f"the {GOAL} of each",), slow=True),
    Case("ledger plan", (f"the {GOAL}, is priced",), slow=True),
    Case("compare plan later", (f"minimises the {GOAL} and",), slow=True),
    Case("report plan --out a.html", (f"The {GOAL} of 179 places", RULE, "at most 60 %"), 0, "a"),
    Case("report plan --out b.html --explain", (f"the {GOAL}, is priced", RULE), 0, "b", slow=True),
    Case("report plan --region north --out f.html", ("What it gets, and why",), 0, "f"),
    Case("options plan --out opts", ("The options side by side",), 0, "opts/options", slow=True),
    Case("report plan --profession nurse --out g.xlsx", slow=True),
    Case("report plan --packs packs", ("packs written",), slow=True),
    Case("workbook export plan plan.xlsx"),
    Case(
        "sweep run feasible --model first.toml --vary budget*=0.9:1.0:0.1 --out sweep "
        "--processes 1 --yes",
        slow=True,
    ),
    Case("replay sweep", ("2 identical",), slow=True),
    Case("sweep summary sweep", (f"{GOAL} as given: 178 places",), slow=True),
    Case("sweep export sweep --format csv", slow=True),
    Case("report sweep --out c.html", (GOAL,), 0, "c", slow=True),
    Case("reach feasible --target places>=80 --by budget --model first.toml", ("at",)),
    Case(
        "reach feasible --target shortfall<=0 --by time --model later.toml", (RULE,), 3, slow=True
    ),
    Case(
        "frontier feasible --over budget --model first.toml --out money",
        (f"{GOAL}, places",),
        slow=True,
    ),
    Case(
        "frontier feasible --over change --model first.toml --out moves",
        (f"{GOAL}, places",),
        slow=True,
    ),
    Case(
        "frontier feasible --over unused_capacity --model later.toml --out goal",
        (f"No plan brings the {GOAL} below",),
    ),
    Case("report goal --out e.html", (f"the {GOAL} at most",), 0, "e", slow=True),
    Case("report moves --out d.html", (GOAL,), 0, "d", slow=True),
    Case("export feasible --model first.toml --out stage.lp", (GOAL,)),
    *MEASURED,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two instances, one without a plan, and models that use the examples."""
    folder = tmp_path_factory.mktemp("examples")
    for name, least in (("feasible", 20), ("infeasible", 50)):
        shutil.copytree(find_instance("two-by-two"), folder / name)
        (folder / name / "commitments.csv").write_text(COMMITMENT.format(least))
    (folder / "first.toml").write_text(MODEL.format("unused_capacity", "shortfall"))
    (folder / "later.toml").write_text(MODEL.format("shortfall", "unused_capacity"))
    (folder / "spec.toml").write_text(SPEC)
    (folder / "unsure.toml").write_text(UNSURE)
    return folder


@pytest.mark.parametrize("case", marked(CASES))
def test_command(case: Case, place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    said = said_by(case, run)
    if not case.words.startswith("compare"):  # which lists the keys of models that differ
        for typed in ("unused_capacity: ", "--over unused_capacity"):  # in progress and commands
            said = said.replace(typed, "")
        assert "unused_capacity" not in said


def test_no_command_is_left_out() -> None:
    assert commands_of(CASES) | WITHOUT_A_MODEL == set(commands())
