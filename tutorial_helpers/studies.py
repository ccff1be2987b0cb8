"""Comparisons over many seeds, with intervals that account for how many (lessons 03 and 10).

One training and one order of the neurons per seed serve all k. The stored tables are made by
``python -m benchmarks.make_studies``.
"""

import csv
import json
from functools import partial
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from sklearn.datasets import make_classification

from .correction import CORRECTIONS
from .decomposition import PivotedQR
from .networks import hidden_activations, smaller_network, train_network
from .pruning import prune
from .rivals import (
    by_taylor,
    distilled_network,
    initial_network,
    rescaled,
    scratch_network,
    ticket,
)
from .selection import SELECTIONS

GRID = ("random", "magnitude", "norm product", "variance", "leverage", "taylor", "id", "greedy")
MENDED = {"rescaled": rescaled} | CORRECTIONS


def generated_split(random_state):
    """Draw a classification problem that has nothing to do with images, for the stored tables.

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


def compare_methods(seed, split, ks, *, neurons=1000, unit=1, settings=None, tickets=False):
    """Prune one network by every selection × correction, and train what it has to beat.

    A job for `run_study`.

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
    unit : float
        What the rivals divide their inputs by while they are trained.
    settings : dict, optional
        With it the rivals are trained as well; without they are left out.
        ``settings["scratch"][k]`` are those of `scratch_network`, ``settings["distilled"][k]``
        those of `distilled_network`; if there are ``settings["full"][neurons]``, the full network
        is trained with them by `scratch_network` (by Adam, as L-BFGS knows no epochs to add), and
        "scratch" likewise. For the stored tables.
    tickets : bool
        Whether lottery tickets and random tickets are trained, too. All options but the first
        three arguments are for the stored tables.

    Returns
    -------
    result : dict
        ``result[measure][method]``, an array of shape (len(ks),): measure is ``"accuracy"`` or
        ``"agreement"`` with the full network, both on the test data; method is "full", a pair
        such as "id + ridge", or one of the rivals of lesson 11.

    Raises
    ------
    ValueError
        If a class is missing from one half, or a k exceeds the training samples or the rank of
        the hidden activations.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split
    >>> result = compare_methods(1, load_digits_split(), [10, 20], neurons=50)
    >>> bool(result["accuracy"]["id + ridge"][1] > result["accuracy"]["id + none"][1])
    True
    """
    X, X_test, y, y_test = _check_study(split(seed) if callable(split) else split, ks)

    def train(size):
        if settings and "full" in settings:
            own = settings["full"][neurons]
            return scratch_network(X, y, size, unit=unit, random_state=seed, **own)
        return train_network(X, y, (size,), random_state=seed, max_iter=3000)

    network = train(neurons)
    Z, (_, U), (_, beta) = hidden_activations(network, X), network.coefs_, network.intercepts_
    if max(ks) > (rank := PivotedQR(Z).rank):
        raise ValueError(
            f"k = {max(ks)} is beyond the rank {rank} of the hidden activations (seed {seed}): "
            f"{rank} neurons already rebuild all the others. Ask for k up to {rank}."
        )
    labels = network.predict(X_test)
    predictions = {"full": [labels] * len(ks)}
    for select in GRID:
        chosen = _kept_at_every_k(select, network, X, y, ks, seed)
        for correct, mend in MENDED.items():
            pruned = [smaller_network(network, J, *mend(Z, J, U, beta)) for J in chosen]
            predictions[f"{select} + {correct}"] = [small.predict(X_test) for small in pruned]
    for k in ks:
        for name, small in _rivals(network, train, X, y, k, seed, unit, settings, tickets):
            predictions.setdefault(name, []).append(small.predict(X_test))
    return {
        measure: {name: np.mean(truth == told, axis=1) for name, told in predictions.items()}
        for measure, truth in {"accuracy": y_test, "agreement": labels}.items()
    }


def _kept_at_every_k(select, network, X, y, ks, seed):
    """Return what a selection keeps for each of the ks."""
    choose = partial(by_taylor, y=y) if select == "taylor" else SELECTIONS[select]
    if getattr(choose, "nested", select == "taylor"):
        order = choose(network, X, max(ks), random_state=seed)
        return [order[:k] for k in ks]
    return [choose(network, X, k, random_state=seed) for k in ks]


def _rivals(network, train, X, y, k, seed, unit, settings, tickets):
    """Train one rival after the other, and tell its name."""
    if tickets:
        start = initial_network(X, y, network.hidden_layer_sizes, random_state=seed)
        for select in ("id", "random"):
            kept = SELECTIONS[select](network, X, k, random_state=seed)
            yield f"ticket of {select}", ticket(start, kept, X, y)
    if settings is None:
        return
    yield "scratch", train(k)
    fixed = {"unit": unit, "random_state": seed}
    own = {name: fixed | settings[name][k] for name in ("scratch", "distilled")}
    yield "scratch at its best", scratch_network(X, y, k, **own["scratch"])
    yield "distilled", distilled_network(network, X, k, **own["distilled"])
    pruned = prune(network, k, X=X)
    yield "id + distillation", distilled_network(network, X, k, start=pruned, **own["distilled"])
    yield "id + training", scratch_network(X, y, k, start=pruned, **own["scratch"])
    for select, correct in (("id", "interpolation"), ("magnitude", "none")):
        tuned = prune(network, k, X=X, select=select, correct=correct)
        for _ in range(20):
            tuned.partial_fit(X, y)
        yield f"{select} + 20 epochs", tuned


def _check_study(split, ks):
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
    return split


class Study(NamedTuple):
    """A stored study: which k and seeds, and its measures as method → (seeds, ks)."""

    ks: np.ndarray
    seeds: np.ndarray
    accuracy: dict
    agreement: dict
    cosine: dict | None = None


def load_study(name):
    """Read one of the stored studies of `compare_methods`.

    Parameters
    ----------
    name : str
        "digits", "swapped", "shuffled", each also "… scaled", "generated", "generated tuned",
        whose full networks have searched settings as well, "mnist";
        "convolutional", which ``benchmarks/train_convolutional.py`` makes: there k counts the
        channels that the first convolution keeps, and the second keeps twice as many, and
        "convolutional scratch", networks of these sizes from scratch; or "deep", "deep scaled",
        "deep swapped", several hidden layers, where ks are the operations left, in per cent; or
        "rows digits", "rows generated", where ks are numbers of rows.

    Returns
    -------
    ks : ndarray of int, shape (p,)
    seeds : ndarray of int, shape (s,)
    accuracy, agreement, cosine : dict of str to ndarray of shape (s, p)
        A named tuple; methods as in `compare_methods`, fractions of the test samples; cosines with
        the full network are stored for transformers.

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
    stored = [file.name for file in folder.iterdir() if file.name.endswith(".csv")]
    stored = [name for name in stored if not name.startswith("language")]  # see `load_table`
    stored = sorted(file.removesuffix(".csv").replace("_", " ") for file in stored)
    if name not in stored:
        raise ValueError(f"stored studies are {', '.join(map(repr, stored))}; got {name!r}")
    text = (folder / f"{name.replace(' ', '_')}.csv").read_text(encoding="utf-8")
    header, *lines = csv.reader(text.splitlines())
    tables = {"accuracy": {}, "agreement": {}, "cosine": {}}
    for measure, method, _, *values in lines:
        tables[measure].setdefault(method, []).append([float(value) for value in values])
    seeds = np.array([int(line[2]) for line in lines if line[:2] == lines[0][:2]])
    tables = {m: {name: np.array(rows) for name, rows in t.items()} for m, t in tables.items()}
    return Study(np.array(header[3:], dtype=int), seeds, **tables)


