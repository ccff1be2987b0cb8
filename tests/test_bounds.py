"""The error and its bounds against dense computations; certificates that are never wrong."""

import copy
import math

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta as beta_distribution
from scipy.stats import binom
from sklearn.base import is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier

from tutorial_helpers import (
    agreement_lower_limit,
    certified,
    error_bound,
    hidden_activations,
    logits,
    prune_by_id,
)


def spectral(A):
    """Compute the spectral norm from the eigenvalues of AᵀA: not the way the package does."""
    A = np.asarray(A, dtype=float)
    return float(np.sqrt(np.linalg.eigvalsh(A.T @ A).max(initial=0).clip(0)))


def layers(network):
    return range(network.n_layers_ - 2)


def test_error_and_bounds_are_those_of_a_dense_computation(trained):
    network, X, _ = trained
    for layer in layers(network):
        Z = hidden_activations(network, X, layer).astype(float)
        U = network.coefs_[layer + 1].astype(float)
        P = scipy.linalg.qr(Z, mode="r", pivoting=True)[1]
        # square roots of eigenvalues have half the digits, relative to the largest
        slack = 1e-6 * spectral(Z) * spectral(U) * (1e3 if X.dtype == np.float32 else 1)
        for k in (1, 4, len(U) - 1, len(U)):
            J, removed = P[:k], P[k:]
            E = Z - Z[:, J] @ np.linalg.lstsq(Z[:, J], Z, rcond=None)[0]
            error, bound, sharper = error_bound(network, X, k, layer=layer)
            assert error == pytest.approx(spectral(E @ U), abs=slack)
            assert bound == pytest.approx(spectral(E) * spectral(U), abs=slack)
            assert sharper == pytest.approx(spectral(E) * spectral(U[removed]), abs=slack)


def test_the_order_error_sharper_bound_bound_holds_at_every_k(trained):
    network, X, _ = trained
    for layer in layers(network):
        Z, U = hidden_activations(network, X, layer), network.coefs_[layer + 1]
        # beyond the numerical rank all three are rounding, of this size
        slack = 1e3 * np.finfo(Z.dtype).eps * np.linalg.norm(Z) * np.linalg.norm(U)
        for k in range(1, len(U) + 1):
            error, bound, sharper = error_bound(network, X, k, layer=layer)
            assert error <= sharper + slack
            assert sharper <= bound + slack


def test_keeping_everything_leaves_exactly_nothing(trained):
    network, X, _ = trained
    for layer in layers(network):
        m = network.coefs_[layer].shape[1]
        assert error_bound(network, X, m, layer=layer) == (0, 0, 0)


def test_in_the_last_hidden_layer_it_is_the_error_of_the_logits(trained):
    network, X, _ = trained
    layer = layers(network)[-1]
    pruned = prune_by_id(network, X, 6, layer=layer)
    moved = logits(pruned, X).astype(float) - logits(network, X)
    error, bound, sharper = error_bound(network, X, 6, layer=layer)
    assert error == pytest.approx(np.linalg.norm(moved, 2), rel=1e-3, abs=1e-6)
    assert np.linalg.norm(moved, axis=1).max() <= bound * (1 + 1e-3)
    assert 0 < error < sharper < bound


def test_fields_have_names(digits):
    network, X, *_ = digits
    result = error_bound(network, X, 20)
    assert result._fields == ("error", "bound", "sharper_bound")
    assert all(type(value) is float for value in result)


@pytest.mark.parametrize("k", [0, 61, 3.0, True])
def test_a_k_that_is_none_is_named(k, digits):
    with pytest.raises((ValueError, TypeError), match="k must be a whole number from 1 to 60"):
        error_bound(digits[0], digits[1], k)


def test_other_arguments_that_do_not_fit_are_named(digits):
    network, X, *_ = digits
    with pytest.raises(NotFittedError):
        error_bound(MLPClassifier(), X, 3)
    with pytest.raises(ValueError, match="layer must be"):
        error_bound(network, X, 3, layer=1)
    with pytest.raises(ValueError, match="63 features"):
        error_bound(network, X[:, 1:], 3)
    with pytest.raises(ValueError, match="pass X"):
        error_bound(network, None, 3)


# --- certificates


@pytest.mark.parametrize("kind", ["classes", "two classes", "several labels", "names", "deep"])
@given(seed=st.integers(0, 10**6), size=st.sampled_from([0, 1e-3, 0.03, 0.3, 3.0]))
@settings(max_examples=40)
def test_no_certified_prediction_ever_changes(kind, seed, size, trained_zoo):
    network, X, _ = trained_zoo[kind]
    other = copy.deepcopy(network)
    rng = np.random.default_rng(seed)
    for W in other.coefs_ + other.intercepts_:
        W += size * np.abs(W).mean() * rng.standard_normal(W.shape)
    safe = certified(network, other, X)
    changed = network.predict(X) != other.predict(X)
    changed = changed.any(axis=1) if changed.ndim == 2 else changed
    assert not np.any(safe & changed)
    if size == 0:
        assert safe.all()
    if size == 3.0:
        assert not safe.all()


