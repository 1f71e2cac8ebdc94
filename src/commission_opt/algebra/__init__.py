"""The mathematics once more, readably, in Pyomo: the executable specification.

Read the files in this order: ``data`` (sets and parameters), ``model`` (places and units, students,
supply, shortfall), ``measures``, ``pathways``, ``deployment``, ``pay``, ``rules``, ``objectives``.
What is left drives them: ``read`` fills the data, ``evaluate`` works a plan out through the model's
own expressions, ``solvers`` runs any solver that Pyomo reaches, ``solve`` goes through the stages,
``extension`` loads an analyst's own constraints.
"""
