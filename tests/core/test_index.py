import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.core.index import Index

SHAPES = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)


def index_of(shape: tuple[int, ...]) -> Index:
    return Index(tuple("abcd"[: len(shape)]), shape)


@given(SHAPES)
def test_cells_are_numbered_as_numpy_lays_arrays_out(shape: tuple[int, ...]) -> None:
    index = index_of(shape)
    grid = np.arange(index.size).reshape(shape)
    np.testing.assert_array_equal(index.at(*np.indices(shape)), grid)


@given(SHAPES)
def test_coordinates_lead_back_to_positions(shape: tuple[int, ...]) -> None:
    index = index_of(shape)
    every = np.arange(index.size)
    np.testing.assert_array_equal(index.at(*(index.of(axis) for axis in index.axes)), every)
    some = every[::2]
    np.testing.assert_array_equal(index.of("a", some), index.of("a")[some])


def test_an_axis_may_be_empty() -> None:
    assert Index(("a", "b"), (0, 3)).of("b").size == 0


@pytest.mark.parametrize(
    ("axes", "shape"), [(("a",), (1, 2)), (("a", "a"), (1, 2)), (("a",), (-1,))]
)
def test_axes_that_number_nothing_are_refused(
    axes: tuple[str, ...], shape: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="shape"):
        Index(axes, shape)


def test_every_axis_needs_a_coordinate() -> None:
    with pytest.raises(ValueError, match="zip"):
        Index(("a", "b"), (2, 3)).at(1)
