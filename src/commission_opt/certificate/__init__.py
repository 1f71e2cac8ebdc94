"""Proofs: rules checked from the places alone, bounds from multipliers and search trees."""
