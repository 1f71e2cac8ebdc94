"""The shipped uncertainty file, and what documents say of such files."""

import csv
import math
import re
import tomllib
from pathlib import Path

import pytest

from commission_opt.files.shipped import find_instance, find_model
from commission_opt.futures.distribution import Interval
from commission_opt.futures.futures import futures
from commission_opt.futures.uncertainty import Uncertainty
from commission_opt.futures.uncertainty_file import parse_uncertainty, read_uncertainty
from commission_opt.futures.write import drawn_figures
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance

FOLDER = find_instance("england-2026")
DOCUMENT = (Path(__file__).parents[2] / "docs" / "uncertainty.md").read_text("utf-8")


@pytest.fixture(scope="module")
def england() -> Instance:
    return read_instance(FOLDER)


def published() -> dict[str, float]:
    """Mean absolute percentage errors after one year, as shares."""
    with (FOLDER / "uncertainty" / "forecast_errors.csv").open(newline="") as file:
        return {
            row["figure"]: float(row["value"]) / 100
            for row in csv.DictReader(file)
            if row["measure"] == "mean absolute percentage error"
        }


def test_intervals_are_those_of_the_published_errors() -> None:
    rows = {row.name: row.distribution for row in calibrated().rows}
    errors = published()
    for name, error in (
        ("demand", (0.019 + 0.149) / 2 / math.sqrt(13)),
        ("leavers", errors["leaver rate (all)"]),
        ("joiners", errors["new to the sector"]),
        ("newly qualified", errors["newly qualified entrants"]),
    ):
        end = 1.2815515655 * math.sqrt(math.pi / 2) * error
        law = rows[name]
        assert isinstance(law, Interval)
        assert (law.low, law.high) == pytest.approx((math.exp(-end), math.exp(end)), abs=6e-4)


def test_the_shipped_file_draws_what_the_readme_says(england: Instance) -> None:
    made = futures(england, read_policy(find_model("annual")), calibrated(), draws=256)
    assert made.cut < 1e-3
    assert not made.warnings
    text = (FOLDER / "README.md").read_text("utf-8")
    for row in calibrated().rows:
        if isinstance(row.distribution, Interval):
            ends = f"| {row.name} | {row.distribution.low} to {row.distribution.high} times"
            assert ends in text
        assert (row.each, row.correlation) == (("profession",), 0.5)


def test_the_examples_of_the_document_are_as_it_says(england: Instance) -> None:
    first, *others = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
    made = futures(england, None, parse_uncertainty(first.encode()))
    said = f"{len(made.points)} draws of {drawn_figures(made)} figures"
    assert f"wrote futures/leavers: {said}" in DOCUMENT
    assert made.probability[0] == pytest.approx(0.005)
    (row,) = made.uncertainty.rows
    assert row.distribution.at(made.points[:1] * 0)[0, 0] == pytest.approx(1.003, abs=5e-4)
    tables = [text for text in others if text.startswith("[[")]
    keys = next(text for text in others if text.startswith("each"))
    whole = futures(england, None, parse_uncertainty((first + keys + "\n".join(tables)).encode()))
    assert [len(each.row.each) for each in whole.draws] == [1, 1]
    assert whole.names[0] == "pessimistic retention"
    assert tomllib.loads(keys)["correlation"] == 0.5


def calibrated() -> Uncertainty:
    return read_uncertainty(FOLDER / "uncertainty" / "calibrated.toml")
