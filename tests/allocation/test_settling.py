"""What ties a plan for several futures leaves, settled by the expectation."""

import pytest

from commission_opt.files.shipped import find_instance
from commission_opt.reading.read import read_instance
from futures_made import row, scenario
from plan_of_futures import RISKS, solved

TABLES = (
    row("demand", "uniform = [0.94, 1.08]", each='"profession"'),
    row("budget", "uniform = [0.95, 1.05]"),
    scenario("more leave", 0.3, "leavers*=1.4"),
)


@pytest.mark.each(2)
@pytest.mark.parametrize("risk", ["cvar", "worst"])
def test_the_expectation_after_another_risk_is_proved_where_that_is_small(risk: str) -> None:
    folder = find_instance("two-by-two")
    text = (folder / "model.toml").read_text("utf-8")
    text += f'\n[uncertainty]\nfile = "test"\n{RISKS[risk]}'
    plan, _ = solved(read_instance(folder), text, *TABLES, draws=6)
    settling = plan.certificate.settling
    assert settling is not None
    assert settling.gap <= 5e-4
    assert (plan.status, plan.ends) == ("optimal", (None,))
