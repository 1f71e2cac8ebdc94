import errno
import hashlib
import json
import multiprocessing
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from builders import Tiny
from commission_opt.allocation.allocate import allocate
from commission_opt.errors import InputError, UsageError
from commission_opt.plan.read import StoredPlan, read_plan
from commission_opt.plan.sign import FILE, HEAD, Role, sign, sign_off, state_of
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_instance
from commission_opt.text.counts import plural
from samples import model


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sign")
    instance = read_instance(Tiny().write(folder / "tiny"))
    write_plan(allocate(instance, parse_policy(model().encode())), folder / "plan")
    return folder / "plan"


@pytest.fixture
def plan(unsigned: Path, tmp_path: Path) -> StoredPlan:
    return read_plan(shutil.copytree(unsigned, tmp_path / "plan"))


def test_signatures_are_kept_in_order_with_what_was_signed(plan: StoredPlan) -> None:
    assert sign_off(plan.folder).signatures == ()
    first = sign(plan, Role.analyst, "  Ann Alyst ", "Inputs checked.\nTwice.")
    second = sign(plan, Role.commissioner, "Żoë", "")
    assert sign_off(plan.folder).signatures == (first, second)
    assert sign_off(plan.folder).problems == ()
    assert (first.name, first.note) == ("Ann Alyst", "Inputs checked.\nTwice.")
    assert first.plan == second.plan == state_of(plan)
    assert len((plan.folder / FILE).read_bytes().splitlines()) == 2


@pytest.mark.each(2)
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


def _three(plan: StoredPlan) -> list[bytes]:
    for name in ("One", "Two", "Three"):
        sign(plan, Role.analyst, name, "")
    return (plan.folder / FILE).read_bytes().splitlines(keepends=True)


def _told(plan: StoredPlan) -> str:
    found = sign_off(plan.folder)
    assert not found.whole
    return "\n".join(map(str, found.problems))


def test_earlier_lines_cannot_be_changed_or_removed_without_notice(plan: StoredPlan) -> None:
    lines = _three(plan)
    _line(plan, 0, name="Someone else")
    assert "signoff.jsonl line 2: the lines before it were changed" in _told(plan)
    assert len(sign_off(plan.folder).signatures) == 3
    (plan.folder / FILE).write_bytes(b"".join(lines[1:]))
    assert "line 1: the lines before it were changed" in _told(plan)
    with pytest.raises(InputError, match="line 1: the lines before it were changed"):
        sign(plan, Role.analyst, "Four", "")


@pytest.mark.parametrize("kept", [2, 1, 0])
def test_removing_the_last_lines_is_noticed(plan: StoredPlan, kept: int) -> None:
    lines = _three(plan)
    (plan.folder / FILE).write_bytes(b"".join(lines[:kept]))
    assert f"has {plural(kept, 'line')} and had 3: the last were removed" in _told(plan)
    with pytest.raises(InputError, match="the last were removed"):
        sign(plan, Role.analyst, "Four", "")
    (plan.folder / HEAD).unlink()
    if kept:
        assert "signoff.head, which says how many signatures there are, is missing" in _told(plan)


def test_removing_the_whole_record_or_changing_the_last_is_noticed(plan: StoredPlan) -> None:
    _three(plan)
    _line(plan, 2, name="Someone else")
    assert "is not what signoff.head says" in _told(plan)
    (plan.folder / FILE).unlink()
    assert "is missing, and signoff.head is there" in _told(plan)
    for text in ("", "[]", "{}", '{"signatures": "3", "sha256": 0}', "[" * 10**5):
        (plan.folder / HEAD).write_text(text, encoding="utf-8")
        assert not sign_off(plan.folder).whole


def test_a_line_that_was_signed_while_the_head_was_written_is_kept(plan: StoredPlan) -> None:
    head = b""
    for name in ("One", "Two"):
        sign(plan, Role.analyst, name, "")
        head = head or (plan.folder / HEAD).read_bytes()
    (plan.folder / HEAD).write_bytes(head)
    found = sign_off(plan.folder)
    assert (len(found.signatures), found.whole) == (2, True)
    sign(plan, Role.analyst, "Three", "")
    assert len(sign_off(plan.folder).signatures) == 3


@pytest.mark.each(5)
@pytest.mark.parametrize("earlier", [0, 1, 2])
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_whenever_a_signer_is_killed_the_next_signs(
    plan: StoredPlan, monkeypatch: pytest.MonkeyPatch, earlier: int, steps: int
) -> None:
    for number in range(earlier):
        sign(plan, Role.analyst, f"Earlier {number}", "")
    given, done = Path.replace, iter(range(steps))

    def killed(path: Path, target: Path) -> Path:
        if next(done, None) is None:
            raise KeyboardInterrupt
        return given(path, target)

    with monkeypatch.context() as killing:
        killing.setattr(Path, "replace", killed)
        with suppress(KeyboardInterrupt):
            while True:  # a later signature needs fewer steps
                sign(plan, Role.analyst, "Killed", "")
    assert sign_off(plan.folder).whole
    sign(plan, Role.analyst, "Next", "")
    found = sign_off(plan.folder)
    assert found.whole
    assert [s.name for s in found.signatures if s.name != "Killed"][earlier:] == ["Next"]


