"""Parametric relaxations: the best objective as a budget or a cap moves, with what proves it."""
