"""The first round of the guide in the browser: what is done, what is read, every screen of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from command_line import main_in
from guide_steps import Typed, steps, type_into
from returned import RETURNS, in_course

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

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

    def draws(self, name: str, below: str = "") -> None:
        """Draw the screen from its top, or from a heading on."""
        assert f"images/{name}.png" in ROUND, name
        heading = self.page.get_by_role("heading", name=below or None).first
        heading.evaluate("(e, below) => below ? e.scrollIntoView() : scrollTo(0, 0)", below)
        hidden = "e => { e.textContent = e.textContent.replace(/^.*\\/round$/, 'round'); }"
        self.page.locator("code").evaluate_all(f"all => all.forEach({hidden})")
        drawn = Image.open(BytesIO(self.page.screenshot()))
        drawn.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(
            self.screens / f"{name}.png", optimize=True
        )
        self.drawn.append(name)

    def fills(self, **fields: str) -> None:
        """Fill in fields by their labels, in which words are joined by lines here."""
        for label, value in fields.items():
            self.page.get_by_label(label.replace("__", ", ").replace("_", " "), exact=True).fill(
                value
            )

    def takes(self, link: str) -> tuple[str, bytes]:
        """Download a file; return its name and what is in it."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=link, exact=True).click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    def drops(self, name: str, content: bytes) -> None:
        """Drop a workbook on the first screen."""
        self.follow("commission-opt")
        self.page.locator("#file").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        self.press("Look through it")


def walk(reader: Reader, folder: Path) -> None:
    """Go through the first round."""
    slips, right, agreed = states(folder)
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
    reader.press("Make a whole plan of “More training”")
    page.wait_for_url("**/plans/*")
    more = page.url.rpartition("/")[2]

    page.get_by_role("link", name="first-3", exact=True).first.click()
    reader.follow("What would it take?")
    page.get_by_label("Profession").select_option(label="Healthcare assistant")
    page.get_by_label("From").select_option(label="2028/29")
    page.get_by_label("By", exact=True).select_option(label="more money in training")
    reader.draws("browser-reach")
    reader.press("Find the least")
    reader.reads("It cannot be reached, with 1,000 times the budgets: no plan does")

    reader.follow("Plans")
    for name in (plan.rpartition("/")[2], more):
        page.get_by_label(f"{name} as an option").check()
    reader.press("Say first what is recommended")
    reader.fills(
        Title="Places for 2026/27", Decision_that_is_asked_for="Commission 258 places for 2026/27",
        Who_owns_it="Director of education", Risks__one_a_line="Demand may grow faster",
    )  # fmt: skip
    page.get_by_label(f"Recommend {plan.rpartition('/')[2]}", exact=True).check()
    reader.draws("browser-options")
    reader.press("Write the page of options")
    page.get_by_role("link", name="page of options").click()
    reader.reads("Commission 258 places for 2026/27")

    page.goto(plan)
    page.get_by_label("Course (empty").fill("hca-coast")
    reader.press("Explain")
    reader.reads("hca-coast has 95 places in 2026, +25 on the year before")
    page.goto(plan)
    page.get_by_text("What its first page says").click()
    reader.fills(Author="Ann Alyst", Status="for decision")
    reader.press("Write the board paper")
    page.get_by_text("for decision").first.wait_for()
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


def walk_again(reader: Reader, _: Path) -> None:
    """Go through the round of the next year."""
    page = reader.page
    reader.follow("commission-opt")
    page.get_by_label("Or take one").select_option("england-2026")
    reader.press("Take it")
    reader.follow("Returns of regions")
    reader.press("Write it as a workbook")
    national = reader.takes("See what it made")[1]
    reader.drops("national.xlsx", national)
    reader.reads("0 errors, 26 warnings. It can be solved.")

    reader.follow("Returns of regions")
    here = page.url
    back: list[FilePayload] = []
    for title, returns in (("South West", ["south-west"]), ("London", ["london", "london-2"])):
        name, sent = reader.takes(title)
        assert sent == national
        for number, each in enumerate(returns, 1):
            stem = name.removesuffix(".xlsx") + (f"-{number}" if number > 1 else "")
            content = in_course(sent, *RETURNS[f"{each}.xlsx"])
            back.append({"name": f"{stem}.xlsx", "mimeType": "any/any", "buffer": content})
    page.locator("#file").set_input_files(back)
    reader.press("Bring them in")
    for file in back:
        page.get_by_text(f"What was found in {file['name']}").wait_for()
    reader.press("Put them together")
    contradiction = "midwifery-LON, fill_rate: '0.98' in national.xlsx; '0.93' in national-lon.xlsx"
    reader.reads(contradiction)
    reader.draws("browser-returns", "Put them together")
    page.get_by_label("Take national-lon-2.xlsx").uncheck()
    reader.press("Put them together")
    page.wait_for_url("**/instances/national-merged")
    merged = page.url
    reader.press("Look through it")
    reader.reads("0 errors, 26 warnings. It can be solved.")
    page.goto(here)
    reader.reads("Nothing contradicts. 2 changes taken")

    page.goto(merged)
    reader.press("Make a whole plan as given")
    page.wait_for_url("**/plans/*")
    plan = page.url
    reader.reads(
        "England by NHS region, 2026/27 to 2040/41: 64,111 places in 2026/27, +6,015 on last year"
    )
    page.get_by_label("Course (empty").fill("podiatry-SW")
    reader.press("Explain")
    reader.reads("One more place would bring 52.3 weighted FTE-years and take 52.3 from others")
    page.goto(plan)
    page.get_by_label("Pack of").select_option("region=SW")
    reader.press("Write the pack")
    page.get_by_text("South West").first.wait_for()
    for role, name in (
        ("analyst", "Ann Alyst"),
        ("assurer", "As Surer"),
        ("commissioner", "Com Missioner"),
    ):
        page.goto(plan)
        page.get_by_label("As", exact=True).select_option(role)
        page.get_by_label("Name").fill(name)
        reader.press("Sign")
        reader.reads(f"{name}, {role}")
    reader.press("Prove it again from its files")
    page.get_by_text("done", exact=True).first.wait_for()
    page.goto(plan)
    reader.press("Write the board paper")
    page.wait_for_url("**/papers/*")
    for name in ("Ann Alyst", "As Surer", "Com Missioner"):
        page.get_by_text(name).first.wait_for(state="attached")
    page.goto(plan)
    assert "**Write all packs**" in ROUND  # which are written elsewhere
    page.get_by_role("button", name="Write all packs", exact=True).wait_for()


@pytest.mark.slow
@pytest.mark.parametrize(("part", "does"), [(0, walk), (1, walk_again)])
def test_a_round_is_what_happens(
    part: int,
    does: Callable[[Reader, Path], None],
    browser: Browser,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    screens = Path(pytestconfig.getoption("--screens") or tmp_path)
    with process(tmp_path) as (address, _):
        page = browser.new_page(viewport={"width": 1100, "height": 760})
        page.set_default_timeout(SOON)
        page.goto(address)
        reader = Reader(page, screens)
        does(reader, tmp_path)
        page.close()
    assert {f"images/{name}.png" for name in reader.drawn} == {
        *re.findall(r"\((images/\S+)\)", ROUND.split("# Part two")[part])
    }
    assert all((DOCS / f"images/{name}.png").exists() for name in reader.drawn)
