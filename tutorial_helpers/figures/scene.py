"""All lessons: a scene, a figure of which only little moves, drawn and encoded quickly."""

import io
import struct
import zlib

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.legend import Legend
from PIL import Image

from .style import style_of


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
    title : str, optional
        What the picture is called; by default the title of the figure or of its first axes.
    stops : sequence of int, optional
        The positions that a slider passes, rising; by default all of them. On a logarithmic axis
        fewer, so that the slider keeps step with the axis.
    cover : Artist, optional
        Hides what the slider has not reached yet; snapshots show all.
    mark : Text, optional
        Names a position in the figure. With it, snapshots are one panel with all positions in it.

    Raises
    ------
    ValueError
        If the positions are not whole numbers in equal steps, or the stops not among them.

    Examples
    --------
    >>> from tutorial_helpers import curve_scene
    >>> scene = curve_scene([1, 2, 3], {"ID": [0.5, 0.7, 0.9]})
    >>> scene.move(2)
    'k = 2: ID 70.0%'
    >>> scene.png(2)[1:4]
    b'PNG'
    """

    def __init__(
        self,
        figure,
        moving,
        move,
        positions,
        *,
        name="k",
        title=None,
        stops=None,
        cover=None,
        mark=None,
    ):
        self.positions = equal_steps(positions)
        self.stops = [int(k) for k in (self.positions if stops is None else stops)]
        if not self.stops or self.stops != sorted(set(self.stops) & set(self.positions)):
            raise ValueError(f"stops must be positions and rise, got {self.stops}")
        # its own canvas: nobody else draws the figure or closes it
        plt.close(figure)
        FigureCanvasAgg(figure)
        self.moving = [artist for artist in (cover, *moving, mark) if artist is not None]
        self.figure, self.name, self._cover, self._mark = figure, name, cover, mark
        titles = [figure.get_suptitle(), *(ax.get_title(loc="left") for ax in figure.axes[:1])]
        self.title = next(filter(None, [title, *(t.strip() for t in titles)]), "")
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
        self._draw(self.moving)
        return self._picture()

    def _draw(self, moving):
        below = [artist for artist in moving if artist.zorder < Legend.zorder]
        with style_of(self.figure):
            for artist in below:
                self.figure.draw_artist(artist)
            for box in self._legends:
                self.figure.canvas.restore_region(self._background, box, (0, 0))
            for artist in moving:
                if artist not in below:
                    self.figure.draw_artist(artist)

    def _restore(self):
        canvas = self.figure.canvas
        if self._background is None:
            for artist in self.moving:
                artist.set_animated(True)
            canvas.draw()
            self._background = canvas.copy_from_bbox(self.figure.bbox)
            legends = [ax.get_legend() for ax in self.figure.axes]
            with style_of(self.figure):
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
        """Return PNG bytes of several positions, in one panel if it can be, and their sentences."""
        if self._mark is None:
            pictures = [self.pixels(k) for k in positions]
        else:
            self._restore()
            right = 0
            for k in positions:
                self.move(k)
                if self._mark.get_window_extent().x0 < right + 5:
                    self._mark.set_text(str(k))  # close ones must not cover each other
                if self._mark.get_window_extent().x0 < right + 5:
                    self._mark.set_text("")
                right = self._mark.get_window_extent().x1
                self._draw([artist for artist in self.moving if artist is not self._cover])
            self._last = (None, "")
            pictures = [self._picture()]
        buffer = io.BytesIO()
        Image.fromarray(np.vstack(pictures)).save(buffer, format="png", optimize=True)
        return buffer.getvalue(), [self.move(k) for k in positions]


def equal_steps(positions):
    """Return the positions of a slider as a range, or raise if they are none."""
    given = np.asarray(positions)
    if given.ndim == 1 and given.size and given.dtype.kind in "iuf" and np.isfinite(given).all():
        first, step = int(given[0]), int(given[1] - given[0]) if given.size > 1 else 1
        even = range(first, first + step * given.size, step) if step > 0 else ()
        if np.array_equal(even, given):
            return even
    raise ValueError(
        f"positions must be whole numbers, at least one, that rise in equal steps, got {positions}"
    )


def _quick_png(pixels):
    """Encode by the difference to the row above, the one filter that numpy has: twice as fast."""
    height, width = pixels.shape[:2]
    rows = np.full((height, 1 + 3 * width), 2, dtype=np.uint8)  # 2 names the filter
    rows[:, 1:] = np.diff(pixels.reshape(height, -1), axis=0, prepend=np.uint8(0))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits of each of R, G, B
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
