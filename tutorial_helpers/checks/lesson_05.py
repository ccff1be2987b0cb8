"""Exercises of the lesson on the interpolative decomposition."""

import numpy as np
from numpy.linalg import norm

from .framework import Expected, exercise, vote


@exercise("05.1", "the order of the pivots")
def check_pivot_order(B):
    """Compare with the columns of the longest remainders, one after the other."""
    left, order, lengths = np.array(B, dtype=float), [], norm(B, axis=0)
    while len(order) < left.shape[1]:
        longest = norm(left, axis=0)
        longest[order] = -1  # rounding leaves a little of those that are taken
        order.append(int(longest.argmax()))
        q = left[:, order[-1]] / norm(left[:, order[-1]])
        left = left - np.outer(q, q @ left)
    order = np.array(order)
    mistakes = {
        "that is the order of the lengths; how much of each is new?": np.argsort(-lengths),
        "count from 0": order + 1,
        "that is the order of the lengths, and count from 0": np.argsort(-lengths) + 1,
        "the longest remainder comes first, not last": order[::-1],
        "entry 0 is the column that comes first; you gave the place of each": np.argsort(order),
    }
    return Expected(order, mistakes)


check_second_pivot = vote(
    "05.2",
    "the likely second pivot",
    "C",
    {
        "A": "it is long, but how much of it does the first pivot leave?",
        "B": "what is like the first pivot is explained by it; which columns are taken?",
        "D": "little of it can be left, as there is little of it at all",
    },
)


@exercise("05.3", "T from R and P", others=lambda R, P, k: [(R, P[::-1], max(1, k // 2))])
def check_interpolation(R, P, k):
    """Compare with T[:, P] = [I, R11⁻¹ R12]."""
    eye, R11, R12, order = np.eye(k), R[:k, :k], R[:k, k:], np.argsort(P)
    S, wider = np.linalg.solve(R11, R12), np.linalg.solve(R[: k + 1, : k + 1], R[: k + 1])
    T = np.hstack([eye, S])
    turned = np.hstack([eye, np.linalg.solve(R11.T, R12)])
    mistakes = {
        "these columns are in the order of the pivots; A has another": T,
        "T[:, P] = … puts columns to the places P; yours were taken from there": T[:, P],
        "this rebuilds the other columns; who rebuilds the kept ones?": S,
        "R11 is upper triangular; yours was transposed": turned[:, order],
        "a kept column must rebuild itself: R11 has yet to be divided out": R[:k][:, order],
        "R12 still waits for R11": np.hstack([eye, R12])[:, order],
        "a kept column must rebuild itself; yours are empty": np.hstack([0 * eye, S])[:, order],
        "this is for one column more": wider[:, order],
    }
    return Expected(T[:, order], mistakes)


def _another_camera(measured, kept, T):
    return [(2 * measured[::-1], kept[::-1], T[::-1])]


@exercise("05.4", "images rebuilt from pixels in another order", others=_another_camera)
def check_rebuilt(measured, kept, T):
    """Compare with X_J T, where the columns of `measured` are sorted, those of T are not."""
    if not np.allclose(T[:, kept], np.eye(len(kept))):
        raise ValueError("kept no longer belongs to T")
    order, empty = np.argsort(kept), np.zeros((len(measured), T.shape[1]))
    empty[:, np.sort(kept)] = measured
    mistakes = {
        "the first row of T belongs to the first pivot; whose is your first column?": measured @ T,
        "argsort tells where to fetch from; on this side you need the way back, its inverse": (
            measured[:, order] @ T
        ),
        "the other pixels are empty; what is T for?": empty,
        "images are rows here": (measured @ T[order]).T,
    }
    return Expected(measured @ T[order], mistakes)


@exercise("05.5", "the least k within a tolerance")
def check_least_k(R, tolerance):
    """Compare with the least k with ‖R22‖_F ≤ tolerance · ‖R‖_F."""
    errors, spectral = (
        np.array([norm(R[k:, k:], p) for k in range(len(R))] + [0.0]) for p in ("fro", 2)
    )

    def least(values):
        return np.argmax(values <= tolerance * values[0])

    above, diagonal = (
        np.array([norm(part[..., k:]) for k in range(len(R))] + [0.0]) for part in (R, np.diag(R))
    )
    mistakes = {
        "one too few: does your error belong to this k or to the next?": least(errors) - 1,
        "one too many: does your error belong to this k or to the one before?": least(errors) + 1,
        "these are sums of squares; where is the root?": least(errors**2),
        "one diagonal entry is not the whole error": least(np.abs(np.diag(R))),
        "this is right for the 2-norm; which norm is asked for?": least(spectral),
        "the tolerance is relative: a part of what?": np.argmax(errors <= tolerance),
        # on some data one of the above as well
        "the first k rows hold what is explained; which rows are left?": (
            lambda k: k == least(above)
        ),
        "R22 is a triangle; that was its diagonal alone": lambda k: k == least(diagonal),
    }
    return Expected(least(errors), mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t05.1", "the error of the ID read off R")(
        lambda: Expected(
            7,
            {
                "that is the error for k = 2": 2,
                "the diagonal entry is not all that is left: take the whole block": 6,
                "a norm is the root of the sum of squares": 49,
            },
        )
    ),
    vote(
        "t05.2",
        "whether least squares would do better",
        "A",
        {
            "B": "the error is perpendicular to all kept columns; what does that say?",
            "C": "large entries do harm in another way; are they not the best weights, too?",
        },
    ),
    vote(
        "t05.3",
        "why not the SVD",
        "C",
        {
            "A": "of all matrices of rank k, which one comes closest?",
            "B": "it may be cheaper, but what must be known of a new image to use each?",
        },
    ),
]
