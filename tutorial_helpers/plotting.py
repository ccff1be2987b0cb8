"""Figures: Axes in, Axes out; scenes, of which only little moves; and how both are shown."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

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
    if ax is not None:
        return ax
    with plt.style.context(STYLE):
        return plt.subplots(**size)[1]


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
        with plt.style.context(STYLE):
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
    ax = _axes(ax)
    x = np.asarray(x)
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
        ax.xaxis.set_major_formatter(plt.ScalarFormatter())
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if len(curves) + (full is not None) > 1:
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
    artists are updated in place and drawn on it.

    Parameters
    ----------
    figure : matplotlib Figure
    moving : list of Artist
        The artists that `move` changes. Everything else is drawn once.
    move : callable
        ``move(k)`` updates the moving artists and returns a sentence with the values at k.
    positions : sequence of int
        The positions of the slider, rising in equal steps.
    name : str
        What a position is called: "k", "width", ….

    Raises
    ------
    ValueError
        If the positions do not rise in equal steps.

    Examples
    --------
    >>> scene = curve_scene([1, 2, 3], {"ID": [0.5, 0.7, 0.9]}, ylabel="test accuracy")
    >>> scene.move(2)
    'k = 2: ID 0.7'
    >>> scene.png(2)[1:4]
    b'PNG'
    """

    def __init__(self, figure, moving, move, positions, *, name="k"):
        positions = list(positions)
        first, step = int(positions[0]), int(positions[1] - positions[0]) if positions[1:] else 1
        self.positions = range(first, first + step * len(positions), step) if step > 0 else ()
        if list(self.positions) != positions:
            raise ValueError(f"positions must rise in equal steps, got {positions}")
        # its own canvas: nobody else draws the figure or closes it
        plt.close(figure)
        FigureCanvasAgg(figure)
        self.figure, self.moving, self.name = figure, moving, name
        self.title = figure.axes[0].get_title(loc="left") if figure.axes else ""
        self._move, self._background, self._last = move, None, (None, "")

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
        for artist in self.moving:
            self.figure.draw_artist(artist)
        return self._picture()

    def _restore(self):
        canvas = self.figure.canvas
        if self._background is None:
            for artist in self.moving:
                artist.set_animated(True)
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
        canvas.restore_region(self._background)

    def _picture(self):
        return np.asarray(self.figure.canvas.buffer_rgba())[:, :, :3].copy()

    def png(self, k):
        """Draw position ``k`` and return it as PNG bytes, compressed quickly."""
        return _encode(self.pixels(k), compress_level=1)

    def snapshots(self, positions):
        """Return PNG bytes of several positions below each other, and their sentences."""
        pictures = [self.pixels(k) for k in positions]
        return _encode(np.vstack(pictures), optimize=True), [self.move(k) for k in positions]


def _encode(pixels, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="png", **options)
    return buffer.getvalue()


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
        dots = [
            ax.plot([positions[0]], [line.get_ydata()[0]], "o", ms=12, mec="white", color=color)[0]
            for line, color in zip(lines, [line.get_color() for line in lines], strict=True)
        ]
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

    return Scene(figure, [rule, *dots], move, positions, name=name)


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
    place = np.full(mosaic.shape, m)
    for i, (weights, r) in enumerate(zip(W[:, ::every].T, rank, strict=True)):
        row, column = i // columns * (high + 1), i % columns * (wide + 1)
        mosaic[row : row + high, column : column + wide] = weights.reshape(shape)
        place[row : row + high, column : column + wide] = r

    figure, axes = _scene_figure(figsize=(10, 5))
    limit = np.quantile(np.abs(W), 0.995)
    with plt.style.context(STYLE):
        ax = axes[0, 0]
        image = ax.imshow(mosaic, cmap="PuOr", vmin=-limit, vmax=limit)
        ax.set_title("The weight images of the neurons: those that are removed fade")
        ax.set_axis_off()
        figure.colorbar(image, label="weight", shrink=0.8)
    bright = image.to_rgba(mosaic)[:, :, :3]
    faded = 0.85 + 0.15 * bright

    def move(k):
        image.set_data(np.where((place < k)[:, :, None], bright, faded))
        stay = np.count_nonzero(rank < k)
        return f"k = {k}: {m - k} of {m} neurons removed; of the {len(rank)} drawn, {stay} stay"

    return Scene(figure, [image], move, range(1, m + 1))
