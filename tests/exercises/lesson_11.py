"""The exercises of the lesson on fair rivals."""

import numpy as np
from sklearn.metrics import recall_score

from exercises import Case
from tutorial_helpers import load_digits_split, load_study, prune, train_network

VALID = np.array([[92, 94, 91, 95], [93, 95, 94, 94], [90, 97, 92, 93]])
TEST = np.array([[95, 91, 92, 90], [91, 93, 90, 90], [91, 88, 90, 93]])


def lesson():
    X_train, X_test, y_train, y_test = load_digits_split()
    X_train, X_test = X_train / 16, X_test / 16
    full = train_network(X_train, y_train, max_iter=3000)
    table = load_study("generated").accuracy
    return {
        "check_folded": (full.coefs_[0], 16),
        "check_count": (7, 2, [5, 5, 5, 5, 5, 4]),
        "check_tuned": (VALID, TEST),
        "check_most_agreement": (table["full"][:, 2], table["scratch at its best"][:, 2]),
        "check_recall": (
            prune(full, 20, X=X_train[y_train != 1]).predict(X_test),
            y_test,
            1,
        ),
    }


def drawn(rng):
    """Draw scores on which each way to choose ends elsewhere, and labels with many mistakes."""
    while True:
        valid, test = rng.normal(size=(2, 4, 5))
        ways = [
            test[valid.mean(axis=1).argmax()].mean(),
            test.mean(axis=1).max(),
            test[valid.max(axis=1).argmax()].mean(),
            test[valid.argmax(axis=0), range(5)].mean(),
        ]
        if len(set(ways)) == 4:
            break
    truth = rng.integers(3, size=200)
    predicted = np.where(rng.random(200) < 0.6, truth, rng.integers(2, size=200))
    return {
        "check_folded": (rng.normal(size=(9, 4)), int(rng.integers(3, 300))),
        "check_count": (
            int(rng.integers(4, 9)),
            3,
            [int(n) for n in rng.permutation([5, 7, 11, 6])],
        ),
        "check_tuned": (valid, test),
        "check_most_agreement": tuple(rng.uniform(0.6, 0.95, size=(2, 20))),
        "check_recall": (predicted, truth, int(rng.integers(2))),
    }


def choose(valid, test):
    """Add up instead of averaging: the order of the settings is the same."""
    sums = [sum(row) for row in valid]
    row = test[sums.index(max(sums))]
    return sum(row) / len(row)


TRUTH = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
TOLD = np.array([0, 0, 0, 2, 1, 0, 0, 2, 2, 2])

CASES = {
    "check_folded": Case(
        (np.array([[16.0, 32.0], [48.0, -8.0]]), 16),
        [[1.0, 2.0], [3.0, -0.5]],
        [
            ("must be smaller", [[256.0, 512.0], [768.0, -128.0]]),
            ("still want small images", [[16.0, 32.0], [48.0, -8.0]]),
            ("once is enough", [[1 / 16, 2 / 16], [3 / 16, -1 / 32]]),
        ],
    ),
    "check_count": Case(
        (3, 2, [5, 5, 4]),
        84,
        [("both measures", 42), ("at every k", 18), ("one more comparison", 28), ("as many k", 90)],
    ),
    "check_tuned": Case(
        (VALID, TEST),
        choose,
        [
            (
                "for each seed, this chooses by the test",
                lambda valid, test: test.max(axis=0).mean(),
            ),
            ("chosen by the test images", lambda valid, test: max(row.mean() for row in test)),
            ("reported on the data", lambda valid, test: max(row.mean() for row in valid)),
            (
                "luckiest",
                lambda valid, test: test[np.unravel_index(valid.argmax(), (3, 4))[0]].mean(),
            ),
            (
                "each seed has its own",
                lambda v, t: np.mean([b[a.argmax()] for a, b in zip(v.T, t.T, strict=True)]),
            ),
            ("a function is asked for", 91),
        ],
    ),
    "check_most_agreement": Case(
        (np.array([0.75, 0.5]), np.array([1.0, 0.375])),
        (0.75, 0.875),
        [
            ("can exceed 1", [1.25, 0.875]),
            ("comes first", [0.75, 1.125]),
            ("on mistakes as well", [0.75, 0.375]),
            ("independently", [0.75, 0.1875]),
            ("must differ", [0.25, 0.125]),
            ("both be right on", [0.75, -0.125]),
            ("per cent", [75, 87.5]),
        ],
    ),
    "check_recall": Case(
        (TOLD, TRUTH, 0),
        recall_score(TRUTH, TOLD, labels=[0], average="macro"),
        [("precision", 3 / 5), ("by all", 0.3), ("count", 3), ("per cent", 75), ("missed", 0.25)],
    ),
}
