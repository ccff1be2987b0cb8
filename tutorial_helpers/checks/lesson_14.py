"""Exercises of the lesson on transformers."""

import numpy as np
from scipy.linalg import qr

from .framework import Expected, exercise, vote


def _another_block(tokens, d, m, k):
    return [(tokens + 3, d + 8, m + 5, k + 1)]


@exercise("14.1", "the part of a block's work that is left", others=_another_block)
def check_work_left(tokens, d, m, k):
    """Compare attention and feed-forward with k neurons with the same and m neurons."""
    products, looks, pair = 4 * tokens * d**2, 2 * tokens**2 * d, 2 * tokens * d

    def left(rest):
        return (rest + pair * k) / (rest + pair * m)

    mistakes = {
        "attention is still there, and is not pruned": k / m,
        "this is what is saved; what is left?": 1 - left(products + looks),
        "this is how many times less; which part is left?": 1 / left(products + looks),
        "attention has four products with weights, and two between tokens": left(products),
        "Q, K, V and O: all four": left(products / 4 + looks),
        "looking and mixing: each is a product between tokens": left(products + looks / 2),
        "every token looks at every token": left(products + looks / tokens),
        "W and U both have a side that shrinks": (
            (products + looks + pair * k / 2) / (products + looks + pair * m / 2)
        ),
        "W shrinks, and U?": (products + looks + pair * (k + m) / 2)
        / (products + looks + pair * m),
        "three products make Q, K and V; what reads the heads' outputs?": left(
            products * 3 / 4 + looks
        ),
        "that is work; which part of the full block's work is it?": products + looks + pair * k,
        "a part, not a percentage: 1 is all": 100 * left(products + looks),
        "attention belongs to what is left, too": pair * k / (products + looks + pair * m),
        "these are parameters, biases included; products between tokens have none": (
            (4 * d**2 + 2 * d * k + k + d) / (4 * d**2 + 2 * d * m + m + d)
        ),
    }
    return Expected(left(products + looks), mistakes)


check_why_not_the_stream = vote(
    "14.2",
    "why the stream's own 48 numbers stay",
    "C",
    {
        "A": "a sum passes T if all its terms do; who else reads the stream?",
        "B": "they may well be; would T have weights to go into at once?",
        "D": "softmax stands inside attention; what stands before every reader of the stream?",
    },
)


def _other_neurons(A, U, k):
    shifted = (A - A.mean(axis=0))[:-3, ::-1]  # of both signs, whatever the reader passes
    return [(shifted, U[::-1] + 1, k + 1 if k < len(U) else k - 1)]


@exercise("14.3", "the weights behind the kept neurons", others=_other_neurons)
def check_weights_behind(A, U, k):
    """Compare with T U, T from the activations behind the ReLU."""
    Z = np.maximum(A, 0)
    J, J_before = (qr(each, mode="r", pivoting=True)[1][:k] for each in (Z, A))
    T, T_before = (
        np.linalg.lstsq(each[:, kept], each)[0] for each, kept in ((Z, J), (A, J_before))
    )
    mistakes = {
        "U reads what comes out of the ReLU: what does your T rebuild?": (T_before @ U),
        "the neurons are right ones now; and the T? it must rebuild what U reads": (
            np.linalg.lstsq(A[:, J], A)[0] @ U
        ),
        "T is of the right values now; but which neurons does the ID choose of them?": (
            np.linalg.lstsq(Z[:, J_before], Z)[0] @ U
        ),
        "the ReLU acts on the pre-activations, before there is a T": np.maximum(T, 0) @ U,
        "weights may be negative; the ReLU acts on the pre-activations": np.maximum(T @ U, 0),
        "this only selects; who speaks for the removed neurons?": U[J],
        "this only selects, and by what stands before the ReLU": U[J_before],
        "the first neurons are not the kept ones": U[:k],
        "in the order of the pivots, please": T[np.argsort(J)] @ U,
        "this is T; what becomes of U?": T,
    }
    return Expected(T @ U, mistakes)


