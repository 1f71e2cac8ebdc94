"""An axis at one of its values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from commission_opt.scenario.axis import Axis


@dataclass(frozen=True)
class Setting:
    """An axis at a value.

    Parameters
    ----------
    axis : Axis
    value : float
        Need not be one of the axis's values: some designs draw between them.
    """

    axis: Axis
    value: float

    @property
    def neutral(self) -> bool:
        """Whether it leaves all figures as they are."""
        return self.axis.is_neutral(self.value)

    def __str__(self) -> str:
        return self.axis.says(self.value)


def settings_json(settings: Iterable[Setting]) -> str:
    """Write settings as canonical JSON, a list of objects; two texts are equal if they do the same.

    Names are left out, and so are settings that change nothing.
    """
    kept = [
        {
            "field": setting.axis.field,
            "filters": {key: list(codes) for key, codes in setting.axis.filters},
            "operator": setting.axis.operator,
            "value": setting.value,
        }
        for setting in settings
        if not setting.neutral
    ]
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
