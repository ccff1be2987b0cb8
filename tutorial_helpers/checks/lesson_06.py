"""Exercises of the lesson on pruning with the ID."""

import numpy as np

from .framework import Expected, exercise, vote


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
        "the first takes over its share; the third held some of the second, too": (
            [first + 2 * third, second]
        ),
        "the second takes over its share; the third held some of the first, too": (
            [first, second + third]
        ),
        "each kept neuron passes on its own share, not all of it": [first + third, second + third],
        "the two shares are swapped": [first + third, second + 2 * third],
        "the kept neurons still have their own rows of U as well": [2 * third, third],
        "the factor belongs to the neuron that goes": [2 * first + third, second + third],
        "rows are neurons, columns are outputs": np.transpose([first + 2 * third, second + third]),
        "that is T; now let it act on the rows of U": [[1, 0, 2], [0, 1, 1]],
    }
    return Expected([first + 2 * third, second + third], mistakes)


check_mixing = vote(
    "06.3",
    "when one may mix before the ReLU",
    "C",
    {
        "A": "try the picture: its weights, 1 and 1, are not negative",
        "B": "they keep lengths and angles; what does the ReLU look at?",
        "D": "the ReLU meets one image at a time: does it notice how many there are?",
    },
)


def _other_neurons(X, W, b, U, beta, kept, T):
    return [(X[::-1], W, b, U, beta + 1, kept[::-1], T[::-1])]


@exercise("06.4", "the logits of the pruned network", others=_other_neurons)
def check_pruned_network(X, W, b, U, beta, kept, T):
    """Compare with φ(X W[:, J] + b[J]) T U + β."""
    kept = np.asarray(kept)
    if not np.allclose(T[:, kept], np.eye(len(kept))):
        raise ValueError("kept no longer belongs to T")
    A, in_order, TU = X @ W[:, kept] + b[kept], np.sort(kept), T @ U
    Z, L = _relu(A), _relu(A) @ TU + beta
    E = np.exp(L - L.max(axis=1, keepdims=True))
    mistakes = {
        "each kept neuron speaks twice: what do the columns of the kept ones in T hold?": (
            Z @ (U[kept] + TU) + beta
        ),
        "halved, the removed neurons speak with half their voice": Z @ ((U[kept] + TU) / 2) + beta,
        "the kept neurons are not the first ones: which columns of T are the others?": (
            Z @ (U[kept] + T[:, len(kept) :] @ U[len(kept) :]) + beta
        ),
        "nobody takes over for the removed neurons": Z @ U[kept] + beta,
        "now the kept neurons no longer speak for themselves": Z @ (TU - U[kept]) + beta,
        "β is no longer added: nothing was wrong with it": Z @ TU,
        "where is the ReLU?": A @ TU + beta,
        "where is the bias of the hidden layer?": _relu(X @ W[:, kept]) @ TU + beta,
        "T expects the neurons in the order of kept; yours are sorted": (
            _relu(X @ W[:, in_order] + b[in_order]) @ TU + beta
        ),
        "these are probabilities; logits are asked for": E / E.sum(axis=1, keepdims=True),
        "these are predicted classes; logits are asked for": L.argmax(axis=1),
        "that is right for the full network; which neurons stay?": _relu(X @ W + b) @ U + beta,
    }
    return Expected(L, mistakes)


@exercise("06.5", "images won and images lost")
def check_won_and_lost(full, pruned, y):
    """Compare with how many images only the pruned network and only the full one gets right."""
    won, lost = np.sum((pruned == y) & (full != y)), np.sum((pruned != y) & (full == y))
    mistakes = {
        "the right two counts in the wrong order": [lost, won],
        "counts, please, not fractions": [won / len(y), lost / len(y)],
        "counts, please, not per cent": [100 * won / len(y), 100 * lost / len(y)],
        "this is the difference; we ask for both counts": won - lost,
        "some changed predictions are wrong before and after": [won, np.sum(full != pruned) - won],
        "the second is every change; how many of these did the full network get right?": (
            [won, np.sum(full != pruned)]
        ),
        "these are all that each network gets wrong": [np.sum(pruned != y), np.sum(full != y)],
        "these are all that each network gets right": [np.sum(pruned == y), np.sum(full == y)],
    }
    return Expected([won, lost], mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t06.1", "the new weight of a kept neuron")(
        lambda: Expected(
            -11,
            {
                "its own weight is still there as well": -12,
                "the share is minus two: mind the sign": 13,
                "that is the new weight of neuron 1": 7,
            },
        )
    ),
    vote(
        "t06.2",
        "what T costs when the network predicts",
        "B",
        {
            "A": "T and U are both known beforehand: when are they multiplied?",
            "C": "of which shape is T U, and of which shape were the kept rows of U?",
        },
    ),
    vote(
        "t06.3",
        "pruned against trained from scratch",
        "C",
        {
            "A": "with which settings was the small network trained there?",
            "B": "whose inputs had that been, and were the rivals tuned?",
        },
    ),
]
