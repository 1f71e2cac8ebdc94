"""People in post without anything bought, and how those who join stay."""

from commission_opt.supply.baseline import baseline, spread, survival
from commission_opt.supply.waterfall import Waterfall, waterfall

__all__ = ["Waterfall", "baseline", "spread", "survival", "waterfall"]
