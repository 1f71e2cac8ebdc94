"""The instance that the README solves on paper, with measures beside its courses."""

import shutil
from pathlib import Path

from commission_opt.files.shipped import find_instance

HEADER = (
    "measure,kind,profession,region,title,lead_years,fte_per_unit,success_rate,leaver_rate,"
    "lasts_years,paid_years,last_amount,max_amount,min_amount,step"
)
ABROAD = "abroad,recruit,nurse,north,Nurses from abroad,1,0.9,0.8,0.2,,2,5,60,10,5"
BACK = "back,recruit,nurse,south,Return to practice,0,1,,,,,0,20,,"
COSTS = "abroad,,*,tuition,5000\nback,,1,tuition,3000\n"


def write(folder: Path, *measures: str, costs: str = COSTS) -> Path:
    """Write it with these rows of measures.csv; return the folder."""
    shutil.copytree(find_instance("two-by-two"), folder)
    rows = measures or (ABROAD, BACK)
    (folder / "measures.csv").write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    with (folder / "costs.csv").open("a", encoding="utf-8") as table:
        table.write(costs)
    return folder
