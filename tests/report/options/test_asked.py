"""A file of options: what it may say, and every mistake by its line."""

from pathlib import Path

import pytest

from commission_opt.errors import InputError, UsageError
from commission_opt.report.options.asked import Wanted, of_plans, read_options
from report_pages import make_plan

GOOD = """\
title = "Options"
time_limit = 5
[[option]]
name = "As it is"
instance = "two-by-two"
model = "{model}"
[[option]]
name = "More money"
instance = "two-by-two"
change = ["budget*=1.1", "demand*=1.0"]
relaxed = true
[recommendation]
option = "As it is"
owner = "Board"
decision = "Commission it"
risks = "Demand rises"
dates = ["December", "January"]
"""


def read(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "o.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_options(file)
    return [str(problem) for problem in error.value.problems]


def test_a_file_says_what_to_solve_and_what_is_recommended(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes((Path("models") / "annual.toml").read_bytes())
    file = tmp_path / "o.toml"
    file.write_text(GOOD.format(model="own.toml"), encoding="utf-8")
    found = read_options(file)
    first, second = found.options
    assert (found.title, found.time_limit) == ("Options", 5.0)
    assert first.instance is not None
    assert first.instance.name == "two-by-two"
    assert first.model == tmp_path / "own.toml"
    assert (second.change, second.relaxed) == (("budget*=1.1", "demand*=1.0"), True)
    assert found.recommendation is not None
    assert found.recommendation.risks == ("Demand rises",)
    assert found.recommendation.dates == ("December", "January")
    assert found.recommendation.missing == ["why"]


def test_a_folder_beside_the_file_hides_no_model(tmp_path: Path) -> None:
    (tmp_path / "annual").mkdir()
    file = tmp_path / "o.toml"
    file.write_text(GOOD.format(model="annual"), encoding="utf-8")
    first, _ = read_options(file).options
    assert first.model is not None
    assert first.model.name == "annual.toml"


OPTION = '[[option]]\nname = "a"\ninstance = "two-by-two"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "x"\n', "option: is missing; write 1 to 6 [[option]] tables"),
        (OPTION * 7, "there are 7 options; write 1 to 6"),
        (OPTION * 2, "o.toml line 5, option 2, name: 'a' is the name of another option"),
        (
            OPTION.replace('"a"', '"no new places"'),
            "o.toml line 2, option 1, name: 'no new places' is the name of another option",
        ),
        (
            OPTION.replace('"a"', '"Last year repeated"'),
            "o.toml line 2, option 1, name: 'Last year repeated' is the name of another option",
        ),
        (OPTION.replace('"a"', '" "'), "line 2, option 1, name: ' ' is empty"),
        ('[[option]]\nname = "a"\n', "option 1, instance: is missing; name an instance"),
        ('[[option]]\ninstance = "two-by-two"\n', "option 1, name: is missing"),
        (OPTION + "colour = 1\n", "line 4, option 1, colour: is not a key of an option"),
        ("colour = 1\n" + OPTION, "line 1, colour: is not a key of a file of options"),
        (
            OPTION.replace("two-by-two", "two"),
            "line 3, option 1, instance: 'two': there is no",
        ),
        (OPTION + 'model = "yearly"\n', "line 4, option 1, model: 'yearly': there is no such"),
        (OPTION + 'change = ["budget*=1", "money*=2"]\n', "line 4, option 1, change: "),
        (OPTION + 'change = ["budget*=1,2"]\n', "has 2 values; a change has one"),
        ('[[option]]\nname = "a"\nplan = "none"\n', "line 3, option 1, plan: there is no "),
        ('[[option]]\nname = "a"\nplan = "."\n', "is no plan (it has no plan.json)"),
        (
            '[[option]]\nname = "a"\nplan = "."\nmodel = "annual"\n',
            "line 4, option 1, model: is for an option that is to be solved",
        ),
        ('uncertainty = "u.toml"\n' + OPTION, "line 1, uncertainty: there is no "),
        ("draws = 5\n" + OPTION, "line 1, draws: goes with uncertainty"),
        ("time_limit = 0\n" + OPTION, "line 1, time_limit: 0 is not above 0"),
        (
            OPTION + '[recommendation]\noption = "b"\n',
            "line 5, recommendation, option: 'b' is",
        ),
        (OPTION + "[recommendation]\nowner = 1\n", "line 5, recommendation, owner: 1 is not text"),
        (OPTION + '[recommendation]\nrisk = "x"\n', "risk: is not a key of a recommendation"),
        ("recommendation = 1\n" + OPTION, "recommendation: 1 is not a table"),
        ("option = 1\n", "option: 1 is not a list of tables such as [[option]]"),
        ("= 1", "is not valid TOML"),
    ],
)
def test_every_mistake_is_told_by_its_line(tmp_path: Path, text: str, said: str) -> None:
    problems = read(tmp_path, text)
    assert any(said in problem for problem in problems), problems


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    problems = read(tmp_path, "colour = 1\n" + OPTION + 'model = "yearly"\n[[option]]\n')
    assert len(problems) >= 4


def test_plans_are_named_by_their_folders(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    plan = make_plan(tmp_path / "a")
    assert of_plans([str(plan)]).options == (Wanted("plan", plan),)
    with pytest.raises(UsageError, match="two plans are called 'plan'"):
        of_plans([str(plan), str(plan)])
    with pytest.raises(UsageError, match="is no plan"):
        of_plans([str(tmp_path)])
    with pytest.raises(UsageError, match="give 1 to 6 plans"):
        of_plans([str(plan)] * 7)


def test_a_name_that_is_missing_is_not_one_that_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "o.toml"
    file.write_text('[[option]]\ninstance = "two-by-two"\n' * 2)
    with pytest.raises(InputError) as refused:
        read_options(file)
    assert [p.message.partition(";")[0] for p in refused.value.problems] == ["is missing"] * 2
