"""Who is deployed for given places: the best, nobody for nothing, the same in every stage."""

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from commission_opt.allocation.allocate import allocate
from commission_opt.allocation.conditioned import conditioned
from commission_opt.allocation.settled import outcome_of, pointed, settled
from commission_opt.arrays import Floats
from commission_opt.formulation.assemble import Formulation, aims, formulate
from commission_opt.formulation.objectives import OBJECTIVES
from commission_opt.formulation.problem import Planning
from commission_opt.instance.generate import generate
from commission_opt.policy_file import parse_policy
from commission_opt.solvers.status import Limits
from handworked import TABLES, hand
from samples import both, model, problem_of, written

HEAD = "needed,by,region,ratio,max_share\n"
NOTHING = np.zeros((3, 1))


def south(pairs: str, *, nurses: float, medics: float, **keys: object) -> Planning:
    """Nurses and medics of the south who need not leave, and what is needed of them."""
    staff = TABLES["workforce"].replace("nurse,south,50,0.2", "nurse,south,50,0")
    need = {("nurse", "south"): nurses, ("medic", "south"): medics}
    instance = hand(substitution=HEAD + pairs, need=need, workforce=staff)
    text = model(1, integer=False, rate=0.0, pace="false", continuation="none", **keys)  # type: ignore[arg-type]
    return problem_of(instance, text)


def deployed(problem: Planning) -> Floats:
    return outcome_of(problem, NOTHING).deployed


def test_as_many_are_deployed_as_are_missing_and_no_more() -> None:
    # Ten nurses too many; two medics missing, each of whom takes two nurses.
    problem = south("medic,nurse,south,0.5,0.9\n", nurses=40, medics=12)
    assert deployed(problem).tolist() == [[4.0] * 5]
    # With a share of a tenth of the twelve medics, 2.4 nurses cover 1.2.
    problem = south("medic,nurse,south,0.5,0.1\n", nurses=40, medics=12)
    assert deployed(problem).tolist() == [[2.4] * 5]


def test_nobody_is_deployed_for_nothing() -> None:
    for nurses, medics in ((40, 10), (40, 5), (50, 10)):  # nobody missing
        problem = south("medic,nurse,south,0.5,0.9\n", nurses=nurses, medics=medics)
        assert not deployed(problem).any()
    # Nurses count twice as much, and each does half the work of a medic: all are needed at home.
    assert not deployed(south("medic,nurse,south,0.5,0.9\n", nurses=50, medics=20)).any()


def test_the_fewest_who_do_the_work_are_deployed() -> None:
    # Eight nurses missing, ten medics too many.
    problem = south("nurse,medic,south,1,0.9\n", nurses=58, medics=0)
    assert deployed(problem).tolist() == [[8.0] * 5]
    problem = south("nurse,medic,south,2,0.9\n", nurses=58, medics=0)
    assert deployed(problem).tolist() == [[4.0] * 5]  # the fewest FTE


def test_no_more_are_deployed_than_are_there() -> None:
    problem = south("nurse,medic,south,1.5,0.9\n", nurses=90, medics=0)
    assert deployed(problem).tolist() == [[10.0] * 5]


def test_nobody_can_be_deployed_where_the_model_says_so() -> None:
    rules = "substitution = false"
    problem = south("medic,nurse,south,0.5,0.9\n", nurses=40, medics=12, rules=rules)
    formulation = formulate(problem, aims(problem)[0])
    assert settled(formulation, NOTHING) is None
    assert not outcome_of(problem, NOTHING).deployed.any()
    assert "deployed" not in formulation.program.columns


def test_places_alone_do_not_say_what_follows() -> None:
    problem = south("medic,nurse,south,0.5,0.9\n", nurses=40, medics=12)
    with pytest.raises(ValueError, match="hangs on who is deployed"):
        problem.outcome(NOTHING)
    with pytest.raises(ValueError, match="hangs on who is deployed"):
        formulate(problem, aims(problem)[0]).point(NOTHING)


