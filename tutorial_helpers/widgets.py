"""The k explorer: a scene computes and draws, this module only wires controls to it."""

import ipywidgets as widgets

from .plotting import show_png


def explore_k(scene, start=None):
    """Wire a slider, a number field and a play button to a scene.

    The picture is drawn in place at every position while the slider is dragged. Arrows, Home,
    End and the page keys move a focused slider.

    Parameters
    ----------
    scene : Scene
        From one of the scene functions; every position is computed before the slider moves.
    start : int, optional
        First position; by default the one in the middle.

    Returns
    -------
    explorer : ipywidgets.VBox
        Its children: the controls, the picture, and the sentence with the values.

    Raises
    ------
    ValueError
        If ``start`` is no position of the scene.

    Examples
    --------
    >>> from tutorial_helpers import curve_scene
    >>> explorer = explore_k(curve_scene([1, 2, 3], {"ID": [0.5, 0.7, 0.9]}), start=1)
    >>> controls, picture, sentence = explorer.children
    >>> slider = controls.children[1]
    >>> slider.value = 3
    >>> sentence.value
    'k = 3: ID 0.9'
    """
    positions = scene.positions
    start = positions[len(positions) // 2] if start is None else start
    picture = widgets.Image(value=scene.png(start), format="png")
    sentence = widgets.HTML(scene.move(start))
    steps = {"min": positions[0], "max": positions[-1], "step": positions.step, "value": start}
    slider = widgets.IntSlider(**steps, description=scene.name, layout={"width": "60%"})
    field = widgets.BoundedIntText(**steps, layout={"width": "6em"})
    play = widgets.Play(**steps | {"step": positions.step * max(1, len(positions) // 100)})
    for other in (field, play):
        widgets.jslink((other, "value"), (slider, "value"))

    def redraw(change):
        picture.value = scene.png(change["new"])
        sentence.value = scene.move(change["new"])

    slider.observe(redraw, "value")
    return widgets.VBox([widgets.HBox([play, slider, field]), picture, sentence])


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
