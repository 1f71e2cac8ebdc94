"""A record is the work of anybody: whatever is in it, it is a record or it is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Tiny
from commission_opt.allocation.allocate import allocate
from commission_opt.plan.record import PROOF, TABLES, WrongRecordError, parse_record
from commission_opt.plan.write import plan_record
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from samples import many, model


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    instance = read_instance(Tiny().write(tmp_path_factory.mktemp("tiny")))
    found = plan_record(allocate(instance, parse_policy(model().encode())), "solve")
    found["hashes"]["outputs"] = dict.fromkeys([*TABLES, PROOF], "0" * 64)
    return found


def test_what_is_written_is_a_record(record: dict[str, object]) -> None:
    assert parse_record(json.dumps(record).encode()) == record


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@many
@given(data=st.data())
def test_no_other_value_is_taken_or_breaks_anything(
    record: dict[str, object], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(record)))
    value = data.draw(_VALUES)
    try:
        found = parse_record(json.dumps({**record, key: value}).encode())
    except WrongRecordError:
        return
    assert type(found[key]) is type(record[key]) or key in (
        "format", "objective", "bound", "gap", "asked_gap", "without_new_places", "achieved",
        "peak_memory_mib",
    )  # fmt: skip


@many
@given(st.binary(max_size=40))
def test_no_bytes_break_anything(content: bytes) -> None:
    with pytest.raises(WrongRecordError):
        parse_record(content)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"gap": ', '"gap": NaN, "x": ', "NaN is no number"),
        ('"gap": ', '"gap": 1e999, "x": ', "too large"),
        ('"gap": ', f'"gap": 1{"0" * 400}, "x": ', "too many digits"),
        ('"gap": ', f'"gap": 1{"0" * 5000}, "x": ', "too many digits"),
        ('"gap": ', '"gap": 0, "gap": ', "a key twice"),
        ('"unit": ', '"unit": "\\ud800", "x": ', "surrogates not allowed"),
        ('"gap": ', f'"gap": {"[" * 10**5}{"]" * 10**5}, "x": ', "nested too deep"),
        ('"gap": ', '"goodness": 1, "gap": ', "goodness is no key of it"),
    ],
)
def test_what_json_allows_and_a_record_does_not(
    record: dict[str, object], old: str, new: str, message: str
) -> None:
    text = json.dumps(record).replace(old, new, 1)
    with pytest.raises(WrongRecordError, match=message):
        parse_record(text.encode())


@pytest.mark.parametrize(
    "name", ["../x.csv", "/etc/passwd", "a/b.csv", "", ".x", "a\nb", "C:x", "\\x"]
)
def test_names_of_files_elsewhere_are_refused(record: dict[str, object], name: str) -> None:
    hashes = json.loads(json.dumps(record["hashes"]))
    hashes["inputs"][name] = "0" * 64
    with pytest.raises(WrongRecordError, match="a name that no file of a plan has"):
        parse_record(json.dumps({**record, "hashes": hashes}).encode())


def test_long_and_foreign_text_is_refused() -> None:
    for content in (b"\xff\xfe{}", b"[]", b"1", b'"x"', b" " * (2**24 + 1)):
        with pytest.raises(WrongRecordError):
            parse_record(content)
