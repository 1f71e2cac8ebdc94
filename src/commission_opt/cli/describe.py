"""``commission-opt describe``."""

from __future__ import annotations

from commission_opt.cli.arguments import InstanceArgument
from commission_opt.cli.screen import print_json
from commission_opt.errors import InputError
from commission_opt.files.shipped import find_instance


def describe(instance: InstanceArgument) -> None:
    """Print the datapackage.json of an instance: every table and column, described."""
    from commission_opt.instance.write import describe as described
    from commission_opt.workbook.opened import open_source

    source = open_source(find_instance(instance))
    problems = [*source.problems, *(p for t in source.tables.values() for p in t.problems)]
    errors = [source.place(p) for p in problems if p.severity == "error"]
    if errors or not source.settings_valid:
        raise InputError(errors)
    columns = {name: list(table.header) for name, table in source.tables.items()}
    print_json(described(source.settings, columns), end="")
