"""Make the tables of `load_study` anew: ``python -m benchmarks.make_studies``.

Takes minutes; when interrupted, the same command goes on where it stopped, unless something that
the results depend on has changed.
"""

import csv
import shutil
from pathlib import Path

from tutorial_helpers import compare_methods, generated_split, load_digits_split, run_study

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "tutorial_helpers" / "results"
UNFINISHED = ROOT / "unfinished_studies"

STUDIES = {
    # name of the table → seeds, arguments and options of `compare_methods`
    "digits": (
        range(1, 21),
        (load_digits_split(), (*range(10, 101, 10), 200, 500)),
        {"references": (10, 20, 50, 100, 200, 500)},
    ),
    "generated": (
        range(1, 11),
        (generated_split, (*range(10, 101, 10), 200)),
        {"neurons": 500, "references": (10, 20, 50, 100, 200)},
    ),
}


def save(path, ks, seeds, result):
    """Write one line for each measure, method and seed, with a column for each k."""
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(["measure", "method", "seed", *ks])
        for measure, table in result.items():
            for method, rows in table.items():
                for seed, row in zip(seeds, rows, strict=True):
                    write([measure, method, seed, *(f"{value:.4f}" for value in row)])


def main():
    """Run all studies and write their tables."""
    for name, (seeds, arguments, options) in STUDIES.items():
        result = run_study(compare_methods, seeds, *arguments, folder=UNFINISHED, **options)
        save(RESULTS / f"{name}.csv", arguments[1], seeds, result)
    shutil.rmtree(UNFINISHED)


if __name__ == "__main__":
    main()
