"""Bounds by trees: never above the best plan, whatever the tree says, and better than without."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import sparse

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.blocks import blocks_of, whole_block
from commission_opt.allocation.branching import Forest, strengthened
from commission_opt.allocation.growing import Growing
from commission_opt.certificate.certify import certify
from commission_opt.certificate.trees import (
    Subproblem,
    Tree,
    block_program,
    branched_bound,
    next_number,
    priced_cost,
)
from commission_opt.core.linear_program import lagrangian_bound, priced, row_terms
from commission_opt.formulation.assemble import aims, formulate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.solvers.status import Limits, Watch
from enumeration import NAMES, every_plan, tiny
from handworked import hand
from rational import exactly
from samples import model, policy, problem_of, sample, written
from search_landscape import numbers
from some import some
from trees_made import grown, one_leaf, random_tree, relaxed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "objective"),
    [
        *(("soft", "shortfall"), ("fair", "shortfall")),
        *((name, objective) for name in ("one year", "two years") for objective in OBJECTIVES),
    ],
)
def test_no_plan_is_better_than_the_bound(name: str, objective: str) -> None:
    known = tiny(name)
    text = known.text([(objective, 0.0)])
    problem = problem_of(known.instance, text)
    (aim,) = aims(problem)
    formulation = formulate(problem, aim)
    best = min(plan[objective] for plan in every_plan(name)) / aim.scale
    plain = relaxed(formulation)
    for nodes in (1, 8, 1000):
        found = grown(formulation, nodes)
        assert plain.bound - 1e-9 <= found.bound <= best + 1e-6 * max(1.0, abs(best))
        if found.trees:
            again = branched_bound(formulation, found.multipliers, found.trees)
            assert again == pytest.approx(found.bound, rel=1e-12)


@pytest.mark.each(5)
@pytest.mark.parametrize("seed", range(20))
def test_any_tree_is_valid(seed: int) -> None:
    """Random splits and random multipliers prove little, but never too much."""
    rng = np.random.default_rng(seed)
    name = NAMES[seed % len(NAMES)]
    known = tiny(name)
    problem = problem_of(known.instance, known.text([("shortfall", 0.0)]))
    formulation = formulate(problem, aims(problem)[0])
    best = min(plan["shortfall"] for plan in every_plan(name))
    multipliers = relaxed(formulation).multipliers
    for scale in (0.0, 0.3, 3.0):
        noisy = multipliers + scale * rng.normal(size=len(multipliers))
        trees = [
            random_tree(formulation, block, rng, int(rng.integers(4)))
            for block in blocks_of(formulation)
        ]
        assert branched_bound(formulation, noisy, trees) <= best + 1e-9


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", some(range(6), 3))
def test_no_multiplier_swallows_its_neighbours(seed: int) -> None:
    """A price of 1e16 on a row that is tight over the box cancels, and must not take others along.

    In real numbers it adds nothing; in floats the rest of every sum that it is in may be lost.
    """
    formulation = written(sample(3, 2, 2, seed).instance, model(2))
    program = formulation.program
    tight = program.matrix @ program.upper
    rng = np.random.default_rng(seed)
    formulation = replace(formulation, program=replace(program, row_lower=tight, row_upper=tight))
    for size in (1e9, 1e15, 2e16, 1e20, 1e300):
        y = rng.normal(size=len(tight)) + size * rng.choice([-1.0, 0.0, 0.0, 1.0], len(tight))
        exact = exactly(formulation.program, y)
        leaves = [one_leaf(b, y) for b in blocks_of(formulation)]
        for trees in ([], leaves):
            bound = branched_bound(formulation, y, trees)
            assert bound == -np.inf or Fraction(bound) <= exact


def test_without_trees_it_is_the_lagrangian_bound() -> None:
    formulation = written(sample(4, 3, 2, 0).instance, model(2))
    multipliers = np.random.default_rng(0).normal(size=len(formulation.program.row_lower))
    assert branched_bound(formulation, multipliers, ()) == lagrangian_bound(
        formulation.program, multipliers
    )


def test_trees_of_one_leaf_are_the_lagrangian_bound() -> None:
    formulation = written(sample(4, 3, 2, 0).instance, model(2))
    multipliers = np.random.default_rng(0).normal(size=len(formulation.program.row_lower))
    trees = [one_leaf(b, multipliers) for b in blocks_of(formulation)]
    assert branched_bound(formulation, multipliers, trees) == pytest.approx(
        lagrangian_bound(formulation.program, multipliers), rel=1e-12
    )


@pytest.mark.parametrize("seed", some(range(4), 4))
def test_more_nodes_prove_more(seed: int) -> None:
    formulation = written(sample(6, 3, 2, seed).instance, model(2))
    bounds = [grown(formulation, nodes).bound for nodes in (0, 4, 16, 64)]
    assert bounds == sorted(bounds)
    assert bounds[-1] > relaxed(formulation).bound


@pytest.mark.parametrize("name", ["one year", "two years"])
def test_a_full_tree_is_the_best_at_the_prices(name: str) -> None:
    """With enough nodes, the bound is the least cost of all numbers when ties are only priced."""
    known = tiny(name)
    problem = problem_of(known.instance, known.text([("shortfall", 0.0)]))
    formulation = formulate(problem, aims(problem)[0])
    program, found = formulation.program, grown(formulation, 100_000)
    tied = np.ones(len(program.row_lower), dtype=bool)
    for block in blocks_of(formulation):
        tied[block.rows] = False
    prices = np.where(tied, found.multipliers, 0.0)
    cost = priced_cost(program, prices)
    constant = program.offset + float(row_terms(program, priced(program, prices)).sum())
    own = ~tied
    least = np.inf
    for choice in product(*numbers(formulation)):
        point = formulation.point(problem.layout.to_amounts(np.array(choice)))
        activity = program.matrix @ point
        kept = (activity >= program.row_lower - 1e-9) & (activity <= program.row_upper + 1e-9)
        if kept[own].all():
            least = min(least, float(cost @ point) + constant)
    assert found.bound == pytest.approx(least, rel=1e-9)
    if name == "one year":
        assert found.bound > relaxed(formulation).bound * (1 + 1e-6)


def test_a_tree_over_everything_ends_at_the_gap_that_is_asked_for() -> None:
    known = tiny("one year")
    problem = problem_of(known.instance, known.text([("shortfall", 0.0)]))
    formulation = formulate(problem, aims(problem)[0])
    best = min(every_plan("one year"), key=lambda plan: plan["shortfall"])["shortfall"]
    places = allocate(known.instance, problem.policy, Limits(gap=0.0)).places
    sizes = {}
    for gap in (0.0, 0.01, 0.05):
        found = strengthened(
            formulation, relaxed(formulation), Limits(gap=gap), Watch(),
            nodes=10_000, seconds=60.0, places=places, blocks=[whole_block(formulation)],
        )  # fmt: skip
        bound = found.bound * formulation.aim.scale
        assert best * (1.0 - gap) - 1e-6 <= bound <= best + 1e-6
        sizes[gap] = sum(len(tree.leaves) for tree in found.trees)
    assert sizes[0.0] >= sizes[0.01] >= sizes[0.05]
    assert sizes[0.0] > sizes[0.05]


def test_rows_far_from_binding_are_left_out_of_large_blocks() -> None:
    formulation = written(sample(2, 12, 2, 1).instance, model(2))
    found, program = grown(formulation, 8), formulation.program
    assert len(found.trees) == 2
    seen = np.concatenate([tree.block.rows for tree in found.trees])
    own = np.concatenate([block.rows for block in blocks_of(formulation)])
    assert len(seen) < len(own)
    assert set(np.flatnonzero(found.multipliers)) & set(own.tolist()) <= set(seen.tolist())
    shortage = np.arange(len(program.row_lower))[program.rows["shortage"]]
    assert set(shortage) <= set(seen.tolist())
    assert found.bound > relaxed(formulation).bound


def test_a_tree_over_everything_sees_every_row() -> None:
    formulation = written(sample(10, 4, 1, 1).instance, model())
    [tree] = strengthened(
        formulation, relaxed(formulation), Limits(), Watch(),
        nodes=60, seconds=60.0, blocks=[whole_block(formulation)],
    ).trees  # fmt: skip
    assert len(tree.block.rows) == len(formulation.program.row_lower)


def test_blocks_share_no_row_and_no_column() -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))
    blocks = blocks_of(formulation)
    assert len(blocks) == 6  # professions share nothing but budgets, pools and commitments
    for part in ("columns", "rows"):
        every = np.concatenate([getattr(block, part) for block in blocks])
        assert len(np.unique(every)) == len(every)
    decisions = np.concatenate([b.columns[: b.decisions] for b in blocks])
    assert np.sort(decisions).tolist() == list(range(len(formulation.step)))


def test_rows_that_touch_one_block_alone_belong_to_it() -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))
    program, blocks = formulation.program, blocks_of(formulation)
    block_of = np.full(len(program.cost), -1)
    for k, block in enumerate(blocks):
        block_of[block.columns] = k
    inside = {int(row) for block in blocks for row in block.rows}
    by_row = sparse.csr_array(program.matrix)
    courses, single = formulation.problem.layout.line, set[int]()
    for row in range(len(program.row_lower)):
        columns = by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]
        if len({*block_of[columns].tolist()}) == 1:
            single.add(row)
    assert inside == single
    decided = [by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]] for row in inside]
    several = [columns for columns in decided if columns.max() < len(formulation.step)]
    assert any(len({*courses[columns].tolist()}) > 1 for columns in several)


def test_trees_there_are_stay_where_no_time_is_left_for_others() -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))
    before = grown(formulation, 4)
    assert len(before.trees) > 1
    calls = 0

    class Over(Watch):
        def late(self, _: float) -> bool:
            nonlocal calls
            calls += 1
            return calls > 1

    found = strengthened(formulation, before, Limits(), Over(), nodes=9, seconds=60.0)
    assert found.bound >= before.bound
    plain = relaxed(formulation)
    assert branched_bound(formulation, plain.multipliers, found.trees) == found.bound


def test_trees_grow_on_from_where_they_stand() -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))
    plain = relaxed(formulation)
    forest = Forest(formulation, plain, Limits(), Watch())
    few = forest.grown(plain, 4, 60.0)
    again = forest.grown(few, 4, 60.0)
    assert [len(tree.split) for tree in again.trees] == [len(tree.split) for tree in few.trees]
    more = forest.grown(again, 12, 60.0)
    anew = strengthened(formulation, plain, Limits(), Watch(), nodes=12, seconds=60.0)
    assert more.bound == pytest.approx(anew.bound, rel=1e-12)
    assert more.bound > few.bound > plain.bound
    for old, new in zip(few.trees, more.trees, strict=True):
        assert len(new.split) <= 13
        assert old.split[0] in (new.split[0], -1)


def test_trees_end_at_a_bound_that_is_enough() -> None:
    formulation = written(sample(6, 3, 2, 1).instance, model(2))
    plain = relaxed(formulation)
    most = Forest(formulation, plain, Limits(), Watch()).grown(plain, 40, 60.0)
    forest = Forest(formulation, plain, Limits(), Watch())
    enough = plain.bound + (most.bound - plain.bound) / 2
    found = forest.grown(plain, 40, 60.0, enough=enough)
    assert enough <= found.bound < most.bound
    assert found.bound == branched_bound(formulation, plain.multipliers, found.trees)
    again = Forest(formulation, plain, Limits(), Watch()).grown(plain, 40, 60.0, enough=most.bound)
    assert again.bound == pytest.approx(most.bound, rel=1e-4)


def test_a_tree_proves_no_less_than_the_multipliers_it_starts_from() -> None:
    formulation = written(sample(6, 3, 2, 0).instance, model(2))
    plain = relaxed(formulation)
    multipliers = plain.multipliers
    program, by_row = formulation.program, sparse.csr_array(formulation.program.matrix)
    for block in blocks_of(formulation):
        outside = np.ones(len(multipliers), dtype=bool)
        outside[block.rows] = False
        costs = priced_cost(program, np.where(outside, multipliers, 0.0))
        part, given = block_program(program, by_row, costs, block), multipliers[block.rows]
        tree = Growing(formulation, block, part, given, Limits(), Watch(), end=0.0)  # no time
        assert tree.top.bound >= lagrangian_bound(part, given)


@pytest.mark.parametrize(("kind", "count"), [("hard", 2), ("soft", 1)])
def test_a_soft_commitment_joins_blocks(kind: str, count: int) -> None:
    both = (
        "commitment,region,first_year,last_year,min_places,owner,reason\nS,south,2026,2026,9,-,-\n"
    )
    price = "commitment_price = 1.0" if kind == "soft" else ""
    text = model(rules=f'commitments = "{kind}"\n{price}')
    assert len(blocks_of(written(hand(commitments=both), text))) == count


def test_blocks_that_overlap_or_reach_too_far_are_refused() -> None:
    formulation = written(sample(4, 3, 2, 0).instance, model(2))
    multipliers = np.zeros(len(formulation.program.row_lower))
    one, two, *_ = blocks_of(formulation)
    leaf = one_leaf(one, multipliers)
    with pytest.raises(ValueError, match="overlap"):
        branched_bound(formulation, multipliers, [leaf, leaf])
    wrong = replace(one, columns=two.columns, decisions=two.decisions)
    with pytest.raises(ValueError, match="outside"):
        branched_bound(formulation, multipliers, [replace(leaf, block=wrong)])


@pytest.mark.parametrize(
    ("split", "at", "leaves", "message"),
    [
        ([], [], 0, "no tree"),
        ([0, -1], [1.0, 0.0], 1, "no tree"),
        ([-1, -1], [0.0, 0.0], 2, "no tree"),
        ([-1, 0, -1], [0.0, 1.0, 0.0], 2, "no tree"),
        ([0, -1, -1], [1.0, 0.0], 2, "no tree"),
        ([0, -1, -1], [1.0, 0.0, 0.0], 3, "other leaves"),
        ([3, -1, -1], [1.0, 0.0, 0.0], 2, "no decision"),
        ([0, -1, -1], [np.nan, 0.0, 0.0], 2, "nowhere"),
    ],
)
def test_what_is_no_tree_is_refused(
    split: list[int], at: list[float], leaves: int, message: str
) -> None:
    block = Subproblem(np.arange(4), np.arange(2), 3)
    with pytest.raises(ValueError, match=message):
        Tree(block, np.array(split, dtype=int), np.array(at), np.zeros((leaves, 2)))


def test_the_least_leaf_counts_and_no_other_is_taken_for_it() -> None:
    """Leaves stand below before above, whatever branches have no admissible number."""
    formulation = written(hand(), model(pace="false", stages=(("cost", 0.0),)))
    nothing = np.zeros(len(formulation.program.row_lower))
    block = next(b for b in blocks_of(formulation) if 0 in b.columns[: b.decisions])
    zero, bad = np.zeros(len(block.rows)), np.full(len(block.rows), np.nan)
    most = float(formulation.program.upper[0])
    for split, at, leaves in (
        ([0, -1, -1], [most, 0.0, 0.0], [zero, bad]),
        ([0, 0, -1, -1, -1], [most, most + 9, 0.0, 0.0, 0.0], [zero, bad, bad]),
        ([0, -1, 0, -1, -1], [-0.5, 0.0, most, 0.0, 0.0], [bad, zero, bad]),
    ):
        tree = Tree(block, np.array(split), np.array(at), np.array(leaves))
        expected = branched_bound(formulation, nothing, [one_leaf(block, nothing)])
        assert branched_bound(formulation, nothing, [tree]) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (-0.5, 0),
        (14.9999999999, 15),
        (0, 10),
        (9.5, 10),
        (10, 15),
        (12, 15),
        (14.9999, 15),
        (15, 20),
    ],
)
def test_next_number(at: float, expected: float) -> None:
    formulation = written(hand(), model())  # course A: at least 10, in steps of 5
    assert next_number(formulation, 0, at) == expected


def test_a_split_below_nothing_keeps_the_closed_course() -> None:
    formulation = written(hand(), model(pace="false", stages=(("cost", 0.0),)))
    nothing = np.zeros(len(formulation.program.row_lower))
    trees = []
    for block in blocks_of(formulation):
        count = block.decisions  # nothing is below, so each split goes on above
        split = np.append(np.stack([np.arange(count), np.full(count, -1)]).T.ravel(), -1)
        leaves = np.zeros((count + 1, len(block.rows)))
        trees.append(Tree(block, split, np.full(len(split), -0.5), leaves))
    closed = formulation.program.value(formulation.point(np.zeros((3, 1))))
    assert branched_bound(formulation, nothing, trees) == pytest.approx(closed, abs=1e-12)


def test_trees_are_refused_where_fractions_are_allowed() -> None:
    """A split leaves out the fractions between two admissible numbers."""
    found = allocate(hand(), policy(model(integer=False)))
    (proof,) = found.proofs
    trees = tuple(one_leaf(block, proof.multipliers) for block in blocks_of(proof.formulation))
    assert trees
    with pytest.raises(ValueError, match="whole places"):
        certify(found.problem, found.outcome, [replace(proof, trees=trees)])


def test_no_time_and_no_nodes_leave_the_relaxation_as_it_was() -> None:
    formulation = written(sample(4, 3, 2, 0).instance, model(2))
    plain = relaxed(formulation)
    found = strengthened(formulation, plain, Limits(), Watch(), nodes=9, seconds=0.0)
    assert found is plain
    watch = Watch()
    watch.stop()
    assert strengthened(formulation, plain, Limits(), watch, nodes=9, seconds=9.0) is plain
