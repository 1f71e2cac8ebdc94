"""One tree over a block of courses, grown leaf by leaf where its bound is least.

What splitting a decision has raised the bound by so far says which is split next.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from commission_opt.allocation.cutting import Cutting
from commission_opt.allocation.nodes import Fork, Node, gains, tree_of
from commission_opt.allocation.pseudocosts import Pseudocosts, score
from commission_opt.arrays import Floats, Ints
from commission_opt.certificate.cuts import Cuts, without_cuts
from commission_opt.certificate.propagation import Implications, implications
from commission_opt.certificate.trees import (
    Subproblem,
    Tree,
    boxed,
    implied,
    narrowed,
    next_number,
)
from commission_opt.core.linear_program import LinearProgram, lagrangian_bound
from commission_opt.formulation.assemble import Formulation
from commission_opt.solvers.basis import Basis
from commission_opt.solvers.believed import believed
from commission_opt.solvers.persistent import PersistentProgram
from commission_opt.solvers.status import Limits, Result, Watch
from commission_opt.solvers.work import of_tree

_TRIED = 8  # decisions that are tried before one is split
_IN_VAIN = 4  # of these in a row that are no better than the best
_SHARE = 0.98  # of the gap, within which nothing is looked for
_OFF = 1e-6  # distance of a decision from its numbers that counts
_CUTS, _GAINED = 8, 0.02  # rounds of cuts, and share of what is left that one has to gain
_SHOWN = 3  # leaves whose relaxations are shown
_BEYOND = 1e7  # multipliers that prove a node impossible


@dataclass(eq=False)
class Growing:
    """A tree over a block.

    Parameters
    ----------
    formulation : Formulation
    block : Subproblem
    part : LinearProgram
        The program of the block.
    known : array, shape (rows,)
        Multipliers of its rows, such as those of the relaxation: it proves no less than they do.
    limits : Limits
    watch : Watch
        Can stop it.
    end : float
        The work at which it ends.
    cost : callable, optional
        Given decisions of the block in admissible numbers, returns what they cost; infinite if they
        break a row. Left out where nothing is to be made of them.
    gap : float
        Relative distance from the least cost known at which the bound is near enough.
    size : float
        What the gap is relative to at least.

    Attributes
    ----------
    leaves : list
        A heap of the leaves' bounds, their numbers and themselves.
    nodes : int
        How many nodes there are beside the top.
    cuts : Cuts
        Further rows of all nodes.
    least : float
        What the cheapest decisions known cost.
    found : array, shape (decisions,), or None
        Decisions that cost less than what was known, as a node came to them.
    """

    formulation: Formulation
    block: Subproblem
    part: LinearProgram
    known: Floats
    limits: Limits
    watch: Watch
    end: float
    cost: Callable[[Floats], float] | None = None
    gap: float = 0.0
    size: float = 0.0
    least: float = field(init=False, default=np.inf)
    found: Floats | None = field(init=False, default=None)
    leaves: list[tuple[float, int, Node]] = field(init=False)
    nodes: int = field(init=False, default=0)
    hot: PersistentProgram = field(init=False)
    learnt: Pseudocosts = field(init=False)
    numbers: Implications = field(init=False)
    cuts: Cuts = field(init=False)
    top: Node = field(init=False)

    def __post_init__(self) -> None:
        count, block = self.block.decisions, self.block
        self.numbers = implications(self.formulation, block.rows, block.columns[:count])
        self.hot = PersistentProgram(self.limits, self.watch.inner(), kind="node")
        self.learnt = Pseudocosts(count)
        self.cuts = without_cuts(len(block.columns), len(block.rows))
        self._begin()

    def _begin(self) -> Node:
        count, new = self.block.decisions, len(self.part.row_lower) - len(self.known)
        lower, upper = self.part.lower[:count], self.part.upper[:count]
        known = np.concatenate([self.known, np.zeros(new)])
        self.top = self._node(lower, upper, known, np.inf)
        self.leaves = [(self.top.bound, 0, self.top)]
        return self.top

    def cut(self, known: float) -> None:
        """Cut fractions off the relaxation at the top, before the tree grows.

        Parameters
        ----------
        known : float
            What some decisions cost: rounds go on while they bring the bound nearer to it.
        """
        cutting, top, basis = Cutting(self.part), self.top, self._basis()
        for _ in range(_CUTS):
            if top.x is None or basis is None or self.watch.late(self.end) or self.watch.stopped:
                break
            decisions, at = self._choices(top.x, top.lower, top.upper)
            self.watch.meter.add(len(decisions) * of_tree(cutting.program.matrix.nnz))
            if not cutting.round(basis, decisions, at, self._next(decisions, at)):
                break
            before, self.part = top.bound, cutting.program
            top, basis = self._begin(), self._basis()
            left = self._enough(known) - top.bound if np.isfinite(known) else np.inf
            if left <= 0.0 or top.bound - before <= _GAINED * left:
                break
        self.cuts = cutting.done(basis)
        self.part = cutting.program
        self._begin()

    def _basis(self) -> Basis | None:
        """Return the basis of the top; None if it was not solved to its end."""
        return None if self.top.x is None else self.hot.basis()

    def tree(self) -> Tree:
        """Return the tree as it stands."""
        cutoff = self._cutoff() - self.part.offset
        return tree_of(self.top, self.block, len(self.part.row_lower), self.cuts, cutoff)

    @property
    def bound(self) -> float:
        """What the tree proves as it stands: no more than where it is cut off."""
        return min(self.leaves[0][0], self._cutoff())

    def points(self) -> list[Floats]:
        """Return the decisions of the relaxations at the top and at the leaves that bound it."""
        least = [node for bound, _, node in heapq.nsmallest(_SHOWN, self.leaves) if bound < np.inf]
        return [node.x for node in (self.top, *least) if node.x is not None]

    def grow(self, nodes: int, known: float) -> None:
        """Split the leaf with the least bound until it reaches what is known to cost so much.

        Parameters
        ----------
        nodes : int
            Most nodes that are added.
        known : float
            What some decisions cost; infinite if none are known.
        """
        count, watch, leaves = 0, self.watch, self.leaves
        while count < nodes and not watch.late(self.end) and not watch.stopped:
            bound, _, node = leaves[0]
            if bound == np.inf:
                break
            if node.x is None:  # its time was over
                node.x = self._node(node.lower, node.upper, node.multipliers, bound).x
            known = self.least = self._cheaper(node, min(known, self.least))
            if np.isfinite(known) and bound >= self._enough(known):
                break
            if not self._narrow(node):
                heapq.heapreplace(leaves, (np.inf, leaves[0][1], node))
                continue
            node.split = self._best(node, known - bound)
            if node.split is None:
                break
            heapq.heappop(leaves)
            for child in (node.split.below, node.split.above):
                count, self.nodes = count + 1, self.nodes + 1
                heapq.heappush(leaves, (child.bound, self.nodes, child))

    def _enough(self, known: float, share: float = 1.0) -> float:
        near = self.gap * max(abs(known), self.size)
        return known - share * max(near, 1e-9 * max(1.0, abs(known)))

    def _cutoff(self) -> float:
        """Return the cost from which on numbers are left out."""
        return self._enough(self.least, _SHARE) if np.isfinite(self.least) else np.inf

    def _narrow(self, node: Node) -> bool:
        """Narrow the box of a node to where cheaper numbers can be; say whether any is left."""
        part = self._part(node.lower, node.upper)
        found = narrowed(self.numbers, part, node.multipliers, self._cutoff())
        if found is not None:
            node.lower, node.upper = found
        return found is not None

    def _cheaper(self, node: Node, known: float) -> float:
        """Return what a node's decisions cost if they are admissible and cost less than known."""
        if (
            self.cost is None
            or node.x is None
            or len(self._choices(node.x, node.lower, node.upper)[0])
        ):
            return known
        columns = self.block.columns[: self.block.decisions]
        step, whole = self.formulation.step[columns], self.formulation.whole[columns]
        numbers = np.where(whole, np.round(node.x / step) * step, node.x)
        if (cost := self.cost(numbers)) >= known:
            return known
        self.found = numbers
        return cost

    def _best(self, node: Node, room: float) -> Fork | None:
        """Return the split that raises the bound most; tried where little is known of it."""
        if node.x is None:
            return None
        decisions, at = self._choices(node.x, node.lower, node.upper)
        if not len(decisions):
            return self._outside(node, node.x)
        distance = np.stack([node.x[decisions] - at, self._next(decisions, at) - node.x[decisions]])
        expected = self.learnt.scores(decisions, distance, room)
        order = np.argsort(-expected, kind="stable")
        best, most, tried, in_vain = None, -1.0, 0, 0
        for i in order:
            fork, gain = None, expected[i]
            if not self.learnt.knows(int(decisions[i])):
                if tried == _TRIED or in_vain == _IN_VAIN:
                    break
                fork = self._fork(node, int(decisions[i]), float(at[i]), distance[:, i])
                gain = score(gains(node, fork), room)
                tried, in_vain = tried + 1, in_vain + 1
            if gain > most:
                best, most, in_vain = (i, fork), float(gain), 0
        if best is None:
            return None
        i, fork = best
        return fork or self._fork(node, int(decisions[i]), float(at[i]), distance[:, i])

    def _outside(self, node: Node, x: Floats) -> Fork | None:
        """Return the split that only has a node bounded anew in its box, which its point left."""
        off = np.maximum(node.lower - x, x - node.upper)
        decision = int(np.argmax(off))
        if off[decision] <= _OFF:
            return None
        at = float(node.upper[decision])
        below = self._node(node.lower, node.upper, node.multipliers, node.bound)
        above = Node(node.lower, node.upper, np.inf, node.multipliers, None)
        return Fork(decision, at, below, above)

    def _fork(self, node: Node, decision: int, at: float, distance: Floats) -> Fork:
        """Bound both sides of a split, and learn what that gains."""
        lower, upper = node.lower.copy(), node.upper.copy()
        upper[decision] = at
        lower[decision] = self._next(np.array([decision]), np.array([at]))[0]
        below = self._node(node.lower, upper, node.multipliers, node.bound)
        above = self._node(lower, node.upper, node.multipliers, node.bound)
        fork = Fork(decision, at, below, above)
        self.learnt.learn(decision, distance, gains(node, fork))
        return fork

    def _choices(self, x: Floats, lower: Floats, upper: Floats) -> tuple[Ints, Floats]:
        """Return the decisions that are no admissible number, and the one below each."""
        x = np.clip(x, lower, upper)
        columns = self.block.columns[: self.block.decisions]
        step, smallest = self.formulation.step[columns], self.formulation.smallest[columns]
        off = np.abs(x / step - np.round(x / step))
        off = np.where(x < smallest, np.minimum(x, smallest - x) / np.maximum(smallest, 1.0), off)
        off *= self.formulation.whole[columns]
        some = np.flatnonzero((off > _OFF) & (upper - lower >= 1e-9))
        below = np.floor(x / step) * step
        return some, np.where(below < smallest, 0.0, below)[some]

    def _next(self, decisions: Ints, at: Floats) -> Floats:
        columns = self.block.columns[decisions]
        return np.array(
            [next_number(self.formulation, int(j), a) for j, a in zip(columns, at, strict=True)]
        )

    def _node(self, lower: Floats, upper: Floats, inherited: Floats, least: float) -> Node:
        """Bound a node; where the solver's multipliers prove less than its parent's, inherit."""
        count, part = self.block.decisions, self._part(lower, upper)
        self.watch.meter.add(of_tree(part.matrix.nnz))
        within = boxed(part, implied(self.numbers, part)) if (lower <= upper).all() else None
        if within is None:
            return Node(lower, upper, np.inf, inherited, None)
        part, lower, upper = within, within.lower[:count], within.upper[:count]

        def bounded(result: Result, _: float) -> Node:
            tried = [] if result.multipliers is None else [result.multipliers]
            if result.ray is not None:  # along it, the bound of an impossible node has no end
                size = _BEYOND / max(1e-9, float(np.max(np.abs(result.ray), initial=0.0)))
                tried += [inherited + size * result.ray, inherited - size * result.ray]
            bounds = [lagrangian_bound(part, y) for y in tried]
            if max(bounds, default=-np.inf) < least:
                tried.append(inherited)
                bounds.append(lagrangian_bound(part, inherited))
            best = int(np.argmax(bounds))
            x = None if result.x is None else result.x[:count]
            return Node(lower, upper, bounds[best], tried[best], x)

        left = self.end - self.watch.now()
        node = believed(self.hot.ways(part), bounded, left, self.watch.inner()).proof
        assert node is not None, "whatever a solver returns bounds a node"
        return node

    def _part(self, lower: Floats, upper: Floats) -> LinearProgram:
        """Return the program of a node."""
        whole = boxed(self.part, (lower, upper))
        assert whole is not None
        return whole
