"""Figures: Axes in, Axes out; scenes, of which only little moves; and how both are shown."""

import base64
import io
import struct
import zlib

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from PIL import Image

from .decomposition import PivotedQR

STYLE = "tutorial_helpers.style"

# One colour, marker and dash for each method through the whole series (Okabe and Ito's palette).
METHODS = {
    "full": {"color": "0.35", "linestyle": ":", "marker": ""},
    "id": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "magnitude": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    "random": {"color": "#CC79A7", "linestyle": ":", "marker": "v"},
    "scratch": {"color": "#009E73", "linestyle": "-.", "marker": "^"},
    "bound": {"color": "#E69F00", "linestyle": "--", "marker": "D"},
    "best": {"color": "#000000", "linestyle": "-.", "marker": "x"},
    "training": {"color": "#56B4E9", "linestyle": "--", "marker": "P"},
    "test": {"color": "#000000", "linestyle": "-", "marker": "o"},
    "classical": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    "modified": {"color": "#E69F00", "linestyle": "-.", "marker": "D"},
    "householder": {"color": "#009E73", "linestyle": "-", "marker": "^"},
    "accuracy": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "agreement": {"color": "#56B4E9", "linestyle": "--", "marker": "P"},
    "measured": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "operations": {"color": "#000000", "linestyle": "-.", "marker": "x"},
    "time": {"color": "#E69F00", "linestyle": "--", "marker": "D"},
    "greedy": {"color": "#E69F00", "linestyle": "-.", "marker": "D"},
    "ticket": {"color": "#000000", "linestyle": "--", "marker": "P"},
    "fine-tuned": {"color": "#56B4E9", "linestyle": "--", "marker": "X"},
    "ridge": {"color": "#E69F00", "linestyle": "--", "marker": "D"},
    "missing": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    "tight": {"color": "#CC79A7", "linestyle": "-.", "marker": "d"},
    "refit": {"color": "#009E73", "linestyle": "-.", "marker": "^"},
    "uniform": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "equal": {"color": "#CC79A7", "linestyle": ":", "marker": "v"},
    "plain": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    "uncut": {"color": "#CC79A7", "linestyle": ":", "marker": "v"},
    "one": {"color": "#56B4E9", "linestyle": ":", "marker": "v"},
    "two": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "three": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    "first": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "second": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
}


def show(ax, caption):
    """Show a figure with its caption, which is its alternative text as well, and close it.

    Parameters
    ----------
    ax : matplotlib Axes, array of Axes, or Figure
    caption : str
        What the figure shows, in a sentence that serves a reader who cannot see it.

    Raises
    ------
    ValueError
        If the caption is empty.

    Examples
    --------
    >>> show(plt.figure(), "An empty figure.")  # doctest: +SKIP
    """
    figure = ax if isinstance(ax, Figure) else np.ravel(ax)[0].figure
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    plt.close(figure)
    show_png(buffer.getvalue(), caption)


def show_png(png, caption):
    """Show a picture that is already encoded, captioned as by `show`."""
    if not caption.strip():
        raise ValueError("a figure needs a caption: it is what a screen reader says instead")
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": caption}
    display(data, metadata={"image/png": {"alt": caption}}, raw=True)
    display(Markdown(f"*{caption}*"))


def _axes(ax, **size):
    return plt.subplots(**size)[1] if ax is None else ax


@plt.style.context(STYLE)
def plot_images(images, titles=None, *, axes=None, shape=(8, 8), columns=10, limits=None):
    """Draw rows of pixels as images, side by side.

    Parameters
    ----------
    images : array-like of shape (n, pixels)
    titles : list of str, optional
    axes : array of Axes, optional
    shape : tuple of int
        Rows and columns of pixels of one image.
    columns : int
        Images in a row of the figure.
    limits : tuple of float, optional
        Values drawn white and black; by default each image's own least and largest.

    Returns
    -------
    axes : ndarray of Axes

    Examples
    --------
    >>> len(plot_images(np.eye(3, 64)))
    3
    """
    images = np.asarray(images)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    if axes is None:
        size = (1.25 * columns, (1.6 if titles is not None else 1.25) * rows)
        axes = plt.subplots(rows, columns, figsize=size, squeeze=False)[1]
    axes = np.ravel(axes)
    low, high = limits if limits is not None else (None, None)
    for ax in axes:
        ax.set_axis_off()
    for i, (ax, image) in enumerate(zip(axes, images, strict=False)):
        ax.imshow(image.reshape(shape), vmin=low, vmax=high)
        if titles is not None:
            ax.set_title(titles[i], loc="center", fontsize=12, fontweight="normal")
    return axes[: len(images)]


