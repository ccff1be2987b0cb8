"""Exercises of the lesson on deep networks."""

import numpy as np

from .framework import Expected, exercise


@exercise("12.1", "the fraction of the operations that is left")
def check_operations_left(full_units, pruned_units):
    """Compare with the ratio of the sums of before · after over neighbouring layers."""
    full, pruned = (np.asarray(units, dtype=float) for units in (full_units, pruned_units))
    before, after = full[:-1] * full[1:], pruned[:-1] * pruned[1:]
    right = after.sum() / before.sum()
    parameters = (after.sum() + pruned[1:].sum()) / (before.sum() + full[1:].sum())
    mistakes = {
        "that is the part that is saved": 1 - right,
        "a fraction, please, not per cent": 100 * right,
        "upside down: the pruned network has fewer operations": 1 / right,
        "those are neurons; operations are products": pruned.sum() / full.sum(),
        "those are the operations left; which part of all are they?": after.sum(),
        "that is the part of the neurons that stays": pruned[1:-1].sum() / full[1:-1].sum(),
        "biases are no multiplications: those are the parameters left": parameters,
        "the first and the last matrix have operations too": after[1:-1].sum() / before[1:-1].sum(),
        "the last matrix has operations too": after[:-1].sum() / before[:-1].sum(),
        "the first matrix has operations too": after[1:].sum() / before[1:].sum(),
        "a large matrix weighs more than a small one": np.mean(after / before),
    }
    return Expected(right, mistakes)


def _another_middle(W, T_before, kept):
    return [(2 * W, T_before[::-1], kept[:-1])]


@exercise("12.2", "the middle matrix of the plain way", others=_another_middle)
def check_middle_matrix(W, T_before, kept):
    """Compare with T W[:, J]."""
    # the columns of T with a one and zeros belong to the neurons that stay in front
    front = [int(np.abs(T_before - e[:, None]).sum(axis=0).argmin()) for e in np.eye(len(T_before))]
    mistakes = {
        "the neurons removed behind still have their columns": T_before @ W,
        "its rows still wait for all neurons in front": W[:, kept],
        "columns stay for the kept neurons, which are not the first ones": (
            T_before @ W[:, : len(kept)]
        ),
        "the columns must keep the order of the pivots": T_before @ W[:, np.sort(kept)],
        "rows are rebuilt by T, not selected": W[np.ix_(front, kept)],
    }
    return Expected(T_before @ W[:, kept], mistakes)


def _other_offers(R, k_new, saved):
    """Return a row of R with its other sign, which no cost may follow, and another offer."""
    turned, scaled = R.copy(), R.copy()
    turned[k_new], scaled[0] = -R[k_new], 2 * R[0]
    return [(turned, k_new, saved), (scaled, max(1, k_new // 2), 3 * saved)]


@exercise("12.3", "the cost of shrinking a layer", others=_other_offers)
def check_step_cost(R, k_new, saved):
    """Compare with |R[k', k']| / |R[0, 0]| / saved."""
    size = np.abs(np.diag(R))
    lost = size[k_new] / size[0]
    mistakes = {
        "that is the last direction that stays; which is the first that goes?": (
            size[k_new - 1] / size[0] / saved
        ),
        "in other units this changes: what is it to be compared with?": size[k_new] / saved,
        "an offer that saves more should cost less": lost,
        "divide by what is saved": lost * saved,
        "a cost is never negative: take the sizes": R[k_new, k_new] / R[0, 0] / saved,
    }
    return Expected(lost / saved, mistakes)
