"""Cuts of trees: whatever they are made of, they leave every plan."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from commission_opt.allocation.blocks import whole_block
from commission_opt.allocation.branching import Forest
from commission_opt.allocation.conditioned import conditioned
from commission_opt.allocation.growing import Growing
from commission_opt.certificate.cuts import Cuts, without_cuts
from commission_opt.certificate.propagation import propagated
from commission_opt.certificate.trees import Tree, branched_bound
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.solvers.status import Limits, Watch
from enumeration import NAMES, every_plan, tiny
from samples import model, problem_of, sample, written
from trees_made import relaxed


def small(name: str) -> tuple[Formulation, float]:
    """A stage in the box that its rows leave, and its optimum."""
    known = tiny(name)
    problem = problem_of(known.instance, known.text([("shortfall", 0.0)]))
    best = min(plan["shortfall"] for plan in every_plan(name))
    return propagated(formulate(problem, aims(problem)[0])), best


def cut(formulation: Formulation, known: float) -> Growing:
    """The top of a tree over everything, after its cuts."""
    blocks, watch = [whole_block(formulation)], Watch()
    [plot] = Forest(formulation, relaxed(formulation), Limits(), watch, blocks).plots
    nothing = np.zeros(len(plot.block.rows))
    tree = Growing(formulation, plot.block, plot.part, nothing, Limits(), watch, np.inf)
    tree.cut(known)
    return tree


def proved(formulation: Formulation, tree: Tree) -> float:
    return branched_bound(formulation, np.zeros(len(formulation.program.row_lower)), [tree])


def test_cuts_raise_the_bound_and_are_proved_again() -> None:
    formulation = propagated(written(sample(6, 3, 1, 3).instance, model()))
    before = relaxed(formulation).bound
    grown = cut(formulation, 1.005 * before)
    assert len(grown.cuts)
    assert grown.bound > before + 2e-4 * abs(before)
    bound = proved(formulation, grown.tree())
    assert bound == pytest.approx(grown.bound, rel=1e-9)


def test_cuts_in_other_units_prove_as_much() -> None:
    given = propagated(written(sample(6, 3, 1, 3).instance, model()))
    own = conditioned(given)
    grown = cut(own, np.inf)
    assert len(grown.cuts)
    [tree] = own.trees([grown.tree()])
    assert proved(given, tree) * given.aim.scale == pytest.approx(
        grown.bound * own.aim.scale, rel=1e-9
    )


@pytest.mark.each(4)
@pytest.mark.parametrize("seed", range(24))
def test_no_cut_leaves_out_the_best_plan(seed: int) -> None:
    """Forms, splits and multipliers may be any numbers: what is derived of them still holds."""
    rng = np.random.default_rng(seed)
    formulation, best = small(NAMES[seed % len(NAMES)])
    grown = cut(formulation, best)
    tree = grown.tree()
    assert proved(formulation, tree) <= best + 1e-9
    cuts = grown.cuts
    if not len(cuts):
        return
    for _ in range(10):
        spoilt = _spoilt(cuts, rng, grown.block.decisions)
        leaves = tree.leaves * rng.uniform(0.5, 2.0)
        assert proved(formulation, replace(tree, cuts=spoilt, leaves=leaves)) <= best + 1e-9


def _spoilt(cuts: Cuts, rng: np.random.Generator, decisions: int) -> Cuts:
    def moved(part: sparse.csr_array) -> sparse.csr_array:
        factor = 1.0 + rng.choice([0.0, 1e-9, 0.3]) * rng.normal(size=part.nnz)
        return sparse.csr_array((part.data * factor, part.indices, part.indptr), shape=part.shape)

    split, at = cuts.split.copy(), cuts.at.copy()
    which = rng.integers(len(cuts))
    split[which], at[which] = rng.integers(decisions), rng.uniform(-1.0, 20.0)
    forms, below, above = (moved(part) for part in (cuts.forms, cuts.below, cuts.above))
    return Cuts(forms, split, at, below, above)


def test_a_cut_is_not_proved_by_itself_or_by_later_ones() -> None:
    """Each would say that nothing costs less than a large number, as the other says so."""
    formulation, best = small(NAMES[0])
    block = whole_block(formulation)
    rows = len(block.rows)
    cost = formulation.program.cost
    for by in (0, 1):  # the other one, or itself
        sides = sparse.csr_array(np.eye(rows + 2)[[rows + 1 - by, rows + by]])
        forms = sparse.csr_array(np.array([cost, cost]))
        cuts = Cuts(forms, np.zeros(2, dtype=np.int64), np.zeros(2), sides, sides)
        leaf = np.zeros((1, rows + 2))
        leaf[0, rows:] = 0.5
        tree = Tree(block, np.array([-1]), np.zeros(1), leaf, cuts=cuts)
        assert proved(formulation, tree) <= best


def test_cuts_of_another_block_are_refused() -> None:
    formulation, _ = small(NAMES[0])
    block = whole_block(formulation)
    columns, rows = len(block.columns), len(block.rows)
    for cuts in (without_cuts(columns + 1, rows), without_cuts(columns, rows + 1)):
        with pytest.raises(ValueError, match="another block"):
            Tree(block, np.array([-1]), np.zeros(1), np.zeros((1, rows)), cuts=cuts)
    one = sparse.csr_array(np.ones((1, columns)))
    sides = sparse.csr_array(np.zeros((1, rows + 1)))
    cuts = Cuts(one, np.array([block.decisions]), np.zeros(1), sides, sides)
    with pytest.raises(ValueError, match="another block"):
        Tree(block, np.array([-1]), np.zeros(1), np.zeros((1, rows + 1)), cuts=cuts)
    with pytest.raises(ValueError, match="different lengths"):
        Cuts(one, np.zeros(2, dtype=np.int64), np.zeros(2), sides, sides)
    with pytest.raises(ValueError, match="nowhere"):
        Cuts(one, np.zeros(1, dtype=np.int64), np.array([np.nan]), sides, sides)
