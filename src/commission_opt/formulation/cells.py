"""Cells of supply and demand, by the codes of an instance."""

from __future__ import annotations

from commission_opt.instance.instance import Instance


def named_cell(instance: Instance, cell: int) -> tuple[str, str, int]:
    """Return the profession, region and year of a cell of ``Instance.cells``."""
    of_profession, y = divmod(int(cell), instance.horizon)
    p, q = divmod(of_profession, len(instance.regions))
    profession, region = instance.codes
    return profession[p], region[q], instance.first_year + y
