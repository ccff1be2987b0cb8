"""Figures show the numbers they are given; scenes tell them at every position."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from PIL import Image
from scipy.linalg import qr

from tutorial_helpers import (
    curve_scene,
    heat_scene,
    margin_scene,
    plot_curves,
    plot_differences,
    plot_images,
    plot_stretch,
    plotting,
    rebuild_scene,
    show,
    weights_scene,
)
from tutorial_helpers.plotting import METHODS, STYLE


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """Catch what would go to the notebook."""
    outputs = []
    monkeypatch.setattr(plotting, "display", lambda data, **more: outputs.append((data, more)))
    return outputs


# --- show


def test_a_shown_figure_carries_its_caption_as_text_and_as_alternative(shown):
    ax = plot_curves([1, 2], {"ID": [1.0, 2.0]})
    show(ax, "Two points.")
    (data, more), (caption, _) = shown
    assert more == {"metadata": {"image/png": {"alt": "Two points."}}, "raw": True}
    assert data["text/plain"] == "Two points."
    assert caption.data == "*Two points.*"
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (800, 450)
    assert not plt.fignum_exists(ax.figure.number)


def test_axes_arrays_and_figures_can_be_shown(shown):
    show(plot_images(np.eye(4)[:, :4], shape=(2, 2)), "Four images.")
    show(plt.figure(), "Nothing.")
    assert len(shown) == 4


def test_the_same_figure_gives_the_same_bytes(shown):
    for _ in range(2):
        show(plot_curves([1, 2], {"ID": [1.0, 2.0]}), "Two points.")
    assert shown[0][0] == shown[2][0]


@pytest.mark.parametrize("caption", ["", "  "])
def test_a_figure_without_caption_is_refused(caption, shown):
    with pytest.raises(ValueError, match="needs a caption"):
        show(plt.figure(), caption)
    assert not shown


# --- curves


def test_lines_are_the_data_and_look_like_their_method():
    curves = {"ID": [0.1, 0.5, 0.9], "magnitude, no correction": np.array([0.0, 0.2, 0.4])}
    ax = plot_curves([10, 20, 30], curves, title="t", xlabel="x", ylabel="y")
    for line, (label, values) in zip(ax.lines, curves.items(), strict=True):
        assert line.get_xdata().tolist() == [10, 20, 30]
        assert line.get_ydata().tolist() == list(values)
        look = METHODS[label.split()[0].lower().strip(",")]
        assert line.get_color() == look["color"]
        assert line.get_marker() == look["marker"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(curves)
    assert (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()) == ("t", "x", "y")


def test_several_runs_become_mean_and_band():
    runs = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 7.0]])
    ax = plot_curves([1, 2, 3], {"ID": runs, "something else": runs})
    assert ax.lines[0].get_ydata().tolist() == [2, 2, 5]
    band = ax.collections[0].get_paths()[0].vertices
    spread = np.sqrt(2)  # of 1 and 3, with n − 1 in the denominator
    assert band[:, 1].max() == pytest.approx(5 + 2 * spread)
    assert band[band[:, 0] == 1, 1].min() == pytest.approx(2 - spread)
    for line, band in zip(ax.lines, ax.collections, strict=True):
        assert to_rgba(line.get_color())[:3] == tuple(band.get_facecolor()[0][:3])


def test_a_single_curve_needs_no_legend_and_the_full_network_is_a_level_line():
    assert plot_curves([1, 2], {"ID": [1.0, 2.0]}).get_legend() is None
    ax = plot_curves([1, 2], {"ID": [1.0, 2.0]}, full=0.9)
    assert set(ax.lines[1].get_ydata()) == {0.9}
    assert ax.lines[1].get_label() == "full network"
    assert ax.get_legend() is not None


def test_logarithmic_axes_where_asked():
    ax = plot_curves([1, 2], {"ID": [1.0, 2.0]})
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "linear")
    ax = plot_curves([1, 2], {"ID": [1.0, 2.0]}, log=True, logx=True)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_given_axes_are_used_and_input_is_only_read():
    _, ax = plt.subplots()
    values = np.array([1.0, 2.0])
    values.flags.writeable = False
    assert plot_curves([1, 2], {"ID": values}, ax=ax) is ax
    assert plot_stretch(np.eye(2), ax=ax) is ax


def test_many_points_are_drawn_without_markers():
    ax = plot_curves(range(100), {"ID": np.arange(100.0)})
    assert ax.lines[0].get_marker() in ("", "None", None)


def test_no_two_methods_look_alike_where_they_meet():
    together = ["full", "id", "magnitude", "random", "scratch"]
    for key in ("color", "linestyle"):
        looks = [METHODS[name][key] for name in together if name != "full"]
        assert len(set(looks)) == len(looks)
    assert len({METHODS[name]["marker"] for name in together}) == len(together)


def test_the_style_is_readable_from_the_last_row():
    with plt.style.context(STYLE):
        assert plt.rcParams["font.size"] >= 14
        assert plt.rcParams["lines.linewidth"] >= 2
    assert plt.rcParams["font.size"] < 14  # and stays out of everybody else's figures


# --- other plots


def test_images_are_the_rows_as_pictures():
    images = np.arange(3 * 6.0).reshape(3, 6)
    axes = plot_images(images, ["a", "b", "c"], shape=(2, 3), columns=2, limits=(0, 20))
    assert len(axes) == 3
    for ax, image, title in zip(axes, images, "abc", strict=True):
        assert np.array_equal(ax.images[0].get_array(), image.reshape(2, 3))
        assert ax.get_title() == title
        assert ax.images[0].get_clim() == (0, 20)
    assert len(axes[0].figure.axes) == 4  # two rows of two, the last one empty
    assert not any(ax.axison for ax in axes[0].figure.axes)


def test_the_longest_vector_is_as_long_as_the_norm_says():
    A = np.array([[1.0, 2.0], [-3.0, 0.5]])
    ax = plot_stretch(A)
    end = np.array(ax.lines[2].get_data())[:, 1]
    angle = np.linspace(0, np.pi, 100_001)
    longest = np.linalg.norm(A @ [np.cos(angle), np.sin(angle)], axis=0).max()
    assert np.linalg.norm(end) == pytest.approx(longest)
    assert f"{longest:.2f}" in ax.get_title(loc="left")
    with pytest.raises(ValueError, match=r"shape \(2, 2\).*got \(3, 2\)"):
        plot_stretch(np.zeros((3, 2)))


def test_differences_are_drawn_in_points_with_their_intervals():
    ax = plot_differences([10, 500], {"ID": ([0.1, 0.0], [0.05, -0.02], [0.25, 0.01])})
    _, _, (bars,) = ax.containers[0].lines
    ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
    assert np.allclose(ends, [[5, 25], [-2, 1]])
    assert set(ax.lines[0].get_ydata()) == {0}


# --- curve scenes


finite = st.floats(-1e6, 1e6)


@given(
    first=st.integers(-5, 50),
    step=st.integers(1, 7),
    count=st.integers(1, 12),
    data=st.data(),
)
@settings(max_examples=20)
def test_a_scene_tells_the_values_at_every_position(first, step, count, data):
    x = range(first, first + step * count, step)
    values = st.lists(finite, min_size=count, max_size=count)
    curves = {"ID": data.draw(values), "magnitude": data.draw(values)}
    scene = curve_scene(x, curves, form="{:.2f}", name="width")
    assert list(scene.positions) == list(x)
    for i, k in enumerate(x):
        told = [f"{label} {curve[i]:.2f}" for label, curve in curves.items()]
        assert scene.move(k) == f"width = {k}: " + ", ".join(told)
        rule, *dots = scene.moving
        assert list(rule.get_xdata()) == [k, k]
        for dot, curve in zip(dots, curves.values(), strict=True):
            assert (list(dot.get_xdata()), list(dot.get_ydata())) == ([k], [curve[i]])


def test_every_position_is_another_picture_and_the_same_when_one_returns():
    x = range(10, 60, 5)
    scene = curve_scene(x, {"ID": np.linspace(0.2, 0.9, 10), "best": np.full(10, 0.95)}, full=0.97)
    pictures = [scene.pixels(k) for k in x]
    assert len({picture.tobytes() for picture in pictures}) == len(x)
    assert {picture.shape for picture in pictures} == {(450, 800, 3)}
    for k, picture in zip(reversed(x), reversed(pictures), strict=True):
        assert np.array_equal(scene.pixels(k), picture)  # nothing of other positions is left
    decoded = np.asarray(Image.open(io.BytesIO(scene.png(10))).convert("RGB"))
    assert np.array_equal(decoded, pictures[0])


def test_several_runs_are_told_as_mean_and_spread():
    scene = curve_scene([1, 2], {"ID": [[1.0, 2.0], [3.0, 2.0]]}, form="{:.2f}")
    assert scene.move(1) == "k = 1: ID 2.00 ± 1.41"
    assert scene.move(2) == "k = 2: ID 2.00 ± 0.00"


def test_errors_over_decades_and_zeros_can_be_drawn():
    scene = curve_scene(range(1, 6), {"ID": [1e3, 1.0, 1e-8, 1e-15, 0.0]}, log=True)
    for k in scene.positions:
        assert scene.pixels(k).std() > 0
    assert scene.move(5) == "k = 5: ID 0"


@pytest.mark.parametrize("k", [0, 4, 2.5, None, "2"])
def test_a_position_that_is_none_is_named(k):
    scene = curve_scene([1, 2, 3], {"ID": [0.1, 0.2, 0.3]})
    with pytest.raises(ValueError, match="k must be a position of the slider, 1 … 3, got"):
        scene.move(k)


@pytest.mark.parametrize("x", [[1, 2, 4], [3, 2, 1], [1, 1, 2]])
def test_positions_rise_in_equal_steps(x):
    with pytest.raises(ValueError, match="equal steps, got"):
        curve_scene(x, {"ID": [0.1, 0.2, 0.3]})


@pytest.mark.parametrize("values", [[0.1, 0.2], 0.1, np.zeros((3, 2)), np.zeros((1, 1, 3))])
def test_curves_of_another_length_are_named(values):
    with pytest.raises(ValueError, match=r"curve 'ID' must have one value for each of the 3"):
        curve_scene([1, 2, 3], {"ID": values})


def test_a_logarithmic_k_is_labelled_with_plain_numbers():
    ax = plot_curves(range(1, 1001), {"ID": np.linspace(0, 1, 1000)}, logx=True)
    ax.figure.canvas.draw()
    assert ax.get_xscale() == "log"
    assert {"1", "10", "100", "1000"} <= {tick.get_text() for tick in ax.get_xticklabels()}


# --- weights_scene


@pytest.mark.parametrize("every", [1, 3])
def test_kept_neurons_are_bright_and_removed_ones_faded_at_every_k(every):
    rng = np.random.default_rng(0)
    W, order = rng.normal(size=(4, 12)), rng.permutation(12)
    scene = weights_scene(W, order, every=every, shape=(2, 2), columns=4)
    bright = scene.pixels(12)
    drawn = range(0, 12, every)
    corners = [(i % 4 * 3, i // 4 * 3) for i in range(len(drawn))]  # a gap follows two pixels
    x, y = scene.figure.axes[0].transData.transform(corners).astype(int).T
    for k in scene.positions:
        stay = [j in order[:k] for j in drawn]
        assert scene.move(k).endswith(f"of the {len(drawn)} drawn, {sum(stay)} stay")
        same = (scene.pixels(k)[-y, x] == bright[-y, x]).all(axis=1)
        assert same.tolist() == stay


@pytest.mark.parametrize(
    ("W", "order"),
    [(np.ones((63, 2)), [0, 1]), (np.ones((64, 2)), [0, 0]), (np.ones((64, 3)), [0, 1])],
)
def test_weights_that_are_no_images_or_an_incomplete_order_are_refused(W, order):
    with pytest.raises(ValueError, match="name each of its columns once"):
        weights_scene(W, order)


# --- rebuild_scene


def test_new_images_are_rebuilt_from_their_kept_pixels_at_every_k():
    rng = np.random.default_rng(0)
    X_train, X_test = rng.normal(size=(9, 6)), rng.normal(size=(5, 6))
    X_train[:, 2] = 0  # a dead pixel
    scene = rebuild_scene(X_train, X_test, rows=[4, 0], shape=(2, 3))
    assert list(scene.positions) == [1, 2, 3, 4, 5, 6]
    P = qr(X_train, mode="r", pivoting=True)[1]
    above, below = scene.figure.axes[:2], scene.figure.axes[2:4]
    for k in scene.positions:
        J = P[:k]
        T = np.linalg.lstsq(X_train[:, J], X_train)[0]
        T[:, J] = np.eye(k)  # a kept pixel stands for itself, a dead one too
        errors = [np.linalg.norm(X - X[:, J] @ T) / np.linalg.norm(X) for X in (X_train, X_test)]
        told = "relative error {:.1%} on training images, {:.1%} on new ones".format(*errors)
        assert scene.move(k) == f"k = {k}: {told}"
        for row, original, rebuilt in zip([4, 0], above, below, strict=True):
            x, y = original.lines[0].get_data()
            assert set(zip(y, x, strict=True)) == {(j // 3, j % 3) for j in J}
            assert np.allclose(rebuilt.images[0].get_array().ravel(), X_test[row, J] @ T)


def test_images_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"64 columns, got X_train of shape \(3, 64\) and X_test"):
        rebuild_scene(np.ones((3, 64)), np.ones((3, 63)))


# --- margin_scene


def test_margins_are_the_bars_and_negative_ones_are_counted_at_every_position():
    margins = np.array([[-2.0, 0.5, 3.0], [-0.5, -1.0, 4.0], [1.0, 2.0, 5.0]])
    scene = margin_scene(np.eye(3, 64), margins, np.arange(9).reshape(3, 3), range(5, 20, 5))
    lower = scene.figure.axes[3:]
    for row, k in enumerate(scene.positions):
        assert scene.move(k).startswith(f"k = {k}: {(margins[row] < 0).sum()} of 3 predictions")
        assert [ax.patches[0].get_height() for ax in lower] == margins[row].tolist()
        for column, ax in enumerate(lower):
            told = ax.get_title(loc="center").split()
            assert told == [str(3 * row + column), "✗"][: 1 + (margins[row, column] < 0)]
    pictures = [scene.png(k) for k in scene.positions]
    assert len(set(pictures)) == 3
    assert scene.png(5) == pictures[0]


def test_margins_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"for 2 positions and 3 images.*\(2, 3\)"):
        margin_scene(np.eye(3, 64), np.ones((3, 2)), np.ones((3, 2)), [1, 2])


# --- heat_scene


def test_the_table_of_a_heat_scene_holds_the_values_at_every_position():
    values = np.random.default_rng(0).uniform(0, 100, (3, 2, 4))
    scene = heat_scene([10, 20, 30], values, ["a", "b"], list("pqrs"))
    ax = scene.figure.axes[0]
    *cells, corner = ax.texts
    for k, table in zip([10, 20, 30], values, strict=True):
        told = scene.move(k)
        assert [cell.get_text() for cell in cells] == [f"{value:.1f}" for value in table.ravel()]
        assert np.array_equal(ax.images[0].get_array(), table)
        assert corner.get_text() == f"k = {k}"
        assert f"best {table.max():.1f} by {'ab'[table.argmax() // 4]} + " in told
        for cell, value in zip(cells, table.ravel(), strict=True):  # legible on its colour
            background = np.mean(ax.images[0].to_rgba([[value]])[0, 0, :3])
            assert abs(np.mean(to_rgba(cell.get_color())[:3]) - background) > 0.4


def test_a_heat_scene_of_equal_values_and_of_a_wrong_shape():
    assert "best 1.0" in heat_scene([1], np.ones((1, 1, 2)), ["a"], ["p", "q"]).move(1)
    told = heat_scene([1], [[[2.0, 1.0]]], ["a"], ["p", "q"]).move(1)
    assert told == "k = 1: best 2.0 by a + p, worst 1.0 by a + q"
    with pytest.raises(ValueError, match=r"values must have shape \(1, 1, 2\), got \(1, 2\)"):
        heat_scene([1], np.ones((1, 2)), ["a"], ["p", "q"])
