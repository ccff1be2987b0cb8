"""The task of the language model, and what its study measures."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import language_pairs, prune_language
from benchmarks.language_pairs import PARTS, STORED, checksum, load_pairs, summary_and_body, text_of

BODY = "It goes on for a while, over more than one line, so that there is enough to be found by."


def test_a_docstring_is_split_before_its_first_section():
    doc = f"""bake(flour, *, water=None)

    Bake a loaf of bread `slowly`.

    {BODY} See :func:`~kitchen.stir`.

    Parameters
    ----------
    flour : float
    """
    assert summary_and_body(doc) == ("Bake a loaf of bread slowly.", f"{BODY} See kitchen.stir.")


@pytest.mark.parametrize(
    "doc",
    ["", "Bake a loaf of bread slowly.", "Bake a loaf of bread slowly.\n\nQuite.", f"\n{BODY}"],
)
def test_a_docstring_without_both_parts_is_no_pair(doc):
    assert summary_and_body(doc) is None


def test_a_long_body_ends_between_words():
    body = summary_and_body("Bake a loaf of bread slowly.\n\n" + "crumb " * 100)[1]
    assert len(body) <= language_pairs.LONGEST
    assert set(body.split()) == {"crumb"}


def test_the_frozen_names_are_different_and_as_many_as_promised():
    with STORED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["name"] for row in rows}) == len({row["checksum"] for row in rows}) == len(rows)
    for part, count in PARTS.items():
        assert sum(row["part"] == part for row in rows) == count


def test_texts_that_are_told_anew_are_left_out_and_named(monkeypatch, tmp_path):
    pair = text_of("numpy.linalg.svd")
    rows = [("numpy.linalg.svd", checksum(pair)), ("numpy.linalg.lstsq", "0"), ("numpy.gone", "0")]
    lines = [f"{name},test,{code}" for name, code in rows]
    path = tmp_path / "pairs.csv"
    path.write_text("\n".join(["name,part,checksum", *lines, "numpy.dot,calibration,0"]))
    monkeypatch.setattr(language_pairs, "STORED", path)
    found = load_pairs("test")
    assert (found.summaries, found.bodies) == ([pair[0]], [pair[1]])
    assert found.changed == ["numpy.linalg.lstsq", "numpy.gone"]


def test_what_the_study_measures():
    full = np.eye(4), np.eye(4)
    turned = np.eye(4)[[0, 1, 3, 2]]  # two questions find one another's answer
    found = prune_language.measured(turned, np.eye(4), *full)
    assert found["first hits"] == found["same first hit"] == 0.5
    assert found["cosine"] == 6 / 8
    assert np.isclose(found["standard error"], np.sqrt(0.25 * 4 / 3 / 4))
    assert np.isclose(found["standard error of the difference"], found["standard error"])


def test_as_much_text_as_was_asked_for():
    model = SimpleNamespace(tokenize=lambda texts: [text.split() for text in texts])
    texts = ["a b c", "d e", "f", "g h i j"]
    chosen = prune_language.some_texts(model, texts, 5)
    assert 5 <= len(" ".join(chosen).split()) < 9
    with pytest.raises(ValueError, match="these texts hold 10 tokens, asked for 11"):
        prune_language.some_texts(model, texts, 11)
