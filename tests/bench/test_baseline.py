import json

import pytest

from bench_rows import row
from commission_opt.bench.compare import baseline, compare
from commission_opt.errors import UsageError


def test_a_baseline_has_one_row_a_case_and_nothing_of_the_host() -> None:
    rows = [row(repeat=0), row(repeat=1), row(case="b")]
    kept = baseline(rows)
    assert [one["case"] for one in kept] == [row()["case"], "b"]
    assert "secret-host" not in json.dumps(kept)
    assert "Linux-x" not in json.dumps(kept)
    assert compare(kept, rows).blocking == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(ended_by="time")], "ended by time"),
        ([row(threads=2)], "is no baseline"),
        ([row(status="crash", ended_by=None, message="bang")], "crash; bang"),
        ([row(), row(nodes=9)], "two runs of the same version gave 3 and 9"),
        ([row(certificate={"valid": False})], "the certificate failed"),
    ],
)
def test_what_is_no_baseline(rows: list[dict[str, object]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        baseline(rows)
