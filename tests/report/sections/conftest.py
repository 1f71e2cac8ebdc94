"""A plan that is short of money."""

import pytest

from commission_opt.report.facts import Facts
from report_pages import facts_of, make_plan, scarce
from samples import model


@pytest.fixture(scope="session")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    folder = tmp_path_factory.mktemp("scarce")
    return facts_of(make_plan(folder, scarce(), model(years=1, integer=False)))
