"""Comparisons over many seeds, with intervals that account for how many (lesson 08).

One training and one order of the neurons per seed serve all k. The stored tables are made by
``python -m benchmarks.make_studies``.
"""

import csv
import math
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from scipy.stats import t
from sklearn.datasets import make_classification
from sklearn.neural_network import MLPClassifier

from ._validation import check_k
from .correction import CORRECTIONS, no_correction
from .decomposition import PivotedQR
from .networks import hidden_activations, smaller_network, train_network
from .pruning import prune
from .selection import SELECTIONS

GRID = ("random", "magnitude", "norm product", "variance", "leverage", "id", "greedy")


def generated_split(random_state):
    """Draw a classification problem that has nothing to do with images.

    Five classes, each of three clusters in ten of twenty dimensions, 1000 samples to train on and
    1000 to test on (`sklearn.datasets.make_classification`).

    Parameters
    ----------
    random_state : int
        Another problem for every seed.

    Returns
    -------
    X_train, X_test : ndarray of shape (1000, 20)
    y_train, y_test : ndarray of shape (1000,)

    Examples
    --------
    >>> X_train, X_test, y_train, y_test = generated_split(0)
    >>> X_train.shape, X_test.shape
    ((1000, 20), (1000, 20))
    """
    X, y = make_classification(
        2000, 20, n_informative=10, n_redundant=0, n_classes=5, n_clusters_per_class=3,
        class_sep=1.5, flip_y=0, random_state=random_state,
    )  # fmt: skip
    return X[:1000], X[1000:], y[:1000], y[1000:]


def initial_network(X, y, hidden_layer_sizes=(1000,), *, random_state=1):
    """Return the network as it was before `train_network` made its first step.

    The same seed draws the same weights; one epoch with a vanishing learning rate leaves them
    where they are.

    Parameters
    ----------
    X, y, hidden_layer_sizes, random_state
        As for `train_network`.

    Returns
    -------
    network : MLPClassifier
        Fitted in name only; ``warm_start`` is set, so that ``fit`` trains on from here.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> start = initial_network(X, y, (20,))
    >>> trained = train_network(X, y, (20,), max_iter=1000)
    >>> bool(np.abs(start.coefs_[0] - trained.coefs_[0]).max() > 0.01)
    True
    """
    network = MLPClassifier(hidden_layer_sizes, random_state=random_state, learning_rate_init=1e-99)
    network.partial_fit(X, y, classes=np.unique(y))
    return network.set_params(learning_rate_init=0.001, warm_start=True, max_iter=3000)


def compare_methods(seed, split, ks, *, neurons=1000, references=()):
    """Prune one network by every selection × correction, and train what it has to beat.

    A job for `run_study`. Selections: all but ``"strong id"``, which keeps what the ID keeps.

    Parameters
    ----------
    seed : int
        Of the network, of the random selection, and of the data if ``split`` is a function.
    split : tuple of four arrays, or callable
        ``X_train, X_test, y_train, y_test``, or a function of the seed that returns them.
    ks : sequence of int
        Neurons to keep.
    neurons : int
        Hidden neurons of the full network.
    references : sequence of int
        Those of the ks for which small networks are trained as well: from scratch; pruned and
        trained for 20 more epochs; lottery tickets, which are the kept neurons put back to their
        own initial weights and trained. At the other ks they are NaN. Both are for the stored
        tables.

    Returns
    -------
    result : dict
        ``result[measure][method]``, an array of shape (len(ks),): measure is ``"accuracy"`` or
        ``"agreement"`` with the full network, both on the test data; method is "full", a pair
        such as "id + ridge", or one of the references.

    Raises
    ------
    ValueError
        If a class is missing from one half, a k exceeds the training samples or the rank of the
        hidden activations, or ``references`` holds a number that ``ks`` does not.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split
    >>> result = compare_methods(1, load_digits_split(), [10, 20], neurons=50)
    >>> bool(result["accuracy"]["id + ridge"][1] > result["accuracy"]["id + none"][1])
    True
    """
    X, X_test, y, y_test = _check_study(split(seed) if callable(split) else split, ks, references)
    network = train_network(X, y, (neurons,), random_state=seed, max_iter=3000)
    if max(ks) > (rank := PivotedQR(hidden_activations(network, X)).rank):
        raise ValueError(
            f"k = {max(ks)} is beyond the rank {rank} of the hidden activations (seed {seed}): "
            f"{rank} neurons already rebuild all the others. Ask for k up to {rank}."
        )
    predictions = {"full": [network.predict(X_test)] * len(ks)}
    for select in GRID:
        chosen = _kept_at_every_k(select, network, X, ks, seed)
        for correct in CORRECTIONS:
            predictions[f"{select} + {correct}"] = [
                prune(network, k, X=X, select=chosen, correct=correct).predict(X_test) for k in ks
            ]
    small = {k: _references(network, X, y, k, seed) for k in references}
    for name in next(iter(small.values()), {}):
        predictions[name] = [small[k][name].predict(X_test) if k in small else None for k in ks]
    truths = {"accuracy": y_test, "agreement": predictions["full"][0]}
    return {
        measure: {name: _equal(truth, told) for name, told in predictions.items()}
        for measure, truth in truths.items()
    }


