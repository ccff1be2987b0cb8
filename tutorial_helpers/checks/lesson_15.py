"""Exercises of the lesson on more data than memory."""

import numpy as np
from numpy.linalg import lstsq

from .framework import Expected, exercise, vote


@exercise("15.1", "the triangle of two triangles")
def check_joined_triangle(R_a, R_b):
    """Compare with the triangle of both on top of each other, its diagonal positive."""
    both = np.vstack([R_a, R_b])
    R = np.linalg.qr(both, mode="r")
    R = np.sign(np.diag(R))[:, None] * R
    mistakes = {
        "triangles do not add up; their inner products do": R_a + R_b,
        "these are the inner products; which triangle has them?": R.T @ R,
        "the first column is right; beside it stands an inner product, divided by its length": (
            np.sqrt(R_a**2 + R_b**2)
        ),
        "both on top of each other is the start; what is their QR?": both,
        "the zeros belong below the diagonal": R.T,
        "right up to signs: make the diagonal positive": lambda told: np.allclose(
            np.sign(np.diag(told))[:, None] * told, R
        ),
        "a length is a root of a sum of squares": np.where(np.eye(len(R)), R**2, R),
        "the first row is right; below stands a length, the root of what is left of the squares": (
            lambda told: np.allclose(told[0], R[0])
        ),
        "the first entry is right; beside it stands an inner product, divided by that entry": (
            lambda told: np.isclose(told[0, 0], R[0, 0])
        ),
    }
    return Expected(R, mistakes)


check_second_pass = vote(
    "15.2",
    "what the triangles do not tell",
    "B",
    {
        "A": "pivots follow from inner products of columns; do these add up?",
        "C": "the bias is the weight of a column; which one?",
        "D": "a sum of squares over all rows: is it a length of a combination of columns?",
    },
)


def _other_rows(Z, size):
    more = 2 * np.vstack([Z[::-1], Z[1:]]) + 1  # other rows, and more blocks, the last one short
    return [(more, len(Z) // 10 or 1)]


@exercise("15.3", "the inner products of all rows", others=_other_rows)
def check_inner_products(Z, size):
    """Compare with ZᵀZ."""
    n, right = len(Z), Z.T @ Z
    whole = n // size * size
    early, late, again = (part.T @ part for part in (Z[:whole], Z[whole:], Z[-size:]))
    mistakes = {
        "how many rows does it look at, and how many are there?": early,
        "the last rows alone: what of the blocks before?": late,
        "all rows are there now, but some of them twice": early + again,
        "these are means; the sum over all rows is asked for": right / n,
        "that is the first block alone": Z[:size].T @ Z[:size],
        "the first block is missing": Z[size:].T @ Z[size:],
    }
    return Expected(right, mistakes)


@exercise("15.4", "standard deviations from a triangle")
def check_deviations(R):
    """Compare with the lengths of the columns below the first row, by the root of n."""
    root, below = abs(R[0, 0]), R[1:, 1:]
    lengths = np.sqrt((below**2).sum(axis=0))
    right = lengths / root
    above = R[:, 1:]
    as_if_rows = below.std(axis=0), above.std(axis=0), np.sqrt((above**2).mean(axis=0))
    mistakes = {
        "these are the distances from zero: which row holds the means?": (
            np.sqrt((R[:, 1:] ** 2).sum(axis=0)) / root
        ),
        "these are lengths, over all rows; how many rows are there?": lengths,
        "these are the means": R[0, 1:] / R[0, 0],
        "these are variances": right**2,
        "np.std divides by n, not by n − 1": lengths / np.sqrt(root**2 - 1),
        "the root of n is at the upper left, not n": lengths / root**2,
        "a column reaches from its top to the diagonal; you took the diagonal alone": (
            np.abs(np.diag(below)) / root
        ),
        "sum along columns: a row of R is no neuron": np.sqrt((below**2).sum(axis=1)) / root,
        "the lengths are right, what you divide by is not: how many rows were there?": (
            lambda told: len(told) > 1 and np.allclose(told * lengths.sum(), lengths * told.sum())
        ),
        "a row of R is no image: its columns have the lengths of those of Z, not their means": (
            lambda told: any(np.allclose(told, wrong) for wrong in as_if_rows)
        ),
    }
    return Expected(right, mistakes)


@exercise("15.5", "ridge weights from a triangle")
def check_ridge_from_triangle(R, k, alpha):
    """Compare with least squares of √α times the identity below the triangle."""
    A, Y = R[:, :k], R[:, k:]
    zeros = np.zeros((k, Y.shape[1]))

    def below(weight):
        return lstsq(np.vstack([A, weight * np.eye(k)]), np.vstack([Y, zeros]))[0]

    right = below(np.sqrt(alpha))

    def penalised_otherwise(told):
        pull = A.T @ (Y - A @ told)  # c times the weights, if c is penalised
        c = (pull * told).sum() / (told**2).sum()
        return np.allclose(pull, c * told, atol=1e-6 * np.abs(A.T @ Y).max())

    mistakes = {
        "where is the penalty? If R_pair holds it now: what you make of it needs a new name": (
            lstsq(A, Y)[0]
        ),
        "alpha² is penalised: which weight stands before the identity? Is alpha as given?": (
            below(alpha)
        ),
        "another number than α is penalised: it holds for all rows together, unscaled": (
            penalised_otherwise
        ),
        "rows belong to kept neurons, columns to what they should say": right.T,
        "√α belongs below the triangle; you added it to the diagonal": (
            lstsq(A[:k] + np.sqrt(alpha) * np.eye(k), Y[:k])[0]
        ),
        "beside the identity stand zeros: the weights are drawn towards nothing": (
            lstsq(np.vstack([A, np.sqrt(alpha) * np.eye(k)]), np.vstack([Y, np.ones_like(zeros)]))[
                0
            ]
        ),
    }
    return Expected(right, mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t15.1", "the mean of the first neuron")(
        lambda: Expected(
            3,
            {
                "that is the mean, times something that stands beside it": 60,
                "what stands at the upper left is not the number of rows, but its root": 60 / 400,
                "that is the root of the number of rows": 20,
                "upside down": 20 / 60,
            },
        )
    ),
    vote(
        "t15.2",
        "why not one bit differs",
        "A",
        {
            "B": "each QR rounds; a stream joins in another order, and its last digits differ",
            "C": "a spare copy would do; but what the dead one held is made again",
        },
    ),
    vote(
        "t15.3",
        "where the Gram matrix fails",
        "B",
        {
            "A": "the first pivots are long columns; does rounding swallow something large?",
            "C": "true of exact numbers; what does rounding make of 1 + ε², with a small ε?",
        },
    ),
]
