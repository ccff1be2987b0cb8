"""Build the decks: one a lesson, from its own cells and what the site's run of it showed.

`python .github/site/slides.py`; makes build/slides/index.html. With `--pdf` Chromium also prints
each deck, as a handout beside it. CONTRIBUTING.md tells how a lesson chooses its slides.
"""

import base64
import json
import re
import shutil
import struct
import sys
from html import escape
from importlib.util import find_spec
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RUNS, DECKS = ROOT / "build" / "source", ROOT / "build" / "slides"
SHOWN = ("slide", "subslide", "fragment", "-")

HEADING = re.compile(r"^(#+) (.*?)(?: \(~\d+ min\))?$", re.MULTILINE)
LIST_STAYS = "What we saw"
ASKED = re.compile(r"\*\*(?:Predict|Explain)\b")
IMAGE = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,([^"]+)">')
CANVAS = re.compile(r'<canvas[^>]* width="(\d+)" height="(\d+)"')
PICTURE, EMPTY = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)"), re.compile(r"!\[\]\(([^)]+)\)")
# a figure that is wider than this, in heights, leaves no room for text beside it; one that is wider
# than the column, in pixels, takes room from the title
WIDE, COLUMN = 2.1, 800
# on paper all pages are there, and each slider has drawn its end
DRAWN = """() => document.querySelector(".pdf-page") &&
    [...document.querySelectorAll(".explorer")].every((explorer) =>
        explorer.querySelector("canvas").dataset.drawn ===
        explorer.querySelector("[type=number]").max)"""


def _formula(formula, options):
    left, right = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f"{left}{escape(formula)}{right}"


markdown = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=_formula)


# --- what a cell shows ---------------------------------------------------------------------------


def parts(cell):
    """Return what a cell shows on a slide, pictures first: pairs of a kind and HTML.

    The kinds are "picture" (takes the whole width), "figure" (may have text beside it), "large"
    (has even the title beside it), "print" and "text".
    """
    if cell["cell_type"] == "markdown":
        return _prose(cell["source"])
    lines = choice(cell).get("lines", [1, None])
    outputs = [part for output in _joined(cell["outputs"]) for part in _output(output, lines)]
    if choice(cell).get("code") or not outputs:
        outputs.insert(0, ("print", highlight(cell["source"], PythonLexer(), HtmlFormatter())))
    return outputs


def choice(cell):
    """Return what the author of a lesson chose for the slide of a cell."""
    return cell["metadata"].get("slideshow", {})


def _prose(source):
    """Take from prose its pictures, formulas, tables, and what asks or explains.

    Of lists only the one that sums up the lesson stays.
    """
    heading, told = "", []
    for kind, block in _blocks(source):
        if kind == "heading_open":
            heading = block.lstrip("# ")
        elif block.startswith("![") or kind in ("math_block", "table_open"):
            told.append(block)
        elif kind == "paragraph_open" and (asked := ASKED.search(block)):
            told.append(block[asked.start() :])
        elif kind == "bullet_list_open" and heading == LIST_STAYS:
            told.append(block)
    return _told("\n\n".join(told))


def _told(text):
    """Yield the pictures of a text, and then the rest of it."""
    pictures = [block for _, block in _blocks(text) if block.startswith("![")]
    for picture in pictures:
        yield "picture", re.sub("</?p>", "", markdown.render(picture)).strip()
        text = text.replace(picture, "")
    if text.strip():
        yield "text", _links(markdown.render(text))


def _blocks(source):
    """Yield kind and source of each block of Markdown that stands in no other."""
    lines, level = source.splitlines(), 0
    for token in markdown.parse(source):
        if level == 0 and token.map and token.nesting >= 0:
            yield token.type, "\n".join(lines[slice(*token.map)])
        level += token.nesting


def _links(html):
    """Let links between lessons lead to decks; others have no place on a slide."""
    html = re.sub(r'<a href="(\d\d_\w+)\.ipynb">', r'<a href="\1.html">', html)
    return re.sub(r'<a href="(?!\d\d_)[^"]*">(.*?)</a>', r"\1", html, flags=re.DOTALL)


def _joined(outputs):
    """Return outputs with the pieces of what was printed in one go put together."""
    joined = []
    for output in outputs:
        if joined and "text" in output and "text" in joined[-1]:
            joined[-1] = joined[-1] | {"text": "".join([*joined[-1]["text"], *output["text"]])}
        else:
            joined.append(output)
    return joined


