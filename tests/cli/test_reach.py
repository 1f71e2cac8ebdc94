"""``commission-opt reach`` as it is typed."""

import json
from pathlib import Path

import pytest

from command_line import Run

ASKED = ("reach", "two-by-two", "--target", "shortfall[year=2028-]<=30")


def test_a_plan_is_written_that_verifies(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "plan"
    ran = run(*ASKED, "--by", "budget", "--out", out)
    assert ran.code == 0, ran.err
    assert "A plan in whole places reaches it with budgets at" in " ".join(ran.out.split())
    assert run("verify", out).code == 0
    assert "[[target]]" in (out / "model.toml").read_text("utf-8")
    assert run("replay", out).code == 0


def test_a_plan_in_fractions_is_as_near_as_can_be(run: Run) -> None:
    ran = run(*ASKED, "--by", "budget", "--relaxed", "--format", "json")
    assert ran.code == 0, ran.err
    (answer,) = json.loads(ran.out)
    by_side = {row["side"]: row["factor"] for row in answer["tables"]["bracket"]}
    assert by_side["proved"] < by_side["plan"] < by_side["proved"] + 3e-6


def test_what_is_not_reached_has_a_code_of_its_own(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "near"
    ran = run(*ASKED, "--by", "placements", "--out", out)
    assert ran.code == 3
    said = " ".join(ran.out.split())
    assert "It cannot be reached, with 1,000 times the placement capacities" in said
    assert run("verify", out).code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--target", "shortfall", "--by", "budget"), "is no target"),
        (("--target", "shortfall<=1", "--by", "luck"), "'luck' is not what a target is reached by"),
        (("--target", "shortfall<=1", "--by", "demand"), "budget, placements, retention and time"),
        (("--target", "shortfall[region=east]<=1", "--by", "time"), "no region 'east'"),
    ],
)
def test_a_slip_of_the_pen_is_said(run: Run, words: tuple[str, ...], says: str) -> None:
    ran = run("reach", "two-by-two", *words)
    assert ran.code == 2, ran.err
    assert says in " ".join(ran.err.split())
