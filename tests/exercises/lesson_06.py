"""The exercises of the lesson on pruning with the ID."""

import numpy as np
from scipy.special import softmax

from exercises import Case
from tutorial_helpers import (
    hidden_activations,
    interpolative_decomposition,
    load_digits_split,
    train_network,
)


def lesson():
    X_train, X_test, y_train, _ = load_digits_split()
    network = train_network(X_train, y_train)
    (W, U), (b, beta) = network.coefs_, network.intercepts_
    kept, T = interpolative_decomposition(hidden_activations(network, X_train), 50)
    return {"check_pruned_network": (X_test[:100], W, b, U, beta, kept, T)}


def small(rng):
    """Draw a network of nine neurons, four of them kept in an order of their own."""
    X, W, b = rng.normal(size=(20, 5)), rng.normal(size=(5, 9)), rng.normal(size=9)
    U, beta, kept = rng.normal(size=(9, 3)), rng.normal(size=3), np.array([6, 1, 8, 2])
    T = rng.normal(size=(4, 9))
    T[:, kept] = np.eye(4)
    return X, W, b, U, beta, kept, T


def drawn(rng):
    return {"check_pruned_network": small(rng)}


def activations(X, W, b):
    return np.where(X @ W + b > 0, X @ W + b, 0)


def one_by_one(X, W, b, U, beta, kept, T):
    """Let each neuron, rebuilt from the kept ones, speak by its own row of U."""
    Z = activations(X, W, b)[:, kept]
    return beta + sum(np.outer(Z @ T[:, j], U[j]) for j in range(len(U)))


CASES = {
    "check_pruned_network": Case(
        small(np.random.default_rng(6)),
        one_by_one,
        [
            (
                "speaks twice",
                lambda X, W, b, U, beta, kept, T: (
                    one_by_one(X, W, b, U, beta, kept, T) + activations(X, W, b)[:, kept] @ U[kept]
                ),
            ),
            (
                "takes over",
                lambda X, W, b, U, beta, kept, T: activations(X, W, b)[:, kept] @ U[kept] + beta,
            ),
            (
                "no longer added",
                lambda X, W, b, U, beta, kept, T: one_by_one(X, W, b, U, 0 * beta, kept, T),
            ),
            ("probabilities", lambda *data: softmax(one_by_one(*data), axis=1)),
            ("predicted classes", lambda *data: one_by_one(*data).argmax(axis=1)),
            ("a function is asked for", one_by_one(*small(np.random.default_rng(6)))),
        ],
    )
}