def _output(output, lines):
    """Return the parts that an output of a lesson's run makes."""
    html = "".join(output.get("data", {}).get("text/html", ""))
    if 'class="drawn-digit"' in html:  # it makes its canvases itself
        yield "large", f"<div data-prevent-swipe>{html}</div>"
    elif size := CANVAS.search(html):
        # reveal has controls of its own
        html = html.replace('class="controls"', 'class="moves"')
        width, height = map(int, size.groups())
        html = f'<div data-prevent-swipe style="width: {width}px">{html}</div>'
        yield _kind(width, height), html
    elif image := IMAGE.search(html):
        width, height = struct.unpack(">II", base64.b64decode(image[2][:32])[16:24])
        yield _kind(width, height), image[0]
    elif "text/markdown" not in output.get("data", {}):  # a caption: the notes have it
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        yield from _printed("".join(text), lines)


def _kind(width, height):
    if width >= WIDE * height:
        return "picture"
    return "figure" if width <= COLUMN else "large"


def _printed(text, lines):
    claims = [line for line in text.splitlines() if line.startswith("✓ ")]
    others = [line for line in text.rstrip().splitlines() if not line.startswith("✓ ")]
    others = others[lines[0] - 1 : lines[1]]
    if others:
        wide = ' class="wide"' if max(map(len, others)) > 80 else ""
        yield "print", f"<pre{wide}>{escape(chr(10).join(others))}</pre>"
    if claims:
        yield "text", "".join(f'<p class="claim">{escape(line)}</p>' for line in claims)


# --- slides --------------------------------------------------------------------------------------


class Slide:
    """One slide: its title, its parts with the step at which each appears, and its notes."""

    def __init__(self, cell, title):
        self.down, self.title = choice(cell)["slide_type"] == "subslide", title
        self.minutes = choice(cell).get("minutes", 0)
        self.parts, self.notes, self.step = [], [], 0

    def add(self, cell, seen):
        """Add what a cell shows; `seen` is what a picture in it shows in words."""
        self.step += choice(cell)["slide_type"] == "fragment"
        if text := choice(cell).get("text"):
            self.parts += [(kind, html, self.step) for kind, html in _told(text)]
            # below a cell's text, what it shows is an answer
            self.step += cell["cell_type"] == "code"
        if not text or cell["cell_type"] == "code":
            self.parts += [(kind, html, self.step) for kind, html in parts(cell)]
        self.notes += [choice(cell)["notes"]] if "notes" in choice(cell) else []
        self.notes += [f"*Seen:* {told}" for told in seen]

    def html(self):
        """Return the slide as a section of the deck."""
        number, _, question = self.title.partition(" · ")
        title = f"<h1><small>{number}</small> {question}</h1>" if question else f"<h2>{number}</h2>"
        beside = {"figure", "large"} & {kind for kind, *_ in self.parts}
        told = [part for part in self.parts if part[0] == "text" and beside]
        drawn = [part for part in self.parts if part[0] in beside and told]
        body = "".join(_part(part) for part in self.parts if part not in told + drawn)
        if drawn:
            left, right = ("".join(map(_part, side)) for side in (told, drawn))
            left = title + left if "large" in beside else left
            columns = f'<div class="columns"><div>{left}</div><div>{right}</div></div>'
            body = columns + body if "large" in beside else title + columns + body
        else:
            body = title + body
        minutes = [f"About {self.minutes:g} min."] if self.minutes else []
        notes = markdown.render("\n\n".join([*minutes, *self.notes]))
        return (
            f'<section data-timing="{60 * self.minutes:.0f}"><div class="page">{body}</div>'
            f'<aside class="notes">{notes}</aside></section>'
        )


def _part(part):
    kind, html, step = part
    later = f' fragment" data-fragment-index="{step - 1}' if step else ""
    return f'<div class="part {kind}{later}">{html}</div>'


