"""The verdict says of the plan that is written what plan.json says, and claims no more."""

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.certificate.certify import Certificate, StageCertificate
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.problem import planning
from commission_opt.instance.write import write_instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.reading.read import read_instance
from commission_opt.views.shortfall import Baselines, judged
from commission_opt.views.verdict import achieved, recorded, verdict
from commission_opt.views.weighing import Weighing
from handworked import COMMITMENTS, hand
from plan_tables import PlanTables, numbers
from samples import made, model, policy
from some import diagonal

STAGES = {
    "one": [("shortfall", 0.0)],
    "tolerance": [("shortfall", 0.05), ("cost", 0.0)],
    "fair": [("shortfall", 0.05), ("worst_region", 0.0)],
    "three": [("worst_region", 0.1), ("shortfall", 0.02), ("change", 0.0)],
    "least": [("change", 0.0), ("shortfall", 0.0)],
    "surplus": [("surplus", 0.5), ("shortfall", 0.0)],
}


def sentences(folder: Path) -> list[str]:
    found = verify(read_plan(folder))
    assert found.holds, found.problems
    futures = Baselines(found.plan.problem, found.plan.outcome)
    return list(judged(futures, found.certificate, found.plan.record["asked_gap"]))


@pytest.mark.each(3)
@pytest.mark.parametrize(("name", "integer"), diagonal(STAGES, (True, False), every=2))
def test_every_sentence_is_that_of_the_plan(tmp_path: Path, name: str, *, integer: bool) -> None:
    synthetic, stages = made(3, 2, 1, 3), STAGES[name]
    text = model(1, integer=integer, stages=stages)
    (tmp_path / "in").mkdir()
    write_instance(tmp_path / "in", synthetic.settings, synthetic.tables)
    write_plan(allocate(read_instance(tmp_path / "in"), policy(text)), tmp_path / "plan")
    plan, said = PlanTables(tmp_path / "plan"), sentences(tmp_path / "plan")
    for k in range(len(stages)):
        of_plan(plan.stage(k), said, first=k == 0, later=k < len(stages) - 1)
    stopped = [text for text in said if "not settled" in text]
    assert len(stopped) == sum(
        stage["gap"] > plan.record["asked_gap"] for stage in plan.record["stages"]
    )
    kind = "whole places" if integer else "fractions of places"
    promised = synthetic.tables["commitments"]
    first = int(str(synthetic.settings["first_year"]))
    kept = (promised["first_year"] == first) & (promised["last_year"] == first)
    which = "every rule" if kept.all() else "every rule in force"
    assert any(f"{which} is kept ({kind}" in text for text in said)
    reached = [text.startswith("The plan achieves 100.00 %") for text in said]
    least = plan.record["stages"][0]["final"] - plan.record["stages"][0]["bound"] <= 1e-9 * abs(
        plan.record["stages"][0]["final"]
    )
    assert any(reached) == (least and any(text.startswith("The plan achieves") for text in said))


@pytest.mark.parametrize(
    ("last_year", "rules"), [(2026, "every rule"), (2027, "every rule in force")]
)
def test_a_rule_that_is_not_in_force_is_not_said_to_be_kept(last_year: int, rules: str) -> None:
    promise = f"{COMMITMENTS}some,nurse,2026,{last_year},1,,board,agreed\n"
    plan = allocate(hand({"commitments": promise}), policy(model(1, pace="false")))
    futures = Baselines(planning(plan.instance, plan.policy), plan.outcome)
    said = judged(futures, plan.certificate, 0.001)
    assert f"It is certified: {rules} is kept (whole places)." in said


_START = {
    "shortfall": "The weighted shortfall of", "cost": "The cost of", "change": "The change of",
    "worst_region": "The shortfall of the worst region,", "surplus": "The surplus of",
}  # fmt: skip


def of_plan(stage: dict[str, Any], said: list[str], *, first: bool, later: bool) -> None:
    scale = 100.0 if stage["minimise"] == "worst_region" else 1.0
    start = _START[str(stage["minimise"])]
    (text,) = [t for t in said if t.startswith(start) and "not settled" not in t]
    found = numbers(text)
    assert found[0] == pytest.approx(scale * stage["final"], rel=1e-4, abs=6e-4)
    gap = max(0.0, stage["final"] - stage["bound"]) / max(abs(stage["final"]), 1e-9)
    if "within" in text:
        assert 100 * gap <= found[1] + 1e-9
        assert found[1] <= 100 * gap + 0.00101
        assert found[-1] <= scale * stage["bound"] + 1e-6 * abs(stage["bound"])
        assert found[-1] == pytest.approx(scale * stage["bound"], rel=1e-4, abs=2e-3)
        assert ("no plan that keeps the rules can be below" in text) is first
    else:
        assert "is the least possible" in text
        assert gap <= 1e-9
    assert ("among plans that keep the rules and whose" in text) is not first
    at = said.index(text)
    given = said[at + 1] if at + 1 < len(said) else ""
    more = stage["final"] - stage["objective"]
    if later and more > 1e-5 * max(1.0, abs(stage["objective"])):
        assert given.startswith("Before later objectives it was")
        assert numbers(given)[0] == pytest.approx(scale * stage["objective"], rel=1e-4)
        limit = stage["limit"] - stage["objective"]
        assert scale * limit == pytest.approx(
            numbers(given[given.index("of the ", given.index(": ")) :])[0], rel=1e-2, abs=1e-3
        )
    if more <= 0:
        assert not given.startswith("Before later")


