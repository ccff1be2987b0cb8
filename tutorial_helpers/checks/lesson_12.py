"""Exercises of the lesson on deep networks."""

import numpy as np

from .framework import Expected, exercise, vote


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


check_refit_aim = vote(
    "12.2",
    "a refit that aims at the plain network",
    "B",
    {
        "A": "the best weights depend on what they should say; who says it here?",
        "C": "no error is left, but an error against what?",
        "D": "one layer is fitted, to something that it can reach; what are the weights that do?",
    },
)


def _another_middle(W, T_before, kept):
    return [(2 * W, T_before[::-1], kept[:-1])]


@exercise("12.3", "the middle matrix of the plain way", others=_another_middle)
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
        "the rows of the T behind it are in the order of the pivots; are your columns?": (
            T_before @ W[:, np.sort(kept)]
        ),
        "argsort gives places within kept, not neurons": T_before @ W[:, np.argsort(kept)],
        "the order is right; which neurons are these?": (
            T_before @ W[:, np.argsort(np.argsort(kept))]
        ),
        "rows are rebuilt by T, not selected": W[np.ix_(front, kept)],
    }
    return Expected(T_before @ W[:, kept], mistakes)


def _other_budgets(budget, k1, k3):
    exact = 64 * k1 + 10 * k3 + 7 * (k1 + k3)  # met to the last operation
    return [(2 * budget + 7, k1, k3), (3 * budget, k3 + 5, k1), (exact, k1, k3)]


@exercise("12.4", "the second of three widths", others=_other_budgets)
def check_second_width(budget, k1, k3):
    """Compare with the largest k2 such that 64 k1 + k1 k2 + k2 k3 + 10 k3 ≤ budget."""
    spent, each = 64 * k1 + 10 * k3, k1 + k3
    right = (budget - spent) // each
    mistakes = {
        "that is over the budget: round down": -(-(budget - spent) // each),
        "there are no parts of neurons": (budget - spent) / each,
        "the third layer, not the ten logits, reads the second": (budget - spent) // (k1 + 10),
        "the first matrix takes operations too": (budget - 10 * k3) // each,
        "the last matrix takes operations too": (budget - 64 * k1) // each,
        "the first and the last matrix take operations too": budget // each,
        "who reads the second layer? That was the logits in the lesson": (
            (budget - 64 * k1) // (k1 + 10)
        ),
        "the second layer is read by the third: one more matrix takes operations": (
            (budget - spent) // k1
        ),
        "the second layer reads the first: one more matrix takes operations": (
            (budget - spent) // k3
        ),
        "pixels come before the first layer, logits after the third": (
            (budget - 10 * k1 - 64 * k3) // each
        ),
        "each neuron of the second layer costs a sum, not a product": (
            (budget - spent) // (k1 * k3)
        ),
    }
    return Expected(right, mistakes)


def _other_readers(W3, V, T1, T2):
    return [(2 * W3, V, T1[:-1], T2), (W3, V[::-1], T1, T2[:-1])]


@exercise("12.5", "one matrix behind two layers", others=_other_readers)
def check_both_read(W3, V, T1, T2):
    """Compare with T2 W3 above T1 V."""

    def stays(T):
        return [int(np.abs(T - e[:, None]).sum(axis=0).argmin()) for e in np.eye(len(T))]

    behind, beside = T2 @ W3, T1 @ V
    mistakes = {
        "which layer's neurons come first?": np.vstack([beside, behind]),
        "V reads the first layer: which T rebuilds that?": np.vstack([T2 @ W3, T2 @ V]),
        "each matrix waits for its own layer: whose T is whose?": np.vstack([T1 @ W3, T2 @ V]),
        "W3 and V have changed places": np.vstack([T2 @ V, T1 @ W3]),
        "V still has rows for all neurons of the first layer": np.vstack([behind, V]),
        "what the removed neurons said to the logits is lost: rebuild, do not select": np.vstack(
            [W3[stays(T2)], V[stays(T1)]]
        ),
        "V was selected, not rebuilt": np.vstack([behind, V[stays(T1)]]),
        "and what the logits read of the first layer?": behind,
        "neurons of both layers are side by side, so their rows lie one below the other": (
            behind + beside if behind.shape == beside.shape else np.hstack([W3, V])
        ),
    }
    return Expected(np.vstack([behind, beside]), mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t12.1", "what is left of a matrix between two layers")(
        lambda: Expected(
            1 / 9,
            {
                "it is cut on both sides": 1 / 3,
                "that is what goes": 8 / 9,
                "that is what one side loses": 2 / 3,
            },
        )
    ),
    vote(
        "t12.2",
        "what a refit reads and what it aims at",
        "B",
        {
            "A": "then it would not know what the pruned layers in front have changed",
            "C": "then whatever is wrong in front stays wrong",
        },
    ),
    vote(
        "t12.3",
        "300 free columns on new images",
        "A",
        {
            "B": "was that what the test images said of all three networks?",
            "C": "weights that mend one image may be huge; what do they do to a new one?",
        },
    ),
]
