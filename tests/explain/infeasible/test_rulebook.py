"""The statements of an instance are its rules: kept together, they are all that is checked."""

import numpy as np
import pytest

from commission_opt.certificate.certify import TOLERANCE, violations
from commission_opt.explain.infeasible.collect import rulebook
from commission_opt.explain.infeasible.rulebook import NOBODY
from samples import PACE, model, problem_of, result_of, sample
from some import some

FAIR = 'fair_share = { max_deviation = 0.2, basis = "last_intake" }'
MODELS = [
    model(2, pace=PACE),
    model(2, pace=PACE, integer=False),
    model(2, level=True, rules=FAIR),
    model(1, pace=PACE, cohorts=False, continuation="last_intake"),
    model(2, budgets=False, placements=False, rules=FAIR),
]


@pytest.mark.parametrize("text", MODELS)
def test_places_that_keep_all_statements_keep_all_rules_and_no_others_do(text: str) -> None:
    problem = problem_of(sample(3, 2, 2, 1).instance, text)
    book = rulebook(problem)
    rng = np.random.default_rng(0)
    last = problem.instance.courses["last_intake"].to_numpy(float)
    seen = set()
    for spread in (0.0, 0.02, 0.1, 0.1, 0.5, 0.5, 1.0):
        shape = (len(last), problem.policy.commissioning_years)
        places = last[:, None] * rng.uniform(1 - spread, 1 + spread, shape)
        if problem.policy.integer:
            places = np.round(places)
        broken = max(v.size for v in violations(problem, result_of(problem, places)))
        breach = book.breach(book.everything, places.ravel())
        seen.add(breach <= TOLERANCE)
        assert (broken <= TOLERANCE) == (breach <= TOLERANCE), (broken, breach)
    assert False in seen


@pytest.mark.parametrize("text", some(MODELS, 2))
def test_every_end_and_bound_has_a_statement_that_is_said_as_in_the_files(text: str) -> None:
    problem = problem_of(sample(3, 2, 2, 1).instance, text)
    book = rulebook(problem)
    assert not np.any((book.lower_of == NOBODY) & np.isfinite(book.row_lower))
    assert not np.any((book.upper_of == NOBODY) & np.isfinite(book.row_upper))
    names = set()
    for number in range(book.size):
        said = book.statement(number)
        assert said.origin is book.origins[number]
        names.add((said.origin.title, said.name))
        if said.row is not None:
            table = problem.instance.tables[said.origin.file.removesuffix(".csv")]
            assert float(table.loc[said.row, said.origin.column]) == said.limit  # type: ignore[arg-type]
    assert len(names) == book.size


def test_statements_left_out_bind_nothing() -> None:
    problem = problem_of(sample(3, 2, 2, 1).instance, MODELS[0])
    book = rulebook(problem)
    none = book.mask(())
    assert book.breach(none, np.full(len(book.columns), 7.0)) == 0.0
    assert book.only(none).matrix.shape == (0, 0)
    some = book.mask([[o.title for o in book.origins].index("max_intake")])
    beyond = np.full(len(book.columns), 1e5)
    assert book.breach(some, beyond) > 0.0


@pytest.mark.parametrize("text", MODELS)
def test_statements_that_give_way_let_as_much_more_through(text: str) -> None:
    problem = problem_of(sample(3, 2, 2, 1).instance, text)
    book = rulebook(problem)
    places = np.full(len(book.columns), 3.0)
    for number in range(book.size):
        alone, origin = book.mask([number]), book.origins[number]
        if origin.relax is None or number in book.of_numbers or origin.unit == "share":
            continue
        for x in (places, 100 * places):
            if book.breach(alone, x, whole=False) <= TOLERANCE:
                continue
            ends = (*book.ends(alone), *book.box(alone, np.inf))
            use = book.matrix @ x
            short = max(
                float(np.max(side[np.isfinite(side)], initial=0.0))
                for side in (ends[0] - use, use - ends[1], ends[2] - x, x - ends[3])
            )
            assert book.moved({number: 1.001 * short}).breach(alone, x, whole=False) <= TOLERANCE
            assert book.moved({number: 0.9 * short}).breach(alone, x, whole=False) > TOLERANCE
