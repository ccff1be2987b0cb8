"""The exercises of the lesson on training."""

import numpy as np
from sklearn.metrics import log_loss

from exercises import Case
from tutorial_helpers import load_digits_split, train_network

P = np.array([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6], [0.1, 0.8, 0.1], [0.7, 0.2, 0.1]])
TRUTH = np.array([0, 2, 0, 1])
Y = np.eye(3)[TRUTH]


def lesson():
    X_train, X_test, y_train, y_test = load_digits_split()
    p = train_network(X_train, y_train).predict_proba(X_test)
    return {"check_log_loss": (p, np.eye(10)[y_test])}


def drawn(rng):
    return {"check_log_loss": (rng.dirichlet(np.ones(4), 30), np.eye(4)[rng.integers(4, size=30)])}


CASES = {
    "check_log_loss": Case(
        (P, Y),
        lambda p, Y: log_loss(Y.argmax(axis=1), p, labels=range(p.shape[1])),
        [
            ("how many numbers", lambda p, Y: -np.mean(Y * np.log(p))),
            ("one number", lambda p, Y: -np.sum(Y * np.log(p), axis=1)),
            ("never negative", lambda p, Y: np.mean(np.log(p[Y == 1]))),
            ("first the logarithm", lambda p, Y: -np.log(p[Y == 1].mean())),
        ],
    )
}
