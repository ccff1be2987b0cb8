"""Exercises of the lesson on every k at once."""

import numpy as np
from numpy.linalg import norm

from .framework import Expected, exercise


def _at_another_k(C, G, beta, k):
    return [(C, 2 * G, beta + 1, max(1, k // 2))]


@exercise("09.1", "the logits for one k", others=_at_another_k)
def check_logits_at(C, G, beta, k):
    """Compare with β + C[:, :k] G[:k]."""
    G = G[: C.shape[1]]
    right = beta + C[:, :k] @ G[:k]
    mistakes = {
        "every network has a bias behind the layer": C[:, :k] @ G[:k],
        "that is one neuron too many: indices begin at 0": beta + C[:, : k + 1] @ G[: k + 1],
        "that is one neuron too few": beta + C[:, : k - 1] @ G[: k - 1],
        "that is the last term alone; all before it belong to the sum": (
            beta + np.outer(C[:, k - 1], G[k - 1])
        ),
        "those are the terms of the neurons that are removed": beta + C[:, k:] @ G[k:],
        "those are all terms: where does k come in?": beta + C @ G,
        "the bias comes once, not with every term": k * beta + C[:, :k] @ G[:k],
    }
    return Expected(right, mistakes)


@exercise("09.2", "the relative error for every k")
def check_every_error(R):
    """Compare with the square roots of the suffix sums of R's squared rows over that of all."""
    ks, all_left = range(1, len(R) + 1), norm(R)
    left = np.array([norm(R[k:]) / all_left for k in [0, *ks]])
    right, diagonal = left[1:], np.diag(R)
    mistakes = {
        "the first entry belongs to k = 1, where one row is gone already": left[:-1],
        "those are squares; a norm is their root": right**2,
        "that is what the kept columns explain, not what is left": np.sqrt(1 - right**2),
        "relative to what? divide by the norm of Z": all_left * right,
        "this begins at k = 0; we ask from k = 1 on": left,
        "errors fall as k grows; do yours?": [norm(R[-k:]) / all_left for k in ks],
        "what is left is all of the row, not only the diagonal": (
            [norm(diagonal[k:]) / all_left for k in ks]
        ),
        "which norm is asked for?": (
            [norm(R[k:], 2) / norm(R, 2) if k < len(R) else 0.0 for k in ks]
        ),
        "what stands above R22 is rebuilt": [norm(R[:, k:]) / all_left for k in ks],
        "that is what is gained, not what is left": 1 - right,
        "the last k is missing: what is left when all rows are gone?": right[:-1],
    }
    return Expected(right, mistakes)


@exercise("09.3", "the smallest k within a tolerance")
def check_tolerance(errors, tolerance):
    """Compare with the first k with errors[k] < tolerance · errors[0]; errors start at k = 0."""
    errors = np.asarray(errors)
    limit = tolerance * errors[0]
    k = np.argmax(errors < limit)
    mistakes = {
        "entry 0 belongs to k = 0, so an index is its k already": k + 1,
        "one neuron fewer leaves too much": k - 1,
        "a part of the norm, not of its square": np.argmax(errors**2 < limit * errors[0]),
        "relative to the norm of Z, not to 1": np.argmax(errors < tolerance),
    }
    return Expected(k, mistakes)
