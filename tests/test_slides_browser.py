"""The decks in a browser, from disk without a network: stepped through, measured, printed.

Skipped where there is no browser, unless TUTORIAL_BROWSER=required.
"""

import os
import re
import shutil
import sys
from pathlib import Path

import browser as harness
import nbformat
import pytest
from test_widgets_browser import (  # noqa: F401 (a fixture)
    NOTEBOOKS,
    ROOT,
    chromium,
    findings,
    picture_kept,
    pytestmark,
    watched,
)

sys.path.insert(0, str(ROOT / ".github" / "site"))
from present import build

DECKS = ROOT / "build" / "slides"
WIDTH, HEIGHT = 1280, 720
# pixels of a slide: the smallest type of what it says, and of what is drawn on it
SMALLEST, SMALLEST_DRAWN = 20, 17
# the smallest type of a diagram and of a figure, as large as they were made
DIAGRAM, FIGURE = 20, 18

READY = "() => window.Reveal?.isReady()"
STATE = """() => {
    const slide = Reveal.getCurrentSlide(), asks = Boolean(slide.querySelector(".predict"));
    const hidden = slide.querySelectorAll(".fragment:not(.visible)").length;
    return [Reveal.getSlidePastCount(), hidden, asks, Reveal.getTotalSlides()];
}"""
# What is beyond the slide's edge, and what is too small: each with its tag and the number.
MEASURE = """([width, height, smallest, drawn, diagram, figure]) => {
    const found = [], page = Reveal.getCurrentSlide().querySelector(".page");
    const scale = page.getBoundingClientRect().width / width;
    for (const e of page.querySelectorAll("*")) {
        const formula = e.closest("mjx-container"), within = formula && formula !== e;
        if ((within && e.tagName !== "svg") || e.closest("script, mjx-assistive-mml")) continue;
        const box = e.getBoundingClientRect(), [w, h] = [box.width / scale, box.height / scale];
        if (!w || !h) continue;
        const edges = [box.left, box.top, width * scale - box.right, height * scale - box.bottom];
        const name = e.outerHTML.slice(0, 80);
        if (Math.min(...edges) < -0.5) found.push(["beyond the edge", name, edges]);
        const told = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        const size = parseFloat(getComputedStyle(e).fontSize);
        if ((told || formula || e.type === "number") && !within && size < smallest)
            found.push(["too small", name, size]);
        if (e.tagName === "IMG" || e.tagName === "CANVAS") {
            const full = [e.naturalWidth || e.width, e.naturalHeight || e.height];
            const made = e.src?.endsWith(".svg") ? diagram : figure;
            const text = made * Math.min(w / full[0], h / full[1]);
            if (text < drawn) found.push(["drawn too small", e.alt || "canvas", text]);
        }
    }
    return found;
}"""
MEASURES = [WIDTH, HEIGHT, SMALLEST, SMALLEST_DRAWN, DIAGRAM, FIGURE]


def decks():
    """Return the lessons that have a deck, by their metadata."""
    return [path for path in NOTEBOOKS if '"slide_type"' in path.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def built():
    if not (DECKS / "index.html").exists():
        if os.environ.get("TUTORIAL_BROWSER") == "required":
            pytest.fail("the decks are not built: see `make slides`")
        pytest.skip("the decks are not built")
    return DECKS.as_uri()


def opened(chromium, address):  # noqa: F811
    """Open a deck without a network; return its page and what the console will complain of."""
    page, said = watched(chromium, offline=True)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(address)
    page.wait_for_function(READY)
    return page, said


@pytest.mark.parametrize("path", decks(), ids=lambda path: path.stem)
def test_deck_stepped_through(path, chromium, built):  # noqa: F811
    page, said = opened(chromium, f"{built}/{path.stem}.html")
    with picture_kept(page, f"slides-{path.stem}"):
        page.wait_for_function("() => document.querySelector('.part')")
        at, hidden, asks, total = page.evaluate(STATE)
        assert at == 0
        questions, last = 0, -1
        for _ in range(200):
            if at != last:
                assert hidden or not asks, f"slide {at + 1} shows a question and its answer at once"
                questions, last = questions + asks, at
            if not hidden:
                assert page.evaluate(MEASURE, MEASURES) == [], f"slide {at + 1}"
                move_explorers(page)
                if at == total - 1:
                    break
            page.keyboard.press("Space")
            at, hidden, asks, total = page.evaluate(STATE)
        assert at == total - 1
        assert questions >= 3
        assert page.locator("mjx-merror, [data-mml-node=merror]").count() == 0
        assert said == []


def test_a_digit_is_drawn_on_a_slide(chromium, built):  # noqa: F811
    page, said = opened(chromium, f"{built}/00_start_here.html")
    page.evaluate("""() => {
        const { h, v } = Reveal.getIndices(document.querySelector("section:has(> * .drawn-digit)"));
        Reveal.slide(h, v, 0);
    }""")
    here, told = page.evaluate(STATE)[0], page.locator(".drawn-digit .told")
    box = page.locator(".drawn-digit .field").bounding_box()
    for i, part in enumerate((0.2, 0.8)):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + part * box["height"])
        page.mouse.up() if i else page.mouse.down()
    assert told.inner_text().startswith("k = 10 reads")
    page.locator(".drawn-digit input").press("ArrowRight")
    assert told.inner_text().startswith("k = 11 reads")
    page.locator(".drawn-digit input").press("Escape")
    assert page.evaluate(STATE)[0] == here
    page.keyboard.press("ArrowRight")
    assert page.evaluate(STATE)[0] == here + 1
    assert said == []