def _equal(truth, predictions):
    return np.array([np.nan if p is None else np.mean(p == truth) for p in predictions])


def _kept_at_every_k(select, network, X, ks, seed):
    """Return a selection for `prune` that has chosen for all ks beforehand."""
    choose = SELECTIONS[select]
    if getattr(choose, "nested", False):
        order = choose(network, X, max(ks), random_state=seed)
        kept = {k: order[:k] for k in ks}
    else:
        kept = {k: choose(network, X, k, random_state=seed) for k in ks}
    return lambda network, X, k, **options: kept[k]


def _references(network, X, y, k, seed):
    start = initial_network(X, y, network.hidden_layer_sizes, random_state=seed)
    small = {"scratch": train_network(X, y, (k,), random_state=seed, max_iter=3000)}
    for select in ("id", "magnitude", "random"):
        kept = SELECTIONS[select](network, X, k, random_state=seed)
        weights = no_correction(None, kept, start.coefs_[1], start.intercepts_[1])
        small[f"ticket of {select}"] = smaller_network(start, kept, *weights).fit(X, y)
    for select, correct in (("id", "interpolation"), ("magnitude", "none")):
        tuned = prune(network, k, X=X, select=select, correct=correct)
        for _ in range(20):
            tuned.partial_fit(X, y)
        small[f"{select} + 20 epochs"] = tuned
    return small


def _check_study(split, ks, references):
    if not isinstance(split, list | tuple) or len(split) != 4:
        raise TypeError(
            "split must be X_train, X_test, y_train, y_test, as train_test_split returns them, or "
            f"a function of the seed that returns these; got {type(split).__name__}"
        )
    X, _, y, y_test = split
    classes = [set(np.unique(labels).tolist()) for labels in (y, y_test)]
    if missing := sorted(classes[0] ^ classes[1]):
        half = "test" if missing[0] in classes[0] else "training"
        raise ValueError(
            f"class {missing[0]!r} is missing from the {half} half: accuracy would not count it. "
            "Shuffle before splitting, or split with stratify=y."
        )
    if max(ks) > (samples := X.shape[0]):
        raise ValueError(
            f"k = {max(ks)} neurons cannot be told apart by {samples} training samples: the rank "
            "of the activations is at most the number of samples. Use more samples or a smaller k."
        )
    if unknown := set(references) - set(ks):
        raise ValueError(f"references must be some of ks = {list(ks)}, got also {sorted(unknown)}")
    return split


