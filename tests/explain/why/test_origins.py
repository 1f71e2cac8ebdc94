import numpy as np
import pytest

from commission_opt.allocation.decided import Decided
from commission_opt.errors import UsageError
from commission_opt.explain.why.origins import supply_of
from handworked import hand
from samples import model, problem_of, result_of


@pytest.fixture
def planned() -> Decided:
    problem = problem_of(hand(), model(years=1, pace="false"))
    return Decided(problem, result_of(problem, np.array([[20.0], [10.0], [4.0]])))


def test_flows_add_up_to_the_supply_of_the_plan(planned: Decided) -> None:
    result = planned.outcome
    frame = supply_of(planned, "nurse", "south").frame("supply")
    flows = frame[["joiners", "pipeline", "commissioned", "continued"]].sum(axis=1)
    supply = (frame["brought_forward"] - frame["leavers"] + flows).to_numpy()
    assert supply == pytest.approx(result.supply[0, 1])
    assert frame["supply"].to_numpy() == pytest.approx(result.supply[0, 1])
    assert frame["shortfall"].to_numpy() == pytest.approx(result.shortfall[0, 1])
    # Course B: 10 places, one year, 0.5 each; course A: 20, two years, a quarter of 0.08 each.
    assert frame["commissioned"].tolist() == pytest.approx([0, 5, 0.4, 0, 0])


def test_a_parent_adds_up_its_regions(planned: Decided) -> None:
    frames = [supply_of(planned, "nurse", q).frame("supply") for q in ("nation", "north", "south")]
    nation, north, south = (frame.drop(columns="year") for frame in frames)
    assert nation.to_numpy() == pytest.approx((north + south).to_numpy())


def test_says_in_words_what_the_table_shows(planned: Decided) -> None:
    answer = supply_of(planned, "nurse", "south")
    assert answer.title == "Supply of Nurse in south, FTE"
    assert answer.sentences[0].startswith("Supply of Nurse in south goes from 50.0 FTE in 2026 to")
    worst = answer.frame("supply").set_index("year")["shortfall"]
    assert answer.sentences[1].endswith(f"{worst.max():.1f} FTE in {worst.idxmax()}.")
    enough = hand(need={("nurse", "south"): 0})
    problem = problem_of(enough, model(years=1, pace="false"))
    met = supply_of(Decided(problem, result_of(problem, np.zeros((3, 1)))), "nurse", "south")
    assert met.sentences[1] == "Demand is met in every year."


@pytest.mark.parametrize(
    ("profession", "region", "message"),
    [
        ("nurs", "south", "there is no profession 'nurs'; did you mean 'nurse'?"),
        ("nurse", "moon", "there is no region 'moon'; there are "),
    ],
)
def test_codes_that_are_not_there_are_refused(
    planned: Decided, profession: str, region: str, message: str
) -> None:
    with pytest.raises(UsageError) as error:
        supply_of(planned, profession, region)
    assert message in str(error.value)
