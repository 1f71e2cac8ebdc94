"""Pages in a browser: they load alone, can be worked by anyone, and print whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from some import some

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow  # a browser takes ten seconds by itself

SCREEN, PHONE, PAPER = 1440, 390, 703  # pixels; A4 less its margins
LESS = pytest.param("swept", marks=pytest.mark.slow)
PAGES = ("england", "attacked", "packed", "optional", "swept_attack", "frontier", LESS)


@pytest.fixture(params=some(PAGES, 2, first=1))
def file(request: pytest.FixtureRequest) -> Path:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Path)
    return found


@pytest.fixture
def events() -> list[str]:
    """What a page did that it should not."""
    return []


@pytest.fixture
def page(browser: Browser, events: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": SCREEN, "height": 900})
    found = context.new_page()
    found.on("console", lambda message: events.append(f"console: {message.text}"))
    found.on("pageerror", lambda error: events.append(f"error: {error}"))
    found.on("request", lambda asked: events.append(f"request: {asked.url}"))
    found.on("dialog", lambda dialog: events.append(f"dialog: {dialog.message}"))
    yield found
    context.close()


def opened(page: Page, file: Path, rows: int = 10**6) -> None:
    """Open a page, and what folds away up to so many rows."""
    page.goto(file.as_uri())
    page.evaluate(
        """rows => document.querySelectorAll("details").forEach(
            d => { d.open = d.querySelectorAll("tr").length <= rows }
        )""",
        rows,
    )


def table(page: Page, caption: str) -> Locator:
    return page.locator("table").filter(
        has=page.locator("caption", has_text=re.compile(f"^{caption}"))
    )


def column(found: Locator, at: int) -> list[str]:
    """The texts of a column in the rows that are shown."""
    return found.locator(f"tbody tr:visible > :nth-child({at})").all_inner_texts()


@pytest.mark.each(2)
def test_a_page_loads_itself_and_nothing_else(page: Page, events: list[str], file: Path) -> None:
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    assert events == [f"request: {file.as_uri()}"]
    assert page.locator("img, iframe, object, embed, link").count() == 0


def test_nothing_can_be_smuggled_in(page: Page, attacked: Path) -> None:
    page.goto(attacked.as_uri())
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.smuggled = true";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<p onclick='smuggled = true'>x</p>");
            document.body.lastChild.click();
        }"""
    )
    assert page.evaluate("window.smuggled === undefined")
    asked = "fetch('data:text/plain,x').then(() => 'sent', () => 'refused')"
    assert page.evaluate(asked) == "refused"


@pytest.mark.slow
def test_tables_are_filtered(page: Page, england: Path) -> None:
    from playwright.sync_api import expect

    opened(page, england)
    places = table(page, "Places and shortfall")
    rows = len(column(places, 1))
    page.locator("select[name=profession]").select_option("Midwifery")
    assert set(column(places, 1)) == {"Midwifery"}
    assert len(column(places, 1)) == 7
    assert not places.locator("tfoot").is_visible()
    page.locator("select[name=region]").select_option("London")
    assert (column(places, 1), column(places, 2)) == (["Midwifery"], ["London"])
    assert column(table(page, "Shortfall by profession"), 1) == ["Midwifery"]
    assert set(column(table(page, "Shortfall by region"), 1)) == {"London"}
    assert " rows shown in " in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("status")).to_have_text("")  # a script that polls is refused here
    assert len(column(places, 1)) == rows
    assert places.locator("tfoot").is_visible()


@pytest.mark.slow
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_tables_are_sorted(page: Page, england: Path, by: str) -> None:
    opened(page, england)
    found = table(page, "Shortfall by profession")

    def press(heading: str) -> str | None:
        button = found.get_by_role("button", name=heading, exact=True)
        if by == "mouse":
            button.click()
        else:
            button.focus()
            page.keyboard.press("Enter")
        return button.locator("xpath=..").get_attribute("aria-sort")

    def numbers(at: int) -> list[float]:
        return [float(text.replace(",", "")) for text in column(found, at)]

    assert press("Short with the plan") == "descending"
    assert numbers(4) == sorted(numbers(4), reverse=True)
    assert press("Short with the plan") == "ascending"
    assert numbers(4) == sorted(numbers(4))
    assert press("Profession") == "ascending"
    assert column(found, 1) == sorted(column(found, 1))
    assert found.locator("th[aria-sort]").count() == 1
    assert found.locator("tfoot th").inner_text() == "all"


