"""The mathematics as sparse blocks, one file per rule."""

from commission_opt.formulation.assemble import Formulation, formulate

__all__ = ["Formulation", "formulate"]
