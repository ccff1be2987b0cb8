"""What the exercises are about: the data of the lessons, data drawn at random, and cases."""

from importlib import import_module
from pathlib import Path

import numpy as np
from scipy.linalg import qr

from tutorial_helpers import (
    PivotedQR,
    hidden_activations,
    interpolative_decomposition,
    load_digits_split,
    logits,
    prune_by_id,
    train_network,
)

FILES = [
    import_module(f"exercises.{path.stem}")
    for path in sorted((Path(__file__).parent / "exercises").glob("lesson_*.py"))
]


def in_files(name, seed=None):
    """Merge what the lessons give under a name; each file draws from a generator of its own."""
    merged = {}
    for part in (getattr(file, name) for file in FILES if hasattr(file, name)):
        arguments = () if seed is None else (np.random.default_rng(seed),)
        merged |= part(*arguments) if callable(part) else part
    return merged


def of_the_lessons():
    """Give what each lesson passes to its checkers, made as the lesson makes it."""
    X_train, X_test, y_train, y_test = load_digits_split()
    network = train_network(X_train, y_train)
    (W, U), (b, beta) = network.coefs_, network.intercepts_
    Z, Z_new = (hidden_activations(network, X) for X in (X_train, X_test))
    factored = PivotedQR(Z)
    R, P = factored.R, factored.pivots
    pixels_R, pixels_P = qr(X_train, mode="r", pivoting=True)
    pixels, T_pixels = interpolative_decomposition(X_train, 20)
    full = network.predict(X_test)
    return {
        "check_removed_fraction": (100, 1000),
        "check_guess_loss": (10,),
        "check_parameter_count": ([64, 300, 200, 10],),
        "check_bias_gradient": (network.predict_proba(X_test), np.eye(10)[y_test]),
        "check_dead_neurons": (Z_new, ~(Z > 0).any(axis=0)),
        "check_pruned_logits": (
            *(Z_new, U, beta),
            np.argsort(-np.sqrt((W**2).sum(axis=0)))[[4, 7, 2]],
        ),
        "check_unit_free_size": (W, U),
        "check_residual_norms": (X_train, 42),
        "check_interpolation": (pixels_R[:64], pixels_P, 20),
        "check_least_k": (pixels_R[:64], 0.15),
        "check_rebuilt": (X_test[:, np.sort(pixels)], pixels, T_pixels),
        "check_kept_activations": (X_test[:100], W, b, factored.kept(20)),
        "check_merged_weights": (np.array([[1.0, -1.0], [2.0, 0.0], [3.0, 1.0]]),),
        "check_won_and_lost": (full, prune_by_id(network, X_train, 20).predict(X_test), y_test),
        "check_logit_error": (R, P, U, 120),
        "check_is_safe": (
            logits(network, X_test),
            logits(prune_by_id(network, X_train, 100), X_test),
        ),
        "check_images_needed": (0.99, 0.95),
    } | in_files("lesson")


def unsorted(rng, m, k):
    """Draw k of m indices whose order is neither rising nor its own way back."""
    while True:
        kept = rng.permutation(m)[:k]
        order = np.argsort(kept)
        if (order != np.arange(k)).any() and (order != np.argsort(order)).any():
            return kept


def with_unit_columns(rng, m, kept):
    """Draw a T: the kept columns rebuild themselves."""
    T = rng.normal(size=(len(kept), m))
    T[:, kept] = np.eye(len(kept))
    return T


def drawn(seed):
    """Draw other data of the same kinds for every exercise."""
    rng = np.random.default_rng(seed)
    normal, integers = rng.normal, rng.integers
    Z = np.maximum(normal(size=(30, 12)), 0) * (rng.permutation(12) > 1)  # two neurons are dead
    R, P = qr(normal(size=(30, 12)), mode="economic", pivoting=True)[1:]
    # grey images: far from zero and noisy, so that every mistake leads to a k of its own
    grey = 4 + normal(size=(60, 40)) * np.linspace(1, 0.3, 40)
    S = qr(grey, mode="r", pivoting=True)[0][:40]
    U, beta, kept = normal(size=(12, 5)), normal(size=5), unsorted(rng, 12, 4)
    before = 3 * normal(size=(200, 4))
    truth = integers(3, size=200)
    full, pruned = (np.where(rng.random(200) < q, truth, integers(2, size=200)) for q in (0.8, 0.6))
    return {
        "check_removed_fraction": (int(integers(10, 300)), int(integers(1000, 2000))),
        "check_guess_loss": (int(integers(4, 40)),),
        "check_parameter_count": ([int(n) for n in rng.permutation(np.arange(2, 40))[:4]],),
        "check_bias_gradient": (rng.dirichlet(np.ones(4), 30), np.eye(4)[integers(4, size=30)]),
        "check_dead_neurons": (Z, rng.random(12) > 0.5),
        "check_pruned_logits": (Z, U, beta, kept),
        "check_unit_free_size": (normal(size=(7, 12)), U),
        "check_residual_norms": (normal(size=(30, 12)), int(integers(12))),
        "check_interpolation": (R, P, 5),
        "check_least_k": (S, 0.08),
        "check_rebuilt": (normal(size=(30, 4)), kept, with_unit_columns(rng, 12, kept)),
        "check_kept_activations": (
            normal(size=(30, 7)),
            normal(size=(7, 12)),
            normal(size=12),
            kept,
        ),
        "check_merged_weights": (normal(size=(3, 2)),),
        "check_won_and_lost": (full, pruned, truth),
        "check_logit_error": (R, P, U, 5),
        "check_is_safe": (before, before + normal(size=(200, 4))),
        "check_images_needed": (rng.uniform(0.996, 0.999), rng.uniform(0.96, 0.98)),
    } | in_files("drawn", seed)
