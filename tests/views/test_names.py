from pathlib import Path

from builders import Tiny
from commission_opt.reading.read import read_instance
from commission_opt.views.names import names_of


def test_codes_have_names_and_no_two_are_alike(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.cell("professions", 3, "title", "Adult nursing")
    for line in tiny.tables["budgets"]:
        line["fund"] = {"placement": "gp-salaries"}.get(line["fund"], line["fund"])
    for line in tiny.tables["costs"]:
        line["fund"] = {"placement": "gp-salaries"}.get(line["fund"], line["fund"])
    names = names_of(read_instance(tiny.write(tmp_path / "tiny")))
    assert names.professions["adult"] == "Adult nursing (adult)"
    assert names.regions["land"] == "Mainland"
    assert names.regions["*"] == "all regions"
    assert names.courses["gp-south"] == "General practice, South"
    assert names.funds == {
        "tuition": "tuition", "gp-salaries": "gp salaries", "tuition, pay": "tuition, pay",
    }  # fmt: skip
    assert names.pools == {"ward": "ward"}
