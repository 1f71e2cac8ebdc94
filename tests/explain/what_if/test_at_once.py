"""Brackets hold the best plan of the changed instance, solved from nothing."""

import re
from pathlib import Path

import numpy as np
import pytest

from command_line import Run
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.settled import first_value
from commission_opt.certificate.certify import keeps_rules
from commission_opt.errors import CertificateError, UsageError
from commission_opt.explain.what_if.at_once import AtOnce
from commission_opt.formulation.problem import planning
from commission_opt.plan.read import read_plan
from commission_opt.plan.write import write_plan
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import read_changes
from commission_opt.solvers.status import Limits
from samples import model, policy, sample

LOOSER = (("budget*=1.1",), ("placement_capacity*=1.2", "demand*=0.98"), ("demand*=1.03",), ())
TIGHTER = (("budget*=0.97",), ("cost*=1.04",))
SLACK = 1e-6


@pytest.fixture(scope="module", params=[True, False], ids=["whole", "fractions"])
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AtOnce:
    folder = tmp_path_factory.mktemp("at-once") / "plan"
    given = policy(model(1, integer=request.param))
    write_plan(allocate(sample(4, 3, 1, 1).instance, given, Limits(seconds=20.0)), folder)
    return AtOnce(read_plan(folder))


@pytest.mark.parametrize("changes", [*LOOSER, *TIGHTER])
def test_the_best_plan_lies_in_the_bracket(held: AtOnce, changes: tuple[str, ...]) -> None:
    found, plan = held.bracket(changes), held.plan
    instance, given = Ground(plan.instance, plan.problem.policy).apply(read_changes(changes))
    cold = allocate(instance, given, Limits(seconds=20.0)).certificate
    assert found.least <= cold.objective * (1 + SLACK)
    assert found.most >= cold.bound * (1 - SLACK)
    changed = planning(instance, given)
    assert found.kept == pytest.approx(first_value(changed, plan.amounts))
    assert (found.broken is None) == keeps_rules(changed, changed.outcome(plan.amounts))
    assert np.isfinite(found.most) == (changes in LOOSER)
    assert found.least > 0.5 * cold.bound  # it says something


def test_without_a_change_it_is_nearly_as_tight_as_the_plan(held: AtOnce) -> None:
    found, (bound, value) = held.bracket(()), held.before
    assert found.kept == pytest.approx(value)
    assert bound * (1 - 0.02) <= found.least <= value * (1 + SLACK)


def test_sentences_say_the_bracket_and_never_round_it_inward(held: AtOnce) -> None:
    found = held.bracket(("demand*=1.03",))
    said = held.sentences(found)[0]
    match = re.search(r"between ([\d,.]+\d) and ([\d,.]+\d) weighted FTE-years; as it is", said)
    assert match is not None, said
    least, most = (float(text.replace(",", "")) for text in match.groups())
    assert least <= found.least <= most
    assert least <= found.kept <= most
    assert most - least <= 1.001 * (found.most - found.least) + 2.0


def test_what_breaks_is_named(held: AtOnce) -> None:
    found = held.bracket(("budget*=0.97",))
    assert found.broken is not None
    text = " ".join(held.sentences(found))
    assert "is at least" in text
    assert "Whether there is a plan with the changes" in text
    assert found.broken.where in text
    assert "budget" in found.broken.where


def test_changes_that_name_nothing_are_refused(held: AtOnce) -> None:
    with pytest.raises(UsageError, match="nonsense"):
        held.bracket(("nonsense*=2",))
    with pytest.raises(UsageError, match="other years"):
        held.bracket(("model.commissioning_years=2",))


def test_a_plan_that_does_not_hold_proves_nothing(held: AtOnce, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "plan"
    shutil.copytree(held.plan.folder, folder)
    record = folder / "plan.json"
    wrong = re.sub(r'"objective": [\d.]+', '"objective": 1.0', record.read_text(), count=1)
    record.write_text(wrong)
    with pytest.raises(CertificateError, match="does not hold"):
        AtOnce(read_plan(folder))


def test_the_command(held: AtOnce, run: Run) -> None:
    ran = run("explain", held.plan.folder, "--change", "demand*=1.03", "--at-once")
    assert ran.code == 0, ran.err
    flat = " ".join(ran.out.split())
    assert held.sentences(held.bracket(("demand*=1.03",)))[0] in flat
    assert "Nothing was solved" in flat
    assert run("explain", held.plan.folder, "--at-once").code == 2
