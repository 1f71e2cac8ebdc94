"""The instance england-icb-2026: the same England as england-2026, by integrated care board."""

import pandas as pd
import pytest

import commission_opt as co
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.instance import Instance

BY_REGION = find_instance("england-2026")
BY_BOARD = find_instance("england-icb-2026")
# Staff are rounded to tenths in each board, so a region may differ by as many tenths.
MOST_BOARDS = 11


@pytest.fixture(scope="module")
def instance() -> Instance:
    return co.read_instance(BY_BOARD)


@pytest.fixture(scope="module")
def parents() -> dict[str, str]:
    regions = pd.read_csv(BY_BOARD / "regions.csv", dtype=str, keep_default_na=False)
    return {r: p for r, p in regions[["region", "parent"]].itertuples(index=False) if p}


@pytest.fixture(scope="module")
def destinations() -> pd.DataFrame:
    return pd.read_csv(BY_BOARD / "destinations.csv")


def _by_region(name: str, parents: dict[str, str], keys: list[str]) -> pd.DataFrame:
    """Add up a table of the boards over the boards of each region."""
    table = pd.read_csv(BY_BOARD / f"{name}.csv")
    return table.assign(region=table["region"].map(parents)).groupby(keys).sum(numeric_only=True)


# --- the boards and the regions above them -----------------------------------------------------


@pytest.mark.slow
def test_forty_two_boards_lie_in_the_seven_regions(
    instance: Instance, parents: dict[str, str]
) -> None:
    regions = pd.read_csv(BY_BOARD / "regions.csv", dtype=str, keep_default_na=False)
    england = pd.read_csv(BY_REGION / "regions.csv", dtype=str)
    assert len(instance.regions) == len(parents) == 42
    assert set(parents.values()) == set(england["region"])
    above = regions[regions["parent"] == ""]
    columns = ["region", "title", "population"]
    assert above[columns].to_numpy().tolist() == england[columns].to_numpy().tolist()


def test_population_of_the_boards_adds_up_to_that_of_the_regions(parents: dict[str, str]) -> None:
    regions = pd.read_csv(BY_BOARD / "regions.csv").set_index("region")["population"]
    added: dict[str, int] = {}
    for board, region in parents.items():
        added[region] = added.get(region, 0) + int(regions[board])
    assert regions.drop(list(parents)).to_dict() == added
    areas = pd.read_csv(BY_BOARD / "sources" / "areas.csv")
    assert areas["area"].is_unique
    assert set(areas["region"]) == set(parents)


def test_published_staff_of_the_boards_add_up_to_those_of_the_regions(
    parents: dict[str, str],
) -> None:
    keys = ["staff_group", "region"]
    boards = _by_region("sources/staff_by_region", parents, keys)
    england = pd.read_csv(BY_REGION / "sources" / "staff_by_region.csv").set_index(keys)
    assert set(boards.index) == set(england.index)
    england = england.loc[boards.index]
    assert (boards["headcount"] == england["headcount"]).all()
    assert (boards["fte"] - england["fte"]).abs().max() < 0.05 * MOST_BOARDS


@pytest.mark.parametrize("name", ["workforce", "demand", "joiners"])
def test_staff_and_demand_add_up_to_those_of_the_regions(
    name: str, parents: dict[str, str]
) -> None:
    keys = ["profession", "region", *(["year"] if name != "workforce" else [])]
    boards = _by_region(name, parents, keys)["fte"]
    england = pd.read_csv(BY_REGION / f"{name}.csv").set_index(keys)["fte"]
    assert len(boards) == len(england)
    rounding = 0.2 if name == "workforce" else 0.1
    assert (boards - england).abs().max() <= rounding * MOST_BOARDS + 0.2


def test_intakes_add_up_to_those_of_the_regions(parents: dict[str, str]) -> None:
    keys = ["profession", "region"]
    boards = _by_region("courses", parents, keys)["last_intake"]
    england = pd.read_csv(BY_REGION / "courses.csv").set_index(keys)["last_intake"]
    assert boards.to_dict() == england.to_dict()


