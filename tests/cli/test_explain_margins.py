"""`explain PLAN` at the margin, with --change and with --course, on the command line."""

import json
from pathlib import Path

import pytest

from command_line import Run, main_in, runner
from small_sweeps import MODEL


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("margins")
    main_in(folder, "solve", "two-by-two", "--model", MODEL, "--out", "plan")
    return folder / "plan"


def test_values_at_the_margin(run: Run, plan: Path) -> None:
    said = run("explain", plan)
    assert said.code == 0
    assert "Another £1m would buy most in tuition in 2026/27: 42.6 weighted FTE-years" in said.out
    assert "£140,000" in said.out
    assert all(len(line) <= 120 for line in said.out.splitlines())
    (record,) = json.loads(run("explain", plan, "--format", "json").out)
    money = record["tables"]["money"]
    assert money[0]["change"] == ["budget[fund=tuition,year=2026]+=1000000"]
    assert money[0]["low"] <= money[0]["worth"] <= money[0]["high"] <= money[0]["most"]
    assert len(record["tables"]["capacity"]) == 4


def test_markdown(run: Run, plan: Path) -> None:
    said = run("explain", plan, "--format", "md")
    assert said.out.startswith("## ")
    assert "| tuition |" in said.out


@pytest.mark.slow
def test_replan(run: Run, plan: Path) -> None:
    said = run("explain", plan, "--replan", 1, "--format", "json")
    (record,) = json.loads(said.out)
    rows = {row["what"]: row for row in record["tables"]["replanned"]}
    assert rows["as it is"]["found"] == pytest.approx(0, abs=1e-9)
    # £10,000 and £1m more fill nurse-south, 15 more places.
    found = rows["budget[fund=tuition,year=2026]+=1000000"]
    assert found["found"] >= 15 * 3.04 - 1e-9
    assert found["found"] <= found["most"] + 1e-9


def test_what_if(run: Run, plan: Path) -> None:
    change = "budget[fund=tuition]+=60000"
    said = run("explain", plan, "--change", change)
    assert said.code == 0
    assert "nurse-south" in said.out
    assert "+18.3" in said.out  # which is proved to be the most
    wrong = run("explain", plan, "--change", "budgets[found=x]+=1")
    assert wrong.code == 2
    assert "did you mean" in wrong.err


@pytest.mark.slow
def test_why_a_course(run: Run, plan: Path) -> None:
    said = run("explain", plan, "--course", "nurse-south")
    assert said.code == 0
    assert "Why nurse-south has 15 places in 2026" in said.out
    assert all(len(line) <= 120 for line in said.out.splitlines())
    assert run("explain", plan, "--course", "nurse-sout").code == 2
    assert "did you mean 'nurse-south'?" in run("explain", plan, "--course", "nurse-sout").err
    assert run("explain", plan, "--course", "nurse-south", "--year", 2030).code == 2


def test_where_supply_comes_from(run: Run, plan: Path) -> None:
    said = run("explain", plan, "--profession", "nurse", "--region", "south")
    assert said.code == 0
    assert "1 course feeds south; nurse-south brings most" in said.out


@pytest.mark.each(2)
@pytest.mark.parametrize(
    "options",
    [
        ("--profession", "nurse"),
        ("--year", 2026),
        ("--course", "nurse-south", "--change", "budget*=1.1"),
        ("--course", "nurse-south", "--replan", 1),
    ],
)
def test_options_that_do_not_go_together(run: Run, plan: Path, options: tuple[object, ...]) -> None:
    assert run("explain", plan, *options).code == 2
