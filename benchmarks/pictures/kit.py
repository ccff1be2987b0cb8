"""Draw diagrams as SVG: matrices as blocks or grids of numbers, arrows, neurons, and words.

A `Picture` collects shapes and writes one file. Sizes are in pixels of a picture 960 wide, text is at
least 20 high, so that the last row of a room can read it. Words may hold ``_{…}`` and ``^{…}``.
Each object has one colour in all lessons, and never a colour alone.
"""

import math
import re
from html import escape

from tutorial_helpers.figures.style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION

PAPER, INK = "#FCFCFA", "#1A1A1A"
# the meaning of the colours, as in the plots
KEPT, REMOVED, ERROR, REFIT, DATA, WEIGHTS = BLUE, GREY, VERMILLION, GREEN, SKY, ORANGE
RANDOM = PURPLE
WIDTH, SMALL, TEXT, LARGE = 960, 20, 24, 32
PICTURES = {}  # name → function that returns a Picture


def picture(name):
    """Register a function that draws the picture of this name, such as ``"05_blocks"``."""

    def register(draw):
        PICTURES[name] = draw
        return draw

    return register


def number(value):
    """Write a number for SVG, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def plain(words):
    """Return words without the marks of sub- and superscripts."""
    return re.sub(r"[_^]\{([^}]*)\}", r"\1", words)


class Picture:
    """One diagram: a light card with a title and a description inside.

    Parameters
    ----------
    title, description : str
        What the picture is called, and what it shows, for those who cannot see it.
    height, width : float
    """

    def __init__(self, title, description, height, width=WIDTH):
        self.title, self.description = title, description
        self.width, self.height = width, height
        self.shapes, self.words = [], []  # words: (x, y, size, anchor, text), for the tests

    # --- shapes

    def shape(self, tag, **attributes):
        """Add any SVG element; ``stroke_width`` stands for ``stroke-width``."""
        told = (
            f'{name.replace("_", "-")}="{number(v) if isinstance(v, int | float) else v}"'
            for name, v in attributes.items()
            if v is not None
        )
        self.shapes.append(f"<{tag} {' '.join(told)}/>")

    def rect(self, x, y, w, h, color=INK, fill="none", dash=None, opacity=None, line=2):
        """Draw a rectangle; ``fill`` a colour, ``opacity`` that of the fill."""
        self.shape(
            "rect", x=x, y=y, width=w, height=h, stroke=color, fill=fill,
            fill_opacity=opacity, stroke_width=line, stroke_dasharray=dash,
        )  # fmt: skip

    def line(self, *points, color=INK, width=3, dash=None, head=False):
        """Draw a line through points, with an arrow's head at its end if asked."""
        if head:
            (x0, y0), (x1, y1) = points[-2:]
            angle, size = math.atan2(y1 - y0, x1 - x0), 6 + 3 * width
            back = [
                (x1 - size * math.cos(angle + turn), y1 - size * math.sin(angle + turn))
                for turn in (0.42, -0.42)
            ]
            tip = " ".join(f"{number(x)},{number(y)}" for x, y in [(x1, y1), *back])
            self.shape("polygon", points=tip, fill=color)
            stop = 0.7 * size
            points = [*points[:-1], (x1 - stop * math.cos(angle), y1 - stop * math.sin(angle))]
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self.shape(
            "polyline", points=path, fill="none", stroke=color, stroke_width=width,
            stroke_dasharray=dash, stroke_linejoin="round",
        )  # fmt: skip

    def arrow(self, *points, **options):
        """Draw a line with a head."""
        self.line(*points, head=True, **options)

    def circle(self, x, y, r, color=INK, fill=PAPER, line=3, dash=None):
        """Draw a neuron, or any circle."""
        self.shape(
            "circle", cx=x, cy=y, r=r, stroke=color, fill=fill,
            stroke_width=line, stroke_dasharray=dash,
        )  # fmt: skip

    def text(self, x, y, words, size=TEXT, color=INK, anchor="middle", weight=None, italic=False):
        """Write words with their middle line at ``y``; ``anchor`` is start, middle or end."""
        spans, drop = [], 0
        for part in re.split(r"([_^]\{[^}]*\})", words):
            mark = part[:1] if re.fullmatch(r"[_^]\{[^}]*\}", part) else ""
            want = {"_": 0.2 * size, "^": -0.35 * size}.get(mark, 0)
            inner = escape(part[2:-1] if mark else part)
            if inner:
                dy = f' dy="{number(want - drop)}"' if want != drop else ""
                small = f' font-size="{number(max(SMALL, 0.75 * size))}"' if mark else ""
                spans.append(f"<tspan{dy}{small}>{inner}</tspan>")
                drop = want
        style = f' font-weight="{weight}"' if weight else ""
        style += ' font-style="italic"' if italic else ""
        self.words.append((x, y, size, anchor, plain(words)))
        self.shapes.append(
            f'<text x="{number(x)}" y="{number(y + 0.35 * size)}" font-size="{number(size)}" '
            f'fill="{color}" text-anchor="{anchor}"{style}>{"".join(spans)}</text>'
        )

    # --- what lessons are made of

    def matrix(self, x, y, w, h, name="", shape="", color=INK, fill="white", opacity=1, dash=None):
        """Draw a matrix as a block, its name inside and its shape below."""
        self.rect(x, y, w, h, color=color, fill=fill, opacity=opacity, line=3, dash=dash)
        if name:
            self.text(x + w / 2, y + h / 2, name, size=LARGE)
        if shape:
            self.text(x + w / 2, y + h + 22, shape, size=SMALL)

    def columns(self, x, y, w, h, count, chosen, color=KEPT):
        """Colour some of the columns of a block that has ``count``; chosen ones are hatched, too."""
        step = w / count
        for j in chosen:
            self.rect(x + j * step, y, step, h, color=color, fill=color, opacity=0.25, line=2)
            for k in range(1, int(h // 14)):
                self.line(
                    (x + j * step, y + 14 * k + 6), (x + (j + 1) * step, y + 14 * k - 6),
                    color=color, width=1,
                )  # fmt: skip

    def grid(self, x, y, rows, cell=(64, 48), name="", fills=None, bracket=True, size=TEXT):
        """Write a small matrix number by number; ``fills`` maps a column to a colour.

        Returns its width and height.
        """
        (w, h), m, n = cell, len(rows), len(rows[0])
        for j, color in (fills or {}).items():
            self.rect(x + j * w + 3, y + 2, w - 6, m * h - 4, color=color, fill=color, opacity=0.18)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                told = value if isinstance(value, str) else f"{value:g}".replace("-", "−")
                self.text(x + (j + 0.5) * w, y + (i + 0.5) * h, told, size=size)
        if bracket:
            for side, turn in ((x, 1), (x + n * w, -1)):
                self.line(
                    (side + 10 * turn, y),
                    (side, y),
                    (side, y + m * h),
                    (side + 10 * turn, y + m * h),
                )
        if name:
            self.text(x + n * w / 2, y - 24, name, size=TEXT)
        return n * w, m * h

    def brace(self, x0, x1, y, words, below=True, color=INK):
        """Mark a width with a bracket and a word."""
        turn = 1 if below else -1
        self.line((x0, y), (x0, y + 8 * turn), (x1, y + 8 * turn), (x1, y), color=color, width=2)
        self.text((x0 + x1) / 2, y + 26 * turn, words, size=SMALL, color=color)

    def right_angle(self, x, y, angle, size=18):
        """Mark a right angle at a corner; ``angle`` in degrees is that of its first side."""
        a = math.radians(angle)
        u, v = (math.cos(a), math.sin(a)), (-math.sin(a), math.cos(a))
        self.line(
            (x + size * u[0], y + size * u[1]),
            (x + size * (u[0] + v[0]), y + size * (u[1] + v[1])),
            (x + size * v[0], y + size * v[1]),
            width=2,
        )

    def svg(self):
        """Return the picture as the text of an SVG file."""
        w, h = number(self.width), number(self.height)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" '
            f'height="{h}" role="img" aria-labelledby="title desc" '
            'font-family="Helvetica, Arial, sans-serif">\n'
            f'<title id="title">{escape(self.title)}</title>\n'
            f'<desc id="desc">{escape(self.description)}</desc>\n'
            f'<rect width="{w}" height="{h}" rx="12" fill="{PAPER}"/>\n'
            + "\n".join(self.shapes)
            + "\n</svg>\n"
        )


__all__ = [
    "BLACK", "DATA", "ERROR", "GREY", "INK", "KEPT", "LARGE", "ORANGE", "PAPER", "PICTURES",
    "PURPLE", "RANDOM", "REFIT", "REMOVED", "SKY", "SMALL", "TEXT", "VERMILLION", "WEIGHTS", "WIDTH",
    "Picture", "number", "picture", "plain",
]  # fmt: skip
