"""Every scene over its whole range, and a scene whose pixels are known."""

import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from tutorial_helpers import (
    curve_scene,
    figures,
    heat_scene,
    margin_scene,
    rebuild_scene,
    weights_scene,
)
from tutorial_helpers.figures.scene import Scene

rng = np.random.default_rng(0)
DIGITS = rng.uniform(size=(30, 64))
SCENES = {
    "curves": lambda: curve_scene(
        range(1, 41), {"ID": np.sqrt(np.arange(1, 41)), "bound": np.arange(1, 41)}, log=True
    ),
    "runs": lambda: curve_scene([10, 20, 30], {"ID": rng.normal(5, 1, size=(4, 3))}, full=6),
    "one position": lambda: curve_scene([7], {"ID": [0.5]}),
    "weights": lambda: weights_scene(rng.normal(size=(64, 50)), rng.permutation(50)),
    "margins": lambda: margin_scene(
        DIGITS[:3], np.arange(12.0).reshape(4, 3) - 5, np.zeros((4, 3), int), range(5, 25, 5)
    ),
    "rebuilt": lambda: rebuild_scene(
        DIGITS[:2], range(64), rng.uniform(size=(64, 2, 64)), {"a": rng.uniform(size=64)}
    ),
    "heat": lambda: heat_scene([1, 2, 3], rng.uniform(size=(3, 2, 2)), ["a", "b"], ["c", "d"]),
}


def steps(rows=3):
    """Return a scene whose picture is known pixel by pixel: the first k rows of a dark column."""
    figure = Figure(figsize=(1, 1), dpi=rows, facecolor="white")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.axis("off")
    image = ax.imshow(np.ones((rows, rows)), cmap="gray", vmin=0, vmax=1)

    def move(k):
        image.set_data(np.arange(rows)[:, None] * np.ones(rows) >= k)
        return f"k = {k} <of> {rows}"

    return Scene(figure, [image], move, range(rows + 1))


@pytest.fixture(params=SCENES)
def scene(request):
    return SCENES[request.param]()


def test_every_scene_function_is_swept():
    functions = {name for name in dir(figures) if name.endswith("_scene")}
    swept = {name for build in SCENES.values() for name in build.__code__.co_names}
    assert functions <= swept


def test_sweep_over_the_whole_range(scene):
    told, pictures = [], []
    for k in scene.positions:
        told.append(scene.move(k))
        pictures.append(scene.pixels(k))
        assert pictures[-1].shape == scene.still().shape
        assert pictures[-1].std() > 1, "an empty figure"
    assert len(set(told)) == len(told)
    assert not re.search(r"\b(nan|inf)\b", " ".join(told))
    assert len(told) == 1 or any((pictures[0] != other).any() for other in pictures[1:])


def test_a_position_looks_the_same_from_wherever_one_comes(scene):
    first, *_, last = [*scene.positions] * 2
    alone = scene.pixels(first)
    scene.pixels(last)
    np.testing.assert_array_equal(scene.pixels(first), alone)


def test_in_place_equals_drawn_as_a_whole():
    scene = SCENES["curves"]()
    scene.pixels(40)
    quick = scene.pixels(15)
    for artist in scene.moving:
        artist.set_animated(False)
    scene.figure.canvas.draw()
    whole = np.asarray(scene.figure.canvas.buffer_rgba())[:, :, :3]
    # only where a moving artist crosses the legend or a spine may the order of drawing be seen
    assert (quick != whole).any(axis=2).mean() < 0.005


def test_pixels_are_those_of_the_position():
    scene = steps()
    for k in scene.positions:
        np.testing.assert_array_equal(scene.pixels(k)[:, 0, 0] == 0, np.arange(3) < k)
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(scene.png(2))).convert("RGB")), scene.pixels(2)
    )


def test_scene_takes_a_figure_away_from_pyplot():
    figure, ax = plt.subplots()
    (line,) = ax.plot([0, 1])
    scene = Scene(figure, [line], lambda k: line.set_ydata([0, k]) or f"k = {k}", [1, 2])
    assert not plt.fignum_exists(figure.number)
    assert (scene.pixels(1) != scene.still()).any()


@pytest.mark.parametrize(
    "positions", [[1, 2, 4], [3, 2, 1], [1, 1], [0.5, 1.5], [1, 2.5], [], ["a"], [np.nan], None]
)
def test_uneven_positions(positions):
    with pytest.raises(ValueError, match="equal steps") as error:
        Scene(Figure(), [], str, positions)
    assert str(positions) in str(error.value)


def test_a_legend_covers_what_moves_but_not_what_lies_above():
    figure = Figure(figsize=(4, 4), dpi=50)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.plot([0, 1], [2, 2], label="a long label for a wide legend")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.legend(loc="center", frameon=False)
    rule = ax.axvline(0, color="red", lw=3)
    (dot,) = ax.plot([], [], "s", color="blue", ms=4, zorder=6)

    def move(k):
        rule.set_xdata([k / 10, k / 10])
        dot.set_data([k / 10], [0.5])
        return f"k = {k}"

    scene = Scene(figure, [rule, dot], move, range(11))
    column = scene.pixels(5)[:, 100].astype(int)
    red = column[:, 0] > column[:, 2] + 100
    blue = column[:, 2] > column[:, 0] + 100
    assert red[:80].all()
    assert red[120:].all()
    assert not red[97:103].any()
    assert blue[99:101].all()


def test_stops_on_a_logarithmic_axis_lie_evenly():
    scene = curve_scene(range(1, 899), {"ID": np.arange(898.0)}, logx=True)
    stops = np.array(scene.stops)
    assert set(stops) <= set(scene.positions)
    assert (stops[0], stops[-1]) == (1, 898)
    # where whole numbers are far apart every one, then equal steps of a few pixels
    np.testing.assert_array_equal(stops[:20], np.arange(1, 21))
    scene.pixels(1)
    (x, _) = scene.figure.axes[0].transData.transform([(k, 0.0) for k in stops[20:]]).T
    assert np.diff(x).max() < 15
    assert scene.png(537) != scene.png(536), "positions between two stops are drawn as well"
    assert curve_scene(range(1, 899), {"ID": np.arange(898.0)}).stops == list(range(1, 899))


@pytest.mark.parametrize("stops", [[], [2, 1], [1, 1, 2], [1, 5], [0, 1]])
def test_stops_that_are_no_positions(stops):
    with pytest.raises(
        ValueError, match=re.escape(f"stops must be positions and rise, got {stops}")
    ):
        Scene(Figure(), [], str, [1, 2, 3], stops=stops)


def test_a_title_is_given_or_that_of_the_figure_or_of_its_first_axes():
    figure = Figure()
    assert Scene(figure, [], str, [1]).title == ""
    figure.subplots().set_title("of the axes", loc="left")
    assert Scene(figure, [], str, [1]).title == "of the axes"
    figure.suptitle("of the figure")
    assert Scene(figure, [], str, [1]).title == "of the figure"
    assert Scene(figure, [], str, [1], title="given").title == "given"
