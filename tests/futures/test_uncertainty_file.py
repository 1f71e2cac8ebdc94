"""Files are read as they say, and what is wrong is said with its place."""

import math
from pathlib import Path

import pytest

from bad_uncertainty import GOOD, OF_ITSELF, ON_AN_INSTANCE
from commission_opt.errors import InputError
from commission_opt.futures.distribution import Interval, Uniform, Values
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty_file import (
    find_uncertainty,
    parse_uncertainty,
    read_uncertainty,
)
from handworked import hand
from some import some


def said_of(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        futures(hand(), None, parse_uncertainty(text.encode(), "bad.toml"))
    return caught.value


def test_a_file_is_read_as_it_is_written() -> None:
    found = parse_uncertainty(GOOD.encode())
    assert (found.name, found.title, found.draws, found.seed) == ("test", "For tests", 8, 1)
    assert found.content == GOOD.encode()
    demand, joining = found.rows
    assert (demand.name, demand.each, demand.correlation) == ("demand", ("profession",), 0.5)
    assert (demand.figures.target, demand.over_time) == ("demand[group=nursing]*=", "fan")
    assert demand.distribution == Interval(0.96, 1.05, math.sqrt(0.96) * math.sqrt(1.05))
    assert (joining.distribution, joining.over_time) == (Uniform(0.9, 1.0), "level")
    (scenario,) = found.scenarios
    assert (scenario.name, scenario.probability) == ("retention", 0.2)
    assert [str(setting) for setting in scenario.settings] == ["leavers × 1.2", "join_rate × 0.97"]


def test_values_may_stand_in_any_order() -> None:
    text = GOOD.replace("interval = [0.96, 1.05]", "values = [2, 1]\nprobabilities = [0.3, 0.7]")
    assert parse_uncertainty(text.encode()).rows[0].distribution == Values((1, 2), (0.7, 0.3))


@pytest.mark.parametrize(
    ("before", "after", "line", "key", "part"), some([*OF_ITSELF, *ON_AN_INSTANCE], 3)
)
def test_what_is_wrong_is_said_with_line_key_and_value(
    before: str, after: str, line: int | None, key: str, part: str
) -> None:
    assert before in GOOD
    problems = said_of(GOOD.replace(before, after, 1)).problems
    of_key = [problem for problem in problems if (problem.column or "") == key]
    said = next(problem for problem in of_key if part in problem.message)
    assert (said.file, said.row) == ("bad.toml", line)


def test_everything_that_is_wrong_is_found_at_once() -> None:
    text = GOOD.replace("draws = 8", "draws = 0").replace("0.5", "5").replace("0.2", "2")
    assert [problem.row for problem in said_of(text).problems] == [3, 12, 23]


def test_explicit_scenarios_alone_must_come_to_one() -> None:
    alone = 'name = "test"\n[[scenario]]\nname = "a"\nprobability = 0.4\nsettings = []\n'
    assert "come to 0.4" in said_of(alone).problems[0].message
    whole = alone + '[[scenario]]\nname = "b"\nprobability = 0.6\nsettings = ["leavers*=1.1"]\n'
    assert futures(hand(), None, parse_uncertainty(whole.encode())).names == ("a", "b")
    assert "[[uncertain]] or [[scenario]]" in said_of('name = "test"').problems[0].message
    assert "draws nothing" in said_of(f"draws = 3\n{whole}").problems[0].message
    assert "name of number 1" in said_of(whole.replace('"b"', '"a"')).problems[0].message


def test_files_are_found_by_the_name_of_one_of_the_instance_or_by_path(tmp_path: Path) -> None:
    folder = tmp_path / "uncertainty"
    folder.mkdir()
    (folder / "mine.toml").write_text(GOOD)
    assert find_uncertainty("mine", tmp_path) == folder / "mine.toml"
    assert read_uncertainty(find_uncertainty(str(folder / "mine.toml"), None)).name == "test"
    with pytest.raises(InputError, match="name of one of the instance: mine"):
        find_uncertainty("yours", tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read_uncertainty(folder)
