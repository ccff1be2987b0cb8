"""Ask ten seeds that no table holds whether the conclusions still hold.

``python -m benchmarks.fresh_seeds ["digits scaled" generated …]`` recomputes the named tables, by
default all that do not need MNIST, with fresh seeds: about three minutes each on two cores. A
difference that the lessons call shown, because its counted interval excludes zero, must have the
same sign with the fresh seeds, and their own interval must not contradict it.
"""

import shutil
import sys

import numpy as np

from tutorial_helpers import (
    Comparisons,
    compare_methods,
    load_settings,
    load_study,
    run_study,
)
from tutorial_helpers.studies import Study

from .make_studies import STUDIES, TUNED
from .make_studies import UNFINISHED as BESIDE

UNFINISHED = BESIDE / "fresh"
SEEDS = range(101, 111)
# the plans of lessons 10 and 11; `tests/test_benchmarks.py` compares them with the notebooks
REFIT = ("magnitude + least squares", "magnitude + none")
GRID_PLAN = {
    "ID instead of magnitude": ("id + least squares", "magnitude + least squares"),
    "greedy instead of ID": ("greedy + least squares", "id + least squares"),
    "Taylor instead of ID": ("taylor + least squares", "id + least squares"),
    "refit for magnitude": REFIT,
    "refit, not only louder": ("magnitude + least squares", "magnitude + rescaled"),
    "T U for the ID": ("id + interpolation", "id + none"),
    "bias and weights, not T U": ("id + least squares", "id + interpolation"),
    "ID instead of luck": ("id + least squares", "random + least squares"),
    "luck instead of magnitude": ("random + least squares", "magnitude + least squares"),
    "interaction": ("id + least squares", "id + none", *REFIT),
}
RIVALS_PLAN = {
    "ID − scratch": ("id + interpolation", "scratch"),
    "ID − scratch at its best": ("id + interpolation", "scratch at its best"),
    "ID − distilled": ("id + interpolation", "distilled"),
    "ID with distillation − distilled": ("id + distillation", "distilled"),
    "greedy − distilled": ("greedy + least squares", "distilled"),
    "greedy − scratch at its best": ("greedy + least squares", "scratch at its best"),
    "ID with 20 epochs − scratch at its best": ("id + 20 epochs", "scratch at its best"),
    "ID with training − scratch at its best": ("id + training", "scratch at its best"),
}


def contradictions(stored, fresh, name, measures):
    """Return lines on shown differences that fresh seeds contradict, and how many were shown.

    Parameters
    ----------
    stored : Comparisons
        Of all tables that the lesson has, so that its intervals are those of the lesson.
    fresh : Study
    name : str
        The table that ``fresh`` recomputes.
    measures : sequence of str

    Returns
    -------
    lines : list of str
    shown : int
    """
    lines, shown = [], 0
    again = Comparisons({name: fresh}, stored.plan, measures=measures)
    for label in stored.plan:
        for measure in measures:
            mean, low, high = stored.difference(label, name, measure)
            new = again.difference(label, name, measure)
            sign = np.where(low > 0, 1, np.where(high < 0, -1, 0))
            shown += np.count_nonzero(sign)
            # signs that turn, and intervals that exclude what was shown
            wrong = (sign * new.mean < 0) | ((sign > 0) & (new.high < 0))
            wrong |= (sign < 0) & (new.low > 0)
            lines += [
                f"{name}, {label}, {measure}, k = {k}: stored {100 * m:+.2f} points, "
                f"fresh {100 * n:+.2f} [{100 * a:+.2f}, {100 * b:+.2f}]"
                for k, m, n, a, b, bad in zip(
                    fresh.ks, mean, new.mean, new.low, new.high, wrong, strict=True
                )
                if bad
            ]
    return lines, shown


def main(names):
    """Recompute, compare, and leave with an error if a conclusion turned round."""
    names = names or [name for name in STUDIES if name != "mnist"]
    if unknown := [name for name in names if name not in STUDIES]:
        raise SystemExit(f"tables are {list(STUDIES)}; got {unknown}")
    tables = {name: load_study(name) for name in STUDIES}
    grid = {name: table for name, table in tables.items() if name not in TUNED}
    plans = [
        Comparisons(grid, GRID_PLAN, measures=["accuracy"]),
        Comparisons(tables, RIVALS_PLAN, measures=["accuracy", "agreement"]),
    ]
    wrong = []
    for name in names:
        split, ks, options = STUDIES[name]
        options = options | {"settings": load_settings(name), "tickets": False}
        result = run_study(compare_methods, SEEDS, split, ks, folder=UNFINISHED, **options)
        fresh = Study(np.array(ks), np.array(SEEDS), **result)
        for stored in (plan for plan in plans if name in plan.studies):
            lines, shown = contradictions(stored, fresh, name, stored.measures)
            print(f"{name}: {len(lines)} of {shown} shown differences turned round", flush=True)
            wrong += lines
    print(*wrong, sep="\n")
    shutil.rmtree(UNFINISHED)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
