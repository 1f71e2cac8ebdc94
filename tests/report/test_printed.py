"""Pages on paper, one by one: none is nearly empty, and no heading stands last."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from commission_opt.allocation.allocate import allocate
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.plan.write import write_plan
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.status import Limits
from report_pages import page_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow  # a browser takes ten seconds by itself

POINTS = 72 / 25.4  # of a millimetre
TOP, FOOT, HEIGHT = 12 * POINTS, 16 * POINTS, 297 * POINTS
INSTANCES = ("two-by-two", "england-icb-2026", "england-levers-2026")


@dataclass(frozen=True)
class Paper:
    """The pages of a paper, its headings, and the last words of its first section."""

    sheets: tuple[Sheet, ...]
    headings: tuple[str, ...]
    front: str


@dataclass(frozen=True)
class Sheet:
    """The lines of a page, from its head to its foot, each with its height above the edge."""

    lines: tuple[tuple[float, str], ...]

    @property
    def full(self) -> float:
        """How much of it is used."""
        return (HEIGHT - TOP - min(y for y, _ in self.lines)) / (HEIGHT - TOP - FOOT)


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text)


def _sheets(content: bytes) -> Iterator[Sheet]:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        found: dict[float, str] = {}

        def see(text: str, cm: Any, tm: Any, *_: Any, found: dict[float, str] = found) -> None:
            y = round(tm[4] * cm[1] + tm[5] * cm[3] + cm[5], 1)
            if text.strip() and y > FOOT:  # below it are the numbers of pages
                found[y] = found.get(y, "") + text.strip()

        page.extract_text(visitor_text=see)
        yield Sheet(tuple(sorted(found.items(), reverse=True)))


@pytest.fixture(scope="module", params=INSTANCES)
def printed(
    request: pytest.FixtureRequest, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Paper:
    """A paper that a browser printed."""
    folder = tmp_path_factory.mktemp("printed")
    source = find_instance(request.param)
    own = source / "model.toml"
    policy = read_policy(own if own.is_file() else find_model("annual"))
    plan = allocate(read_instance(source), policy, Limits(seconds=60.0))
    write_plan(plan, folder / "plan")
    file: Path = folder / "report.html"
    file.write_text(page_of(folder / "plan"), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    headings = page.locator("h2, h3, figcaption, caption").all_inner_texts()
    front = page.locator(".front li").last.inner_text()
    sheets = tuple(_sheets(page.pdf(prefer_css_page_size=True)))
    page.close()
    return Paper(
        sheets, tuple(plain for text in headings if (plain := _plain(text))), _plain(front)[-20:]
    )


def test_no_page_but_the_last_is_left_nearly_empty(printed: Paper) -> None:
    used = [round(sheet.full, 2) for sheet in printed.sheets]
    assert len(used) >= 5
    assert min(used[:-1]) >= 1 / 3, used


def test_what_is_decided_is_on_the_first_page(printed: Paper) -> None:
    assert printed.front in _plain("".join(text for _, text in printed.sheets[0].lines))


def test_no_heading_is_the_last_line_of_a_page(printed: Paper) -> None:
    sheets, headings = printed.sheets, printed.headings
    first = {_plain(text) for sheet in sheets for _, text in sheet.lines}
    assert sum(heading in first for heading in headings) >= 8  # they are found as they are printed
    last = [_plain(sheet.lines[-1][1]) for sheet in sheets]
    assert not [line for line in last if any(line == h or h.endswith(line) for h in headings)]
