"""Options side by side: every figure is held to the tables of the plans."""

import io
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from command_line import main_in
from commission_opt.errors import InfeasibleError, InputError, UsageError
from commission_opt.report.book import page_workbook
from commission_opt.report.options.asked import LAST, NOTHING, Options, Recommendation, Wanted
from commission_opt.report.options.figures import csv_of, figures
from commission_opt.report.options.made import PLANS, Option, options_of
from commission_opt.report.options.page import options_page
from commission_opt.report.page import Page, render
from commission_opt.solvers.status import Watch
from report_pages import HOSTILE, Parsed, make_plan, options_of_hostile, rows
from samples import model

UNSURE = (
    'name = "unsure"\ntitle = "Unsure"\ndraws = 4\n[[uncertain]]\nname = "demand"\n'
    'figures = "demand"\nhow = "*="\nuniform = [0.9, 1.1]\n'
)
NAMES = ("As it is", "Less money", "Shared")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plan, an instance, a model and an uncertainty file."""
    folder = tmp_path_factory.mktemp("options")
    make_plan(folder)
    (folder / "model.toml").write_text(model(years=2), encoding="utf-8")
    shared = model(years=2, stages=(("worst_region", 0.0), ("shortfall", 0.0)))
    (folder / "shared.toml").write_text(shared, encoding="utf-8")
    (folder / "unsure.toml").write_text(UNSURE, encoding="utf-8")
    return folder


def wanted(place: Path) -> Options:
    instance = place / "instance"
    return Options(
        "Options for a test",
        (
            Wanted(NAMES[0], place / "plan"),
            Wanted(NAMES[1], None, instance, place / "model.toml", ("budget[fund=tuition]*=0.3",)),
            Wanted(NAMES[2], None, instance, place / "shared.toml"),
        ),
        Recommendation(NAMES[1], "Decide this", "A. Owner", "", ("One risk",), ("1 May",)),
        place / "unsure.toml",
        draws=20,
    )


@pytest.fixture(scope="module")
def made(place: Path) -> tuple[Option, ...]:
    return options_of(wanted(place), place / "made", Watch(), command="typed")


@pytest.fixture(scope="module")
def page(place: Path, made: tuple[Option, ...]) -> Page:
    return options_page(wanted(place), made)


def folder_of(place: Path, number: int) -> Path:
    return place / "plan" if not number else next((place / "made" / PLANS).glob(f"{number + 1}-*"))


def spent(plan: Path, year: str) -> float:
    """All that is spent in a year, where the widest budgets cover everything."""
    table = pd.read_csv(plan / "budgets.csv", dtype={"year": str})
    own = table[(table["region"] == "*") & (table["year"] == year)]
    return float(own[["committed", "planned", "continued"]].to_numpy().sum())


def test_two_comparisons_stand_before_the_plans(made: tuple[Option, ...]) -> None:
    assert [each.name for each in made] == [NOTHING, LAST, *NAMES]
    assert [each.is_plan for each in made] == [False, False, True, True, True]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_figures_of_a_plan_are_those_of_its_tables(
    place: Path, made: tuple[Option, ...], number: int
) -> None:
    plan, row = folder_of(place, number), figures(made).iloc[2 + number]
    allocation, supply = rows(plan / "allocation.csv"), rows(plan / "supply.csv")
    first = sum(float(line["places"]) for line in allocation if line["year"] == "2026")
    last = sum(float(line["last_intake"]) for line in allocation if line["year"] == "2026")
    assert (row["places"], row["change"]) == (first, first - last)
    assert row["missing_years"] == pytest.approx(sum(float(line["shortfall"]) for line in supply))
    end = [float(line["shortfall"]) for line in supply if line["year"] == "2031"]
    assert row["missing"] == pytest.approx(sum(end))
    assert row["spent"] == pytest.approx(spent(plan, "2026"))
    regions = pd.DataFrame(supply).astype({"demand": float, "shortfall": float})
    shares = regions.groupby("region")[["shortfall", "demand"]].sum()
    part = shares["shortfall"] / shares["demand"]
    assert row["worst"] == pytest.approx(part.max())
    assert row["spread"] == pytest.approx(part.max() - part.min())
    exact = pd.read_csv(io.StringIO(csv_of(made)))
    for year in range(2026, 2032):
        of_year = sum(float(line["shortfall"]) for line in supply if line["year"] == str(year))
        assert exact[f"missing_{year}"][2 + number] == pytest.approx(of_year)
        assert exact[f"spent_{year}"][2 + number] == pytest.approx(spent(plan, str(year)))


def test_nothing_and_last_year_are_those_of_the_first_plan(made: tuple[Option, ...]) -> None:
    frame, first = figures(made), made[2].facts
    assert frame["places"][:2].tolist() == [0.0, first.last_year.sum()]
    assert frame["missing_years"][0] == first.outcome.shortfall_base.sum()
    assert frame["cut"][0] == 0.0
    assert frame["spent_more"][1] == 0.0
    assert frame["gap"][:2].isna().all()


def test_less_money_spends_less_and_leaves_more_missing(made: tuple[Option, ...]) -> None:
    frame = figures(made)
    assert frame["spent_all"][3] < frame["spent_all"][2]
    assert frame["missing_years"][3] >= frame["missing_years"][2]
    assert frame["worst"][4] <= frame["worst"][2] + 1e-9


def test_risk_is_what_the_audit_of_the_same_draws_says(made: tuple[Option, ...]) -> None:
    from commission_opt.auditing.made import Asked as AuditAsked
    from commission_opt.auditing.made import made as audited
    from commission_opt.auditing.work import work_of

    frame, plan = figures(made), made[2].facts.found.plan
    record = audited(
        work_of(plan, UNSURE.encode(), "unsure.toml", 20, 1, 0.05), AuditAsked(), Watch()
    )
    plain = next(each for each in record["values"] if each["name"] == "fte_years")
    assert frame["mean"][2] == pytest.approx(plain["mean"])
    assert frame["tenth"][2] == pytest.approx(plain["worst_tenth"])
    assert frame["mean"][0] > frame["mean"][2]


def section(page: Page, key: str) -> list[str]:
    own = next(each for each in page.sections if each.key == key)
    return [*own.sentences, *own.points]


def test_the_recommendation_is_its_authors_and_says_what_is_missing(page: Page) -> None:
    said = section(page, "recommendation")
    assert said[0].startswith("Recommended: “Less money”. It leaves ")
    assert said[1:] == [
        "Not said in the file: why.", "Decision asked: Decide this", "Owner: A. Owner",
        "Risk: One risk", "Date: 1 May",
    ]  # fmt: skip


def test_nothing_is_recommended_that_nobody_wrote(place: Path, made: tuple[Option, ...]) -> None:
    page = options_page(Options("", wanted(place).options), made)
    assert section(page, "recommendation")[0].startswith("No recommendation is made here")
    assert page.title == "A tiny instance"


def test_sentences_name_the_best_of_the_plans(made: tuple[Option, ...], page: Page) -> None:
    frame = figures(made)
    fewest = made[2 + int(np.argmin(frame["missing"].to_numpy()[2:]))].name
    assert section(page, "shortfall")[0].startswith(f"Of the plans, “{fewest}” leaves the fewest")
    dearest = made[2 + int(np.argmax(frame["spent_all"].to_numpy()[2:]))].name
    assert section(page, "money")[0].startswith(f"Of the plans, “{dearest}” spends most")
    fairest = made[2 + int(np.argmin(frame["worst"].to_numpy()[2:]))].name
    assert section(page, "fairness")[0].startswith(f"Of the plans, “{fairest}” leaves the shortest")


def test_whom_an_option_gives_more_is_told_against_the_first(
    made: tuple[Option, ...], page: Page
) -> None:
    for option, said in zip(made[3:], section(page, "people"), strict=True):
        change = (option.places - made[2].places)[:, :, 0]
        assert said.startswith(f"Against “As it is”, “{option.name}” ")
        total = change.sum()
        if not change.any():
            assert "as many places" in said
            continue
        for names, sums in (
            (option.facts.professions, change.sum(axis=1)),
            (option.facts.regions, change.sum(axis=0)),
        ):
            if sums.max() > 0.5:
                assert f"{names[int(np.argmax(sums))]} (+{sums.max():,.0f})" in said
            if sums.min() < -0.5:
                assert f"{names[int(np.argmin(sums))]} (−{-sums.min():,.0f})" in said
        assert said.endswith("in all.")
        assert abs(total) <= 0.5 or f"{abs(total):,.0f} in all." in said


def test_what_differs_is_listed(page: Page) -> None:
    own = next(each for each in page.sections if each.key == "source")
    table = own.exhibits[1].table.frame
    budgets = table[(table["option"] == "Less money") & (table["table"] == "budgets")]
    assert budgets["count"].sum() == 8
    assert (table["option"] == "Shared").any()
    commands = own.exhibits[0].table.frame["command"]
    assert "--change 'budget[fund=tuition]*=0.3' (by typed)" in commands[1]


def test_figures_that_are_not_like_for_like_are_told(place: Path) -> None:
    more = Wanted("Fewer leave", None, place / "instance", place / "model.toml", ("leavers*=0.9",))
    asked = Options("", (Wanted("As it is", place / "plan"), more))
    made = options_of(asked, place / "leavers", Watch())
    said = section(options_page(asked, made), "options")
    assert any("“Fewer leave” rests on other figures than “As it is”" in text for text in said)


def test_a_plan_for_several_futures_is_told_to_be_one(place: Path, tmp_path: Path) -> None:
    solve = ("solve", str(place / "instance"), "--model", str(place / "model.toml"))
    main_in(tmp_path, *solve, "--uncertainty", str(place / "unsure.toml"), "--out", "many")
    asked = Options("", (Wanted("As it is", place / "plan"), Wanted("Many", tmp_path / "many")))
    made = options_of(asked, tmp_path / "made", Watch())
    said = section(options_page(asked, made), "options")
    assert any("“Many” weighs several futures" in text for text in said)


def test_one_plan_alone_has_a_page(place: Path) -> None:
    asked = Options("", (Wanted("As it is", place / "plan"),))
    made = options_of(asked, place / "none", Watch())
    page = options_page(asked, made)
    assert section(page, "shortfall")[0].startswith("“As it is” leaves missing in 2031/32: ")
    assert section(page, "people")[0].startswith("Against last year, “As it is” has ")
    assert [each.key for each in page.sections if each.key == "risk"] == []
    assert not (place / "none").exists()


def test_what_cannot_be_compared_is_refused(place: Path, tmp_path: Path) -> None:
    (tmp_path / "longer.toml").write_text(model(years=3), encoding="utf-8")
    longer = Wanted("Longer", None, place / "instance", tmp_path / "longer.toml")
    asked = Options("", (Wanted("As it is", place / "plan"), longer))
    with pytest.raises(
        UsageError, match=r"commissioning years differ \(only the second has 2028\)"
    ):
        options_of(asked, tmp_path / "made", Watch())
    other = Wanted("Another", None, Path("instances/two-by-two"), Path("models/annual.toml"))
    asked = Options("", (Wanted("As it is", place / "plan"), other))
    with pytest.raises(UsageError, match="'As it is' and 'Another' cannot be compared: their prof"):
        options_of(asked, tmp_path / "made-2", Watch())


def test_an_option_without_a_plan_is_named(place: Path, tmp_path: Path) -> None:
    poor = Wanted(
        "Poor", None, place / "instance", place / "model.toml", ("budget[fund=tuition]*=0.15",)
    )
    with pytest.raises(InfeasibleError, match="option 'Poor': "):
        options_of(Options("", (poor,)), tmp_path, Watch())
    wrong = Wanted("Wrong", None, place / "instance", place / "model.toml", ("leavers*=90",))
    with pytest.raises((InputError, UsageError), match="option 'Wrong'"):
        options_of(Options("", (wrong,)), tmp_path, Watch())


def test_the_workbook_has_the_sentences_and_figures(page: Page) -> None:
    book = openpyxl.load_workbook(io.BytesIO(page_workbook(page)))
    assert book.sheetnames == [each.key for each in page.sections]
    values = [cell.value for row in book["options"].iter_rows() for cell in row]
    own = next(each for each in page.sections if each.key == "options")
    assert {*own.sentences, *own.points} <= {v for v in values if isinstance(v, str)}
    for places in own.exhibits[0].table.frame["places"]:
        assert places in values


def test_texts_stay_texts(tmp_path: Path) -> None:
    page = options_of_hostile(tmp_path)
    parsed = Parsed(render(page))
    assert len(parsed.all("script")) == len(parsed.all("style")) == 1
    assert not parsed.all("img")
    assert "\u202e" not in parsed.all("body")[0].text
    assert parsed.all("h1")[0].text == HOSTILE[0]
    book = openpyxl.load_workbook(io.BytesIO(page_workbook(page)))
    assert not any(c.data_type == "f" for sheet in book for row in sheet.iter_rows() for c in row)
