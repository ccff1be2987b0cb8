"""Pairs of a summary line and the text below it, from docstrings: a task with known truth.

Which description belongs to this summary? The texts are those of the installed packages (numpy,
scipy, scikit-learn and matplotlib, all under BSD-like licences); ``language_pairs.csv`` freezes
their names, what each is for, and a checksum. Docstrings change from version to version: what
differs is left out, and said. ``python -m benchmarks.language_pairs`` draws and freezes anew.
"""

import csv
import hashlib
import inspect
import random
import re
import warnings
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

STORED = Path(__file__).parent / "language_pairs.csv"
PARTS = {"test": 300, "calibration": 400}
LONGEST = 250  # characters of a body, cut between words
MODULES = """
numpy numpy.fft numpy.linalg numpy.ma numpy.polynomial numpy.random
scipy.cluster.hierarchy scipy.fft scipy.integrate scipy.interpolate scipy.linalg scipy.ndimage
scipy.optimize scipy.signal scipy.sparse scipy.sparse.csgraph scipy.sparse.linalg scipy.spatial
scipy.special scipy.stats
sklearn.cluster sklearn.datasets sklearn.decomposition sklearn.ensemble sklearn.feature_selection
sklearn.linear_model sklearn.manifold sklearn.metrics sklearn.model_selection sklearn.neighbors
sklearn.pipeline sklearn.preprocessing sklearn.svm sklearn.tree
matplotlib.axes matplotlib.pyplot
""".split()  # noqa: SIM905


class Pairs(NamedTuple):
    """Texts as they were frozen, and the names of those that the installed versions tell anew."""

    summaries: list
    bodies: list
    changed: list


def summary_and_body(doc):
    """Split a docstring before its first section: summary, and what follows; None without both."""
    doc = re.split(r"\n[^\n]+\n[-=]{3,}\s*(?:\n|$)|\n\.\. |\n *>>> |\n:", inspect.cleandoc(doc))[0]
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", doc)]
    paragraphs = [re.sub(r":[\w:]+:`~?\.?|[`*]", "", part) for part in paragraphs]
    while paragraphs and re.match(r"[\w.]+\(", paragraphs[0]):  # a signature, or two
        paragraphs = paragraphs[1:]
    body = " ".join(part for part in paragraphs[1:] if not part.startswith("Read more"))
    body = body if len(body) <= LONGEST else body[:LONGEST].rpartition(" ")[0]
    if not paragraphs or not 20 <= len(paragraphs[0]) <= 150 or len(body) < 80:
        return None
    return paragraphs[0], body


def text_of(name):
    """Return the pair behind a qualified name as the installed package tells it, or None."""
    module, _, own = name.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some names are deprecated
        thing = getattr(import_module(module), own, None)
    doc = getattr(thing, "__doc__", None)
    return summary_and_body(doc) if isinstance(doc, str) else None


def checksum(pair):
    """Return the first twelve digits of the SHA-256 of both texts."""
    return hashlib.sha256("\n".join(pair).encode()).hexdigest()[:12]


def load_pairs(part):
    """Return the frozen pairs of a part, "test" or "calibration", that the packages still tell."""
    found = Pairs([], [], [])
    with STORED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["part"] == part:
                pair = text_of(row["name"])
                if pair and checksum(pair) == row["checksum"]:
                    found.summaries.append(pair[0])
                    found.bodies.append(pair[1])
                else:
                    found.changed.append(row["name"])
    return found


def draw():
    """List (name, checksum) of all pairs there are, no text twice, in a random order."""
    seen, found = set(), []
    for module in MODULES:
        things = vars(import_module(module)).items()
        for own, thing in sorted(things, key=lambda item: item[0]):
            if own.startswith("_") or inspect.ismodule(thing) or not callable(thing):
                continue
            pair = text_of(f"{module}.{own}")
            if pair and not seen & set(pair):
                seen |= set(pair)
                found.append((f"{module}.{own}", checksum(pair)))
    random.Random(0).shuffle(found)
    return found


def main():
    """Freeze which names are for what."""
    found = draw()
    parts = [part for part, count in PARTS.items() for _ in range(count)]
    with STORED.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(["name", "part", "checksum"])
        for (name, code), part in zip(found, parts, strict=False):
            write([name, part, code])
    print(f"{len(found)} pairs, {len(parts)} of them frozen")


if __name__ == "__main__":
    main()
