import contextlib
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_rows import Row, row
from command_line import Run
from commission_opt.bench.compare import baseline
from commission_opt.bench.results import PLANNED, read_results
from commission_opt.bench.summary import summary
from commission_opt.cli.bench import compare as compare_command
from commission_opt.errors import InputError, UsageError
from samples import many

BASELINES = sorted((Path(__file__).parents[2] / "benchmarks" / "baselines").glob("*.jsonl"))


def written(path: Path, *rows: Row) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", BASELINES, ids=lambda p: p.name)
def test_committed_baselines_can_be_read(path: Path) -> None:
    assert read_results([path])


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("gap", math.nan, "gap: NaN is not a number of 0 or more"),
        ("gap", -1.0, "gap: -1.0 is not a number of 0 or more"),
        ("gap", None, 'gap: is missing; a run that is "optimal" has it'),
        ("objective", math.nan, "objective: NaN is not a number"),
        ("objective", "1000", 'objective: "1000" is not a number'),
        ("objective", True, "objective: true is not a number"),
        ("bound", -math.inf, "bound: -Infinity is not a number"),
        ("bound", 10**400, "is not a number"),
        ("status", "fine", 'status: "fine" is not one of optimal, feasible, infeasible'),
        ("case", "", 'case: "" is not a name'),
        ("case", "a\x1b[2J", "is not a name of characters that print"),
        ("asked_gap", None, "asked_gap: is missing"),
        ("seconds", {"total": "1"}, "seconds: "),
        ("seconds", {"total": -1}, "is not a table of seconds of 0 or more"),
        ("certificate", None, "certificate: is missing"),
        ("certificate", {"valid": "yes"}, "is not a table with valid: true or false"),
        ("hashes", None, "hashes: is missing"),
        ("pair", [1], "pair: [1] is not a whole number of 0 or more"),
        ("stages", [{"objective": math.inf}], "is not made of numbers"),
        ("solver_options", {"hot": None}, "is not a table of lists of options"),
        ("reference_seconds", 0, "reference_seconds: 0 is not a number of 1e-09 or more"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_file_line_and_key(
    key: str, value: object, message: str, tmp_path: Path
) -> None:
    path = written(tmp_path / "r.jsonl", row(), row(**{key: value}))
    with pytest.raises(InputError) as refused:
        read_results([path])
    (problem,) = refused.value.problems
    assert (problem.file, problem.row, problem.column) == ("r.jsonl", 2, key)
    assert message in str(problem)


def test_every_line_that_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    lines = [json.dumps(row(gap=None)), "{", "", '{"a": 1, "a": 2}', "[" * 100_000, '"\\ud800"']
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_results([path, tmp_path / "nowhere.jsonl"])
    named = [(p.file, p.row) for p in refused.value.problems]
    assert named == [*(("r.jsonl", k) for k in (1, 2, 4, 5, 6)), ("nowhere.jsonl", None)]


def test_texts_may_hold_what_other_programs_take_for_the_end_of_a_line(tmp_path: Path) -> None:
    said = row(message="one\u2028two\x85three")
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")
    assert read_results([path])[0]["message"] == said["message"]


@pytest.mark.parametrize("key", ["gap", "objective", "bound"])
@pytest.mark.parametrize("value", [math.nan, math.inf, None, "1", []])
def test_what_is_no_number_ends_with_1(tmp_path: Path, run: Run, key: str, value: object) -> None:
    base = written(tmp_path / "base.jsonl", row())
    head = written(tmp_path / "head.jsonl", row(**{key: value}))
    for files in ((base, head), (head, base)):
        ran = run("bench", "compare", *files, "--fail-on", "none")
        assert (ran.code, ran.out) == (1, "")
        assert ran.problems[0].startswith(f"error: head.jsonl row 1, {key}: ")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    | st.sampled_from(["optimal", "crash", "time", "gap", "infeasible", "peer:x", 1e300, 10**400]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=3,
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every table or list of a row with every key of it."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@st.composite
def spoilt(draw: st.DrawFn) -> Row:
    """Draw a row of which some values are others, or gone."""
    made = row()
    for _ in range(draw(st.integers(0, 3))):
        table, key = draw(st.sampled_from(list(places(made))))
        if isinstance(table, dict) and draw(st.booleans()):
            del table[key]
        else:
            table[key] = draw(ANYTHING)
    return made


@many
@given(base=st.lists(spoilt(), min_size=1, max_size=2), head=spoilt())
def test_rows_of_any_kind_are_refused_or_judged(
    base: list[Row], head: Row, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    files = written(folder / "base.jsonl", *base), written(folder / "head.jsonl", head)
    try:
        rows = read_results(files)
    except InputError as error:
        unnamed = [p for p in error.problems if not p.file.endswith(".jsonl") or p.row is None]
        if unnamed:
            pytest.fail(f"{unnamed} name no file and line")
        return
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = compare_command(*files)
    assert code in (0, 1)
    assert "nan" not in said.getvalue().lower()
    if code == 0:  # nothing is said to be as good without having been compared
        assert rows[-1]["case"] in {one["case"] for one in rows[:-1]}
        statuses = {one["status"] for one in rows if one["case"] == rows[-1]["case"]}
        assert rows[-1]["status"] in PLANNED or statuses == {"infeasible"}
    summary({"rows": rows}).markdown()
    with contextlib.suppress(UsageError):
        baseline(rows)
