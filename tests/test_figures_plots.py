"""Plots show the numbers they are given, on axes of their own or of the reader."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from tutorial_helpers import plot_curves, plot_differences, plot_images, plot_stretch
from tutorial_helpers.figures.style import LOOKS


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_lines_are_the_data_and_look_like_their_method():
    curves = {"ID": [0.1, 0.5, 0.9], "magnitude, no correction": np.array([0.0, 0.2, 0.4])}
    texts = {"title": "t", "xlabel": "x", "ylabel": "y"}
    ax = plot_curves([10, 20, 30], curves, looks={"magnitude, no correction": "magnitude"}, **texts)
    for line, (label, values) in zip(ax.lines, curves.items(), strict=True):
        assert line.get_xdata().tolist() == [10, 20, 30]
        assert line.get_ydata().tolist() == list(values)
        color, _, marker = LOOKS[label.split(",")[0].lower()]
        assert (line.get_color(), line.get_marker()) == (color, marker)
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


def test_a_logarithmic_k_is_labelled_with_plain_numbers():
    ax = plot_curves(range(1, 1001), {"ID": np.linspace(0, 1, 1000)}, logx=True)
    ax.figure.canvas.draw()
    assert ax.get_xscale() == "log"
    assert {"1", "10", "100", "1000"} <= {tick.get_text() for tick in ax.get_xticklabels()}


def test_a_single_run_is_drawn_without_a_spread():
    ax = plot_curves([1, 2], {"ID": [[1.0, 2.0]], "random": [[1.0, 2.0], [3.0, 2.0]]})
    assert ax.lines[0].get_ydata().tolist() == [1, 2]
    assert len(ax.collections) == 1


def test_blank_labels_numbers_and_markup_are_labels_too():
    curves = {"": [1, 2], "  ": [2, 1], 50: [1, 1], "5 $ off": [2, 2], "<b>": [3, 3], "_a": [0, 0]}
    ax = plot_curves([1, 2], curves)
    ax.figure.canvas.draw()
    assert [line.get_ydata().tolist() for line in ax.lines] == list(curves.values())
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"50", "5 $ off", "<b>"} <= set(legend)
    assert plot_curves([1, 2], {"": [1, 2], "_a": [2, 1]}).get_legend() is None


def test_gaps_single_positions_and_names_as_positions_are_drawn():
    for x, values in (([1, 2, 3], [1, np.nan, None]), ([7], [0.5]), (["a", "b"], [1, 2])):
        ax = plot_curves(x, {"ID": values})
        ax.figure.canvas.draw()
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), np.array(values, dtype=float))


@pytest.mark.parametrize(
    ("x", "curves", "told"),
    [
        ([], {"ID": []}, r"at least one position and one curve, got x of shape \(0,\)"),
        ([1, 2], {}, "and 0 curves"),
        (3, {"ID": [1]}, r"got x of shape \(\)"),
        ([1, 2], {"ID": [1, 2, 3]}, r"curve 'ID' must have one value for each of the 2.*\(3,\)"),
        ([1, 2], {"ID": np.ones((0, 2))}, r"curve 'ID' must have .* got shape \(0, 2\)"),
        ([1, 2], {"ID": np.ones((1, 1, 2))}, r"got shape \(1, 1, 2\)"),
        ([1, 2], {"ID": ["a", "b"]}, "curve 'ID' must hold numbers: .*'a'"),
        ([1, 2], {"ID": [[1, 2], [3]]}, "curve 'ID' must hold numbers"),
    ],
)
def test_curves_that_do_not_fit_their_positions_are_named(x, curves, told):
    with pytest.raises(ValueError, match=told):
        plot_curves(x, curves)


def test_what_the_reader_wrote_on_their_axes_stays_and_further_curves_take_other_looks():
    _, ax = plt.subplots()
    ax.set(title="mine", xlabel="time")
    plot_curves([1, 2], {"a": [1, 2]}, ax=ax, ylabel="y")
    plot_curves([1, 2], {"b": [2, 1]}, ax=ax)
    assert (ax.get_title(), ax.get_xlabel(), ax.get_ylabel()) == ("mine", "time", "y")
    assert ax.lines[0].get_color() != ax.lines[1].get_color()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


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
    with pytest.raises(ValueError, match=r"shape \(2, 2\).*got shape \(3, 2\)"):
        plot_stretch(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="finite numbers"):
        plot_stretch([[1, np.nan], [0, 1]])


def test_differences_are_drawn_in_points_with_their_intervals():
    ax = plot_differences([10, 500], {"ID": ([0.1, 0.0], [0.05, -0.02], [0.25, 0.01])})
    _, _, (bars,) = ax.containers[0].lines
    ends = [segment[:, 1].tolist() for segment in bars.get_segments()]
    assert np.allclose(ends, [[5, 25], [-2, 1]])
    assert set(ax.lines[0].get_ydata()) == {0}


@pytest.mark.parametrize("rows", [np.ones((3, 3)), np.ones((2, 2)), np.ones(2), "abc"])
def test_differences_of_another_shape_are_named(rows):
    with pytest.raises(ValueError, match="'ID' must"):
        plot_differences([10, 500], {"ID": rows})


@pytest.mark.parametrize("images", [[], np.ones(64), np.ones((2, 63)), 1.0])
def test_images_of_another_size_are_refused(images):
    with pytest.raises(ValueError, match=r"images must have shape \(n, 64\).*got \("):
        plot_images(images)


def test_images_need_as_many_titles_and_axes():
    with pytest.raises(ValueError, match="2 images need as many titles, got 1"):
        plot_images(np.eye(2, 64), ["a"])
    with pytest.raises(ValueError, match="2 images need as many axes, got 1"):
        plot_images(np.eye(2, 64), axes=[plt.subplots()[1]])
