"""What units bring to a region, added up from the columns of measures.csv."""

import numpy as np
import pytest

from commission_opt.explain.why.origins import supply_of
from lever_cases import MEASURES, decided, levers, supplied

AMOUNTS = np.array([[20.0, 15.0], [10.0, 4.0], [4.0, 2.0], [10.0, 20.0], [3.0, 6.0], [2.0, 0.0]])


@pytest.mark.each(3)
@pytest.mark.parametrize("continuation", ["repeat", "last_intake", "none"])
@pytest.mark.parametrize(
    ("profession", "region", "measures"),
    [
        ("nurse", "north", ["abroad"]),
        ("nurse", "nation", ["abroad", "return"]),
        ("medic", "south", ["locum"]),
    ],
)
def test_units_are_flows_of_their_own(
    continuation: str, profession: str, region: str, measures: list[str]
) -> None:
    instance = levers()
    found = decided(instance, AMOUNTS, years=2, continuation=continuation)
    answer = supply_of(found, profession, region)
    frame, lines = answer.frame("supply"), instance.lines["line"].tolist()
    bought, later = np.zeros(5), np.zeros(5)
    brings = dict.fromkeys(measures, 0.0)
    for code in measures:
        row = lines.index(code)
        last = float(instance.lines["last_amount"].iloc[row])
        own = {"repeat": AMOUNTS[row, -1], "last_intake": last, "none": 0.0}[continuation]
        lead = int(instance.measures.set_index("measure")["lead_years"].to_dict()[code])
        for start in range(5):
            amount = AMOUNTS[row, start] if start < 2 else own
            for year in range(5):
                brings[code] += amount * supplied(instance, code, start, year)
            if start + lead < 5:
                flow = bought if start < 2 else later
                flow[start + lead] += amount * supplied(instance, code, start, start + lead)
    assert frame["bought"].tolist() == pytest.approx(bought)
    assert frame["bought_later"].tolist() == pytest.approx(later)
    flows = ["joiners", "pipeline", "commissioned", "continued", "bought", "bought_later"]
    supply = frame["brought_forward"] - frame["leavers"] + frame[flows].sum(axis=1)
    assert supply.tolist() == pytest.approx(frame["supply"].tolist())
    # Places bring what they bring without measures.
    none = AMOUNTS.copy()
    none[3:] = 0.0
    keys = {"measures": _without_last_year()}
    alone = decided(levers(**keys), none, years=2, continuation=continuation)
    other = supply_of(alone, profession, region).frame("supply")
    for name in ("commissioned", "continued", "pipeline", "joiners"):
        assert frame[name].tolist() == pytest.approx(other[name].tolist())
    table = answer.frame("measures").set_index("measure")
    assert {code: table.loc[code, "brings"] for code in measures} == pytest.approx(brings)
    assert list(table.columns[:4]) == ["region", "last_amount", "units_2026", "units_2027"]
    units = bought.sum() + later.sum()
    assert (
        f"{units:.1f} from units of measures" in answer.sentences[0].replace(",", "") or units < 10
    )
    assert any(said.startswith(f"{len(measures)} measure") for said in answer.sentences)


def _without_last_year() -> str:
    rows = [row.split(",") for row in MEASURES.splitlines()]
    at = rows[0].index("last_amount")
    for row in rows[1:]:
        row[at] = "0"
    return "\n".join(map(",".join, rows)) + "\n"