@pytest.mark.parametrize("tolerance", [0.0, 0.1])
def test_a_stage_keeps_earlier_objectives_to_their_limits(tolerance: float) -> None:
    stages = [("shortfall", tolerance), ("surplus", 0.0)]
    problem = south(
        "medic,nurse,south,0.5,0.9\nnurse,medic,south,0.9,0.3\n",
        nurses=44, medics=14, stages=stages,
    )  # fmt: skip
    first, second = aims(problem)
    least = outcome_of(problem, NOTHING)
    limit = OBJECTIVES["shortfall"].value(problem, least) * (1 + tolerance)
    stage = formulate(problem, second, held=[(first, limit)])
    found = problem.outcome(NOTHING, settled(stage, NOTHING))
    values = [OBJECTIVES[name].value(problem, found) for name, _ in stages]
    assert values[0] <= limit * (1 + 1e-9)
    assert values[1] <= OBJECTIVES["surplus"].value(problem, least) + 1e-9
    assert stage.program.value(pointed(stage, NOTHING)) == pytest.approx(values[1])


def test_places_that_miss_a_limit_get_what_misses_it_least() -> None:
    stages = [("shortfall", 0.0), ("cost", 0.0)]
    problem = south("medic,nurse,south,0.5,0.9\n", nurses=40, medics=20, stages=stages)
    first, second = aims(problem)
    stage = formulate(problem, second, held=[(first, 1.0)])
    assert settled(stage, NOTHING) == pytest.approx(deployed(problem))


@pytest.mark.each(2)
@pytest.mark.parametrize("seed", [0, 7])
def test_a_plan_is_settled_as_its_last_stage_was(seed: int) -> None:
    stages = [("shortfall", 0.05), ("surplus", 0.0)]
    pairs = "needed,by,region,ratio,max_share\nmedic,nurse,south,0.5,0.4\nnurse,medic,*,1.5,0.2\n"
    instance = hand(substitution=pairs, need={("nurse", "south"): 40})
    policy = parse_policy(model(2, pace="false", stages=stages).encode())
    plans = [allocate(instance, policy, Limits(seed=seed)) for _ in range(2)]
    assert np.array_equal(plans[0].outcome.deployed, plans[1].outcome.deployed)
    last = plans[0].proofs[-1]
    assert last.deployed is not None
    assert np.array_equal(plans[0].outcome.deployed, last.deployed)
    again = settled(last.formulation, plans[0].amounts)
    assert again is not None
    assert np.array_equal(again, last.deployed)


def generated(years: int = 2) -> Formulation:
    synthetic = generate(6, 2, years, seed=3, levers=True)
    return written(both(synthetic.settings, synthetic.tables).instance, synthetic.model)


def test_who_is_deployed_is_the_best_of_the_whole_program() -> None:
    formulation = generated()
    own, layout = conditioned(formulation), formulation.problem.layout
    program, n = own.program, len(own.step)
    rng = np.random.default_rng(0)
    assert 0 < len(own.staffing.columns) < len(program.cost) - n
    for _ in range(3):
        x = np.floor(rng.uniform(0.0, 0.4, n) * program.upper[:n])
        beside = [block.name for block in own.rows if {*block.coefficients} - {"places"}]
        rows = np.concatenate([np.arange(len(program.row_lower))[program.rows[b]] for b in beside])
        part, used = program.matrix[rows][:, n:], program.matrix[rows][:, :n] @ x
        most, least = program.row_upper[rows] - used, used - program.row_lower[rows]
        some, other = np.isfinite(most), np.isfinite(least)
        result = linprog(
            program.cost[n:],
            sparse.vstack([part[some], -part[other]]),
            np.concatenate([most[some], least[other]]),
            bounds=list(zip(program.lower[n:], program.upper[n:], strict=True)),
        )
        assert result.fun is not None
        amounts = layout.to_amounts(x)
        assert program.value(pointed(own, amounts)) == pytest.approx(result.fun + program.offset)


def test_answers_that_are_remembered_are_those_to_what_is_asked() -> None:
    own = conditioned(generated())
    n = len(own.step)
    rng = np.random.default_rng(1)
    asked = [
        own.problem.layout.to_amounts(np.floor(rng.uniform(0.0, 0.4, n) * own.program.upper[:n]))
        for _ in range(10)
    ]
    anew = [settled(conditioned(own.given), amounts) for amounts in asked]
    for _ in range(2):
        for amounts, expected in zip(asked, anew, strict=True):
            assert np.array_equal(settled(own, amounts), expected)  # type: ignore[arg-type]
    assert len(own.staffing.recent) < len(asked)
