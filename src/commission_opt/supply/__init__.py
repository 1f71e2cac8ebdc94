"""From places to people in post: ``supply = base + S x``."""

from commission_opt.supply.baseline import baseline
from commission_opt.supply.response import response
from commission_opt.supply.survival import survival
from commission_opt.supply.waterfall import Waterfall, waterfall

__all__ = ["Waterfall", "baseline", "response", "survival", "waterfall"]
