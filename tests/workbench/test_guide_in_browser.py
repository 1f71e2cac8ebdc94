"""The first round of the guide in the browser: what is done, what is read, every screen of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from command_line import main_in
from guide_steps import Typed, steps, type_into

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("uvicorn", reason="uvicorn is not installed")
from workbench_served import process

DOCS = Path(__file__).parents[2] / "docs"
ROUND = (DOCS / "guide-browser.md").read_text("utf-8")
SOON = 240_000  # milliseconds; other tests may keep the machine busy
STATES = 3  # of the workbook: with slips, put right, and with the budget that is agreed


def states(folder: Path) -> Iterator[bytes]:
    """Yield the workbook of the guide with slips in it, put right, and with more money."""
    main_in(folder, "workbook", "new", "first.xlsx")
    book, read = folder / "first.xlsx", 0
    for step in steps((DOCS / "guide.md").read_text("utf-8")):
        if isinstance(step, Typed):
            type_into(book, step)
            if step.sheet is None:
                yield book.read_bytes()
                read += 1
                if read == STATES:
                    return


class Reader:
    """Somebody who reads the round and does what it says."""

    def __init__(self, page: Page, screens: Path) -> None:
        self.page, self.screens, self.drawn = page, screens, list[str]()

    def press(self, name: str) -> None:
        """Press a button that the round names."""
        assert f"**{name}**" in ROUND, name
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow a link that the round names."""
        assert f"**{name}**" in ROUND, name
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def reads(self, *texts: str) -> None:
        """Read what the round quotes on the screen."""
        for text in texts:
            assert text in " ".join(ROUND.replace("\n> ", " ").split()), text
            self.page.get_by_text(text).first.wait_for()

    def draws(self, name: str) -> None:
        """Draw the screen as it is now."""
        assert f"images/{name}.png" in ROUND, name
        hidden = "e => { e.textContent = e.textContent.replace(/^.*\\/round$/, 'round'); }"
        self.page.locator("code").evaluate_all(f"all => all.forEach({hidden})")
        drawn = Image.open(BytesIO(self.page.screenshot()))
        drawn.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(
            self.screens / f"{name}.png", optimize=True
        )
        self.drawn.append(name)

    def drops(self, name: str, content: bytes) -> None:
        """Drop a workbook on the first screen."""
        self.follow("commission-opt")
        self.page.locator("#file").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        self.press("Look through it")


@pytest.mark.slow
def test_the_round_is_what_happens(
    browser: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    slips, right, agreed = states(tmp_path)
    screens = Path(pytestconfig.getoption("--screens") or tmp_path)
    with process(tmp_path) as (address, _):
        page = browser.new_page(viewport={"width": 1100, "height": 760})
        page.set_default_timeout(SOON)
        page.goto(address)
        reader = Reader(page, screens)
        walk(reader, slips, right, agreed)
        page.close()
    assert {f"images/{name}.png" for name in reader.drawn} == {
        *re.findall(r"\((images/\S+)\)", ROUND)
    }
    assert all((DOCS / f"images/{name}.png").exists() for name in reader.drawn)


def walk(reader: Reader, slips: bytes, right: bytes, agreed: bytes) -> None:
    """Go through the round."""
    page = reader.page
    reader.draws("browser-start")
    reader.drops("first.xlsx", slips)
    reader.reads("10 errors, 1 warning. Mend the cells below in Excel")
    reader.draws("browser-slips")
    reader.drops("first.xlsx", right)
    reader.reads("0 errors, 2 warnings. It can be solved.")
    assert page.url.endswith("/first-2")
    reader.press("Make a whole plan as given")
    reader.reads("no allocation satisfies every rule; these cannot all hold together")
    reader.draws("browser-nothing-fits")
    reader.drops("first.xlsx", agreed)
    reader.reads("It can be solved.")
    reader.press("Make a whole plan as given")
    page.wait_for_url("**/plans/*")
    plan = page.url
    reader.reads("Valley and coast: 258 places in 2026/27, −16 on last year")
    reader.draws("browser-plan")

    page.get_by_role("link", name="first-3", exact=True).first.click()
    reader.follow("What if")
    control = page.get_by_label("training, per cent")
    control.fill("110")
    control.press("Tab")
    page.locator('.bench[data-answered*="1.1"]').wait_for()
    reader.reads("--change=budget[fund=training]*=1.1")
    reader.draws("browser-what-if")
    page.get_by_label("Name").fill("More training")
    reader.press("Keep it as a scenario")

    page.goto(plan)
    page.get_by_label("Course (empty").fill("hca-coast")
    reader.press("Explain")
    reader.reads("hca-coast has 95 places in 2026, +25 on the year before")
    page.goto(plan)
    reader.press("Write the board paper")
    reader.reads("To decide: whether to commission 258 training places for 2026/27.")
    page.goto(plan)
    page.get_by_label("Name").fill("Ann Alyst")
    reader.press("Sign")
    reader.reads("Ann Alyst, analyst")
    reader.press("Prove it again from its files")
    page.get_by_text("done", exact=True).first.wait_for()
    reader.follow("Log")
    page.get_by_text("commission-opt sign").first.wait_for()
    reader.draws("browser-log")