@plt.style.context(STYLE)
def plot_curves(
    x, curves, *, ax=None, title="", xlabel="", ylabel="", full=None, log=False, logx=False
):
    """Draw one line per method against k, each with its own colour, dash and label.

    Parameters
    ----------
    x : array-like of shape (p,)
    curves : dict of str to array-like of shape (p,) or (runs, p)
        The key is the label; its first word picks the style if it names a method. Several runs
        are drawn as their mean with a band of one standard deviation.
    ax : Axes, optional
    title, xlabel, ylabel : str
    full : float, optional
        The full network's value, drawn as a grey reference line.
    log, logx : bool
        Whether the vertical, the horizontal axis is logarithmic.

    Returns
    -------
    ax : Axes

    Examples
    --------
    >>> ax = plot_curves([1, 2, 3], {"ID": [1.0, 2.0, 3.0]}, xlabel="k")
    >>> ax.get_xlabel()
    'k'
    """
    x = np.asarray(x)
    with plt.style.context(STYLE):
        ax = _axes(ax)
        for label, values in curves.items():
            values = np.asarray(values)
            look = _look(label, few=len(x) <= 20)
            if values.ndim == 2:
                mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
                color = look.get("color") or ax._get_lines.get_next_color()
                ax.fill_between(x, mean - spread, mean + spread, color=color, alpha=0.15, lw=0)
                values, look = mean, look | {"color": color}
            ax.plot(x, values, label=label, **look)
        if full is not None:
            ax.axhline(full, label="full network", **METHODS["full"])
        if log:
            ax.set_yscale("log")
            ax.yaxis.set_minor_locator(plt.NullLocator())
        if logx:
            ax.set_xscale("log")
            ax.xaxis.set_minor_locator(plt.NullLocator())
            ax.xaxis.set_major_locator(plt.LogLocator(subs=(1, 2, 5)))
            ax.xaxis.set_major_formatter(plt.ScalarFormatter())
        ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
        if len(curves) + (full is not None) > 1:
            ax.legend()
    return ax


@plt.style.context(STYLE)
def plot_stretch(A, *, ax=None):
    """Draw what a 2 x 2 matrix makes of the unit circle, and the vector that it stretches most.

    Parameters
    ----------
    A : array-like of shape (2, 2)
    ax : Axes, optional

    Returns
    -------
    ax : Axes

    Raises
    ------
    ValueError
        If ``A`` has another shape.

    Examples
    --------
    >>> plot_stretch([[2.0, 0.0], [0.0, 1.0]]).get_title(loc="left")
    'The largest stretch is ‖A‖₂ = 2.00'
    """
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2):
        raise ValueError(f"A must have shape (2, 2) to be drawn in the plane, got {A.shape}")
    ax = _axes(ax, figsize=(8, 4))
    angle = np.linspace(0, 2 * np.pi, 200)
    circle = np.array([np.cos(angle), np.sin(angle)])
    longest = A @ np.linalg.svd(A)[2][0]
    longest = longest if longest[0] >= 0 else -longest  # an SVD may point either way
    ax.plot(*circle, "--", color="0.35", label="v, of length 1")
    ax.plot(*(A @ circle), color=METHODS["id"]["color"], label="A v")
    ax.plot(*np.transpose([[0, 0], longest]), "o-", color="#D55E00", label="the longest A v")
    norm = np.linalg.norm(A, 2)
    ax.set(title=f"The largest stretch is ‖A‖₂ = {norm:.2f}", aspect="equal")
    ax.set(xlabel="first coordinate", ylabel="second coordinate")
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


