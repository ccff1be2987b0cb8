"""Build the site: run the lessons with explorers that need no kernel, then let Sphinx make pages.

`python .github/site/build.py [notebooks]`, all of them by default; makes build/site/index.html
"""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path

import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCE, DOCTREES, SITE = (ROOT / "build" / name for name in ("source", "doctrees", "site"))

WIDGET = "application/vnd.jupyter.widget-view+json"
INSTEAD = f"""
import sys
sys.path.insert(0, {str(HERE)!r})
import explorer, tutorial_helpers
tutorial_helpers.explore_k = explorer.explore_k
"""


def run(path):
    """Run a lesson and write it to Sphinx's folder, each picture with its alternative text."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(INSTEAD))
    place = {"metadata": {"path": str(path.parent)}}
    quiet = ["--log-level=ERROR"]
    options = {"timeout": 600, "kernel_name": "python3", "extra_arguments": quiet}
    NotebookClient(notebook, resources=place, **options).execute()
    del notebook.cells[0]
    return write(notebook, SOURCE / path.name)


def write(notebook, path):
    """Write a notebook whose pictures are HTML, since Sphinx would drop what they show."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("](solutions/)", "](solutions/index.md)")
        # a progress bar has nothing to say without a kernel
        outputs = [o for o in cell.get("outputs", []) if WIDGET not in o.get("data", {})]
        if cell.cell_type == "code":
            cell.outputs = outputs
        for output in outputs:
            png = output.get("data", {}).get("image/png")
            if png:
                alt = escape(output.metadata.get("image/png", {}).get("alt", ""))
                image = f'<img alt="{alt}" src="data:image/png;base64,{png.strip()}">'
                output.data = {"text/html": image}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def front_page(notebooks):
    """Fill the first page: drawing, first explorer, each lesson with its question and a picture."""
    page = (SOURCE / "index.md").read_text()
    cells = nbformat.read(SOURCE / notebooks[0].name, as_version=4).cells
    shown = [o.get("data", {}).get("text/html", "") for c in cells for o in c.get("outputs", [])]
    for place, kind in {"slider": "explorer", "drawing": "drawn-digit"}.items():
        part = next((html for html in shown if f'class="{kind}"' in html), "")
        page = page.replace(f"<!-- {place} -->", raw(part))
    cards = "\n".join(card(path) for path in notebooks)
    page = page.replace("<!-- lessons -->", raw(f'<ul class="lessons">\n{cards}\n</ul>'))
    (SOURCE / "index.md").write_text(page)


def card(path):
    """Return a lesson's entry on the first page."""
    cells = nbformat.read(path, as_version=4).cells
    number, question = re.match(r"# (\d\d) · (.+)", cells[0].source).groups()
    minutes = re.search(r"\*\*(\d+) minutes", cells[0].source)[1]
    pictures = re.findall(r"!\[([^\]]*)\]\(pictures/([^)]+)\)", "".join(c.source for c in cells))
    image = ""
    if pictures:
        told, name = pictures[0]
        image = f'<img alt="{escape(told)}" src="_static/pictures/{name}" loading="lazy">'
    return (
        f'<li><a href="{path.stem}.html"><b>{number} · {escape(question)}</b></a>'
        f"<span>{minutes} minutes</span>{image}</li>"
    )


def raw(html):
    """Return HTML as a part of a page."""
    return f"`````{{raw}} html\n{html}\n`````"


def build(notebooks):
    """Make the site of these notebooks and their solutions; return the path of its first page."""
    for old in (SOURCE, DOCTREES, SITE):
        shutil.rmtree(old, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    for name in ("conf.py", "index.md", "solutions", "static"):
        copy = shutil.copytree if (HERE / name).is_dir() else shutil.copy
        copy(HERE / name, SOURCE / name)
    for place in (SOURCE / "pictures", SOURCE / "static" / "pictures"):
        shutil.copytree(notebooks[0].parent / "pictures", place)
    # side by side, so one thread each: two would be ten times slower
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    os.environ["TUTORIAL_PROGRESS"] = os.devnull  # nothing that the author has solved
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, notebooks))
    front_page(notebooks)
    for solution in sorted(notebooks[0].parent.glob("solutions/*.ipynb")):
        if (SOURCE / solution.name).exists():
            write(nbformat.read(solution, as_version=4), SOURCE / "solutions" / solution.name)
    for path in sorted(notebooks[0].parent.glob("optional/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata["orphan"] = True  # lesson 14 leads there, no list of contents does
        write(notebook, SOURCE / "optional" / path.name)
    sphinx = ["sphinx", "--fail-on-warning", "--keep-going", "-q", "-j", "2", "-d", str(DOCTREES)]
    subprocess.run([sys.executable, "-m", *sphinx, str(SOURCE), str(SITE)], check=True)
    return SITE / "index.html"


if __name__ == "__main__":
    asked = [Path(name).resolve() for name in sys.argv[1:]]
    print(build(asked or sorted(ROOT.glob("notebooks/*.ipynb"))))
