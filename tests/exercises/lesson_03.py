"""The exercises of the lesson on magnitude pruning, as far as they are not with the other data."""

import math

import numpy as np

from exercises import Case
from tutorial_helpers import load_digits_split, train_network

V = np.array([[0.0, 3, 4, 2], [0, 3, -2, 0], [-5, 1, 4, 0]])


def lesson():
    X_train, _, y_train, _ = load_digits_split()
    return {
        "check_magnitude_order": (V,),
        "check_equal_units": (train_network(X_train, y_train).coefs_[0],),
    }


def drawn(rng):
    """Draw columns whose norms, sums and largest entries rank them in different ways."""
    while True:
        W = rng.normal(size=(5, 6))
        order = np.argsort(-np.hypot.reduce(W, axis=0))
        sizes = (W.sum(axis=0), np.abs(W).sum(axis=0), np.abs(W).max(axis=0))
        others = [order[::-1], np.argsort(order), *(np.argsort(-size) for size in sizes)]
        if len({tuple(ranks) for ranks in (order, *others)}) == 6:
            return {"check_magnitude_order": (W,), "check_equal_units": (rng.normal(size=(7, 12)),)}


rng = np.random.default_rng(3)
Z, U = np.fmax(rng.normal(size=(8, 5)), 0), rng.normal(size=(5, 6))
beta, J = rng.normal(size=6), [3, 4, 1]


def one_by_one(Z, U, beta, kept):
    return [[sum(z[j] * U[j, i] for j in kept) + beta[i] for i in range(len(beta))] for z in Z]


def likely(logits):
    return [np.exp(row) / sum(np.exp(row)) for row in np.array(logits)]


def masked(Z, U, beta, kept):
    """Return what the function of the exercise does as it stands."""
    stays = np.isin(np.arange(len(U)), kept)
    return Z[:, kept] @ U[stays] + beta


W = rng.normal(size=(3, 5))
lengths = np.array([math.hypot(*w) for w in W.T])

CASES = {
    "check_magnitude_order": Case(
        (V,),
        (2.0, 0, 1, 3),
        [
            ("square the weights", [2, 1, 0, 3]),
            ("negative weights", [1, 2, 3, 0]),
            ("one large weight", [0, 2, 1, 3]),
            ("not last", [3, 1, 0, 2]),
            ("count from 0", [3, 1, 2, 4]),
            ("the place of each", [1, 2, 0, 3]),
        ],
    ),
    "check_pruned_logits": Case(
        (Z, U, beta, J),
        one_by_one,
        [
            ("in which order does a mask", masked),
            ("come sorted", lambda Z, U, beta, kept: Z[:, np.sort(kept)] @ U[kept] + beta),
            ("wrong ones", lambda Z, U, beta, kept: Z[:, [0, 1, 2]] @ U[kept] + beta),
            ("softmax", lambda *data: likely(one_by_one(*data))),
            ("for other neurons", lambda Z, U, beta, kept: Z[:, [1, 2, 0]] @ U[[1, 2, 0]] + beta),
            ("a function is asked for", one_by_one(Z, U, beta, J)),
        ],
    ),
    "check_equal_units": Case(
        (W,),
        np.float32(1 / np.sqrt(np.diag(W.T @ W))),
        [
            ("upside down", lengths),
            ("is there a root", lengths**-2),
            ("rows of W", [1 / math.hypot(*w) for w in W]),
            ("give the factors", W / lengths),
            ("should be 1", 2 / lengths),
            ("rounded", np.round(1 / lengths, 3)),
        ],
    ),
}
