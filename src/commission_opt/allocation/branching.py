"""Grow trees over blocks of courses, until the bound is near enough or the nodes are spent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from scipy import sparse

from commission_opt.allocation.blocks import blocks_of, whole_block, without_slack_rows
from commission_opt.allocation.conditioned import Conditioned
from commission_opt.allocation.growing import Growing
from commission_opt.allocation.relaxation import Relaxation
from commission_opt.allocation.settled import pointed
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE
from commission_opt.certificate.trees import (
    Subproblem,
    block_program,
    branched_bound,
    priced_cost,
)
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.status import Limits, Watch

_EXHAUSTED = 20_000  # nodes to prove that there is no plan
_FEW, _MORE = 2, 4  # nodes of each tree at first where a bound is enough, then times as many
_ROUNDING = 1e-9


def strengthened(
    formulation: Formulation,
    relaxation: Relaxation,
    limits: Limits,
    watch: Watch,
    *,
    nodes: int,
    seconds: float,
    places: Floats | None = None,
    blocks: list[Subproblem] | None = None,
) -> Relaxation:
    """Raise the bound of a relaxation by a tree over each block.

    Parameters
    ----------
    formulation : Formulation
    relaxation : Relaxation
        Its multipliers price the rows that tie blocks together.
    limits : Limits
    watch : Watch
        Can stop the search.
    nodes : int
        Most nodes of a tree.
    seconds : float
        Time.
    places : array, shape (C, K), optional
        Places; no tree is grown beyond what they cost, a tree over everything no further than
        the gap that is asked for.
    blocks : list of Subproblem, optional
        The blocks; those that rows leave if not given.

    Returns
    -------
    Relaxation
        With trees, if they raise the bound, and with better places, if a tree over everything came
        to some; otherwise as it was.
    """
    forest = Forest(formulation, relaxation, limits, watch, blocks)
    return forest.grown(relaxation, nodes, seconds, places)


@dataclass(eq=False)
class _Plot:
    """A block, its program, whether there is no other, and its tree as far as it has grown."""

    block: Subproblem
    part: LinearProgram
    everything: bool
    tree: Growing | None = None
    least: float = 0.0  # what the multipliers of the relaxation prove of the block


@dataclass(eq=False)
class Forest:
    """Trees over the blocks of a stage, which grow on from call to call.

    Parameters
    ----------
    formulation : Formulation
    relaxation : Relaxation
        Its multipliers price the rows that tie blocks together.
    limits : Limits
    watch : Watch
        Can stop the search.
    given : list of Subproblem, optional
        The blocks; those that rows leave if not given.
    """

    formulation: Formulation
    relaxation: Relaxation
    limits: Limits
    watch: Watch
    given: list[Subproblem] | None = None
    plots: list[_Plot] = field(init=False)

    def __post_init__(self) -> None:
        program, relaxation = self.formulation.program, self.relaxation
        blocks = blocks_of(self.formulation) if self.given is None else self.given
        blocks = without_slack_rows(self.formulation, relaxation, blocks)
        tied = np.ones(len(program.row_lower), dtype=bool)
        tied[np.concatenate([np.zeros(0, np.int64), *(block.rows for block in blocks)])] = False
        priced = priced_cost(program, np.where(tied, relaxation.multipliers, 0.0))
        by_row = sparse.csr_array(program.matrix)
        self.plots = []
        for block in blocks:
            part = block_program(program, by_row, priced, block)
            everything = len(block.columns) == len(program.cost)
            if everything:
                part = replace(part, offset=program.offset)
            self.plots.append(_Plot(block, part, everything))

    @property
    def nodes(self) -> int:
        """How many nodes the trees have beside their tops."""
        return sum(plot.tree.nodes for plot in self.plots if plot.tree)

    def grown(
        self,
        relaxation: Relaxation,
        nodes: int,
        seconds: float,
        places: Floats | None = None,
        enough: float = np.inf,
    ) -> Relaxation:
        """Return a relaxation with the trees after they have grown, as ``strengthened`` does.

        Parameters
        ----------
        relaxation : Relaxation
            With the multipliers of this forest's.
        nodes : int
            Most nodes of a tree, with those that it has.
        seconds, places
            As of ``strengthened``.
        enough : float
            A bound at which trees over blocks end; they then grow a few nodes at a time.
        """
        end = self.watch.now() + seconds
        point = None if places is None else pointed(self.formulation, places)
        few = nodes if np.isposinf(enough) else min(_FEW, nodes)
        while self._grow(few, end, point) and few < nodes and not self._proves(enough):
            few = min(_MORE * few, nodes)
        return self._with_trees(relaxation)

    def _grow(self, nodes: int, end: float, point: Floats | None) -> bool:
        """Grow every tree to so many nodes; say whether there was time for all."""
        plots, watch = self.plots, self.watch
        for k, plot in enumerate(plots):
            now = watch.now()
            if watch.late(end) or watch.stopped:
                return False
            # What earlier blocks did not need is left to later ones.
            until = min(end, now + 2.0 * (end - now) / (len(plots) - k))
            new, tree = plot.tree is None, self._planted(plot, until)
            plot.tree = tree
            known = np.inf if point is None else plot.part.value(point[plot.block.columns])
            if plot.everything and point is not None:
                # Other trees need all of the gap, as prices leave one of their own.
                tree.cost, tree.gap = partial(_cost, self.formulation), self.limits.gap
                tree.size = self.formulation.aim.size / self.formulation.aim.scale
                if new:
                    tree.cut(known)
            tree.grow(nodes - tree.nodes, known)
        return True

    def _proves(self, enough: float) -> bool:
        """Say whether the bound that all trees prove will be near enough, without proving it."""
        bound = lagrangian_bound(self.formulation.program, self.relaxation.multipliers)
        bound += sum(plot.tree.bound - plot.least for plot in self.plots if plot.tree)
        return bound >= enough + _ROUNDING * max(1.0, abs(enough))

    def _with_trees(self, relaxation: Relaxation) -> Relaxation:
        """Return a relaxation with the trees as they stand."""
        plots = self.plots
        before = {tree.block.columns.tobytes(): tree for tree in relaxation.trees}
        some = [
            plot.tree.tree() if plot.tree else before.get(plot.block.columns.tobytes())
            for plot in plots
        ]
        trees = tuple(tree for tree in some if tree is not None)  # an old one is better than none
        found = [plot.tree.found for plot in plots if plot.tree and plot.tree.found is not None]
        whole = found[0] if found else None
        everything = next((plot.tree for plot in plots if plot.everything), None)
        if everything is None:
            bound = branched_bound(self.formulation, relaxation.multipliers, trees)
        else:  # whose bound stands by itself; to prove all of it each time takes as long as it grew
            bound = everything.bound
        if bound > relaxation.bound:
            relaxation = replace(relaxation, bound=bound, trees=trees)
        points = tuple(everything.points()) if everything else ()
        shown = whole is not None or points
        return replace(relaxation, whole=whole, points=points) if shown else relaxation

    def _planted(self, plot: _Plot, until: float) -> Growing:
        """Return the tree over a block, which may grow until then."""
        if plot.tree is not None:
            plot.tree.end = until
            return plot.tree
        given = self.relaxation.multipliers[plot.block.rows]
        plot.least = lagrangian_bound(plot.part, given)
        return Growing(
            self.formulation, plot.block, plot.part, given, self.limits, self.watch, until
        )


def _cost(formulation: Formulation, x: Floats) -> float:
    """Return what decision columns cost; infinite if they break a row."""
    point = pointed(formulation, formulation.problem.layout.to_amounts(x))
    kept = formulation.program.largest_violation(point) <= TOLERANCE
    return formulation.program.value(point) if kept else np.inf


def none_in_whole(formulation: Formulation, limits: Limits, watch: Watch, seconds: float) -> bool:
    """Say whether a tree over everything proves that no whole places satisfy every rule.

    With nothing to minimise any plan costs 0, so a bound above 0 leaves no plan.
    """
    pure = replace(formulation, program=formulation.program.without_cost())
    nothing = np.zeros(len(pure.program.row_lower))
    # Rows with a multiplier are never left out as slack; with one block there are no prices.
    start = Relaxation(pure.program.lower[: len(pure.step)], np.ones_like(nothing), 0.0)
    raised = strengthened(
        pure, start, limits, watch, nodes=_EXHAUSTED, seconds=seconds, blocks=[whole_block(pure)]
    )
    trees = raised.trees
    if isinstance(pure, Conditioned):
        trees = pure.trees(trees)
        pure = replace(pure.given, program=pure.given.program.without_cost())
    return bool(trees) and branched_bound(pure, nothing, trees) > 0.0
