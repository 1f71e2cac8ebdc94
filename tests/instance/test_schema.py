"""The tables as the contract names them."""

import pytest

from commission_opt.instance.schema import TABLES
from contract import CONTRACT, DEFAULTS, REQUIRED, WILD


def test_the_tables() -> None:
    assert list(TABLES) == list(CONTRACT)
    assert [name for name, table in TABLES.items() if table.required] == list(REQUIRED)


@pytest.mark.parametrize("name", CONTRACT)
def test_the_columns_of(name: str) -> None:
    columns = TABLES[name].columns
    assert [c.name + "*" * c.required for c in columns] == CONTRACT[name].split()
    assert {c.name for c in columns if c.wildcard} == WILD.get(name, set())


def test_the_defaults() -> None:
    given = {
        (name, c.name): c.default
        for name, table in TABLES.items()
        for c in table.columns
        if c.default is not None
    }
    assert given == DEFAULTS
