import numpy as np

from commission_opt.core.index import Index
from commission_opt.formulation.decisions import Block


def test_blocks_lie_side_by_side() -> None:
    first = Block("places", Index(("line", "year"), (2, 3)))
    second = Block("units", Index(("line", "year"), (1, 3)), first.stop)
    assert first.grid.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert second.grid.tolist() == [[6, 7, 8]]
    assert (first.stop, second.stop) == (6, 9)


def test_a_block_may_be_empty() -> None:
    block = Block("units", Index(("line", "year"), (0, 2)), 4)
    assert block.stop == 4
    assert np.shape(block.grid) == (0, 2)
