"""Exercises of the lesson on every k at once."""

import numpy as np
from numpy.linalg import norm
from scipy.linalg import qr

from .framework import Expected, exercise, vote


@exercise("09.1", "the logits for one k, on paper")
def check_paper_logits(z, R, G, beta, k):
    """Compare with β + Σ_{i≤k} c_i g_i, where c R11 = z_J."""

    def logits_of(c):
        return beta + c @ G[: len(c)]

    c = np.linalg.solve(R.T, z)
    mistakes = {
        "every network has a bias": c[:k] @ G[:k],
        "that is one neuron too many": logits_of(c[: k + 1]),
        "that is one neuron too few": logits_of(c[: k - 1]),
        "that is the last term alone; all before it belong to the sum": beta + c[k - 1] * G[k - 1],
        "c stands to the left of R: which entry comes first?": (
            logits_of(np.linalg.solve(R[:k, :k], z[:k]))
        ),
        "these are the activations themselves; where does R come in?": logits_of(z[:k]),
        "dividing by the diagonal is not enough: what of z do the entries before explain?": (
            logits_of(z[:k] / np.diag(R)[:k])
        ),
        "that is c; the logits are still to come": c[:k],
        "first cut R, then solve; and c stands to the left": (logits_of(np.linalg.solve(R, z)[:k])),
        "one neuron too many, and every network has a bias": c[: k + 1] @ G[: k + 1],
    }
    return Expected(logits_of(c[:k]), mistakes)


check_changed_places = vote(
    "09.2",
    "two pivots change places",
    "B",
    {
        "A": "two of their terms do change; does the sum of both? Which columns are kept?",
        "C": "that is so from k = 31 on; which columns are kept before?",
        "D": "with 31 neurons, which columns are kept before and after?",
    },
)


@exercise("09.3", "the logits for every k", others=lambda C, G, beta: [(C[::-1], 2 * G, beta + 1)])
def check_every_logits(C, G, beta):
    """Compare with β + C[:, :k] G[:k] for every k."""
    terms = np.array([np.outer(c, g) for c, g in zip(C.T, G, strict=True)])
    sums = np.cumsum(terms, axis=0)
    right = beta + sums
    mistakes = {
        "every entry is the last sum: how many arrays does your list hold?": (
            np.broadcast_to(right[-1], right.shape)
        ),
        "entry 0 belongs to k = 1, which has a term already": beta + sums - terms,
        "every network has a bias": sums,
        "each entry holds its own term alone; the terms before belong to it, too": beta + terms,
        "the bias comes once, not with every term": (
            np.arange(1, len(sums) + 1)[:, None, None] * beta + sums
        ),
        "k grows from the first to the last": right[::-1],
    }
    return Expected(right, mistakes)


@exercise("09.4", "the relative error for every k, in an order that is given")
def check_errors_in_order(Z, order, most):
    """Compare with what the first k columns of the order leave of Z, for k = 1, …, most."""
    A = np.array(Z, dtype=float)[:, order]
    size = norm(A)

    def left(A, pivoting=False):
        """Return what k = 0, …, most columns leave, from R of those columns alone."""
        Q = qr(A, mode="economic", pivoting=pivoting)[0][:, :most]
        parts = Q.T @ A
        rest = norm(A - Q @ parts) ** 2
        squares = np.append((parts**2).sum(axis=1), rest)
        return np.sqrt(np.cumsum(squares[::-1])[::-1])

    all_left = left(A)
    right, few = all_left[1:] / size, left(A[:, :most])
    mistakes = {
        "those are the errors of the ID; which order was given?": left(A, True)[1:] / size,
        "the first entry belongs to k = 1, where one row is gone already": all_left[:-1] / size,
        "this begins at k = 0; we ask from k = 1 on": all_left / size,
        "those are squares; a norm is their root": right**2,
        "that is what the kept columns explain, not what is left": np.sqrt(1 - right**2),
        "relative to what? divide by the norm of Z": all_left[1:],
        "that is the part that is explained, by the wrong rule, too": 1 - right,
        "a part is asked for, not per cent": 100 * right,
        "the columns that are not on the list count as well": few[1:] / few[0],
        "relative to all of Z; all its columns count": few[1:] / size,
        "that is what is left without T: the kept columns rebuild a part of the others": (
            [norm(A[:, k:]) / size for k in range(1, most + 1)]
        ),
    }
    return Expected(right, mistakes)


@exercise("09.5", "the least k from which on a tolerance holds")
def check_lasting_k(curve, tolerance):
    """Compare with the k after the last one that is below; entry 0 belongs to k = 1."""
    curve = np.asarray(curve)
    reached = curve >= tolerance
    last = np.flatnonzero(~reached)[-1] + 1  # the last k that fails
    first = np.argmax(reached) + 1
    mistakes = {
        "there it is reached first; does the curve stay above?": first,
        "that k still fails: entry 0 belongs to k = 1": last,
        "that is an index, and of an entry that is too low": last - 1,
        "that is an index, and there it is reached first": first - 1,
        "it holds one neuron earlier, too": last + 2,
        "that is how many k reach it; where do they stand?": np.count_nonzero(reached),
        "that many k are too low, but they do not all come first": np.count_nonzero(~reached),
    }
    return Expected(last + 1, mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t09.1", "a logit from two terms")(
        lambda: Expected(
            2,
            {
                "and the bias?": 0,
                "that is the logit for k = 1": 8,
                "that is the logit of the second class": 19,
            },
        )
    ),
    vote(
        "t09.2",
        "which choices have a running sum",
        "B",
        {
            "A": "the lesson summed by size as well: which QR did that take?",
            "C": "the swaps are made anew for each k; what does that break?",
        },
    ),
    vote(
        "t09.3",
        "why the test images break the promise",
        "C",
        {
            "A": "what did images say that had trained the network, but chosen nothing?",
            "B": "both halves were measured at the same k",
        },
    ),
]
