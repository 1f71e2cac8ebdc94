import pytest

from commission_opt.certificate.limits import limit, relative_gap


@pytest.mark.parametrize(
    ("objective", "tolerance", "expected"),
    [(50.0, 0.0, 50.0), (50.0, 0.1, 55.0), (0.0, 0.1, 0.0), (-50.0, 0.1, -45.0)],
)
def test_later_stages_may_use_the_tolerance(
    objective: float, tolerance: float, expected: float
) -> None:
    assert limit(objective, tolerance) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("size", "grain", "gap"), [(0.0, 1.0, 1.0), (4.0, 1.0, 0.25), (0.0, 1e10, 0.1)]
)
def test_gaps_are_measured_by_the_objective_its_size_or_its_grain(
    size: float, grain: float, gap: float
) -> None:
    assert relative_gap(1.0, 0.0, size, grain) == pytest.approx(gap)
    assert relative_gap(1.0, 1.0 - 1e-10, size, grain) == 0.0