@plt.style.context(STYLE)
def plot_differences(ks, differences, *, ax=None, title="", ylabel="difference (points)"):
    """Draw paired differences with their intervals beside each other, and the line of no effect.

    Parameters
    ----------
    ks : sequence of int, shape (p,)
        Drawn at equal distances, whatever their values.
    differences : dict of str to (mean, low, high), each of shape (p,)
        Fractions, as from `paired_differences`; drawn in percentage points. The first word of the
        label picks the style.
    ax : Axes, optional
    title, ylabel : str

    Returns
    -------
    ax : Axes

    Examples
    --------
    >>> ax = plot_differences([10, 20], {"ID": ([0.1, 0.0], [0.05, -0.05], [0.15, 0.05])})
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['10', '20']
    """
    ax = _axes(ax)
    ax.axhline(0, color="0.35", lw=1.5)
    for i, (label, (mean, low, high)) in enumerate(differences.items()):
        mean, low, high = 100 * np.array([mean, low, high])
        places = np.arange(len(ks)) + 0.16 * (i - (len(differences) - 1) / 2)
        look = _look(label, few=True) | {"linestyle": "", "label": label}
        ax.errorbar(places, mean, [mean - low, high - mean], capsize=5, **look)
    ax.set_xticks(np.arange(len(ks)), [str(k) for k in ks])
    ax.set(title=title, xlabel="neurons kept, k", ylabel=ylabel)
    ax.grid(axis="x", visible=False)
    if len(differences) > 1:
        ax.legend()
    return ax


def _look(label, *, few):
    look = dict(METHODS.get(label.split()[0].lower().rstrip(",:"), {}))
    if not few:
        look.pop("marker", None)
    return look


class Scene:
    """A figure of which only a few artists move with the position of a slider.

    All that stands still is drawn once and kept as a background; at each position the moving
    artists are updated in place and drawn on it. Legends stay readable: they cover what moves,
    unless its zorder is higher.

    Parameters
    ----------
    figure : matplotlib Figure
    moving : list of Artist
        The artists that `move` changes. Everything else is drawn once.
    move : callable
        ``move(k)`` updates the moving artists and returns a sentence with the values at k.
    positions : sequence of int
        All that can be drawn, rising in equal steps.
    name : str
        What a position is called: "k", "width", ….
    stops : sequence of int, optional
        The positions that a slider passes, rising; by default all of them. On a logarithmic axis
        fewer, so that the slider keeps step with the axis.

    Raises
    ------
    ValueError
        If the positions do not rise in equal steps, or the stops are not among them.

    Examples
    --------
    >>> scene = curve_scene([1, 2, 3], {"ID": [0.5, 0.7, 0.9]}, ylabel="test accuracy")
    >>> scene.move(2)
    'k = 2: ID 0.7'
    >>> scene.png(2)[1:4]
    b'PNG'
    """

    def __init__(self, figure, moving, move, positions, *, name="k", stops=None):
        positions = list(positions)
        first, step = int(positions[0]), int(positions[1] - positions[0]) if positions[1:] else 1
        self.positions = range(first, first + step * len(positions), step) if step > 0 else ()
        if list(self.positions) != positions:
            raise ValueError(f"positions must rise in equal steps, got {positions}")
        self.stops = [int(k) for k in (positions if stops is None else stops)]
        if not self.stops or self.stops != sorted(set(self.stops) & set(positions)):
            raise ValueError(f"stops must be positions and rise, got {self.stops}")
        # its own canvas: nobody else draws the figure or closes it
        plt.close(figure)
        FigureCanvasAgg(figure)
        self.figure, self.moving, self.name = figure, moving, name
        self.title = figure.axes[0].get_title(loc="left") if figure.axes else ""
        self.width = int(figure.bbox.width)
        self._move, self._background, self._last = move, None, (None, "")
        self._legends = []

    def move(self, k):
        """Move the artists to position ``k`` and return the sentence for it."""
        if k not in self.positions:
            raise ValueError(
                f"{self.name} must be a position of the slider, "
                f"{self.positions[0]} … {self.positions[-1]}, got {k!r}"
            )
        if k != self._last[0]:
            self._last = (None, "")  # stays so if the move fails half-way
            self._last = (k, self._move(k))
        return self._last[1]

    def still(self):
        """Draw what stands still; return an array (height, width, 3) of bytes."""
        self._restore()
        return self._picture()

    def pixels(self, k):
        """Draw position ``k``; return an array (height, width, 3) of bytes."""
        self.move(k)
        self._restore()
        below = [artist for artist in self.moving if artist.zorder < Legend.zorder]
        for artist in below:
            self.figure.draw_artist(artist)
        for box in self._legends:
            self.figure.canvas.restore_region(self._background, box, (0, 0))
        for artist in self.moving:
            if artist not in below:
                self.figure.draw_artist(artist)
        return self._picture()

    def _restore(self):
        canvas = self.figure.canvas
        if self._background is None:
            for artist in self.moving:
                artist.set_animated(True)
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
            legends = [ax.get_legend() for ax in self.figure.axes]
            boxes = [legend.get_window_extent() for legend in legends if legend is not None]
            # as pixels are counted, from the top
            height = self.figure.bbox.height
            self._legends = [(b.x0, height - b.y1, b.x1 + 1, height - b.y0) for b in boxes]
        canvas.restore_region(self._background)

    def _picture(self):
        rgba = np.asarray(self.figure.canvas.buffer_rgba())
        return np.asarray(Image.fromarray(rgba).convert("RGB"))

    def png(self, k):
        """Draw position ``k`` and return it as PNG bytes, compressed quickly."""
        return _quick_png(self.pixels(k))

    def snapshots(self, positions):
        """Return PNG bytes of several positions below each other, and their sentences."""
        pictures = [self.pixels(k) for k in positions]
        return _encode(np.vstack(pictures)), [self.move(k) for k in positions]