def _other_gates(X, W, V, U, J, T):
    rng = np.random.default_rng(0)  # of both signs, whatever the reader passes
    X, W, V = (rng.normal(size=A.shape) for A in (X, W, V))
    return [(X, W, V, U + 1, J[::-1], T[::-1])]


def _relu(A):
    return np.maximum(A, 0)


@exercise("14.4", "a pruned layer with a gate", others=_other_gates)
def check_gated(X, W, V, U, J, T):
    """Compare with (φ(X W_J) ∘ X V_J) (T U)."""
    first, second = X @ W[:, J], X @ V[:, J]
    mistakes = {
        "T rebuilds the product, not its factors": ((_relu(first) @ T) * (second @ T) @ U),
        "the ReLU looks at one factor, not at the product": _relu(first * second) @ (T @ U),
        "this is the stream behind the layer; what does the layer add?": (
            X + (_relu(first) * second) @ (T @ U) if X.shape[1] == U.shape[1] else np.inf
        ),
        "row i of T belongs to neuron J[i]: keep their order": (
            (_relu(first) * second)[:, np.argsort(J)] @ (T @ U)
        ),
        "this is the full layer": (_relu(X @ W) * (X @ V)) @ U,
        "and who speaks for the removed neurons?": (_relu(first) * second) @ U[J],
        "the gate is gone: two factors, please": _relu(first) @ (T @ U),
        "one of the factors has no ReLU": (_relu(first) * _relu(second)) @ (T @ U),
        "one of the factors has a ReLU": (first * second) @ (T @ U),
        "the ReLU belongs to the factor of W": (first * _relu(second)) @ (T @ U),
        "it is a product, entry by entry, not a sum": (_relu(first) + second) @ (T @ U),
    }
    return Expected((_relu(first) * second) @ (T @ U), mistakes)


def _other_norms(g, s, W, b):
    return [(s + 2, g + 1, W[:, :-1] + 1, b[:-1] - 1)]


@exercise("14.5", "weights that have taken in factors and shifts", others=_other_norms)
def check_folded_norm(g, s, W, b):
    """Compare with diag(g) W, and below it s W + b."""
    right = np.vstack([g[:, None] * W, s @ W + b])
    mistakes = {
        "the weights are right; the shift goes through them, too": (np.vstack([g[:, None] * W, b])),
        "the shift goes through W before it meets the bias": (
            np.vstack([g[:, None] * W, (g * s) @ W + b])
        ),
        "and the bias that was there?": np.vstack([g[:, None] * W, s @ W]),
        "the factor belongs to what W reads: to its rows": (
            np.vstack([W * np.resize(g, W.shape[1]), s @ W + b])
        ),
        "this is W and b as they were: the factors and the shift are to go in": np.vstack([W, b]),
        "the shift is no weight: it does not depend on x": np.vstack(
            [g[:, None] * W + s[:, None], b]
        ),
        "the bias is right; the factors go into the weights": np.vstack([W, s @ W + b]),
        "multiplied by the factor, not divided": np.vstack([W / g[:, None], s @ W + b]),
        "weights first, the bias as the last row": np.vstack([s @ W + b, g[:, None] * W]),
        "the shift is added": np.vstack([g[:, None] * W, b - s @ W]),
    }
    return Expected(right, mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t14.1", "the normed token")(
        lambda: Expected(
            1,
            {
                "that is what is left once the mean is gone; the spread is 3": 3,
                "the mean of 2 and 8 is not zero": 8,
                "divided by the spread alone; and the mean?": 8 / 3,
                "the sign says on which side of the mean a number lies": -1,
            },
        )
    ),
    vote(
        "t14.2",
        "the first remedy",
        "C",
        {
            "A": "the same neurons were tried twice, without and with one thing: which?",
            "B": "something cheaper comes first: it needs no labels",
        },
    ),
    exercise("t14.3", "the bound of Amdahl's law")(
        lambda: Expected(
            4,
            {
                "what is left of the time is a fraction; how many times faster is that?": 1 / 4,
                "this divides by the part that vanishes; divide by the part that stays": 4 / 3,
                "this is the ratio of the two parts; compare the whole with what stays": 3,
            },
        )
    ),
]
