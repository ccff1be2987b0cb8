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
