from pathlib import Path

import pytest

import samples
from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.methods import Method
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits
from report_pages import Parsed, page_of

pytest.importorskip("matplotlib")
pytest.importorskip("jinja2")


@pytest.mark.slow
def test_a_plan_of_129_professions_in_44_regions_has_a_page_of_its_size(tmp_path: Path) -> None:
    instance = samples.sample(129, 44, 1, 0, 15).instance
    model = samples.made(129, 44, 1, 0, 15).model
    found = allocate(instance, samples.policy(model), Limits(120.0, gap=0.05), method=Method.FAST)
    write_plan(found, tmp_path / "plan")
    text = page_of(tmp_path / "plan")
    assert len(text.encode()) < 2_300_000  # four years more add 0.4 MB; 3 MB is the most
    page = Parsed(text)
    pairs = instance.courses.drop_duplicates(["profession", "region"])
    assert len(page.table("Places and shortfall")) == len(pairs) + 2
    folded = [t for t in page.all("table") if t.text.strip().startswith("Shortfall by profession")]
    assert "details" in folded[0].parents
