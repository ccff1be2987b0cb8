"""Lesson 00: a digit that the reader draws, read in the page by the pruned networks of every k.

One triangle holds them all. Neurons in the order ``P`` in which they are kept; what the hidden
layer makes of a drawing is ``z = max(x W + b, 0)``, and as in `curves`

    c R = z[P],    L_k = β + Σ_{i≤k} c_i g_i,    G = R U[P],

of which the page needs the first rows: ``R`` up to row and column 100, and as many rows of ``G``.
Python packs the numbers, ``drawing.js`` computes and shows; nothing is fetched.
"""

import base64
import io
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
from IPython.display import HTML
from sklearn.neural_network import MLPClassifier
from sklearn.utils import check_array

from .._validation import check_k
from ..curves import EveryK
from ..networks import labels_from_logits, logits
from .plots import plot_images

SCRIPT = Path(__file__).with_name("drawing.js").read_text(encoding="utf-8")
MOST = 100  # the largest k in the page
PAGE = """<div class="drawn-digit">
<img alt="{told}" src="data:image/png;base64,{png}">
<p>Here a digit can be drawn once the cell has run, or on the site, with JavaScript. {told}</p>
<script type="application/json">{data}</script>
<script>{script}</script>
</div>"""


def _stored():
    with files("tutorial_helpers").joinpath("drawing.npz").open("rb") as file:
        return dict(np.load(file))


def load_drawing_network():
    """Load the network that reads drawings: 1000 neurons, trained on slanted and shifted copies.

    The copies are those of the first half of the digits alone; ``benchmarks/train_drawing.py``
    made them. Its weights are multiples of a step, from −127 to 127, so that a page can hold them.

    Returns
    -------
    network : fitted sklearn.neural_network.MLPClassifier

    Examples
    --------
    >>> load_drawing_network().coefs_[0].shape
    (64, 1000)
    """
    stored = _stored()
    W, U = (stored[name] * float(stored[f"{name}_step"]) for name in ("W", "U"))
    network = MLPClassifier(W.shape[1], random_state=1)
    # a first step, for all that a fitted network has besides its weights
    network.partial_fit(np.zeros((len(U.T), len(W))), range(len(U.T)), classes=range(len(U.T)))
    network.coefs_ = [W, U]
    network.intercepts_ = [stored[name].astype(float) for name in ("b", "beta")]
    return network


def load_drawings():
    """Load digits that no person drew: lines of twenty common styles, by an unsteady hand.

    ``benchmarks/drawn_digits.py`` drew them, and prepared them as the page does, twenty of each.

    Returns
    -------
    X : ndarray of shape (400, 64), float64
        Ink from 0 to 16.
    y : ndarray of shape (400,), int
    styles : ndarray of shape (400,), str
        The form of each, such as ``"7 crossed"``.

    Examples
    --------
    >>> X, y, styles = load_drawings()
    >>> X.shape, str(styles[0])
    ((400, 64), '0 oval')
    """
    stored = _stored()
    styles = stored["styles"].repeat(len(stored["drawings"]) // len(stored["styles"]))
    return stored["drawings"].astype(float), np.array([int(name[0]) for name in styles]), styles


def draw_digit(every, samples, *, k=10):
    """Let the reader draw a digit by mouse, finger or keys; every pruned network reads it at once.

    The page shows the 8 × 8 picture that the networks get, the scores of k neurons beside those of
    all, from which k on the reading holds, and which of the kept neurons fire. A button writes the
    drawing as a line of Python. It runs in the page, without a kernel or anything fetched.

    Parameters
    ----------
    every : EveryK
        Of a ReLU classifier with one hidden layer and 64 inputs: the page holds k = 1 to 100.
    samples : array-like of shape (q, 64)
        Images that can be looked at instead of drawing one.
    k : int
        Where the slider stands at first.

    Returns
    -------
    page : IPython.display.HTML

    Raises
    ------
    TypeError, ValueError
        If ``every`` is none, or of a network of another kind, for which the page has no code.

    Examples
    --------
    >>> from tutorial_helpers import EveryK, load_digits_split
    >>> X_train, X_test, _, _ = load_digits_split()
    >>> page = draw_digit(EveryK(load_drawing_network(), X_train), X_test[:30])
    >>> len(page.data) < 200_000
    True
    """
    if not isinstance(every, EveryK):
        raise TypeError(f"every must be an EveryK(network, X), got {type(every).__name__}")
    samples = check_array(samples, dtype=float, input_name="samples")
    data = _packed(every, samples)
    data["k"] = check_k(k, data["most"], "the neurons that the page can keep")
    told, png = _still(every, samples)
    text, script = (part.replace("</", "<\\/") for part in (json.dumps(data), SCRIPT))
    return HTML(PAGE.format(told=told, png=png, data=text, script=script))


def _packed(every, samples):
    """Return what the page computes with: arrays as text, neurons in the order in which they go."""
    network, order = every.network, every.order
    shapes = [coef.shape for coef in network.coefs_]
    if len(shapes) != 2 or shapes[0][0] != 64 or samples.shape[1] != 64:
        raise ValueError(
            "the page reads 64 numbers with one hidden layer: every must be of such a network, and "
            f"samples of shape (q, 64); got weights {shapes} and samples {samples.shape}"
        )
    kind = network.activation, network.out_activation_
    if kind != ("relu", "softmax"):
        raise ValueError(f"the page knows ReLU and softmax alone, got a network with {kind}")
    (W, U), (b, beta) = network.coefs_, network.intercepts_
    most, scores = min(MOST, len(order)), logits(network, samples)
    arrays = {
        "W": W[:, order].T,
        "b": b[order],
        "U": U[order],
        "beta": beta,
        "mean": every._mean[order[:most]],
        "start": every._start,
        "R": every._R[:most, :most].T[np.tril_indices(most)],  # column by column
        "G": every._R[:most] @ U[order],
        "samples": samples,
    }
    return {
        "classes": network.classes_.tolist(),
        "most": most,
        "range": [float(np.quantile(scores, 0.1)), float(scores.max())],
        **{name: _bytes(A) for name, A in arrays.items()},
    }


def _bytes(A):
    """Return an array as text: a byte a number where that is exact, else four."""
    numbers, step = A.astype("<f4"), 0
    for unit in (np.abs(A).max() / 127 or 1, 1):
        steps = np.rint(A / unit)
        if np.abs(steps).max() <= 127 and np.allclose(unit * steps, A, rtol=1e-12, atol=0):
            numbers, step = steps.astype("i1"), float(unit)
    text = base64.b64encode(np.ascontiguousarray(numbers)).decode()
    return {"step": step, "data": f"data:application/octet-stream;base64,{text}"}


def _still(every, samples, at=(5, 20, 100)):
    """Return a sentence and a picture of some samples and how they are read, for a page at rest."""
    samples = samples[:6]
    at = [k for k in at if k <= len(every.k)] or [len(every.k)]
    read = {
        k: labels_from_logits(every.network, L)
        for k, L in zip(every.k[: max(at)], every.logits(samples), strict=False)
        if k in at
    }
    full = every.network.predict(samples)
    titles = [
        "\n".join([*(f"k = {k}: {read[k][i]}" for k in at), f"all: {full[i]}"])
        for i in range(len(samples))
    ]
    figure = plot_images(samples, titles)[0].figure
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None}, dpi=60)
    same = ", ".join(f"{np.count_nonzero(read[k] == full)} at k = {k}" for k in at)
    told = f"Of {len(samples)} test images the pruned network reads as all neurons do {same}."
    return told, base64.b64encode(buffer.getvalue()).decode()
