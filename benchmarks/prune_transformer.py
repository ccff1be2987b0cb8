"""Make the tables of pruned transformers for `load_study`.

``python -m benchmarks.prune_transformer`` prunes the networks of `train_transformer` and trains
those that are missing (extra ``torch``). When it is interrupted, the same command goes on where it
stopped.
"""

import shutil

import numpy as np

from benchmarks.make_studies import RESULTS, save
from benchmarks.train_transformer import SEEDS, UNFINISHED, all_trained
from tutorial_helpers import (
    as_images,
    load_digits_split,
    prune_feed_forward,
    run_study,
    shared_widths,
)
from tutorial_helpers.transformer import network_of

KEPT = (24, 48, 96, 192)  # neurons of 384 in each block
IMAGES = (6, 12, 25, 50, 100, 200)
ENOUGH, QUARTER = 100, 96
SELECTED = ("random", "magnitude", "variance", "id")
CORRECTED = ("none", "interpolation", "least squares")
REFITTED = ("refit", "refit stream")


def cosine(a, b):
    """Return the mean cosine of the angles between rows, each less the mean of all rows of b."""
    a, b = a - b.mean(axis=0), b - b.mean(axis=0)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.mean(np.einsum("ij,ij->i", a, b) / lengths)


def sources(images, y, rng):
    """Return calibration data of other kinds, as many images of each."""
    some = images[rng.permutation(len(images))[:ENOUGH]]
    few = images[y < 5]
    return {
        "training digits": some,
        "digits 0 to 4": few[rng.permutation(len(few))[:ENOUGH]],
        "pixels shuffled": rng.permuted(some.reshape(ENOUGH, 64), axis=1).reshape(some.shape),
        "noise": rng.uniform(size=some.shape),
    }


def measured(seed, weights):
    """Prune the network of a seed in every way; return table → measure → method → values."""
    X_train, X_test, y_train, y_test = load_digits_split()
    images, new = as_images(X_train), as_images(X_test)
    network = network_of({name: arrays[seed] for name, arrays in weights.items()})
    rng = np.random.default_rng(seed)
    vectors = network.vectors(new)
    labels = network.predict(new)
    found = {}

    def note(table, method, networks):
        told = {"accuracy": [], "agreement": [], "cosine": []}
        for pruned in networks:
            small = pruned.vectors(new)
            answers = (small @ pruned.head + pruned.bias).argmax(axis=1)
            told["accuracy"].append(np.mean(answers == y_test))
            told["agreement"].append(np.mean(answers == labels))
            told["cosine"].append(cosine(small, vectors))
        for measure, values in told.items():
            found.setdefault(table, {}).setdefault(measure, {})[method] = np.array(values)

    drawn = sources(images, y_train, rng)
    some = drawn["training digits"]
    note("transformer", "full", [network] * len(KEPT))
    pairs = [(s, c) for s in SELECTED for c in CORRECTED]
    for s, c in pairs + [(s, c) for s in ("magnitude", "id") for c in REFITTED]:
        how = {"select": s, "correct": c, "random_state": seed}
        cut = [prune_feed_forward(network, some, (k,) * 3, **how) for k in KEPT]
        note("transformer", f"{s} + {c}", cut)
        if (s, c) == ("id", "interpolation"):
            note("transformer source", "training digits", cut)
            note("transformer blocks", "alike", cut)
    for source, other in list(drawn.items())[1:]:
        cut = [prune_feed_forward(network, other, (k,) * 3) for k in KEPT]
        note("transformer source", source, cut)
    order = rng.permutation(len(images))
    for c in ("interpolation", "least squares"):
        cut = [
            prune_feed_forward(network, images[order[:n]], (QUARTER,) * 3, correct=c)
            for n in IMAGES
        ]
        note("transformer calibration", f"id + {c}", cut)
    for block in range(3):
        widths = [[k if i == block else 384 for i in range(3)] for k in KEPT]
        cut = [prune_feed_forward(network, some, each) for each in widths]
        note("transformer blocks", f"block {block} alone", cut)
    shares = [shared_widths(network, some, 3 * k) for k in KEPT]
    turned = [share[::-1] for share in shares]
    for rule, widths in {"shared": shares, "shared, turned round": turned}.items():
        cut = [prune_feed_forward(network, some, each) for each in widths]
        note("transformer blocks", rule, cut)
    print("seed", seed, "widths", shares, flush=True)
    return found


def main(folder=RESULTS):
    """Prune the networks of all seeds and write their tables."""
    weights = all_trained()
    result = run_study(measured, SEEDS, weights, folder=UNFINISHED, n_jobs=1)
    for table, measures in result.items():
        ks = IMAGES if table == "transformer calibration" else KEPT
        save(folder / f"{table.replace(' ', '_')}.csv", ks, SEEDS, measures)
    shutil.rmtree(UNFINISHED)


if __name__ == "__main__":
    main()