def test_budgets_are_those_of_the_regions_but_for_rounded_cohorts() -> None:
    keys = ["fund", "region", "year"]
    boards = pd.read_csv(BY_BOARD / "budgets.csv").set_index(keys)["amount"]
    england = pd.read_csv(BY_REGION / "budgets.csv").set_index(keys)["amount"]
    assert list(boards.index) == list(england.index)
    assert (boards / england - 1).abs().max() < 0.005


# --- courses and where their graduates go ------------------------------------------------------


def test_a_board_has_a_course_only_if_it_is_viable(parents: dict[str, str]) -> None:
    courses = pd.read_csv(BY_BOARD / "courses.csv")
    alone = ~courses.assign(region=courses["region"].map(parents)).duplicated(
        ["profession", "region"], keep=False
    )
    viable = courses["last_intake"] >= 1.5 * courses["min_cohort"]
    assert (viable | alone).all()
    taught = courses.groupby("profession")["region"].nunique()
    assert taught["adult-nursing"] == 42
    assert 5 <= taught["therapeutic-radiography"] <= 15
    assert taught["prosthetics-orthotics"] == 2


def test_the_shares_of_the_regions_are_those_of_england_2026(
    destinations: pd.DataFrame, parents: dict[str, str]
) -> None:
    england: dict[tuple[str, str], dict[str, float]] = {}
    for row in pd.read_csv(BY_REGION / "destinations.csv").itertuples():
        england.setdefault((str(row.profession), str(row.from_region)), {})[str(row.to_region)] = (
            float(str(row.share))
        )
    groups = pd.read_csv(BY_BOARD / "professions.csv").set_index("profession")["group"].to_dict()
    to = destinations["to_region"].map(parents)
    for key, part in destinations.groupby(["profession", "from_region"]):
        scope, home = map(str, key)
        scopes = [scope, groups.get(scope, ""), "*"]
        expected = next(england[s, parents[home]] for s in scopes if (s, parents[home]) in england)
        found = part["share"].groupby(to.loc[part.index]).sum()
        assert found.to_dict() == pytest.approx(expected, abs=1e-9), (scope, home)


def test_most_graduates_stay_where_every_board_has_a_course(destinations: pd.DataFrame) -> None:
    usual = destinations[destinations["profession"] == "*"]
    home = usual[usual["from_region"] == usual["to_region"]].set_index("from_region")["share"]
    assert len(home) == 42
    assert home.median() > 0.5
    others = usual[usual["from_region"] != usual["to_region"]]
    assert (others["share"] < others["from_region"].map(home)).all()


@pytest.mark.slow
def test_every_board_is_reached_by_graduates_of_every_profession(instance: Instance) -> None:
    reached = instance.destinations.groupby("p")["to_q"].nunique()
    assert reached.tolist() == [len(instance.regions)] * len(instance.professions)


def test_the_table_of_destinations_is_sparse(destinations: pd.DataFrame) -> None:
    rows = destinations.value_counts(["profession", "from_region"])
    assert rows.xs("*").max() <= 12
    assert rows.mean() < 13


def test_every_pool_that_a_board_uses_has_capacity(instance: Instance) -> None:
    assert (instance.placements["capacity"] > 0).all()


# --- what can be made of it --------------------------------------------------------------------


@pytest.mark.slow
def test_one_year_can_keep_every_rule(instance: Instance) -> None:
    plan = co.allocate(instance, co.read_policy(find_model("relaxed")))
    assert plan.certificate.valid
    assert plan.certificate.gap <= 1e-6
    assert plan.certificate.objective < plan.certificate.without_new_places


@pytest.mark.slow
def test_the_annual_plan_is_certified(instance: Instance) -> None:
    limits = co.Limits(gap=0.005, seconds=120)
    plan = co.allocate(instance, co.read_policy(find_model("annual")), limits)
    assert plan.certificate.valid
    assert plan.certificate.gap <= 0.005
    assert plan.places.sum() > 0


@pytest.mark.slow
def test_five_years_can_keep_every_rule(instance: Instance) -> None:
    policy = co.read_policy(find_model("five-year")).relaxed()
    plan = co.allocate(instance, policy, co.Limits(seconds=600))
    assert plan.certificate.valid
    assert plan.certificate.gap <= 1e-6
