from dataclasses import replace

import pytest

from commission_opt.errors import InputError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.formulation.fits import check_fits
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.plan.export import formulate_stage
from commission_opt.policy import Objective, Policy
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance

LACKING = "joiners"  # which two-by-two does without


def asking(monkeypatch: pytest.MonkeyPatch, key: str, table: str) -> Policy:
    """A model whose second objective needs a table."""
    kind = replace(OBJECTIVES["surplus"], needs=lambda _: {key: table})
    monkeypatch.setitem(OBJECTIVES, "surplus", kind)
    return Policy("test", "Test", 1, (Objective("shortfall"), Objective("surplus")))


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("minimise", "the objective “surplus” needs joiners.csv, of which instance 'two-by-two' "
         "has no row; write it, or leave the objective out"),
        ("pay", "the objective “surplus” with “pay” needs joiners.csv, of which instance "
         "'two-by-two' has no row; write it, or leave “pay” out"),
    ],
)  # fmt: skip
def test_an_objective_without_its_table_is_refused(
    key: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, policy = read_instance(find_instance("two-by-two")), asking(monkeypatch, key, LACKING)
    for refuses in (check_fits, formulate_stage):
        with pytest.raises(InputError) as error:
            refuses(instance, policy)
        (problem,) = error.value.problems
        assert str(problem) == f"test.toml, {key}: {says}"


def test_an_objective_with_its_table_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = read_instance(find_instance("two-by-two"))
    check_fits(instance, asking(monkeypatch, "minimise", "budgets"))


def test_a_program_of_more_years_than_the_instance_has_is_not_written() -> None:
    with pytest.raises(InputError, match="do not fit into the horizon of 4 years"):
        formulate_stage(
            read_instance(find_instance("two-by-two")), read_policy(find_model("five-year"))
        )
