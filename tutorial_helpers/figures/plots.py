"""All lessons: plots, which draw what they are given on axes of their own or of the reader.

Shared by all: ``ax`` (Axes, or an array of ``axes``) is the reader's own, whose style stays; by
default new ones in the style of the series. ``title``, ``xlabel`` and ``ylabel`` are str. ``looks``
(dict of str to str) says which method a label stands for, such as ``{"ID, refit": "id"}``: a method
looks the same in every figure. A label that is a method's name, such as "ID" or "scratch", needs
none; all others take what is still free, in turn. The axes are returned, to be shown by `show`.
ValueError says which numbers or shapes do not fit, and which look is unknown.
"""

import numpy as np
from matplotlib.ticker import LogLocator, NullLocator, ScalarFormatter

from .style import GREY, LOOKS, VERMILLION, Figure, drawing_on, looks_of, seen_on, style

# With more points than this, markers would cover the line.
FEW = 20


def numbers(label, values, length):
    """Return the values of a curve as an array, or raise if they do not fit the positions."""
    try:
        values = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"curve {label!r} must hold numbers: {error}") from None
    if values.ndim not in (1, 2) or values.shape[-1] != length or not len(values):
        raise ValueError(
            f"curve {label!r} must have one value for each of the {length} positions "
            f"(or several runs as rows), got shape {values.shape}"
        )
    return values


