"""Exercises of the lesson on the error bound."""

import numpy as np
from numpy.linalg import norm

from .framework import Expected, exercise, vote


@exercise("07.1", "the error of the logits from R, P and U")
def check_logit_error(R, P, U, k):
    """Compare with ‖R22 (Pᵀ U)₂‖₂."""
    R22, removed = R[k:, k:], U[P[k:]]
    error, far = R22 @ removed, norm(R22, 2)
    right, way_back = norm(error, 2), np.argsort(P)

    def of_another_k(answer):
        # R is triangular: the rows of this product from k on are the error at k
        errors = R @ U[P]
        return any(np.isclose(answer, norm(errors[k:], 2), 1e-6, 0) for k in range(len(R)))

    mistakes = {
        "this is a bound; multiply the matrices before the norm": far * norm(removed, 2),
        "this is the looser bound; only removed neurons count": far * norm(U, 2),
        "this is the Frobenius norm; we ask for the largest stretch": norm(error),
        "which rows of U belong to columns k and on of R? Pivoting moved them": norm(
            R22 @ U[k:], 2
        ),
        "this is the error of Z; the next layer is missing": far,
        "this is the square; the root is missing": right**2,
        "a bound, and with the Frobenius norm of U": far * norm(removed),
        "P itself tells which neuron stands where; you went the other way": (
            norm(R22 @ U[way_back[k:]], 2)
        ),
        "that is the worst single row; the 2-norm looks at all of them": norm(error, axis=1).max(),
        "that is relative; the error itself is asked for": right / norm(R @ U[P], 2),
        "the right neurons, but in their own order: a mask and delete forget that of P": (
            norm(R22 @ np.delete(U, P[:k], axis=0), 2)
        ),
        "the rows of R above k belong to what is rebuilt: leave them out": (
            norm(R[:, k:] @ removed, 2)
        ),
        "that is the error at another k": of_another_k,
    }
    return Expected(right, mistakes)


check_when_equal = vote(
    "07.2",
    "when the sharper bound is reached",
    "C",
    {
        "A": "then both are small, but is one as large as the other?",
        "B": "then all directions of U2 are equally loud; is the worst one of R22 among them?",
        "D": "then both bounds are equal; where is the error?",
    },
)


def _with_a_tie(before, after):
    """Return half the images, and some of which one moves by just half its margin."""
    tie = np.array([[2.0, 0, -1], [2, 0, -1]]), np.array([[1.0, 1, -1], [2, 0.5, -1]])
    falls = np.array([[3.0, 0, -1]]), np.array([[1.0, 0, -1]])
    return [(before[1::2], after[1::2]), tie, falls]


@exercise("07.3", "which predictions are certified", others=_with_a_tie)
def check_is_safe(before, after):
    """Compare with ‖after − before‖∞ < margin / 2, row by row."""
    moves, best = after - before, before.argmax(axis=1)
    moved, (second, first) = np.abs(moves), np.sort(before, axis=1)[:, -2:].T
    largest, room = moved.max(axis=1), (first - second) / 2
    second_after, first_after = np.sort(after, axis=1)[:, -2:].T
    mistakes = {
        "the best logit can fall while the second rises: how far may each go?": largest < 2 * room,
        "the worst logit decides, not the average one": moved.mean(axis=1) < room,
        "measure the lead over the second-best logit, not over 0": largest < first / 2,
        "this compares predictions; a certificate also says that there was room": (
            best == after.argmax(axis=1)
        ),
        "a logit may fall as well as rise": moves.max(axis=1) < room,
        "each logit for itself, not the length of the whole move": norm(moves, axis=1) < room,
        "the margin is that of the full network": largest < (first_after - second_after) / 2,
        "those are the ones without a certificate": largest >= room,
        "a logit may rise as well as fall": (-moves).max(axis=1) < room,
        "yours is true of every image: a fall has a minus sign; can your test ever fail?": (
            largest >= 0
        ),
        "who comes next behind the best? not the last": largest < (first - before.min(axis=1)) / 2,
        "the other logits move as well": moved[np.arange(len(best)), best] < room,
        "each image moves on its own; yours is one number for all": largest.max() < room,
        "a move of just half the margin may end in a tie: is that safe?": largest <= room,
    }
    return Expected(largest < room, mistakes)


def _other_rows(row_errors, L, weights_out):
    """Return other data: half the images with a larger error, and a class that just draws level."""
    tie = np.ones(2), np.array([[2.0, 0, -1], [3, 0, -2]]), np.array([[1.0, -1, 0]])
    far = np.ones(1), np.array([[2.0, 0, 1]]), np.array([[3.0, 0, 3]])
    return [(1.1 * row_errors[1::2], L[1::2, ::-1], weights_out[::2]), tie, far]


