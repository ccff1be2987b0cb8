"""The exercises of the lesson on more data than memory."""

import numpy as np
from sklearn.linear_model import Ridge

from exercises import Case

R_A, R_B = np.array([[5.0, 2], [0, 1]]), np.array([[12.0, 10], [0, 2]])


def normal_rows(n, m, seed=0):
    return np.random.default_rng(seed).normal(size=(n, m)) + 1


def with_ones(rng, n, m):
    """Return the triangle of a column of ones beside random rows, its corner positive."""
    rows = rng.normal(size=(n, m)) * np.arange(1, m + 1) + rng.normal(size=m)
    R = np.linalg.qr(np.column_stack([np.ones(n), rows]), mode="r")
    return np.sign(np.diag(R))[:, None] * R


def lesson():
    return {
        "check_joined_triangle": (R_A, R_B),
        "check_inner_products": (normal_rows(90, 6), 40),
        "check_deviations": (with_ones(np.random.default_rng(1), 3000, 5),),
        "check_ridge_from_triangle": (np.linalg.qr(normal_rows(400, 30), mode="r"), 20, 100.0),
    }


def drawn(rng):
    """Draw other triangles and rows."""
    n = int(rng.integers(60, 90))
    return {
        "check_joined_triangle": tuple(np.triu(rng.uniform(1, 9, size=(2, 3, 3)))),
        "check_inner_products": (rng.normal(size=(n, 5)), n // 3 + 2),
        "check_deviations": (with_ones(rng, n, 4),),
        "check_ridge_from_triangle": (
            np.linalg.qr(rng.normal(size=(n, 9)), mode="r"),
            6,
            float(rng.uniform(5, 50)),
        ),
    }


def all_rows(Z, size):
    """Add up inner products one row after the other."""
    return sum(np.outer(row, row) for row in Z)


def left_in(Z, size):
    """Return what the lesson's function returns before it is mended."""
    R = np.zeros((Z.shape[1], Z.shape[1]))
    for i in range(len(Z) // size):
        R = np.linalg.qr(np.vstack([R, Z[i * size : (i + 1) * size]]), mode="r")
    return R.T @ R


columns = np.random.default_rng(2).normal(size=(50, 4)) * [1, 2, 3, 4] + 2
triangle_of_ones = np.linalg.qr(np.column_stack([np.ones(50), columns]), mode="r")
triangle_of_ones *= np.sign(np.diag(triangle_of_ones))[:, None]
pair = np.random.default_rng(3).normal(size=(80, 8))
fitted = Ridge(alpha=7.0, fit_intercept=False).fit(pair[:, :5], pair[:, 5:])

CASES = {
    "check_joined_triangle": Case(
        (R_A, R_B),
        [[13, 10], [0, 3]],
        [
            ("do not add up", [[17, 12], [0, 3]]),
            ("up to signs", [[-13, -10], [0, 3]]),
            ("inner products; which", [[169, 130], [130, 109]]),
            ("root of a sum", [[169, 10], [0, 9]]),
        ],
    ),
    "check_inner_products": Case(
        (normal_rows(90, 6), 40),
        all_rows,
        [
            ("how many rows", left_in),
            ("some of them twice", lambda Z, size: left_in(Z, size) + all_rows(Z[-size:], size)),
            ("a function is asked for", all_rows(normal_rows(90, 6), 40)),
        ],
    ),
    "check_deviations": Case(
        (triangle_of_ones,),
        np.std(columns, axis=0),
        [
            ("not by n − 1", np.std(columns, axis=0, ddof=1)),
            ("variances", np.var(columns, axis=0)),
            ("from zero", np.sqrt(np.mean(columns**2, axis=0))),
            ("the means", np.mean(columns, axis=0)),
        ],
    ),
    "check_ridge_from_triangle": Case(
        (np.linalg.qr(pair, mode="r"), 5, 7.0),
        fitted.coef_.T,
        [
            ("where is the penalty", np.linalg.lstsq(pair[:, :5], pair[:, 5:])[0]),
            ("columns to what", fitted.coef_),
        ],
    ),
}
