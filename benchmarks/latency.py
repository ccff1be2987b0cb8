"""How fast the explorers answer, in JupyterLab and on the site's pages.

python -m benchmarks.latency [numbers of lessons]    writes benchmarks/latency.md

It takes Chromium and the extra `browser`; the site's pages are measured if `make site` made them.
"""

import os
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

import nbformat
import numpy as np

from tests import browser as harness

ROOT = Path(__file__).parent.parent
SITE = ROOT / "build" / "site"
RESULT = Path(__file__).with_name("latency.md")
# a small step may move nothing by as much as a pixel
MOVES = ["End", "Home"] * 15
FIRST = "00_start_here"

# Beside each explorer the usual way: `interact` with a function that makes the same figure anew.
RECORD = """
import tutorial_helpers
_shown, _explore = [], tutorial_helpers.explore_k

def _explored(scene, start=None):
    _shown.append(scene.again)
    return _explore(scene, start)

def _remembering(make):
    def made(*arguments, **options):
        scene = make(*arguments, **options)
        scene.again = lambda: make(*arguments, **options)
        return scene
    return made

tutorial_helpers.explore_k = _explored
for _name in dir(tutorial_helpers):
    if _name.endswith("_scene"):
        setattr(tutorial_helpers, _name, _remembering(getattr(tutorial_helpers, _name)))
"""
PLAIN = """
from IPython.display import display
from ipywidgets import IntSlider, interact

def _plain(again):
    def draw(k):
        scene = again()
        scene.move(k)
        display(scene.figure)
    at = again().positions
    interact(draw, k=IntSlider(at[len(at) // 2], at[0], at[-1], at.step))

for again in _shown:
    _plain(again)
"""


def with_plain(path):
    """Return a lesson with a cell before that records its scenes, one after for the usual way."""
    lesson = nbformat.read(path, as_version=4)
    lesson.cells.insert(0, nbformat.v4.new_code_cell(RECORD))
    lesson.cells.append(nbformat.v4.new_code_cell(PLAIN))
    return lesson


def measure(page, handle, selector):
    """Return the median and 90th percentile in milliseconds, and what a drag brings."""
    handle.focus()
    handle.hover()  # waits until the page no longer scrolls
    page.keyboard.press("Home")
    page.wait_for_timeout(1000)
    times = harness.latencies(page, selector, MOVES)
    return [*np.quantile(times, [0.5, 0.9]), *harness.drag(page, handle, selector)]


def handles(page):
    """Return a handle and a selector for each slider, the plain ones after the explorers."""
    for i, handle in enumerate(page.locator(harness.HANDLE).all()):
        whole = "[class*=explorer-], .widget-interact"
        handle.evaluate(
            "(handle, [whole, i]) => handle.closest(whole).setAttribute('data-measured', i)",
            [whole, i],
        )
        yield handle, f"[data-measured='{i}']"


def lessons(chromium, address, names):
    """Yield (lesson, number of the explorer, its measurements, those of its plain way)."""
    for name in names:
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        harness.start(page, address, f"{name}.ipynb")
        harness.finish(page)
        page.wait_for_timeout(2000)
        found = list(handles(page))
        half = len(found) // 2
        for i, (ours, plain) in enumerate(zip(found[:half], found[half:], strict=True), 1):
            yield name, i, measure(page, *ours), measure(page, *plain)
        harness.shut_down(page)
        page.close()


def pages(chromium, names):
    """Yield (page, number of the explorer, milliseconds of each move) of the site."""
    for name in names:
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        page.goto((SITE / f"{name}.html").as_uri())
        for i, explorer in enumerate(page.locator(".explorer").all(), 1):
            explorer.evaluate("(explorer, i) => explorer.setAttribute('data-measured', i)", i)
            explorer.get_by_role("slider").focus()
            page.keyboard.press("Home")
            page.wait_for_timeout(1000)
            yield name, i, harness.latencies(page, f"[data-measured='{i}']", MOVES)
        page.close()


def usable(chromium, address):
    """Return the seconds from opening the first lesson to the first answer of its slider."""
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    begin = time.monotonic()
    harness.start(page, address, "first.ipynb")
    harness.finish(page)
    handle, selector = next(handles(page))
    handle.focus()
    harness.latencies(page, selector, ["Home"])
    seconds = time.monotonic() - begin
    harness.shut_down(page)
    page.close()
    return seconds


def main(numbers):
    """Measure all and write the table."""
    sources = sorted((ROOT / "notebooks").glob("*.ipynb"))
    names = [path.stem for path in sources if not numbers or path.stem[:2] in numbers]
    with tempfile.TemporaryDirectory() as scratch, harness.browser() as chromium:
        folder, home = Path(scratch, "lessons"), Path(scratch, "home")
        folder.mkdir()
        for path in sources:
            nbformat.write(with_plain(path), folder / path.name)
        (folder / "first.ipynb").write_bytes((ROOT / "notebooks" / f"{FIRST}.ipynb").read_bytes())
        with harness.jupyterlab(folder, home) as address:
            opened = usable(chromium, address)
            measured = list(lessons(chromium, address, names))
        shown = [name for name in names if (SITE / f"{name}.html").exists()]
        still = list(pages(chromium, shown))
        browser = chromium.version

    lines = [
        "# Latency of the explorers",
        "",
        f"From key press to changed picture, {len(MOVES)} moves each, and a drag of two seconds;",
        "beside each explorer plain `interact`, which makes the same figure anew, in the same run.",
        "While dragged, no more figures can be shown than positions are passed.",
        f"Chromium {browser} without a window, JupyterLab {version('jupyterlab')}, "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores.",
        "",
        "| lesson | explorer | median (ms) | 90 % (ms) | plain: median (ms) | 90 % (ms) "
        "| times faster | dragged: positions/s | figures/s | plain: figures/s | late (ms) |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, i, ours, plain in measured:
        row = (*ours[:2], *plain[:2], plain[0] / ours[0], *ours[2:4], plain[3], ours[4])
        forms = [*["{:.0f}"] * 4, "{:.1f}", *["{:.0f}"] * 4]
        cells = " | ".join(form.format(value) for form, value in zip(forms, row, strict=True))
        lines.append(f"| {name} | {i} | {cells} |")
    lines += ["", "Without a kernel, on the site's pages:", ""]
    lines += ["| page | explorer | median (ms) | 90 % (ms) |", "|---|---|---|---|"]
    for name, i, times in still:
        lines.append(f"| {name} | {i} | {median(times):.0f} | {np.quantile(times, 0.9):.0f} |")
    lines += [
        "",
        f"The first lesson, from opening it to its slider's first answer: {opened:.1f} s.",
    ]
    text = "\n".join(lines) + "\n"
    RESULT.write_text(text)
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