class Differences(NamedTuple):
    """Mean of the paired differences and the ends of its interval, each of shape (p,)."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def paired_differences(a, b, *, comparisons=None, confidence=0.95):
    """Compare two methods seed by seed, with intervals that hold all at once.

    Both methods prune the same networks, so their difference within a seed varies less than
    either of them. Intervals by Student's t; among ``q`` of them, each gets the confidence
    ``1 − (1 − confidence) / q`` (Bonferroni), so that all q hold together with ``confidence``.

    Parameters
    ----------
    a, b : array-like of shape (seeds, p)
        One row per seed, the same seed in the same row.
    comparisons : int, optional
        ``q``, by default p. Count every comparison that you look at.
    confidence : float
        For readers who need another than 95 %.

    Returns
    -------
    mean, low, high : ndarray of shape (p,)
        A named tuple: the mean of ``a − b`` and its interval, in the units of ``a``.

    Raises
    ------
    ValueError
        If the shapes differ, fewer than two seeds are given, ``comparisons`` is no count or
        ``confidence`` no fraction.

    Notes
    -----
    The intervals speak about other seeds, not about other data: all networks share their
    training and test samples unless the seed draws these too.

    Examples
    --------
    >>> a, b = [[0.9], [0.8], [0.7]], [[0.8], [0.6], [0.6]]
    >>> mean, low, high = paired_differences(a, b)
    >>> mean.round(3), low.round(3), high.round(3)
    (array([0.133]), array([-0.01]), array([0.277]))
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape or a.ndim != 2 or len(a) < 2:
        raise ValueError(
            "paired_differences needs two arrays of the same shape (seeds, p) with at least two "
            f"seeds, got {a.shape} and {b.shape}"
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, such as 0.95; got {confidence}")
    if comparisons is None:
        comparisons = a.shape[1]
    comparisons = check_k(comparisons, math.inf, "all that you look at", name="comparisons")
    level = 1 - (1 - confidence) / comparisons
    mean, spread = (a - b).mean(axis=0), (a - b).std(axis=0, ddof=1)
    half = spread / np.sqrt(len(a)) * t.ppf((1 + level) / 2, len(a) - 1)
    return Differences(mean, mean - half, mean + half)


class Study(NamedTuple):
    """A stored study: which k and seeds, and both measures as method → (seeds, ks)."""

    ks: np.ndarray
    seeds: np.ndarray
    accuracy: dict
    agreement: dict


def load_study(name):
    """Read one of the stored studies of `compare_methods`.

    Parameters
    ----------
    name : {"digits", "generated", "convolutional"}
        The last is made by ``benchmarks/train_convolutional.py``; there k counts the channels
        that the first convolution keeps, and the second keeps twice as many.

    Returns
    -------
    ks : ndarray of int, shape (p,)
    seeds : ndarray of int, shape (s,)
    accuracy, agreement : dict of str to ndarray of shape (s, p)
        A named tuple; methods as in `compare_methods`, fractions of the test samples.

    Raises
    ------
    ValueError
        For any other name.

    Examples
    --------
    >>> study = load_study("digits")
    >>> study.accuracy["id + ridge"].shape == (len(study.seeds), len(study.ks))
    True
    """
    folder = files(__package__) / "results"
    stored = sorted(file.name.removesuffix(".csv") for file in folder.iterdir())
    if name not in stored:
        raise ValueError(f"stored studies are {', '.join(map(repr, stored))}; got {name!r}")
    text = (folder / f"{name}.csv").read_text(encoding="utf-8")
    header, *lines = csv.reader(text.splitlines())
    tables = {"accuracy": {}, "agreement": {}}
    for measure, method, _, *values in lines:
        tables[measure].setdefault(method, []).append([float(value) for value in values])
    seeds = np.array([int(line[2]) for line in lines if line[:2] == lines[0][:2]])
    tables = {m: {name: np.array(rows) for name, rows in t.items()} for m, t in tables.items()}
    return Study(np.array(header[3:], dtype=int), seeds, **tables)
