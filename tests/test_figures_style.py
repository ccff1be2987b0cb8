"""One style and one look for each method, and a reader's session that stays as it was."""

import io
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from nbclient import NotebookClient
from PIL import Image

from tutorial_helpers import (
    curve_scene,
    heat_scene,
    margin_scene,
    plot_curves,
    plot_differences,
    plot_images,
    plot_stretch,
    rebuild_scene,
    weights_scene,
)
from tutorial_helpers.figures.style import LOOKS, TURN, Figure, looks_of, style

K = np.arange(1, 31)
CURVES = {"ID": 1 - 1 / K, "random": np.array([0.9 - 1 / K, 0.7 - 1 / K]), "other": 1 / K}
PLOTS = {
    "curves": lambda: plot_curves(K, CURVES, full=0.9, title="t", xlabel="x", ylabel="y"),
    "stretch": lambda: plot_stretch([[1, 2], [0, 1]]),
    "images": lambda: plot_images(np.eye(3, 64), ["a", "b", "c"])[0],
    "differences": lambda: plot_differences([1, 2], {"ID": np.ones((3, 2)), "a": -np.ones((3, 2))}),
}
SCENES = {
    "curves": lambda: curve_scene(K, CURVES, logx=True, full=0.9),
    "heat": lambda: heat_scene([1, 2], [[[1, 2]], [[3, 4]]], ["a"], ["b", "c"], title="t"),
    "margins": lambda: margin_scene(np.eye(2, 64), [[-1, 2], [3, 4]], [[7, 3], [5, 3]], [1, 2]),
    "weights": lambda: weights_scene(np.eye(64), np.arange(64)),
    "rebuilt": lambda: rebuild_scene(
        np.eye(2, 64), range(64), np.ones((2, 2, 64)), {"a": [0.5, 0.1]}
    ),
}
STYLES = ["dark_background", "ggplot", "classic"]


def drawn(name):
    """Return the pixels of a figure that is made and drawn now."""
    if name in PLOTS:
        buffer = io.BytesIO()
        PLOTS[name]().figure.savefig(buffer, format="png")
        yield np.asarray(Image.open(buffer).convert("RGB"))
    if name in SCENES:
        scene = SCENES[name]()
        yield from (scene.pixels(k) for k in scene.positions[:2])


@pytest.mark.parametrize("chosen", STYLES)
@pytest.mark.parametrize("name", PLOTS | SCENES)
def test_no_style_of_the_reader_changes_a_pixel(name, chosen):
    expected = list(drawn(name))
    with plt.style.context(chosen), mpl.rc_context({"font.size": 30, "figure.dpi": 50}):
        mpl.rcParams["font.sans-serif"] = ["STIXGeneral"]
        for picture, whole in zip(drawn(name), expected, strict=True):
            np.testing.assert_array_equal(picture, whole)


@pytest.mark.parametrize("name", PLOTS)
def test_a_figure_keeps_its_style_when_it_is_drawn_later(name):
    expected = next(drawn(name))
    figure, buffer = PLOTS[name]().figure, io.BytesIO()
    with plt.style.context("dark_background"), mpl.rc_context({"xtick.labelsize": 30}):
        figure.savefig(buffer, format="png")
    np.testing.assert_array_equal(np.asarray(Image.open(buffer).convert("RGB")), expected)


@pytest.mark.parametrize("name", PLOTS | SCENES)
@pytest.mark.parametrize("interactive", [True, False])
def test_the_session_of_the_reader_stays_as_it_was(name, interactive):
    own, ax = plt.subplots()
    try:
        with plt.style.context("ggplot"), mpl.rc_context():
            plt.interactive(interactive)
            before = dict(mpl.rcParams)
            list(drawn(name))
            assert dict(mpl.rcParams) == before
            assert plt.isinteractive() == interactive
        assert plt.get_fignums() == [own.number]
        assert plt.gca() is ax
    finally:
        plt.close(own)


