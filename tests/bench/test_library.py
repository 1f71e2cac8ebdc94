import json
from pathlib import Path

import pandas as pd
import pytest
from highspy.highs import Highs

from bench_rows import Row, row
from command_line import Run
from commission_opt.bench.library import (
    Known,
    chosen,
    comparison,
    contradictions,
    improved,
    others,
    read_known,
    table_of,
)
from commission_opt.bench.spec_file import read_spec
from commission_opt.errors import InputError, UsageError

LIBRARY = Path(__file__).parents[2] / "benchmarks/library"
MEANS = {"instance": "i", "model": "m"}


def known(objective: float = 1000.0, bound: float = 990.0) -> dict[str, Known]:
    return {"hard": Known("hard", "u", objective, bound, "a", 5.0, "b", 6.0, "i", "m")}


def run_of(objective: float, bound: float, **more: object) -> Row:
    return row(
        name="hard", unit="u", objective=objective, bound=bound, work_limit=7.0, commit="c",
        gap=(objective - bound) / objective, **{"means": MEANS, **more},
    )  # fmt: skip


@pytest.mark.parametrize("objective", [999.0, 1000.0, 1001.0])
@pytest.mark.parametrize("bound", [989.0, 990.0, 991.0])
def test_what_is_known_never_gets_worse(objective: float, bound: float) -> None:
    [found] = improved(known(), [run_of(objective, bound)]).values()
    assert (found.objective, found.bound) == (min(objective, 1000.0), max(bound, 990.0))
    assert (found.plan_commit, found.plan_work) == (("c", 7.0) if objective < 1000 else ("a", 5.0))
    assert (found.bound_commit, found.bound_work) == (("c", 7.0) if bound > 990 else ("b", 6.0))


def test_a_bound_above_a_known_plan_and_a_plan_below_a_known_bound_are_refused() -> None:
    assert list(contradictions([run_of(1000.0, 1000.0)], known())) == []
    [above] = contradictions([run_of(1010.0, 1000.01)], known())
    assert "no plan is below 1000.01, it says, and one of 1000.0 is known (a)" in above
    [below] = contradictions([run_of(989.9, 980.0)], known())
    assert "a plan of 989.9, and it is known that none is below 990.0 (b)" in below


def test_another_instance_or_model_is_no_case_of_the_table() -> None:
    assert list(others([run_of(1000.0, 990.0)], known())) == []
    [said] = others([run_of(1000.0, 990.0, means={**MEANS, "model": "x"})], known())
    assert said == "hard: the model is another than that of the table"


def test_says_what_is_new() -> None:
    runs = [run_of(999.0, 991.0), run_of(1000.0, 990.0)]
    assert [cells[-1] for cells in comparison(runs, known())] == [
        "a better plan, a better bound", "",
    ]  # fmt: skip
    assert comparison(runs[:1], {})[0][-1] == "a first plan and bound"
    crashed = row(name="hard", status="crash", objective=None, bound=None)
    assert comparison([crashed], known())[0][-1] == "crash"


def test_the_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "best.csv"
    assert read_known(path) == {}
    path.write_text(table_of(known(1 / 3, 0.1)), encoding="utf-8")
    assert read_known(path) == known(1 / 3, 0.1)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda text: text.replace("objective", "value", 1), (1, "objective")),
        (lambda text: text.replace("1000.0", "many"), (2, "objective")),
        (lambda text: text.replace("990.0", "inf"), (2, "bound")),
        (lambda text: text + text.splitlines()[1] + "\n", (3, "case")),
    ],
)
def test_a_wrong_table_is_refused_by_row_and_column(
    tmp_path: Path, change: object, where: tuple[int, str]
) -> None:
    assert callable(change)
    path = tmp_path / "best.csv"
    path.write_text(change(table_of(known())), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_known(path)
    [problem] = refused.value.problems
    assert (problem.file, problem.row, problem.column) == ("best.csv", *where)


def test_the_library_has_forty_named_cases_and_the_table_no_others() -> None:
    cases = read_spec(LIBRARY / "library.toml").cases
    names = [case.name for case in cases]
    assert len(set(names)) == len(names) == 40
    assert "" not in names
    table = read_known(LIBRARY / "best.csv")
    assert set(table) <= set(names)
    assert all(each.bound <= each.objective * (1 + 1e-9) for each in table.values())
    assert [case.name for case in chosen(cases, ["tiny-1"])] == ["tiny-1"]
    with pytest.raises(UsageError, match="no case of the library has 'huge'"):
        chosen(cases, ["tiny", "huge"])


def test_a_library_is_run_compared_and_exported(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / "library.toml").write_text(
        'name = "l"\ntitle = "L"\n[[case]]\nname = "one"\nwork_limit = 1\n'
        "generate = { professions = 2, regions = 1, years = 1, seed = 1 }\n",
        encoding="utf-8",
    )
    first = run("bench", "library", folder, "--out", tmp_path / "rows.jsonl")
    assert (first.code, "a first plan and bound" in first.out) == (0, True), first.err
    case = Known("one", "u", 1.0, 0.5, "a", 1.0, "b", 1.0, "x", "y")
    (folder / "best.csv").write_text(table_of({"one": case}), encoding="utf-8")
    second = run("bench", "library", folder, "--update")
    assert second.code == 1
    assert "no plan is below" in second.err
    assert "the instance is another than that of the table" in second.err
    assert read_known(folder / "best.csv") == {"one": case}  # nothing was written
    assert run("bench", "library", folder, "--export", tmp_path / "mps").code == 0
    solver = Highs()
    solver.setOptionValue("output_flag", False)
    solver.readModel(str(tmp_path / "mps/one.mps"))
    solver.run()
    written = pd.read_csv(tmp_path / "mps/problems.csv").iloc[0]
    found = json.loads((tmp_path / "rows.jsonl").read_text("utf-8"))["objective"]
    best = solver.getInfo().objective_function_value * written["one_is"]
    assert best == pytest.approx(found, rel=1e-4)  # HiGHS's own gap
