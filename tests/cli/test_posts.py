"""Commands on a plan that leaves staff without a post, against the plan's tables."""

import json
import shutil
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from command_line import Answer, Run
from commission_opt.files.shipped import find_instance
from commission_opt.plan.read import read_plan
from commission_opt.plan_workbook.book import plan_workbook
from plan_tables import PlanTables
from report_pages import page_of

POSTS = """\
profession,region,year,posts
nurse,north,*,100
nurse,north,2028,90
paramedic,south,*,40
paramedic,south,2029,20
"""
SECOND = 'tolerance = 0.01\n\n[[objective]]\nminimise = "unemployed"\n'


def write(folder: Path, posts: str = POSTS) -> tuple[Path, Path]:
    """An instance with posts and a model that looks after them; their paths."""
    shutil.copytree(find_instance("two-by-two"), folder / "instance")
    if posts:
        (folder / "instance" / "posts.csv").write_text(posts)
    model = folder / "instance" / "model.toml"
    model.write_text(model.read_text() + SECOND)
    return folder / "instance", model


@pytest.fixture
def solved(tmp_path: Path, run: Run) -> tuple[Answer, Path]:
    instance, model = write(tmp_path)
    return run("solve", instance, "--model", model, "--out", tmp_path / "plan"), tmp_path / "plan"


def test_screen_tables_answers_page_and_workbook_agree(
    solved: tuple[Answer, Path], run: Run
) -> None:
    ran, folder = solved
    rows = PlanTables(folder).rows("supply")
    with_posts = [row for row in rows if row["posts"]]
    assert {(row["profession"], row["region"]) for row in with_posts} == {
        ("nurse", "north"),
        ("paramedic", "south"),
    }
    assert [row["unemployed"] for row in rows if not row["posts"]] == [""] * (len(rows) // 2)
    for row in with_posts:
        demand, supply, posts, short, idle = (
            float(row[name]) for name in ("demand", "supply", "posts", "shortfall", "unemployed")
        )
        assert short == pytest.approx(max(0.0, demand - min(supply, posts)))
        assert idle == pytest.approx(max(0.0, supply - posts))
    total = sum(float(row["unemployed"]) for row in with_posts)
    said = f"With the plan {total:,.0f} FTE-years of staff are without a post to 2029/30"
    assert total > 1
    assert said in " ".join(ran.err.split())
    assert run("verify", folder).code == 0
    assert said in " ".join(page_of(folder).replace("\N{NO-BREAK SPACE}", " ").split())
    answer = json.loads(run("explain", folder, "--posts", "--format", "json").out)[0]
    cells = {
        (row["profession"], row["region"], row["year"]): row for row in answer["tables"]["cells"]
    }
    assert len(cells) == len(with_posts)
    for row in with_posts:
        cell = cells[row["profession"], row["region"], int(row["year"])]
        assert cell["without"] == pytest.approx(float(row["unemployed"]), abs=1e-6)
        assert cell["posts"] == float(row["posts"])
    book = openpyxl.load_workbook(BytesIO(plan_workbook(read_plan(folder))))
    texts = [cell.value for row in book["certificate"].iter_rows() for cell in row]
    assert any(isinstance(text, str) and text.startswith(said) for text in texts)
    shown = [[cell.value for cell in row] for row in book["posts"].iter_rows()]
    headings = shown[1]
    of_years = [float(str(row[headings.index("without a post")])) for row in shown[2:6]]
    assert sum(of_years) == pytest.approx(total)
    assert any(isinstance(row[0], str) and row[0].startswith(said) for row in shown)
    assert "unemployed" in [cell.value for row in book["supply table"].iter_rows() for cell in row]


@pytest.mark.slow
def test_the_other_engine_and_other_posts(tmp_path: Path, run: Run) -> None:
    instance, model = write(tmp_path)
    values = []
    for more in ([], ["--engine", "pyomo"]):
        out = tmp_path / f"plan{len(more)}"
        assert run("solve", instance, "--model", model, "--out", out, *more).code == 0
        values.append(json.loads((out / "plan.json").read_text())["objective"])
    assert values[1] == pytest.approx(values[0])
    told = run("explain", tmp_path / "plan0", "--change", "posts[profession=nurse]*=2")
    assert told.code == 0
    assert "posts[profession=nurse]*=2" in told.out


@pytest.mark.parametrize(
    ("command", "out"),
    [
        (("solve",), "plan"),
        (("check",), ""),
        (("export",), "stage.mps"),
        (("frontier", "--over", "budget"), "frontier"),
        (("sweep", "--vary", "demand*=1,1.1"), "sweep"),
    ],
)
def test_an_objective_without_its_table_is_an_error(
    command: tuple[str, ...], out: str, tmp_path: Path, run: Run
) -> None:
    instance, model = write(tmp_path, posts="")
    name, *options = command
    where = ("--out", tmp_path / out) if out else ()
    ran = run(name, instance, "--model", model, *options, *where)
    assert ran.code == 1
    said = " ".join((ran.err + ran.out).replace("│", " ").split())
    assert "the objective “unemployed” needs posts.csv, of which instance" in said
    assert not (tmp_path / "sweep").exists()


def test_questions_about_posts_go_with_posts(tmp_path: Path, run: Run) -> None:
    instance = find_instance("two-by-two")
    model = ("--model", instance / "model.toml")
    assert run("solve", instance, *model, "--out", tmp_path / "plan").code == 0
    ran = run("explain", tmp_path / "plan", "--posts")
    assert ran.code == 2
    assert "the instance has no posts" in " ".join(ran.err.split())
    ran = run("explain", tmp_path / "plan", "--posts", "--course", "nurse-north")
    assert ran.code == 2
    assert "give one of --change, --course" in " ".join(ran.err.split())
