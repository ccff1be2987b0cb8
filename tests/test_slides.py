"""The decks: which cells of a lesson make its slides, as their metadata says.

`.github/site/slides.py` builds them; test_slides_browser.py looks at them.
"""

import re
import sys
from copy import deepcopy

import pytest
from notebook_tools import FOLDER, normalise, read

sys.path.insert(0, str(FOLDER.parent / ".github" / "site"))
from present import presented

LESSONS = sorted(FOLDER.glob("*.ipynb"))
# lessons that may still be without a deck, by number
NOT_YET = set()

FEWEST, MOST = 10, 15
TYPES = {"slide", "subslide", "fragment", "-", "notes", "skip"}
KEYS = {"slide_type", "text", "notes", "minutes", "code", "lines"}
MINUTES = re.compile(r"\*\*(\d+) minutes\b")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def slide_problems(cells):
    """Return what is wrong with the slides of a lesson, one sentence each.

    Parameters
    ----------
    cells : list of dict
        As `notebook_tools.read` returns them.

    Returns
    -------
    problems : list of str
    """
    found = [problem for cell in cells for problem in _cell_problems(cell, cells)]
    slides = _slides(cells)
    if not FEWEST <= len(slides) <= MOST:
        found.append(f"{len(slides)} slides: make it {FEWEST} to {MOST}")
    minutes = sum(_chosen(slide[0]).get("minutes", 0) for slide in slides)
    stated = MINUTES.search(cells[0]["source"])
    if stated and minutes > int(stated[1]):
        found.append(f"its slides take {minutes} minutes, the lesson states {stated[1]}")
    return found + [problem for slide in slides for problem in _slide_problems(slide)]


def _chosen(cell):
    return cell["metadata"].get("slideshow", {})


def _shown(cell):
    """Return the words of a cell that stand on its slide."""
    return _chosen(cell).get("text", cell["source"] if cell["cell_type"] == "markdown" else "")


def _slides(cells):
    """Return the slides: the cells of each."""
    slides = []
    for cell in cells:
        kind = _chosen(cell).get("slide_type")
        if kind in ("slide", "subslide"):
            slides.append([])
        if slides and kind not in ("skip", "notes"):
            slides[-1].append(cell)
    return slides


def _cell_problems(cell, cells):
    chosen, name = _chosen(cell), cell["id"]
    if "slide_type" not in chosen:
        yield f"cell {name} has no slide_type, so slideshows append it: choose one, such as 'skip'"
    elif chosen["slide_type"] not in TYPES:
        yield f"cell {name} has slide_type {chosen['slide_type']!r}: take one of {sorted(TYPES)}"
    if unknown := set(chosen) - KEYS:
        yield f"cell {name} has the slideshow keys {sorted(unknown)}: known are {sorted(KEYS)}"
    text = chosen.get("text", "")
    if any("**Predict" in part[1:] for part in text.split("\n\n")):
        yield f"cell {name}: let **Predict.** begin a paragraph of its text"
    of_lesson = {it[1] for cell in cells for it in PICTURE.findall(cell["source"])}
    for alt, target in PICTURE.findall(text):
        if alt or target not in of_lesson:
            yield f"cell {name}: name a picture of the lesson as ![](pictures/…), not {target}"


def _slide_problems(slide):
    first, *rest = slide
    name = first["id"]
    if not any("**Predict" in _shown(cell) for cell in slide):
        return
    if "**Predict" not in _shown(first):
        yield f"slide {name}: a **Predict** is hidden at first; let its cell begin the slide"
    answered = [cell for cell in rest if _chosen(cell)["slide_type"] == "fragment"]
    if not answered and not (first["cell_type"] == "code" and "text" in _chosen(first)):
        yield f"slide {name} asks and does not answer: a fragment should follow"
    if not {"notes", "minutes"} <= set(_chosen(first)):
        yield f"slide {name} asks: its notes should say what to expect, and its minutes how long"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_makes_a_deck(path):
    cells = read(path)["cells"]
    if path.name[:2] in NOT_YET and not any(map(_chosen, cells)):
        pytest.skip("no deck yet")
    assert slide_problems(cells) == []


@pytest.fixture
def cells():
    return deepcopy(read(FOLDER / "06_pruning_with_the_id.ipynb")["cells"])


def _told(cells, name, **changes):
    cell = next(cell for cell in cells if cell["id"] == name)
    cell["metadata"]["slideshow"] |= changes
    return " ".join(slide_problems(cells))


def test_rules_tell_what_is_wrong(cells):
    assert "has no slide_type" in " ".join(
        slide_problems([{**cells[0], "metadata": {}}, *cells[1:]])
    )
    assert "take one of" in _told(deepcopy(cells), "title", slide_type="slides")
    assert "does not answer" in _told(deepcopy(cells), "slider", slide_type="skip")
    assert "['colour']" in _told(deepcopy(cells), "title", colour="red")
    assert "16 slides" in _told(deepcopy(cells), "next", slide_type="slide")
    assert "take 1042 minutes" in _told(deepcopy(cells), "title", minutes=1000)
    assert "not pictures/x.svg" in _told(deepcopy(cells), "title", text="![](pictures/x.svg)")
    assert "begin a paragraph" in _told(deepcopy(cells), "mix-text", text="So **Predict.** What?")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_presented_questions_are_headings(path):
    lesson = read(path)
    asked = sum(cell["source"].count("**Predict") for cell in lesson["cells"])
    shown = presented(deepcopy(lesson))["cells"]
    headings = [
        re.findall(r"(?<=\n\n)#### Predict \d+\n\n(?=\S)", f"\n\n{c['source']}") for c in shown
    ]
    assert sum(map(len, headings)) == asked
    for before, cell in zip(lesson["cells"], shown, strict=True):
        hidden = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
        assert hidden >= ("explore_k(" in before["source"])
        assert _chosen(cell) == _chosen(before)


def test_a_refresh_keeps_what_was_chosen():
    notebook = read(LESSONS[0])
    before = [deepcopy(_chosen(cell)) for cell in notebook["cells"]]
    assert [_chosen(cell) for cell in normalise(notebook)["cells"]] == before
