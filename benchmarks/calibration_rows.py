"""Make the tables on how many rows one needs anew: ``python -m benchmarks.calibration_rows``.

Ten networks of 300 neurons are pruned by the ID of ever more rows. "real" rows come from where the
test rows come from; "shuffled" ones have the same values in each feature, but dealt out anew among
the rows. One triangle grows from one number of rows to the next. Takes about ten minutes; when it
is interrupted, the same command goes on where it stopped.
"""

import shutil

import numpy as np
from sklearn.datasets import make_classification

from tutorial_helpers import (
    PivotedQR,
    hidden_activations,
    load_digits_split,
    run_study,
    smaller_network,
    train_network,
    triangle,
)

from .make_studies import RESULTS, ROOT, save

UNFINISHED = ROOT / "unfinished_rows"
SEEDS, NEURONS, KS = range(1, 11), 300, (20, 50, 100)
MOST = 102_400


def digits(seed):
    """Train on the first half; its images in another order for each seed are the rows."""
    X, X_test, y, y_test = load_digits_split()
    order = np.random.default_rng(seed).permutation(len(X))
    return X, y, X[order], X_test, y_test


def generated(seed):
    """Draw a problem as `generated_split` does, with as many rows without labels as one likes."""
    X, y = make_classification(
        5000 + MOST, 20, n_informative=10, n_redundant=0, n_classes=5, n_clusters_per_class=3,
        class_sep=1.5, flip_y=0, random_state=seed,
    )  # fmt: skip
    return X[:1000], y[:1000], X[5000:], X[1000:5000], y[1000:5000]


STUDIES = {
    # name of the table → data, numbers of rows
    "rows digits": (digits, (50, 100, 200, 400, 800)),
    "rows generated": (generated, (50, 100, 200, 400, 800, 3200, 12_800, MOST)),
}


def prune_with_more_rows(seed, draw, numbers):
    """Prune one network to each k with each number of rows: accuracy and agreement."""
    X, y, X_more, X_test, y_test = draw(seed)
    network = train_network(X, y, (NEURONS,), random_state=seed, max_iter=3000)
    U, beta = network.coefs_[1], network.intercepts_[1]
    labels = network.predict(X_test)
    predictions = {"full": [labels] * len(numbers)}
    shuffled = np.random.default_rng(seed).permuted(X_more[: max(numbers)], axis=0)
    for kind, rows in {"real": X_more, "shuffled": shuffled}.items():
        R, first = None, 0
        for n in numbers:
            if n < len(U):
                factored = PivotedQR(hidden_activations(network, rows[:n]))
            else:
                cuts = range(first, n, 1600)
                parts = (rows[at : min(at + 1600, n)] for at in cuts)
                blocks = (hidden_activations(network, part) for part in parts)
                R = triangle(blocks if R is None else _after(R, blocks))
                factored, first = PivotedQR(R, n=n), n
            for k in KS:
                kept, T = factored.kept(k), factored.interpolation(k)
                small = smaller_network(network, kept, T @ U, beta)
                predictions.setdefault(f"{kind}, k = {k}", []).append(small.predict(X_test))
    return {
        measure: {name: np.mean(truth == told, axis=1) for name, told in predictions.items()}
        for measure, truth in {"accuracy": y_test, "agreement": labels}.items()
    }


def _after(R, blocks):
    """Go on with a triangle: it is a block as well."""
    yield R
    yield from blocks


def main(folder=RESULTS):
    """Run both studies and write their tables."""
    for name, (draw, numbers) in STUDIES.items():
        print(name, flush=True)
        result = run_study(prune_with_more_rows, SEEDS, draw, numbers, folder=UNFINISHED, n_jobs=1)
        save(folder / f"{name.replace(' ', '_')}.csv", numbers, SEEDS, result)
    shutil.rmtree(UNFINISHED)


if __name__ == "__main__":
    main()