def test_in_a_kernel_the_first_plot_of_the_reader_is_shown_after_ours():
    cells = [
        "from tutorial_helpers import curve_scene, plot_curves, show\n"
        "show(plot_curves([1, 2], {'ID': [1, 2]}), 'Two points.')\n"
        "curve_scene([1, 2], {'ID': [1, 2]}).png(1);",
        "plot_curves([1, 2], {'ID': [1, 2]}).figure",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "print(plt.isinteractive(), plt.get_fignums(), plt.get_backend())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", extra_arguments=["--log-level=ERROR"]).execute()
    outputs = [cell.outputs for cell in notebook.cells]
    for shown in outputs[1:3]:
        assert ["image/png" in output.data for output in shown] == [True]
    assert outputs[3][0].text.startswith("True [] ")
    assert "inline" in outputs[3][0].text


# --- looks


def test_a_method_looks_the_same_alone_and_in_company():
    _, ax = plt.subplots()
    every = looks_of(LOOKS, None, ax)
    for name in LOOKS:
        assert looks_of([name.upper()], None, ax) == {name.upper(): every[name]}
        assert looks_of(["other", "a"], {"a": name}, ax)["a"] == every[name]
    plt.close()


def test_no_two_looks_of_the_first_round_are_alike_in_anything():
    for one, other in combinations(TURN, 2):
        assert not {str(part) for part in one} & {str(part) for part in other}


def test_methods_that_meet_in_a_figure_differ_in_colour_and_in_dash_or_marker():
    meetings = [
        ["full network", "id", "magnitude", "random", "scratch"],
        ["full network", "id", "fine-tuned", "scratch", "ticket", "random"],
        ["id", "greedy", "scratch", "random"],
        ["id", "best possible", "random"],
        ["training images", "test images", "accuracy"],
        ["id", "agreement", "magnitude"],
        ["id", "ridge"],
    ]
    for together in meetings:
        for one, other in combinations(together, 2):
            assert LOOKS[one][0] != LOOKS[other][0]
            assert LOOKS[one][1:] != LOOKS[other][1:]


def test_labels_that_are_no_methods_take_what_is_free():
    ax = Figure().subplots()
    looks = looks_of(["before", "ID", *"abcdefg"], None, ax)
    assert looks["ID"]["color"] == LOOKS["id"][0]
    colors = [look["color"] for look in looks.values()]
    assert len(set(colors[:7])) == 7
    assert len({tuple(map(str, look.values())) for look in looks.values()}) == 9
    # the second time a colour comes with a hollow marker
    hollow = [look.get("markerfacecolor") == ax.get_facecolor() for look in looks.values()]
    assert hollow == [colors.index(color) < i for i, color in enumerate(colors)]
    # on axes that have a line already
    ax.plot([1, 2], color=LOOKS["id"][0])
    assert looks_of(["a"], None, ax)["a"]["color"] != LOOKS["id"][0]


@pytest.mark.parametrize("looks", [{"a": "lasso"}, {"b": "id"}, {"a": None}])
def test_an_unknown_look_or_label_is_named_with_those_that_exist(looks):
    with pytest.raises(ValueError, match=r"one of id, magnitude, .*the labels are .'a'.") as error:
        plot_curves([1, 2], {"a": [1, 2]}, looks=looks)
    assert str(looks) in str(error.value)


def test_on_dark_axes_of_the_reader_black_is_seen_and_their_text_stays():
    with plt.style.context("dark_background"):
        _, ax = plt.subplots()
        plot_curves([1, 2], {"best possible": [1, 2], "ID": [2, 1]}, ax=ax, full=1, title="t")
        best, chosen, full = ax.lines
        assert to_rgb(best.get_color()) == (1, 1, 1)
        assert np.mean(to_rgb(full.get_color())) > 0.5
        assert chosen.get_color() == LOOKS["id"][0]
        assert to_rgb(ax.title.get_color()) == (1, 1, 1)
        plt.close()


def test_the_style_is_readable_from_the_last_row():
    with style():
        assert plt.rcParams["font.size"] >= 14
        assert plt.rcParams["lines.linewidth"] >= 2
    assert plt.rcParams["font.size"] < 14  # and stays out of everybody else's figures
