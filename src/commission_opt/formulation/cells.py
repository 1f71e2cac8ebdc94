"""Cells of supply and demand, by the codes of an instance."""

from __future__ import annotations

from commission_opt.instance.instance import Instance


def named_cell(instance: Instance, cell: int) -> tuple[str, str, int]:
    """Return the profession, region and year of a cell of ``Instance.cells``."""
    p, q, y = (int(instance.cells.of(axis, cell)) for axis in instance.cells.axes)
    profession, region = instance.professions["profession"], instance.regions["region"]
    return profession.iloc[p], region.iloc[q], instance.first_year + y
