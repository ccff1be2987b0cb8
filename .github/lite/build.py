"""Build the lessons for a Python that runs in the reader's browser: build/lite/index.html.

`python .github/lite/build.py`. The reader's browser fetches Pyodide; with PYODIDE=folder, an
unpacked release of it, it lies beside the lessons. They need a server, such as
`python -m http.server --directory build/lite`: from a file a browser would not start a Python.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
SOURCE, WHEELS, LITE = (ROOT / "build" / name for name in ("lite-source", "lite-wheels", "lite"))
# what Pyodide does not bring along, beside the package itself
PURE = ["ipywidgets>=8.1", "jupyterlab-widgets", "comm"]
INSTALL = "%pip install -q tutorial_helpers  # only in the browser, where no package is installed"


def lessons():
    """Copy the notebooks; each installs the package before its first line of code."""
    shutil.copytree(ROOT / "notebooks", SOURCE / "files")
    for path in SOURCE.glob("files/**/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        first = next(i for i, c in enumerate(notebook.cells) if c.cell_type == "code")
        notebook.cells.insert(first, nbformat.v4.new_code_cell(INSTALL, id="install"))
        nbformat.write(notebook, path)


def build():
    """Make wheels, copies and pages; return the path of the first page."""
    for old in (SOURCE, WHEELS, LITE):
        shutil.rmtree(old, ignore_errors=True)
    wheel = ["pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(WHEELS), str(ROOT), *PURE]
    subprocess.run([sys.executable, "-m", *wheel], check=True)
    lessons()
    if folder := os.environ.get("PYODIDE"):
        shutil.copytree(folder, SOURCE / "static/pyodide")
    options = ["--apps", "lab", "--contents", "files", "--output-dir", str(LITE), "--no-sourcemaps"]
    options += [f"--piplite-wheels={wheel}" for wheel in sorted(WHEELS.glob("*.whl"))]
    lite = [sys.executable, "-m", "jupyterlite_core.app", "build", *options]
    subprocess.run(lite, cwd=SOURCE, check=True, stdout=subprocess.DEVNULL)
    return LITE / "index.html"


if __name__ == "__main__":
    print(build())