@pytest.mark.parametrize("kind", ["classes", "two classes", "several labels"])
def test_certificates_say_what_the_definition_says(kind, zoo):
    network, X, _ = zoo[kind]
    pruned = prune_by_id(network, X, 8)
    before, after, safe = logits(network, X), logits(pruned, X), certified(network, pruned, X)
    for i in range(len(X)):
        moves = [abs(a - b) for a, b in zip(after[i], before[i], strict=True)]
        if kind == "classes":
            second, first = sorted(before[i])[-2:]
            assert safe[i] == (2 * max(moves) < first - second)
        else:
            assert safe[i] == all(move < abs(b) for move, b in zip(moves, before[i], strict=True))
    assert 0 < safe.sum() < len(X)


def test_half_the_margin_cannot_be_improved(zoo):
    network, X, _ = zoo["classes"]
    other, L = copy.deepcopy(network), logits(network, X)
    second, first = np.argsort(L[0])[-2:]
    margin = L[0, first] - L[0, second]
    for share, safe in ((0.49, True), (0.51, False)):
        other.intercepts_[-1] = network.intercepts_[-1].copy()
        other.intercepts_[-1][first] -= share * margin
        other.intercepts_[-1][second] += share * margin
        assert certified(network, other, X)[0] == safe
        assert (other.predict(X[:1]) == network.predict(X[:1]))[0] == safe


def test_certificates_are_for_classifiers_of_the_same_classes(zoo):
    network, X, _ = zoo["classes"]
    with pytest.raises(TypeError, match="MLPRegressor"):
        certified(zoo["number"].network, zoo["number"].network, X)
    for other in ("names", "two classes", "several labels"):
        with pytest.raises(ValueError, match="same classes"):
            certified(network, zoo[other].network, X)
    with pytest.raises(NotFittedError):
        certified(network, MLPClassifier(), X)
    assert is_classifier(network)


# --- Clopper–Pearson


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("samples", [1, 2, 30, 899, 100_000])
def test_the_limit_is_the_closed_form(samples, confidence):
    for agreeing in {0, 1, samples // 2, samples - 1, samples}:
        limit = agreement_lower_limit(agreeing, samples, confidence=confidence)
        closed = beta_distribution.ppf(1 - confidence, agreeing, samples - agreeing + 1)
        assert limit == pytest.approx(closed if agreeing else 0.0, abs=1e-9)
        assert 0 <= limit <= agreeing / samples


@given(agreeing=st.integers(1, 300), more=st.integers(0, 300))
def test_at_the_limit_so_much_agreement_has_the_probability_that_is_left(agreeing, more):
    limit = agreement_lower_limit(agreeing, agreeing + more, confidence=0.95)
    so_much = binom.sf(agreeing - 1, agreeing + more, limit)
    assert so_much == pytest.approx(0.05, abs=1e-6)


def test_the_limit_covers_the_truth_as_often_as_it_says():
    truth, n = 0.97, 200
    limits = np.array([agreement_lower_limit(a, n) for a in range(n + 1)])
    covered = binom.pmf(np.arange(n + 1), n, truth)[limits <= truth].sum()
    assert 0.95 <= covered < 0.99


@pytest.mark.parametrize(
    ("agreeing", "samples", "confidence", "error", "message"),
    [
        (5, 4, 0.95, ValueError, "agreeing must be a whole number from 0 to 4"),
        (-1, 4, 0.95, ValueError, "agreeing must be .* got -1"),
        (0, 0, 0.95, ValueError, "samples must be a whole number of at least 1 .* got 0"),
        (0.9, 4, 0.95, TypeError, "agreeing must be .* got 0.9 of type float"),
        (3, 4.0, 0.95, TypeError, "samples must be"),
        (True, 4, 0.95, TypeError, "agreeing must be"),
        (3, 4, 1, ValueError, "confidence must lie between 0 and 1, got 1"),
        (3, 4, 0.0, ValueError, "confidence"),
        (3, 4, 95, ValueError, "confidence"),
        (3, 4, math.nan, ValueError, "confidence"),
    ],
)
def test_counts_that_are_none_are_named(agreeing, samples, confidence, error, message):
    with pytest.raises(error, match=message):
        agreement_lower_limit(agreeing, samples, confidence=confidence)
