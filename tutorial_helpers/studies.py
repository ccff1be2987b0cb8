"""Comparisons over many seeds: side by side, resumable, with intervals that admit how many.

One training and one order of the neurons per seed serve all k. ``make_studies.py`` makes the
stored tables.
"""

import csv
import sys
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from IPython import get_ipython
from IPython.display import display
from ipywidgets import IntProgress
from joblib import Memory, Parallel, cpu_count, delayed, parallel_config
from scipy.stats import t
from sklearn.datasets import make_classification
from sklearn.neural_network import MLPClassifier

from .correction import CORRECTIONS, no_correction
from .decomposition import PivotedQR
from .networks import hidden_activations, labels_from_logits, smaller_network, train_network
from .pruning import prune
from .selection import SELECTIONS, by_leverage

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
        own initial weights and trained. At the other ks they are NaN.

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
    X, X_test, y, y_test = split = split(seed) if callable(split) else split
    _check_study(split, ks, references)
    network = train_network(X, y, (neurons,), random_state=seed, max_iter=3000)
    U, beta = network.coefs_[1], network.intercepts_[1]
    Z, Z_test = hidden_activations(network, X), hidden_activations(network, X_test)
    if max(ks) > (rank := PivotedQR(Z).rank):
        raise ValueError(
            f"k = {max(ks)} is beyond the rank {rank} of the hidden activations (seed {seed}): "
            f"{rank} neurons already rebuild all the others. Ask for k up to {rank}."
        )
    predictions = {"full": [network.predict(X_test)] * len(ks)}
    for select in GRID:
        kept = _kept_at_every_k(select, network, X, ks, seed)
        for name, correct in CORRECTIONS.items():
            pruned = [(J, *correct(Z, J, U, beta)) for J in kept]
            predictions[f"{select} + {name}"] = [
                labels_from_logits(network, Z_test[:, J] @ U_new + beta_new)
                for J, U_new, beta_new in pruned
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
    choose = SELECTIONS[select]
    if choose is by_leverage:
        return [choose(network, X, k) for k in ks]
    order = choose(network, X, max(ks), random_state=seed)
    return [order[:k] for k in ks]


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
    X, _, y, y_test = split
    if missing := sorted(set(np.unique(y).tolist()) ^ set(np.unique(y_test).tolist())):
        half = "test" if missing[0] in y else "training"
        raise ValueError(
            f"class {missing[0]!r} is missing from the {half} half: accuracy would not count it. "
            "Shuffle before splitting, or split with stratify=y."
        )
    if max(ks) > len(X):
        raise ValueError(
            f"k = {max(ks)} neurons cannot be told apart by {len(X)} training samples: the rank of "
            "the activations is at most the number of samples. Use more samples or a smaller k."
        )
    if unknown := set(references) - set(ks):
        raise ValueError(f"references must be some of ks = {list(ks)}, got also {sorted(unknown)}")


def run_study(job, seeds, *arguments, folder=None, n_jobs=None, **options):
    """Run a job once for each seed, several at a time, and stack the results.

    Parameters
    ----------
    job : callable
        ``job(seed, *arguments, **options)`` returns a number, an array, or a dict of such or of
        further dicts.
    seeds : sequence of int
    *arguments, **options
        What the job gets besides the seed.
    folder : path, optional
        Keeps the result of every seed that is done: a study that was interrupted goes on from
        there, and a finished one is read. Another job or other arguments do not mix with it.
    n_jobs : int, optional
        Seeds at a time, by default one for each core. Each has one thread for its matrices.

    Returns
    -------
    result : dict or ndarray
        As the job's, each value with a first axis for the seeds.

    Raises
    ------
    ValueError
        If there is no seed or one comes twice, which would be counted as two observations.
    KeyboardInterrupt
        If it is interrupted, with a word on what is kept.

    Examples
    --------
    >>> run_study(lambda seed, power: {"value": seed**power}, [1, 2, 3], 2, n_jobs=1)
    {'value': array([1, 4, 9])}
    """
    seeds = list(seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must hold one or more different numbers, got {seeds}")
    if folder is not None:
        job = Memory(folder, verbose=0).cache(job)
    n_jobs = n_jobs or min(len(seeds), cpu_count())
    calls = (delayed(job)(seed, *arguments, **options) for seed in seeds)
    try:
        with parallel_config("loky", n_jobs=n_jobs, inner_max_num_threads=1):
            results = Parallel(return_as="generator")(calls)
            return _stack(list(_with_progress(results, len(seeds))))
    except KeyboardInterrupt:
        kept = f"what is done is kept in {folder}, and the same call goes on from there"
        lost = "nothing is kept; with folder=… the next one can be interrupted"
        raise KeyboardInterrupt(f"study interrupted: {kept if folder else lost}") from None


def _stack(results):
    first = results[0]
    if isinstance(first, dict):
        return {name: _stack([result[name] for result in results]) for name in first}
    return np.array(results)


def _with_progress(results, total):
    """Pass results on while a bar tells how many there are."""
    in_notebook = getattr(get_ipython(), "kernel", None) is not None
    bar = IntProgress(max=total, description="seeds") if in_notebook else None
    if in_notebook:
        display(bar)
    for done, result in enumerate(results, start=1):
        if in_notebook:
            bar.value = done
        elif sys.stderr.isatty():
            print(f"\rseeds: {done} of {total}", end="\n" * (done == total), file=sys.stderr)
        yield result
    if in_notebook:
        bar.close()


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

    Returns
    -------
    mean, low, high : ndarray of shape (p,)
        A named tuple: the mean of ``a − b`` and its interval, in the units of ``a``.

    Raises
    ------
    ValueError
        If the shapes differ or fewer than two seeds are given.

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
    level = 1 - (1 - confidence) / (comparisons or a.shape[1])
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
        The last is made by ``train_convolutional.py``; there k counts the channels that the first
        convolution keeps, and the second keeps twice as many.

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
