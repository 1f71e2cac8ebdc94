"""What only its author can say of a paper: from a file, from options, and on the page."""

from dataclasses import fields
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.errors import InputError, UsageError
from commission_opt.plan.sign import Role, sign
from commission_opt.report.page import render
from commission_opt.report.pages import plan_page
from commission_opt.report.paper import Paper, read_paper
from report_pages import HOSTILE, Parsed, facts_of, make_plan
from samples import model

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")

WHOLE = """[paper]
title = "Places for 2026"
author = "A. Analyst"
date = 2026-12-03
version = "0.3"
status = "for decision"
asked = "to agree the places"
"""


def file(folder: Path, text: str) -> Path:
    path = folder / "paper.toml"
    path.write_text(text, encoding="utf-8")
    return path


def about(page: str) -> dict[str, str]:
    """What stands below the title."""
    parsed = Parsed(page)
    names, texts = ([e.text for e in parsed.all(tag) if "header" in e.parents]
                    for tag in ("dt", "dd"))  # fmt: skip
    return dict(zip(names, texts, strict=True))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_plan(tmp_path_factory.mktemp("plan"), text=model(years=1))


def test_a_file_says_it_and_options_go_before_it(tmp_path: Path) -> None:
    found = read_paper(file(tmp_path, WHOLE))
    assert found == Paper(
        "Places for 2026", "A. Analyst", "3 December 2026", "0.3", "for decision",
        "to agree the places",
    )  # fmt: skip
    again = found.over({"version": " 0.4 ", "author": None})
    assert (again.version, again.author) == ("0.4", "A. Analyst")


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("[paper]\nauthor = 3\n", 2, "paper, author", "3 is not text in quotes"),
        ("[paper]\n\nversion = 1.10\n", 3, "paper, version", "is not text in quotes"),
        ("[paper]\nwriter = 'x'\n", 2, "paper, writer", "the keys are title, author, date"),
        ("[paper]\ntitle = ''\n", 2, "paper, title", "is empty"),
        ("[paper]\ntitle = 'a\u202eb'\n", 2, "paper, title", "do not show"),
        ("[paper]\ntitle = '''a\nb'''\n", 2, "paper, title", "on one line"),
        (f"[paper]\ntitle = '{'a' * 201}'\n", 2, "paper, title", "more than 200 characters"),
        ("paper = 'x'\n", 1, "paper", "write [paper] on a line of its own"),
        ("title = 'x'\n", 1, "title", "is not a key of a paper file"),
        ("", None, "paper", "is missing"),
    ],
)
def test_a_bad_file_is_told_by_line(
    tmp_path: Path, text: str, line: int | None, column: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_paper(file(tmp_path, text))
    problems = [p for p in caught.value.problems if p.column == column]
    assert problems
    assert problems[0].row == line
    assert said in problems[0].message


def test_the_page_shows_what_is_given_and_says_what_is_not(plan: Path) -> None:
    facts = facts_of(plan)
    bare = render(plan_page(facts))
    assert about(bare) == {
        "Date": "not given", "Version": "not given", "Author": "not given",
        "Status": "Draft: nobody has signed it",
    }  # fmt: skip
    page = plan_page(facts, paper=Paper("T", "A", "3 May 2026", "1.0", "for decision", "to agree"))
    shown = Parsed(render(page))
    assert shown.all("h1")[0].text == "T"
    assert facts.instance.title in shown.all("header")[0].text
    assert about(render(page)) == {
        "Date": "3 May 2026", "Version": "1.0", "Author": "A",
        "Status": "for decision; draft: nobody has signed it",
    }  # fmt: skip
    asked, to_decide = page.sections[0].sentences
    assert asked == "Asked: to agree"
    places = facts.places[:, :, 0].sum()
    assert f"To decide: whether to commission {places:,.0f} training places" in to_decide


def test_whoever_signed_is_named_and_a_commissioner_has_decided(tmp_path: Path) -> None:
    folder = make_plan(tmp_path, text=model(years=1))
    sign(facts_of(folder).found.plan, Role.analyst, "Ann Alyst", "")
    page = plan_page(facts_of(folder))
    assert dict(page.about)["Status"].startswith("Signed by Ann Alyst (analyst, 20")
    assert page.sections[0].sentences[0].startswith("To decide: ")
    sign(facts_of(folder).found.plan, Role.commissioner, "Com Missioner", "")
    page = plan_page(facts_of(folder))
    assert page.sections[0].sentences[0].startswith("Decided by Com Missioner: ")


def test_fractions_are_not_put_to_a_decision(tmp_path: Path) -> None:
    page = plan_page(facts_of(make_plan(tmp_path, text=model(years=1, integer=False))))
    assert "Nothing can be commissioned by this plan" in page.sections[0].sentences[0]


def test_hostile_words_of_an_author_stay_text(plan: Path) -> None:
    texts = [text for text in HOSTILE if "\u202e" not in text][: len(fields(Paper))]
    page = render(plan_page(facts_of(plan), paper=Paper(*texts)))
    parsed = Parsed(page)
    assert len(parsed.all("script")) == len(parsed.all("style")) == 1
    assert not parsed.all("img")
    whole = " ".join(parsed.all("body")[0].text.split())
    assert all(text in whole for text in texts)


def test_the_command_takes_options_and_a_file(run: Run, plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    ran = run("report", plan, "--out", out, "--paper", file(tmp_path, WHOLE), "--author", "B. Best",
              "--paper-version", "2")  # fmt: skip
    assert ran.code == 0
    found = about(out.read_text("utf-8"))
    assert (found["Author"], found["Version"], found["Date"]) == ("B. Best", "2", "3 December 2026")
    for options, said in (
        (["--title", ""], "--title is empty"),
        (["--paper-version", "a\x1bb"], "--paper-version has characters"),
        (["--paper", tmp_path / "none.toml"], "the paper file cannot be read"),
    ):
        ran = run("report", plan, "--out", tmp_path / "s.html", *options)
        assert ran.code in (1, 2)
        assert said in " ".join(ran.err.split()) + " ".join(map(str, ran.problems))
        assert not (tmp_path / "s.html").exists()


def test_only_plans_have_authors(tmp_path: Path) -> None:
    from commission_opt.report.pages import page_of
    from commission_opt.sweep.run import work_out
    from small_sweeps import here, small

    work_out(small(), tmp_path / "sweep", here)
    with pytest.raises(UsageError, match="go with a plan"):
        page_of(tmp_path / "sweep", paper=Paper(author="A"))