def test_records_of_earlier_versions_are_read_with_a_word(plan: StoredPlan) -> None:
    before = b""
    for name in ("One", "Two"):
        said = {
            "role": "analyst", "name": name, "note": "", "signed": "2026-01-01T00:00:00+00:00",
            "plan": state_of(plan), "before": hashlib.sha256(before).hexdigest(),
        }  # fmt: skip
        before += json.dumps(said).encode() + b"\n"
    (plan.folder / FILE).write_bytes(before)
    found = sign_off(plan.folder)
    assert [s.name for s in found.signatures] == ["One", "Two"]
    assert found.whole
    assert "that its last lines are all there is not known" in str(found.problems[0])
    sign(plan, Role.assurer, "Three", "")
    assert sign_off(plan.folder).problems == ()
    (plan.folder / FILE).write_bytes(before)
    assert "the last were removed" in _told(plan)


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is no signature"),
        ("[]", "is no signature"),
        ("[" * 10**5, "is no signature"),
        ('{"role": "analyst"}', "is no signature"),
        (
            '{"role": 1, "name": "a", "note": "", "signed": "", "plan": "", "before": ""}',
            "a value is no text",
        ),
    ],
)
def test_lines_that_are_no_signatures_are_named_and_hide_no_others(
    plan: StoredPlan, line: str, message: str
) -> None:
    sign(plan, Role.analyst, "One", "")
    with (plan.folder / FILE).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert "signoff.jsonl line 2: " in _told(plan)
    assert message in _told(plan)
    assert [s.name for s in sign_off(plan.folder).signatures] == ["One"]


def test_a_torn_last_line_hides_nothing_and_the_next_signs(plan: StoredPlan) -> None:
    sign(plan, Role.analyst, "One", "")
    with (plan.folder / FILE).open("a", encoding="utf-8") as file:
        file.write('{"role": "assurer", "na')
    found = sign_off(plan.folder)
    assert (len(found.signatures), found.whole) == (1, True)
    assert "was not written to the end" in str(found.problems[0])
    sign(plan, Role.assurer, "Two", "")
    assert [s.name for s in sign_off(plan.folder).signatures] == ["One", "Two"]
    assert sign_off(plan.folder).problems == ()


def test_a_full_disk_leaves_what_was_there(
    plan: StoredPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(plan, Role.analyst, "One", "")
    before = {path.name: path.read_bytes() for path in plan.folder.glob("*") if path.is_file()}

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"the disk is full.*nothing was signed"):
        sign(plan, Role.assurer, "Two", "")
    after = {path.name: path.read_bytes() for path in plan.folder.glob("*") if path.is_file()}
    assert after == before


def _sign_in_a_process(folder: Path, name: str, start: Any) -> None:
    plan = read_plan(folder)
    start.wait()
    sign(plan, Role.analyst, name, "")


@pytest.mark.slow
def test_all_who_sign_at_one_moment_have_signed(plan: StoredPlan) -> None:
    context: Any = multiprocessing.get_context("fork" if os.name != "nt" else "spawn")
    for attempt in range(7):
        start = context.Barrier(3)
        names = [f"{attempt} {who}" for who in ("Ann", "Bob", "Cid")]
        signers = [
            context.Process(target=_sign_in_a_process, args=(plan.folder, name, start))
            for name in names
        ]
        for signer in signers:
            signer.start()
        for signer in signers:
            signer.join()
        assert [signer.exitcode for signer in signers] == [0, 0, 0]
        found = sign_off(plan.folder)
        assert found.problems == ()
        assert {s.name for s in found.signatures[-3:]} == set(names)
        assert len(found.signatures) == 3 * (attempt + 1)


def test_one_person_signs_in_two_roles_only_expressly(plan: StoredPlan) -> None:
    sign(plan, Role.assurer, "José  Álvarez", "")
    sign(plan, Role.assurer, "José Álvarez", "again")
    assert sign_off(plan.folder).several_roles() == []
    for name in ("josé álvarez", "JOSE\u0301 A\u0301LVAREZ", "José\u00a0Álvarez", "José-Álvarez"):
        with pytest.raises(UsageError, match=r"has signed as assurer.* --same-person"):
            sign(plan, Role.commissioner, name, "")
    sign(plan, Role.commissioner, "josé álvarez", "", same_person=True)
    (said,) = sign_off(plan.folder).several_roles()
    assert "signed as assurer and commissioner" in said


@pytest.mark.each(3)
@pytest.mark.parametrize(
    "name", ["Ann\nBob", "Ann\x1b[2J", "Ann\u202eBob", "Ann\u2028Bob", "\u200b"]
)
def test_a_name_that_does_not_show_itself_is_refused(plan: StoredPlan, name: str) -> None:
    with pytest.raises(UsageError, match="--name"):
        sign(plan, Role.analyst, name, "")


def test_an_empty_or_endless_name_is_refused(plan: StoredPlan) -> None:
    with pytest.raises(UsageError, match="--name is empty"):
        sign(plan, Role.analyst, "  ", "")
    with pytest.raises(UsageError, match="take 2,000 characters at most"):
        sign(plan, Role.analyst, "Ann", "x" * 2001)
    assert not (plan.folder / FILE).exists()
