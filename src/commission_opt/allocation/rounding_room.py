"""How far rounding may take a row beyond its end, so that the certificate still forgives it."""

from __future__ import annotations

import numpy as np

from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE


def rounding_room(end: Floats, unit: Floats) -> Floats:
    """Return a tenth of what the certificate forgives, in units of the rows.

    Parameters
    ----------
    end : array, shape (m,)
        Ends of rows; an infinite one counts as 0.
    unit : array, shape (m,)
        What 1 in each row stands for in £, weeks, FTE or places, in which the certificate
        measures: relative to max(1, |end|).
    """
    size = np.where(np.isfinite(end), np.abs(end), 0.0)
    room: Floats = TOLERANCE / 10 * np.maximum(1.0 / unit, size)
    return room
