"""Instances written to files read back as they were."""

import json
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from builders import Tiny
from commission_opt.instance.schema import TABLES
from commission_opt.instance.write import describe, settings_text, write_instance
from commission_opt.reading.read import check_instance
from contract import CONTRACT


def frames(tiny: Tiny) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(rows, dtype=object) for name, rows in tiny.tables.items()}


def descriptor(columns: dict[str, list[str]]) -> dict[str, dict[str, object]]:
    """Resources by name."""
    package = json.loads(describe({"name": "Tiny", "title": "T", "description": "D"}, columns))
    assert package["name"] == "tiny"
    assert package["profile"] == "tabular-data-package"
    return {resource["name"]: resource for resource in package["resources"]}


def fields(resource: dict[str, object]) -> dict[str, dict[str, object]]:
    schema = resource["schema"]
    assert isinstance(schema, dict)
    return {field["name"]: field for field in schema["fields"]}


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("regions", 4, "title", "South,\n“west” é")
    write_instance(tmp_path, tiny.settings, frames(tiny))
    names = {"instance.toml", "datapackage.json", *(f"{name}.csv" for name in CONTRACT)}
    assert {path.name for path in tmp_path.iterdir()} == names
    reading = check_instance(tmp_path)
    assert reading.problems == ()
    assert reading.instance is not None
    assert reading.instance.title == "A tiny instance"
    for name, rows in tiny.tables.items():
        table = (tmp_path / f"{name}.csv").read_bytes()
        assert b"\r" not in table
        assert table.decode().splitlines()[0] == ",".join(rows[0])
    assert list(reading.instance.regions["title"]) == ["North", "South,\n“west” é", "Coast"]


def test_numbers_read_back_exactly(tmp_path: Path) -> None:
    tiny = Tiny()
    tables = frames(tiny)
    tables["joiners"]["fte"] = [0.1 + 0.2, 1 / 3, -1e-17]
    write_instance(tmp_path, tiny.settings, tables)
    instance = check_instance(tmp_path).instance
    assert instance is not None
    assert list(instance.tables["joiners"]["fte"]) == [0.1 + 0.2, 1 / 3, -1e-17]


@pytest.mark.parametrize(
    "text", ['"quoted"', "back\\slash", "two\nlines\ttab", "£ é 漢 🎓", "\x7f\x01", ""]
)
def test_settings_read_back(text: str) -> None:
    values = {"name": "tiny", "title": text, "first_year": 2026, "horizon": 6}
    assert tomllib.loads(settings_text(values)) == values


def test_the_descriptor_follows_the_columns_written() -> None:
    resources = descriptor({"joiners": ["profession", "region", "year", "fte", "note"]})
    assert list(resources) == ["joiners"]
    joiners = resources["joiners"]
    assert joiners["path"] == "joiners.csv"
    assert joiners["description"] == TABLES["joiners"].help
    assert [(f["name"], f["type"]) for f in fields(joiners).values()] == [
        ("profession", "string"), ("region", "string"), ("year", "integer"), ("fte", "number"),
        ("note", "string"),
    ]  # fmt: skip
    assert fields(joiners)["fte"]["constraints"] == {"required": True}
    assert fields(joiners)["year"]["constraints"] == {
        "required": True, "minimum": 1900, "maximum": 2300,
    }  # fmt: skip
    assert joiners["schema"]["primaryKey"] == ["profession", "region", "year"]  # type: ignore[index]


def test_the_descriptor_of_every_table() -> None:
    columns = {name: [c.removesuffix("*") for c in text.split()] for name, text in CONTRACT.items()}
    resources = descriptor(columns)
    assert list(resources) == list(CONTRACT)
    assert fields(resources["courses"])["fill_rate"]["constraints"] == {
        "required": True, "minimum": 0, "maximum": 1,
    }  # fmt: skip
    assert fields(resources["assumptions"])["quality"]["constraints"] == {
        "required": True, "enum": ["red", "amber", "green"],
    }  # fmt: skip
    # “*” is no number, so such a column is text to other tools, and may be empty.
    year = fields(resources["placements"])["year"]
    assert (year["type"], "constraints" in year) == ("string", False)
    assert "primaryKey" not in resources["costs"]["schema"]  # type: ignore[operator]


def test_measures_are_spoken_of_where_there_are_any() -> None:
    columns = {name: [c.name for c in table.columns] for name, table in TABLES.items()}
    settings = {"name": "n", "title": "t", "description": "d"}
    said = describe(settings, columns)
    assert "code of the course, or of a measure" in said
    assert "Or what a unit of a measure costs" in said
    del columns["measures"]
    without = describe(settings, columns)
    assert '"code of the course"' in without
    assert "or per unit of the measure" not in without
