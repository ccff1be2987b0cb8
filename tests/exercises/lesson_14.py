"""The exercises of the lesson on transformers."""

from fractions import Fraction

import numpy as np
from scipy.linalg import lstsq, qr

from exercises import Case
from tutorial_helpers import as_images, load_digits_split, load_vision_transformer


def small(rng):
    """Draw a feed-forward layer, its pre-activations, and a T for three kept neurons."""
    X, W, V, U = (rng.normal(size=size) for size in ((9, 4), (4, 6), (4, 6), (6, 4)))
    T, J = rng.normal(size=(3, 6)), np.array([4, 1, 3])
    T[:, J] = np.eye(3)
    return X, W, V, U, J, T


def pre_activations():
    network, images = load_vision_transformer(), as_images(load_digits_split()[0])[:50]
    x = network.stream(images, 0).reshape(-1, 48)
    x = (x - x.mean(axis=1)[:, None]) / np.sqrt(x.var(axis=1)[:, None] + 1e-5)
    block = network.blocks[0]
    return x @ block.W + block.b, block.U


def lesson():
    return {
        "check_work_left": (16, 48, 384, 96),
        "check_weights_behind": (*pre_activations(), 24),
        "check_gated": small(np.random.default_rng(0)),
        "check_folded_norm": (
            np.array([2.0, 0.5, 1]),
            np.array([1.0, 0, -1]),
            np.arange(6.0).reshape(3, 2),
            np.array([1.0, 2]),
        ),
    }


def drawn(rng):
    """Draw layers of other sizes."""
    g, s = rng.uniform(0.5, 2, size=5), rng.normal(size=5)
    return {
        "check_work_left": tuple(
            int(n) for n in (rng.permutation(np.arange(7, 20))[0], 24, 90, 31)
        ),
        "check_weights_behind": (rng.normal(size=(40, 12)) + 0.3, rng.normal(size=(12, 5)), 4),
        "check_gated": small(rng),
        "check_folded_norm": (g, s, rng.normal(size=(5, 7)), rng.normal(size=7)),
    }


def by_counting(tokens, d, m, k):
    """Count products one by one, in fractions."""

    def block(neurons):
        weights = sum(tokens * d * out for out in (d, d, d, d, neurons)) + tokens * neurons * d
        return weights + tokens * tokens * d + tokens * tokens * d

    return float(Fraction(block(k), block(m)))


def behind(A, U, k):
    """Decompose what comes out of the ReLU, by SciPy alone."""
    Z = np.where(A > 0, A, 0)
    J = qr(Z, mode="r", pivoting=True)[1][:k]
    return lstsq(Z[:, J], Z)[0] @ U


def before(A, U, k):
    """Decompose as the lesson's function does before it is mended."""
    J = qr(A, mode="r", pivoting=True)[1][:k]
    return lstsq(A[:, J], A)[0] @ U


def gated(X, W, V, U, J, T):
    """Send one row after the other through the pruned layer."""
    rows = []
    for x in X:
        gate = [max(x @ W[:, j], 0) * (x @ V[:, j]) for j in J]
        rows.append(np.array(gate) @ T @ U)
    return np.array(rows)


def folded(g, s, W, b):
    """Read weights and bias off what the layer makes of unit vectors and of zero."""
    bias = s @ W + b
    return np.vstack([[(g * e + s) @ W + b - bias for e in np.eye(len(g))], bias])


rng = np.random.default_rng(3)
CASES = {
    "check_work_left": Case(
        (16, 48, 384, 96),
        by_counting,
        [
            ("not pruned", lambda tokens, d, m, k: k / m),
            ("what is left", lambda tokens, d, m, k: 1 - by_counting(tokens, d, m, k)),
            ("a function is asked for", 0.4),
        ],
    ),
    "check_weights_behind": Case(
        (rng.normal(size=(30, 8)) + 0.2, rng.normal(size=(8, 3)), 3),
        behind,
        [
            ("what does your T rebuild", before),
            ("not the kept ones", lambda A, U, k: U[:k]),
        ],
    ),
    "check_gated": Case(
        small(rng),
        gated,
        [
            ("who speaks", lambda X, W, V, U, J, T: gated(X, W, V, U, J, np.eye(6)[J])),
            ("the full layer", lambda X, W, V, U, J, T: gated(X, W, V, U, range(6), np.eye(6))),
        ],
    ),
    "check_folded_norm": Case(
        (np.array([2.0, 0.5, 1]), np.array([1.0, 0, -1]), np.arange(6.0).reshape(3, 2), np.ones(2)),
        folded,
        [
            ("goes through them", lambda g, s, W, b: np.vstack([np.diag(g) @ W, b])),
            ("last row", lambda g, s, W, b: folded(g, s, W, b)[[-1, *range(len(g))]]),
        ],
    ),
}
