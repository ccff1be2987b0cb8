"""Exercises of the first lesson, start here."""

from .framework import Expected, exercise, vote


@exercise("00.1", "the fraction of neurons that is removed")
def check_removed_fraction(k, m):
    """Compare with 1 − k / m."""
    mistakes = {
        "that is the fraction that stays": k / m,
        "that is how many neurons go; which fraction of all are they?": m - k,
        "a fraction lies between 0 and 1: leave the percent sign to the reader": 100 * (1 - k / m),
        "that compares them with those that stay": (m - k) / k,
        "a fraction lies between 0 and 1; is yours made of those that go, and of all?": (
            lambda fraction: fraction > 1
        ),
    }
    return Expected(1 - k / m, mistakes)


check_curve = vote(
    "00.2",
    "what the curve shows",
    "C",
    {
        "A": "nothing was trained anew for this curve: where do its neurons come from?",
        "B": "k counts the neurons that stay",
        "D": "all test digits are read, for each k",
    },
)

# three questions for the day after
TOMORROW = [
    vote(
        "t00.1",
        "why a few dozen neurons come so close",
        "B",
        {
            "A": "without the formula, how well did the ID's own fifty do?",
            "C": "how many steps of training did the slider's networks take?",
        },
    ),
    exercise("t00.2", "how many output weights are left")(
        lambda: Expected(
            480,
            {
                "those are the ones that go": 9520,
                "those are the neurons; how many digits does each one speak to?": 48,
            },
        )
    ),
    vote(
        "t00.3",
        "what wiggles in the curve mean",
        "A",
        {
            "B": "the networks at all k were cut from one and the same; what was drawn anew?",
            "C": "the lesson's last cell counts them, and every point was computed exactly",
        },
    ),
]
