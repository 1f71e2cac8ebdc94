"""Plans whose largest regret is made least: what is stated is proved, and changed files are not."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.certificate.certify import StageCertificate
from commission_opt.certificate.limits import limit
from commission_opt.errors import (
    CommissionOptError,
    InfeasibleError,
    InputError,
    UsageError,
)
from commission_opt.explain.comparison.compare import several
from commission_opt.formulation.objectives import first_objective
from commission_opt.plan.judged import SAID_OF_EACH, said_only
from commission_opt.plan.read import read_plan
from commission_opt.plan.replay import Sameness, replay
from commission_opt.plan.verify import verify
from commission_opt.policy import UnderUncertainty
from commission_opt.solvers.status import Limits, Watch
from commission_opt.uncertainty.together import MOST_REGRETTED, allocate_together
from commission_opt.views.prospects import LAST, PLAN, Prospects
from commission_opt.views.shortfall import Baselines
from commission_opt.views.verdict import stage_words
from commission_opt.views.weighing import Weighing
from drawn_substitution import substituting
from drawn_together import drawn
from futures_made import scenario
from plan_of_futures import THREE, copy, refused, rehash, solved, weighing, written
from plan_tables import numbers
from samples import both, made, model, policy, sample
from some import some

INSTANCE, TINY = sample(3, 2, 1, 5).instance, sample(2, 2, 1, 3).instance
FIRST, SECOND, THIRD = INSTANCE.professions["profession"]
APART = (  # what is best for one is not for the other
    scenario("more of the first", 0.5, f"demand[profession={FIRST}]*=1.5"),
    scenario(
        "more of the second", 0.5, f"demand[profession={SECOND}]*=1.5",
        f"demand[profession={THIRD}]*=0.7",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def regretting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regret") / "plan"
    return written(folder, INSTANCE, weighing(model(), "regret"), *APART)


def record_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "plan.json").read_text("utf-8"))
    return found


def arrays_of(folder: Path) -> dict[str, Any]:
    with np.load(folder / "proof.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def test_what_is_stated_is_proved_again(regretting: Path) -> None:
    found, said = verify(read_plan(regretting)), record_of(regretting)
    assert found.holds, found.problems
    scenarios = found.plan.frames()["scenarios"]
    assert said["stages"][0]["final"] == pytest.approx(scenarios["regret"].max())
    assert (scenarios["regret"] >= -1e-9 * scenarios["bound"]).all()
    low, high = said["uncertainty"]["true_regret"]
    assert 0.0 < low < high == pytest.approx(scenarios["regret"].max())
    assert said["uncertainty"]["evpi"] is None
    assert said["uncertainty"]["wait_and_see"][0] == 0.0
    assert not set(SAID_OF_EACH) & set(said_only(found.plan))


def test_multipliers_that_prove_less_are_not_believed(regretting: Path, tmp_path: Path) -> None:
    folder = copy(regretting, tmp_path)
    arrays = arrays_of(folder)
    arrays["future-1/multipliers"] = 0.9 * arrays["future-1/multipliers"]
    np.savez_compressed(folder / "proof.npz", **arrays)
    rehash(folder, "proof.npz")
    found = verify(read_plan(folder))
    assert [(p.file, p.row, p.column) for p in found.problems if p.column == "bound"] == [
        ("scenarios.csv", 3, "bound")
    ]


@pytest.mark.parametrize("by", [-1.0, 1.0])
def test_another_least_is_not_believed(regretting: Path, tmp_path: Path, by: float) -> None:
    folder = copy(regretting, tmp_path)
    lines = (folder / "scenarios.csv").read_text("utf-8").splitlines()
    cells, names = lines[2].split(","), lines[0].split(",")
    at = names.index("bound")
    cells[at] = str(float(cells[at]) * (1.0 + 0.01 * by))
    lines[2] = ",".join(cells)
    (folder / "scenarios.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rehash(folder, "scenarios.csv")
    assert refused(folder)


@pytest.mark.parametrize("key", ["true_regret", "relative_to", "proved_alone", "wait_and_see"])
def test_a_changed_record_is_seen(regretting: Path, tmp_path: Path, key: str) -> None:
    folder = copy(regretting, tmp_path)
    record = record_of(folder)
    said = record["uncertainty"][key]
    record["uncertainty"][key] = [0.0, 2.0 * said[1] + 1.0] if isinstance(said, list) else 0
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
    assert refused(folder)


def test_places_that_break_rules_prove_no_value(regretting: Path, tmp_path: Path) -> None:
    folder = copy(regretting, tmp_path)
    arrays = arrays_of(folder)
    for name in (name for name in arrays if name.startswith("future-") and "places" in name):
        arrays[name] = arrays[name] + 1000.0
    np.savez_compressed(folder / "proof.npz", **arrays)
    rehash(folder, "proof.npz")
    assert refused(folder)


def test_a_future_without_a_plan_is_named_once() -> None:
    none = scenario("no room", 0.1, "budget*=0.7")
    with pytest.raises(InfeasibleError) as caught:
        solved(TINY, weighing(model(), "regret"), scenario("as given", 0.9), none)
    assert str(caught.value).count("scenario 'no room' has no plan even by itself") == 1


def test_without_what_it_is_measured_from_a_plan_is_refused(
    regretting: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(regretting, tmp_path / "plan"))
    lines = (folder / "scenarios.csv").read_text("utf-8").splitlines()
    cut = "\n".join(",".join(line.split(",")[:3]) for line in lines)
    (folder / "scenarios.csv").write_text(cut + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="what regret is measured from"):
        read_plan(folder)


@pytest.mark.parametrize("seed", some(range(9), 3, 1))
def test_one_scenario_is_the_plan_of_today(seed: int) -> None:
    instance = sample(2, 2, 1, seed).instance
    today = allocate(instance, policy(model()), Limits(seconds=20))
    plan, record = solved(instance, weighing(model(), "regret"), scenario("only", 1.0))
    own, given = (each.frames()["allocation"].to_csv(index=False) for each in (plan, today))
    assert own == given
    assert "true_regret" not in record.record


@pytest.mark.parametrize("seed", some(range(9), 3, 2))
def test_no_other_plan_has_a_smaller_regret_than_is_proved(seed: int) -> None:
    instance = sample(2, 2, 1, seed).instance
    try:
        plan, _ = solved(instance, weighing(model(), "regret"), *THREE)
    except CommissionOptError:
        pytest.skip("no plan")
    assert plan.bounds is not None
    for risk in ("expected", "worst"):
        other, _ = solved(instance, weighing(model(), risk), *THREE)
        regret = (other.frames()["scenarios"]["shortfall"].to_numpy() - plan.bounds).max()
        assert regret >= plan.certificate.bound - 1e-9 * plan.bounds.max()
        slack = plan.limits.gap * max(regret, plan.certificate.stages[0].size)
        assert plan.certificate.objective <= regret + slack


def test_what_is_said_of_regret_is_what_the_files_hold(regretting: Path) -> None:
    found, said = verify(read_plan(regretting)), record_of(regretting)["uncertainty"]
    plan, stage = found.plan, found.certificate.stages[0]
    baselines = Baselines(plan.problem, plan.outcome)
    seen = Prospects(baselines, said, plan.mean_amounts, plan.bounds)
    (true,) = [text for text in seen.sentences(stage) if "true regret" in text]
    assert numbers(true) == pytest.approx(said["true_regret"], rel=1e-5)
    silent = Prospects(baselines, {**said, "true_regret": None}, plan.mean_amounts, plan.bounds)
    assert "the plan does not say" in " ".join(silent.sentences(stage))
    rows = seen.table().set_index("scenario")
    values = seen.values
    assert plan.bounds is not None
    for name in (PLAN, LAST):
        regret = (values[name] - plan.bounds).max()
        assert rows.loc["largest regret", name] == pytest.approx(regret)
    (told,) = [text for text in several(plan, plan, ("a", "b")).sentences if "of a;" in text]
    assert numbers(told)[1] == pytest.approx(stage.final, rel=1e-5)
    given = first_objective(plan.policy).value(plan.problem, plan.outcome)
    assert numbers(told)[-1] == pytest.approx(given, rel=1e-5)
    assert any("Largest regret in" in text for text in plan.card().sentences)


def test_a_regret_next_to_nothing_is_measured_by_what_is_missing_anyway() -> None:
    stage = StageCertificate(
        "shortfall", "weighted FTE-years", 2.0, 2.0, limit(2.0, 0.01, 50.0), 1.5,
        consistent=True, seconds=0.0, size=50.0,
    )  # fmt: skip
    assert stage.limit == 2.5
    assert stage.gap == stage.final_gap == pytest.approx(0.01)
    over = Weighing(3, "regret", 0.9, 0.5)
    (text,) = stage_words([stage], 0, over)
    assert numbers(text)[2] == pytest.approx(0.5)  # above the least possible, in its unit
    assert "of the least possible" not in text
    assert "none of those" not in text
    large = replace(stage, size=1.0)
    (text,) = stage_words([large], 0, over)
    assert "within 25.000 % of the least possible" in text


def test_a_plan_solved_again_from_its_copies_is_the_same(regretting: Path) -> None:
    assert replay(read_plan(regretting)).sameness is Sameness.IDENTICAL


def test_more_futures_than_can_be_solved_one_by_one_are_refused_in_a_sentence() -> None:
    problem, found = drawn(1, integer=False, draws=MOST_REGRETTED + 1)
    how = replace(problem.policy, uncertainty=UnderUncertainty("drawn", "regret"))
    with pytest.raises(UsageError, match=f"draw fewer, at most {MOST_REGRETTED}, or weigh"):
        allocate_together(replace(problem, policy=how), found, Limits(), Watch())


@pytest.mark.parametrize("kind", some(["later", "deployed"], 2, 1))
def test_later_years_and_those_deployed_are_decided_in_each(kind: str, tmp_path: Path) -> None:
    instance, text, tables = sample(3, 2, 2, 5).instance, model(2), [*APART]
    how = 'risk = "regret"\ndecide_now = 1\n'
    if kind == "deployed":
        about = made(2, 2, 1, 3)
        instance = both(about.settings, substituting(about.tables, 3)).instance
        text, tables, how = model(), [*THREE], 'risk = "regret"\n'
    text = f'{text}\n[uncertainty]\nfile = "test"\n{how}'
    found = verify(read_plan(written(tmp_path / "plan", instance, text, *tables)))
    assert found.holds, found.problems
    assert found.plan.problem.deploys is (kind == "deployed")
    assert (found.plan.problem.layout.times is not None) is (kind == "later")
    regret = found.plan.frames()["scenarios"]["regret"]
    assert found.certificate.stages[0].final == pytest.approx(regret.max())
