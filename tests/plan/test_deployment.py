"""Who is deployed in a plan on disk: read as it is written, replayed, and edits of it found."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from command_line import Run
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.settled import outcome_of
from commission_opt.errors import InputError
from commission_opt.formulation.objectives import first_objective
from commission_opt.plan.read import read_plan
from commission_opt.plan.replay import Sameness, replay
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from futures_made import row, scenario
from handworked import hand
from plan_of_futures import written
from samples import model

PAIRS = "needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0.2\nnurse,medic,*,1.5,0.2\n"
NAME = "deployment.csv"
Edit = Callable[[pd.DataFrame], pd.DataFrame]


def text(**keys: object) -> str:
    return model(2, pace="false", **keys)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deployment") / "plan"
    instance = hand(substitution=PAIRS, need={("nurse", "south"): 40})
    write_plan(allocate(instance, parse_policy(text().encode())), folder)
    return folder


@pytest.fixture
def plan(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "plan"))


def edit(plan: Path, change: Edit) -> None:
    table = change(pd.read_csv(plan / NAME))
    table.to_csv(plan / NAME, index=False, lineterminator="\n")


def scaled(factor: float) -> Edit:
    """Multiply the FTE of the first row, and what they cover."""

    def change(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[0, ["fte", "covers"]] *= factor
        return table

    return change


def test_the_table_says_who_stands_in_for_whom(made: Path) -> None:
    table, supply = pd.read_csv(made / NAME), pd.read_csv(made / "supply.csv")
    assert list(table) == ["needed", "by", "region", "year", "fte", "covers"]
    assert len(table)
    assert (table["fte"] > 1e-9).all()
    # A fifth of the 12 medics needed in the south is covered by twice as many nurses.
    assert (table["needed"] + table["by"] + table["region"]).unique() == ["medicnursesouth"]
    assert table["covers"].tolist() == pytest.approx((0.5 * table["fte"]).tolist())
    assert table["fte"].max() <= 4.8 + 1e-9
    key = ["region", "year"]
    own = supply.set_index(["profession", *key])
    for each in table.to_dict("records"):
        at = each["region"], each["year"]
        nurse, medic = (own.xs((p, *at)) for p in ("nurse", "medic"))
        assert medic["service"] == pytest.approx(medic["supply"] + each["covers"])
        assert nurse["service"] == pytest.approx(nurse["supply"] - each["fte"])
        assert medic["shortfall"] == pytest.approx(max(0.0, 12 - medic["service"]))


@pytest.mark.parametrize("which", ["plan", "several"])
def test_a_plan_is_verified_and_replayed_byte_for_byte(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    plan: Path = request.getfixturevalue(which)
    read = read_plan(plan)
    assert verify(read).holds
    again = replay(read)
    assert again.sameness is Sameness.IDENTICAL
    write_plan(again.allocation, tmp_path / "again")
    spread = ["spread.csv"] * (which == "several")
    for name in (NAME, "allocation.csv", "supply.csv", *spread):
        assert (tmp_path / "again" / name).read_bytes() == (plan / name).read_bytes()
    with np.load(plan / "proof.npz") as said, np.load(tmp_path / "again" / "proof.npz") as found:
        # What proves each future by itself belongs to what the plan is worth, and is not replayed.
        assert [key for key in said if not key.startswith("future-")] == list(found)
        assert all(np.array_equal(said[key], found[key]) for key in found)


def test_more_than_the_share_is_found(plan: Path, run: Run) -> None:
    edit(plan, scaled(2.0))
    found = run("verify", plan)
    assert found.code == 5
    assert f"error: {NAME} row 2, fte: 8 FTE are more than max_share of 'medic' allows, 4.8" in (
        found.problems
    )
    assert any(f"{NAME}: was changed after the plan was made" in text for text in found.problems)


def test_more_than_are_at_work_are_found(run: Run, tmp_path: Path) -> None:
    pairs = "needed,by,region,ratio,max_share\nnurse,medic,south,1.5,0.9\n"
    instance = hand(substitution=pairs, need={("medic", "south"): 2})
    folder = tmp_path / "plan"
    write_plan(allocate(instance, parse_policy(text().encode())), folder)
    edit(folder, scaled(3.0))
    said = [problem for problem in run("verify", folder).problems if "at work" in problem]
    assert len(said) == 1
    assert said[0].startswith(f"error: {NAME} row 2, fte: ")
    assert said[0].endswith("FTE of 'medic' in 'south' in 2026 are deployed in all, and 10 are "
                            "at work")  # fmt: skip


def test_fewer_are_found_by_what_follows(plan: Path, run: Run) -> None:
    edit(plan, scaled(0.5))
    with pytest.raises(InputError, match="fte: the places and those deployed lead to"):
        read_plan(plan)
    found = run("verify", plan)
    assert found.code == 5
    assert any(f"{NAME}, fte: the places and those deployed" in text for text in found.problems)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.iloc[::-1], "row 3, needed: rows are not those of substitution.csv"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "needed: rows are not those of substitution.csv"),
        (lambda t: t.assign(by="medic"), "row 2, needed: rows are not those of substitution.csv"),
        (lambda t: t.assign(year=1999), "row 2, needed: rows are not those of substitution.csv"),
        (lambda t: t.assign(fte="some"), "row 2, fte: 'some' is no number"),
        (lambda t: t.drop(columns="fte"), "cannot be read: it has no column fte"),
    ],
)
def test_a_table_that_is_none_is_refused(plan: Path, change: Edit, message: str) -> None:
    edit(plan, change)
    with pytest.raises(InputError) as error:
        read_plan(plan)
    assert message in str(error.value)


def test_a_missing_table_is_named(plan: Path) -> None:
    (plan / NAME).unlink()
    with pytest.raises(InputError, match="is missing from the plan"):
        read_plan(plan)


def test_without_substitution_only_headings_stand(tmp_path: Path) -> None:
    off = text().replace("[rules]", "[rules]\nsubstitution = false")
    write_plan(allocate(hand(substitution=PAIRS), parse_policy(off.encode())), tmp_path / "plan")
    assert (tmp_path / "plan" / NAME).read_text() == "needed,by,region,year,fte,covers\n"
    supply = pd.read_csv(tmp_path / "plan" / "supply.csv")
    assert supply["service"].equals(supply["supply"])
    assert verify(read_plan(tmp_path / "plan")).holds


def test_without_the_table_nothing_of_it_is_written_or_said(tmp_path: Path) -> None:
    policy = parse_policy(text().encode())
    write_plan(allocate(hand(), policy), tmp_path / "plan")
    assert not (tmp_path / "plan" / NAME).exists()
    assert "service" not in pd.read_csv(tmp_path / "plan" / "supply.csv")
    assert (
        NAME not in json.loads((tmp_path / "plan" / "plan.json").read_text())["hashes"]["outputs"]
    )


@pytest.fixture(scope="module")
def made_for_several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Medics are short in some futures and nurses in one, so that each does the other's work.
    instance = hand(substitution=PAIRS, need={("nurse", "south"): 40})
    nurses = scenario("nurses", 0.4, "demand[profession=nurse]*=3", "demand[profession=medic]*=0.5")
    demand = row("demand[profession=medic]", "uniform = [0.9, 1.3]")
    return written(
        tmp_path_factory.mktemp("several") / "plan", instance, text(), nurses, demand, draws=2
    )


@pytest.fixture
def several(made_for_several: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_for_several, tmp_path / "plan"))


def test_who_is_deployed_is_decided_in_every_future(made_for_several: Path) -> None:
    table = pd.read_csv(made_for_several / NAME)
    assert ",".join(map(str, table)) == "scenario,needed,by,region,year,fte,covers"
    named = (table["scenario"] + ":" + table["needed"] + table["by"]).unique()
    assert [*named] == ["nurses:nursemedic", "draw-0001:medicnurse", "draw-0002:medicnurse"]
    names = pd.read_csv(made_for_several / "scenarios.csv")["scenario"].tolist()
    assert table["scenario"].unique().tolist() == names
    # Half of the 12 medics needed are; of the nurses needed three times as many are, 120.
    own = table[table["scenario"] == "nurses"]
    assert (own["covers"] <= 0.2 * 120 + 1e-9).all()
    supply = pd.read_csv(made_for_several / "supply.csv").set_index(
        ["scenario", "profession", "region", "year"]
    )
    for each in own.to_dict("records"):
        at = "nurses", each["needed"], each["region"], each["year"]
        assert supply.loc[at, "service"] == pytest.approx(supply.loc[at, "supply"] + each["covers"])


def test_rows_of_a_scenario_that_are_too_many_are_found(several: Path, run: Run) -> None:
    table = pd.read_csv(several / NAME)
    first = table["scenario"].tolist().index("draw-0002")
    table.loc[first, ["fte", "covers"]] *= 2.0
    table.to_csv(several / NAME, index=False, lineterminator="\n")
    found = run("verify", several)
    assert found.code == 5
    named = f"error: {NAME} row {first + 2}, fte: "
    said = [problem for problem in found.problems if problem.startswith(named)]
    assert said
    assert "are more than max_share of 'medic' allows in scenario 'draw-0002'" in said[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.iloc[::-1], "row 3, scenario: rows are not those of substitution.csv by "),
        (lambda t: t.assign(scenario="x"), "row 2, scenario: rows are not those of substitution."),
        (lambda t: t.drop(columns="scenario"), "cannot be read: it has no column scenario"),
    ],
)
@pytest.mark.parametrize("name", [NAME, f"mean_{NAME}"])
def test_a_table_of_several_that_is_none_is_refused(
    several: Path, name: str, change: Edit, message: str
) -> None:
    change(pd.read_csv(several / name)).to_csv(several / name, index=False, lineterminator="\n")
    with pytest.raises(InputError) as error:
        read_plan(several)
    assert f"{name}" in str(error.value)
    assert message in str(error.value)


def test_what_weighing_is_worth_counts_those_deployed_anew(made_for_several: Path) -> None:
    read = read_plan(made_for_several)
    said, first = read.record["uncertainty"], first_objective(read.policy)
    mean = pd.read_csv(made_for_several / f"mean_{NAME}")
    assert mean["scenario"].unique().tolist() == ["nurses", "draw-0001", "draw-0002"]
    assert read.mean_amounts is not None
    # In each future by itself, with the places of the plan for the mean and the best deployment.
    values = [
        first.value(one.problem, outcome_of(one.problem, read.mean_amounts))
        for one in read.problem.futures
    ]
    p = [one.probability for one in read.problem.futures]
    worth = sum(share * value for share, value in zip(p, values, strict=True))
    assert said["expected_value_plan"] == pytest.approx([worth, worth], rel=1e-7)
    near = 1e-7 * worth
    assert said["wait_and_see"][0] <= said["value"][0] + near
    assert said["value"][0] <= worth + near
    for one, value in zip(read.problem.futures, values, strict=True):
        nobody = np.zeros(one.problem.deployments)
        assert value < first.value(one.problem, one.problem.outcome(read.mean_amounts, nobody))
