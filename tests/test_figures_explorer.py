"""The explorer without a browser: its wiring, and what is left of it when it is closed."""

import gc
import io
import json
import re
import weakref

import ipywidgets
import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel
from matplotlib.figure import Figure
from PIL import Image

import tutorial_helpers.figures.explorer as module
from tutorial_helpers import curve_scene, explore_k, show_snapshots
from tutorial_helpers.figures.scene import Scene


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


@pytest.mark.parametrize("k", [0, 41, -1, 1.5, "2", None])
def test_a_position_that_is_none(k):
    scene = curve_scene(range(1, 41), {"ID": range(1, 41)})
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


# --- shown again, closed, run again


def live_widgets():
    return set(ipywidgets.widgets.widget._instances)


def test_a_closed_explorer_leaves_no_widget_and_no_scene():
    before, scene = live_widgets(), steps(60)
    figure, explorer = weakref.ref(scene.figure), explore_k(scene)
    assert len(live_widgets() - before) > 10
    explorer.close()
    explorer.close()
    del scene
    gc.collect()
    assert live_widgets() == before
    assert figure() is None  # though the explorer is still at hand, as in the outputs of a notebook
    assert explorer.children == ()


class Shell:
    """Stand in for a kernel that runs cells."""

    def __init__(self):
        self.run, self.request = 0, {}

    def start(self, cell):
        """Begin to run a cell."""
        self.run += 1
        self.request = {"header": {"msg_id": str(self.run)}, "metadata": {"cellId": cell}}

    def get_parent(self):
        """Return the request that has started the cell."""
        return self.request


def closed(explorer):
    return explorer.comm is None


@pytest.fixture
def shell(monkeypatch):
    shell = Shell()
    monkeypatch.setattr(module, "get_ipython", lambda: shell)
    monkeypatch.setattr(module, "_made", {})
    return shell


def test_a_cell_that_runs_again_closes_its_explorers_and_no_others(shell):
    shell.start("one")
    first, second = explore_k(steps()), explore_k(steps())
    shell.start("two")
    other = explore_k(steps())
    assert not any(map(closed, (first, second, other)))
    shell.start("one")
    third = explore_k(steps())
    assert closed(first)
    assert closed(second)
    fourth = explore_k(steps())
    assert not any(map(closed, (third, fourth, other)))


@pytest.mark.parametrize("request_", [{}, {"header": {"msg_id": "1"}, "content": {"code": "c"}}])
def test_what_no_cell_with_a_name_has_made_stays_open(shell, request_):
    shell.request = request_
    first = explore_k(steps())
    shell.request = request_ | {"header": {"msg_id": "2"}}
    explore_k(steps())
    assert not closed(first)


def test_in_a_kernel_a_cell_that_runs_again_keeps_one_figure_and_its_widgets():
    setup = "import gc, ipywidgets\nfrom tutorial_helpers import curve_scene, explore_k"
    cell = "explore_k(curve_scene(range(1, 60), {'ID': range(1, 60)}))"
    count = (
        "gc.collect()\n"
        "scenes = sum(type(each).__name__ == 'Scene' for each in gc.get_objects())\n"
        "print(scenes, len(ipywidgets.widgets.widget._instances))"
    )
    manager, client = start_new_kernel(extra_arguments=["--log-level=ERROR"])
    printed = []
    try:
        for code in (setup, cell, count, cell, cell, count):
            content = {"code": code, "silent": False, "store_history": True}
            request = client.session.msg("execute_request", content, metadata={"cellId": code})
            client.shell_channel.send(request)
            client.get_shell_msg(timeout=60)
            while (message := client.get_iopub_msg(timeout=60)) and not (
                message["parent_header"].get("msg_id") == request["header"]["msg_id"]
                and message["content"].get("execution_state") == "idle"
            ):
                printed += [message["content"]["text"]] if message["msg_type"] == "stream" else []
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    first, last = printed
    assert first == last
    assert first.startswith("1 ")
