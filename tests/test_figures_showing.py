"""A figure is shown with its caption, and closed."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from tutorial_helpers import plot_curves, plot_images, show
from tutorial_helpers.figures import showing


@pytest.fixture
def shown(monkeypatch):
    """Catch what would go to the notebook."""
    outputs = []
    monkeypatch.setattr(showing, "display", lambda data, **more: outputs.append((data, more)))
    yield outputs
    plt.close("all")


def picture(data):
    return Image.open(io.BytesIO(base64.b64decode(data["image/png"])))


def test_a_shown_figure_carries_its_caption_as_text_and_as_alternative(shown):
    show(plot_curves([1, 2], {"ID": [1.0, 2.0]}), "Two points.")
    (data, more), (caption, _) = shown
    assert more == {"metadata": {"image/png": {"alt": "Two points."}}, "raw": True}
    assert data["text/plain"] == "Two points."
    assert caption.data == "*Two points.*"
    assert picture(data).size == (800, 450)


def test_what_a_label_brings_along_is_no_markup_in_the_caption(shown):
    show(plt.figure(), "a * b_c, <of> `d` [e]")
    (data, more), (caption, _) = shown
    assert caption.data == r"*a \* b\_c, \<of> \`d\` \[e]*"
    assert data["text/plain"] == more["metadata"]["image/png"]["alt"] == "a * b_c, <of> `d` [e]"


def test_axes_arrays_figures_and_parts_of_figures_can_be_shown(shown):
    show(plot_images(np.eye(4)[:, :4], shape=(2, 2)), "Four images.")
    show(plt.figure(), "Nothing.")
    show(plt.figure(figsize=(4, 2)).subfigures(1, 2)[1].subplots(), "The whole of it.")
    assert len(shown) == 6
    assert picture(shown[4][0]).size == (400, 200)


def test_a_figure_of_the_reader_is_shown_once_and_in_its_own_style(shown):
    with plt.style.context("dark_background"):
        figure, ax = plt.subplots()
        show(plot_curves([1, 2], {"ID": [1.0, 2.0]}, ax=ax), "Two points.")
    assert not plt.fignum_exists(figure.number)
    assert picture(shown[0][0]).convert("RGB").getpixel((0, 0)) == (0, 0, 0)


def test_the_same_figure_gives_the_same_bytes(shown):
    for _ in range(2):
        show(plot_curves([1, 2], {"ID": [1.0, 2.0]}), "Two points.")
    assert shown[0][0] == shown[2][0]


@pytest.mark.parametrize("caption", ["", "  "])
def test_a_figure_without_caption_is_refused(caption, shown):
    with pytest.raises(ValueError, match="needs a caption"):
        show(plt.figure(), caption)
    assert not shown
