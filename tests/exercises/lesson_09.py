"""The exercises of the lesson on every k at once."""

from functools import cache

import numpy as np

from exercises import Case
from tutorial_helpers import (
    EveryK,
    PivotedQR,
    by_magnitude,
    hidden_activations,
    load_digits_split,
    train_network,
)

R = np.array([[2.0, 4, -2], [0, 1, 3], [0, 0, 5]])
G, beta, z = np.array([[1.0, 0], [2, 1], [0, 4]]), np.array([1.0, -1]), np.array([6.0, 10, -2])


@cache
def lesson():
    X_train, X_test, y_train, _ = load_digits_split()
    network = train_network(X_train, y_train)
    Z, Z_new = (hidden_activations(network, X) for X in (X_train, X_test))
    factored, U = PivotedQR(Z), network.coefs_[1]
    kept = factored.pivots[:50]
    terms = np.linalg.solve(factored.R[:50, :50].T, Z_new[:20, kept].T).T
    rows = (factored.R @ U[factored.pivots])[:50]
    return {
        "check_paper_logits": (z, R, G, beta, 2),
        "check_every_logits": (terms, rows, network.intercepts_[1]),
        "check_errors_in_order": (Z, by_magnitude(network, X_train, 1000), 50),
        "check_lasting_k": (EveryK(network, X_train).agreement(X_test), 0.99),
    }


def drawn(rng):
    """Draw a triangle, terms, columns in an order, and a curve that falls below again."""
    triangle = np.triu(rng.normal(size=(6, 6))) + 3 * np.eye(6)
    curve = np.append(np.linspace(0.1, 0.85, 7), rng.uniform(0.95, 1, size=12))
    curve[[10, 12]] = rng.uniform(0.8, 0.89, size=2)
    normal = rng.normal
    return {
        "check_paper_logits": (normal(size=6), triangle, normal(size=(6, 3)), normal(size=3), 3),
        "check_every_logits": (normal(size=(9, 5)), normal(size=(5, 4)), normal(size=4)),
        "check_errors_in_order": (normal(size=(30, 12)), rng.permutation(12), 6),
        "check_lasting_k": (curve, 0.9),
    }


C3, G3, beta3 = (np.random.default_rng(9).normal(size=s) for s in ((6, 5), (5, 3), 3))
A4 = np.random.default_rng(4).normal(size=(20, 7))
order4 = np.array([3, 0, 6, 2, 5, 1, 4])


def left4(k):
    """Measure by least squares what the first k columns leave, relative to all."""
    J = A4[:, order4[:k]]
    return np.linalg.norm(A4 - J @ np.linalg.lstsq(J, A4)[0]) / np.linalg.norm(A4)


def alone(C, G, beta):
    return [beta + np.outer(C[:, i], G[i]) for i in range(len(G))]


def one_array(C, G, beta):
    """Repeat the bug of the lesson."""
    L, found = np.tile(beta, (len(C), 1)), []
    for c, g in zip(C.T, G, strict=True):
        L += np.outer(c, g)
        found.append(L)
    return np.array(found)


CASES = {
    "check_paper_logits": Case(
        (z, R, G, beta, 2),
        (0, -3.0),  # c = (3, -2)
        [
            ("has a bias", (-1, -2)),
            ("too many", [0, 5]),
            ("too few", [4, -1]),
            ("last term alone", [-3, -3]),
            ("to the left of R", [4, 9]),  # 2 c1 + 4 c2 = 6, c2 = 10
            ("themselves", [27, 9]),
            ("the diagonal", [24, 9]),
            ("that is c", [3, -2]),
        ],
    ),
    "check_every_logits": Case(
        (C3, G3, beta3),
        lambda C, G, beta: [(C[:, :k] @ G[:k] + beta).tolist() for k in range(1, len(G) + 1)],
        [
            ("how many arrays", one_array),
            ("has a term already", lambda C, G, b: [C[:, :k] @ G[:k] + b for k in range(len(G))]),
            ("own term alone", alone),
            ("a function is asked for", one_array(C3, G3, beta3)),
        ],
    ),
    "check_errors_in_order": Case(
        (A4, order4, 4),
        [left4(k) for k in (1, 2, 3, 4)],
        [
            ("root", [left4(k) ** 2 for k in (1, 2, 3, 4)]),
            ("one row is gone", [1, *(left4(k) for k in (1, 2, 3))]),
            ("begins at k = 0", [1, *(left4(k) for k in (1, 2, 3, 4))]),
            ("without T", [np.linalg.norm(np.delete(A4, order4[:k], 1)) / np.linalg.norm(A4)
                           for k in (1, 2, 3, 4)]),
        ],
    ),
    "check_lasting_k": Case(
        ([0.2, 0.5, 0.9, 0.8, 0.95, 0.7, 0.9, 0.99, 0.97], 0.9),
        np.float64(7),
        [("stay above", 3), ("still fails", 6), ("an index", 5), ("one neuron earlier", 8),
         ("too low", 4)],
    ),
}  # fmt: skip
