"""Measure every ratio that the README and the lessons quote: ``python -m benchmarks``.

Writes ``results.md`` and ``results.png`` beside this file, in a few minutes on a machine that does
nothing else. Contestants take turns, so that a slow moment hits all alike; what counts are
ratios within a round. Linear algebra runs on one thread: so the ratios depend least on the machine
and on what else it does.
"""

import os
import platform
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sklearn
from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks import common
from benchmarks.every_k import every_k, growth, memory
from benchmarks.one_k import one_decomposition, predictions
from tutorial_helpers import load_digits_split, plot_curves, train_network

FOLDER = Path(__file__).parent


def machine():
    """Tell versions and what the machine is, but not where."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.partition(": ")[2] for line in lines if "model name" in line), cpu)
    blas = [part for part in threadpool_info() if part["user_api"] == "blas"]
    libraries = sorted(
        {f"{b['internal_api']} {b['version']} ({b.get('architecture')})" for b in blas}
    )
    versions = {"numpy": np, "scipy": scipy, "scikit-learn": sklearn}
    return "; ".join(
        [
            f"{cpu}, {os.cpu_count()} cores, {platform.system()}",
            f"Python {platform.python_version()}, "
            + ", ".join(f"{name} {module.__version__}" for name, module in versions.items()),
            f"{', '.join(libraries)}, {max(b['num_threads'] for b in blas)} thread",
        ]
    )


def draw(bars, sizes, curves):
    """Draw what all k cost, and how that grows."""
    colours = ["0.35", "#0072B2", "#E69F00", "#D55E00"]
    with plt.style.context("tutorial_helpers.figures.style"):
        figure, (left, right) = plt.subplots(1, 2, figsize=(14, 5))
        left.barh(list(bars), list(bars.values()), color=colours, log=True)
        left.set(xlabel="seconds", title="What every k costs")
        for i, seconds in enumerate(bars.values()):
            left.annotate(f" {common.number(seconds)} s", (seconds, i))
        left.set_xlim(right=20 * max(bars.values()))
        left.xaxis.set_minor_locator(plt.NullLocator())
        plot_curves(sizes, curves, ax=right, log=True, logx=True, title="How all k at once grows")
        right.set(xlabel="samples, neurons, or both", ylabel="seconds", xticks=sizes)
        figure.savefig(FOLDER / "results.png", dpi=80, metadata={"Software": None})
    plt.close(figure)


def main():
    """Run all benchmarks and write the results."""
    with threadpool_limits(1, user_api="blas"):
        X_train, X_test, y_train, y_test = load_digits_split()
        network = train_network(X_train, y_train, (common.NEURONS,))
        halves = [(X_train, y_train), (X_test, y_test)]
        every, bars = every_k(network, halves)
        grown, sizes, curves = growth()
        sections = {
            "Every k at once": every,
            "One interpolative decomposition": one_decomposition(),
            "Prediction": predictions(network, halves),
            "Growth": grown,
            "Memory": memory(network, halves),
        }
        facts = machine()
    draw(bars, sizes, curves)
    alt = (
        "Left: seconds for one pivoted QR, for the accuracy at every k on both halves, and for two "
        "loops over all k. Right: seconds for every k against the size of the layer."
    )
    text = "\n\n".join(
        [
            "# Benchmarks",
            f"Written by `make bench`. {facts}.",
            "Contestants take turns; medians, quartiles in brackets. A ratio is taken within each "
            "round, and its quartiles are over rounds. Ratios carry over to other machines better "
            "than times do.",
            f"![{alt}](results.png)",
            *(f"## {title}\n\n{section}" for title, section in sections.items()),
        ]
    )
    (FOLDER / "results.md").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
