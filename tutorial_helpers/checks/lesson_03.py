"""Exercises of the lesson on magnitude pruning."""

import numpy as np
from numpy.linalg import norm
from scipy.special import softmax

from .framework import Expected, exercise, vote


@exercise("03.1", "the order of magnitude pruning")
def check_magnitude_order(W):
    """Compare with the columns sorted by their Euclidean norms, the largest first."""
    order = np.argsort(-norm(W, axis=0))
    mistakes = {
        "these are sums of absolute values; square the weights": np.argsort(-np.abs(W).sum(axis=0)),
        "negative weights count as much as positive ones": np.argsort(-np.sum(W, axis=0)),
        "one large weight does not make a column; use all its entries": (
            np.argsort(-np.abs(W).max(axis=0))
        ),
        "the largest norm comes first, not last": order[::-1],
        "count from 0": order + 1,
        "entry 0 is the neuron that is kept first; you gave the place of each": np.argsort(order),
        "those are the norms; in which order do they put the neurons?": norm(W, axis=0),
        "count from 0, and the largest norm comes first": order[::-1] + 1,
        "count from 0, and entry 0 is the neuron that is kept first": np.argsort(order) + 1,
    }
    return Expected(order, mistakes)


@exercise("03.2", "the neurons that never fire")
def check_dead_neurons(Z, dead_elsewhere):
    """Compare with the columns of Z that are zero throughout."""
    dead = ~(Z > 0).any(axis=0)
    mistakes = {
        "those are silent at least once; a dead neuron is silent always": (Z == 0).any(axis=0),
        "those do fire; which ones never do?": ~dead,
        "that tells about images, the rows of Z; a neuron is a column": ~(Z > 0).any(axis=1),
        "those are their indices; give one True or False for each neuron": np.flatnonzero(dead),
        "numpy.where tells places; give one True or False for each neuron": np.where(dead),
        "those are silent on the training half; which half is Z?": dead_elsewhere,
        "that says how often each fires; give True where it never does": (Z > 0).mean(axis=0),
        "those are counts; give True where a neuron never fires": (Z > 0).sum(axis=0),
    }
    return Expected(dead, mistakes)


check_lead = vote(
    "03.3",
    "what follows from a lead on one table",
    "D",
    {
        "A": "compare the full networks before and after scaling: have they become worse?",
        "B": "on one table it was better, by more than 4 standard errors; does that fit B?",
        "C": "how many networks stand behind each number, and how large is the standard error?",
    },
)


def _other_neurons(Z, U, beta, kept):
    return [(2 * Z[::-1], U, beta + 1, kept[::-1]), (Z, U, beta, np.array([2, 0, 1]))]


@exercise("03.4", "the logits of the pruned network", others=_other_neurons)
def check_pruned_logits(Z, U, beta, kept):
    """Compare with Z[:, J] U[J] + β."""
    kept, rises = np.asarray(kept), np.sort(kept)
    rest, right = np.setdiff1d(np.arange(len(U)), kept), Z[:, kept] @ U[kept] + beta

    def of_sorted_columns(answer):  # may be the first of the mistakes as well, such as for two
        return np.allclose(Z[:, rises] @ U[kept] + beta, answer)

    def of_other_neurons(answer):
        # the rows of U that enter a product span its rows
        span = np.linalg.svd(answer - beta, full_matrices=False)[2][: len(kept)]
        used = np.flatnonzero(norm(U - U @ span.T @ span, axis=1) <= 1e-6 * norm(U, axis=1))
        return len(used) == len(kept) and np.allclose(Z[:, used] @ U[used] + beta, answer)

    mistakes = {
        "each neuron needs its own row of U; in which order does a mask give them?": (
            Z[:, kept] @ U[rises] + beta
        ),
        "the output bias is missing": Z[:, kept] @ U[kept],
        "those are the terms of the neurons that go": Z[:, rest] @ U[rest] + beta,
        "the columns of Z are the wrong ones": Z[:, : len(kept)] @ U[kept] + beta,
        "nothing is removed yet": Z @ U + beta,
        "logits, please, not the probabilities that softmax makes of them": softmax(right, axis=1),
        "now the columns of Z come sorted, and the rows of U do not": of_sorted_columns,
        "the right sum, but for other neurons than you were given": of_other_neurons,
    }
    return Expected(right, mistakes)


@exercise("03.5", "a size without units")
def check_unit_free_size(W, U):
    """Compare with ‖W[:, j]‖ ‖U[j]‖."""
    enters, leaves, V, Y = norm(W, axis=0), norm(U, axis=1), np.abs(W), np.abs(U)
    size = enters * leaves

    def sorts_alike(answer):
        return np.array_equal(np.argsort(answer), np.argsort(size))

    mistakes = {
        "what leaves the neuron does not count yet": enters,
        "what enters the neuron does not count yet": leaves,
        "does a sum stay the same in other units?": enters + leaves,
        "a root of a sum of squares: does that sum stay the same in other units?": (
            np.hypot(enters, leaves)
        ),
        "in other units this changes; what must the factors do to each other?": enters / leaves,
        "upside down, and in other units this changes as well": leaves / enters,
        "right order, but the squares of the norms: take the root": size**2,
        "free of units too: can you do without the root?": np.sqrt(size),
        "free of units too, but not made of Euclidean norms": V.sum(axis=0) * Y.sum(axis=1),
        "free of units too; take the Euclidean norms, not the largest entries": (
            V.max(axis=0) * Y.max(axis=1)
        ),
        "free of units too; there is no need to scale it": size / size.max(),
        "free of units, but upside down: the largest neuron gets the smallest number": 1 / size,
        "it sorts the neurons as it should; is there a simpler number that does?": sorts_alike,
    }
    return Expected(size, mistakes)


@exercise("03.6", "the units in which all columns are equally long")
def check_equal_units(W):
    """Compare with 1 / ‖W[:, j]‖."""
    lengths, V = norm(W, axis=0), np.abs(W)

    def equally_long(answer):
        return np.ptp(answer * lengths) <= 1e-6 * np.abs(answer * lengths).max()

    mistakes = {
        "upside down: these make long columns longer still": lengths,
        "these make the norms unequal the other way round; is there a root?": 1 / lengths**2,
        "with these the absolute values of each column add up to 1; its norm is asked for": (
            1 / V.sum(axis=0)
        ),
        "with these the largest entry of each column is 1; its norm is asked for": 1
        / V.max(axis=0),
        "those are factors for the pixels, the rows of W; a neuron is a column": 1
        / norm(W, axis=1),
        "those are the columns in the new units; give the factors": W / lengths,
        "the norms are 1, but a factor must be positive": -1 / lengths,
        "equally long, but the norm should be 1": equally_long,
    }
    return Expected(1 / lengths, mistakes)


# three questions for the day after
TOMORROW = [
    vote(
        "t03.1",
        "what other units change",
        "A",
        {
            "B": "max(10 a, 0) is 10 max(a, 0), and the row of U takes the 10 away again",
            "C": "how long is the column of W now?",
        },
    ),
    exercise("t03.2", "the change of a logit when a neuron goes")(
        lambda: Expected(
            3,
            {
                "new minus old: its term is no longer added": -3,
                "that is the change of the first logit": -6,
                "that is the term of the first logit": 6,
            },
        )
    ),
    vote(
        "t03.3",
        "luck with a refit against magnitude without",
        "B",
        {
            "A": "the lesson compares the two on eight tables; on how many of them was that so?",
            "C": "the two were level only when both were refitted",
        },
    ),
]
