"""The lessons on magnitude, the ID, pruning with it, and convolutions: the scenes of images.

``shape`` is the rows and columns of pixels of one image; otherwise as in `scenes`.
"""

import numpy as np
from matplotlib.collections import PolyCollection

from .plots import plot_curves, plot_images
from .scene import Scene, equal_steps
from .scenes import dots_on
from .style import LOOKS, Figure, style

# A title above several axes, as large as one above a single one.
TITLE = {"ha": "left", "fontsize": 15, "fontweight": "bold"}


def weights_scene(W, order, *, every=5, shape=(8, 8), columns=20, name="neurons"):
    """Make a scene of the neurons' incoming weights as images, those that are removed faded.

    Parameters
    ----------
    W : array-like of shape (pixels, m)
    order : array-like of int, shape (m,)
        All neurons, the most important one first: position k keeps the first k.
    every : int
        Draws only every so-manyth neuron, so that each image is large enough to be read.
    columns : int
        Images in a row of the figure.
    name : str
        What has these weights, such as "channels".

    Examples
    --------
    >>> weights_scene(np.eye(64), np.arange(64), every=16).move(20)
    'k = 20: 44 of 64 neurons removed; of the 4 drawn, 2 stay'
    """
    W, order = np.asarray(W, dtype=float), np.asarray(order)
    pixels, m = W.shape if W.ndim == 2 else (0, 0)
    if pixels != np.prod(shape) or not m or not np.array_equal(np.sort(order), np.arange(m)):
        raise ValueError(
            f"W must have {np.prod(shape)} rows for images of shape {tuple(shape)}, and order must "
            f"name each of its columns once; got W of shape {W.shape} and order {order!r}"
        )
    if not np.isfinite(W).all():
        raise ValueError(f"W must be finite, got {np.count_nonzero(~np.isfinite(W))} that are not")
    rank = np.argsort(order)[::every]
    rows, (high, wide) = -(-len(rank) // columns), shape
    mosaic = np.full((rows * (high + 1), columns * (wide + 1)), np.nan)
    covers = []
    for i, weights in enumerate(W[:, ::every].T):
        top, left = i // columns * (high + 1), i % columns * (wide + 1)
        mosaic[top : top + high, left : left + wide] = weights.reshape(shape)
        x, y = np.array([left, left + wide]) - 0.5, np.array([top, top + high]) - 0.5
        covers.append([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])])

    limit = np.quantile(np.abs(W), 0.995) or 1
    with style():
        figure = Figure(figsize=(10, 5))
        ax = figure.subplots()
        image = ax.imshow(mosaic, cmap="PuOr", vmin=-limit, vmax=limit)
        ax.set_title(f"The weight images of the {name}: those that are removed fade")
        ax.set_axis_off()
        figure.colorbar(image, label="weight", shrink=0.8)
        # a white cover over each removed neuron: much faster to draw than another image
        look = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "antialiased": False}
        fade = PolyCollection([], **look)
        ax.add_collection(fade, autolim=False)

    def move(k):
        fade.set_verts([covers[i] for i in np.flatnonzero(rank >= k)])
        stay = np.count_nonzero(rank < k)
        drawn = f"; of the {len(rank)} drawn, {stay} stay" if len(rank) < m else ""
        return f"k = {k}: {m - k} of {m} {name} removed{drawn}"

    return Scene(figure, [fade], move, range(1, m + 1))


def margin_scene(images, margins, predictions, positions, truth=None):
    """Make a scene of images with the margin of a prediction below each: it may turn negative.

    A prediction that is no longer that of the full network, right or wrong, is marked by ✗.

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
    truth : array-like of shape (q,), optional
        The true classes, written above the images.

    Examples
    --------
    >>> scene = margin_scene(np.eye(2, 64), [[-1.0, 3.0], [2.0, 4.0]], [[7, 3], [5, 3]], [10, 20])
    >>> scene.move(10)
    'k = 10: 1 of 2 predictions changed, the smallest lead is -1.0'
    """
    images, predictions = np.asarray(images), np.asarray(predictions)
    positions, margins = equal_steps(positions), np.asarray(margins, dtype=float)
    shape = (len(positions), len(images))
    if not margins.shape == predictions.shape == shape or not np.isfinite(margins).all():
        raise ValueError(
            f"for {len(positions)} positions and {len(images)} images, finite margins and "
            f"predictions need shape {shape}; got {margins.shape}, {predictions.shape} and "
            f"{np.count_nonzero(~np.isfinite(margins))} margins that are not finite"
        )
    low, high = 1.15 * min(margins.min(), 0), 1.15 * max(margins.max(), 0)
    with style():
        figure = Figure(figsize=(10, 4.2))
        axes = figure.subplots(2, len(images), squeeze=False)
        title = "Below each digit: what is read.  ✗ = not what the full network reads"
        heading = figure.suptitle(title, x=0.01, **TITLE)
        side = round(images[0].size ** 0.5)
        titles = None if truth is None else [f"true {label}" for label in truth]
        plot_images(images, titles, axes=axes[0], shape=(side, side))
        bars = [ax.bar([0], [0])[0] for ax in axes[1]]
        texts = [ax.set_title("", loc="center", fontsize=14) for ax in axes[1]]
        for i, ax in enumerate(axes[1]):
            ax.set(ylim=(low, high), xlim=(-0.6, 0.6), xticks=[])
            ax.axhline(0, color="0.2", lw=1.5)
            ax.tick_params(labelleft=i == 0)
            ax.locator_params(axis="y", nbins=5)
            ax.set_title(" ")
        axes[1, 0].set_ylabel("lead (logits)")

    def move(k):
        at = positions.index(k)
        for bar, text, m, p in zip(bars, texts, margins[at], predictions[at], strict=True):
            bar.set(height=m, color="black" if m < 0 else LOOKS["id"][0])
            text.set_text(f"{p} ✗" if m < 0 else f"{p}")
        heading.set_text(f"k = {k}.  {title}")
        changed = np.count_nonzero(margins[at] < 0)
        told = f"{changed} of {len(images)} predictions changed"
        return f"k = {k}: {told}, the smallest lead is {margins[at].min():.1f}"

    return Scene(figure, [*bars, *texts, heading], move, positions, title=title)


