"""Exercises of the lesson on pruning with the ID."""

import numpy as np

from .framework import Expected, exercise


def _relu(A):
    return np.maximum(A, 0)


@exercise("06.1", "the activations of the kept neurons alone")
def check_kept_activations(X, W, b, kept):
    """Compare with φ(X W[:, J] + b[J]), in the order of J."""
    A, k, in_order = X @ W[:, kept], len(kept), np.sort(kept)
    mistakes = {
        "some values are negative: which step of the layer is missing?": A + b[kept],
        "an image without ink would leave every neuron at 0: what shifts it?": _relu(A),
        "the bias shifts a neuron before ReLU looks at it": _relu(A) + b[kept],
        "these are the first k neurons, not the kept ones": _relu(X @ W[:, :k] + b[:k]),
        "these columns are sorted; T expects them in the order of kept": (
            _relu(X @ W[:, in_order] + b[in_order])
        ),
        "this is only the product; two steps of the layer are missing": A,
        "each bias belongs to its neuron: are these the right ones?": _relu(A + b[:k]),
    }
    return Expected(_relu(A + b[kept]), mistakes)


@exercise("06.2", "the weights that take over for a removed neuron")
def check_merged_weights(U):
    """Compare with T U, where the third neuron is twice the first plus the second."""
    first, second, third = np.asarray(U)
    mistakes = {
        "the removed neuron's row of U is lost: who passes it on?": [first, second],
        "each kept neuron passes on its own share, not all of it": [first + third, second + third],
        "the two shares are swapped": [first + third, second + 2 * third],
        "the kept neurons still have their own rows of U as well": [2 * third, third],
        "the factor belongs to the neuron that goes": [2 * first + third, second + third],
        "rows are neurons, columns are outputs": np.transpose([first + 2 * third, second + third]),
        "that is T; now let it act on the rows of U": [[1, 0, 2], [0, 1, 1]],
    }
    return Expected([first + 2 * third, second + third], mistakes)


@exercise("06.3", "images won and images lost")
def check_won_and_lost(full, pruned, y):
    """Compare with how many images only the pruned network and only the full one gets right."""
    won, lost = np.sum((pruned == y) & (full != y)), np.sum((pruned != y) & (full == y))
    mistakes = {
        "the right two counts in the wrong order": [lost, won],
        "counts, please, not fractions": [won / len(y), lost / len(y)],
        "counts, please, not per cent": [100 * won / len(y), 100 * lost / len(y)],
        "this is the difference; we ask for both counts": won - lost,
        "some changed predictions are wrong before and after": [won, np.sum(full != pruned) - won],
        "these are all that each network gets right": [np.sum(pruned == y), np.sum(full == y)],
    }
    return Expected([won, lost], mistakes)
