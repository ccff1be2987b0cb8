"""Scenes of curves and of tables tell the numbers they are given, at every position."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from PIL import Image

from tutorial_helpers import curve_scene, heat_scene

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
        _, rule, *dots, _ = scene.moving
        assert list(rule.get_xdata()) == [k, k]
        for dot, curve in zip(dots, curves.values(), strict=True):
            assert (list(dot.get_xdata()), list(dot.get_ydata())) == ([k], [curve[i]])


def test_every_position_is_another_picture_and_the_same_when_one_returns():
    x = range(10, 60, 5)
    scene = curve_scene(x, {"ID": np.linspace(0.2, 0.9, 10), "best": np.full(10, 0.95)}, full=0.97)
    pictures = [scene.pixels(k) for k in x]
    assert len({picture.tobytes() for picture in pictures}) == len(x)
    assert {picture.shape for picture in pictures} == {(490, 800, 3)}
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


@pytest.mark.parametrize(
    "x", [[1, 2, 4], [3, 2, 1], [1, 1, 2], [0.5, 1.5, 2.5], ["a", "b", "c"], [], 3]
)
def test_positions_rise_in_equal_steps(x):
    with pytest.raises(ValueError, match=r"positions must be whole numbers.*equal steps, got"):
        curve_scene(x, {"ID": [0.1, 0.2, 0.3]})


@pytest.mark.parametrize("values", [[0.1, 0.2], 0.1, np.zeros((3, 2)), np.zeros((1, 1, 3))])
def test_curves_of_another_length_are_named(values):
    with pytest.raises(ValueError, match=r"curve 'ID' must have one value for each of the 3"):
        curve_scene([1, 2, 3], {"ID": values})


def test_a_single_run_has_no_spread_to_tell():
    scene = curve_scene([1, 2], {"ID": [[0.25, 0.5]], "random": [[1.0, 1.0], [0.5, 1.0]]})
    assert scene.move(1) == "k = 1: ID 25.0%, random 75.0% ± 35.4%"


def test_fractions_are_told_in_percent_and_other_numbers_with_three_digits():
    assert curve_scene([1], {"a": [0.12345], "b": [1]}).move(1) == "k = 1: a 12.3%, b 100.0%"
    assert curve_scene([1], {"a": [0.12345], "b": [2]}).move(1) == "k = 1: a 0.123, b 2"
    assert curve_scene([1], {"a": [0.12345]}, log=True).move(1) == "k = 1: a 0.123"
    assert curve_scene([1], {"a": [0.12345]}, form="{:.1f}").move(1) == "k = 1: a 0.1"


def test_an_axis_is_called_what_its_positions_are():
    labels = [
        (scene.figure.axes[0].get_xlabel(), scene.figure.axes[0].get_ylabel())
        for scene in (
            curve_scene([1], {"a": [1]}),
            curve_scene([1], {"a": [1]}, name="width"),
            curve_scene([1], {"a": [1]}, name="width", xlabel="x", ylabel="y"),
        )
    ]
    assert labels == [("k, neurons kept", "test accuracy"), ("width", "test accuracy"), ("x", "y")]


def test_a_blank_label_is_told_by_its_value():
    assert curve_scene([1], {"": [0.5]}).move(1) == "k = 1: 50.0%"


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="0 curves"):
        curve_scene([1, 2], {})


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
    with pytest.raises(ValueError, match=r"numbers of shape \(1, 1, 2\), got shape \(1, 2\)"):
        heat_scene([1], np.ones((1, 2)), ["a"], ["p", "q"])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_table_with_holes_is_refused(value):
    with pytest.raises(ValueError, match="with 1 that are not finite"):
        heat_scene([1], [[[1.0, value]]], ["a"], ["p", "q"])


def test_a_table_at_uneven_positions_is_passed_at_its_own_steps():
    scene = heat_scene([10, 20, 50], [[[1.0]], [[2.0]], [[3.0]]], ["a"], ["b"])
    assert scene.stops == [10, 20, 50]
    assert [scene.move(k) for k in scene.stops] == [
        f"k = {k}: best {v}.0 by a + b, worst {v}.0 by a + b"
        for k, v in ((10, 1), (20, 2), (50, 3))
    ]
    assert scene.move(40).startswith("k = 20")  # never a table under another k's name
    for wrong in ([20, 10, 50], [10, 10, 50], []):
        with pytest.raises(ValueError, match="positions"):
            heat_scene(wrong, np.ones((len(wrong), 1, 1)), ["a"], ["b"])


def inked(picture, left, right):
    """Count the coloured pixels between two fractions of the width, inside the axes."""
    height, width = picture.shape[:2]
    part = picture[height // 8 : -height // 5, int(left * width) : int(right * width)].astype(int)
    return np.count_nonzero(np.ptp(part, axis=2) > 60)


def test_curves_appear_up_to_the_slider_and_in_snapshots_whole():
    x = range(10, 110, 10)
    scene = curve_scene(x, {"ID": np.linspace(0.2, 0.9, 10)})
    first, last = scene.pixels(10), scene.pixels(100)
    assert inked(first, 0.3, 0.9) == 0
    assert inked(last, 0.3, 0.9) > 500
    half = scene.pixels(50)
    assert inked(half, 0.2, 0.4) == inked(last, 0.2, 0.4) > 0
    assert inked(half, 0.6, 0.9) == 0
    png, told = scene.snapshots([20, 30, 90])
    twin = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    assert twin.shape == last.shape
    assert inked(twin, 0.3, 0.9) > inked(last, 0.3, 0.9)  # the dots of three positions
    assert told == [scene.move(k) for k in (20, 30, 90)]
    assert np.array_equal(scene.pixels(10), first)  # snapshots leave nothing behind
