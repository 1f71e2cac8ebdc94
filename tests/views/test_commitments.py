from pathlib import Path

import pandas as pd
import pytest

from builders import Tiny
from commission_opt.reading.read import read_instance
from commission_opt.views.commitments import lapsed_words, not_in_force
from samples import model, policy
from some import some

LINE = "extra,,,coast,*,*,{},{},,500,The dean,Rooms,"


@pytest.mark.each(3)
@pytest.mark.parametrize(
    ("first", "last", "years", "in_force", "why"),
    some(
        [
            (2026, 2026, 1, None, ""),
            (2026, 2027, 2, None, ""),
            (2026, 2028, 2, (2026, 2027), "2028/29 is not among those that are decided"),
            (2028, 2029, 2, (), "2028/29 to 2029/30 are not among those that are decided"),
            (2040, 2041, 1, (), "2040/41 to 2041/42 are beyond the years looked ahead to"),
            (2024, 2026, 1, (2026,), "2024/25 to 2025/26 are before the plan"),
            (2020, 2021, 1, (), "2020/21 to 2021/22 are before the plan"),
            (
                2031,
                2032,
                1,
                (),
                "2031/32 is not among those that are decided; 2032/33 is beyond the",
            ),
        ],
        3,
    ),
)
def test_years_in_which_a_commitment_limits_nothing(
    tmp_path: Path, first: int, last: int, years: int, in_force: tuple[int, ...] | None, why: str
) -> None:
    tiny = Tiny()
    names = list(tiny.tables["commitments"][0])
    cells = LINE.format(first, last).split(",")
    tiny.tables["commitments"] = [dict(zip(names, cells, strict=True))]
    instance = read_instance(tiny.write(tmp_path / "tiny"))
    found = not_in_force(instance, policy(model(years)))
    if in_force is None:
        assert found.empty
        assert lapsed_words(found) == ""
        return
    (lapsed,) = found.to_dict("records")
    assert lapsed["in_force"] == in_force
    assert why in lapsed["why"]
    assert ("in some years only" in lapsed_words(found)) is bool(in_force)


def test_each_kind_is_named_with_its_own() -> None:
    years = [(2026,), (), (), (2027,)]
    found = pd.DataFrame({"commitment": list("abcd"), "in_force": years})
    assert lapsed_words(found, 1) == (
        "2 commitments were not in force in any year ('b' and 1 more) and 2 commitments were in "
        "force in some years only ('a' and 1 more)."
    )
    assert lapsed_words(found[:2], 4) == (
        "1 commitment was not in force in any year ('b') and 1 commitment was in force in some "
        "years only ('a')."
    )
