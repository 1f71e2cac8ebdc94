"""Rules and objectives are found by their folders: nothing else knows one by its name.

The Pyomo twin in ``algebra/`` is a second model of its own and has a paragraph for each.
"""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import commission_opt
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.rules import RULES
from commission_opt.instance.schema import TABLES
from commission_opt.policy import Rules

SOURCE = Path(inspect.getfile(commission_opt)).parent
OWN = ("formulation/rules/", "formulation/objectives/", "algebra/")
KEYS = {field.name for field in fields(Rules)}
NAMES = {*OBJECTIVES, *RULES, *KEYS}
OTHERWISE = {
    *TABLES,  # budgets, placements and commitments are tables too,
    *(column.name for table in TABLES.values() for column in table.columns),  # cost a column,
    *(
        "shortfall",
        "places",
        "change",
        "surplus",
        "unemployed",
    ),  # columns of tables that are written and shown
}
"""Words that mean more than a rule or an objective; they may not choose one."""

EXCEPTIONS = {
    "policy.py": KEYS,  # which holds the keys of models
    "formulation/decisions.py": {"level_intake", "continuation"},  # the layout of decisions
    "formulation/problem.py": {"substitution"},  # whether there are columns of those deployed
    "formulation/cohorts.py": {"minimum_cohorts"},  # numbers of places that a course may take
    "futures/rule_figures.py": {"substitution"},  # whether rules look at staff and demand
    "explain/margins/mixture.py": {"offers"},  # whose rows people who pass through pools lift
    "reach/resource.py": {"retention"},  # that fewer leave, whatever keeps them
    "workbench/pages/reach.py": {"retention"},
    "workbench/controls.py": {"rules.pace_of_change."},  # controls for it, by its keys
    # What courses take in after the plan is no rule, but where places go.
    "accounts/outcome.py": {"continuation"},
    "plan/changed_places.py": {"continuation"},
    "views/shortfall.py": {"continuation"},
    "report/sections/shortfall.py": {"continuation"},
    "report/sections/moves.py": {"continuation"},
}


def known(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each rule or objective that a module knows, and its name."""
    for node in ast.walk(ast.parse(text)):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                for package in ("rules", "objectives"):
                    here = f"commission_opt.formulation.{package}"
                    if module.startswith(f"{here}."):
                        yield line, module.rpartition(".")[2]
                    yield from ((line, a.name) for a in names if module == here and a.name in NAMES)
            case ast.Attribute(attr=name, value=ast.Attribute(attr="rules") | ast.Name(id="rules")):
                if name in KEYS:
                    yield line, name
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name))):
                if _last(value) in ("OBJECTIVES", "RULES", "LIMITS", "rows") and name in NAMES:
                    yield line, name
            case ast.Compare(left=left, comparators=others):
                if _last(left) in ("minimise", "aim", "over", "block", "table"):
                    tables = TABLES if _last(left) == "table" else ()
                    for other in others:
                        for part in ast.walk(other):
                            what = getattr(part, "value", None)
                            if isinstance(part, ast.Constant) and what in {*NAMES}.difference(
                                tables
                            ):
                                yield line, str(what)
            case ast.Constant(value=str(name)) if _is_one(name):
                yield line, name


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_one(text: str) -> bool:
    first, *rest = text.split(".")
    name = rest[0] if first in ("rules", "objective") and rest else text
    return name in NAMES and (bool(rest) or name not in OTHERWISE)


def strangers() -> list[str]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(OWN):
            continue
        lines = sorted(set(known(path.read_text("utf-8"))))
        found += [
            f"{name}:{at} {what}" for at, what in lines if what not in EXCEPTIONS.get(name, ())
        ]
    return found


def test_nothing_else_knows_a_rule_or_an_objective_by_name() -> None:
    assert not strangers()


def test_every_exception_is_needed() -> None:
    for name, excepted in EXCEPTIONS.items():
        if name != "policy.py":
            assert {what for _, what in known((SOURCE / name).read_text("utf-8"))} == excepted


@pytest.mark.parametrize(
    "text",
    [
        "from commission_opt.formulation.rules.budgets import UNIT",
        "from commission_opt.formulation.rules import budgets",
        "OBJECTIVES['cost']",
        "formulation.program.rows['budgets']",
        "first.minimise == 'shortfall'",
        "aim in ('cost', 'change')",
        "policy.rules.budgets",
        "HEAD = {'worst_region': 'worst'}",
        "key == 'rules.commitment_price'",
    ],
)
def test_a_module_that_knows_one_is_found(text: str) -> None:
    assert list(known(text))


@pytest.mark.parametrize(
    "text", ["instance.tables['budgets']", "frame['change']", "Column('cost', 'cost')"]
)
def test_tables_and_columns_are_not_rules(text: str) -> None:
    assert not list(known(text))