def _encode(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png", optimize=True)
    return buffer.getvalue()


def _quick_png(pixels):
    """Encode by the difference to the row above, the one filter that numpy has: 4 times faster."""
    height, width = pixels.shape[:2]
    rows = np.full((height, 1 + 3 * width), 2, dtype=np.uint8)  # 2 names the filter
    rows[:, 1:] = np.diff(pixels.reshape(height, -1), axis=0, prepend=np.uint8(0))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits of each of R, G, B
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _scene_figure(rows=1, columns=1, **size):
    """Make a figure in the style of the series, outside of pyplot."""
    with plt.style.context(STYLE):
        figure = Figure(**size)
        axes = figure.subplots(rows, columns, squeeze=False)
    return figure, axes


def curve_scene(x, curves, *, name="k", form="{:.3g}", xlabel="k", **options):
    """Make a scene of curves with a line that moves along them.

    Parameters
    ----------
    x : sequence of int
        The positions, rising.
    curves : dict of str to array-like of shape (len(x),) or (runs, len(x))
        Of several runs, the line moves along the mean and tells the standard deviation as well.
    name : str
        What a position is called.
    form : str
        How a value is written in the sentence, such as ``"{:.1%}"``.
    xlabel, **options
        As in `plot_curves`.

    Returns
    -------
    scene : Scene

    Raises
    ------
    ValueError
        If a curve has another length than ``x``.

    Examples
    --------
    >>> scene = curve_scene([10, 20], {"ID": [0.9, 0.95], "magnitude": [0.3, 0.6]}, form="{:.0%}")
    >>> scene.move(20)
    'k = 20: ID 95%, magnitude 60%'
    """
    positions = [int(k) for k in x]
    curves = {label: np.asarray(values) for label, values in curves.items()}
    for label, values in curves.items():
        if values.ndim not in (1, 2) or values.shape[-1] != len(positions):
            raise ValueError(
                f"curve {label!r} must have one value for each of the {len(positions)} positions "
                f"(or several runs as rows), got shape {values.shape}"
            )
    figure, axes = _scene_figure()
    ax = axes[0, 0]
    with plt.style.context(STYLE):
        plot_curves(positions, curves, ax=ax, xlabel=xlabel, **options)
        lines = ax.lines[: len(curves)]
        rule = ax.axvline(positions[0], color="0.2", lw=1.5)
        dots = _dots(ax, lines)
    index = {k: i for i, k in enumerate(positions)}
    heights = {line.get_label(): line.get_ydata() for line in lines}

    def at(label, i):
        told = f"{label} {form.format(heights[label][i])}"
        runs = curves[label]
        return f"{told} ± {form.format(runs[:, i].std(ddof=1))}" if runs.ndim == 2 else told

    def move(k):
        rule.set_xdata([k, k])
        for dot, height in zip(dots, heights.values(), strict=True):
            dot.set_data([k], [height[index[k]]])
        return f"{name} = {k}: " + ", ".join(at(label, index[k]) for label in curves)

    stops = _even_on_log_axis(positions) if options.get("logx") else None
    return Scene(figure, [rule, *dots], move, positions, name=name, stops=stops)


def _even_on_log_axis(positions, most=160):
    """Return some of the positions, about equally far from each other on a logarithmic axis."""
    even = np.geomspace(max(1, positions[0]), positions[-1], most)
    distances = np.abs(np.subtract.outer(even, positions))
    return np.unique(np.take(positions, distances.argmin(axis=1)))


def _dots(ax, lines):
    """Return a dot for each line, in its colour, above all else; a move sets its place."""
    look = {"marker": "o", "ms": 12, "mec": "white", "zorder": Legend.zorder + 1}
    return [ax.plot([], [], color=line.get_color(), **look)[0] for line in lines]


def weights_scene(W, order, *, every=5, shape=(8, 8), columns=20):
    """Make a scene of the neurons' incoming weights as images, those that are removed faded.

    Parameters
    ----------
    W : array-like of shape (pixels, m)
    order : array-like of int, shape (m,)
        All neurons, the most important one first: position k keeps the first k.
    every : int
        Draws only every so-manyth neuron, so that each image is large enough to be read.
    shape : tuple of int
        Rows and columns of pixels of one image.
    columns : int
        Images in a row of the figure.

    Returns
    -------
    scene : Scene

    Raises
    ------
    ValueError
        If ``order`` does not name each neuron once, or the pixels do not fill the shape.

    Examples
    --------
    >>> weights_scene(np.eye(64), np.arange(64), every=16).move(20)
    'k = 20: 44 of 64 neurons removed; of the 4 drawn, 2 stay'
    """
    W, order = np.asarray(W), np.asarray(order)
    pixels, m = W.shape
    if pixels != np.prod(shape) or not np.array_equal(np.sort(order), np.arange(m)):
        raise ValueError(
            f"W must have {np.prod(shape)} rows for images of shape {tuple(shape)}, and order must "
            f"name each of its columns once; got W of shape {W.shape} and order {order!r}"
        )
    rank = np.argsort(order)[::every]
    rows, (high, wide) = -(-len(rank) // columns), shape
    mosaic = np.full((rows * (high + 1), columns * (wide + 1)), np.nan)
    covers = []
    for i, weights in enumerate(W[:, ::every].T):
        top, left = i // columns * (high + 1), i % columns * (wide + 1)
        mosaic[top : top + high, left : left + wide] = weights.reshape(shape)
        x, y = np.array([left, left + wide]) - 0.5, np.array([top, top + high]) - 0.5
        covers.append([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])])

    figure, axes = _scene_figure(figsize=(10, 5))
    limit = np.quantile(np.abs(W), 0.995)
    with plt.style.context(STYLE):
        ax = axes[0, 0]
        image = ax.imshow(mosaic, cmap="PuOr", vmin=-limit, vmax=limit)
        ax.set_title("The weight images of the neurons: those that are removed fade")
        ax.set_axis_off()
        figure.colorbar(image, label="weight", shrink=0.8)
        # a white cover over each removed neuron: much faster to draw than another image
        look = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "antialiased": False}
        fade = PolyCollection([], **look)
        ax.add_collection(fade, autolim=False)

    def move(k):
        fade.set_verts([covers[i] for i in np.flatnonzero(rank >= k)])
        stay = np.count_nonzero(rank < k)
        return f"k = {k}: {m - k} of {m} neurons removed; of the {len(rank)} drawn, {stay} stay"

    return Scene(figure, [fade], move, range(1, m + 1))


