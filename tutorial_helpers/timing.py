"""Timing that can be trusted: warmed up, alternated, medians with spread (lesson 08)."""

import math
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from scipy.stats import binom
from threadpoolctl import threadpool_info

from ._validation import check_k


@dataclass
class Timings:
    """Seconds per call of several contestants, and their table.

    Attributes
    ----------
    seconds : dict of str to ndarray of shape (repeats,)
        One entry per contestant, in the order given.
    threads : int
        The most threads that a linear algebra library may use in this process.

    Examples
    --------
    >>> timings = Timings({"a": np.array([2.0, 2.0, 4.0]), "b": np.array([1.0, 1.0, 1.0])}, 2)
    >>> timings.ratio("b")
    2.0
    >>> timings
    contestant   median     quartiles  a is … times as slow
    a           2000 ms  2000–3000 ms                  1.00
    b           1000 ms  1000–1000 ms                  2.00
    (3 repeats, alternated; at most 2 BLAS threads)
    """

    seconds: dict
    threads: int

    def median(self, name):
        """Return the median of seconds per call."""
        return float(np.median(self.seconds[name]))

    def ratio(self, name):
        """Return how many times as long the first contestant takes (ratio of medians)."""
        first = self.median(next(iter(self.seconds)))
        with np.errstate(divide="ignore", invalid="ignore"):
            # the clock of a browser is coarse: a quick call may take no time at all
            return float(np.divide(first, self.median(name)))

    def __repr__(self):
        first = next(iter(self.seconds))
        rows = [("contestant", "median", "quartiles", f"{first} is … times as slow")]
        for name, seconds in self.seconds.items():
            low, middle, high = (_digits(1e3 * s) for s in np.percentile(seconds, [25, 50, 75]))
            rows.append((name, f"{middle} ms", f"{low}–{high} ms", f"{self.ratio(name):.2f}"))
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = [
            "  ".join(
                cell.ljust(width) if i == 0 else cell.rjust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        ]
        repeats = len(self.seconds[first])
        lines.append(f"({repeats} repeats, alternated; at most {self.threads} BLAS threads)")
        return "\n".join(lines)


def _digits(value):
    """Write at least three digits, and no power of ten: 999.7 is 1000, not 1e+03."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def time_calls(contestants, *, repeats=20, warm_up=2):
    """Time functions side by side, one after the other in every round.

    Parameters
    ----------
    contestants : dict of str to callable
        Functions of no arguments. The first is the one the others are compared with.
    repeats : int
        Rounds that count.
    warm_up : int
        Rounds before them that do not.

    Returns
    -------
    timings : Timings

    Raises
    ------
    TypeError, ValueError
        If a contestant cannot be called, or there is none.

    Notes
    -----
    Rounds are alternated so that a slow moment of the machine hits all contestants alike.

    Examples
    --------
    >>> timings = time_calls({"sorted": lambda: sorted(range(99)), "sum": lambda: sum(range(99))})
    >>> {name: len(seconds) for name, seconds in timings.seconds.items()}
    {'sorted': 20, 'sum': 20}
    """
    timeable = isinstance(contestants, dict) and contestants
    if not timeable or not all(callable(call) for call in contestants.values()):
        raise TypeError(
            "contestants must be a dict of names and functions without arguments, "
            f"got {contestants!r}"
        )
    repeats = check_k(repeats, math.inf, "rounds that count", name="repeats")
    warm_up = check_k(warm_up, math.inf, "rounds before them", smallest=0, name="warm_up")
    seconds = {name: np.zeros(repeats) for name in contestants}
    for i in range(-warm_up, repeats):
        for name, call in contestants.items():
            start = perf_counter()
            call()
            if i >= 0:
                seconds[name][i] = perf_counter() - start
    blas = [library for library in threadpool_info() if library["user_api"] == "blas"]
    threads = max((library["num_threads"] for library in blas), default=1)
    return Timings(seconds, threads)


def paired_ratio(first, second):
    """Return how many times as long ``first`` takes as ``second``: low end, median, high end.

    Both hold the seconds of the same rounds. The median is that of the ratios within rounds, the
    ends enclose the true one with at least 95 % if rounds are independent, like tosses of a coin.

    Examples
    --------
    >>> paired_ratio([10, 30, 9, 12, 40, 12], [5, 12, 5, 8, 20, 4])
    (1.5, 2.0, 3.0)
    """
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if first.ndim != 1 or first.shape != second.shape or len(first) < 6:
        raise ValueError(f"give six rounds or more of both, got {first.shape}, {second.shape}")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.sort(first / second)
    cut = int(binom.ppf(0.025, len(ratios), 0.5))
    return float(ratios[cut - 1]), float(np.median(ratios)), float(ratios[-cut])


def time_predict(networks, X, *, repeats=20, warm_up=2):
    """Time ``network.predict(X)`` of several networks side by side.

    Parameters
    ----------
    networks : dict of str to fitted estimator
        The first is the one the others are compared with.
    X : array-like of shape (n, d)
        Give many rows for throughput, one row for latency.
    repeats, warm_up : int
        As in `time_calls`.

    Returns
    -------
    timings : Timings

    Raises
    ------
    TypeError, ValueError
        If there is no network, or what is given does not predict.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, prune_by_magnitude, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> networks = {"full": network, "pruned": prune_by_magnitude(network, 5)}
    >>> timings = time_predict(networks, X_test, repeats=3)
    >>> list(timings.seconds)
    ['full', 'pruned']
    """
    if not isinstance(networks, dict) or not all(hasattr(n, "predict") for n in networks.values()):
        raise TypeError(f"networks must be a dict of names and fitted networks, got {networks!r}")
    calls = {name: lambda network=network: network.predict(X) for name, network in networks.items()}
    return time_calls(calls, repeats=repeats, warm_up=warm_up)
