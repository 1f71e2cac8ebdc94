"""The flow chart of pools of people, and what the page says with it."""

import re
from pathlib import Path

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.files.shipped import find_instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.plan_workbook.tables import pathways as tables
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.report.facts import Facts, read_facts
from commission_opt.report.sections.pathways import pathways
from commission_opt.solvers.status import Limits
from commission_opt.views.pathways import Flows, flows
from medical_school import MODEL, write_to


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("flow")
    instance = read_instance(write_to(place / "school"))
    policy = parse_policy(MODEL.encode())
    write_plan(allocate(instance, policy, Limits(gap=0.02, seconds=20.0)), place / "plan")
    return place / "plan"


@pytest.fixture(scope="module")
def facts(folder: Path) -> Facts:
    return read_facts(verify(read_plan(folder)))


@pytest.fixture(scope="module")
def found(facts: Facts) -> Flows:
    return flows(facts.instance, facts.outcome)


def test_who_passes_is_who_is_drawn_and_fed(facts: Facts, found: Flows) -> None:
    people = facts.outcome.pools
    assert list(found.pools.index) == ["leavers", "graduates", "house"]
    assert list(found.pools["step"]) == [1, 2, 3]
    assert found.pools["drawn"].to_numpy() == pytest.approx(people.drawn.sum(axis=1))
    assert found.pools["outside"].to_numpy() == pytest.approx(people.entrants.sum(axis=1))
    drawn = found.draws.groupby("pool")["people"].sum()
    fed = found.feeds.groupby("pool")["people"].sum()
    for i, code in enumerate(found.pools.index):
        assert drawn[code] == pytest.approx(people.drawn[i].sum())
        assert fed.get(code, 0.0) == pytest.approx(people.fed[i].sum())


def test_a_profession_that_stands_behind_two_steps_is_two_stages(found: Flows) -> None:
    stages = list(zip(found.stages["profession"], found.stages["step"], strict=True))
    assert stages == [("doctor", 1), ("doctor", 2), ("psychiatrist", 3), ("gp", 3)]
    assert found.stages["started"].sum() == pytest.approx(found.pools["drawn"].sum())
    assert found.stages["onward"].sum() == pytest.approx(found.feeds["people"].sum())


def test_the_chart_has_a_shape_for_each_pool_stage_and_band(facts: Facts, found: Flows) -> None:
    section = pathways(facts)
    assert section is not None
    (exhibit,) = section.exhibits
    svg = exhibit.charts[0].svg()
    texts = re.findall("<title>(.*?)</title>", svg)
    bands = len(found.draws) + len(found.feeds)
    nodes = len(found.pools) + len(found.stages)
    assert sum(" to " in text and text.endswith("people") for text in texts) == bands
    assert sum("drawn" in text for text in texts) == 2 * nodes  # the part that goes on, the rest
    assert exhibit.charts[0].png().startswith(b"\x89PNG")
    frame = exhibit.table.frame
    assert len(frame) == facts.instance.pools.size
    assert frame["left"].to_numpy() == pytest.approx(
        (frame["eligible"] - frame["drawn"]).to_numpy()
    )
    assert np.allclose(frame["entrants"] + frame["fed"] + frame["carried"], frame["eligible"])


def test_the_workbook_has_the_same_sums(folder: Path, found: Flows) -> None:
    pools, stages = tables(read_plan(folder))
    come = pools["from outside"] + pools["from courses"]
    assert come.to_numpy() == pytest.approx(found.pools["came"].to_numpy())
    left = (come - pools["start a course"]).to_numpy()
    assert pools["not drawn"].to_numpy() == pytest.approx(left)
    assert stages["drawn from pools"].sum() == pytest.approx(found.pools["drawn"].sum())


def test_a_plan_without_pools_has_no_such_section(tmp_path: Path) -> None:

    instance = find_instance("two-by-two")
    plan: Allocation = allocate(
        read_instance(instance), parse_policy((instance / "model.toml").read_bytes())
    )
    write_plan(plan, tmp_path / "plan")
    assert pathways(read_facts(verify(read_plan(tmp_path / "plan")))) is None
    assert not (tmp_path / "plan" / "pathways.csv").exists()
