"""One stage: the best allocation for one objective, with earlier ones held."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from commission_opt.allocation.at_once import at_once
from commission_opt.allocation.blocks import whole_block
from commission_opt.allocation.branching import Forest, none_in_whole
from commission_opt.allocation.clock import Clock
from commission_opt.allocation.conditioned import Conditioned, conditioned
from commission_opt.allocation.methods import METHODS, SMALL, Effort, Method
from commission_opt.allocation.narrowing import as_narrow
from commission_opt.allocation.prices import tightened
from commission_opt.allocation.relaxation import (
    Relaxation,
    UnsolvedError,
    refuse_impossible,
    relaxed_own,
)
from commission_opt.allocation.settled import settled
from commission_opt.allocation.task import IntegerMethod, Task
from commission_opt.allocation.two_stages import in_two_stages
from commission_opt.arrays import Floats
from commission_opt.certificate.certify import TOLERANCE, Proof, keeps_rules
from commission_opt.certificate.limits import grain_of, relative_gap
from commission_opt.errors import CommissionOptError, InfeasibleError, NoPlanError, StoppedError
from commission_opt.formulation.assemble import Formulation
from commission_opt.formulation.goals import aim_value
from commission_opt.formulation.parts import PLACES
from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.linear import is_large
from commission_opt.solvers.status import Limits, Status, Watch

_LARGE = 1_000_000  # coefficients from which trees are only grown once there is a plan
_BETWEEN = 16  # nodes of each tree after places are found, before better ones are looked for
_CLOSER = 64  # the same at the best multipliers
_SEARCHED = 0.85  # share of the time for better places in large stages, whose bound is near by then
_TINY, _REST = 24, 200  # decisions of a stage whose gap is proved to nothing in so many nodes
_WHOLE = 100  # nodes of one over everything in the end, times those of a tree over a block
_FIRST, _MORE = 16, 2  # nodes it has after the first places; times as many after each turn
_TURN = 2.0  # work of a turn at least, and no more than that before it
_ALONE = 160  # decisions up to which a tree over everything makes those over blocks needless


def run_stage(
    formulation: Formulation,
    limits: Limits,
    watch: Watch,
    seconds: float,
    incumbent: Floats | None = None,
    effort: Effort = METHODS[Method.AUTO],
    clock: Clock | None = None,
) -> tuple[Floats, Proof]:
    """Optimise one objective.

    Parameters
    ----------
    formulation : Formulation
    limits : Limits
    watch : Watch
    seconds : float
        Work for this stage. Without an incumbent its relaxation may take up to the whole time
        limit, and whole places up to half of it, since there is no plan to fall back on.
    incumbent : array, shape (C, K), optional
        The plan of the stage before. The stage returns it if it finds nothing better, so that a
        later stage never loses a plan.
    effort : Effort
        How whole places are found, and how far the bound is raised.
    clock : Clock, optional
        Told of the time for the relaxation, for whole places and for raising the bound.

    Returns
    -------
    places : array, shape (L, K)
    proof : Proof
        With who is deployed then.

    Raises
    ------
    InfeasibleError, NoPlanError, StoppedError
        If there is no incumbent and no plan was found. Where the time ends before the relaxation is
        solved, last year's numbers are a plan if they keep every rule.
    """
    start, begun = time.perf_counter(), watch.now()
    own = conditioned(as_narrow(formulation))
    run = _Run(formulation, own, limits, watch, effort, incumbent, clock or Clock())
    patience = seconds if incumbent is not None else max(seconds, limits.budget)
    run.relax(patience)
    if formulation.problem.policy.integer:
        least = patience / 2 if incumbent is None else 0.0
        watch.meter.grant(least)
        run.find_whole(max(seconds - (watch.now() - begun), least))
    else:
        run.keep(formulation.problem.layout.to_amounts(run.relaxation.columns))
    assert run.best is not None
    deployed = run.deployed(run.best)
    proof = Proof(
        formulation,
        run.own.multipliers(run.relaxation.multipliers),
        run.value(run.best, deployed),
        time.perf_counter() - start,
        run.own.trees(run.relaxation.trees),
        run.best,
        deployed,
    )
    return run.best, proof


@dataclass(eq=False)
class _Run:
    """A stage under way: the best places so far, what is proved of it."""

    given: Formulation
    own: Conditioned
    limits: Limits
    watch: Watch
    effort: Effort
    best: Floats | None
    clock: Clock
    relaxation: Relaxation = field(init=False)
    forests: dict[bool, Forest] = field(init=False, default_factory=dict)

    def _begin(self, phase: str) -> None:
        self.watch.begin(f"{self.own.aim.name}: {phase}", self.own.unit)

    def relax(self, seconds: float) -> None:
        """Solve the relaxation; if that fails, go on from the incumbent, or in whole places."""
        program, layout = self.own.program, self.own.problem.layout
        self._begin("relaxation")
        with self.clock.of("relaxation"):
            try:
                self.relaxation = self._relaxed(seconds)
            except CommissionOptError as error:
                unsolved = isinstance(error, UnsolvedError) and self.own.problem.policy.integer
                if self.best is None and isinstance(error, NoPlanError):
                    self.best = at_once(self.given)  # the time is over
                if self.best is None and not unsolved:
                    raise
                columns = program.lower[program.columns[PLACES]]
                if self.best is not None:
                    columns = layout.to_columns(self.best)
                self.relaxation = Relaxation(columns, np.zeros(len(program.row_lower)), -np.inf)

    def _relaxed(self, seconds: float) -> Relaxation:
        """Relax in the narrow box; what leaves no plan there is said in terms of the given one."""
        start = self.watch.now()
        try:
            return relaxed_own(self.own, self.effort.relax, self.limits, self.watch, seconds)
        except InfeasibleError:
            self.own = conditioned(self.given)
            left = max(0.0, seconds - (self.watch.now() - start))
            return relaxed_own(self.own, self.effort.relax, self.limits, self.watch, left)

    def find_whole(self, seconds: float) -> None:
        """Find whole places by one method after the other, until the gap asked for is reached."""
        end, effort = self.watch.now() + seconds, self.effort
        proved_later = is_large(self.own.program) and effort.nodes_after > 0
        if self.own.program.matrix.nnz <= _LARGE and not proved_later:
            self._raise_bound(effort.nodes_before, seconds / 4)
        finish = effort.finish if self._in_turns else None
        # No search moves what need not be whole.
        find = effort.find if self.own.whole.all() else in_two_stages
        now = self.watch.now()
        self._improve(find, end if finish is None else (now + end) / 2)
        if finish is None:
            self._raise_all(end)
        else:
            self._take_turns(end)
            if not self._closed():
                self._improve(finish, end)
                self._raise_all(end)
        if len(self.own.step) <= _TINY and self._closed():
            self._prove_rest(end - self.watch.now())

    @property
    def _in_turns(self) -> bool:
        return len(self.own.step) <= SMALL and bool(self.own.whole.all())

    def _improve(self, method: IntegerMethod, until: float) -> None:
        """Find whole places by a method, and keep them if they are better."""
        share = max(self.effort.share, _SEARCHED * is_large(self.own.program))
        with self.clock.of("integer"):
            found = self._whole(method, (until - self.watch.now()) * share)
        self.keep(found)

    def _raise_all(self, end: float) -> None:
        """Raise the bound towards the plan by blocks, then as a whole, as far as nodes go."""
        few = self.effort.nodes_after
        for nodes, everything in (
            (few * (len(self.own.step) > _ALONE), False),
            (few * _WHOLE * (len(self.own.step) <= SMALL), True),
        ):
            if not self._closed():
                left = end - self.watch.now()
                self._raise_bound(nodes, left, self.best, everything=everything)

    def _take_turns(self, end: float) -> None:
        """Grow the tree over everything, and improve the plan, in turns until the gap is closed."""
        begun, most = self.watch.now(), self.effort.nodes_after * _WHOLE
        nodes, before, turn = min(_FIRST, most), 0, 0
        while not self._closed() and not self.watch.late(end):
            if turn == 1 and len(self.own.step) > _ALONE:
                left = end - self.watch.now()
                self._raise_bound(self.effort.nodes_after, left, self.best)
            self._raise_bound(nodes, end - self.watch.now(), self.best, everything=True)
            grown = self.forests[True].nodes if True in self.forests else 0
            if self._closed() or grown == before or nodes == most:
                break
            now = self.watch.now()
            few = max(_TURN, now - begun)
            self._improve(self._turn(turn), min(end, now + few))
            nodes, before, turn = min(_MORE * nodes, most), grown, turn + 1

    def _turn(self, turn: int) -> IntegerMethod:
        return lambda task: self.effort.further(task, turn)

    def _prove_rest(self, seconds: float) -> None:
        """Prove what is left of the gap of a tiny stage, which takes no time."""
        asked, self.limits = self.limits, replace(self.limits, gap=0.0)
        self.forests.pop(True, None)
        if not self._closed():
            self._raise_bound(_REST, seconds, self.best, everything=True)
        self.limits = asked

    def _closed(self) -> bool:
        assert self.best is not None
        bound = self.relaxation.bound * self.own.aim.scale
        grain = grain_of(self.given)
        gap = relative_gap(self.value(self.best), bound, self.own.aim.size, grain)
        return gap <= self.limits.gap

    def _raise_bound(
        self,
        nodes: int,
        seconds: float,
        places: Floats | None = None,
        *,
        everything: bool = False,
    ) -> None:
        """Raise the bound by trees of so many nodes, if there is time."""
        if not nodes or seconds <= 0 or self.watch.stopped:
            return
        if places is None:
            self._begin("bound")
            self.watch.proved(self.relaxation.bound)

        def work() -> Relaxation:
            return self._grown(nodes, seconds, places, everything=everything)

        with self.clock.of("bound"):
            self.relaxation = interruptible(work, self.watch)
        self.watch.proved(self.relaxation.bound)
        if self.relaxation.whole is not None:
            self.keep(self.own.problem.layout.to_amounts(self.relaxation.whole))

    def _grown(
        self,
        nodes: int,
        seconds: float,
        places: Floats | None,
        *,
        everything: bool = False,
        enough: float = np.inf,
    ) -> Relaxation:
        """Let the trees over blocks, or that over everything, grow on from where they stand."""
        if everything not in self.forests:
            blocks = [whole_block(self.own)] if everything else None
            self.forests[everything] = Forest(
                self.own, self.relaxation, self.limits, self.watch, blocks
            )
        return self.forests[everything].grown(self.relaxation, nodes, seconds, places, enough)

    def _whole(self, method: IntegerMethod, seconds: float) -> Floats:
        own, limits, watch = self.own, self.limits, self.watch
        self._begin("whole places")
        self._take_aim()
        # To find better places takes long in large stages, and where others are held; to raise the
        # bound a little does not.
        slow = is_large(own.program) or bool(own.held)
        prove = partial(self._prove, seconds / 2) if slow else None
        task = Task(own, self.relaxation, limits, watch, seconds, self.best, prove)
        result, columns = interruptible(lambda: method(task), watch)
        if columns is not None:
            return own.problem.layout.to_amounts(columns)
        if self.best is not None:
            return self.best
        if result.status == Status.INFEASIBLE:
            refuse_impossible(own, limits, watch, limits.budget)
            if none_in_whole(own, limits, watch, seconds):
                raise InfeasibleError(
                    "no allocation in whole places satisfies every rule, though one in fractions "
                    "of places does; a minimum cohort or a cohort step stands in the way"
                )
            raise NoPlanError(
                "no plan was found; branch and bound says that there is none in whole places, but "
                "that could not be proved"
            )
        if result.status == Status.STOPPED:
            raise StoppedError("stopped before any plan was found")
        if result.status == Status.LIMIT:
            message = f"no plan was found within the time limit of {limits.seconds:g} s"
            raise NoPlanError(f"{message}; give more with --time-limit")
        raise NoPlanError(f"the solver found no plan: {result.message}")

    def _take_aim(self) -> None:
        """Tell the watch what is proved, and which objective is good enough."""
        bound = self.relaxation.bound
        self.watch.proved(bound)
        size = self.own.aim.size / self.own.aim.scale
        self.watch.target = bound + self.limits.gap * max(abs(bound), size)

    def _prove(self, seconds: float, places: Floats) -> None:
        """Raise the bound by a few nodes of each tree; time of whole places."""
        before, value = self.relaxation, self.watch.best
        self.relaxation = tightened(self.own, before, self.limits, self.watch, seconds)
        closer = self.relaxation is not before
        if closer:
            self.forests.clear()
        size = max(abs(value), self.own.aim.size / self.own.aim.scale)
        enough = value - self.limits.gap * size
        nodes = _CLOSER if closer else _BETWEEN
        self.relaxation = self._grown(nodes, seconds, places, enough=enough)
        if self.relaxation.bound < before.bound:
            self.relaxation = before
            self.forests.clear()
        self._take_aim()

    def deployed(self, places: Floats) -> Floats | None:
        """Return the best deployment for places; None where nobody can be deployed."""
        return settled(self.own, places)

    def value(self, places: Floats, deployed: Floats | None = None) -> float:
        """Return the objective of the stage, in its own unit; with the best deployment."""
        problem = self.own.problem
        deployed = self.deployed(places) if deployed is None else deployed
        return aim_value(problem, self.own.aim, problem.outcome(places, deployed))

    def _keeps_limits(self, places: Floats) -> bool:
        """Say whether places keep the limits of earlier objectives that rows under-estimate."""
        problem, result = self.given.problem, None
        for aim, most in self.given.held:
            if aim.below:
                result = result or problem.outcome(places)
                if aim_value(problem, aim, result) - most > TOLERANCE * max(1.0, abs(most)):
                    return False
        return True

    def keep(self, places: Floats) -> None:
        """Take new places if they keep every rule and limit and are better, or the first."""
        if self.best is not None:
            problem, program = self.given.problem, self.given.program
            deployed = self.deployed(places)
            kept = keeps_rules(problem, problem.outcome(places, deployed))
            point = self.given.point(places, deployed)
            within = program.largest_violation(point) <= TOLERANCE and self._keeps_limits(places)
            if not (kept and within and self.value(places, deployed) < self.value(self.best)):
                return
        self.best = places