TABLES = ("language", "language calibration", "language speed")


def load_table(name):
    """Read a table, "language", "language calibration" or "language speed", as nested dicts.

    ``table[first][second]`` is a row. ``benchmarks/prune_language.py`` and
    ``benchmarks/onnx_speed.py`` made them and say what is in them.

    Examples
    --------
    >>> load_table("language")["first hits"]["full"].shape  # at 75, 50 and 25 %
    (3,)
    """
    if name not in TABLES:
        raise ValueError(f"stored tables are {', '.join(map(repr, TABLES))}; got {name!r}")
    file = files(__package__).joinpath("results", f"{name.replace(' ', '_')}.csv")
    table = {}
    for first, second, *values in list(csv.reader(file.read_text("utf-8").splitlines()))[1:]:
        table.setdefault(first, {})[second] = np.array(values, dtype=float)
    return table


def load_settings(name):
    """Read the settings that the search found for the rivals of a stored study.

    Returns
    -------
    settings : dict
        ``settings[rival][k]``, as `compare_methods` takes them, and for "generated tuned"
        ``settings["full"][500]``.

    Raises
    ------
    ValueError
        For a study without trained rivals.

    Examples
    --------
    >>> sorted(load_settings("digits scaled"))
    ['distilled', 'scratch']
    >>> list(load_settings("generated tuned")["full"])
    [500]
    """
    text = (files(__package__) / "results" / "settings.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    if name not in stored:
        raise ValueError(f"settings were searched for {', '.join(stored)}; got {name!r}")
    return {rival: {int(k): s for k, s in each.items()} for rival, each in stored[name].items()}
