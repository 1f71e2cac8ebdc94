"""Plans for several futures that were changed by hand: none is believed."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InfeasibleError, InputError
from commission_opt.instance.instance import Instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.verify import verify
from commission_opt.solvers.status import Limits
from drawn_substitution import substituting
from futures_made import row, scenario
from plan_of_futures import copy, refused, rehash, solved, weighing, written
from samples import both, made, model, policy
from some import some


def instance_of(seed: int) -> Instance:
    """An instance; of every other one staff do each other's work."""
    synthetic = made(2, 2, 1, seed)
    tables = substituting(synthetic.tables, seed) if seed % 2 else synthetic.tables
    return both(synthetic.settings, tables).instance


_MADE = made(2, 2, 1, 3)
INSTANCE = instance_of(3)
TABLES = (row("demand", "uniform = [0.95, 1.1]"), scenario("many leave", 0.3, "leavers*=1.3"))


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("honest") / "plan"
    return written(folder, INSTANCE, weighing(model(), "cvar"), *TABLES, draws=6)


def change(folder: Path, file: str, column: str, cell: str | None = None) -> None:
    """Write another cell into the first row of a table, and its hash into the record."""
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    try:
        rows[0][column] = cell or str(float(rows[0][column]) + 3.0)
    except ValueError:
        rows[0][column] = "another"
    with (folder / file).open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    rehash(folder, file)


CELLS = [
    *(("scenarios.csv", column) for column in ("scenario", "probability", "shortfall", "regret")),
    *(("supply.csv", column) for column in ("scenario", "region", "demand", "supply", "shortfall")),
    *(("budgets.csv", column) for column in ("scenario", "amount", "planned")),
    *(("spread.csv", f"{name}_p{q}") for name in ("demand", "shortfall") for q in ("05", "95")),
    *(("spread.csv", column) for column in ("year", "supply_p50", "probability_short")),
    *(("deployment.csv", column) for column in ("fte", "covers", "scenario", "needed", "year")),
    *(("mean_allocation.csv", column) for column in ("profession", "places", "change")),
    *(("mean_deployment.csv", column) for column in ("fte", "covers")),
]


def test_an_honest_plan_holds(honest: Path) -> None:
    assert not refused(honest)


@pytest.mark.parametrize(("file", "column"), some(CELLS, 3))
def test_a_changed_cell_is_seen_whatever_its_hash(
    honest: Path, tmp_path: Path, file: str, column: str
) -> None:
    folder = copy(honest, tmp_path)
    change(folder, file, column)
    assert refused(folder)


@pytest.mark.parametrize(
    ("file", "column", "cell", "says"),
    [
        ("mean_allocation.csv", "change", None, "follows from"),
        ("mean_deployment.csv", "covers", None, "follows from"),
        ("scenarios.csv", "scenario", "no one", "says 'no one', but 'many leave' follows from"),
        ("deployment.csv", "fte", "1e308", "'1e308' is no number of a plan: too large"),
        ("allocation.csv", "places", "1e308", "'1e308' is no number of a plan: too large"),
        ("allocation.csv", "places", "many", "'many' is no number"),
    ],
)
def test_what_was_changed_is_named(
    honest: Path, tmp_path: Path, file: str, column: str, cell: str | None, says: str
) -> None:
    folder = copy(honest, tmp_path)
    change(folder, file, column, cell)
    try:
        problems = verify(read_plan(folder, judged=False)).problems
    except InputError as error:
        problems = tuple(error.problems)
    (found,) = problems
    assert (found.file, found.row, found.column) == (file, 2, column)
    assert says in found.message


def test_rows_left_out_of_those_deployed_for_the_mean_are_named_by_their_file(
    honest: Path, tmp_path: Path
) -> None:
    folder = copy(honest, tmp_path)
    path = folder / "mean_deployment.csv"
    head, *_ = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text(head, encoding="utf-8")
    rehash(folder, path.name)
    problems = verify(read_plan(folder)).problems
    assert {each.column for each in problems} <= {
        "uncertainty.expected_value_plan", "uncertainty.vss",
    }  # fmt: skip
    assert problems
    for each in problems:
        assert "with mean_deployment.csv as it is: one of the two was changed" in each.message


FORGED: dict[str, Any] = {
    "scenarios": 8, "risk": "worst", "alpha": 0.5, "weight": 0.1, "cut": 0.5, "value": [0.0, 1.0],
    "expected_value_plan": [0.0, 0.0], "vss": [5.0, 6.0], "evpi": [0.0, 0.0], "hash": "0" * 64,
    "expected": {"objective": 1.0, "final": 1.0, "bound": 1.0, "gap": 0.0},
}  # fmt: skip
HOSTILE: list[Any] = [None, "x", -1, [1], [2.0, 1.0], {}, {"a": 1}, True, "x" * 2**17]


