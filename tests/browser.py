"""A real JupyterLab and a real browser, for the tests and for the latency benchmark."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

CHROMIUM = (
    os.environ.get("TUTORIAL_CHROMIUM")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    # a question about news would cover the page
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}
# the browser wants its share of the cores
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
HANDLE = ".noUi-handle"

# Run all cells as soon as the notebook has its kernel; `ran` tells when the last one has finished.
RUN = """
    const timer = setInterval(() => {
        const panel = window.jupyterapp?.shell.currentWidget;
        const kernel = panel?.sessionContext?.session?.kernel;
        if (kernel?.status !== "idle" || !panel.content.model) return;
        clearInterval(timer);
        const ran = window.jupyterapp.commands.execute("notebook:run-all-cells");
        ran.then(() => (window.ran = true));
    }, 100);
"""
OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(({ model }) => model.type === "code").map(({ model }) => model.outputs.toJSON())"""

# What follows a key: the moment a picture below `selector` differs and is there to be seen.
WATCH = """(selector) => {
    const seen = () => [...document.querySelectorAll(selector + " img, " + selector + " canvas")]
        .filter((e) => e.tagName === "CANVAS" || (e.complete && e.naturalWidth))
        .map((e) => e.dataset.drawn ?? e.src).join();
    const watch = window.watch = { pressed: 0, changes: [], passed: 0 };
    const slider = document.querySelector(selector + " [role=slider]");
    const values = { attributeFilter: ["aria-valuenow"] };
    if (slider) new MutationObserver(() => watch.passed++).observe(slider, values);
    let last = seen();
    const look = (now) => {
        const next = seen();
        if (next && next !== last) { last = next; watch.changes.push(performance.now()); }
        if (window.watch === watch) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    const press = () => (watch.pressed = performance.now());
    window.addEventListener("keydown", press, { capture: true });
}"""


@contextmanager
def browser():
    """Start Chromium without a window; yield Playwright's browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@contextmanager
def jupyterlab(folder, home):
    """Serve a folder by a JupyterLab that knows nothing of the user's settings; yield its address.

    ``home`` takes its settings, state and log.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = home / "settings" / "@jupyterlab"
    for plugin, values in SETTINGS.items():
        file = settings / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.root_dir": folder,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.expose_app_in_browser": True,
        "JupyterNotebookApp.expose_app_in_browser": True,
        "LabApp.extension_manager": "readonly",
    }
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())],
            env=os.environ | ONE_THREAD | {name: str(home / at) for name, at in places.items()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status", server, home / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address, server, log, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            return urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start: {log.read_text()[-2000:]}")


def start(page, address, notebook, *, front="lab/tree"):
    """Open a notebook and have all its cells run; do not wait for them.

    ``front="notebooks"`` opens it in Notebook 7, which the same server has.
    """
    page.add_init_script(RUN)
    page.goto(f"{address}/{front}/{notebook}?reset", wait_until="commit")


def finish(page, seconds=180):
    """Wait for the cells of a notebook that was started; return the outputs of each."""
    page.wait_for_function("() => window.ran", timeout=1000 * seconds, polling=200)
    return page.evaluate(OUTPUTS)


def shut_down(page):
    """End the kernel of the notebook that is open."""
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def latencies(page, selector, keys):
    """Press keys one by one; return the milliseconds from each to a changed picture."""
    page.evaluate(WATCH, selector)
    times = []
    for key in keys:
        page.evaluate("() => { watch.changes.length = 0; }")
        page.keyboard.press(key)
        # to ask more often would slow down what is measured
        for _ in range(20):
            page.wait_for_timeout(300)
            if page.evaluate("() => watch.changes.length"):
                break
        times.append(page.evaluate("() => watch.changes[0] - watch.pressed"))
    return times


def drag(page, handle, selector, seconds=2.0, rounds=6):
    """Drag a handle to and fro over its rail; return what happened.

    Positions passed and figures shown, both per second, and how many milliseconds pictures still
    change after the hand stands still. Several rounds, since a slider of four positions passes only
    six in one.
    """
    page.evaluate(WATCH, selector)
    box, rail = handle.bounding_box(), handle.locator("xpath=../..").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    started = page.evaluate("() => performance.now()")
    begin = time.monotonic()
    # as many moves as the browser takes: it answers one at each of its frames
    while (t := (time.monotonic() - begin) / seconds) < 1:
        there = rail["x"] + rail["width"] * (0.02 + 0.96 * abs(1 - 2 * (rounds * t % 1)))
        page.mouse.move(there, y)
    stopped = page.evaluate("() => performance.now()")
    page.mouse.up()
    page.wait_for_timeout(500)
    changes, passed = page.evaluate("() => [watch.changes, watch.passed]")
    during = sum(change < stopped for change in changes)
    per_second = 1000 / (stopped - started)
    return passed * per_second, during * per_second, max([*changes, stopped]) - stopped
