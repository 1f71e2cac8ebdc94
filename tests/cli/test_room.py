import json
from pathlib import Path

import openpyxl
import pytest

from command_line import Run, main_in
from commission_opt.plan.read import read_plan
from samples import model
from some import some


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("room")
    main_in(folder, "solve", "two-by-two", "--out", "plan")
    return folder / "plan"


def test_ranges_are_printed(plan: Path, run: Run) -> None:
    ran = run("room", plan, "--within", "0,0.05", "--totals")
    assert ran.code == 0
    assert "Room to move" in ran.out
    assert "within 5%" in ran.out
    assert "Places of each course" in ran.out
    assert "All places of each profession" in ran.out
    assert "All places of each region" in ran.out


def test_the_same_as_markdown_and_json(plan: Path, run: Run) -> None:
    markdown = run("room", plan, "--format", "md")
    assert markdown.out.startswith("## Room to move")
    ran = run("room", plan, "--format", "json")
    (answer,) = json.loads(ran.out)
    stored = read_plan(plan)
    rows = {row["course"]: row for row in answer["tables"]["courses"]}
    assert set(rows) == set(stored.instance.courses["course"])
    for code, places in zip(stored.instance.courses["course"], stored.places[:, 0], strict=True):
        row = rows[code]
        assert row["places"] == places
        for tag in ("0.1%", "1%", "5%"):
            assert row[f"least {tag}"] <= row[f"least reached {tag}"] <= places
            assert places <= row[f"most reached {tag}"] <= row[f"most {tag}"]
            for end in ("least", "most"):
                both = row[f"{end} {tag}"] == row[f"{end} reached {tag}"]
                assert (row[f"{end} is {tag}"] == "proved and reached") == both


def test_filters(plan: Path, run: Run) -> None:
    code = read_plan(plan).instance.courses["course"].iloc[1]
    ran = run("room", plan, "--course", code, "--format", "json")
    (answer,) = json.loads(ran.out)
    assert [row["course"] for row in answer["tables"]["courses"]] == [code]


@pytest.mark.slow
def test_different_plans_are_written(plan: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "others"
    asked = ("room", plan, "--alternatives", 2, "--within", "0.2", "--out", out)
    ran = run(*asked)
    assert ran.code == 0
    assert "Different plans" in ran.out
    written = sorted(path.name for path in out.iterdir())
    assert written[0] == "plan-1"
    first = read_plan(plan)
    for name in written:
        other = read_plan(out / name)
        assert (other.places != first.places).any()
        assert other.record["objective"] <= 1.2 * first.record["objective"] + 1e-6
    again = run(*asked)
    assert again.code == 2
    assert "--force" in again.err
    assert run(*asked, "--force").code == 0


@pytest.mark.slow
def test_verify_says_what_different_plans_were_not_made_for(tmp_path: Path, run: Run) -> None:
    asked = tmp_path / "model.toml"
    asked.write_text(model(stages=(("shortfall", 0.05), ("change", 0.0))), encoding="utf-8")
    plan, out = tmp_path / "plan", tmp_path / "others"
    assert run("solve", "two-by-two", "--model", asked, "--out", plan).code == 0
    assert run("room", plan, "--alternatives", 1, "--within", "0.2", "--out", out).code == 0
    for folder, later in ((plan, []), (out / "plan-1", ["change"])):
        ran = run("verify", folder, "--json")
        assert ran.code == 0
        found = json.loads(ran.out)
        assert found["not_pursued"] == later
        assert len(found["stages"]) == 2 - len(later)
        sentence = (
            "Later objectives of its model were not pursued: the change. Its status, "
            f"{read_plan(folder).record['status']}, and the bounds speak of the "
            "weighted shortfall only."
        )
        assert (sentence in found["verdict"]) == bool(later)
        assert (sentence in " ".join(ran.err.split())) == bool(later)
        assert any(
            text.startswith("The plan says that it was looked") for text in found["verdict"]
        ) == bool(later)
        assert not later or not any("not settled" in text for text in found["verdict"])
        assert run("report", folder, "--out", tmp_path / "page.html", "--force").code == 0
        page = (tmp_path / "page.html").read_text("utf-8")
        assert page.count("objectives of its model were not pursued") == 2 * bool(later)
        book = tmp_path / f"{folder.name}.xlsx"
        assert run("workbook", "export", folder, book).code == 0
        rows = [str(row[1]) for row in openpyxl.load_workbook(book)["certificate"].values]
        assert (sentence in rows) == bool(later)


@pytest.mark.slow
def test_compare_says_why_a_different_plan_is_another(tmp_path: Path, run: Run) -> None:
    plan, out = tmp_path / "plan", tmp_path / "others"
    asked = tmp_path / "model.toml"
    asked.write_text(model(stages=(("shortfall", 0.05), ("change", 0.0))), encoding="utf-8")
    assert run("solve", "two-by-two", "--model", asked, "--out", plan).code == 0
    assert run("room", plan, "--alternatives", 1, "--within", "0.2", "--out", out).code == 0
    said = " ".join(run("compare", plan, out / "plan-1").out.split())
    assert "plan-1 was looked for because it differs from another plan" in said
    assert "plan-1 was not made for the model's later objectives" in said
    assert "another gap, time or seed" not in said


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("options", "message"),
    some(
        [
            (["--within", "much"], "no list of shares"),
            (["--within", "-0.1"], "share of 0 or more"),
            (["--course", "no-such"], "there is no course"),
            (["--profession", "no-such"], "there is no profession"),
            (["--region", "no-such"], "there is no region"),
            (["--out", "x"], "go with --alternatives"),
            (["--alternatives", "1", "--within", "0.1,0.2"], "one --within"),
            (["--alternatives", "1", "--totals"], "leave the others out"),
            (["--jobs", "0"], "--jobs"),
        ],
        2,
    ),
)
def test_bad_options_are_refused(plan: Path, run: Run, options: list[str], message: str) -> None:
    ran = run("room", plan, *options)
    assert ran.code == 2
    assert message in " ".join(ran.err.replace("│", " ").split())


def test_what_is_no_plan_is_refused(tmp_path: Path, run: Run) -> None:
    ran = run("room", tmp_path)
    assert ran.code == 2
    assert "is no plan" in ran.err
