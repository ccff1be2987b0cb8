"""All lessons: the scenes of curves; the lessons on selections and corrections: of tables.

All functions that end in ``_scene`` return a `Scene`, for `explore_k` and `show_snapshots`. Its
positions are whole numbers that rise in equal steps, called ``name``; ``title`` is str, ``form``
how a value is written in the sentence, such as ``"{:.1f} ms"``. ValueError says which numbers do
not fit.
"""

from math import gcd

import numpy as np
from matplotlib.legend import Legend
from matplotlib.patches import Rectangle

from .plots import plot_curves
from .scene import Scene, equal_steps
from .style import Figure, style


def curve_scene(
    x, curves, *, name="k", form=None, xlabel=None, ylabel="test accuracy", logx=False, **options
):
    """Make a scene of curves that appear up to a line that moves along them.

    Parameters
    ----------
    x : sequence of int
        The positions.
    curves : dict of str to array-like of shape (len(x),) or (runs, len(x))
        Of several runs, the line moves along the mean and tells the standard deviation as well.
    form : str, optional
        By default fractions, all from 0 to 1, are written in percent, errors on a logarithmic axis
        and others with three digits.
    xlabel : str, optional
        By default "k, neurons kept", or the ``name`` of the positions if they have another.
    ylabel, logx, **options
        As in `plot_curves`.

    Examples
    --------
    >>> scene = curve_scene([10, 20], {"ID": [0.9, 0.95], "magnitude": [0.3, 0.6]})
    >>> scene.move(20)
    'k = 20: ID 95.0%, magnitude 60.0%'
    """
    positions = equal_steps(x)
    if xlabel is None:
        xlabel = "k, neurons kept" if name == "k" else name
    with style():
        figure = Figure(figsize=(8, 4.9))
        ax = plot_curves(
            positions,
            curves,
            ax=figure.subplots(),
            xlabel=xlabel,
            ylabel=ylabel,
            logx=logx,
            **options,
        )
        lines = ax.lines[: len(curves)]
        rule = ax.axvline(positions[0], color="0.2", lw=1.5)
        dots = dots_on(ax, lines)
        cover = Rectangle((0, 0.004), 1, 1, color=ax.get_facecolor(), lw=0, zorder=2.4)
        cover.set_transform(ax.get_xaxis_transform())
        ax.add_artist(cover)
        # key and mark stand outside, where the curves are not
        if ax.get_legend():
            key = ax.get_legend().legend_handles, [t.get_text() for t in ax.get_legend().texts]
            ax.get_legend().remove()
            figure.legend(*key, loc="outside lower center", ncols=min(len(key[0]), 3))
        ax.set_title(options.get("title") or " ", pad=32 if options.get("title") else 6)
        mark = ax.text(0, 1.02, "", transform=ax.get_xaxis_transform(), va="bottom", weight="bold")
        mark.set_in_layout(False)
        right = ax.get_xlim()[1]
        axes_of = ax.transScale + ax.transLimits
    heights = np.array([line.get_ydata() for line in lines])
    runs = [np.asarray(values, dtype=float) for values in curves.values()]
    spreads = [np.std(r, axis=0, ddof=1) if r.ndim == 2 and len(r) > 1 else None for r in runs]
    if form is None:
        fractions = np.all((heights >= 0) & (heights <= 1)) and not options.get("log")
        form = "{:.1%}" if fractions else "{:.3g}"

    def move(k):
        at = positions.index(k)
        rule.set_xdata([k, k])
        cover.set(x=k, width=right - k)
        far = axes_of.transform((k, 0 if not options.get("log") else 1))[0]
        mark.set(x=k, text=f"{name} = {k}")
        mark.set_ha("left" if far < 0.06 else "right" if far > 0.94 else "center")
        told = []
        for label, dot, height, spread in zip(curves, dots, heights[:, at], spreads, strict=True):
            dot.set_data([k], [height])
            plus = "" if spread is None else f" ± {form.format(spread[at])}"
            told.append(f"{label} {form.format(height)}{plus}".strip())
        return f"{name} = {k}: " + ", ".join(told)

    stops = _even_on_log_axis(positions) if logx else None
    options = {"name": name, "stops": stops, "cover": cover, "mark": mark}
    return Scene(figure, [rule, *dots], move, positions, **options)


def _even_on_log_axis(positions, most=160):
    """Return some of the positions, about equally far from each other on a logarithmic axis."""
    even = np.geomspace(max(1, positions[0]), positions[-1], most)
    distances = np.abs(np.subtract.outer(even, positions))
    return np.unique(np.take(positions, distances.argmin(axis=1)))


def dots_on(ax, lines):
    """Return a dot for each line, in its colour, above all else; a move sets its place."""
    look = {"marker": "o", "ms": 12, "mec": "white", "zorder": Legend.zorder + 1}
    return [ax.plot([], [], color=line.get_color(), **look)[0] for line in lines]


def heat_scene(positions, values, rows, columns, *, title="", name="k", form="{:.1f}"):
    """Make a scene of a table whose cells are coloured by their value, one table per position.

    Parameters
    ----------
    positions : sequence of int
        Rising; where they leave steps out, the slider does, too.
    values : array-like of shape (len(positions), len(rows), len(columns))
        One scale of colours serves all positions.
    rows, columns : sequence of str

    Examples
    --------
    >>> scene = heat_scene([1, 2], [[[0.1, 0.2]], [[0.4, 0.3]]], ["id"], ["none", "ridge"])
    >>> scene.move(2)
    'k = 2: best 0.4 by id + none, worst 0.3 by id + ridge'
    """
    stops, values = [int(k) for k in positions], np.asarray(values, dtype=float)
    step = gcd(*np.diff(stops)) or 1
    positions = equal_steps(range(stops[0], stops[-1] + 1, step) if stops else stops)
    shape = (len(stops), len(rows), len(columns))
    if values.shape != shape or not np.isfinite(values).all():
        raise ValueError(
            f"values must be finite numbers of shape {shape}, got shape {values.shape} "
            f"with {np.count_nonzero(~np.isfinite(values))} that are not finite"
        )
    with style():
        figure = Figure(figsize=(9.5, 0.5 * len(rows) + 1.6))
        ax = figure.subplots()
        image = ax.imshow(values[0], vmin=values.min(), vmax=values.max(), cmap="cividis")
        ax.set_aspect("auto")
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
        # between two stops the last table stays, and says whose it is
        at = np.searchsorted(stops, k, "right") - 1
        k, table = stops[at], values[at]
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

    return Scene(figure, [image, *cells, corner], move, positions, name=name, stops=stops)
