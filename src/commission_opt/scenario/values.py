"""Values of an axis: a list of numbers, or a range with both ends."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation

from commission_opt.errors import UsageError

_MOST = 100_000  # values of one axis; more is a slip of the pen


def parse_values(text: str) -> tuple[float, ...]:
    """Read ``0.9,1,1.1``, ``START:STOP:STEP`` with both ends, or ``START:STOP``, the two ends.

    Steps are counted in decimals, so that ``0.8:1.2:0.1`` passes through exactly 1. The last step
    is shorter where the stop is not a whole number of steps away.

    Raises
    ------
    UsageError
        If it is neither; says what to write.
    """
    if ":" not in text:
        return tuple(float(_number(part)) for part in text.split(","))
    parts = text.split(":")
    if len(parts) > 3 or "," in text:
        raise UsageError(f"{text.strip()!r} is no range; write START:STOP:STEP")
    start, stop, *rest = (_number(part) for part in parts)
    if not rest:
        return (float(start),) if start == stop else (float(start), float(stop))
    return _range(start, stop, rest[0])


def _range(start: Decimal, stop: Decimal, step: Decimal) -> tuple[float, ...]:
    if step == 0:
        raise UsageError("the step of a range must not be 0")
    if (stop - start) / step < 0:
        raise UsageError(f"steps of {step} do not lead from {start} to {stop}; turn the sign")
    # A step with rounded digits may come almost to the stop; then it is the last.
    count = math.ceil((stop - start) / step - Decimal("1e-4"))
    if count >= _MOST:
        message = f"the range has {count + 1:,} values, more than {_MOST:,}; take larger steps"
        raise UsageError(message)
    return (*(float(start + i * step) for i in range(count)), float(stop))


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace("−", "-"))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in text:
        what = f"{text.strip()!r} is not a number" if text.strip() else "a value is empty"
        raise UsageError(f"{what}; write digits and a point, such as 0.9,1,1.1 or 0.8:1.2:0.1")
    return number
