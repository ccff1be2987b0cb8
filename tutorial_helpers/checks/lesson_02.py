"""Exercises of the lesson on wide networks."""

from .framework import Expected, exercise


@exercise("02.1", "the width of the peak")
def check_peak_width(n):
    """Compare with n."""
    mistakes = {
        "that was the peak for 100 images; what made it stand there?": 100,
        "pixels do not set the threshold; neurons do": 64,
        "the images must be fitted, not their ten one-hot entries one by one": 10 * n,
        "that is the second valley of the first experiment": 400,
    }
    return Expected(n, mistakes)
