"""Solvers behind one small interface."""
