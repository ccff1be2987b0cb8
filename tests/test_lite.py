"""The lessons in a browser that brings its own Python: what can be seen without a network.

`make lite` runs it after the build; without build/lite it is skipped.
"""

import json
import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from browser import CHROMIUM, browser

ROOT = Path(__file__).parent.parent
LITE = ROOT / "build/lite"
COPIES = sorted(LITE.glob("files/**/*.ipynb"))
LESSONS = sorted(path.name for path in ROOT.glob("notebooks/*.ipynb"))

if os.environ.get("TUTORIAL_LITE") != "required":
    if not LITE.exists():
        pytest.skip("there is no build/lite: make lite", allow_module_level=True)
    pytest.importorskip("playwright", reason="the extra `lite` is not installed: make lite")


class Quiet(SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def page():
    """Open the build in Chromium, from a server on the loopback address."""
    assert CHROMIUM, "this needs Chromium; TUTORIAL_CHROMIUM may name it"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=LITE)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with browser() as chromium:
            page = chromium.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{server.server_port}/lab/index.html?path={LESSONS[0]}")
            yield page
        server.shutdown()


def test_all_lessons_are_listed_and_the_first_opens(page):
    page.wait_for_selector(".jp-DirListing-itemText")
    listed = page.locator(".jp-DirListing-itemText").all_inner_texts()
    assert [name for name in listed if name.endswith(".ipynb")] == LESSONS
    page.wait_for_selector(".jp-Notebook .jp-MarkdownOutput h1")
    title = nbformat.read(ROOT / "notebooks" / LESSONS[0], as_version=4).cells[0].source
    shown = page.locator(".jp-Notebook .jp-MarkdownOutput h1").first.inner_text()
    assert shown.strip("¶") == title.splitlines()[0].removeprefix("# ")


def test_the_packages_that_pyodide_lacks_lie_beside_the_lessons():
    index = json.loads((LITE / "pypi/all.json").read_text(encoding="utf-8"))
    assert {"tutorial-helpers", "ipywidgets", "jupyterlab-widgets", "comm"} <= set(index)
    for releases in index.values():
        for files in releases["releases"].values():
            assert all(file["filename"].endswith("-none-any.whl") for file in files)


@pytest.mark.parametrize("path", COPIES, ids=lambda path: path.name)
def test_every_notebook_installs_the_package_first_and_is_else_the_same(path):
    copy = nbformat.read(path, as_version=4)
    own = nbformat.read(ROOT / "notebooks" / path.relative_to(LITE / "files"), as_version=4)
    first = next(cell for cell in copy.cells if cell.cell_type == "code")
    assert first.source.startswith("%pip install -q tutorial_helpers")
    copy.cells.remove(first)
    assert [cell.source for cell in copy.cells] == [cell.source for cell in own.cells]