@pytest.mark.each(2)
@pytest.mark.parametrize("name", ["value-for-money", "fair-shares"])
def test_limits_of_earlier_objectives_are_named(tmp_path: Path, name: str) -> None:
    instance = read_instance(find_instance("two-by-two"))
    write_plan(allocate(instance, read_policy(find_model(name))), tmp_path / "plan")
    record = PlanTables(tmp_path / "plan").record
    (text,) = [t for t in sentences(tmp_path / "plan") if "among plans" in t]
    limit = numbers(text[text.index("is at most") :])[0]
    assert limit <= record["stages"][0]["limit"]
    assert limit == pytest.approx(record["stages"][0]["limit"], abs=1e-2)


def test_what_is_achieved_is_that_of_the_plan_and_of_last_year(tmp_path: Path) -> None:
    instance = read_instance(find_instance("two-by-two"))
    text = model(1, stages=[("shortfall", 0.2), ("cost", 0.0)])
    write_plan(allocate(instance, policy(text)), tmp_path / "plan")
    record = PlanTables(tmp_path / "plan").record
    stage, nothing = record["stages"][0], record["without_new_places"]
    part = (nothing - stage["final"]) / (nothing - stage["bound"])
    (said,) = [t for t in sentences(tmp_path / "plan") if t.startswith("The plan achieves")]
    assert numbers(said)[0] == pytest.approx(100 * part, abs=0.0101)
    assert numbers(said)[0] <= 100 * part
    last = tmp_path / "last"
    repeated = tmp_path / "commitments"
    same(repeated, instance.courses)
    pinned = parse_policy(model(1, budgets=False, pace="false", cohorts=False).encode())
    write_plan(allocate(read_instance(repeated), pinned), last)
    value = PlanTables(last).record["stages"][0]["final"]
    expected = 100 * (nothing - value) / (nothing - stage["bound"])
    assert numbers(said)[1] == pytest.approx(expected, abs=0.051)


def same(folder: Path, courses: pd.DataFrame) -> None:
    """Write two-by-two with a commitment that pins every course to last year's places."""
    shutil.copytree(find_instance("two-by-two"), folder)
    lines = [
        f"pin-{c},{c},2026,2026,{n},{n},us,to compare"
        for c, n in zip(courses["course"], courses["last_intake"], strict=True)
    ]
    head = "commitment,course,first_year,last_year,min_places,max_places,owner,reason"
    (folder / "commitments.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")


def stage(
    minimise: str,
    objective: float = 100.0,
    final: float = 100.0,
    limit: float = 100.0,
    bound: float = 100.0,
) -> StageCertificate:
    unit = {"shortfall": "weighted FTE-years", "cost": "£, discounted"}[minimise]
    return StageCertificate(minimise, unit, objective, final, limit, bound, True, 0.0)


def test_a_stage_beyond_the_gap_is_named_and_the_loss_is_told() -> None:
    first = stage("shortfall", final=109.0, limit=110.0, bound=99.99)
    later = stage("cost", objective=5e6, final=5e6, limit=5e6, bound=3.4e6)
    said = verdict(Certificate(True, 0.0, "", 1000.0, (first, later)), 5e-4, integer=True)
    text = " ".join(said)
    assert "The weighted shortfall of 109.000 FTE-years is within 8.267 %" in text
    assert "9.00000 weighted FTE-years (9.000 %) of the 10.0000 weighted FTE-years that" in text
    told = "ended at 32.000 %, where 0.05 % was asked for; whether less is possible is not known."
    assert told in text
    assert re.search(r"whose weighted shortfall is at most 110.000 .*below £3,400,000", text)


@pytest.mark.parametrize(
    ("value", "limit", "says"),
    [
        (8.380266666, 8.380266666, "is no higher than that of this plan"),
        (8.380266666, 8.38, "is at most 8.38000"),  # which the plan is above
        (8.380266666, 8.5, "is at most 8.50000"),
        (8.38025, 8.38025, "is at most 8.38025"),
        (8.380004, 8.379996, "is at most 8.37999 weighted FTE-years (this plan is above that by"),
    ],
)
def test_a_limit_never_reads_as_if_the_plan_broke_it(value: float, limit: float, says: str) -> None:
    over = Weighing(3, "worst", 0.9, 0.5)
    first = stage("shortfall", objective=limit, final=value, limit=limit, bound=8.0)
    after = stage("shortfall", bound=99.0)
    for of_all in (
        Certificate(True, 0.0, "", 1000.0, (first, stage("cost"))),
        Certificate(True, 0.0, "", 1000.0, (first,), settling=after),
    ):
        assert says in " ".join(verdict(of_all, 5e-4, integer=True, over=over))


def test_places_that_improve_nothing_achieve_nothing() -> None:
    assert achieved(Certificate(True, 0.0, "", 0.0, (stage("cost"),))) is None


def test_the_record_gives_the_certificate_back(tmp_path: Path) -> None:
    instance = read_instance(find_instance("two-by-two"))
    allocation = allocate(instance, policy(model(1)))
    record = write_plan(allocation, tmp_path / "plan")
    assert recorded(record) == allocation.certificate
