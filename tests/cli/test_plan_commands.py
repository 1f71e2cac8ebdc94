import hashlib
import json
import shutil
from pathlib import Path

import pytest

from builders import Tiny
from command_line import Run, main_in
from samples import model
from some import some

STILL = "{ max_increase = 0, max_decrease = 0, allowance = 0 }"


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("solved")
    Tiny().write(folder / "tiny")
    (folder / "model.toml").write_text(model(years=2), encoding="utf-8")
    main_in(folder, "solve", "tiny", "--model", "model.toml", "--out", "a plan")
    return folder


@pytest.fixture
def plan(solved: Path, tmp_path: Path) -> Path:
    return shutil.copytree(solved, tmp_path, dirs_exist_ok=True) / "a plan"


def _words(text: str) -> str:
    return " ".join(text.split())


def test_a_plan_is_verified_signed_and_replayed(run: Run, plan: Path) -> None:
    first = run("verify", plan)
    assert first.code == 0
    assert "holds: its inputs and tables are what they were" in _words(first.err)
    assert "Nobody has signed it." in first.err
    signed = run("sign", plan, "--role", "assurer", "--name", "As Surer", "--note", "[b]seen[/b]")
    assert (signed.code, signed.out) == (0, "")
    second = run("verify", plan, "--json")
    assert "Signed as it is by As Surer, assurer" in _words(second.err)
    assert "[b]seen[/b]" in second.err
    record = json.loads(second.out)
    assert record["holds"]
    assert record["signatures"][0]["unchanged"]
    replayed = run("replay", plan, "--json")
    assert replayed.code == 0
    assert "Identical: every place and unit is as it was." in replayed.err
    assert json.loads(replayed.out)["sameness"] == "identical"


def test_a_changed_plan_is_refused_by_name(run: Run, plan: Path) -> None:
    run("sign", plan, "--role", "analyst", "--name", "Ann")
    table = plan / "budgets.csv"
    table.write_text(table.read_text("utf-8").replace("9000000", "8000000"), encoding="utf-8")
    found = run("verify", plan, "--json")
    assert found.code == 5
    assert any("budgets.csv row 2, amount" in problem for problem in found.problems)
    assert "Signed NOT as it is (an earlier state, or another plan) by Ann" in _words(found.err)
    record = json.loads(found.out)
    assert not record["holds"]
    assert not record["signatures"][0]["unchanged"]
    refused = run("sign", plan, "--role", "assurer", "--name", "Bob")
    assert refused.code == 5
    assert "It was not signed." in refused.err
    assert "Bob" not in (plan / "signoff.jsonl").read_text("utf-8")


def test_changed_inputs_are_refused_by_name(run: Run, plan: Path) -> None:
    (plan / "instance" / "demand.csv").write_text("nothing", encoding="utf-8")
    for command in ("verify", "replay"):
        found = run(command, plan)
        assert found.code == 1
        assert any("instance/demand.csv: was changed" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("verify", "nowhere"), "nowhere is no plan: it has no plan.json"),
        (("replay", "nowhere"), "nowhere is no plan"),
        (("sign", "nowhere", "--role", "analyst", "--name", "Ann"), "nowhere is no plan"),
        (("sign", "nowhere", "--role", "boss", "--name", "Ann"), "'boss' is not one of"),
    ],
)
def test_wrong_usage_is_refused(run: Run, words: tuple[str, ...], message: str) -> None:
    found = run(*words)
    assert found.code == 2
    assert message in _words(found.err)


@pytest.mark.slow
def test_a_replay_that_differs_says_so(
    run: Run, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commission_opt.allocation.allocate import allocate
    from commission_opt.plan import replay as module
    from commission_opt.policy_file import parse_policy

    def other(instance: object, *_: object) -> object:
        return allocate(instance, parse_policy(model(years=2, pace=STILL).encode()))  # type: ignore[arg-type]

    monkeypatch.setattr(module, "allocate", other)
    found = run("replay", plan)
    assert found.code == 5
    assert "Different: the weighted shortfall was" in found.err


@pytest.mark.each(2)
@pytest.mark.parametrize(
    "name",
    some(
        [
            "Bob\nSigned as it is by Com Missioner, commissioner, on 2026-01-01: seen",
            "Bob\r\x1b[2KSigned as it is by Com Missioner",
            "Bob\u2028Signed as it is by Com Missioner",
            "Bob" + 500 * " " + "Signed as it is by Com Missioner",
            "Bob\u202enoissiM moC yb si ti sa dengiS",
        ],
        3,
    ),
)
def test_each_signature_is_one_line_whatever_is_in_it(run: Run, plan: Path, name: str) -> None:
    for field in ("name", "note", "role", "signed"):
        said = dict.fromkeys(("role", "name", "note", "signed", "plan", "before"), "x")
        line = json.dumps({**said, field: name, "before": hashlib.sha256(b"").hexdigest()})
        (plan / "signoff.jsonl").write_text(line + "\n", encoding="utf-8")
        found = run("verify", plan)
        lines = [text for text in found.err.splitlines() if text.startswith("Signed")]
        assert len(lines) == 1
        assert not any(c in found.err for c in "\x1b\r\u2028\u202e")


@pytest.mark.slow
def test_a_removed_signature_ends_with_5_and_hides_nothing(run: Run, plan: Path) -> None:
    for who in ("Ann", "Bob"):
        assert run("sign", plan, "--role", "analyst", "--name", who).code == 0
    path = plan / "signoff.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    found = run("verify", plan, "--json")
    assert found.code == 5
    record = json.loads(found.out)
    assert (record["holds"], record["signatures_whole"]) == (True, False)
    assert "Signed as it is by Ann" in found.err
    assert any("has 1 line and had 2: the last were removed" in text for text in found.problems)


@pytest.mark.slow
def test_one_person_in_two_roles_is_said(run: Run, plan: Path) -> None:
    assert run("sign", plan, "--role", "assurer", "--name", "Ann Alyst").code == 0
    again = ("sign", plan, "--role", "commissioner", "--name", "ANN  alyst")
    refused = run(*again)
    assert refused.code == 2
    assert "has signed as assurer" in _words(refused.err)
    assert run(*again, "--same-person").code == 0
    assert "Ann Alyst signed as assurer and commissioner" in _words(
        run("verify", plan).err
    ).replace("ANN  alyst", "Ann Alyst").replace("ANN alyst", "Ann Alyst")
