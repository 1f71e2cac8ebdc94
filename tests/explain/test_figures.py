from hypothesis import given
from hypothesis import strategies as st

from commission_opt.explain import figures


@given(st.floats(-1e9, 1e9))
def test_what_is_claimed_of_all_plans_is_rounded_to_the_safe_side(value: float) -> None:
    least, most = (
        float(show(value).replace(",", "")) for show in (figures.at_least, figures.at_most)
    )
    assert least <= value <= most
    near = 2e-4 if abs(value) < 0.1 else 0.11 * max(0.1, abs(value))
    assert most - least <= near


def test_what_is_not_known_is_a_dash() -> None:
    assert figures.at_most(float("nan")) == figures.at_least(None) == "–"
    assert figures.at_most(0.0) == figures.at_least(0.0) == "0.00"
