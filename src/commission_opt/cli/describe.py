"""``commission-opt describe``."""

from __future__ import annotations

from commission_opt.errors import InputError
from commission_opt.instance.raw import SETTINGS_FILE, parse_csv, parse_settings, read_files
from commission_opt.instance.schema import TABLES
from commission_opt.instance.write import describe
from commission_opt.shipped import find_instance


def run_describe(instance: str) -> None:
    """Print the data package descriptor of an instance."""
    files = read_files(find_instance(instance))
    settings, problems = parse_settings(files[SETTINGS_FILE])
    tables = {n: parse_csv(n, files[t.file]) for n, t in TABLES.items() if t.file in files}
    problems += [p for table in tables.values() for p in table.problems]
    if problems:
        raise InputError(problems)
    print(describe(settings, {name: list(table.header) for name, table in tables.items()}), end="")
