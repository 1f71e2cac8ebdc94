"""Futures of small instances, from the tables of an uncertainty file."""

import pytest

from commission_opt.errors import InputError
from commission_opt.futures.futures import Futures, futures
from commission_opt.futures.uncertainty_file import parse_uncertainty
from commission_opt.instance.instance import Instance


def row(figures: str, law: str, how: str = "*=", name: str = "", **others: str) -> str:
    """An [[uncertain]] table; other keys as they are written."""
    keys = "".join(f"{key} = {value}\n" for key, value in others.items())
    about = f'name = "{name or figures}"\nfigures = "{figures}"\nhow = "{how}"\n'
    return f"[[uncertain]]\n{about}{law}\n{keys}"


def scenario(name: str, probability: float, *settings: str) -> str:
    """A [[scenario]] table."""
    return f'[[scenario]]\nname = "{name}"\nprobability = {probability}\nsettings = {[*settings]}\n'


def made(instance: Instance, *tables: str, draws: int = 16, seed: int = 1) -> Futures:
    """Futures of an instance; nothing is drawn where no table is [[uncertain]]."""
    some = f"draws = {draws}\nseed = {seed}\n" if any("[[uncertain]]" in t for t in tables) else ""
    text = 'name = "test"\n' + some + "".join(tables)
    return futures(instance, None, parse_uncertainty(text.encode(), "test.toml"))


def refused(instance: Instance, *tables: str, draws: int = 16) -> str:
    """What is said of futures that are refused."""
    with pytest.raises(InputError) as caught:
        made(instance, *tables, draws=draws)
    return str(caught.value)
