"""All lessons: a figure and its caption, which is what a screen reader says instead."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display
from matplotlib.figure import Figure


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
    >>> from tutorial_helpers import plot_images
    >>> show(plot_images(np.eye(3, 64)), "Three images.")  # doctest: +SKIP
    """
    figure = ax if isinstance(ax, Figure) else np.ravel(ax)[0].figure.figure
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    show_png(buffer.getvalue(), caption)
    # the reader's own figures would be shown once more at the end of the cell
    plt.close(figure)


def show_png(png, caption):
    """Show a picture that is already encoded, captioned as by `show`."""
    if not caption.strip():
        raise ValueError("a figure needs a caption: it is what a screen reader says instead")
    data = {"image/png": base64.b64encode(png).decode(), "text/plain": caption}
    display(data, metadata={"image/png": {"alt": caption}}, raw=True)
    # what labels bring along must not be taken for markup
    plain = re.sub(r"[\\`*_<[]", r"\\\g<0>", caption)
    display(Markdown(f"*{plain}*"))
