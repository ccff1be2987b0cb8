"""The exercises of the lesson on timing."""

import statistics
from fractions import Fraction

import numpy as np

from exercises import Case

FULL = np.array([90.0, 71, 55, 30, 73, 77, 78, 57, 78, 56, 50])
PRUNED = np.array([45.0, 9, 11, 7, 11, 12, 4, 8, 7, 4, 4])


def lesson():
    return {
        "check_single_row_speed_up": (90, 10, 0.1),
        "check_rounds_needed": (0.99,),
        "check_speed_up": (FULL, PRUNED, 2),
        "check_multiply_adds": ([64, 300, 200, 10],),
        "check_part": (1.25, 3),
    }


def drawn(rng):
    noise = rng.uniform(1, 1.001, (2, 11))
    return {
        "check_single_row_speed_up": tuple(rng.uniform([50, 5, 0.1], [90, 40, 0.4])),
        "check_rounds_needed": (float(rng.choice([0.99, 0.995, 0.999])),),
        "check_speed_up": (FULL * noise[0], PRUNED * noise[1], 2),
        "check_multiply_adds": ([int(n) for n in rng.permutation(np.arange(5, 60))[:4]],),
        "check_part": (rng.uniform(1.2, 1.4), rng.uniform(3, 9)),
    }


def paired(full, pruned, warm_up):
    return statistics.median(a / b for a, b in [*zip(full, pruned, strict=True)][warm_up:])


CASES = {
    "check_single_row_speed_up": Case(
        (90, 10, 0.1),
        Fraction(100, 91),
        [("does not shrink", 10), ("rounded", 1.1), ("gained", 9 / 91)],
    ),
    "check_rounds_needed": Case(
        (0.99,),
        next(n for n in range(1, 99) if 100 * 2 <= 2**n),
        [
            ("one side only", 7),
            ("the least", 9),
            ("95 %", 6),
            ("halves", 100),
            ("whole", 1 + np.log2(100)),
        ],
    ),
    "check_speed_up": Case(
        (FULL, PRUNED, 2),
        paired,
        [
            ("another round", lambda a, b, w: np.median(np.sort(a)[w:] / np.sort(b)[w:])),
            ("belong together", lambda a, b, w: np.median(a[w:]) / np.median(b[w:])),
            ("still in it", lambda a, b, w: np.median(a / b)),
            ("longer than that", lambda a, b, w: paired(a, b, w - 1)),
            ("a function is asked for", 7),
        ],
    ),
    "check_multiply_adds": Case(
        ([64, 300, 200, 10],),
        lambda widths: np.dot(widths[1:], widths[:-1]),
        [
            ("last layer", lambda w: np.dot(w[1:-1], w[:-2])),
            ("not the input", lambda w: w[0] * sum(w[1:])),
            ("biases", lambda w: np.dot(w[1:], np.add(w[:-1], 1))),
            ("one hidden layer", lambda w: (w[0] + w[-1]) * sum(w[1:-1])),
            ("a function is asked for", 81_200),
        ],
    ),
    "check_part": Case(
        (1.25, 3),
        0.3,
        [
            ("still there", 0.2),
            ("pruned call", 0.125),
            ("what stays", 0.7),
            ("between 0 and 1", 30),
        ],
    ),
}
