"""The exercises of the lesson on deep networks."""

import numpy as np

from exercises import Case
from tutorial_helpers import (
    hidden_activations,
    interpolative_decomposition,
    load_digits_split,
    train_network,
)


def with_units(rng, m, kept):
    """Draw a T whose columns of the kept neurons are those of an identity."""
    T = rng.normal(size=(len(kept), m))
    T[:, kept] = np.eye(len(kept))
    return T


def lesson():
    X_train, _, y_train, _ = load_digits_split()
    network = train_network(X_train, y_train, (300, 300))
    (_, T1), (J2, T2) = (
        interpolative_decomposition(hidden_activations(network, X_train, layer=i), 50)
        for i in (0, 1)
    )
    V = np.random.default_rng(0).standard_normal((300, 10))
    return {
        "check_operations_left": ([64, 300, 200, 100, 10], [64, 150, 50, 20, 10]),
        "check_middle_matrix": (network.coefs_[1], T1, J2),
        "check_second_width": (5010, 30, 20),
        "check_both_read": (network.coefs_[2], V, T1, T2),
    }


def drawn(rng):
    units = [int(n) for n in rng.permutation(np.arange(40, 60))[:4]] + [10]
    fewer = [units[0], *(n // 2 - i for i, n in enumerate(units[1:-1])), units[-1]]
    turned = back = np.arange(5)
    while np.array_equal(turned, back):  # an order that is neither rising nor its own way back
        kept = rng.permutation(np.arange(1, 9))[:5]
        turned, back = np.argsort(kept), np.argsort(np.argsort(kept))
    W3, V = rng.normal(size=(12, 4)), rng.normal(size=(12, 4))
    T1, T2 = with_units(rng, 12, [7, 2, 5]), with_units(rng, 12, [4, 0, 9])
    return {
        "check_operations_left": (units, fewer),
        "check_middle_matrix": (rng.normal(size=(12, 9)), with_units(rng, 12, [7, 2, 5]), kept),
        "check_second_width": (int(rng.integers(7000, 9000)), 31, 23),
        "check_both_read": (W3, V, T1, T2),
    }


rng = np.random.default_rng(12)
W, T, J = rng.normal(size=(5, 4)), rng.normal(size=(2, 5)), np.array([3, 0, 2])
T[:, [4, 1]] = np.eye(2)  # neurons 4 and 1 stay in front
W3, V = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
T1, T2 = with_units(rng, 5, [3, 1]), with_units(rng, 5, [2, 0])


def largest(budget, k1, k3):
    """Count up to the first width that is too much."""
    k2 = 0
    while 64 * k1 + k1 * (k2 + 1) + (k2 + 1) * k3 + 10 * k3 <= budget:
        k2 += 1
    return k2


CASES = {
    "check_operations_left": Case(
        ([3, 5, 4, 2], [3, 2, 3, 2]),
        18 / 43,
        [("products", 10 / 14), ("saved", 25 / 43), ("the parameters", 25 / 54), ("rounded", 0.42)],
    ),
    "check_middle_matrix": Case(
        (W, T, J),
        lambda W, T, J: [[sum(t[i] * W[i, j] for i in range(5)) for j in J] for t in T],
        [
            ("not the first ones", lambda W, T, J: T @ W[:, : len(J)]),
            ("not selected", lambda W, T, J: W[[4, 1] if T[0, 4] == 1 else [1, 4]][:, J]),
            ("order of the pivots", lambda W, T, J: T @ W[:, np.sort(J)]),
            ("a function is asked for", np.einsum("ki,ij->kj", T, W[:, J])),
        ],
    ),
    "check_second_width": Case(
        (5010, 30, 20),
        largest,
        [
            ("round down", lambda budget, k1, k3: largest(budget, k1, k3) + 1),
            ("no parts", lambda budget, k1, k3: (budget - 64 * k1 - 10 * k3) / (k1 + k3)),
            ("the last matrix", lambda budget, k1, k3: (budget - 64 * k1) // (k1 + k3)),
            ("logits in the lesson", lambda budget, k1, k3: (budget - 64 * k1) // (k1 + 10)),
            ("a function is asked for", 57),
        ],
    ),
    "check_both_read": Case(
        (W3, V, T1, T2),
        lambda W3, V, T1, T2: np.array(
            [sum(t[i] * M[i] for i in range(len(M))) for T, M in ((T2, W3), (T1, V)) for t in T]
        ),
        [
            ("come first", lambda W3, V, T1, T2: np.vstack([T1 @ V, T2 @ W3])),
            ("first layer?", lambda W3, V, T1, T2: T2 @ W3),
            ("for all neurons", lambda W3, V, T1, T2: np.vstack([T2 @ W3, V])),
        ],
    ),
}
