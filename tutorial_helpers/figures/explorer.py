"""All lessons: the k explorer. A scene computes and draws, this module only wires controls."""

import json
from html import escape
from itertools import count
from pathlib import Path

import ipywidgets as widgets
import numpy as np
from IPython import get_ipython

from .showing import show_png

LABELS = Path(__file__).with_name("labels.js").read_text(encoding="utf-8")
# A scene of so few positions has all its pictures drawn before the slider moves.
FEW = 40
_numbers = count()
# The explorers of each cell, with the run that made them.
_made = {}


class Explorer(widgets.VBox):
    """Controls, picture and sentence; when closed, nothing of them is kept, nor of the scene."""

    def close(self):
        """Close all widgets inside as well: ipywidgets keeps each one until it is closed."""
        inside, self.children = list(self.children), ()
        for widget in inside:
            inside += getattr(widget, "children", ())
            for part in (widget.layout, getattr(widget, "style", widget), widget):
                part.close()
                part.unobserve_all()
        self.layout.close()
        super().close()


def _replace(explorer):
    """Close the explorers that an earlier run of the same cell has made: their place is taken."""
    request = getattr(get_ipython(), "get_parent", dict)()
    # not every page names its cells; the code alone would close a twin that is still looked at
    cell = request.get("metadata", {}).get("cellId")
    if cell is None:
        return
    run = request["header"]["msg_id"]
    before, explorers = _made.get(cell, (run, []))
    if before != run:
        while explorers:
            explorers.pop().close()
    _made[cell] = (run, [*explorers, explorer])


def explore_k(scene, start=None):
    """Wire a slider, a number field and a play button to a scene.

    The picture is drawn in place at every position while the slider is dragged; if the hand is
    faster than the picture, the latest position wins. Arrows, Home, End and the page keys move a
    focused slider. Along a logarithmic axis the slider keeps step with the axis, and the number
    field takes every position in between. A screen reader is told the values at the new position.
    When its cell is run again, the new explorer takes the place of the old one, which is closed.

    Parameters
    ----------
    scene : Scene
        From one of the scene functions; every position is computed before the slider moves.
    start : int, optional
        First position; by default the one in the middle.

    Returns
    -------
    explorer : Explorer, an ipywidgets.VBox
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
    'k = 3: ID 90.0%'
    """
    positions, stops = scene.positions, scene.stops
    now = stops[len(stops) // 2] if start is None else start
    drawn = {k: (scene.png(k), scene.move(k)) for k in positions if len(positions) <= FEW}

    def at(k):
        png, told = drawn.get(k) or (scene.png(k), scene.move(k))
        return png, escape(told)

    def nearest(k):
        return stops[int(np.abs(np.array(stops) - k).argmin())]

    png, told = at(now)
    wide = {"width": f"{scene.width}px", "max_width": "100%"}
    picture = widgets.Image(value=png, format="png", layout=wide)
    sentence = widgets.HTML(told, style={"font_size": "16px"})
    slider = widgets.SelectionSlider(
        options=[(str(stop), stop) for stop in stops],
        value=nearest(now),
        description=scene.name,
        readout=False,
        layout={"flex": "1 1 15em", "width": "auto", "min_width": "15em", "max_width": "45em"},
    )
    field = widgets.BoundedIntText(
        now, min=positions[0], max=positions[-1], step=positions.step, layout={"width": "6em"}
    )
    # The player counts stops, so that it plays evenly along the axis. It never goes beyond its
    # largest value, which must therefore be a multiple of the step.
    last, step = len(stops) - 1, max(1, len(stops) // 100)
    play = widgets.Play(min=0, max=-(-last // step) * step, step=step)

    def go(k):
        nonlocal now
        if k != now:
            now = k
            try:
                picture.value, sentence.value = at(k)
            except Exception as error:
                # Jupyter would hide it in a log, and the picture would stand still without a reason
                told = f"{scene.name} = {k} cannot be drawn: {type(error).__name__}: {error}"
                sentence.value = f"<strong>{escape(told)}</strong>"
        field.value, slider.value = k, nearest(k)
        if not play.playing:  # otherwise it is ahead of the picture and must not be called back
            play.value = slider.index if slider.index < last else play.max

    def moved(k):
        # a hand that moves a control stops the player
        play.playing = False
        go(k)

    def slid(change):
        # the slider also moves when it follows another control
        if change["new"] != nearest(now):
            moved(change["new"])

    def typed(change):
        # a number may lie between two positions
        k = positions[round((change["new"] - positions[0]) / positions.step)]
        moved(k) if k != now else go(k)

    def played(change):
        # of a player that was stopped only its stop button counts, which sends it to 0
        heard = play.playing or change["new"] == 0
        k = stops[min(change["new"], last)] if heard else now
        go(now if k == nearest(now) else k)

    slider.observe(slid, "value")
    field.observe(typed, "value")
    play.observe(played, "value")
    controls = widgets.HBox([play, slider, field], layout={"flex_flow": "row wrap"})
    explorer = Explorer([controls, picture, sentence])
    go(now)
    _label(explorer, scene)
    _replace(explorer)
    return explorer


def _label(explorer, scene):
    """Give the controls and the picture the labels that ipywidgets cannot give them."""
    names = {"mark": f"explorer-{next(_numbers)}", "name": scene.name, "title": scene.title}
    names["stops"] = scene.stops
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
