"""Draw the figure of the README from a stored study: ``python -m benchmarks.figure``."""

from pathlib import Path

import numpy as np

from tutorial_helpers import load_study, plot_curves
from tutorial_helpers.figures.style import Figure, style

METHODS = {
    "ID": "id + interpolation",
    "scratch": "scratch at its best",
    "distilled": "distilled",
    "magnitude, refitted": "magnitude + least squares",
    "magnitude": "magnitude + none",
}
LOOKS = {"magnitude, refitted": "ridge", "distilled": "ticket"}
PANELS = {"accuracy": ("test accuracy", 0.2), "agreement": ("agreement with the full network", 0.2)}


def main():
    """Write ``accuracy.png`` beside this file."""
    study = load_study("digits scaled")
    with style():
        figure = Figure(figsize=(14, 5.5), layout="constrained")
        axes = figure.subplots(1, 2)
    for ax, (measure, (ylabel, bottom)) in zip(axes, PANELS.items(), strict=True):
        table = getattr(study, measure)
        plot_curves(
            study.ks,
            {label: table[method] for label, method in METHODS.items()},
            ax=ax,
            xlabel="k of 1000 neurons",
            ylabel=ylabel,
            full=np.mean(table["full"]) if measure == "accuracy" else None,
            looks=LOOKS,
            logx=True,
        )
        ax.set_ylim(bottom, 1.01)
    figure.suptitle(f"What k of 1000 neurons can do ({len(study.seeds)} networks, scaled images)")
    figure.savefig(Path(__file__).with_name("accuracy.png"), metadata={"Software": None})


if __name__ == "__main__":
    main()