def plot_images(images, titles=None, *, axes=None, shape=(8, 8), columns=10, limits=None):
    """Draw rows of pixels as images, side by side.

    Parameters
    ----------
    images : array-like of shape (n, pixels)
    titles : list of str, optional
    shape : tuple of int
        Rows and columns of pixels of one image.
    columns : int
        Images in a row of the figure.
    limits : tuple of float, optional
        Values drawn white and black; by default each image's own least and largest.

    Examples
    --------
    >>> len(plot_images(np.eye(3, 64)))
    3
    """
    images = np.asarray(images)
    n = len(images) if images.ndim else 0
    if not n or images[0].size != np.prod(shape):
        raise ValueError(
            f"images must have shape (n, {np.prod(shape)}), one row of pixels for each image "
            f"of shape {tuple(shape)}, got {images.shape}"
        )
    for name, given in {"titles": titles, "axes": axes}.items():
        if given is not None and np.size(given) < n:
            raise ValueError(f"{n} images need as many {name}, got {np.size(given)}")
    columns = min(columns, n)
    rows = -(-n // columns)
    if axes is None:
        height = 1.6 if titles is not None else 1.25
        with style():
            figure = Figure(figsize=(1.25 * columns, height * rows))
            axes = figure.subplots(rows, columns, squeeze=False)
    axes = np.ravel(axes)
    low, high = limits if limits is not None else (None, None)
    for ax in axes:
        ax.set_axis_off()
    for i, (ax, image) in enumerate(zip(axes, images, strict=False)):
        look = {"cmap": "gray_r", "interpolation": "nearest", "vmin": low, "vmax": high}
        with drawing_on(ax):
            ax.imshow(image.reshape(shape), **look)
            if titles is not None:
                ax.set_title(titles[i], loc="center", fontsize=12, fontweight="normal")
    return axes[:n]


def plot_curves(
    x,
    curves,
    *,
    ax=None,
    title="",
    xlabel="",
    ylabel="",
    full=None,
    looks=None,
    log=False,
    logx=False,
):
    """Draw one line per method against k, each with its own colour, dash and label.

    Parameters
    ----------
    x : array-like of shape (p,)
    curves : dict of str to array-like of shape (p,) or (runs, p)
        The key is the label. Several runs are drawn as their mean with a band of one standard
        deviation.
    full : float, optional
        The full network's value, drawn as a grey reference line.
    log, logx : bool
        Whether the vertical, the horizontal axis is logarithmic.

    Examples
    --------
    >>> ax = plot_curves([1, 2, 3], {"ID": [1.0, 2.0, 3.0]}, xlabel="k")
    >>> ax.get_xlabel()
    'k'
    """
    x = np.asarray(x)
    if x.ndim != 1 or not len(x) or not curves:
        raise ValueError(
            "there must be at least one position and one curve, "
            f"got x of shape {x.shape} and {len(curves)} curves"
        )
    curves = {label: numbers(label, values, len(x)) for label, values in curves.items()}
    with drawing_on(ax) as ax:
        for label, look in looks_of(curves, looks, ax).items():
            values = curves[label]
            if values.ndim == 2:
                runs, values = values, values.mean(axis=0)
                if len(runs) > 1:
                    spread, color = runs.std(axis=0, ddof=1), look["color"]
                    ax.fill_between(
                        x, values - spread, values + spread, color=color, alpha=0.15, lw=0
                    )
            if len(x) > FEW:
                del look["marker"]
            ax.plot(x, values, label=label, **look)
        if full is not None:
            look = looks_of(["full network"], None, ax)["full network"]
            ax.axhline(full, label="full network", **look)
        if log:
            ax.set_yscale("log")
            ax.yaxis.set_minor_locator(NullLocator())
            if 0.01 <= min(ax.get_ylim()) and max(ax.get_ylim()) <= 1000:
                ax.yaxis.set_major_formatter("{x:g}")
        if logx:
            ax.set_xscale("log")
            ax.xaxis.set_minor_locator(NullLocator())
            ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            ax.xaxis.set_major_formatter(ScalarFormatter())
        # what is not given stays as the reader has written it
        texts = {"title": title, "xlabel": xlabel, "ylabel": ylabel}
        ax.set(**{name: text for name, text in texts.items() if text})
        if len(ax.lines) > 1 and ax.get_legend_handles_labels()[0]:
            ax.legend()
    return ax


def plot_stretch(A, *, ax=None):
    """Draw what a 2 x 2 matrix makes of the unit circle, and the vector that it stretches most.

    Parameters
    ----------
    A : array-like of shape (2, 2)

    Examples
    --------
    >>> plot_stretch([[2.0, 0.0], [0.0, 1.0]]).get_title(loc="left")
    'The largest stretch is ‖A‖₂ = 2.00'
    """
    A = np.asarray(A, dtype=float)
    if A.shape != (2, 2) or not np.isfinite(A).all():
        raise ValueError(
            "A must hold finite numbers in shape (2, 2) to be drawn in the plane, "
            f"got shape {A.shape}: {A.tolist()}"
        )
    angle = np.linspace(0, 2 * np.pi, 200)
    circle = np.array([np.cos(angle), np.sin(angle)])
    longest = A @ np.linalg.svd(A)[2][0]
    longest = longest if longest[0] >= 0 else -longest  # an SVD may point either way
    with drawing_on(ax, figsize=(8, 4)) as ax:
        ax.plot(*circle, "--", color=seen_on(ax, GREY), label="v, of length 1")
        ax.plot(*(A @ circle), color=LOOKS["id"][0], label="A v")
        ax.plot(*np.transpose([[0, 0], longest]), "o-", color=VERMILLION, label="the longest A v")
        norm = np.linalg.norm(A, 2)
        ax.set(title=f"The largest stretch is ‖A‖₂ = {norm:.2f}", aspect="equal")
        ax.set(xlabel="first coordinate", ylabel="second coordinate")
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def plot_differences(
    ks, differences, *, ax=None, title="", ylabel="difference (points)", looks=None
):
    """Draw paired differences with their intervals beside each other, and the line of no effect.

    Parameters
    ----------
    ks : sequence of int, shape (p,)
        Drawn at equal distances, whatever their values.
    differences : dict of str to (mean, low, high), each of shape (p,)
        Fractions, as from `paired_differences`; drawn in percentage points.

    Examples
    --------
    >>> ax = plot_differences([10, 20], {"ID": ([0.1, 0.0], [0.05, -0.05], [0.15, 0.05])})
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['10', '20']
    """
    for label, rows in differences.items():
        if numbers(label, rows, len(ks)).shape != (3, len(ks)):
            raise ValueError(
                f"difference {label!r} must be (mean, low, high), each with one value for each "
                f"of the {len(ks)} positions, got shape {np.shape(rows)}"
            )
    with drawing_on(ax) as ax:
        styles = looks_of(differences, looks, ax)
        apart = min(0.16, 0.7 / len(differences))  # what belongs to one k stays together
        ax.axhline(0, color=seen_on(ax, GREY), lw=1.5)
        for i, (label, rows) in enumerate(differences.items()):
            mean, low, high = 100 * np.asarray(rows, dtype=float)
            places = np.arange(len(ks)) + apart * (i - (len(differences) - 1) / 2)
            look = styles[label] | {"linestyle": "", "label": label, "capsize": 5}
            ax.errorbar(places, mean, [mean - low, high - mean], **look)
        ax.set_xticks(np.arange(len(ks)), [str(k) for k in ks])
        ax.set(title=title, xlabel="neurons kept, k", ylabel=ylabel)
        ax.grid(axis="x", visible=False)
        if len(differences) > 1:
            ax.legend()
    return ax
