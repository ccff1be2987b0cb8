"""The exercises of the lesson on the error bound."""

import numpy as np

from exercises import Case
from tutorial_helpers import (
    PivotedQR,
    hidden_activations,
    load_digits_split,
    logits,
    prune_by_id,
    train_network,
)


def lesson():
    X_train, X_test, y_train, _ = load_digits_split()
    network = train_network(X_train, y_train)
    U, Z = network.coefs_[1], hidden_activations(network, X_train)
    factored = PivotedQR(Z)
    E = Z - Z[:, factored.kept(200)] @ factored.interpolation(200)
    L = logits(network, X_train)
    return {
        "check_is_safe": (
            logits(network, X_test),
            logits(prune_by_id(network, X_train, 66), X_test),
        ),
        "check_not_overtaken": (np.linalg.norm(E, axis=1), L, U[factored.pivots[200:]]),
    }


def drawn(rng):
    L = 3 * rng.normal(size=(300, 5))
    weights_out = rng.normal(size=(6, 5)) * rng.permutation([0.3, 0.3, 1, 1, 3])
    return {"check_not_overtaken": (rng.uniform(0.1, 1, 300), L, weights_out)}


def holds(row_errors, L, weights_out, tie=False):
    """Tell of each image whether the worst error of its length leaves the best class in front."""
    safe = []
    for length, row in zip(row_errors, L, strict=True):
        b, ok = max(range(len(row)), key=row.__getitem__), True
        for j in range(len(row)):
            toward = weights_out[:, j] - weights_out[:, b]
            worst = length * sum(toward**2) ** 0.5
            ok &= j == b or worst < row[b] - row[j] or (tie and worst == row[b] - row[j])
        safe.append(ok)
    return safe


rng = np.random.default_rng(7)
CASES = {
    "check_not_overtaken": Case(
        (rng.uniform(0.1, 1, 300), 3 * rng.normal(size=(300, 5)), rng.normal(size=(6, 5))),
        holds,
        [
            ("tie", lambda r, L, U: holds(r, L, U, tie=True)),
            ("may overtake", lambda r, L, U: np.logical_not(holds(r, L, U))),
            ("0 < 0", lambda r, L, U: np.zeros(len(L), bool)),
            ("a function is asked for", np.ones(300, bool)),
        ],
    )
}