def slides(cells):
    """Return the slides of a lesson.

    Parameters
    ----------
    cells : list of dict
        As the notebook has them, with the outputs of the site's run.

    Returns
    -------
    slides : list of Slide
    """
    found, section = [], ""
    alts = dict(map(reversed, PICTURE.findall("".join(cell["source"] for cell in cells))))
    for cell, after in zip(cells, [*cells[1:], {"source": ""}], strict=True):
        if cell["cell_type"] == "markdown" and (heading := HEADING.search(cell["source"])):
            section = markdown.renderInline(heading[2])
        kind, chosen = choice(cell).get("slide_type", "-"), choice(cell)
        if text := chosen.get("text"):
            if cell["cell_type"] == "markdown" and "![" not in text:
                # a text stands for the words of a cell, not for its pictures
                own = [block for _, block in _blocks(cell["source"]) if block.startswith("![")]
                text = "\n\n".join([*own, text])
            # a picture of the lesson keeps the words that it has there
            chosen["text"] = EMPTY.sub(lambda it: f"![{alts[it[1]]}]({it[1]})", text)
        if kind in ("slide", "subslide"):
            found.append(Slide(cell, section))
        if kind == "notes" and found:
            found[-1].notes.append(cell["source"])
        if kind in SHOWN and found:
            found[-1].add(cell, _seen(cell, after))
    return found


def _seen(*cells):
    """Yield what the pictures of a cell show; of an explorer, those of the cell that follows it."""
    shown, after = cells
    if "explore_k(" not in shown["source"]:
        after = {"source": ""}
    for cell in (shown, after):
        for output in cell.get("outputs", []):
            if image := IMAGE.search("".join(output.get("data", {}).get("text/html", ""))):
                yield image[1]


def deck(lesson):
    """Write the deck of a lesson; return its path."""
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    ran = json.loads((RUNS / lesson.name).read_text(encoding="utf-8"))["cells"]
    outputs = {cell["id"]: cell.get("outputs") for cell in ran}
    for cell in cells:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            if cell["id"] not in outputs:
                raise ValueError(f"{lesson.name}: {cell['id']} has not run yet: make site first")
            cell["outputs"] = outputs[cell["id"]]
    stacks = []
    for slide in slides(cells):
        if slide.down and stacks:
            stacks[-1].append(slide.html())
        else:
            stacks.append([slide.html()])
    body = "\n".join(f"<section>{''.join(stack)}</section>" for stack in stacks)
    title = HEADING.search(cells[0]["source"])[2]
    page = (HERE / "deck" / "deck.html").read_text(encoding="utf-8")
    page = page.replace("$title", escape(title)).replace("$slides", body)
    path = DECKS / f"{lesson.stem}.html"
    path.write_text(page, encoding="utf-8")
    return path, title


def build(lessons):
    """Make the decks of all lessons that have slides; return their paths."""
    shutil.rmtree(DECKS, ignore_errors=True)
    shutil.copytree(lessons[0].parent / "pictures", DECKS / "pictures")
    static = DECKS / "static"
    static.mkdir()
    reveal = Path(find_spec("sphinx_revealjs").origin).parent / "_static" / "revealjs"
    mathjax = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    for file in (
        reveal / "dist" / "reveal.css",
        reveal / "dist" / "reveal.js",
        reveal / "plugin" / "notes" / "notes.js",
        mathjax / "tex-svg-full.js",
        HERE / "static" / "page.js",
        HERE / "deck" / "deck.css",
        HERE / "deck" / "deck.js",
    ):
        shutil.copy(file, static)
    # a lesson without metadata has no deck yet
    made = dict(deck(path) for path in lessons if '"slide_type"' in path.read_text("utf-8"))
    items = (f'<li><a href="{path.name}">{escape(title)}</a></li>' for path, title in made.items())
    front = (HERE / "deck" / "index.html").read_text(encoding="utf-8")
    (DECKS / "index.html").write_text(front.replace("$decks", "\n".join(items)), "utf-8")
    return list(made)


def print_all(decks):
    """Print each deck by Chromium: a page a slide, with all fragments."""
    sys.path.insert(0, str(ROOT / "tests"))
    import browser

    with browser.browser() as chromium:
        page = chromium.new_page()
        for path in decks:
            page.goto(f"{path.as_uri()}?print-pdf")
            page.wait_for_function(DRAWN)
            options = {"prefer_css_page_size": True, "print_background": True}
            page.pdf(path=path.with_suffix(".pdf"), **options)


if __name__ == "__main__":
    decks = build(sorted(ROOT.glob("notebooks/*.ipynb")))
    if "--pdf" in sys.argv[1:]:
        print_all(decks)
    print(DECKS / "index.html")
