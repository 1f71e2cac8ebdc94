"""The workbench in a browser: worked by keyboard, at every width, clean for axe, and live."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from returned import changed
from workbench_served import process

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.slow,  # a browser and a server
    pytest.mark.skipif(os.name == "nt", reason="the server is ended as a POSIX shell does it"),
]
pytest.importorskip("uvicorn", reason="uvicorn is not installed")

# of a group of radio buttons the keyboard stops at the one that is chosen
WORKED = (
    "main :is(a[href], button, select, summary, textarea, "
    "input:not([type=hidden], [type=radio]:not(:checked)))"
)
WIDTHS = (390, 768, 1440, 1920)
SOON = 120_000  # milliseconds; other tests may keep the machine busy


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own process."""
    with process(tmp_path_factory.mktemp("served")) as (found, server):
        yield found
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page in which the address was opened; nothing may be refused or fail in it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    found = context.new_page()
    found.set_default_timeout(SOON)
    events: list[str] = []
    found.on("console", lambda message: events.append(f"console: {message.text}"))
    found.on("pageerror", lambda error: events.append(f"error: {error}"))
    found.on("dialog", lambda dialog: events.append(f"dialog: {dialog.message}"))
    found.goto(address)
    yield found
    context.close()
    assert events == []


def at(page: Page, path: str) -> None:
    """Go to a page of the workbench."""
    base = re.match(r"http://[^/]+", page.url)
    assert base is not None
    page.goto(base[0] + path)


@pytest.fixture(scope="module")
def filled(browser: Browser, address: str, book: bytes) -> str:
    """The address, once there are a scenario, a plan that is signed, and returns that disagree."""
    page = browser.new_page()
    page.set_default_timeout(SOON)
    page.goto(address)
    page.get_by_label("Or take one").select_option("two-by-two")
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Look through it").click()
    page.wait_for_url("**/instances/two-by-two")
    page.get_by_role("link", name="What if").click()
    page.get_by_label("tuition, per cent").fill("110")
    page.get_by_label("tuition, per cent").press("Tab")
    page.locator('.bench[data-answered*="1.1"]').wait_for()
    page.get_by_label("Name").fill("More tuition")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Make a whole plan of").click()
    page.wait_for_url("**/plans/*")
    page.get_by_label("Name").fill("Ann")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("Ann, analyst").wait_for()
    page.get_by_role("button", name="Explain").click()
    page.get_by_role("heading", name="What it said").wait_for()
    at(page, "/")
    file = {"name": "National.xlsx", "mimeType": "application/octet-stream", "buffer": book}
    page.locator("#file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Look through it").click()
    page.wait_for_url("**/instances/national")
    page.get_by_role("link", name="Returns of regions").click()
    returns = [
        {**file, "name": f"{stem}.xlsx", "buffer": changed(book, "H2", most)}
        for stem, most in (("north", 41), ("south", 42))
    ]
    page.locator("#file").set_input_files(returns)  # type: ignore[arg-type]
    page.get_by_role("button", name="Bring them in").click()
    page.get_by_text("What was found in south.xlsx").wait_for()
    page.get_by_role("button", name="Put them together").click()
    page.get_by_text("contradict each other in 1 place").wait_for()
    page.close()
    return address


SCREENS = (
    "/", "/instances/two-by-two", "/instances/two-by-two/what-if",
    "/instances/two-by-two/scenarios", "/instances/two-by-two/tables/demand", "/plans",
    "/plans/two-by-two-more-tuition", "/commands", "/commands/2", "/commands/4", "/log", "/nothing",
    "/instances/two-by-two/returns", "/instances/two-by-two/reach", "/instances/national/returns",
    "/options?plan=two-by-two-more-tuition",
)  # fmt: skip


@pytest.mark.parametrize("path", SCREENS)
@pytest.mark.usefixtures("filled")
def test_every_screen_is_clean_for_axe_and_fits_every_width(
    browser: Browser, address: str, path: str
) -> None:
    context = browser.new_context(bypass_csp=True)  # for axe, which is no part of the page
    page = context.new_page()
    page.goto(address)
    at(page, path)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            """width => [...document.querySelectorAll("body *:not(.scroll *, .hidden, .skip)")]
                .filter(e => e.getBoundingClientRect().right > width + 1)
                .map(e => e.outerHTML.slice(0, 80))""",
            width,
        )
        assert outside == []
    axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    page.evaluate(files(axe).joinpath("axe.min.js").read_text("utf-8"))
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        found: dict[str, Any] = page.evaluate(
            "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
            " 'best-practice'] })"
        )
        bad = [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in found["violations"]]
        assert not bad
    context.close()