@exercise("07.4", "where no class can overtake", others=_other_rows)
def check_not_overtaken(row_errors, L, weights_out):
    """Compare with ‖e‖ ‖u_b − u_j‖ < L_b − L_j for every class j but the best, row by row."""
    every, best, lengths = np.arange(len(L)), L.argmax(axis=1), norm(weights_out, axis=0)
    lead = L[every, best][:, None] - L
    order = np.argsort(L, axis=1)
    u_best = weights_out[:, best].T
    apart = norm(u_best[:, :, None] - weights_out, axis=1)
    row, rivals = row_errors[:, None], np.arange(L.shape[1]) != best[:, None]

    def no_rival(holds):
        return (holds | ~rivals).all(axis=1)

    second, half = order[:, -2], lead[every, order[:, -2]] / 2
    mistakes = {
        "that is half the margin, each logit for itself; which two logits race here?": (
            row_errors * lengths.max() < half
        ),
        "the second best is nearest, but another may come faster: look at all classes": (
            row_errors * apart[every, second] < 2 * half
        ),
        "the best class is no rival of itself: 0 < 0 is false": (row * apart < lead).all(axis=1),
        "a sum of lengths; the length of a difference may be far smaller": no_rival(
            row * (lengths[best][:, None] + lengths) < lead
        ),
        "nothing is to be halved here: the distance moves as one": no_rival(row * apart < lead / 2),
        "drawing level is a tie: is that safe?": no_rival(row * apart <= lead),
        "those are the ones on which a class may overtake": ~no_rival(row * apart < lead),
        "each image has an error of its own; yours is one number for all": no_rival(
            row_errors.max() * apart < lead
        ),
        "the margin alone is not the lead over each class": no_rival(
            row * apart < 2 * half[:, None]
        ),
        "Euclidean lengths, not the largest entries": no_rival(
            row * np.abs(u_best[:, :, None] - weights_out).max(axis=1) < lead
        ),
        "the length of a difference, not the difference of the lengths": no_rival(
            row * np.abs(lengths[best][:, None] - lengths) < lead
        ),
        "Euclidean lengths, as in the first step of the lesson": no_rival(
            row * np.abs(u_best[:, :, None] - weights_out).sum(axis=1) < lead
        ),
        "that is the whole margin against the longest weights: both logits move": (
            row_errors * lengths.max() < 2 * half
        ),
        "safe, but one distance for all pairs: take that of the two classes that race": (
            row_errors * apart.max() < 2 * half
        ),
        "one class that cannot overtake is not enough: none may": (
            (row * apart < lead) & rivals
        ).any(axis=1),
        "one length for each class: over which axis does the norm go?": no_rival(
            row * norm(apart, axis=1)[:, None] < lead
        ),
        "the first step of the lesson gives lengths, not their squares": no_rival(
            row**2 * apart < lead
        ),
        "how far the rival moves is not enough; the best one moves as well": no_rival(
            row * lengths < lead
        ),
    }
    return Expected(no_rival(row * apart < lead), mistakes)


@exercise("07.5", "how many held-out images we need")
def check_images_needed(agreement, confidence):
    """Compare with the least n with agreementⁿ ≤ 1 − confidence."""
    risk, p, q = np.log(1 - confidence), np.log(agreement), np.log(confidence)
    mistakes = {
        "one image fewer than needed: round which way?": np.floor(risk / p),
        "the rule of three is close; solve the equation itself": round(3 / (1 - agreement)),
        "a number of images is whole": risk / p,
        "one such run in that many is expected, but how sure does it make us?": (
            round(1 / (1 - agreement))
        ),
        "this is for a two-sided limit; ours looks down only": np.ceil((risk - np.log(2)) / p),
        "which of the two is the confidence?": np.ceil(np.log(1 - agreement) / q),
        "p to the power of n shall be what is left beside the confidence": np.ceil(q / p),
        "which of the two is the agreement?": np.ceil(risk / q),
    }
    return Expected(int(np.ceil(risk / p)), mistakes)


# three questions for the day after
TOMORROW = [
    vote(
        "t07.1",
        "which weights the error of the logits meets",
        "A",
        {
            "B": "what do the columns of E hold that belong to kept neurons?",
            "C": "E has columns of zeros: what do they do with some rows of U?",
        },
    ),
    exercise("t07.2", "the least move that is no longer certified")(
        lambda: Expected(
            1.5,
            {
                "one may rise while the other falls: what is left for each?": 3,
                "the margin is the lead over the second": 6,
            },
        )
    ),
    vote(
        "t07.3",
        "a limit from many images by few writers",
        "B",
        {
            "A": "images of one writer tend to fail together: do they count as many, or few?",
            "C": "the formula is exact for independent images; are these?",
        },
    ),
]