def forge(folder: Path, key: str, value: Any) -> None:
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    record["uncertainty"][key] = value
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize("key", some(FORGED, 3))
def test_a_changed_record_is_seen(honest: Path, tmp_path: Path, key: str) -> None:
    folder = copy(honest, tmp_path)
    forge(folder, key, FORGED[key])
    assert refused(folder)


def test_brackets_are_named_as_the_record_has_them(honest: Path, tmp_path: Path) -> None:
    folder = copy(honest, tmp_path)
    forge(folder, "value", [0.0, 1.0])
    (found,) = verify(read_plan(folder)).problems
    value = json.loads((honest / "plan.json").read_text("utf-8"))["uncertainty"]["value"]
    assert found.message == f"says [0.0, 1.0], but the files prove {value}"


@pytest.mark.parametrize("key", FORGED)
def test_a_hostile_record_is_refused_in_words(honest: Path, tmp_path: Path, key: str) -> None:
    folder = copy(honest, tmp_path)
    given = json.loads((folder / "plan.json").read_text("utf-8"))["uncertainty"][key]
    for value in HOSTILE:
        if value != given:
            forge(folder, key, value)
            assert refused(folder), value


@pytest.mark.parametrize(
    "file", ["uncertainty.toml", "scenarios.csv", "spread.csv", "mean_allocation.csv", "supply.csv"]
)
def test_a_missing_or_changed_file_is_seen(honest: Path, tmp_path: Path, file: str) -> None:
    folder = copy(honest, tmp_path)
    (folder / file).write_bytes((folder / file).read_bytes() + b"\n# more\n")
    assert refused(folder)
    (folder / file).unlink()
    assert refused(folder)


@pytest.mark.parametrize("seed", some(range(9), 3, 1))
def test_one_scenario_and_equal_ones_are_the_plan_of_today(seed: int) -> None:
    instance, text = instance_of(seed), model()
    today = allocate(instance, policy(text), Limits(seconds=20))
    allocation = today.frames()["allocation"].to_csv(index=False)
    for tables in ((scenario("only", 1.0),), (scenario("one", 0.25), scenario("other", 0.75))):
        plan, _ = solved(instance, text, *tables)
        assert plan.frames()["allocation"].to_csv(index=False) == allocation
        for future in plan.problem.futures:
            own = future.outcome(plan.outcome.decision).deployed
            assert own == pytest.approx(today.outcome.deployed, abs=1e-6)
        assert plan.certificate.bound == pytest.approx(today.certificate.bound, rel=1e-9)


@pytest.mark.parametrize("seed", some(range(9), 3, 2))
@pytest.mark.parametrize("risk", ["expected", "worst"])
def test_to_wait_and_see_is_no_worse_and_the_mean_plan_no_better(seed: int, risk: str) -> None:
    instance = instance_of(seed)
    plan, record = solved(instance, weighing(model(), risk))
    said, slack = record.record, 1e-9 * plan.certificate.objective
    assert said["wait_and_see"][0] <= said["value"][1] + slack
    assert said["evpi"][1] >= -slack
    if said["expected_value_plan"] is not None:
        assert said["value"][0] <= said["expected_value_plan"][1] + slack
        assert said["vss"][1] >= -slack
    assert plan.bounds is not None
    assert np.all(plan.bounds <= plan.frames()["scenarios"]["shortfall"].to_numpy() + slack)


def test_a_scenario_without_a_plan_is_named() -> None:
    none = scenario("no room", 0.1, "budget*=0.7")
    with pytest.raises(InfeasibleError) as caught:
        solved(INSTANCE, model(), scenario("as given", 0.9), none)
    assert "scenario 'no room' has no plan even by itself" in str(caught.value)


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan for so many futures that they are taken together."""
    folder = tmp_path_factory.mktemp("together") / "plan"
    instance = both(_MADE.settings, _MADE.tables).instance
    return written(folder, instance, weighing(model(), "cvar"), *TABLES, draws=60)


@pytest.mark.slow
def test_a_plan_for_many_futures_holds(together: Path) -> None:
    assert (together / "scenario_limits.csv").read_text("utf-8").count("\n") > 1
    assert not refused(together)


WRONG = {
    "scenario_limits.csv": ["budgets,0,draw-0001", "budgets,1,nobody", "pathways,1,draw-0001"],
    "scenario_weights.csv": ["draw-0001,2.0", "draw-0001,x"],
    "supports.csv": ["1,nan"],
}


@pytest.mark.slow
@pytest.mark.parametrize(("file", "line"), [(f, line) for f in WRONG for line in WRONG[f]])
def test_what_its_program_rests_on_is_read_or_refused_in_words(
    together: Path, tmp_path: Path, file: str, line: str
) -> None:
    folder = copy(together, tmp_path)
    lines = (folder / file).read_text("utf-8").splitlines()
    (folder / file).write_text("\n".join([lines[0], line, *lines[2:]]) + "\n", encoding="utf-8")
    rehash(folder, file)
    with pytest.raises(InputError) as error:
        read_plan(folder)
    assert file in str(error.value)
