"""The k explorer: a scene computes and draws, this module only wires controls to it."""

import json
from html import escape
from itertools import count
from pathlib import Path

import ipywidgets as widgets

from .plotting import show_png

LABELS = Path(__file__).with_name("labels.js").read_text(encoding="utf-8")
# A slider of so few positions has all its pictures drawn before it moves.
FEW = 40
_numbers = count()


def explore_k(scene, start=None):
    """Wire a slider, a number field and a play button to a scene.

    The picture is drawn in place at every position while the slider is dragged; if the hand is
    faster than the picture, the latest position wins. Arrows, Home, End and the page keys move a
    focused slider. A screen reader is told the values at the new position.

    Parameters
    ----------
    scene : Scene
        From one of the scene functions; every position is computed before the slider moves.
    start : int, optional
        First position; by default the one in the middle.

    Returns
    -------
    explorer : ipywidgets.VBox
        Its first three children: the controls, the picture, and the sentence with the values.

    Raises
    ------
    ValueError
        If ``start`` is no position of the scene.

    Examples
    --------
    >>> from tutorial_helpers import curve_scene
    >>> explorer = explore_k(curve_scene([1, 2, 3], {"ID": [0.5, 0.7, 0.9]}), start=1)
    >>> controls, picture, sentence = explorer.children[:3]
    >>> play, slider, field = controls.children
    >>> slider.value = 3
    >>> sentence.value
    'k = 3: ID 0.9'
    """
    positions = scene.positions
    start = positions[len(positions) // 2] if start is None else start
    drawn = {k: (scene.png(k), scene.move(k)) for k in positions if len(positions) <= FEW}

    def at(k):
        png, told = drawn.get(k) or (scene.png(k), scene.move(k))
        return png, escape(told)

    png, told = at(start)
    wide = {"width": f"{scene.width}px", "max_width": "100%"}
    picture = widgets.Image(value=png, format="png", layout=wide)
    sentence = widgets.HTML(told, style={"font_size": "16px"})
    steps = {"min": positions[0], "max": positions[-1], "step": positions.step, "value": start}
    slider = widgets.IntSlider(
        **steps, description=scene.name, readout=False, layout={"width": "60%"}
    )
    field = widgets.BoundedIntText(**steps, layout={"width": "6em"})
    play = widgets.Play(**steps | {"step": positions.step * max(1, len(positions) // 100)})

    def redraw(change):
        k = change["new"]
        try:
            picture.value, sentence.value = at(k)
        except Exception as error:
            # Jupyter would hide it in a log, and the picture would stand still without a reason
            told = f"{scene.name} = {k} cannot be drawn: {type(error).__name__}: {error}"
            sentence.value = f"<strong>{escape(told)}</strong>"
        field.value = k
        # while it plays, the player is ahead of the picture and must not be called back
        play.value = play.value if play.playing else k

    def follow(change):
        # a number typed into the field may lie between two positions
        k = positions[round((change["new"] - positions[0]) / positions.step)]
        slider.value = change["owner"].value = k

    slider.observe(redraw, "value")
    field.observe(follow, "value")
    play.observe(follow, "value")
    explorer = widgets.VBox([widgets.HBox([play, slider, field]), picture, sentence])
    _label(explorer, scene)
    return explorer


def _label(explorer, scene):
    """Give the controls and the picture the labels that ipywidgets cannot give them."""
    names = {"mark": f"explorer-{next(_numbers)}", "name": scene.name, "title": scene.title}
    explorer.add_class(names["mark"])
    script = LABELS.replace("NAMES", json.dumps(names).replace("</", "<\\/"))
    data = {"text/html": f"<script>{script}</script>"}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    explorer.children += (widgets.Output(outputs=(output,)),)


def show_snapshots(scene, positions, caption=""):
    """Show a few telling positions of a scene as one captioned picture.

    The static twin of `explore_k`, for readers without a kernel.

    Parameters
    ----------
    scene : Scene
    positions : list of int
    caption : str
        What to look for; the sentences with the values follow it.

    Raises
    ------
    ValueError
        If one of them is no position of the scene.

    Examples
    --------
    >>> from tutorial_helpers import curve_scene
    >>> scene = curve_scene([1, 2], {"ID": [0.5, 0.7]})
    >>> show_snapshots(scene, [1, 2])  # doctest: +SKIP
    """
    png, sentences = scene.snapshots(positions)
    show_png(png, " ".join([caption, *(f"{sentence}." for sentence in sentences)]).strip())
