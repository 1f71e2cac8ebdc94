"""Pages for a browser to open."""

from __future__ import annotations

from pathlib import Path

import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.report.packs.page import pack_page
from commission_opt.report.packs.scope import scope_of
from commission_opt.report.page import render
from commission_opt.report.pages import frontier_page
from commission_opt.report.sweep_page import sweep_page
from commission_opt.solvers.status import Limits
from commission_opt.sweep.run import work_out
from report_pages import (
    HOSTILE,
    facts_of,
    frontier_of_hostile,
    hostile,
    make_plan,
    options_of_hostile,
    page_of,
    sweep_of_hostile,
)
from small_sweeps import described, here


@pytest.fixture(scope="session")
def england(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a plan for England."""
    folder = tmp_path_factory.mktemp("england")
    policy = read_policy(find_model("annual"))
    instance = read_instance(find_instance("england-2026"))
    write_plan(allocate(instance, policy, Limits(seconds=30.0)), folder / "plan")
    return _written(folder, page_of(folder / "plan"))


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a plan whose every text tries to be more than text."""
    folder = tmp_path_factory.mktemp("attacked")
    return _written(folder, page_of(make_plan(folder, hostile())))


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a provider whose every text tries to be more than text."""
    folder = tmp_path_factory.mktemp("packed")
    facts = facts_of(make_plan(folder, hostile()))
    return _written(folder, render(pack_page(facts, scope_of(facts, "provider", HOSTILE[0]))))


@pytest.fixture(scope="session")
def optional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of options whose every text tries to be more than text."""
    folder = tmp_path_factory.mktemp("optional")
    return _written(folder, render(options_of_hostile(folder)))


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a sweep."""
    folder = tmp_path_factory.mktemp("swept")
    work_out(described(), folder / "sweep", here)
    return _written(folder, render(sweep_page(folder / "sweep")))


@pytest.fixture(scope="session")
def swept_attack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a sweep whose every text tries to be more than text."""
    folder = tmp_path_factory.mktemp("swept-attack")
    return _written(folder, render(sweep_page(sweep_of_hostile(folder))))


@pytest.fixture(scope="session")
def frontier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a frontier whose every text tries to be more than text."""
    folder = tmp_path_factory.mktemp("frontier")
    return _written(folder, render(frontier_page(frontier_of_hostile(folder))))


def _written(folder: Path, page: str) -> Path:
    target = folder / "report of the board.html"
    target.write_text(page, encoding="utf-8")
    return target
