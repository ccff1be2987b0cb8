"""All lessons: figures, each module upon those before it.

`style` (one look for each method), `showing` (picture and caption), `plots`, `scene` (what moves
with a slider), `scenes` and `image_scenes` of the lessons, the `explorer` with its controls, and
the `drawing` that a page reads.
"""

from .drawing import draw_digit, load_drawing_network, load_drawings
from .explorer import explore_k, show_snapshots
from .image_scenes import margin_scene, rebuild_scene, weights_scene
from .plots import plot_curves, plot_differences, plot_images, plot_stretch
from .scenes import curve_scene, heat_scene
from .showing import show

__all__ = [
    "show",
    "plot_images",
    "plot_curves",
    "plot_differences",
    "plot_stretch",
    "curve_scene",
    "weights_scene",
    "rebuild_scene",
    "margin_scene",
    "heat_scene",
    "explore_k",
    "show_snapshots",
    "draw_digit",
    "load_drawing_network",
    "load_drawings",
]
