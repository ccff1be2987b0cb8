"""Differences between methods, with intervals that count how many there are (lessons 10 and 11)."""

import math
from typing import NamedTuple

import numpy as np
from scipy.stats import t

from ._validation import check_k


class Differences(NamedTuple):
    """Mean of the paired differences and the ends of its interval, each of shape (p,)."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def paired_differences(a, b, *, comparisons=None, confidence=0.95):
    """Compare two methods seed by seed, with intervals that hold all at once.

    Both methods prune the same networks, so their difference within a seed varies less than
    either of them. Intervals by Student's t; among ``q`` of them, each gets the confidence
    ``1 − (1 − confidence) / q`` (Bonferroni), so that all q hold together with ``confidence``.

    Parameters
    ----------
    a, b : array-like of shape (seeds, p)
        One row per seed, the same seed in the same row.
    comparisons : int, optional
        ``q``, by default p. Count every comparison that you look at.
    confidence : float
        For readers who need another than 95 %.

    Returns
    -------
    mean, low, high : ndarray of shape (p,)
        A named tuple: the mean of ``a − b`` and its interval, in the units of ``a``.

    Raises
    ------
    ValueError
        If the shapes differ, fewer than two seeds are given, ``comparisons`` is no count or
        ``confidence`` no fraction.

    Notes
    -----
    The intervals speak about other seeds, not about other data: all networks share their
    training and test samples unless the seed draws these too.

    Examples
    --------
    >>> a, b = [[0.9], [0.8], [0.7]], [[0.8], [0.6], [0.6]]
    >>> mean, low, high = paired_differences(a, b)
    >>> mean.round(3), low.round(3), high.round(3)
    (array([0.133]), array([-0.01]), array([0.277]))
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape or a.ndim != 2 or len(a) < 2:
        raise ValueError(
            "paired_differences needs two arrays of the same shape (seeds, p) with at least two "
            f"seeds, got {a.shape} and {b.shape}"
        )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, such as 0.95; got {confidence}")
    if comparisons is None:
        comparisons = a.shape[1]
    comparisons = check_k(comparisons, math.inf, "all that you look at", name="comparisons")
    level = 1 - (1 - confidence) / comparisons
    mean, spread = (a - b).mean(axis=0), (a - b).std(axis=0, ddof=1)
    half = spread / np.sqrt(len(a)) * t.ppf((1 + level) / 2, len(a) - 1)
    return Differences(mean, mean - half, mean + half)


class Comparisons:
    """All comparisons of a lesson, planned first, so that every interval can count them.

    Parameters
    ----------
    studies : dict of str to Study
        Tables as `load_study` reads them, by the name that they get in figures.
    plan : dict of str to tuple of str
        Label → two methods, whose difference ``a − b`` is meant, or four for an interaction,
        ``(a − b) − (c − d)``.
    measures : sequence of {"accuracy", "agreement"}
    confidence : float
        With it, *all* intervals hold together (Bonferroni); for readers who need another than 95 %.

    Attributes
    ----------
    count : int
        Labels × measures × the k of all studies: by this many each interval is widened.

    Raises
    ------
    ValueError
        If a study lacks a method of the plan; KeyError for a label that is not in the plan.

    Examples
    --------
    >>> from tutorial_helpers import load_study
    >>> plan = {"correction": ("magnitude + least squares", "magnitude + none")}
    >>> comparisons = Comparisons({"digits": load_study("digits")}, plan, measures=["accuracy"])
    >>> comparisons.count
    5
    >>> bool((comparisons.difference("correction", "digits").low > 0).all())
    True
    """

    def __init__(self, studies, plan, *, measures=("accuracy", "agreement"), confidence=0.95):
        """Look at nothing yet, but count."""
        methods = {method for named in plan.values() for method in named}
        if any(len(named) not in (2, 4) for named in plan.values()):
            raise ValueError(f"a plan names two methods, or four for an interaction; got {plan}")
        for name, study in studies.items():
            if missing := sorted(methods - set(study.accuracy)):
                raise ValueError(f"the study {name!r} has no {missing}")
            if len(study.seeds) < 2:
                raise ValueError(
                    f"the study {name!r} has {len(study.seeds)} seed: an interval needs two or more"
                )
        self.studies, self.plan, self.measures = studies, plan, tuple(measures)
        self.confidence = confidence
        self.count = len(plan) * len(measures) * sum(len(s.ks) for s in studies.values())

    def difference(self, label, study, measure="accuracy"):
        """Return mean, low and high for every k of one study, in fractions.

        Parameters
        ----------
        label : str
            One of the plan.
        study : str
        measure : str

        Returns
        -------
        mean, low, high : ndarray of shape (p,)
        """
        for given, planned, what in (
            (label, self.plan, "comparison"),
            (study, self.studies, "study"),
            (measure, self.measures, "measure"),
        ):
            if given not in planned:
                raise KeyError(
                    f"{what} {given!r} is not in the plan, which has {list(planned)}. Add it "
                    "there: then it is counted, and all intervals become wider."
                )
        table = getattr(self.studies[study], measure)
        a, b, *rest = (table[method] for method in self.plan[label])
        if rest:
            a, b = a - b, rest[0] - rest[1]
        return paired_differences(a, b, comparisons=self.count, confidence=self.confidence)
