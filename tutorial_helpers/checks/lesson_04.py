"""Exercises of the lesson on orthogonal columns."""

import numpy as np
from numpy.linalg import norm

from .framework import Expected, exercise, vote


@exercise("04.1", "both norms of a constant matrix")
def check_two_norms(n, m, value):
    """Compare with |value| √(n m), twice."""
    right = abs(value) * np.sqrt(n * m)
    both = np.array([right, right])
    mistakes = {
        "a length is the root of a sum of squares": both**2,
        "the root is missing in the first": np.array([right**2, right]),
        "the first is the sum of all entries; a length squares them": (
            np.array([abs(value) * n * m, right])
        ),
        "the errors of the lesson were scaled to norm 1; these entries are given": np.ones(2),
        "there are n times m entries, not n": np.array([abs(value) * np.sqrt(n), right]),
        "v has length one, and as many entries as there are columns: what do they add up to?": (
            np.array([right, abs(value) * np.sqrt(n)])
        ),
        "v = (1, …, 1) does not have length one": np.array([right, abs(value) * m * np.sqrt(n)]),
        "that is the size of one entry": np.array([right, abs(value)]),
        "that is one row's share; how many rows are there?": (
            np.array([right, abs(value) * np.sqrt(m)])
        ),
        "that is the sum of a row; v must have length one": np.array([right, abs(value) * m]),
        "that is the sum of a column; v must have length one": np.array([right, abs(value) * n]),
    }
    return Expected(both, mistakes)


def positive_triangle(A):
    """Return the R of A whose diagonal is positive."""
    R = np.linalg.qr(A)[1]
    return R * np.sign(np.diag(R))[:, None]


def _other_signs(R):
    """Return a test for answers that are R but for signs."""

    def holds(answer):
        return np.allclose(np.abs(answer), np.abs(R), 1e-6, 1e-6 * np.abs(R).max())

    return holds


@exercise("04.2", "R on paper")
def check_small_r(B):
    """Compare with the R of two columns."""
    R, dot = positive_triangle(B), B[:, 0] @ B[:, 1]
    first, q = R[0, 0], B[:, 0] / R[0, 0]

    def other(corner=R[0, 1], last=R[1, 1]):
        return np.array([[first, corner], [0, last]])

    mistakes = {
        "this is lower triangular: column j of A belongs to column j of R": R.T,
        "a direction has length one: divide by the length of the first column": other(corner=dot),
        "that is the share of the first column, not of its direction": other(corner=dot / first**2),
        "how much of the second column is left, once the first is taken out?": other(
            last=norm(B[:, 1])
        ),
        "divide by the length of the first column, when you ask and when you subtract": other(
            dot, norm(B[:, 1] - dot * B[:, 0])
        ),
        "r12 counts directions of length one: divide by the first column's length": other(
            dot, norm(B[:, 1] - dot * q)
        ),
        "subtract r12 times the direction, not times the column": other(
            last=norm(B[:, 1] - R[0, 1] * B[:, 0])
        ),
        "these are squared lengths": np.array([[first**2, R[0, 1]], [0, R[1, 1] ** 2]]),
        "a positive diagonal was asked for": -R,
        "a positive diagonal was asked for: which signs go with it?": _other_signs(R),
    }
    return Expected(R, mistakes)


check_flipped_columns = vote(
    "04.3",
    "the 2-norm when whole columns change signs",
    "C",
    {
        "A": "in the lesson each entry had a sign of its own; here v may change its signs as well",
        "B": "which v collects the errors now? it need not be the same as before",
        "D": "the Frobenius norm stays as it is, and the 2-norm was as large as that already",
    },
)


def _fewer_columns(A):
    return [(A[::-1, :4] + 1.0,)]


@exercise("04.4", "R by Gram–Schmidt", others=_fewer_columns)
def check_triangle(A):
    """Compare with the R of all columns whose diagonal is positive."""
    R, lengths = positive_triangle(A), norm(A, axis=0)
    cosines = (A / lengths).T @ A
    slanted, Q = np.zeros_like(R), np.zeros_like(A)
    for j, a in enumerate(A.T):
        slanted[:j, j] = cosines[:j, j]
        v = a - Q[:, :j] @ cosines[:j, j]
        slanted[j, j] = norm(v)
        Q[:, j] = v / norm(v)
    mistakes = {
        "what two columns share is taken away twice: which directions are perpendicular?": slanted,
        "the diagonal is what is left of a column, not all of it": (
            R - np.diag(np.diag(R)) + np.diag(lengths)
        ),
        "upper triangular: a column of A is a column of R": R.T,
        "the signs: a length is positive": -R,
        "a length is positive: turn the row of each negative one": _other_signs(R),
    }
    return Expected(R, mistakes)


@exercise("04.5", "what remains of each column after one is projected out")
def check_residual_norms(A, j):
    """Compare with ‖A − q qᵀ A‖ column by column, with q the direction of column j."""
    a, lengths = A[:, j], norm(A, axis=0)
    q = a / lengths[j]
    left = A - np.outer(q, q @ A)
    right = norm(left, axis=0)
    mistakes = {
        "these are the columns before the projection": lengths,
        "a direction has length one; has yours?": norm(A - np.outer(a, a @ A), axis=0),
        "this is one number for all columns; we ask for each": norm(left),
        "these are the rows' lengths": norm(left, axis=1),
        "these are squared lengths": right**2,
        "this is what was taken away, not what is left": np.abs(q @ A),
        "a projection divides by the length twice": norm(A - np.outer(q, a @ A), axis=0),
        "that is which part of each is left; how long is it?": right / np.maximum(lengths, 1e-300),
    }
    return Expected(right, mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t04.1", "what is left of a column")(
        lambda: Expected(
            4,
            {
                "that is the shadow; what is left of the column beside it?": 3,
                "that is the whole column": 5,
                "a length is the root of the sum of squares": 16,
            },
        )
    ),
    vote(
        "t04.2",
        "a constant error against noise",
        "C",
        {
            "A": "the Frobenius norms are equal; which of the two has a vector that collects all?",
            "B": "noise has entries of all signs: what do they do to one another in a sum?",
        },
    ),
    vote(
        "t04.3",
        "when classical Gram–Schmidt fails",
        "B",
        {
            "A": "perpendicular columns of very different lengths have a large κ; did they suffer?",
            "C": "the first control had such columns: how many digits did it keep?",
        },
    ),
]
