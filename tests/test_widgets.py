"""The explorer without a browser: every scene over its whole range, and the wiring."""

import io
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import tutorial_helpers.widgets as module
from tutorial_helpers import curve_scene, explore_k, plotting, show_snapshots, weights_scene
from tutorial_helpers.plotting import Scene

rng = np.random.default_rng(0)
DIGITS = rng.uniform(size=(30, 64))
SCENES = {
    "curves": lambda: curve_scene(
        range(1, 41), {"ID": np.sqrt(np.arange(1, 41)), "bound": np.arange(1, 41)}, log=True
    ),
    "runs": lambda: curve_scene([10, 20, 30], {"ID": rng.normal(5, 1, size=(4, 3))}, full=6),
    "one position": lambda: curve_scene([7], {"ID": [0.5]}),
    "weights": lambda: weights_scene(rng.normal(size=(64, 50)), rng.permutation(50)),
    "margins": lambda: plotting.margin_scene(
        DIGITS[:3], np.arange(12.0).reshape(4, 3) - 5, np.zeros((4, 3), int), range(5, 25, 5)
    ),
    "rebuilt": lambda: plotting.rebuild_scene(DIGITS[:20], DIGITS[20:]),
    "heat": lambda: plotting.heat_scene(
        [1, 2, 3], rng.uniform(size=(3, 2, 2)), ["a", "b"], ["c", "d"]
    ),
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
    functions = {name for name in dir(plotting) if name.endswith("_scene")}
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


@pytest.mark.parametrize("positions", [[1, 2, 4], [3, 2, 1], [1, 1], [0.5, 1.5], [1, 2.5]])
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


@pytest.mark.parametrize("k", [0, 41, -1, 1.5, "2", None])
def test_a_position_that_is_none(k):
    scene = SCENES["curves"]()
    for draw in (scene.move, scene.pixels, scene.png, lambda k: scene.snapshots([k])):
        with pytest.raises(ValueError, match="k must be a position of the slider, 1 … 40"):
            draw(k)
    with pytest.raises(ValueError, match="position"):
        explore_k(scene, start=k if k is not None else 0)


def parts(explorer):
    (play, slider, field), picture, sentence = (
        explorer.children[0].children,
        *explorer.children[1:3],
    )
    return play, slider, field, picture, sentence


@pytest.mark.parametrize("control", [0, 1, 2])
def test_each_control_moves_everything(control):
    scene = steps(20)
    controls = parts(explore_k(scene))
    controls[0].playing = control == 0
    for k in (0, 20, 7):
        controls[control].value = k
        *followers, picture, sentence = controls
        assert [follower.value for follower in followers] == [k, k, k]
        assert picture.value == scene.png(k)
        assert sentence.value == f"k = {k} &lt;of&gt; 20"


def test_starts_in_the_middle_or_where_told():
    assert parts(explore_k(steps(20)))[1].value == 10
    *_, picture, sentence = parts(explore_k(steps(20), start=3))
    assert (picture.value, sentence.value) == (steps(20).png(3), "k = 3 &lt;of&gt; 20")


def test_a_number_between_two_positions_goes_to_the_nearest():
    scene = curve_scene([10, 20, 30], {"ID": [1, 2, 3]})
    _, slider, field, _, sentence = parts(explore_k(scene))
    for typed, k in ((14, 10), (26, 30), (29, 30)):
        field.value = typed
        assert (slider.value, field.value) == (k, k)
        assert sentence.value.startswith(f"k = {k}:")


def few_stops():
    """Return an explorer whose slider stops at 0, 10 and 50 of 60 positions."""
    scene = steps(60)
    scene.stops = [0, 10, 50]
    return scene, *parts(explore_k(scene, start=0))


def test_between_two_stops_a_number_can_be_typed():
    scene, play, slider, field, picture, sentence = few_stops()
    assert slider.options == (("0", 0), ("10", 10), ("50", 50))
    field.value = 33
    assert (slider.value, field.value, play.value) == (50, 33, 2)
    assert picture.value == scene.png(33)
    assert sentence.value == "k = 33 &lt;of&gt; 60"
    slider.value = 10
    assert (slider.value, field.value, play.value) == (10, 10, 1)
    assert picture.value == scene.png(10)
    field.value = 12
    assert (slider.value, picture.value) == (10, scene.png(12))


def test_the_player_goes_from_stop_to_stop():
    scene, play, slider, field, picture, _ = few_stops()
    assert (play.min, play.max, play.step) == (0, 2, 1)
    play.playing = True
    for stop, k in enumerate([0, 10, 50]):
        play.value = stop
        assert (slider.value, field.value) == (k, k)
        assert picture.value == scene.png(k)


def test_an_explorer_may_start_between_two_stops():
    scene = few_stops()[0]
    play, slider, field, picture, _ = parts(explore_k(scene, start=13))
    assert (play.value, slider.value, field.value) == (1, 10, 13)
    assert picture.value == scene.png(13)


def test_a_hand_stops_the_player():
    play, slider, field, _, sentence = parts(explore_k(steps(20), start=0))
    for control, k in ((slider, 15), (field, 4)):
        play.playing = True
        play.value = 7
        control.value = k
        assert not play.playing
        assert (play.value, slider.value, field.value) == (k, k, k)
        play.value = 8  # it had gone on before it heard
        assert (play.value, slider.value, field.value) == (k, k, k)
        assert sentence.value == f"k = {k} &lt;of&gt; 20"
    play.value = 0  # its stop button
    assert (slider.value, field.value) == (0, 0)


def test_the_player_is_not_called_back_while_it_plays():
    play, slider, field, *_ = parts(explore_k(steps(20), start=3))
    play.playing, play.value = True, 9
    assert (play.playing, play.value, slider.value, field.value) == (True, 9, 9, 9)


@pytest.mark.parametrize("length", [2, 99, 100, 200, 201, 256, 900])
def test_the_player_crosses_the_whole_range_in_a_hundred_steps(length):
    scene = curve_scene(range(1, length + 1), {"ID": np.arange(length)})
    play, slider, field, *_ = parts(explore_k(scene, start=1))
    assert slider.options == tuple((str(k), k) for k in range(1, length + 1))
    play.playing = True
    values = range(0, play.max + 1, play.step)  # as the browser counts
    assert len(values) < 200
    if length >= 900:
        assert 80 <= len(values) <= 120
    for value in values:
        play.value = value
    assert (slider.value, field.value) == (length, length)
    # from its largest value the browser starts again at its smallest
    play.playing = False
    slider.value = 1
    slider.value = length
    assert play.value == play.max


def test_few_positions_are_drawn_ahead():
    scene = steps(20)
    slider, _, picture, sentence = parts(explore_k(scene))[1:]
    expected = {k: (scene.png(k), f"k = {k} &lt;of&gt; 20") for k in scene.positions}
    scene._move = None  # nothing may be drawn any more
    for k in (0, 20, 3):
        slider.value = k
        assert (picture.value, sentence.value) == expected[k]


def test_an_error_is_told_and_the_next_move_works():
    scene = curve_scene(range(1, 60), {"ID": range(1, 60)})
    whole = scene._move

    def fails_at_two(k):
        if k == 2:
            raise ArithmeticError("no <root>")
        return whole(k)

    scene._move = fails_at_two
    _, slider, _, picture, sentence = parts(explore_k(scene, start=1))
    before = picture.value
    slider.value = 2
    assert "k = 2 cannot be drawn: ArithmeticError: no &lt;root&gt;" in sentence.value
    assert picture.value == before
    slider.value = 3
    assert sentence.value == "k = 3: ID 3"
    assert picture.value == scene.png(3)


def test_labels_reach_the_page_as_data():
    scene = steps()
    scene.title, scene.name = 'A "title" </script> with $k$', "width"
    first, second = explore_k(scene), explore_k(scene)
    scripts = [explorer.children[3].outputs[0]["data"]["text/html"] for explorer in (first, second)]
    assert scripts[0].count("</script>") == 1
    names = json.loads(re.search(r"= (\{.*\});", scripts[0])[1].replace("<\\/", "</"))
    assert (names["name"], names["title"]) == (scene.name, scene.title)
    assert names["mark"] in first._dom_classes
    assert set(first._dom_classes).isdisjoint(second._dom_classes)


def test_snapshots_show_pictures_and_sentences(monkeypatch):
    shown = []
    monkeypatch.setattr(module, "show_png", lambda *what: shown.append(what))
    scene = steps(20)
    show_snapshots(scene, [2, 19], "Look at the rows.")
    png, caption = shown[0]
    assert caption == "Look at the rows. k = 2 <of> 20. k = 19 <of> 20."
    both = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    np.testing.assert_array_equal(both, np.vstack([scene.pixels(2), scene.pixels(19)]))