@pytest.mark.each(2)
@pytest.mark.parametrize(
    ("file", "width"),
    [
        pytest.param("england", SCREEN, marks=pytest.mark.slow),
        pytest.param("attacked", SCREEN, marks=pytest.mark.slow),
        ("attacked", PHONE),
        pytest.param("swept_attack", PHONE, marks=pytest.mark.slow),
        pytest.param("swept", SCREEN, marks=pytest.mark.slow),
        pytest.param("frontier", PHONE, marks=pytest.mark.slow),
        ("frontier", SCREEN),
        pytest.param("packed", PHONE, marks=pytest.mark.slow),
        pytest.param("optional", PHONE, marks=pytest.mark.slow),
    ],
    indirect=["file"],
)
def test_axe_finds_nothing_serious(page: Page, file: Path, width: int) -> None:
    pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, file, rows=40)  # it takes a minute over hundreds
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',"
        " 'best-practice'] })"
    )
    bad = [
        (violation["id"], violation["impact"], [node["target"] for node in violation["nodes"]][:5])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert not bad
    assert "color-contrast" in {rule["id"] for rule in found["passes"]}


@pytest.mark.parametrize("width", [SCREEN, PHONE])
def test_a_page_fits_its_window(page: Page, file: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, file)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """width => [...document.querySelectorAll("main *:not(.scroll *)")]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .map(e => e.outerHTML.slice(0, 80))""",
        width,
    )
    assert outside == []
    if width == PHONE:
        cut = page.evaluate(
            """[...document.querySelectorAll(".chart")]
                .filter(e => e.scrollWidth > e.clientWidth + 1).length"""
        )
        assert cut == 0
    assert page.locator(".scroll").count() == page.locator(".scroll[tabindex='0']").count()


@pytest.mark.parametrize("width", [SCREEN, PHONE])
def test_charts_can_be_read(page: Page, file: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, file)
    found = page.evaluate(
        """() => [...document.querySelectorAll(".broad svg text, .narrow svg text")]
            .filter(e => e.getClientRects().length && e.textContent.trim())
            .map(e => {
                const svg = e.ownerSVGElement, own = e.closest("[font-size]");
                const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
                const at = e.getBoundingClientRect(), all = svg.getBoundingClientRect();
                const cut = at.left < all.left - 1 || at.right > all.right + 1
                    || at.top < all.top - 1 || at.bottom > all.bottom + 1;
                return [e.textContent, scale * parseFloat(own.getAttribute("font-size")), cut];
            })"""
    )
    assert not [text for text, size, _ in found if size < 9]
    if width == PHONE:
        assert not [text for text, _, cut in found if cut]
    shown = page.locator(f".{'narrow' if width == PHONE else 'broad'}").first
    assert shown.is_visible() or not found


@pytest.mark.slow
def test_what_is_pressed_is_large_enough(page: Page, england: Path) -> None:
    opened(page, england)
    small = page.evaluate(
        """[...document.querySelectorAll("button, select, summary, nav a")]
            .filter(e => { const r = e.getBoundingClientRect(); return r.width && r.height < 24; })
            .map(e => e.textContent)"""
    )
    assert small == []


def test_nothing_is_cut_off_on_paper(page: Page, file: Path) -> None:
    page.set_viewport_size({"width": PAPER, "height": 1000})
    opened(page, file)
    page.emulate_media(media="print")
    wide = page.evaluate(
        """() => {
            const right = document.querySelector("main").getBoundingClientRect().right + 1;
            return [...document.querySelectorAll("main table, main svg, main td, main th, main p")]
                .filter(e => e.getClientRects().length)
                .filter(e => e.getBoundingClientRect().right > right
                             || (e.tagName !== "svg" && e.scrollWidth > e.clientWidth + 1))
                .map(e => e.outerHTML.slice(0, 120));
        }"""
    )
    assert wide == []
    hidden = page.evaluate(
        """[...document.querySelectorAll(".scroll")]
            .filter(e => getComputedStyle(e).overflowX !== "visible").length"""
    )
    assert hidden == 0
    assert not page.locator("nav, form.filters").first.is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.slow
def test_everything_can_be_read_without_javascript(browser: Browser, england: Path) -> None:
    with_script = browser.new_page()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for found in (with_script, page):
        found.goto(england.as_uri())
    assert not page.locator("form.filters").is_visible()
    assert page.locator("th button").count() == 0
    assert page.locator("tr").count() == with_script.locator("tr").count()
    page.locator("summary").first.click()
    assert table(page, "Places and shortfall").is_visible()
    context.close()
    with_script.close()


@pytest.mark.slow
def test_shapes_say_their_figures_under_the_pointer(page: Page, england: Path) -> None:
    page.goto(england.as_uri())
    texts = page.locator("#places svg path > title").all_text_contents()
    assert len(texts) == 27 * 7
    assert any(text.startswith("Midwifery, London: ") for text in texts)


def test_the_keyboard_reaches_filters_and_sorting_and_shows_where_it_is(
    page: Page, england: Path
) -> None:
    opened(page, england, rows=40)
    wanted = {"SELECT profession", "SELECT region", "SUMMARY", "BUTTON sort"}
    reached: list[tuple[str, bool]] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                const e = document.activeElement, s = getComputedStyle(e);
                const seen = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
                return [e.tagName + (e.name ? " " + e.name : e.closest("th") ? " sort" : ""), seen];
            }"""
        )
        reached.append((found[0], found[1]))
        if wanted <= {name for name, _ in reached}:
            break
    assert wanted <= {name for name, _ in reached}
    assert all(seen for _, seen in reached)


def test_nothing_moves_for_those_who_ask_for_that(page: Page, england: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(england.as_uri())
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("document.getAnimations().length") == 0
