"""The exercises of the lesson on wide networks."""

import numpy as np
from numpy.linalg import lstsq

from exercises import Case
from tutorial_helpers import load_digits_split


def lesson():
    X_train, _, y_train, _ = load_digits_split()
    W = np.random.default_rng(0).standard_normal((64, 200)) / 128
    rng = np.random.default_rng(0)
    rng.standard_normal((64, 200))
    return {
        "check_shortest_fit": (np.array([1.0, 2, 2]), 18),
        "check_nearest_fit": (
            np.maximum((X_train[:100] - X_train.mean(axis=0)) @ W, 0),
            np.eye(10)[y_train[:100]],
            rng.standard_normal((200, 10)) / np.sqrt(200),
        ),
        "check_peak_width": (np.random.default_rng(7).integers(898, size=250),),
        "check_part_left": (5,),
    }


def drawn(rng):
    return {
        "check_shortest_fit": (rng.uniform(1, 3, size=4), rng.uniform(5, 9)),
        "check_nearest_fit": tuple(rng.normal(size=shape) for shape in ((6, 15), (6, 3), (15, 3))),
        "check_peak_width": (rng.integers(898, size=rng.integers(200, 400)),),
        "check_part_left": (int(rng.integers(5, 9)),),
    }


rng = np.random.default_rng(2)
Z, Y, U0 = (rng.normal(size=shape) for shape in ((4, 9), (4, 2), (9, 2)))


def walked(Z, Y, U0):
    """Walk downhill from the start until the fit is exact."""
    U, rate = U0, 1 / np.linalg.norm(Z, 2) ** 2
    for _ in range(20_000):
        U = U - rate * Z.T @ (Z @ U - Y)
    return U


CASES = {
    "check_shortest_fit": Case(
        (np.array([1.0, 2, 2]), 18),
        (2, 4, 4),
        [
            ("can be shared", [0, 9, 0]),
            ("carry more", [3.6, 3.6, 3.6]),
            ("is it the shortest", [18, 0, 0]),
            ("is it the shortest", [4, 4, 3]),
            ("squared length", [6, 12, 12]),
            ("which multiple of it", [1, 2, 2]),
        ],
    ),
    "check_nearest_fit": Case(
        (Z, Y, U0),
        lambda Z, Y, U0: walked(Z, Y, U0),
        [
            ("still fit", lambda Z, Y, U0: U0 + lstsq(Z, Y)[0]),
            ("the shortest fit", lambda Z, Y, U0: lstsq(Z, Y)[0]),
            ("the step alone", lambda Z, Y, U0: lstsq(Z, Y - Z @ U0)[0]),
        ],
    ),
    "check_peak_width": Case(
        (np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 5]),),
        7.0,
        [
            ("occurs twice", 10),
            ("only once", 5),
            ("one by one", 70),
            ("what made it", 100),
        ],
    ),
    "check_part_left": Case(
        (5,),
        np.linalg.norm(np.full(5, 0.2)),
        [("how long are all", 0.2), ("longer with", 5**0.5), ("rounded", 0.447)],
    ),
}
