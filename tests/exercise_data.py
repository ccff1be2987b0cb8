"""What the exercises are about: the data of the lessons, data drawn at random, and cases."""

from importlib import import_module
from pathlib import Path

import numpy as np
from scipy.linalg import qr, solve_triangular

from tutorial_helpers import (
    PivotedQR,
    by_id,
    hidden_activations,
    interpolative_decomposition,
    load_convolutional_network,
    load_digits_split,
    load_study,
    logits,
    prune,
    prune_by_id,
    train_network,
)

ROUNDS = np.array([[90, 41, 20, 21, 80, 22, 19], [40, 9, 4, 3, 5, 4.5, 3.5]])  # full, pruned
FILES = [
    import_module(f"exercises.{path.stem}")
    for path in sorted((Path(__file__).parent / "exercises").glob("lesson_*.py"))
]


def in_files(name, *arguments):
    """Merge what the lessons' own files give under a name."""
    found = [getattr(file, name) for file in FILES if hasattr(file, name)]
    return {
        key: it
        for part in found
        for key, it in (part(*arguments) if callable(part) else part).items()
    }


def of_the_lessons():
    """Give what each lesson passes to its checkers, made as the lesson makes it."""
    X_train, X_test, y_train, y_test = load_digits_split()
    network = train_network(X_train, y_train)
    (W, U), (b, beta) = network.coefs_, network.intercepts_
    Z, Z_new = (hidden_activations(network, X) for X in (X_train, X_test))
    factored = PivotedQR(Z)
    R, P, r = factored.R, factored.pivots, factored.rank
    C = solve_triangular(R[:r, :r], Z_new[:, P[:r]].T, trans="T").T
    errors = np.sqrt(np.append(np.cumsum((R**2).sum(axis=1)[::-1])[::-1], 0))
    pixels_R, pixels_P = qr(X_train, mode="r", pivoting=True)
    pixels, T_pixels = interpolative_decomposition(X_train, 20)
    full = network.predict(X_test)
    study = load_study("digits").accuracy
    at_10, at_20 = (list(load_study("digits").ks).index(k) for k in (10, 20))
    cells = [
        [
            study[f"{chosen} + {corrected}"][:, at_20].mean()
            for corrected in ("none", "least squares")
        ]
        for chosen in ("magnitude", "id")
    ]
    T_small = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]])
    return {
        "check_removed_fraction": (100, 1000),
        "check_guess_loss": (10,),
        "check_parameter_count": ([64, 300, 200, 10],),
        "check_bias_gradient": (network.predict_proba(X_test), np.eye(10)[y_test]),
        "check_peak_width": (250,),
        "check_dead_neurons": (Z_new, ~(Z > 0).any(axis=0)),
        "check_pruned_logits": (
            *(Z_new, U, beta),
            np.argsort(-np.sqrt((W**2).sum(axis=0)))[[4, 2, 7]],
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
        "check_speed_up": (*ROUNDS, 2),
        "check_multiply_adds": (64, 1000, 10),
        "check_single_row_speed_up": (90, 10, 0.1),
        "check_logits_at": (C, R @ U[P], beta, 30),
        "check_every_error": (qr(Z[:40, :60], mode="r", pivoting=True)[0],),
        "check_tolerance": (errors, 0.05),
        "check_refit": (Z, by_id(network, X_train, 50), U, beta),
        "check_main_effects": (np.array(cells),),
        "check_interaction": (np.array(cells),),
        "check_interval": (
            study["greedy + least squares"][:, at_10],
            study["id + least squares"][:, at_10],
            18,
        ),
        "check_folded": (W, 16),
        "check_count": (6, 2, [5, 5, 5, 5, 5, 4]),
        "check_recall": (
            prune(network, 20, X=X_train[y_train != 1]).predict(X_test),
            y_test,
            1,
        ),
        "check_convolution_cost": (3, 16, 8, 10, 5),
        "check_largest_filters": (load_convolutional_network().kernels[1], 6),
        "check_kernel_with_t": (T_small, np.arange(54.0).reshape(2, 3, 3, 3)),
        "check_block_matrix": (T_small, 4),
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
    errors = np.sqrt(np.cumsum(1.8 ** np.arange(20))[::-1]) / 60 * rng.uniform(1, 1.2)
    return {
        "check_removed_fraction": (int(integers(10, 300)), int(integers(1000, 2000))),
        "check_guess_loss": (int(integers(4, 40)),),
        "check_parameter_count": ([int(n) for n in rng.permutation(np.arange(2, 40))[:4]],),
        "check_bias_gradient": (rng.dirichlet(np.ones(4), 30), np.eye(4)[integers(4, size=30)]),
        "check_peak_width": (int(integers(101, 400)),),
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
        "check_speed_up": (*(ROUNDS * rng.uniform(1, 1.01, ROUNDS.shape)), 2),
        "check_multiply_adds": tuple(int(n) for n in integers(3, 90, size=3)),
        "check_single_row_speed_up": tuple(rng.uniform([50, 5, 0.1], [90, 40, 0.4])),
        "check_logits_at": (normal(size=(30, 10)), U, beta, 7),
        "check_every_error": (R,),
        "check_tolerance": (errors, 0.1),
        "check_refit": (Z + rng.random(Z.shape), kept, U, beta),
        "check_main_effects": (rng.uniform(50, 99, size=(2, 2)),),
        "check_interaction": (rng.uniform(50, 99, size=(2, 2)),),
        "check_interval": (
            rng.uniform(0.9, 1, 15),
            rng.uniform(0.8, 0.95, 15),
            int(integers(3, 9)),
        ),
        "check_folded": (normal(size=(9, 4)), int(integers(3, 300))),
        "check_count": (int(integers(4, 9)), 3, [int(n) for n in rng.permutation([5, 7, 11, 6])]),
        "check_recall": (pruned, truth, int(integers(2))),
        "check_convolution_cost": (6, *(int(n) for n in rng.permutation(np.arange(7, 20))[:3]), 5),
        "check_largest_filters": (normal(size=(60, 6, 3, 3)), 12),
        "check_kernel_with_t": (with_unit_columns(rng, 6, [4, 1]), normal(size=(5, 6, 3, 3))),
        "check_block_matrix": (normal(size=(2, 5)), int(integers(3, 6))),
    } | in_files("drawn", rng)
