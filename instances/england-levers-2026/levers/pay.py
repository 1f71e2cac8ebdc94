"""Pay of staff, and the budget for it."""

from __future__ import annotations

from collections.abc import Iterator

from builder.sources import ALL, Row, Sources
from builder.staff import regional_fte
from builder.use import Use

FUND = "pay"


def pay_rows(sources: Sources) -> Iterator[Row]:
    """Yield the pay table: basic pay and employers' costs, with a row for dearer regions.

    Parameters
    ----------
    sources
        Source tables.

    Yields
    ------
    dict
        One row for each pay scale, and one for each region with a supplement.
    """
    for scale in sources.tables["pay_scales"]:
        paid = {region: _pay(sources, scale["scope"], region) for region in sources.regions}
        usual = _pay(sources, scale["scope"], "")
        for region, pay in {ALL: usual, **{r: p for r, p in paid.items() if p != usual}}.items():
            yield {
                "fund": FUND, "profession": scale["scope"], "region": region, "year": ALL,
                "pay": pay,
            }  # fmt: skip


def pay_of_staff(sources: Sources) -> Use:
    """Return what the staff in post cost, the same in every year, by fund, region and year."""
    use: Use = {}
    scales = {row["scope"] for row in sources.tables["pay_scales"]}
    for profession in sources.professions:
        scope = next(s for s in sources.scopes(profession["profession"]) if s in scales)
        for region, fte in regional_fte(sources, profession).items():
            for year in sources.years:
                key = (FUND, region, year)
                use[key] = use.get(key, 0.0) + fte * _pay(sources, scope, region)
    return use


def _pay(sources: Sources, scope: str, region: str) -> int:
    """Return £ per FTE-year, with employers' costs and the supplement of a region."""
    basic = next(r["basic_pay"] for r in sources.tables["pay_scales"] if r["scope"] == scope)
    supplement = sources.figure("pay_supplement", region=region)
    return round(float(basic) * (1 + sources.figure("on_costs")) * (1 + supplement))
