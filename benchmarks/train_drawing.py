"""Train the network that reads what is drawn on a page: ``python -m benchmarks.train_drawing``.

It has 1000 neurons, like that of the lessons, but hears more forms: beside each image of the
training half forty copies that are slanted, turned, shifted, scaled, and drawn with more or less
ink. Its weights are then rounded to bytes, so that a page can hold them; *that* is the network, in
Python as in the page. Writes it to ``tutorial_helpers/drawing.npz``, and beside it the drawings of
`drawn_digits`, which it has never seen; some two minutes.
"""

import warnings
from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from benchmarks.drawn_digits import STYLES, drawings
from tutorial_helpers import load_digits_split, train_network

FILE = Path(__file__).parent.parent / "tutorial_helpers" / "drawing.npz"
COPIES, EPOCHS, SHIPPED = 40, 25, 20


def warped(image, rng):
    """Return a copy of an image (8, 8): other slant, turn, place, width, height and ink."""
    turn, slant = rng.uniform(-0.15, 0.15), rng.uniform(-0.45, 0.45)
    high, wide = 1 + rng.uniform(-0.15, 0.15), 1 + rng.uniform(-0.35, 0.35)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    matrix = rotation @ np.array([[1 / high, 0], [slant, 1 / wide]])
    middle = np.full(2, 3.5)
    offset = middle - matrix @ middle + rng.uniform(-1, 1, 2)
    ink = 1 + rng.uniform(-0.25, 0.25)
    return np.clip(ink * affine_transform(image, matrix, offset, order=1), 0, 16)


def with_copies(X, y, copies, seed=0):
    """Return the images and, for each, some warped copies: ((copies + 1) n, 64) and labels."""
    rng = np.random.default_rng(seed)
    images = X.reshape(-1, 8, 8)
    more = [np.array([warped(image, rng).ravel() for image in images]) for _ in range(copies)]
    return np.vstack([X, *more]), np.tile(y, copies + 1)


def in_bytes(A):
    """Round a matrix to multiples of a step, from −127 to 127: the bytes, and the step."""
    step = np.abs(A).max() / 127
    return np.rint(A / step).astype(np.int8), step


def main():
    """Train, round, and write the weights."""
    X, X_test, y, y_test = load_digits_split()
    X_more, y_more = with_copies(X, y, COPIES)
    with threadpool_limits(1, user_api="blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are as many as we want
        network = train_network(X_more / 16, y_more, max_iter=EPOCHS)
    print(f"{network.score(X_test / 16, y_test):.1%} of the test half before rounding")
    W, U = network.coefs_
    (W, W_step), (U, U_step) = in_bytes(W / 16), in_bytes(U)  # it reads ink from 0 to 16
    b, beta = (np.float32(bias) for bias in network.intercepts_)
    drawn = {"drawings": drawings(SHIPPED)[0].astype(np.uint8), "styles": list(STYLES)}
    np.savez_compressed(FILE, W=W, W_step=W_step, b=b, U=U, U_step=U_step, beta=beta, **drawn)


if __name__ == "__main__":
    main()
