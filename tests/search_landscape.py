"""Stages laid out for the search."""

import numpy as np

from commission_opt.allocation.relaxation import solve_relaxation
from commission_opt.allocation.search.landscape import Landscape, landscape
from commission_opt.arrays import Floats
from commission_opt.certificate.trees import next_number
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Limits, Watch
from samples import model, sample, written


def stage(years: int, rules: str = "", name: str = "shortfall", seed: int = 0) -> Formulation:
    """One stage of a generated problem."""
    text = model(years, rules=rules, stages=((name, 0.0),))
    return written(sample(6, 3, years, seed).instance, text)


def laid_out(formulation: Formulation) -> tuple[Landscape, Floats]:
    """The landscape of a stage, and the places of its relaxation."""
    relaxation = solve_relaxation(formulation, Limits(), Watch())
    land = landscape(formulation, relaxation.multipliers)
    assert land is not None
    return land, relaxation.columns


def numbers(formulation: Formulation) -> list[list[float]]:
    """The admissible numbers of every decision, within its box."""
    program = formulation.program
    every = []
    for i in range(len(formulation.step)):
        own, number = [], 0.0
        while number <= program.upper[i]:
            if number >= program.lower[i]:
                own.append(number)
            number = next_number(formulation, i, number)
        every.append(own)
    return every


def value(formulation: Formulation, x: Floats) -> float:
    """The objective at some places, by the program."""
    point = formulation.point(formulation.problem.layout.to_amounts(x))
    return formulation.program.value(point)


def violation(formulation: Formulation, x: Floats) -> float:
    """The largest violation of the program, by some places."""
    point = formulation.point(formulation.problem.layout.to_amounts(x))
    return formulation.program.largest_violation(point)


def admissible(formulation: Formulation, x: Floats) -> bool:
    """Whether all places are admissible numbers in the box."""
    program, n = formulation.program, len(x)
    steps = x / formulation.step
    inside = (x >= program.lower[:n] - 1e-9) & (x <= program.upper[:n] + 1e-9)
    whole = np.abs(steps - np.round(steps)) < 1e-9
    return bool((inside & whole & ((x == 0) | (x >= formulation.smallest))).all())
