"""All lessons: the style of the figures, and one look for each method through the whole series."""

import io
from contextlib import contextmanager, nullcontext
from functools import cache

import matplotlib as mpl
import matplotlib.figure
import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgba

# Okabe and Ito's palette, without its yellow, which vanishes on a projector.
BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#000000", "#595959"
DASH_DOT_DOT, LONG_DASH, SHORT_DASH = (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (8, 2)), (0, (2, 1))

# Colour, dash and marker. The first seven go in turn to curves that name no method.
LOOKS = {
    "id": (BLUE, "-", "o"),
    "magnitude": (VERMILLION, "--", "s"),
    "scratch": (GREEN, "-.", "^"),
    "random": (PURPLE, ":", "v"),
    "ridge": (ORANGE, DASH_DOT_DOT, "D"),
    "agreement": (SKY, LONG_DASH, "P"),
    "best possible": (BLACK, SHORT_DASH, "x"),
    "accuracy": (BLUE, "-", "o"),
    "refit": (GREEN, "-.", "^"),
    "bound": (ORANGE, DASH_DOT_DOT, "D"),
    "greedy": (ORANGE, DASH_DOT_DOT, "D"),
    "training images": (SKY, "--", "P"),
    "fine-tuned": (SKY, "--", "X"),
    "test images": (BLACK, "-.", "d"),
    "ticket": (BLACK, "--", "P"),
    "full network": (GREY, ":", ""),
}
TURN = list(LOOKS.values())[:7]


@cache
def _settings():
    with matplotlib.style.context(["default", "tutorial_helpers.figures.style"]):
        settings = mpl.rcParams.copy()
    return {key: settings[key] for key in settings if key not in ("backend", "interactive")}


def style():
    """Return a context in which figures look as in the series, whatever style the reader chose."""
    # only what differs: matplotlib checks each setting, and a slider waits for it
    return mpl.rc_context({k: v for k, v in _settings().items() if mpl.rcParams[k] != v})


class Figure(matplotlib.figure.Figure):
    """A figure of the series: pyplot knows nothing of it, and it keeps its style when it is drawn.

    Ticks, for one, are only made when they are drawn, long after a reader may have chosen
    another style.
    """

    def __init__(self, **options):
        with style():
            super().__init__(**options)
        FigureCanvasAgg(self)

    def draw(self, renderer):
        """Draw in the style of the series."""
        with style():
            super().draw(renderer)

    def savefig(self, *arguments, **options):
        """Save in the style of the series."""
        with style():
            super().savefig(*arguments, **options)

    def _repr_png_(self):
        # a notebook can show it even if nobody has asked pyplot for a backend yet
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        return buffer.getvalue()


def style_of(figure):
    """Return the context in which a figure is drawn: a reader's own in the style that rules."""
    return style() if isinstance(figure, Figure) else nullcontext()


@contextmanager
def drawing_on(ax, **size):
    """Yield the axes to draw on: new ones in the style of the series, or the reader's in theirs."""
    figure = Figure(**size) if ax is None else ax.figure.figure
    with style_of(figure):
        yield figure.subplots() if ax is None else ax


def seen_on(ax, color):
    """Return the colour, but what is grey or black inverted where the axes are dark."""
    red, green, blue, _ = to_rgba(color)
    face = to_rgba(ax.get_facecolor())
    if face[3] == 0:
        face = to_rgba(ax.figure.get_facecolor())
    dark = face[3] > 0 and sum(face[:3]) < 1.5
    return to_hex((1 - red,) * 3) if dark and red == green == blue else color


def looks_of(labels, looks, ax):
    """Return the colour, dash and marker of each label, as keywords of `Axes.plot`.

    A label has the look that ``looks`` names for it, or the look of that name. The others take
    what the axes have not got yet, in turn; when a colour comes again, its marker is hollow.
    """
    looks = {} if looks is None else looks
    unknown = {label: look for label, look in looks.items() if str(look).lower() not in LOOKS}
    if unknown or not set(looks) <= set(labels):
        raise ValueError(
            f"looks must give labels of curves the name of a look, one of {', '.join(LOOKS)}; "
            f"the labels are {list(labels)}, got {looks}"
        )
    named = {label: LOOKS.get(str(looks.get(label, label)).lower()) for label in labels}
    used = [to_hex(line.get_color()).upper() for line in ax.lines]
    used += [look[0] for look in named.values() if look]
    hollow = {}
    for label, look in named.items():
        if look is None:
            at = min(range(len(TURN)), key=lambda i: used.count(TURN[i][0]))
            color, times = TURN[at][0], used.count(TURN[at][0])
            used.append(color)
            named[label] = (color, *TURN[(at + times) % len(TURN)][1:])
            if times:
                hollow[label] = {"markerfacecolor": ax.get_facecolor()}
    return {
        label: {"color": seen_on(ax, color), "linestyle": dash, "marker": marker}
        | hollow.get(label, {})
        for label, (color, dash, marker) in named.items()
    }
