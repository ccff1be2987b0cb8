"""The exercises of the lesson on orthogonal columns."""

import numpy as np
from scipy.linalg import cholesky

from exercises import Case
from tutorial_helpers import load_digits_split

B = np.array([[4.0, 5], [2, 7], [4, -4]])
A = np.array([[3.0, 5, 1], [6, 4, -1], [6, -2, 5], [0, 1, 1]])


def lesson():
    return {
        "check_two_norms": (900, 100, 0.01),
        "check_small_r": (B,),
        "check_triangle": (load_digits_split()[0][:, 1:7],),
    }


def drawn(rng):
    n, m = (int(size) for size in rng.integers([50, 3], [90, 30]))
    return {
        "check_two_norms": (n, m, float(rng.uniform(0.1, 0.7))),
        "check_small_r": (rng.normal(size=(3, 2)) + 1,),
        "check_triangle": (rng.normal(size=(9, 5)) + 1,),
    }


CASES = {
    "check_two_norms": Case(
        (4, 9, -0.5),
        (3, 3.0),
        [
            ("root", [9, 9]),
            ("n times m", [1, 3]),
            ("as many entries", [3, 1]),
            ("length one", [3, 9]),
        ],
    ),
    "check_small_r": Case(
        (B,),
        [[6, 3], [0, 9]],
        [
            ("lower", [[6, 0], [3, 9]]),
            ("has length one", [[6, 18], [0, 9]]),
            ("share of the first", [[6, 0.5], [0, 9]]),
            ("is left", [[6, 3], [0, np.sqrt(90)]]),
            ("positive", [[-6, -3], [0, -9]]),
        ],
    ),
    "check_triangle": Case(
        (A,),
        lambda A: cholesky(A.T @ A),
        [
            ("upper", lambda A: cholesky(A.T @ A, lower=True)),
            ("positive", lambda A: -cholesky(A.T @ A)),
        ],
    ),
}
