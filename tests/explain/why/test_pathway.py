"""The bottleneck of a pathway, held to programs that are solved again with one person more."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.errors import UsageError
from commission_opt.explain.answer import Answer
from commission_opt.explain.margins.margins import margins
from commission_opt.explain.why.pathway import why_pathway
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting
from commission_opt.solvers.status import Limits
from handworked import hand
from medical_school import MODEL, TABLES, write_to

POLICY = parse_policy(MODEL.replace("integer = true", "integer = false").encode())
EXACT = Limits(gap=1e-9)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Allocation:
    folder = write_to(tmp_path_factory.mktemp("school") / "school")
    return allocate(read_instance(folder), POLICY, EXACT)


@pytest.fixture(scope="module")
def answer(plan: Allocation) -> Answer:
    return why_pathway(plan, "psychiatrist")


def changed(plan: Allocation, text: str) -> float:
    """The least of the objective with a change."""
    axis = parse_axis(text)
    instance, _ = Ground(plan.instance, plan.policy).apply([Setting(axis, axis.values[0])])
    return allocate(instance, POLICY, EXACT).certificate.objective


def test_the_steps_stand_in_order(answer: Answer) -> None:
    steps = answer.frame("bottleneck")
    assert list(zip(steps["step"], steps["pool"], strict=True)) == [
        (1, "leavers"), (2, "graduates"), (3, "house"),
    ]  # fmt: skip
    assert len(answer.frame("steps")) == 3 * 9


def test_one_more_person_is_worth_what_solving_again_says(plan: Allocation, answer: Answer) -> None:
    rows = answer.frame("steps")
    assert (rows["worth_person"] > 0.1).sum() >= 4
    few = 1e-3
    for _, row in rows[rows["year"] < 2030].iterrows():
        best = changed(plan, f"entrants[pool={row['pool']},year={row['year']}]+={few}")
        saved = (plan.certificate.objective - best) / few
        assert row["worth_person"] == pytest.approx(saved, abs=0.02), row


def test_people_and_places_are_those_of_the_plan(plan: Allocation, answer: Answer) -> None:
    rows, people = answer.frame("steps"), plan.outcome.pools
    for place, (_, own) in enumerate(rows.groupby("step")):
        for name in ("entrants", "fed", "carried", "eligible", "drawn"):
            assert own[name].to_numpy() == pytest.approx(getattr(people, name)[place]), name
    house = rows[rows["pool"] == "house"]
    psychiatrists = plan.places[[3, 4]].sum(axis=0)
    assert house["places"].to_numpy()[:3] == pytest.approx(psychiatrists)
    assert set(house["capacity"]) == {60.0}
    full = np.isclose(house["eligible"], house["drawn"])
    assert set(np.flatnonzero(full)) <= set(np.flatnonzero(house["binds"] == "all drawn"))


def test_the_bottleneck_is_where_one_more_is_worth_most(answer: Answer) -> None:
    steps, rows = answer.frame("bottleneck"), answer.frame("steps")
    by_step = rows.groupby("step")["worth_person"].sum()
    assert steps["worth_person"].to_numpy() == pytest.approx(by_step.to_numpy())
    most = 1 + int(np.argmax(by_step))
    assert f"is step {most}, pool {steps['pool'].iloc[most - 1]}:" in answer.sentences[0]
    assert "weighted FTE-years" in answer.sentences[1]


def test_places_are_the_bottleneck_where_people_are_many(tmp_path: Path) -> None:
    many = TABLES["eligible"].replace("house,*,*,3", "house,*,*,300")
    many = many.replace("house,*,2027,6", "house,*,2027,300")
    folder = write_to(tmp_path / "many", eligible=many)
    policy = replace(POLICY, integer=True)
    answer = why_pathway(allocate(read_instance(folder), policy), "psychiatrist")
    assert "the courses that draw from pool house" in answer.sentences[0]
    assert set(answer.frame("bottleneck").set_index("pool").loc[["house"], "course"]) <= {
        "psych-n", "psych-s",
    }  # fmt: skip


def test_a_pool_can_be_asked_for(plan: Allocation) -> None:
    answer = why_pathway(plan, "graduates")
    assert list(answer.frame("bottleneck")["pool"]) == ["leavers", "graduates"]


def test_what_is_not_there_is_refused(plan: Allocation) -> None:
    with pytest.raises(UsageError, match="did you mean 'psychiatrist'"):
        why_pathway(plan, "psyciatrist")
    without = allocate(hand(), POLICY, EXACT)
    with pytest.raises(UsageError, match="no pools of people"):
        why_pathway(without, "nurse")


def test_pools_and_offers_stand_among_the_margins(plan: Allocation) -> None:
    found = margins(plan, seconds=20.0)
    entrants = found.frame("entrants")
    assert len(entrants) == 3 * (9 + 1)
    best = entrants.iloc[0]
    saved = plan.certificate.objective - changed(plan, best["change"][0])
    assert best["low"] - 1e-6 <= saved <= best["high"] + 1e-6
    assert any("10 people from outside would buy most in pool" in said for said in found.sentences)
    offers = found.frame("offer_rate")
    assert list(offers["pool"]) == ["graduates"]
    saved = plan.certificate.objective - changed(plan, offers["change"].iloc[0][0])
    assert offers["worth"].iloc[0] == pytest.approx(saved, abs=1e-3)
