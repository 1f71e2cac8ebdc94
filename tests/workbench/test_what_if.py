"""What-ifs say at once what the command that they show says."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.scenario.scenario import Scenario
from commission_opt.sweep.engine import Session
from commission_opt.sweep.row import Row
from commission_opt.views import words
from commission_opt.workbench.what_if import WhatIf
from workbench_served import OWN, Served

CHANGES = (["demand*=1.05"], ["budget[fund=tuition]*=0.9", "leavers*=1.1"], ["budget+=100000"])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> WhatIf:
    return WhatIf(tmp_path_factory.mktemp("round"))


@pytest.mark.parametrize("changes", CHANGES)
def test_figures_are_those_of_the_command(
    small: WhatIf, changes: list[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = small.answer("two-by-two", "annual", changes)
    assert answer["status"] == "optimal"
    ran = run(*shlex.split(answer["command"])[1:], "--json", "--out", "plan")
    assert ran.code == 0, ran.err
    from commission_opt.plan.read import read_plan

    outcome = read_plan("plan").outcome
    by_year = outcome.shortfall.sum(axis=(0, 1))
    assert answer["shortfall"] == pytest.approx(by_year.tolist(), rel=1e-6)
    [whole, *_] = answer["tables"]
    shown = {row[0]: row[2] for row in whole["rows"]}
    assert shown["Shortfall, FTE-years"] == words.count(by_year.sum())
    assert shown["Shortfall, FTE-years"] in answer["sentences"][0]
    assert all(f"“{change}” changes" in " ".join(answer["sentences"]) for change in changes)


def test_without_changes_nothing_changes(small: WhatIf) -> None:
    answer = small.answer("two-by-two", "annual", [])
    assert answer["shortfall"] == pytest.approx(answer["base"])
    assert "as it is without the changes" in answer["sentences"][0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("budget*=0", "no allocation satisfies every rule"),
        ("nonsense", "is not an axis"),
        ("demand[profession=nobody]*=2", "nobody"),
        ("leavers*=50", "leavers"),
    ],
)
def test_why_there_is_no_plan(small: WhatIf, change: str, says: str) -> None:
    answer = small.answer("two-by-two", "annual", [change])
    assert says in answer["reason"]
    assert "years" not in answer


@pytest.mark.parametrize("source", ["two-by-two", "england-2026", "england-levers-2026"])
def test_every_control_can_be_turned(source: str, tmp_path: Path) -> None:
    what_if = WhatIf(tmp_path)
    kinds = what_if.controls(source, "annual")
    targets = [control.target for kind in kinds for control in kind.controls]
    assert len(targets) == len(set(targets))
    assert any(target.startswith("budget[fund=") for target in targets)
    assert "demand*=" in targets
    if source == "england-levers-2026":
        assert "max_amount[kind=recruit]*=" in targets
    for target in targets if source == "two-by-two" else ():
        answer = what_if.answer(source, "annual", [f"{target}1.0"])
        assert "reason" not in answer, (target, answer)


def test_an_instance_that_takes_too_long_is_not_solved_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def late(_: Session, scenario: Scenario) -> Row:
        ran.append(scenario.name)
        return Row(0, "", scenario.name, (), "no_plan_found", "the time limit came")

    monkeypatch.setattr(Session, "run", late)
    what_if = WhatIf(tmp_path)
    answers = [what_if.answer("two-by-two", "annual", [f"demand*={k}"]) for k in (1.1, 1.2)]
    assert [answer["status"] for answer in answers] == ["too_large"] * 2
    assert ran == ["as given"]
    assert "Make a whole plan as given" in answers[0]["reason"]
    assert "--change=demand*=1.1" in answers[0]["command"]


def test_an_instance_is_read_and_solved_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    whole = Session.__init__

    def counted(self: Session, *given: object) -> None:
        made.append("")
        whole(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Session, "__init__", counted)
    what_if = WhatIf(tmp_path)
    for change in ("demand*=1.1", "demand*=1.2"):
        what_if.answer("two-by-two", "annual", [change])
    assert len(made) == 1


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b"{}", b'{"changes": 3}', b'{"changes": [3]}', b"[" * 10**5,
             json.dumps({"changes": ["demand*=1"] * 61}).encode(),
             json.dumps({"changes": ["x" * 2001]}).encode()],
)  # fmt: skip
def test_a_question_that_is_none_is_refused(bench: Served, body: bytes) -> None:
    bench.post("/instances/shipped", instance="two-by-two")
    headers = {**OWN, "accept": "application/json"}
    answer = bench.client.post("/instances/two-by-two/what-if", content=body, headers=headers)
    assert answer.status_code == 400
    assert "what-if" in answer.json()["error"]
