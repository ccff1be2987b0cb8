"""The exercises of each lesson as its readers see them, in a file a lesson.

``lesson_NN.py`` holds up to three names: ``lesson()`` and ``drawn(rng)`` return a dict from the
checker's name to what follows the answer in its call, as the lesson makes it and drawn at random;
``CASES`` is a dict from the checker's name to a `Case`.
"""

from typing import NamedTuple


class Case(NamedTuple):
    """One exercise as a reader sees it. Answers are computed here, not by the checker."""

    data: tuple  # what the lesson passes after the answer
    right: object
    wrong: list  # pairs: a fragment of the hint, the wrong answer that must bring it
