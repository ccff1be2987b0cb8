"""Scenes of images show what they are given, at every position."""

import numpy as np
import pytest

from tutorial_helpers import margin_scene, rebuild_scene, weights_scene

# --- weights_scene


@pytest.mark.parametrize("every", [1, 3])
def test_kept_neurons_are_bright_and_removed_ones_faded_at_every_k(every):
    rng = np.random.default_rng(0)
    W, order = rng.normal(size=(4, 12)), rng.permutation(12)
    looks = {"shape": (2, 2), "columns": 4, "name": "channels"}
    scene = weights_scene(W, order, every=every, **looks)
    assert "of the channels" in scene.figure.axes[0].get_title(loc="left")
    bright = scene.pixels(12)
    drawn = range(0, 12, every)
    corners = [(i % 4 * 3, i // 4 * 3) for i in range(len(drawn))]  # a gap follows two pixels
    x, y = scene.figure.axes[0].transData.transform(corners).astype(int).T
    for k in scene.positions:
        stay = [j in order[:k] for j in drawn]
        told = f"; of the {len(drawn)} drawn, {sum(stay)} stay" if every > 1 else ""
        assert scene.move(k) == f"k = {k}: {12 - k} of 12 channels removed{told}"
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


def test_kept_pixels_are_marked_and_what_is_rebuilt_is_shown_at_every_k():
    rng = np.random.default_rng(0)
    images, rebuilt = rng.normal(size=(2, 6)), rng.normal(size=(4, 2, 6))
    order, errors = (
        [4, 0, 5, 1, 3, 2],
        {"training images": rng.uniform(size=4), "new": [1, 2, 3, 4]},
    )
    scene = rebuild_scene(images, order, rebuilt, errors, shape=(2, 3))
    assert list(scene.positions) == [1, 2, 3, 4]
    assert scene.title == "New images; below, rebuilt from marked pixels"
    above, below, curves = scene.figure.axes[:2], scene.figure.axes[2:4], scene.figure.axes[4]
    for i, k in enumerate(scene.positions):
        told = ", ".join(f"{error[i]:.1%} on {label}" for label, error in errors.items())
        assert scene.move(k) == f"k = {k}: relative error {told}"
        for j in range(2):
            x, y = above[j].lines[0].get_data()
            assert set(zip(y, x, strict=True)) == {(p // 3, p % 3) for p in order[:k]}
            assert np.array_equal(above[j].images[0].get_array().ravel(), images[j])
            assert np.array_equal(below[j].images[0].get_array().ravel(), rebuilt[i, j])
        heights = [line.get_ydata()[0] for line in curves.lines[2:]]
        assert heights == [error[i] for error in errors.values()]


def test_images_or_pixels_that_do_not_fit_are_refused():
    images, order, rebuilt, errors = (
        np.ones((2, 64)),
        np.arange(64),
        np.ones((3, 2, 64)),
        {"a": [1] * 3},
    )
    rebuild_scene(images, order, rebuilt, errors)
    with pytest.raises(ValueError, match=r"64 pixels.*got \(2, 63\) and \(3, 2, 64\)"):
        rebuild_scene(images[:, 1:], order, rebuilt, errors)
    with pytest.raises(ValueError, match=r"got \(2, 64\) and \(3, 1, 64\)"):
        rebuild_scene(images, order, rebuilt[:, 1:], errors)
    for wrong in ([0, 1], [0, 1, 64], [0, 1, -1], [[0, 1, 2]]):
        with pytest.raises(ValueError, match="order must name at least 3 pixels"):
            rebuild_scene(images, wrong, rebuilt, errors)
    with pytest.raises(ValueError, match="curve 'a' must have one value for each of the 3"):
        rebuild_scene(images, order, rebuilt, {"a": [1, 2]})


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


def test_the_true_classes_are_written_above_the_images_if_they_are_given():
    margins, read = [[1.0, -2.0]], [[3, 8]]
    for truth, told in {(3, 9): ["true 3", "true 9"], None: ["", ""]}.items():
        scene = margin_scene(np.eye(2, 64), margins, read, [1], truth)
        assert [ax.get_title(loc="center") for ax in scene.figure.axes[:2]] == told


def test_margins_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"for 2 positions and 3 images.*\(2, 3\)"):
        margin_scene(np.eye(3, 64), np.ones((3, 2)), np.ones((3, 2)), [1, 2])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused(value):
    margins, W = np.ones((1, 2)), np.ones((64, 2))
    margins[0, 1] = W[3, 1] = value
    with pytest.raises(ValueError, match="1 margins that are not finite"):
        margin_scene(np.eye(2, 64), margins, np.ones((1, 2), int), [1])
    with pytest.raises(ValueError, match="W must be finite, got 1 that are not"):
        weights_scene(W, [0, 1])


def test_weights_that_are_all_zero_can_be_drawn():
    assert weights_scene(np.zeros((64, 2)), [1, 0], every=1).pixels(1).std() > 1
