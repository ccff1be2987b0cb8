"""The exercises of the lesson on what makes the difference."""

from fractions import Fraction

import numpy as np
from scipy import stats

from exercises import Case
from tutorial_helpers import (
    by_id,
    hidden_activations,
    least_squares,
    load_digits_split,
    load_study,
    train_network,
)


def lesson():
    X_train, _, y_train, _ = load_digits_split()
    network = train_network(X_train, y_train)
    Z, U, beta = hidden_activations(network, X_train), network.coefs_[1], network.intercepts_[1]
    mnist, digits = (load_study(name).accuracy for name in ("mnist", "digits"))
    cells = 100 * np.array(
        [
            [mnist[f"{s} + {c}"][:, 2].mean() for c in ("none", "least squares")]
            for s in ("magnitude", "id")
        ]
    )
    a, b = (digits[f"{s} + least squares"][:, 0] for s in ("greedy", "id"))
    return {
        "check_interaction": (cells,),
        "check_main_effects": (cells,),
        "check_refit": (Z, by_id(network, X_train, 50), U, beta),
        "check_signal": (Z, U, 50),
        "check_interval": (a, b, 18),
    }


def drawn(rng):
    """Draw activations far from zero, so that each score puts other neurons first."""
    Z = np.maximum(rng.normal(size=(30, 12)), 0) * (rng.permutation(12) > 1) + rng.random((30, 12))
    while True:
        kept = rng.permutation(12)[:4]
        if (np.argsort(kept) != np.arange(4)).any():
            break
    signals = rng.uniform(0, 9, 40) + rng.uniform(0.5, 2, 40) * rng.random((50, 40))
    return {
        "check_interaction": (rng.uniform(50, 99, size=(2, 2)),),
        "check_main_effects": (rng.uniform(50, 99, size=(2, 2)),),
        "check_refit": (Z, kept, rng.normal(size=(12, 5)), rng.normal(size=5)),
        "check_signal": (signals, rng.normal(size=(40, 3)), 15),
        "check_interval": (
            rng.uniform(0.9, 1, 15),
            rng.uniform(0.8, 0.95, 15),
            int(rng.integers(3, 9)),
        ),
    }


draw = np.random.default_rng(8)
Z, U = draw.random((30, 8)), draw.normal(size=(8, 2))
beta, J = np.array([3.0, -4.0]), [6, 1, 3]
CELLS = np.array([[0.5, 0.8], [0.6, 1.0]])  # rows: selections, columns: corrections


def fit(Z, kept, U, beta):
    return np.linalg.lstsq(np.column_stack([Z[:, kept], np.ones(len(Z))]), Z @ U + beta)


def with_the_bug(Z, kept, U, beta):
    """Fit as the exercise does before it is mended."""
    A, target = Z[:, kept], Z @ U + beta
    weights = np.linalg.lstsq(A, target)[0]
    return np.vstack([weights, (target - A @ weights).mean(axis=0)])


def variances(Z, U):
    """Add up the variances of what each neuron alone adds to the outputs."""
    return [sum((Z[:, j] * u).var() for u in U[j]) for j in range(len(U))]


def by_signal(Z, U, k):
    score = variances(Z, U)
    return sorted(range(len(U)), key=lambda j: -score[j])[:k]


a, b = np.array([0.9, 0.8, 0.95, 0.7]), np.array([0.85, 0.8, 0.8, 0.65])
paired = stats.ttest_rel(a, b)
error = 0.0625 / paired.statistic


def interval(error, tail=0.05 / 6 / 2, free=3):
    return 0.0625 + error * stats.t.isf(tail, free) * np.array([-1, 1])


CASES = {
    "check_interaction": Case(
        (CELLS,),
        Fraction(10, 100),
        [
            ("the other way round", -0.1),
            ("the ID alone", 0.4),
            ("magnitude alone", 0.3),
            ("half of it", 0.05),
            ("one diagonal", 0.5),
        ],
    ),
    "check_main_effects": Case(
        (CELLS,),
        [Fraction(15, 100), Fraction(35, 100)],
        [
            ("with a correction, with the ID", [0.1, 0.3]),
            ("without a correction, with the ID", [0.2, 0.3]),
            ("with a correction, with magnitude", [0.1, 0.4]),
        ],
    ),
    "check_refit": Case(
        (Z, J, U, beta),
        lambda *data: np.vstack(least_squares(*data)),
        [
            ("comes too late", with_the_bug),
            ("bias comes last", lambda *data: fit(*data)[0][[3, 0, 1, 2][-len(data[1]) - 1 :]]),
            ("entry 0 of your tuple is right", fit),
            ("put them into one array", least_squares),
            ("a column is missing", lambda Z, J, U, beta: np.linalg.pinv(Z[:, J]) @ (Z @ U + beta)),
        ],
    ),
    "check_signal": Case(
        (Z, U, 5),
        by_signal,
        [
            ("subtract the mean", lambda Z, U, k: np.argsort(-(Z**2).sum(0) * (U**2).sum(1))[:k]),
            ("order of their indices", lambda Z, U, k: sorted(by_signal(Z, U, k))),
            ("come last", lambda Z, U, k: by_signal(Z, U, k)[::-1]),
            (
                "which neurons",
                lambda Z, U, k: sorted(np.sqrt(variances(Z, U)) * len(Z) ** 0.5)[::-1][:k],
            ),
            ("a function is asked for", by_signal(Z, U, 5)),
        ],
    ),
    "check_interval": Case(
        (a, b, 6),
        paired.confidence_interval(1 - 0.05 / 6),
        [
            ("one comparison", paired.confidence_interval(0.95)),
            ("1.96", interval(error, 0.025, np.inf)),
            ("root of n", interval(error / 2)),
            ("Šidák", paired.confidence_interval(0.95 ** (1 / 6))),
            ("the width is not", paired.confidence_interval(0.95 / 6)),
            ("the width is not", paired.confidence_interval(1 - 0.05 / 18)),
            ("the width is not", paired.confidence_interval(1 - 0.01 / 6)),
        ],
    ),
}
