"""Frontiers of an instance with measures: units told beside places, and written for whole plans."""

import json
from pathlib import Path

import pandas as pd
import pytest

import bought_besides
from command_line import Run
from commission_opt.allocation.allocate import allocate
from commission_opt.files.shipped import find_instance
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.report.page import render
from commission_opt.report.pages import page_of

MODEL = find_instance("two-by-two") / "model.toml"


@pytest.fixture
def traced(tmp_path: Path, run: Run) -> Path:
    instance, out = bought_besides.write(tmp_path / "instance"), tmp_path / "curve"
    ran = run(
        "frontier", instance, "--over", "budget", "--model", MODEL, "--out", out, "--whole", "2"
    )
    assert ran.code == 0
    assert "in fractions of places and units" in " ".join(ran.err.split())
    assert "In whole places and units" in ran.err
    return out


@pytest.mark.slow
def test_units_are_those_of_the_whole_plans(traced: Path) -> None:
    whole, units = (pd.read_csv(traced / f"{name}.csv") for name in ("whole", "whole_units"))
    places = pd.read_csv(traced / "whole_places.csv")
    assert list(units.columns) == ["t", "measure", "year", "units"]
    assert set(units["measure"]) == {"abroad", "back"}
    assert set(places["course"]).isdisjoint(units["measure"])
    for row in whole.to_dict("records"):
        for name, table in (("units", units), ("places", places)):
            assert row[name] == table[table["t"] == row["t"]][name].sum()
    curve = pd.read_csv(traced / "frontier.csv")
    instance = read_instance(traced.parent / "instance")
    at_all = allocate(instance, read_policy(MODEL).relaxed())
    near = curve.iloc[(curve["t"] - 1.0).abs().argmin()]
    if near["t"] == 1.0:
        assert near["objective"] == pytest.approx(at_all.certificate.objective)
    record = json.loads((traced / "frontier.json").read_text("utf-8"))
    assert [point["units"] for point in record["points"]] == curve["units"].tolist()
    page = render(page_of(traced))
    assert "Units, all years" in page
    assert "Plans in whole places and units along the curve" in page


def test_a_frontier_without_measures_says_nothing_of_units(tmp_path: Path, run: Run) -> None:
    ran = run(
        "frontier",
        "two-by-two",
        "--over",
        "budget",
        "--model",
        MODEL,
        "--out",
        tmp_path / "curve",
        "--whole",
        "1",
    )
    assert "unit" not in ran.err.replace("weighted", "")
    assert not (tmp_path / "curve" / "whole_units.csv").exists()
    assert "units" not in pd.read_csv(tmp_path / "curve" / "frontier.csv").columns
