"""The price of a unit of each figure that may be bent, £, worked out once for an instance."""

from __future__ import annotations

from commission_opt.explain.infeasible.edits import Edit
from commission_opt.formulation.origin import Origin, Price
from commission_opt.formulation.rules import ORIGINS
from commission_opt.instance.instance import Instance

_KEYS = {
    (o.file, o.relax.of_model.key if o.relax.of_model else o.column): o
    for o in ORIGINS
    if o.relax is not None
}


class Prices:
    """Prices as the rules make them.

    Parameters
    ----------
    instance : Instance
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._of: dict[Origin, Price] = {}

    def of(self, origin: Origin, line: int | None) -> float:
        """Return the price of a unit of the figure on a line, or of the one of the model."""
        if origin not in self._of:
            assert origin.relax is not None
            self._of[origin] = origin.relax.prices(self._instance)
        return self._of[origin](line)

    def of_edit(self, edit: Edit) -> float:
        """Return what an edit costs."""
        origin = _KEYS[edit.file, edit.column]
        return self.of(origin, edit.row) * abs(edit.new - edit.old)
