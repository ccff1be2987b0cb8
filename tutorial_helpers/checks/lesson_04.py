"""Exercises of the lesson on orthogonal columns."""

import numpy as np
from numpy.linalg import norm

from .framework import Expected, exercise


@exercise("04.1", "what remains of each column after one is projected out")
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
        "that is which part of each is left; how long is it?": np.divide(
            right, lengths, out=np.zeros(len(right)), where=lengths > 0
        ),
    }
    return Expected(right, mistakes)