def rebuild_scene(images, order, rebuilt, errors, *, shape=(8, 8)):
    """Make a scene of images, each with the pixels that are kept, and of what is rebuilt from them.

    Parameters
    ----------
    images : array-like of shape (q, pixels)
    order : array-like of int, shape (p,) or longer
        Pixels, the most important one first: position k marks the first k.
    rebuilt : array-like of shape (p, q, pixels)
        The images rebuilt from 1, 2, …, p pixels.
    errors : dict of str to array-like of shape (p,)
        Relative errors, drawn as curves: the key tells of which images.

    Returns
    -------
    scene : Scene
        Positions from 1 to p.

    Examples
    --------
    >>> images, rebuilt = np.ones((1, 4)), np.tril(np.ones((4, 4)))[:, None]
    >>> errors = {"new images": [0.9, 0.7, 0.5, 0.0]}
    >>> rebuild_scene(images, [0, 1, 2, 3], rebuilt, errors, shape=(2, 2)).move(3)
    'k = 3: relative error 50.0% on new images'
    """
    images, rebuilt, order = map(np.asarray, (images, rebuilt, order))
    pixels, p, q = int(np.prod(shape)), len(rebuilt), len(images)
    if images.shape != (q, pixels) or rebuilt.shape != (p, q, pixels):
        raise ValueError(
            f"images of shape {tuple(shape)} have {pixels} pixels: images must have shape "
            f"(q, {pixels}) and rebuilt (p, q, {pixels}), got {images.shape} and {rebuilt.shape}"
        )
    kept = order[:p]
    if kept.shape != (p,) or not set(kept.tolist()) <= set(range(pixels)):
        raise ValueError(
            f"order must name at least {p} pixels, each a number below {pixels}, got {order!r}"
        )
    positions = range(1, p + 1)
    title = "New images; below, rebuilt from marked pixels"
    with style():
        figure = Figure(figsize=(10, 4.2))
        left, right = figure.subfigures(1, 2, width_ratios=(1.4, 1))
        axes = left.subplots(2, q, squeeze=False)
        limits = (0, images.max())
        plot_images(images, axes=axes[0], shape=shape, limits=limits)
        plot_images(rebuilt[0], axes=axes[1], shape=shape, limits=limits)
        left.suptitle(title, x=0.02, **TITLE)
        ax = right.subplots()
        plot_curves(positions, errors, ax=ax, title="Relative error", xlabel="k, pixels kept")
        look = {"color": LOOKS["id"][0], "ms": 8, "mfc": "none", "mew": 2}
        marks = [ax.plot([], [], "s", **look)[0] for ax in axes[0]]
        curves = ax.lines[: len(errors)]
        dots = dots_on(ax, curves)
    pictures = [ax.images[0] for ax in axes[1]]
    heights = np.array([curve.get_ydata() for curve in curves])

    def move(k):
        row, column = np.divmod(kept[:k], shape[1])
        for mark, picture, image in zip(marks, pictures, rebuilt[k - 1], strict=True):
            mark.set_data(column, row)
            picture.set_data(image.reshape(shape))
        for dot, height in zip(dots, heights[:, k - 1], strict=True):
            dot.set_data([k], [height])
        told = zip(errors, heights[:, k - 1], strict=True)
        told = ", ".join(f"{height:.1%} on {label}" for label, height in told)
        return f"k = {k}: relative error {told}"

    return Scene(figure, [*pictures, *marks, *dots], move, positions, title=title)