@pytest.mark.usefixtures("filled")
def test_a_control_is_answered_with_a_chart(page: Page) -> None:
    at(page, "/instances/two-by-two/what-if")
    page.locator(".bench[data-answered]").wait_for()
    before = page.locator("#chart path.new").get_attribute("d")
    slider = page.get_by_label("all professions", exact=True).first
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")  # the keyboard alone
    page.locator('.bench[data-answered*="1.05"]').wait_for()
    assert page.locator("#chart path.new").get_attribute("d") != before
    assert "--change=demand*=1.05" in page.locator("#command").inner_text()
    assert "more than as given" in page.locator("#said").inner_text()
    page.get_by_label("Other changes").fill("leavers*=50")
    page.get_by_label("Other changes").press("Tab")
    page.locator('.bench[data-answered*="leavers"]').wait_for()
    assert "“leavers × 50” makes" in page.locator("#said").inner_text()
    page.get_by_role("button", name="All as given").click()
    page.locator('.bench[data-answered="[]"]').wait_for()
    assert page.locator("#chart path.new").get_attribute("d") == before


@pytest.mark.usefixtures("filled")
def test_a_scenario_is_opened_as_it_was_kept(page: Page) -> None:
    at(page, "/instances/two-by-two/scenarios")
    page.locator("#beside table").first.wait_for()
    assert "More tuition" in page.locator("#beside thead").first.inner_text()
    page.get_by_role("link", name="Change “More tuition”").click()
    page.locator('.bench[data-answered*="1.1"]').wait_for()
    assert page.get_by_label("tuition, per cent").input_value() == "110"


@pytest.mark.usefixtures("filled")
def test_a_solve_is_followed_live_and_stopped(page: Page) -> None:
    page.get_by_label("Or take one").select_option("england-icb-2026")  # which takes its time
    page.get_by_role("button", name="Take it").click()
    page.get_by_label("Commissioning model").select_option("five-year")
    page.get_by_role("button", name="Use it").click()
    page.get_by_label("Time for the plan").select_option("600")
    page.get_by_role("button", name="Make a whole plan").click()
    page.locator(".headline:not([hidden])").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.locator("#state.stopped").wait_for()


@pytest.mark.usefixtures("filled")
def test_a_paper_is_whole_and_can_reach_nothing(browser: Browser, address: str) -> None:
    page = browser.new_page()  # what is kept out says so in its console
    page.set_default_timeout(SOON)
    page.goto(address)
    at(page, "/plans/two-by-two-more-tuition")
    page.get_by_role("button", name="Write the board paper").click()
    page.wait_for_url("**/papers/*")
    assert page.get_by_role("heading", name="The decision").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") == (
        "rgb(20, 55, 94)"
    )
    assert page.locator("form.filters").is_visible()  # its script runs
    reached = page.evaluate("fetch('/log').then(() => 'reached', () => 'kept out')")
    assert reached == "kept out"
    assert page.evaluate("window.origin") == "null"
    page.close()


@pytest.mark.usefixtures("filled")
def test_the_keyboard_reaches_everything_and_shows_where_it_is(page: Page) -> None:
    for path in (
        "/plans/two-by-two-more-tuition", "/instances/national/returns",
        "/instances/two-by-two/reach", "/options?plan=two-by-two-more-tuition",
    ):  # fmt: skip
        at(page, path)
        reach_all(page)


def reach_all(page: Page) -> None:
    """Tab through everything of a page, also what it folds away."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.locator("h1").click()
    wanted = page.locator(WORKED).count()
    seen = set()
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        name, shown = page.evaluate(
            """all => {
                const e = document.activeElement, s = getComputedStyle(e);
                const shown = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
                return [[...document.querySelectorAll(all)].indexOf(e), shown];
            }""",
            WORKED,
        )
        assert shown or name < 0  # past the end the browser itself has it
        seen.add(name)
    assert len(seen - {-1}) == wanted


def test_a_workbook_is_dropped(page: Page, tmp_path: Path, book: bytes) -> None:
    file = tmp_path / "Dropped.xlsx"
    file.write_bytes(book)
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Look through it").click()
    page.wait_for_url("**/instances/dropped")
    assert "It can be solved" in page.locator("main").inner_text()
