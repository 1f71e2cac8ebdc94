"""Figures that are valid and yet probably not what was meant."""
