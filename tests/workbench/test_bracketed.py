"""Instances too large to be solved at once are answered from a plan of the workspace."""

import json
import shlex
from typing import Any

import numpy as np
import pytest

from command_line import Run
from commission_opt.explain.what_if.at_once import AtOnce
from commission_opt.plan.read import read_plan
from commission_opt.sweep.engine import Session
from commission_opt.workbench import what_if
from workbench_served import OWN, Served

AT = "/instances/two-by-two"
HEADERS = {**OWN, "accept": "application/json"}


@pytest.fixture
def large(bench: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A workbench for which every instance is too large, so that none is solved."""

    def never(*_: object) -> None:
        raise AssertionError("it is solved")

    monkeypatch.setattr(what_if, "_LARGE", 0)
    monkeypatch.setattr(Session, "__init__", never)
    bench.post("/instances/shipped", instance="two-by-two")
    return bench


def asked(bench: Served, *changes: str) -> dict[str, Any]:
    body = json.dumps({"changes": changes})
    answer = bench.client.post(f"{AT}/what-if", content=body, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_without_a_plan_it_says_what_to_do(large: Served) -> None:
    large.done(f"{AT}/solve", seconds="5", change="demand*=1.1")  # says nothing of what is given
    answer = asked(large, "demand*=1.01")
    assert answer["status"] == "too_large"
    assert "Make a whole plan as given" in answer["reason"]


def test_with_a_plan_it_says_what_the_command_says(
    large: Served, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = large.done(f"{AT}/solve", seconds="5")
    plan = read_plan(large.bench.workspace.root / made.strip("/"))
    answer = asked(large, "demand*=1.01")
    assert answer["status"] == "bracket"
    found = AtOnce(plan).bracket(("demand*=1.01",))
    assert answer["shortfall"] == pytest.approx(found.outcome.shortfall.sum((0, 1)).tolist())
    assert answer["base"] == pytest.approx(plan.outcome.shortfall.sum((0, 1)).tolist())
    [table] = answer["tables"]
    ends = [float(row[2].replace(",", "")) for row in table["rows"]]
    assert ends[0] <= found.least <= found.most <= ends[1]
    assert np.diff(ends) <= 1.01 * (found.most - found.least) + 2.0
    monkeypatch.chdir(large.bench.workspace.root)
    ran = run(*shlex.split(answer["command"])[1:])
    assert ran.code == 0, ran.err
    flat = " ".join(ran.out.split())
    assert all(sentence in flat for sentence in answer["sentences"][:2])


def test_what_the_plan_would_break_is_said_and_no_chart_is_shown(large: Served) -> None:
    large.done(f"{AT}/solve", seconds="5")
    answer = asked(large, "budget*=0.97")
    assert "years" not in answer
    assert "cannot stay as they are: budget" in " ".join(answer["sentences"])
    assert [row[2] for row in answer["tables"][0]["rows"]][1] == "–"
    assert asked(large)["command"].startswith("commission-opt verify plans/")
    assert "nobody" in asked(large, "demand[profession=nobody]*=2")["reason"]