def margin_scene(images, margins, predictions, positions):
    """Make a scene of images with the margin of a prediction below each: it may turn negative.

    Parameters
    ----------
    images : array-like of shape (q, pixels)
        Square images.
    margins : array-like of shape (p, q)
        At each position: the logit of the class that the full network predicts, minus the
        largest other logit. Where it is negative, the prediction has changed.
    predictions : array-like of shape (p, q)
        The predicted classes at each position, written above the bars.
    positions : sequence of int, length p

    Returns
    -------
    scene : Scene

    Raises
    ------
    ValueError
        If there are not as many rows as positions and as many columns as images.

    Examples
    --------
    >>> scene = margin_scene(np.eye(2, 64), [[-1.0, 3.0], [2.0, 4.0]], [[7, 3], [5, 3]], [10, 20])
    >>> scene.move(10)
    'k = 10: 1 of 2 predictions changed, the smallest margin is -1.0'
    """
    images, margins, predictions = map(np.asarray, (images, margins, predictions))
    if not margins.shape == predictions.shape == (len(positions), len(images)):
        raise ValueError(
            f"for {len(positions)} positions and {len(images)} images, margins and predictions "
            f"need shape {(len(positions), len(images))}; got {margins.shape}, {predictions.shape}"
        )
    title = "Where the margin falls below zero, the prediction changes"
    low, high = 1.15 * min(margins.min(), 0), 1.15 * margins.max()
    figure, axes = _scene_figure(2, len(images), figsize=(10, 3.8))
    with plt.style.context(STYLE):
        figure.suptitle(title, x=0.01, ha="left", fontsize=15, fontweight="bold")
        side = round(images.shape[1] ** 0.5)
        plot_images(images, axes=axes[0], shape=(side, side))
        bars = [ax.bar([0], [0])[0] for ax in axes[1]]
        texts = [ax.set_title("", loc="center", fontsize=14) for ax in axes[1]]
        for i, ax in enumerate(axes[1]):
            ax.set(ylim=(low, high), xlim=(-0.6, 0.6), xticks=[])
            ax.axhline(0, color="0.2", lw=1.5)
            ax.tick_params(labelleft=i == 0)
            ax.set_title(" ")
        axes[1, 0].set_ylabel("margin (logits)")
    index = {int(k): i for i, k in enumerate(positions)}

    def move(k):
        at = index[k]
        for bar, text, m, p in zip(bars, texts, margins[at], predictions[at], strict=True):
            bar.set(height=m, color="black" if m < 0 else METHODS["id"]["color"])
            text.set_text(f"{p} ✗" if m < 0 else f"{p}")
        changed = np.count_nonzero(margins[at] < 0)
        told = f"{changed} of {len(images)} predictions changed"
        return f"k = {k}: {told}, the smallest margin is {margins[at].min():.1f}"

    scene = Scene(figure, [*bars, *texts], move, positions)
    scene.title = title
    return scene


