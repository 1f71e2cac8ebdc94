"""The table [uncertainty] of a model: what it may hold, and every wrong key named."""

from pathlib import Path

import pytest

from command_line import Run
from commission_opt.policy import UnderUncertainty
from plan_of_futures import weighing
from policy_texts import only_problem, parse, problems
from samples import model


def under(table: str) -> str:
    return f"{model(2)}\n[uncertainty]\n{table}\n"


def test_every_key_and_the_defaults() -> None:
    said = 'file = "u"\nrisk = "cvar"\nalpha = 0.8\nweight = 1.0'
    assert parse(under(said)).uncertainty == UnderUncertainty("u", "cvar", 0.8, 1.0)
    assert parse(under('file = "u"')).uncertainty == UnderUncertainty("u", "expected", 0.9, 0.5)
    assert parse(model()).uncertainty is None
    later = 'file = "u"\ndecide_now = 1\nlater_relaxed = false'
    found = UnderUncertainty("u", decide_now=1, later_relaxed=False)
    assert parse(under(later)).uncertainty == found
    assert parse(under('file = "u"\ndecide_now = 2')).uncertainty == UnderUncertainty(
        "u", decide_now=2
    )


WRONG = {
    'risk = "worst"': "file",
    "file = 3": "file",
    'file = " "': "file",
    'file = "u"\nrisk = "cvarr"': "cvar",
    'file = "u"\nrisk = 1': "risk",
    'file = "u"\nrisk = "cvar"\nalpha = 1.0': "alpha",
    'file = "u"\nrisk = "cvar"\nalpha = -0.1': "alpha",
    'file = "u"\nrisk = "cvar"\nweight = 1.1': "weight",
    'file = "u"\nrisk = "cvar"\nweight = true': "weight",
    'file = "u"\nrisk = "worst"\nalpha = 0.9': 'risk = "cvar" only',
    'file = "u"\nweight = 0.5': 'risk = "cvar" only',
    'file = "u"\nalhpa = 0.9': "alpha",
    'file = "u"\ncontent = "x"': "content",
    'file = "u"\ndecide_now = 0': "from 1 to 2, the commissioning years",
    'file = "u"\ndecide_now = 3': "from 1 to 2, the commissioning years",
    'file = "u"\ndecide_now = 1.5': "decide_now 1.5 is not a whole number",
    'file = "u"\ndecide_now = true': "decide_now true is not a whole number",
    'file = "u"\ndecide_now = 1\nlater_relaxed = 1': "later_relaxed 1 is not true or false",
    'file = "u"\nlater_relaxed = true': "nothing is decided later",
    'file = "u"\ndecide_now = 2\nlater_relaxed = false': "nothing is decided later",
}


@pytest.mark.parametrize("table", WRONG)
def test_a_wrong_key_is_named_with_its_line(table: str) -> None:
    found = only_problem(under(table))
    assert WRONG[table] in f"{found.column} {found.message}"
    if table.count("\n") or table.startswith("file"):
        assert found.row is not None


def test_what_is_no_table_is_said() -> None:
    text = model().replace("[rules]", 'uncertainty = "u"\n[rules]', 1)
    assert any("write [uncertainty]" in each.message for each in problems(text))


def test_check_looks_for_the_file_of_the_model(run: Run, tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text(weighing(model(), "worst"), encoding="utf-8")
    done = run("check", "two-by-two", "--model", tmp_path / "model.toml")
    assert done.code != 0
    assert "test" in done.out + done.err
