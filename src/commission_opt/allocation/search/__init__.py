"""Whole places by rounding, refilling and ejection chains, guided by the relaxation's prices."""
