"""Draw the figure of the README from the stored study: ``python -m benchmarks.figure``."""

from pathlib import Path

import numpy as np

from tutorial_helpers import load_study, plot_curves

METHODS = {
    "ID": "id + interpolation",
    "scratch: trained with k neurons": "scratch",
    "best next layer for magnitude's neurons": "magnitude + least squares",
    "magnitude": "magnitude + none",
}
LOOKS = {
    "scratch: trained with k neurons": "scratch",
    "best next layer for magnitude's neurons": "ridge",
}
KS = [10, 20, 50, 100, 200, 500]  # where all of them were run


def main():
    """Write ``accuracy.png`` beside this file."""
    study = load_study("digits")
    columns = np.isin(study.ks, KS)
    ax = plot_curves(
        KS,
        {label: study.accuracy[method][:, columns] for label, method in METHODS.items()},
        title=f"What k of 1000 neurons can do ({len(study.accuracy['full'])} networks)",
        xlabel="k, neurons kept",
        ylabel="test accuracy",
        full=study.accuracy["full"].mean(),
        looks=LOOKS,
        logx=True,
    )
    ax.figure.savefig(Path(__file__).with_name("accuracy.png"), metadata={"Software": None})


if __name__ == "__main__":
    main()
