"""The explorers in a real JupyterLab, and the site from disk without a network, in a browser.

Skipped where there is no browser, unless TUTORIAL_BROWSER=required.
"""

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import browser as harness
import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SITE = ROOT / "build" / "site"
PAGES = ["index.html", *(f"{path.stem}.html" for path in NOTEBOOKS)]
SHOTS = ROOT / "build" / "screenshots"
EMPTY, TWICE = "empty.ipynb", "twice.ipynb"

try:
    from axe_playwright_python.sync_playwright import Axe
except ImportError:
    Axe = None

missing = "playwright and axe" if Axe is None else "" if harness.CHROMIUM else "Chromium"
if missing and os.environ.get("TUTORIAL_BROWSER") == "required":
    raise RuntimeError(f"the browser tests need {missing}: see `make browser`")
pytestmark = [
    pytest.mark.skipif(bool(missing), reason=f"{missing} not found"),
    # Playwright and the server leave closed sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

# The lesson's own explorers, and what their scenes say at every position.
RECORD = """
import tutorial_helpers
_scenes, _explore = [], tutorial_helpers.explore_k
def _recorded(scene, start=None):
    _scenes.append(scene)
    return _explore(scene, start)
tutorial_helpers.explore_k = _recorded
"""
REPORT = """
import hashlib, json
def _report(scene):
    at = scene.positions
    checked = {at[0], at[1], at[len(at) // 2], at[-1]}
    return {
        "stops": scene.stops,
        "told": {k: scene.move(k) for k in at},
        "digests": {k: hashlib.sha256(scene.png(k)).hexdigest() for k in checked},
    }
print(json.dumps([_report(scene) for scene in _scenes]))
"""
# one explorer in two cells, and how many widgets the kernel keeps
SHOWN_TWICE = [
    """
from tutorial_helpers import curve_scene, explore_k
explorer = explore_k(curve_scene(range(1, 60), {"ID": range(1, 60)}))
explorer
""",
    "explorer",
    "import ipywidgets\nprint(len(ipywidgets.widgets.widget._instances))",
]
DIGEST = """async (picture) => {
    const bytes = await (await fetch(picture.src)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}"""


@pytest.fixture(scope="module")
def chromium():
    with harness.browser() as chromium:
        yield chromium


class Lessons:
    """Lessons in JupyterLab: while one is looked at, the next two already run."""

    def __init__(self, chromium, address):
        self.chromium, self.address, self.started = chromium, address, {}

    def open(self, path):
        """Return the page of a lesson and what its console complains of."""
        at = NOTEBOOKS.index(path)
        for ahead in NOTEBOOKS[at : at + 3]:
            if ahead not in self.started:
                self.started[ahead] = watched(self.chromium)
                harness.start(self.started[ahead][0], self.address, ahead.name)
        return self.started[path]


@pytest.fixture(scope="module")
def lessons(chromium, tmp_path_factory):
    """Serve copies of the lessons, with a cell before and one after that report the scenes."""
    folder = tmp_path_factory.mktemp("lessons")
    shutil.copytree(ROOT / "notebooks" / "pictures", folder / "pictures")
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(RECORD))
        notebook.cells.append(nbformat.v4.new_code_cell(REPORT))
        nbformat.write(notebook, folder / path.name)
    notebook.cells = notebook.cells[:1]
    nbformat.write(notebook, folder / EMPTY)
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in SHOWN_TWICE]
    nbformat.write(notebook, folder / TWICE)
    with harness.jupyterlab(folder, tmp_path_factory.mktemp("home")) as address:
        yield Lessons(chromium, address)