def rebuild_scene(X_train, X_test, *, rows=(0, 1, 2, 3), shape=(8, 8)):
    """Make a scene of images rebuilt from k of their pixels, which the ID of others has chosen.

    Columns are pixels. The ID of ``X_train`` gives kept pixels ``J`` and ``T``; an image ``x`` is
    rebuilt as ``x[J] T``.

    Parameters
    ----------
    X_train : array-like of shape (n, pixels)
        The images that the ID sees.
    X_test : array-like of shape (p, pixels)
        New images.
    rows : sequence of int
        Which of the new images are drawn.
    shape : tuple of int
        Rows and columns of pixels of one image.

    Returns
    -------
    scene : Scene
        Positions from 1 to the number of pixels.

    Raises
    ------
    ValueError
        If both have not as many columns as the shape has pixels.

    Examples
    --------
    >>> rebuild_scene(np.eye(4), np.eye(4), rows=[0], shape=(2, 2)).move(3)
    'k = 3: relative error 50.0% on training images, 50.0% on new ones'
    """
    X_train, X_test = np.asarray(X_train, dtype=float), np.asarray(X_test, dtype=float)
    pixels = int(np.prod(shape))
    if X_train.shape[1:] != (pixels,) or X_test.shape[1:] != (pixels,):
        raise ValueError(
            f"images of shape {tuple(shape)} have {pixels} columns, "
            f"got X_train of shape {X_train.shape} and X_test of shape {X_test.shape}"
        )
    factored, positions = PivotedQR(X_train), range(1, pixels + 1)
    rebuilt = [X_test[:, factored.kept(k)] @ factored.interpolation(k) for k in positions]
    training = factored.errors[1:] / factored.errors[0]
    new = [np.linalg.norm(X_test - image) / np.linalg.norm(X_test) for image in rebuilt]
    rebuilt = np.array([image[list(rows)] for image in rebuilt])

    title = "New images; below, rebuilt from marked pixels"
    with plt.style.context(STYLE):
        figure = Figure(figsize=(10, 4.2))
        left, right = figure.subfigures(1, 2, width_ratios=(1.4, 1))
        axes = left.subplots(2, len(rows), squeeze=False)
        plot_images(X_test[list(rows)], axes=axes[0], shape=shape, limits=(0, X_test.max()))
        plot_images(rebuilt[0], axes=axes[1], shape=shape, limits=(0, X_test.max()))
        left.suptitle(title, x=0.02, ha="left", fontsize=15, fontweight="bold")
        curves = {"training images": training, "test images": new}
        ax = right.subplots()
        plot_curves(positions, curves, ax=ax, xlabel="k, pixels kept", ylabel="relative error")
        ax.set_title("New ones a little worse")
        marks = [ax.plot([], [], "s", ms=8, mfc="none", mew=2)[0] for ax in axes[0]]
        dots = _dots(ax, ax.lines[:2])
    pictures = [ax.images[0] for ax in axes[1]]
    heights = np.array([training, new])

    def move(k):
        row, column = np.divmod(factored.kept(k), shape[1])
        for mark, picture, image in zip(marks, pictures, rebuilt[k - 1], strict=True):
            mark.set_data(column, row)
            picture.set_data(image.reshape(shape))
        for dot, height in zip(dots, heights[:, k - 1], strict=True):
            dot.set_data([k], [height])
        told = "{:.1%} on training images, {:.1%} on new ones".format(*heights[:, k - 1])
        return f"k = {k}: relative error {told}"

    scene = Scene(figure, [*pictures, *marks, *dots], move, positions)
    scene.title = title
    return scene


