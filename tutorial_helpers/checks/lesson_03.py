"""Exercises of the lesson on magnitude pruning."""

import numpy as np
from numpy.linalg import norm
from scipy.special import softmax

from .framework import Expected, exercise


@exercise("03.1", "the neurons that never fire")
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


@exercise("03.2", "the logits of the pruned network")
def check_pruned_logits(Z, U, beta, kept):
    """Compare with Z[:, J] U[J] + β."""
    rest, right = np.setdiff1d(np.arange(len(U)), kept), Z[:, kept] @ U[kept] + beta

    def of_other_neurons(answer):
        # the rows of U that enter a product span its rows
        span = np.linalg.svd(answer - beta, full_matrices=False)[2][: len(kept)]
        used = np.flatnonzero(norm(U - U @ span.T @ span, axis=1) <= 1e-6 * norm(U, axis=1))
        return len(used) == len(kept) and np.allclose(Z[:, used] @ U[used] + beta, answer)

    mistakes = {
        "the output bias is missing": Z[:, kept] @ U[kept],
        "those are the terms of the neurons that go": Z[:, rest] @ U[rest] + beta,
        "the columns of Z are the wrong ones": Z[:, : len(kept)] @ U[kept] + beta,
        "columns and rows are not in the same order": Z[:, np.sort(kept)] @ U[kept] + beta,
        "nothing is removed yet": Z @ U + beta,
        "logits, please, not the probabilities that softmax makes of them": softmax(right, axis=1),
        "the right sum, but for other neurons than you were given": of_other_neurons,
    }
    return Expected(right, mistakes)


@exercise("03.3", "a size without units")
def check_unit_free_size(W, U):
    """Compare with ‖W[:, j]‖ ‖U[j]‖."""
    enters, leaves, V, Y = norm(W, axis=0), norm(U, axis=1), np.abs(W), np.abs(U)
    size = enters * leaves

    def sorts_alike(answer):
        up, down = np.argsort(answer), np.argsort(-answer)
        return any(np.array_equal(order, np.argsort(size)) for order in (up, down))

    mistakes = {
        "what leaves the neuron does not count yet": enters,
        "what enters the neuron does not count yet": leaves,
        "does a sum stay the same in other units?": enters + leaves,
        "in other units this changes; what must the factors do to each other?": enters / leaves,
        "upside down, and in other units this changes as well": leaves / enters,
        "right order, but the squares of the norms: take the root": size**2,
        "free of units too: can you do without the root?": np.sqrt(size),
        "free of units too, but not made of Euclidean norms": V.sum(axis=0) * Y.sum(axis=1),
        "free of units too; take the Euclidean norms, not the largest entries": (
            V.max(axis=0) * Y.max(axis=1)
        ),
        "free of units too; there is no need to scale it": size / size.max(),
        "it sorts the neurons as it should; is there a simpler number that does?": sorts_alike,
    }
    return Expected(size, mistakes)