def move_explorers(page):
    """Move the sliders of the slide to both ends by keys, which stay with them until Escape."""
    for explorer in page.locator("section.present .explorer:visible").all():
        here = page.evaluate(STATE)
        explorer.get_by_role("slider").focus()
        told = []
        for key in ("Home", "End", "ArrowLeft"):
            page.keyboard.press(key)
            page.wait_for_timeout(50)
            told.append(explorer.get_by_role("status").inner_text())
            assert page.evaluate(MEASURE, MEASURES) == [], told[-1]
        assert len(set(told)) == 3
        explorer.get_by_label("play or pause").press("Space")
        explorer.get_by_label("play or pause").press("Space")
        page.keyboard.press("Escape")
        assert page.evaluate(STATE) == here, "the slider's keys moved the deck"


@pytest.mark.parametrize("path", decks(), ids=lambda path: path.stem)
def test_deck_on_paper(path, chromium, built):  # noqa: F811
    """All slides at once, as they are printed: one page each, and axe has nothing to say."""
    from slides import DRAWN  # here: its packages come with the site's

    page, said = opened(chromium, f"{built}/{path.stem}.html?print-pdf")
    with picture_kept(page, f"slides-print-{path.stem}"):
        slides = re.findall(
            r"<section data-timing", (DECKS / f"{path.stem}.html").read_text("utf-8")
        )
        page.wait_for_function(DRAWN)
        assert page.locator(".pdf-page").count() == len(slides)
        assert page.locator(".fragment:not(.visible)").count() == 0
        assert page.locator("img:not([alt]), img[alt='']").count() == 0
        assert findings(page) == []
        assert said == []


def test_keys_and_notes(chromium, built):  # noqa: F811
    page, said = opened(chromium, f"{built}/{decks()[0].stem}.html")
    with picture_kept(page, "slides-keys"):
        page.keyboard.press("q")
        assert page.evaluate(STATE)[2], "q leads to a question"
        with page.expect_popup() as opening:
            page.keyboard.press("s")
        notes = opening.value.locator(".speaker-controls-notes .value")
        notes.filter(has_text="Expected").wait_for()
        assert said == []


def test_presenting_in_jupyterlab(chromium, tmp_path):  # noqa: F811
    """Large type, no code above a picture, and a table of contents that has every question."""
    build(tmp_path / "present")
    shutil.move(tmp_path / "present" / ".settings", tmp_path / "settings")
    name = "05_interpolative_decomposition.ipynb"
    with harness.jupyterlab(tmp_path / "present", tmp_path) as address:
        from playwright.sync_api import expect

        page, _ = watched(chromium)
        with picture_kept(page, "present"):
            page.goto(f"{address}/lab/tree/{name}?reset")
            page.locator(".jp-Notebook .cm-content").first.wait_for()
            page.evaluate("() => jupyterapp.commands.execute('toc:show-panel')")
            questions = page.locator(".jp-tocItem-content", has_text="Predict")
            cells = nbformat.read(ROOT / "notebooks" / name, as_version=4).cells
            asked = sum(cell.source.count("**Predict") for cell in cells)
            expect(questions).to_have_count(asked, timeout=60_000)
            # a jump is lost while the notebook is still being laid out
            page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
            page.wait_for_timeout(1000)
            questions.last.click()
            last = page.get_by_role("heading", name=f"Predict {asked}")
            expect(last).to_be_in_viewport(timeout=60_000)
            size = "(e) => parseFloat(getComputedStyle(e).fontSize)"
            assert page.locator(".jp-Notebook .cm-content").first.evaluate(size) >= 20
            assert page.locator(".jp-RenderedMarkdown p").first.evaluate(size) >= 20
            models = "() => jupyterapp.shell.currentWidget.content.widgets.map((cell) =>"
            models += " [cell.model.sharedModel.getSource(), cell.inputHidden])"
            hidden = [hid for source, hid in page.evaluate(models) if "explore_k(" in source]
            assert hidden == [True]


def test_front_page_leads_to_every_deck(chromium, built):  # noqa: F811
    page, said = watched(chromium, offline=True)
    with picture_kept(page, "slides-index"):
        page.goto(f"{built}/index.html")
        names = [link.get_attribute("href") for link in page.locator("li a").all()]
        assert names == [f"{path.stem}.html" for path in decks()]
        assert all((DECKS / Path(name)).exists() for name in names)
        assert findings(page) == []
        assert said == []
