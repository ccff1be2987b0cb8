"""Make the tables of deep networks for `load_study` anew: ``python -m benchmarks.prune_deep``.

Ten networks of each shape are pruned to the same parts of their operations, and small networks
of the same widths are trained, with settings that are searched on training data alone. Takes some
minutes; when it is interrupted, the same command goes on where it stopped.
"""

import shutil
import warnings
from functools import partial
from types import SimpleNamespace

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tutorial_helpers import (
    greedy_path,
    logits,
    prune_layers,
    run_study,
    train_network,
    uniform_path,
    widths_within,
)

from .make_studies import (
    CANDIDATES,
    RESULTS,
    ROOT,
    Scaled,
    original_split,
    save,
    swapped_split,
)

UNFINISHED = ROOT / "unfinished_deep"
SEEDS, SEARCHED = range(1, 11), range(1001, 1003)
PERCENTS = (2, 5, 25)  # of the operations
SHAPES = {"two": (300, 300), "three": (150, 150, 150), "tapered": (300, 200, 100)}
STUDIES = {
    # name of the table → split, what the rivals divide their inputs by
    "deep": (original_split, 16),
    "deep scaled": (Scaled(original_split, 16), 1),
    "deep swapped": (Scaled(swapped_split, 16), 1),
}
WAYS = {
    "plain": {"correct": "interpolation"},
    "refit": {},
    "magnitude": {"select": "magnitude", "correct": "none"},
    "magnitude + refit": {"select": "magnitude"},
}


def equal_path(network):
    """List widths that are equal in all layers, as far as a layer has so many neurons."""
    sizes = network.hidden_layer_sizes
    return [tuple(min(m, k) for m in sizes) for k in range(max(sizes), 0, -1)]


def trained_small(rival, network, X, y, widths, unit, seed, settings):
    """Train a network of these widths on labels ("scratch") or on logits ("distilled")."""
    with warnings.catch_warnings():
        # a limit on the iterations is part of the settings
        warnings.simplefilter("ignore", ConvergenceWarning)
        if rival == "scratch":
            small = MLPClassifier(widths, random_state=seed, **settings).fit(X / unit, y)
            return SimpleNamespace(predict=lambda new: small.predict(new / unit))
        taught = logits(network, X)
        taught -= taught.mean(axis=1, keepdims=True)
        small = MLPRegressor(hidden_layer_sizes=widths, random_state=seed, **settings)
        small.fit(X / unit, taught / taught.std())
    return SimpleNamespace(predict=lambda new: small.predict(new / unit).argmax(axis=1))


def try_settings(seed, split, unit):
    """Score every candidate of both rivals on a third of the training data."""
    X, _, y, _ = split(seed)
    X, X_left, y, y_left = train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=seed)
    network = train_network(X, y, SHAPES["two"], random_state=seed, max_iter=3000)
    found, small = {}, widths_at_budgets(network)
    for rival, wanted in (("scratch", y_left), ("distilled", network.predict(X_left))):
        train = partial(trained_small, rival, network, X, y)
        found[rival] = np.array(
            [
                [np.mean(train(w, unit, seed, own).predict(X_left) == wanted) for w in small]
                for own in CANDIDATES[rival]
            ]
        )
    return found


def widths_at_budgets(network):
    """Return the widths that the uniform rule leaves at each budget."""
    path = uniform_path(network)
    return [widths_within(network, path, percent / 100) for percent in PERCENTS]


def compare_deep(seed, split, unit, best):
    """Prune and train at every budget; return accuracy and agreement of every method.

    The networks with two equal layers have methods without a prefix.
    """
    X, X_test, y, y_test = split(seed)
    result = {"accuracy": {}, "agreement": {}}

    def note(name, models, truth):
        told = [model.predict(X_test) for model in models]
        result["accuracy"][name] = np.mean(np.array(told) == y_test, axis=1)
        result["agreement"][name] = np.mean(np.array(told) == truth, axis=1)

    for shape, sizes in SHAPES.items():
        network = train_network(X, y, sizes, random_state=seed, max_iter=3000)
        truth, start = network.predict(X_test), "" if shape == "two" else f"{shape}, "
        note(start + "full", [network] * len(PERCENTS), truth)
        paths = {"uniform": uniform_path(network)}
        if shape != "three":
            paths["greedy"] = greedy_path(network, X, shrink=0.1, until=0.02)
        if shape == "tapered":
            paths["equal"] = equal_path(network)
        for rule, path in paths.items():
            widths = [widths_within(network, path, percent / 100) for percent in PERCENTS]
            ways = {rule: {}}
            if rule == "uniform" and shape != "tapered":
                ways = WAYS if shape == "two" else {way: WAYS[way] for way in ("plain", "refit")}
            for way, how in ways.items():
                note(start + way, [prune_layers(network, X, w, **how) for w in widths], truth)
        for rival, settings in best.items() if shape == "two" else ():
            train = partial(trained_small, rival, network, X, y)
            pairs = zip(widths_at_budgets(network), settings, strict=True)
            note(rival, [train(w, unit, seed, own) for w, own in pairs], truth)
    return result


def main(folder=RESULTS):
    """Search the rivals' settings, run all studies and write their tables."""
    tried = run_study(try_settings, SEARCHED, *STUDIES["deep scaled"], folder=UNFINISHED)
    best = {
        rival: [CANDIDATES[rival][i] for i in table.mean(axis=0).argmax(axis=0)]
        for rival, table in tried.items()
    }
    for name, (split, unit) in STUDIES.items():
        print(name, best, flush=True)
        result = run_study(compare_deep, SEEDS, split, unit, best, folder=UNFINISHED)
        save(folder / f"{name.replace(' ', '_')}.csv", PERCENTS, SEEDS, result)
    shutil.rmtree(UNFINISHED)


if __name__ == "__main__":
    main()
