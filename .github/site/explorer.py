"""The k explorer for a page without a kernel: what moves, at every position, inside the page."""

import base64
import io
import json
import re
from html import escape
from zlib import crc32

import numpy as np
from IPython.display import HTML
from PIL import Image

# An explorer that takes more than this keeps only every second, third, … position.
MOST_BYTES = 1_000_000

PAGE = """<div class="explorer">
<div class="controls">
<button type="button" aria-label="play or pause">▶</button>
<span aria-hidden="true">{name}</span>
<input type="range" aria-label="{name}" min="0" max="{last}" value="{at}">
<input type="number" aria-label="{name}" min="{first}" max="{most}" step="{step}">
</div>
<canvas role="img" width="{width}" height="{height}"></canvas>
<p role="status"></p>
<script type="application/json">{data}</script>
</div>"""


def explore_k(scene, start=None):
    """Stand in for `tutorial_helpers.explore_k` while the site is built.

    Parameters
    ----------
    scene : Scene
    start : int, optional
        First position; by default the one in the middle.

    Returns
    -------
    explorer : IPython.display.HTML
        The standing picture, and for each position the part of it that changes and the sentence.

    Raises
    ------
    ValueError
        If two positions tell the same, a value is no number, or no picture ever changes.
    """
    sweep(scene)
    stops = scene.stops
    start = stops[len(stops) // 2] if start is None else start
    still = scene.still()
    sample = [patch(scene, still, k)[2] for k in stops[:: max(1, len(stops) // 5)]]
    stride = 1 + int(len(stops) * np.mean([len(png) for png in sample]) / MOST_BYTES)
    at = int(np.abs(np.array(stops) - start).argmin())
    stops = stops[at % stride :: stride]
    data = {
        "stops": stops,
        "title": scene.title,
        "still": _base64(still),
        "frames": [(*patch(scene, still, k), scene.move(k)) for k in stops],
    }
    height, width = still.shape[:2]
    return HTML(
        PAGE.format(
            name=escape(scene.name),
            last=len(stops) - 1,
            at=at // stride,
            first=stops[0],
            most=stops[-1],
            step=scene.positions.step,
            width=width,
            height=height,
            data=json.dumps(data, ensure_ascii=False).replace("</", "<\\/"),
        )
    )


def sweep(scene):
    """Draw every position; raise if a sentence or the pictures show that something is wrong."""
    wrong = [k for k in scene.positions if re.search(r"\b(nan|inf)\b", scene.move(k))]
    told = [scene.move(k) for k in scene.stops]
    if wrong or len(set(told)) < len(told):
        raise ValueError(f"two positions tell the same, or a value is no number: {wrong or told}")
    if len({crc32(scene.pixels(k)) for k in scene.positions}) < 2:
        raise ValueError(f"the picture never changes: {told[0]} … {told[-1]}")


def patch(scene, still, k):
    """Return the smallest rectangle that position k changes: left, top, PNG in base64."""
    picture = scene.pixels(k)
    changed = (picture != still).any(axis=2)
    if not changed.any():
        return 0, 0, ""
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    top, left = int(rows[0]), int(columns[0])
    return left, top, _base64(picture[top : rows[-1] + 1, left : columns[-1] + 1])


def _base64(pixels):
    image, buffer = Image.fromarray(pixels), io.BytesIO()
    # exact up to 256 colours; weights and photographs have more, and no eye sees the difference
    image = image.quantize(256, dither=Image.Dither.NONE)
    image.save(buffer, format="png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()
