"""Make the tables of the language model anew: ``python -m benchmarks.prune_language``.

all-MiniLM-L6-v2, all six feed-forward halves pruned to a share. The task is that of
`language_pairs`: which body belongs to this summary, among 300? Needs the extra ``language``; takes
half an hour, and goes on where it was stopped. It writes into ``tutorial_helpers/results``:

``language.csv``
    For each selection + correction and 75, 50, 25 % of the neurons: share of first hits, its
    standard error; that of the difference to the full model on the same questions; mean cosine
    between vectors of the pruned and of the full model; share of questions with the same first
    hit as with the full model.
``language_calibration.csv``
    Mean cosine with half the neurons, by source of the calibration text and number of its tokens.
"""

import csv
import inspect
import pydoc_data.topics
import shutil
import statistics
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from tutorial_helpers.language import LanguageModel, load_language_model, prune_language_model
from tutorial_helpers.networks import hidden_activations

from .language_pairs import load_pairs
from .make_studies import RESULTS, ROOT

UNFINISHED = ROOT / "unfinished_language"
SHARES, TOKENS, ENOUGH = (75, 50, 25), (1000, 2000, 4000), 4000
LOOKED_AT = 100  # texts whose vectors are compared in the table of calibration


def by_output_variance(network, X, k, *, layer=0, random_state=None):
    """Keep the neurons with the largest ``var(Z[:, j]) · ‖U[j]‖²``: what their mean cannot tell."""
    Z, U = hidden_activations(network, X, layer), network.coefs_[layer + 1]
    return np.argsort(-Z.var(axis=0) * (U**2).sum(axis=1), kind="stable")[:k]


METHODS = {
    "id + interpolation": {},
    "magnitude + none": {"select": "magnitude", "correct": "none"},
    "magnitude + least squares": {"select": "magnitude", "correct": "least squares"},
    "output variance + least squares": {"select": by_output_variance, "correct": "least squares"},
    "random + least squares": {"select": "random", "correct": "least squares", "random_state": 0},
}


@dataclass(frozen=True, repr=False)
class Remembering(LanguageModel):
    """Reads each calibration text once, whatever is pruned with it."""

    @cache  # noqa: B019  one model lives as long as the script
    def _read(self, texts):
        return super().feed_forward_inputs(texts)

    def feed_forward_inputs(self, texts):
        """Return what each block reads, from memory if these texts came before."""
        return self._read(tuple(texts))

    def __hash__(self):
        return id(self)


def some_texts(model, texts, tokens):
    """Draw texts until they hold so many tokens."""
    order = np.random.default_rng(0).permutation(len(texts))
    total = np.cumsum([len(found) for found in model.tokenize([texts[i] for i in order])])
    if total[-1] < tokens:
        raise ValueError(f"these texts hold {total[-1]} tokens, asked for {tokens}")
    return [texts[i] for i in order[: np.searchsorted(total, tokens) + 1]]


def other_sources(texts):
    """Return lists of other texts: the same words in disorder, the reference of Python, code."""
    words = np.random.default_rng(0).permutation(" ".join(texts).split())
    topics = "\n\n".join(pydoc_data.topics.topics.values())
    code = "".join(map(inspect.getsource, (csv, inspect, statistics)))
    cut = {"the same words in disorder": " ".join(words), "Python's reference": topics}
    cut["program code"] = code
    pieces = range(0, 90_000, 250)
    return {name: [part for i in pieces if (part := " ".join(text[i : i + 250].split()))]
            for name, text in cut.items()}  # fmt: skip


def vectors(name, make):
    """Return what a pruned model makes of the texts, from disk if it was computed before."""
    path = UNFINISHED / f"{name}.npy"
    if not path.exists():
        found = make()
        UNFINISHED.mkdir(exist_ok=True)
        np.save(path, found)
        print(name, flush=True)
    return np.load(path)


def measured(A, B, A_full, B_full):
    """Return the measures of one model: row i of A (summaries) belongs to row i of B (bodies)."""
    first, first_full = (A @ B.T).argmax(axis=1), (A_full @ B_full.T).argmax(axis=1)
    own = np.arange(len(A))
    hits, hits_full = first == own, first_full == own
    return {
        "first hits": hits.mean(),
        "standard error": standard_error(hits),
        "standard error of the difference": standard_error(hits.astype(int) - hits_full),
        "cosine": (np.vstack([A, B]) * np.vstack([A_full, B_full])).sum(axis=1).mean(),
        "same first hit": (first == first_full).mean(),
    }


def standard_error(values):
    """Return the standard error of a mean over independent questions."""
    return values.std(ddof=1) / np.sqrt(len(values))


def by_words(pairs, **how):
    """Return unit vectors of tf-idf for both sides of the pairs: the humble rival."""
    vectorizer = TfidfVectorizer(sublinear_tf=True, **how).fit(pairs.summaries + pairs.bodies)
    return tuple(vectorizer.transform(side).toarray() for side in pairs[:2])


def write(path, columns, rows):
    """Write lines of names and values under a head."""
    with path.open("w", newline="", encoding="utf-8") as file:
        line = csv.writer(file, lineterminator="\n").writerow
        line(columns)
        for *names, values in rows:
            line([*names, *(f"{value:.4f}" for value in values)])


def main():
    """Prune by all methods and write both tables."""
    loaded = load_language_model()
    model = Remembering(loaded.weights, loaded.tokenize)
    test, calibration = load_pairs("test"), load_pairs("calibration")
    for part in (test, calibration):
        if part.changed:
            print(f"{len(part.changed)} texts are told anew and left out:", *part.changed)
    texts, half = test.summaries + test.bodies, len(test.summaries)
    own = calibration.summaries + calibration.bodies

    def pruned(source, share, **how):
        widths = [share * m // 100 for m in model.widths]
        return lambda: prune_language_model(model, source, widths, **how)

    rows, full = [], np.split(vectors("full", lambda: model.encode(texts)), [half])
    others = {"full": full, "tf-idf, words": by_words(test)}
    others["tf-idf, letters"] = by_words(test, analyzer="char_wb", ngram_range=(3, 5))
    for method, both in others.items():
        found = measured(*both, *both)
        rows += [(m, method, [found[m]] * 3) for m in ("first hits", "standard error")]
    source = some_texts(model, own, ENOUGH)
    for method, how in METHODS.items():
        found = []
        for share in SHARES:
            make = pruned(source, share, **how)
            name = f"{method}, {share}"
            both = np.split(vectors(name, lambda make=make: make().encode(texts)), [half])
            found.append(measured(*both, *full))
        rows += [(m, method, [each[m] for each in found]) for m in found[0]]
    write(RESULTS / "language.csv", ["measure", "method", *SHARES], rows)

    looked_at, truth, rows = texts[half : half + LOOKED_AT], full[1][:LOOKED_AT], []

    def cosine(source, tokens):
        make = pruned(some_texts(model, texts_of[source], tokens), 50)
        A = vectors(f"{source}, {tokens}", lambda: make().encode(looked_at))
        return (A * truth).sum(axis=1).mean()

    texts_of = {"docstrings": own} | other_sources(own)
    rows = [("docstrings", tokens, [cosine("docstrings", tokens)]) for tokens in TOKENS]
    rows += [(source, ENOUGH, [cosine(source, ENOUGH)]) for source in list(texts_of)[1:]]
    write(RESULTS / "language_calibration.csv", ["source", "tokens", "cosine"], rows)
    print({name: version(name) for name in ("numpy", "scipy", "scikit-learn", "matplotlib")})
    shutil.rmtree(UNFINISHED)


if __name__ == "__main__":
    main()