def watched(chromium, **options):
    """Return a new page, and the list of all that its console will complain of."""
    page = chromium.new_context(viewport={"width": 1280, "height": 1000}, **options).new_page()
    said = []
    page.on(
        "console", lambda m: said.append(m.text) if m.type == "error" and not early(m) else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    return page, said


def early(message):
    """Tell whether the server was asked for its kernels while one of them was still starting.

    It then answers 500, and JupyterLab asks again; lessons that start side by side see it.
    """
    return "/api/kernels?" in message.location["url"] and "status of 500" in message.text


@contextmanager
def picture_kept(page, name):
    """Keep a picture of the page if something fails; close it in the end."""
    try:
        yield
    except BaseException:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png")
        raise
    finally:
        page.context.close()


def findings(page, part=None):
    """Return what axe finds that is serious or worse."""
    # without `preload`: it reads the style sheets anew, which a browser refuses on a disk
    found = Axe().run(page, part, {"preload": False}).response["violations"]
    return [
        (violation["id"], node["html"][:200], node["target"])
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"][:3]
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_in_jupyterlab(path, lessons):
    page, said = lessons.open(path)
    with picture_kept(page, f"lab-{path.stem}"):
        page.bring_to_front()
        check_lesson(page)
        assert said == []


def test_first_lesson_in_notebook_7(lessons):
    empty, usual = watched(lessons.chromium)
    with picture_kept(empty, "notebook-7-empty"):
        harness.start(empty, lessons.address, EMPTY, front="notebooks")
        harness.finish(empty)
        harness.shut_down(empty)
    page, said = watched(lessons.chromium)
    refused = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    with picture_kept(page, "notebook-7"):
        harness.start(page, lessons.address, NOTEBOOKS[0].name, front="notebooks")
        check_lesson(page)
        # Notebook 7 complains of its own settings, and of a font that it does not bring along
        usual.append(
            "Failed to load resource: the server responded with a status of 403 (Forbidden)"
        )
        assert set(said) <= set(usual)
        assert all("/static/notebook/" in url and ".woff" in url for url in refused)


def test_an_explorer_shown_twice_and_run_again(lessons):
    from playwright.sync_api import expect

    page, said = watched(lessons.chromium)
    with picture_kept(page, "lab-twice"):
        harness.start(page, lessons.address, TWICE)
        kept = []
        for _ in range(2):
            kept.append(harness.finish(page)[-1][0]["text"])
            handles = page.locator(harness.HANDLE)
            expect(handles).to_have_count(2)
            for i, key in enumerate(("Home", "End")):
                expect(handles.nth(i)).to_have_attribute("aria-label", "k")
                handles.nth(i).focus()
                page.keyboard.press(key)
                for status in page.get_by_role("status").all():
                    expect(status).to_have_text(f"k = {1 + 58 * i}: ID {1 + 58 * i}")
            page.evaluate(
                """async () => {
                    window.ran = false;
                    await window.jupyterapp.commands.execute("notebook:run-all-cells");
                    window.ran = true;
                }"""
            )
        assert said == []
        assert kept[0] == kept[1]
        harness.shut_down(page)


def check_lesson(page):
    """Let a lesson run to its end, and move each of its explorers in every way."""
    outputs = harness.finish(page)
    assert [o for cell in outputs for o in cell if o["output_type"] == "error"] == []
    reports = json.loads("".join(outputs[-1][0]["text"]))
    explorers = page.locator("[class*=explorer-]")
    assert explorers.count() == len(reports) == page.locator(harness.HANDLE).count()
    assert reports, "every lesson has a slider"
    for i, report in enumerate(reports):
        check_explorer(page, explorers.nth(i), report)
    check_narrow(page, explorers.first)
    assert findings(page, "[class*=explorer-]") == []
    harness.shut_down(page)


def check_explorer(page, explorer, report):
    """Move one explorer in every way; the sentence and the picture are those of its scene."""
    from playwright.sync_api import expect

    told, digests = report["told"], report["digests"]
    positions, stops = list(told), report["stops"]
    handle = explorer.locator(harness.HANDLE)
    picture, sentence = explorer.locator("img"), explorer.get_by_role("status")
    number = explorer.get_by_role("spinbutton")

    def shows(k):
        nearest = min(stops, key=lambda stop: abs(stop - int(k)))
        expect(sentence).to_have_text(told[k])
        expect(number).to_have_value(k)
        expect(handle).to_have_attribute("aria-valuetext", str(nearest))
        assert told[k] in picture.get_attribute("alt")
        if k in digests:
            page.wait_for_function("(picture) => picture.complete", arg=picture.element_handle())
            assert picture.evaluate(DIGEST) == digests[k]

    expect(sentence).not_to_be_empty()
    handle.scroll_into_view_if_needed()
    assert handle.get_attribute("aria-label") == number.get_attribute("aria-label") != ""
    handle.focus()
    steps = {"Home": 0, "ArrowRight": 1, "PageUp": min(6, len(stops) - 1), "End": -1}
    for key, at in steps.items():
        page.keyboard.press(key)
        shows(str(stops[at]))

    harness.drag(page, handle, "img", seconds=0.5, rounds=1)
    shows(handle.get_attribute("aria-valuetext"))  # where the hand let go

    # every position can be typed, between two stops as well
    middle = positions[len(positions) // 2]
    number.fill(middle)
    number.press("Enter")
    shows(middle)

    # at the end the player starts anew; a hand on another control stops it
    handle.focus()
    page.keyboard.press("End")
    shows(str(stops[-1]))
    explorer.get_by_label("play or pause").click()
    expect(number).not_to_have_value(str(stops[-1]))
    number.focus()
    page.wait_for_timeout(300)  # as long as a hand takes to begin to type
    number.fill(middle)
    number.press("Enter")
    page.wait_for_timeout(300)
    shows(middle)


def check_narrow(page, explorer):
    """In a narrow window the slider can still be moved and the number read."""
    size = page.viewport_size
    page.set_viewport_size({"width": 600, "height": 720})
    rail, number = explorer.locator(".noUi-base"), explorer.get_by_role("spinbutton")
    rail.scroll_into_view_if_needed()
    assert rail.bounding_box()["width"] > 100
    box = number.bounding_box()
    assert box["x"] + box["width"] < 600
    page.set_viewport_size(size)


@pytest.fixture(scope="module")
def site():
    if not (SITE / "index.html").exists():
        if os.environ.get("TUTORIAL_BROWSER") == "required":
            pytest.fail("the site is not built: see `make site`")
        pytest.skip("the site is not built")
    return SITE.as_uri()


@pytest.mark.parametrize("name", PAGES)
def test_page_from_disk(name, chromium, site):
    from playwright.sync_api import expect

    asked = []
    page, said = watched(chromium, offline=True)
    with picture_kept(page, f"site-{name}"):
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site}/{name}")
        formulas = page.locator(".math")
        if formulas.count():
            page.wait_for_function(
                "() => document.querySelectorAll('mjx-container').length >="
                " document.querySelectorAll('.math').length"
            )
        assert page.locator("mjx-merror, [data-mml-node=merror]").count() == 0
        explorers = page.locator(".explorer")
        assert explorers.count(), "every page has a slider"
        if name == "index.html":
            cards = page.locator(".lessons a")
            names = [card.get_attribute("href") for card in cards.all()]
            assert names == PAGES[1:]
        for i in range(explorers.count()):
            check_page_explorer(page, explorers.nth(i))
        assert page.locator("img:not([alt]), img[alt='']").count() == 0
        expect(page.locator(".sidebar-tree a").first).to_be_attached()
        assert findings(page) == []
        assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def check_page_explorer(page, explorer):
    """Move one explorer of a page; sentence, picture and label follow."""
    from playwright.sync_api import expect

    data = json.loads(explorer.locator("script").text_content())
    frames, stops = data["frames"], data["stops"]
    slider, number = explorer.get_by_role("slider"), explorer.get_by_role("spinbutton")
    sentence, canvas = explorer.get_by_role("status"), explorer.locator("canvas")

    def shows(at):
        expect(sentence).to_have_text(frames[at][3])
        expect(canvas).to_have_attribute("data-drawn", str(stops[at]))
        assert frames[at][3] in canvas.get_attribute("aria-label")
        assert slider.get_attribute("aria-valuetext") == frames[at][3]
        assert number.input_value() == str(stops[at])
        return canvas.evaluate("(canvas) => canvas.toDataURL()")

    slider.focus()
    pictures = []
    for key, at in {"Home": 0, "ArrowRight": 1, "End": -1}.items():
        page.keyboard.press(key)
        pictures.append(shows(at))
    assert pictures[0] != pictures[2]

    slider.hover()  # waits until the page no longer scrolls
    box = slider.bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - 2, height)
    page.mouse.down()
    page.mouse.move(box["x"] + 1, height, steps=20)
    page.mouse.up()
    assert shows(0) == pictures[0]

    number.focus()
    page.keyboard.press("ArrowUp")
    assert shows(1) == pictures[1]

    # at the end the player starts anew; a hand on another control stops it
    slider.focus()
    page.keyboard.press("End")
    shows(-1)
    explorer.get_by_label("play or pause").click()
    expect(sentence).not_to_have_text(frames[-1][3])
    number.fill(str(stops[1]))
    number.press("Enter")
    page.wait_for_timeout(300)
    shows(1)
    number.fill("")
    number.press("Enter")
    assert shows(1) == pictures[1]


def test_search_from_disk(chromium, site):
    page, said = watched(chromium, offline=True)
    with picture_kept(page, "site-search"):
        page.goto(f"{site}/index.html")
        page.get_by_role("textbox").first.fill("magnitude")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=magnitude*")
        page.locator("#search-results li a").first.wait_for()
        page.locator("#search-results li a").first.click()
        assert "magnitude" in page.locator("article").inner_text().lower()
        assert said == []
