"""What all benchmarks share: sizes, data, and how numbers are written."""

import numpy as np

from tutorial_helpers import train_network

NEURONS = 1000
SIZES = [(898, 1000), (5000, 2000), (20000, 1000)]
KEPT = 100
PRUNED = (500, 100, 20)
LOOP_POINTS = 9
GROWTH = (250, 500, 1000, 2000, 4000)
REPEATS = 15
SLOW_REPEATS = 5  # of what takes seconds


def layer_output(n, m, d=64, seed=0):
    """Make the activations of a random ReLU layer on random data: (n, m), falling spectrum."""
    rng = np.random.default_rng(seed)
    X, W = rng.standard_normal((n, d)), rng.standard_normal((d, m)) / np.sqrt(d)
    return np.maximum(X @ W + rng.standard_normal(m), 0)


def random_network(n, m):
    """Train a network of m neurons briefly, and make n samples with labels for it."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((n, 64)), rng.integers(0, 10, n)
    return train_network(X[:20], np.arange(20) % 10, (m,), max_iter=1000), X, y


def table(head, rows):
    """Write rows of text as a Markdown table; all columns but the first are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def spread(seconds):
    """Write the median and the quartiles of some seconds."""
    unit, scale = ("s", 1) if np.median(seconds) >= 1 else ("ms", 1e3)
    low, middle, high = (number(scale * s) for s in np.percentile(seconds, [25, 50, 75]))
    return f"{middle} {unit} ({low}–{high})"


def ratio(timings, name, of):
    """Write how many times as long one contestant takes as another: rounds, not medians, compared.

    Within a round both meet the same moment of the machine.
    """
    quotients = timings.seconds[name] / timings.seconds[of]
    low, middle, high = (number(q) for q in np.percentile(quotients, [25, 50, 75]))
    return f"{middle} ({low}–{high})"


def number(value):
    """Write three digits at the most, and no power of ten."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
