import json
from pathlib import Path

import pytest

from builders import Tiny
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InputError, UsageError
from commission_opt.instance.read import read_instance
from commission_opt.plan import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.sign_off import FILE, Role, sign, signatures, state_of
from commission_opt.stored_plan import StoredPlan, read_plan
from samples import model


@pytest.fixture
def plan(tmp_path: Path) -> StoredPlan:
    instance = read_instance(Tiny().write(tmp_path / "tiny"))
    write_plan(allocate(instance, parse_policy(model().encode())), tmp_path / "plan")
    return read_plan(tmp_path / "plan")


def test_signatures_are_kept_in_order_with_what_was_signed(plan: StoredPlan) -> None:
    assert signatures(plan.folder) == []
    first = sign(plan, Role.analyst, "  Ann Alyst ", "Inputs checked.\nTwice.")
    second = sign(plan, Role.commissioner, "Żoë", "")
    assert signatures(plan.folder) == [first, second]
    assert (first.name, first.note) == ("Ann Alyst", "Inputs checked.\nTwice.")
    assert first.plan == second.plan == state_of(plan)
    assert len((plan.folder / FILE).read_bytes().splitlines()) == 2


@pytest.mark.parametrize(
    "file", ["plan.json", "model.toml", "allocation.csv", "proof.npz", "instance/demand.csv"]
)
def test_a_change_to_any_file_changes_the_state(plan: StoredPlan, file: str) -> None:
    before = state_of(plan)
    (plan.folder / file).write_bytes((plan.folder / file).read_bytes() + b"\n")
    assert state_of(plan) != before
    (plan.folder / file).unlink()
    assert state_of(plan) != before


def test_signing_and_files_beside_the_plan_do_not_change_the_state(plan: StoredPlan) -> None:
    before = state_of(plan)
    sign(plan, Role.assurer, "As Surer", "")
    (plan.folder / "report.html").write_text("<p>", encoding="utf-8")
    assert state_of(plan) == before


def _line(plan: StoredPlan, number: int, **changes: object) -> None:
    lines = (plan.folder / FILE).read_text("utf-8").splitlines()
    lines[number] = json.dumps({**json.loads(lines[number]), **changes})
    (plan.folder / FILE).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def test_earlier_lines_cannot_be_changed_or_removed_without_notice(plan: StoredPlan) -> None:
    for name in ("One", "Two", "Three"):
        sign(plan, Role.analyst, name, "")
    whole = (plan.folder / FILE).read_bytes()
    _line(plan, 0, name="Someone else")
    with pytest.raises(InputError, match=r"signoff\.jsonl line 2: the lines before"):
        signatures(plan.folder)
    (plan.folder / FILE).write_bytes(b"".join(whole.splitlines(keepends=True)[1:]))
    with pytest.raises(InputError, match="line 1: the lines before it were changed"):
        sign(plan, Role.analyst, "Four", "")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is no signature"),
        ("[]", "is no signature"),
        ('{"role": "analyst"}', "is no signature"),
        (
            '{"role": 1, "name": "a", "note": "", "signed": "", "plan": "", "before": ""}',
            "a value is no text",
        ),
    ],
)
def test_lines_that_are_no_signatures_are_named(plan: StoredPlan, line: str, message: str) -> None:
    (plan.folder / FILE).write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"signoff\.jsonl line 1: .*" + message):
        signatures(plan.folder)


def test_an_empty_or_endless_name_is_refused(plan: StoredPlan) -> None:
    with pytest.raises(UsageError, match="--name is empty"):
        sign(plan, Role.analyst, "  ", "")
    with pytest.raises(UsageError, match="take 2,000 characters at most"):
        sign(plan, Role.analyst, "Ann", "x" * 2001)
    assert not (plan.folder / FILE).exists()
