"""Digits drawn by a script in common styles, and the 8 × 8 picture that the page makes of strokes.

A drawing is a list of strokes, each an array (points, 2) of x to the right and y downwards.
`prepare` does in numpy, pixel by pixel, what ``tutorial_helpers/figures/drawing.js`` does segment
by segment; the browser tests hold the two together.
"""

from itertools import pairwise

import numpy as np

PEN, BOX_WIDTH, FIELD = 5, 20, 32  # of the bitmap in which ink is counted, in its pixels


def arc(x, y, across, up, start, end, points=25):
    """Return points on an ellipse; angles in degrees, clockwise from the right."""
    angle = np.radians(np.linspace(start, end, points))
    return [*zip(x + across * np.cos(angle), y + up * np.sin(angle), strict=True)]


# The digit is the first letter of the name. Coordinates: 0 to 1, down the page.
STYLES = {
    "0 oval": [arc(0.5, 0.5, 0.32, 0.5, -90, 270)],
    "1 stick": [[(0.5, 0), (0.5, 1)]],
    "1 with a flag": [[(0.25, 0.3), (0.55, 0), (0.55, 1)]],
    "1 with a foot": [[(0.3, 0.22), (0.5, 0), (0.5, 1)], [(0.2, 1), (0.8, 1)]],
    "2 round": [[*arc(0.5, 0.28, 0.34, 0.28, 190, 390), (0.15, 1), (0.85, 1)]],
    "2 with a loop": [
        [*arc(0.48, 0.27, 0.32, 0.27, 190, 400), (0.25, 0.92),
         *arc(0.28, 0.88, 0.12, 0.1, 90, 330), (0.55, 0.98), (0.88, 0.95)]
    ],
    "3 round": [
        [*arc(0.45, 0.25, 0.33, 0.25, 200, 445), *arc(0.45, 0.74, 0.38, 0.26, -85, 155)]
    ],
    "3 with a flat top": [
        [(0.15, 0), (0.8, 0), (0.42, 0.4), *arc(0.43, 0.7, 0.38, 0.3, -75, 150)]
    ],
    "4 closed": [[(0.72, 0.68), (0.1, 0.68), (0.62, 0), (0.62, 1)]],
    "4 open": [[(0.2, 0), (0.12, 0.55), (0.88, 0.55)], [(0.68, 0.15), (0.62, 1)]],
    "5 in one line": [[(0.82, 0), (0.24, 0), (0.2, 0.44), *arc(0.45, 0.69, 0.36, 0.31, -125, 150)]],
    "5 with a roof": [[(0.25, 0), (0.2, 0.42), *arc(0.45, 0.69, 0.36, 0.31, -125, 150)],
                      [(0.25, 0), (0.85, 0)]],
    "6 curved": [[*arc(0.75, 0.6, 0.57, 0.6, -90, -180, 12), *arc(0.48, 0.7, 0.3, 0.3, 180, 540)]],
    "6 with a straight stem": [[(0.62, 0), (0.2, 0.62), *arc(0.5, 0.71, 0.32, 0.29, 190, 540)]],
    "7 plain": [[(0.12, 0), (0.86, 0), (0.4, 1)]],
    "7 crossed": [[(0.12, 0), (0.86, 0), (0.4, 1)], [(0.28, 0.5), (0.82, 0.5)]],
    "8 two rings": [[*arc(0.5, 0.24, 0.27, 0.24, 90, 450), *arc(0.5, 0.74, 0.35, 0.26, -90, 270)]],
    "8 in one line": [
        [*arc(0.5, 0.25, 0.3, 0.25, -40, -270, 18), *arc(0.5, 0.75, 0.34, 0.25, -90, 200, 22),
         (0.74, 0.15)]
    ],
    "9 curved": [[*arc(0.5, 0.28, 0.3, 0.28, 0, -360), *arc(0.3, 0.4, 0.5, 0.6, 0, 75, 12)]],
    "9 with a straight stem": [[*arc(0.48, 0.28, 0.32, 0.28, 0, -360), (0.76, 1)]],
}  # fmt: skip


def drawn_by_hand(strokes, rng, *, shake=0.02, slant=(-0.05, 0.3)):
    """Return the strokes as an unsteady hand draws them: slanted, narrower or wider, shaken."""
    lean, wide = rng.uniform(*slant), rng.uniform(0.8, 1.2)
    shaken = []
    for stroke in strokes:
        x, y = np.array(stroke, dtype=float).T
        points = np.column_stack([wide * x + lean * (1 - y), y])
        shaken.append(points + rng.normal(0, shake, points.shape))
    return shaken


def prepare(strokes, *, pen=PEN, box=BOX_WIDTH):
    """Return the 64 numbers that the network reads, shape (64,).

    The strokes are scaled to a box ``box`` wide and 32 high, each direction by itself, but never
    wider than true to the height, nor higher than four times true to the width. Of the 32 × 32
    pixels those have ink whose centre is within half a pen of a line; ink is counted in blocks of
    4 × 4.
    """
    points = np.vstack(strokes)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    across, down = np.array([box - pen, FIELD - pen]) / np.maximum(size, 1e-9)
    scale = np.array([min(across, down), min(down, 4 * across)])
    corner = (FIELD - scale * size) / 2
    centres = np.mgrid[:FIELD, :FIELD][::-1].reshape(2, -1).T + 0.5
    ink = np.zeros(len(centres), dtype=bool)
    for stroke in strokes:
        at = corner + scale * (np.asarray(stroke, dtype=float) - low)
        for start, end in pairwise(at):
            way = end - start
            along = (centres - start) @ way / max(way @ way, 1e-12)
            nearest = start + np.clip(along, 0, 1)[:, None] * way
            ink |= ((centres - nearest) ** 2).sum(axis=1) <= pen**2 / 4
    blocks = ink.reshape(8, 4, 8, 4).sum(axis=(1, 3))
    return blocks.ravel().astype(float)


def drawings(copies, seed=0):
    """Return X (copies · styles, 64), the digits y, and the style of each row."""
    rng = np.random.default_rng(seed)
    rows = [
        (prepare(drawn_by_hand(strokes, rng)), int(name[0]), name)
        for name, strokes in STYLES.items()
        for _ in range(copies)
    ]
    X, y, names = zip(*rows, strict=True)
    return np.array(X), np.array(y), np.array(names)
