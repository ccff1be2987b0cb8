"""Exercises of the lesson on wide networks."""

import numpy as np

from .framework import Expected, exercise, vote


@exercise("02.1", "the shortest fit of one image")
def check_shortest_fit(z, wanted):
    """Compare with the multiple of z that fits."""
    z = np.asarray(z, dtype=float)
    alone = np.where(np.arange(len(z)) == z.argmax(), wanted / z.max(), 0)
    mistakes = {
        "it fits, but the work can be shared": alone,
        "it fits; should a neuron that says more not carry more?": np.full(len(z), wanted / sum(z)),
        "each neuron does its part, but do the parts fit together?": wanted / len(z) / z,
        "that is too long: which multiple of z fits?": wanted * z,
        "divide by the squared length of z, not by its length": wanted * z / np.sqrt(z @ z),
        "this direction is right; which multiple of it fits?": z,
        "each neuron alone would do; together they say it several times": wanted / z,
        "does a neuron that says more not do more?": np.full(len(z), wanted / len(z)),
        "the right length, but the wrong sign": -wanted * z / (z @ z),
    }
    right = wanted * z / (z @ z)
    fits = "z times your answer is right; is it the shortest?"
    return Expected(right, mistakes | {fits: lambda answer: np.isclose(answer @ z, wanted)})


check_more_images = vote(
    "02.2",
    "what more images do",
    "C",
    {
        "A": "usually true; where does the threshold stand for each of the two?",
        "B": "both are exact; how many exact fits are there to choose from?",
        "D": "did the place of the peak depend on the seed?",
    },
)


def _another_start(Z, Y, U0):
    return [(Z[1:], 2 * Y[1:], U0[::-1] + 1)]


@exercise("02.3", "the fit nearest to a start", others=_another_start)
def check_nearest_fit(Z, Y, U0):
    """Compare with U0 + Zᵀ (Z Zᵀ)⁻¹ (Y − Z U0)."""
    S, told = np.linalg.pinv(Z), Z @ U0
    mistakes = {
        "does yours still fit? the start says something as well": U0 + S @ Y,
        "that is the shortest fit; which one is the nearest to the start?": S @ Y,
        "that is the step alone; where does it begin?": S @ (Y - told),
        "the step goes the wrong way: what is missing, the wanted minus the told": (
            U0 + S @ (told - Y)
        ),
        "the sign: what is missing is the wanted minus the told": U0 + S @ (Y + told),
        "the step begins at U0": S @ Y + S @ (Y - told),
        "that subtracts the start; where does the step begin?": S @ (Y - told) - U0,
    }
    return Expected(U0 + S @ (Y - told), mistakes)


@exercise("02.4", "the width of the peak")
def check_peak_width(rows):
    """Compare with the number of different images."""
    rows = np.asarray(rows, dtype=int).ravel()
    different, counts = np.unique(rows, return_counts=True)
    mistakes = {
        "does an image that occurs twice ask for more than one that occurs once?": len(rows),
        "that is how many are drawn once more; how many are left to fit?": (
            len(rows) - len(different)
        ),
        "those occur only once; the others must be fitted, too": np.sum(counts == 1),
        "that was the peak for 100 images; what made it stand there?": 100,
        "pixels do not set the threshold; neurons do": 64,
        "the widths of the lesson go by tens; what lies between them?": lambda m: (
            m % 10 == 0 and abs(m - len(different)) < 10
        ),
        "so many on average over such draws; how many are in these rows?": lambda m: (
            abs(m - 898 * (1 - (1 - 1 / 898) ** len(rows))) < 0.5
        ),
        "so near that a single seed may say it; how many images set the threshold?": lambda m: (
            0 < abs(m - len(different)) <= 3
        ),
        "the images must be fitted, not their ten one-hot entries one by one": 10 * len(different),
    }
    return Expected(len(different), mistakes)


@exercise("02.5", "what copies leave of a distance")
def check_part_left(copies):
    """Compare with 1 / √copies."""
    mistakes = {
        "each copy carries that part; how long are all of them together?": 1 / copies,
        "is it longer with the copies?": np.sqrt(copies),
        "what carries less cannot be longer": copies,
        "the output stays the same; the weights are shared": 1,
        "that is what each weight loses; how long are all of them together?": 1 - 1 / copies,
        "a part of 1 is asked for, not a percentage": 100 / np.sqrt(copies),
        "four copies halve it; how many are there now?": 0.5 if copies != 4 else 0.25**2 / 3,
        "that is what has gone; which part is left?": 1 - 1 / np.sqrt(copies),
        "squares add up, but a length is the root of their sum": copies**-2,
    }
    return Expected(1 / np.sqrt(copies), mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t02.1", "the length of the shortest fit")(
        lambda: Expected(
            10,
            {
                "that is the sum of its two weights; a length is a root of squares": 14,
                "that fits, but with the second neuron alone; let both speak": 12.5,
                "that fits, but with the first neuron alone; let both speak": 50 / 3,
            },
        )
    ),
    vote(
        "t02.2",
        "where the test error peaks",
        "B",
        {
            "A": "then many fits are exact; is the shortest of them a bad one?",
            "C": "then no fit is exact, and none is forced; is that the worst place?",
        },
    ),
    vote(
        "t02.3",
        "where gradient descent ends",
        "C",
        {
            "A": "from 0 it does; and from another start?",
            "B": "the proof was by Pythagoras: which length does it make small?",
        },
    ),
]
