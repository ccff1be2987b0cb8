"""Run notebooks and store what they show; find what a stored one should not have; show it as text.

    python tests/notebook_tools.py refresh [paths]    run, tidy and save; then tell the problems
    python tests/notebook_tools.py check [paths]      only tell the problems
    python tests/notebook_tools.py text path          print what a reader sees, for `git diff`

Without paths: all that `notebooks` finds.
"""

import argparse
import base64
import json
import os
import re
import struct
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from urllib.parse import unquote

FOLDER = Path(__file__).parent.parent / "notebooks"
SECONDS_PER_CELL = 600
LONGEST_CELL, LONGEST_MEDIAN, LONG_CELL, LONG_SHARE = 20, 6, 15, 0.1

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
# what front ends leave behind: state of a window or a clock, nothing of the lesson
DROPPED_FROM_NOTEBOOK = {"widgets", "signature", "toc", "vscode"}
DROPPED_FROM_CELL = {"execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "vscode"}

SLUG = re.compile(r"(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*")
# as nbformat (eight hexadecimal digits) and JupyterLab (a UUID) make them up
RANDOM_ID = re.compile(r"(?=.*\d)[0-9a-f]{8}(-[0-9a-f]{4,12}){0,4}")
NAME = re.compile(r"\d\d_[a-z0-9_]+\.ipynb")
MACHINE_PATH = re.compile(
    r"(?:file://|(?<![\w./:-]))/(?:home|root|Users|tmp|var|usr|opt|mnt|private|work|builds?)/[\w.-]+"
    r"|(?<!\w)[A-Za-z]:\\+(?:Users|Windows|[Tt]emp|a)\\"
    r"|<ipython-input-|ipykernel_\d+"
)
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
MARKDOWN_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(\s*<?([^)>\s]+)")
MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)>\s]+)")
WRONG_ROWS = re.compile(r"Z_\{?\s*\{?\s*J\s*,\s*:")
CODE_IN_PROSE = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]*`", re.DOTALL)
EXACT = "# NBVAL_CHECK_OUTPUT"
NO_LESSONS = ("teaching", "optional")  # folders whose notebooks are none


def notebooks(folder=FOLDER):
    """Return the paths of all lessons, of solutions and of what else there is, in order."""
    return sorted([*folder.glob("*.ipynb"), *folder.glob("*/*.ipynb")])


def read(path):
    """Return a notebook as the dictionary it is stored as, sources and texts joined."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = _joined(cell["source"])
        for output in cell.get("outputs", []):
            if "text" in output:
                output["text"] = _joined(output["text"])
            for kind, value in output.get("data", {}).items():
                if not kind.endswith("json"):
                    output["data"][kind] = _joined(value)
    return notebook


def _joined(text):
    return text if isinstance(text, str) else "".join(text)


def _code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _exercises(notebook):
    cells = notebook["cells"]
    return [cell.get("id") for cell in cells if "exercise" in cell["metadata"].get("tags", [])]


# --- run and store -------------------------------------------------------------------------------


def refresh(path, timeout=SECONDS_PER_CELL):
    """Run a notebook from top to bottom in one new kernel and store it tidied.

    Parameters
    ----------
    path : str or Path
    timeout : float
        Seconds that one cell may take.

    Returns
    -------
    changed : bool
        Whether the file was rewritten.

    Raises
    ------
    nbclient.exceptions.CellExecutionError, nbclient.exceptions.CellTimeoutError
        If a cell fails; the file stays as it was.
    """
    import nbformat
    from nbclient import NotebookClient

    # the kernel of this environment, whatever the reader has installed elsewhere
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    # nothing that the author has solved
    os.environ["TUTORIAL_PROGRESS"] = os.devnull
    # as in the Makefile: the last digits follow the number of threads
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    path = Path(path)
    notebook = nbformat.from_dict(normalise(read(path)))
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    notebook = nbformat.from_dict(normalise(notebook))
    nbformat.validate(notebook)
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    if text == path.read_text(encoding="utf-8"):
        return False
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def normalise(notebook):
    """Return the notebook without what varies from run to run or between front ends.

    Normalising once more changes nothing.
    """
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    kept = {k: v for k, v in notebook["metadata"].items() if k not in DROPPED_FROM_NOTEBOOK}
    notebook["metadata"] = {**kept, **METADATA}
    taken = {cell.get("id") for cell in notebook["cells"]}
    count = 0
    for position, cell in enumerate(notebook["cells"], start=1):
        if not _is_slug(cell.get("id")):
            cell["id"] = f"cell-{position:02}"
            while cell["id"] in taken:
                cell["id"] += "-new"
            taken.add(cell["id"])
        for name in DROPPED_FROM_CELL & set(cell["metadata"]):
            del cell["metadata"][name]
        cell["metadata"].get("jupyter", {}).pop("outputs_hidden", None)
        if cell["metadata"].get("jupyter") == {}:
            del cell["metadata"]["jupyter"]
        if cell["cell_type"] == "code":
            ran = cell.get("execution_count") is not None
            count += ran
            cell["execution_count"] = count if ran else None
            cell["outputs"] = _tidy_outputs(cell["outputs"], cell["execution_count"])
    return notebook


def _is_slug(name):
    return bool(name and SLUG.fullmatch(name) and not RANDOM_ID.fullmatch(name))


def _tidy_outputs(outputs, count):
    """Join pieces of a stream, drop live widgets and all that is left of them, clean pictures."""
    tidy = []
    for output in outputs:
        if output["output_type"] == "stream":
            if tidy and tidy[-1].get("name") == output["name"]:
                tidy[-1]["text"] += output["text"]
                continue
        elif "data" in output:
            data = output["data"]
            # a page without a kernel would show "VBox(children=…" in the widget's place
            if data.pop(WIDGET_VIEW, None) and set(data) <= {"text/plain"}:
                continue
            if "image/png" in data:
                data["image/png"] = _clean_png(data["image/png"])
            if "execution_count" in output:
                output["execution_count"] = count
        tidy.append(output)
    return tidy


def _clean_png(encoded):
    """Return the picture in base64 without its comments, which name versions and times."""
    png = base64.b64decode(encoded)
    kept, start = [png[:8]], 8
    while start < len(png):
        (length,) = struct.unpack(">I", png[start : start + 4])
        end = start + 12 + length
        if png[start + 4 : start + 8] not in (b"tEXt", b"zTXt", b"iTXt", b"tIME"):
            kept.append(png[start:end])
        start = end
    return base64.b64encode(b"".join(kept)).decode()


# --- find problems -------------------------------------------------------------------------------


def problems(path):
    """Return what is wrong with a stored notebook, one sentence each; an empty list if nothing is.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    problems : list of str
    """
    path = Path(path)
    notebook = read(path)
    found = [*_notebook_problems(notebook), *_id_problems(notebook), *_length_problems(notebook)]
    found += [*_run_problems(notebook), *_explorer_problems(notebook)]
    lesson = path.parent.name not in NO_LESSONS
    if lesson:
        found += _pair_problems(path, notebook)
    if lesson and path.parent.name != "solutions":
        from lesson_rules import lesson_problems  # here: `text` must do without its neighbours

        found += lesson_problems(path.name[:2], notebook["cells"])
    for position, cell in enumerate(notebook["cells"], start=1):
        rules = _prose_problems(cell, path.parent) if cell["cell_type"] == "markdown" else []
        rules = _code_problems(cell) if cell["cell_type"] == "code" else rules
        found += [f"cell {cell.get('id') or position}: {problem}" for problem in rules]
    return found


def _notebook_problems(notebook):
    if (notebook["nbformat"], notebook["nbformat_minor"]) != (4, 5):
        yield "not in notebook format 4.5"
    metadata = notebook["metadata"]
    if any(metadata.get(name) != value for name, value in METADATA.items()):
        yield "kernelspec or language_info tells about one machine: refresh"
    if left := DROPPED_FROM_NOTEBOOK & set(metadata):
        yield f"metadata of a front end, such as widget state: {sorted(left)}"


def _id_problems(notebook):
    ids = [cell.get("id") for cell in notebook["cells"]]
    for position, name in enumerate(ids, start=1):
        if not name:
            yield f"cell {position} has no id"
        elif not _is_slug(name):
            yield f"cell {position} has the id {name!r}, not a slug such as 'id-by-hand'"
    for name in sorted({name for name in ids if name and ids.count(name) > 1}):
        yield f"the id {name!r} is used more than once"


def _length_problems(notebook):
    lengths = [len(cell["source"].splitlines()) for cell in _code_cells(notebook)]
    if not lengths:
        yield "no code cell"
        return
    if median(lengths) > LONGEST_MEDIAN:
        yield f"the median code cell has {median(lengths):g} lines, more than {LONGEST_MEDIAN}"
    if (share := sum(length > LONG_CELL for length in lengths) / len(lengths)) > LONG_SHARE:
        yield f"{share:.0%} of the code cells have more than {LONG_CELL} lines"


def _pair_problems(path, notebook):
    if not NAME.fullmatch(path.name):
        yield f"the name {path.name} is not like 03_interpolative_decomposition.ipynb"
    solution = path.parent.name == "solutions"
    other = path.parent.parent / path.name if solution else path.parent / "solutions" / path.name
    if other.exists():
        if solution and _exercises(read(other)) != _exercises(notebook):
            yield "its cells tagged 'exercise' have other ids than the lesson's"
    elif solution:
        yield f"a solution without its lesson {path.name}"
    elif not path.name.startswith("00_") or _exercises(notebook):
        yield f"no solutions/{path.name}"


def _run_problems(notebook):
    cells = _code_cells(notebook)
    counts = [cell["execution_count"] for cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        yield f"not one clean run from top to bottom: the execution counts are {counts}"
    if cells and not any(cell["outputs"] for cell in cells):
        yield "no outputs at all"


def _explorer_problems(notebook):
    """Find sliders without a question before them, a static twin below, and an answer."""
    cells = notebook["cells"]
    for at, cell in enumerate(cells):
        if cell["cell_type"] != "code" or "explore_k(" not in cell["source"]:
            continue
        before, after = ([c["source"] for c in part] for part in (cells[:at], cells[at + 1 :]))
        if not any("**Predict" in source for source in before[-3:]):
            yield f"no **Predict** in the three cells before the slider of {cell.get('id')}"
        if not after or "show_snapshots(" not in after[0]:
            yield f"no show_snapshots right below the slider of {cell.get('id')}"
        if not any("**Explain" in source or "claim(" in source for source in after[1:6]):
            yield f"no **Explain** and no claim after the slider of {cell.get('id')}"


def _prose_problems(cell, folder):
    prose = CODE_IN_PROSE.sub(" ", cell["source"])
    for alt, target in MARKDOWN_IMAGE.findall(prose):
        if not alt.strip():
            yield f"the image {target} has no alternative text"
    page = _Page(prose)
    if page.unlabelled:
        yield "an <img> has no alternative text"
    images = [target for _, target in MARKDOWN_IMAGE.findall(prose)]
    for target in [*MARKDOWN_LINK.findall(prose), *images, *page.links]:
        file = unquote(target.partition("#")[0])
        if file and not re.match(r"[a-z]+:", file) and not (folder / file).exists():
            yield f"the link to {target} leads nowhere"
    if WRONG_ROWS.search(cell["source"]):
        yield "Z_{J,:} chooses rows; the kept columns are Z_{:,J}"


def _code_problems(cell):
    if not cell["source"].strip():
        yield "it is empty"
    if (length := len(cell["source"].splitlines())) > LONGEST_CELL:
        yield f"it has {length} lines, more than {LONGEST_CELL}"
    if left := DROPPED_FROM_CELL & set(cell["metadata"]):
        yield f"metadata of a front end: {sorted(left)}"
    for output in cell["outputs"]:
        yield from _output_problems(output)
    if EXACT in cell["source"]:
        yield from _exact_problems(cell["outputs"])


def _output_problems(output):
    data = output.get("data", {})
    if output["output_type"] == "error":
        yield f"it stopped with {output['ename']}: {output['evalue']}"
    if output.get("name") == "stderr":
        yield f"it wrote to stderr: {output['text'].strip()[:200]}"
    elif re.search(r"\w+Warning\b", output.get("text", "")):
        yield f"it printed a warning: {output['text'].strip()[:200]}"
    if WIDGET_VIEW in data:
        yield "it holds a view of a widget, which only its own kernel can show"
    for kind in data:
        alt = output["metadata"].get(kind, {}).get("alt", "") if kind.startswith("image/") else "-"
        if not alt.strip():
            yield "its figure has no alternative text: use show(ax, caption)"
    if _Page(data.get("text/html", "")).unlabelled:
        yield "an <img> in its output has no alternative text"
    for text in _texts(output):
        if match := MACHINE_PATH.search(text):
            yield f"its output names a place on one machine: {match[0]}"
        if match := ADDRESS.search(text):
            yield f"its output shows an address in memory: {match[0]}"


def _exact_problems(outputs):
    if not outputs or any(set(output.get("data", {})) - {"text/plain"} for output in outputs):
        yield f"marked {EXACT}, but its output is not text alone"
    for text in (text for output in outputs for text in _texts(output)):
        # the last digits follow the machine's linear algebra library
        if match := re.search(r"\d\.\d{7,}", text):
            yield f"marked {EXACT}, but {match[0]} is too long to be equal on every machine"


def _texts(output):
    texts = [output.get("text", ""), *output.get("traceback", [])]
    texts += [v for k, v in output.get("data", {}).items() if k.startswith("text/")]
    return [re.sub(r"data:[\w/+.-]*;base64,[A-Za-z0-9+/=]*", "", text) for text in texts]


class _Page(HTMLParser):
    """Pictures without alternative text, and the targets of links, in a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.unlabelled, self.links = 0, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "img":
            self.unlabelled += not (attributes.get("alt") or "").strip()
        target = attributes.get({"a": "href", "img": "src"}.get(tag))
        if target:
            self.links.append(target)


# --- show as text --------------------------------------------------------------------------------


def as_text(path):
    """Return a notebook as lines to compare: sources and printed outputs, a checksum for a picture.

    A file that is no notebook, such as one with marks of a merge, comes back as it is: an error
    here would end `git diff`.
    """
    try:
        cells = read(path)["cells"]
    except (ValueError, KeyError):
        return Path(path).read_text(encoding="utf-8")
    lines = []
    for cell in cells:
        tags = cell["metadata"].get("tags", [])
        lines += ["", " ".join([f"[{cell['cell_type']} {cell.get('id')}]", *tags]), cell["source"]]
        for output in cell.get("outputs", []):
            lines += ["[output]", *_texts(output)]
            for kind, value in output.get("data", {}).items():
                if kind.startswith("image/"):
                    alt = output["metadata"].get(kind, {}).get("alt", "")
                    lines.append(f"({kind} {zlib.crc32(value.encode()):08x}: {alt})")
    return "\n".join([*lines, ""])


# --- command line --------------------------------------------------------------------------------


def main(arguments=None):
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["refresh", "check", "text"])
    parser.add_argument("paths", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    failed = 0
    if options.command == "text":
        sys.stdout.reconfigure(encoding="utf-8")
    for path in options.paths or notebooks():
        if options.command == "text":
            print(as_text(path), end="")
            continue
        name = os.path.relpath(path)
        if options.command == "refresh":
            try:
                print(f"{name}: {'rewritten' if refresh(path) else 'unchanged'}", flush=True)
            except Exception as error:
                print(f"{name}: {type(error).__name__}, left as it was\n{error}", flush=True)
                failed += 1
                continue
        for problem in problems(path):
            print(f"{name}: {problem}", flush=True)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