def heat_scene(positions, values, rows, columns, *, title="", name="k", form="{:.1f}"):
    """Make a scene of a table whose cells are coloured by their value, one table per position.

    Parameters
    ----------
    positions : sequence of int
    values : array-like of shape (len(positions), len(rows), len(columns))
        One scale of colours serves all positions.
    rows, columns : sequence of str
    title : str
    name : str
        What a position is called.
    form : str
        How a value is written.

    Returns
    -------
    scene : Scene

    Raises
    ------
    ValueError
        If ``values`` has another shape.

    Examples
    --------
    >>> scene = heat_scene([1, 2], [[[0.1, 0.2]], [[0.4, 0.3]]], ["id"], ["none", "ridge"])
    >>> scene.move(2)
    'k = 2: best 0.4 by id + none, worst 0.3 by id + ridge'
    """
    values = np.asarray(values, dtype=float)
    shape = (len(positions), len(rows), len(columns))
    if values.shape != shape:
        raise ValueError(f"values must have shape {shape}, got {values.shape}")
    index = {int(k): i for i, k in enumerate(positions)}
    figure, axes = _scene_figure(figsize=(9.5, 0.55 * len(rows) + 1.6))
    ax = axes[0, 0]
    with plt.style.context(STYLE):
        image = ax.imshow(values[0], vmin=values.min(), vmax=values.max(), cmap="cividis")
        image.axes.set_aspect("auto")
        cells = [
            ax.text(j, i, "", ha="center", va="center", fontsize=18)
            for i, j in np.ndindex(shape[1:])
        ]
        corner = ax.text(1, 1.02, "", ha="right", transform=ax.transAxes, size=17, weight="bold")
        ax.set(title=title)
        ax.set_xticks(range(len(columns)), columns, fontsize=15)
        ax.set_yticks(range(len(rows)), rows, fontsize=15)
        ax.tick_params(length=0)
        ax.grid(False)
        ax.spines[:].set_visible(False)

    def move(k):
        table = values[index[k]]
        image.set_data(table)
        corner.set_text(f"{name} = {k}")
        for cell, value in zip(cells, table.ravel(), strict=True):
            dark = image.norm(value) < 0.5
            cell.set(text=form.format(value), color="white" if dark else "black")
        told = []
        for word, at in {"best": np.argmax(table), "worst": np.argmin(table)}.items():
            i, j = np.unravel_index(at, table.shape)
            told.append(f"{word} {form.format(table[i, j])} by {rows[i]} + {columns[j]}")
        return f"{name} = {k}: " + ", ".join(told)

    return Scene(figure, [image, *cells, corner], move, positions, name=name)
