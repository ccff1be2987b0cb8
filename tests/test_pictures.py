"""The diagrams: drawn by the code, readable from the last row, shown in their lesson."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from benchmarks.pictures.__main__ import FOLDER, drawn
from benchmarks.pictures.kit import PICTURES, plain

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parent.parent
DRAWN = drawn()


def test_the_stored_pictures_are_the_ones_that_are_drawn():
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*")} == DRAWN


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_tells_what_it_shows(name):
    root = ET.fromstring(DRAWN[name])
    assert root.get("viewBox")
    assert root.get("role") == "img"
    told = [root.find(SVG + tag) for tag in ("title", "desc")]
    assert root.get("aria-labelledby").split() == [element.get("id") for element in told]
    assert len(told[0].text) > 10
    assert len(told[1].text) > 60
    assert not re.search(r"<script|<image|href|url\(", DRAWN[name])


@pytest.mark.parametrize("name", DRAWN)
def test_its_words_are_large_and_stay_inside(name):
    """At a width of 960 pixels 20 are read from the last row; a letter is .6 of its height wide."""
    picture = PICTURES[name.removesuffix(".svg")]()
    for x, y, size, anchor, words in picture.words:
        assert size * 960 / picture.width >= 20, words
        width = 0.6 * size * len(words)
        left = x - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        assert left >= 0, words
        assert left + width <= picture.width, words
        assert size / 2 <= y <= picture.height - size / 2, words


@pytest.mark.parametrize("name", DRAWN)
def test_its_lesson_shows_it(name):
    (lesson,) = (ROOT / "notebooks").glob(f"{name[:2]}_*.ipynb")
    assert f"](pictures/{name})" in lesson.read_text(encoding="utf-8")


def test_plain_words_have_no_marks():
    assert plain("A_{:,J} x^{2}") == "A:,J x2"
