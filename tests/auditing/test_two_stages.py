"""An audit of a plan that decides later years by scenario: what it takes and decides anew."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from command_line import main_in
from commission_opt.auditing.made import Asked, kept_in, made
from commission_opt.auditing.work import decided_now, trial_of, work_of
from commission_opt.errors import CommissionOptError
from commission_opt.plan.read import read_plan
from commission_opt.solvers.status import Watch
from commission_opt.workers.executor import Failure
from uncertain import DRAWN, text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stages")
    size = ("--professions", "2", "--regions", "2", "--years", "2", "--seed", "2")
    main_in(folder, "generate", *size, "--out", "small")
    (folder / "unsure.toml").write_bytes(text(DRAWN, draws=3))
    model = (folder / "small" / "model.toml").read_text()
    stages = '\n[uncertainty]\nfile = "unsure.toml"\ndecide_now = 1\n'
    (folder / "m.toml").write_text(model + stages)
    main_in(folder, "solve", "small", "--model", "m.toml", "--uncertainty", "unsure.toml",
            "--out", "plan")  # fmt: skip
    return folder


def test_later_years_are_the_mean_over_the_scenarios(place: Path) -> None:
    plan = read_plan(place / "plan")
    assert decided_now(plan) == 1
    work = work_of(plan, (place / "unsure.toml").read_bytes(), "unsure.toml", 10, 5, 0.05)
    trial = trial_of(work)
    assert trial.now == 1
    now = pd.read_csv(place / "plan" / "allocation.csv")
    later = pd.read_csv(place / "plan" / "later.csv").groupby("course", sort=False)["places"]
    found = trial.plan.places
    assert found[:, 0].tolist() == now["places"].tolist()
    np.testing.assert_allclose(found[:, 1], later.mean().to_numpy())


def test_years_decided_now_are_those_that_stay(place: Path) -> None:
    main_in(place, "audit", "plan", "--draws", "20", "--redecide", "--redecided-draws", "4",
            "--out", "audited")  # fmt: skip
    record = json.loads((place / "audited" / "audit.json").read_text())
    assert record["decided_now"] == record["redecided"]["years"] == 1
    table = pd.read_csv(place / "audited" / "redecided.csv")
    draws = pd.read_csv(place / "audited" / "draws.csv")
    assert table["fixed"].tolist() == pytest.approx(draws["shortfall"][:4].tolist())
    assert (table["low"] <= table["high"]).all()


def test_processes_decide_the_same_anew(place: Path) -> None:
    asked = ("--draws", "20", "--redecide", "--redecided-draws", "20", "--places")
    for name, more in (("one", ()), ("two", ("--processes", "2"))):
        main_in(place, "audit", "plan", *asked, "--out", name, *more)
    for path in (place / "one").iterdir():
        assert path.read_bytes() == (place / "two" / path.name).read_bytes(), path.name


def test_a_worker_that_fails_is_told_and_what_was_done_is_kept(place: Path) -> None:
    plan = read_plan(place / "plan")
    work = work_of(plan, (place / "unsure.toml").read_bytes(), "unsure.toml", 10, 5, 0.05)

    def failing(*_: Any) -> Generator[tuple[int, Failure]]:
        yield 0, Failure("memory ran out", lost=True)

    with (
        kept_in(place / "failed", work, resume=False, force=False) as folder,
        pytest.raises(CommissionOptError, match="memory ran out; what was done is kept, --resume"),
    ):
        made(work, Asked(), Watch(), folder=folder, execute=failing)
