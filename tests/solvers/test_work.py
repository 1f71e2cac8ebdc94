"""Work, by which all is told that is done; and runs that end from outside, repeated."""

from dataclasses import replace

import numpy as np
import pytest

from commission_opt.allocation.allocate import Allocation, allocate
from commission_opt.allocation.methods import Method
from commission_opt.errors import CommissionOptError
from commission_opt.policy import Policy
from commission_opt.solvers import highs
from commission_opt.solvers.status import Limits, Watch
from commission_opt.solvers.work import End, Meter, of_first_order, of_interior, of_simplex
from ending import Ending
from samples import PACE, Sample, model, policy, sample

LIMITS = Limits(seconds=1000.0, gap=1e-6, work=0.4)


def test_the_clock_ends_a_round_once_and_for_good() -> None:
    meter = Meter()
    meter.begin(0.0)
    meter.add(2.0)
    end = meter.look(asked=False)
    assert end is not None
    assert end.work > 2.0
    assert not end.asked
    assert meter.look(asked=True) is end
    meter.begin(100.0)
    assert meter.look(asked=False) is None
    assert meter.look(asked=True) == End(meter.work, asked=True)
    assert meter.ends == [end, End(meter.work, asked=True)]


def test_a_round_that_repeats_another_ends_at_its_work_and_not_by_the_clock() -> None:
    meter = Meter(again=[None, End(3.0, asked=True)])
    meter.begin(0.0)
    meter.add(10.0)
    assert meter.look(asked=False) is None  # that round was done
    meter = Meter(again=[End(3.0, asked=True)])
    meter.begin(0.0)
    meter.add(2.9)
    assert meter.look(asked=False) is None
    meter.add(0.1)
    assert meter.look(asked=False) == End(3.0, asked=True)


def test_a_round_that_repeats_another_is_given_up_if_that_never_ends() -> None:
    end = End(1e300, asked=False)
    for again in ([], [None], [end]):
        meter = Meter(again=again, most=0.0)
        meter.begin(100.0)
        assert not meter.given_up
        assert meter.look(asked=False) is not None
        assert meter.given_up
    meter = Meter(again=[End(0.0, asked=False)], most=0.0)
    meter.begin(100.0)
    meter.look(asked=False)
    assert not meter.given_up  # it ended where the other did


def test_no_two_looks_are_at_the_same_work() -> None:
    meter = Meter()
    meter.begin(100.0)
    works = []
    for _ in range(5):
        meter.look(asked=False)
        works.append(meter.work)
    assert len(set(works)) == 5


def test_rounds_keep_within_what_all_of_them_may_take() -> None:
    meter = Meter()
    with meter.within(0.0), meter.round(50.0):
        assert 0.9 < meter.left <= 1.0  # each may take a second
        meter.grant(5.0)
        assert 4.9 < meter.left <= 5.0
    assert Meter(again=[]).left == np.inf


def test_what_comes_after_a_round_is_not_ended_by_it() -> None:
    meter = Meter()
    with meter.round(0.0):
        assert meter.look(asked=False) is not None
    assert meter.by_clock
    assert meter.look(asked=False) is None
    with meter.within(0.0):
        with meter.round(0.0):
            assert meter.look(asked=False) is not None
        assert meter.look(asked=False) is not None  # nor is there time for what is left of these
    assert meter.look(asked=False) is None


def test_work_grows_with_iterations_and_size_and_is_never_negative() -> None:
    for work in (of_simplex, of_interior, of_first_order):
        assert work(100, -1) == 0.0
        assert 0.0 < work(100, 1) < work(100, 2) < work(1000, 2)


CASES = ((6, 3, 2, 7), (3, 2, 3, 1), (10, 4, 1, 5))


def case(which: int) -> tuple[Sample, Policy]:
    *size, seed = CASES[which]
    first, second, years = size
    stages = [("shortfall", 0.01), ("cost", 0.0)]
    return sample(first, second, years, seed), policy(model(years, pace=PACE, stages=stages))


def solved(known: tuple[Sample, Policy], meter: Meter, method: Method) -> Allocation | str:
    watch = Watch(meter=meter)
    try:
        return allocate(known[0].instance, known[1], LIMITS, watch, method)
    except CommissionOptError as error:
        return str(error)


def repeated(
    one: Allocation | str, known: tuple[Sample, Policy], meter: Meter, how: Method
) -> None:
    """Solve again to where it ended: all comes out the same."""
    other = solved(known, Meter(again=tuple(meter.ends)), how)
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    assert np.array_equal(one.amounts, other.amounts)
    assert one.interrupted == other.interrupted
    for stage, again in zip(one.certificate.stages, other.certificate.stages, strict=True):
        assert replace(stage, seconds=0.0) == replace(again, seconds=0.0)


@pytest.mark.each(7)
@pytest.mark.parametrize("share", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
@pytest.mark.parametrize("which", range(len(CASES)))
@pytest.mark.parametrize("method", [Method.AUTO, Method.EXACT])
def test_a_run_that_the_clock_ends_is_repeated(which: int, share: float, method: Method) -> None:
    known = case(which)
    whole = Meter()
    solved(known, whole, method)
    cut = Ending(over_at=share * whole.work)
    one = solved(known, cut, method)
    assert cut.ends[0] is not None
    repeated(one, known, cut, method)


class _Slow(Ending):
    """The time is over at some work, and never before it."""

    def begin(self, seconds: float) -> None:
        super().begin(1000.0 + seconds)


@pytest.mark.each(2)
@pytest.mark.parametrize("which", range(len(CASES)))
@pytest.mark.parametrize("method", [Method.AUTO, Method.EXACT])
def test_more_work_than_there_is_time_for_changes_nothing(which: int, method: Method) -> None:
    """Parts of a solve share out what comes first: else the first of them would take it all."""
    known, plans = case(which), []
    for work in (None, 1e6):
        limits = replace(LIMITS, seconds=0.4, work=work)
        meter = _Slow(over_at=0.4)
        plans.append(allocate(known[0].instance, known[1], limits, Watch(meter=meter), method))
    one, other = plans
    assert one.amounts.tolist() == other.amounts.tolist()
    assert one.ends == other.ends
    assert one.work == other.work


@pytest.mark.each(7)
@pytest.mark.parametrize("asks", [1, 20, 60, 150, 400, 1000])
@pytest.mark.parametrize("which", range(len(CASES)))
def test_a_branch_and_bound_that_is_ended_from_outside_is_repeated(
    which: int, asks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever ends it, it returns the last better point, and the repetition ends with that."""
    known, meter = case(which), Meter()
    count = 0
    given = highs._Plans.interrupt

    def interrupt(self: highs._Plans, event: object) -> None:
        nonlocal count
        count += 1
        self.asked |= count > asks
        given(self, event)

    with monkeypatch.context() as patch:
        patch.setattr(highs._Plans, "interrupt", interrupt)
        one = solved(known, meter, Method.EXACT)
    repeated(one, known, meter, Method.EXACT)


def test_work_is_the_same_each_time_and_ends_what_it_limits() -> None:
    known = case(0)
    found = []
    for seconds in (30.0, 1000.0):
        watch = Watch()
        limits = Limits(seconds=seconds, gap=1e-6, work=0.4)
        plan = allocate(known[0].instance, known[1], limits, watch)
        found.append((plan.work, plan.amounts.tobytes(), plan.certificate.gap))
        assert plan.ends == (None,)
    assert found[0] == found[1]
    assert found[0][0] < 4.0
    assert found[0][2] > 1e-6  # it ended before the gap was reached
