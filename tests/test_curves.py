"""Every k at once is the same as one k after another."""

import tracemalloc

import numpy as np
import pytest
from conftest import same, state
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import is_classifier
from sklearn.datasets import make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier

from tutorial_helpers import (
    EveryK,
    PivotedQR,
    accuracy_at_every_k,
    agreement,
    hidden_activations,
    logits,
    logits_at_every_k,
    prune,
    prune_by_id,
    smallest_k,
    train_network,
)

ORDERS = ["id", "magnitude", "random", "norm product", "variance", "greedy"]
CORRECTIONS = ["interpolation", "none", "mean", "least squares"]


def outside(X):
    """Return data that reaches beyond the calibration data."""
    return np.random.default_rng(0).permutation(3 * X - 1)[:50].astype(X.dtype)


def network_of(W, b, U, beta, classes=None):
    """Make a ReLU classifier with these weights."""
    c = len(beta)
    X, y = np.zeros((max(c, 2), len(W))), np.arange(max(c, 2))
    network = MLPClassifier((W.shape[1],), max_iter=1, learning_rate_init=1e-9)
    network.partial_fit(X, y, classes=y)
    network.coefs_, network.intercepts_ = [W, U], [b, beta]
    return network


def random_network(m, *, d=30, c=5, seed=0):
    rng = np.random.default_rng(seed)
    shapes = (d, m), (m,), (m, c), (c,)
    return network_of(*(rng.standard_normal(shape) for shape in shapes)), rng


def tolerance_of(L):
    """Return what a solve with a matrix of condition 10⁴ (10⁷ in float64) makes of rounding."""
    return 1e-3 if L.dtype == np.float32 else 1e-8


def assert_close(L, expected):
    tolerance = tolerance_of(expected)
    np.testing.assert_allclose(L, expected, rtol=tolerance, atol=tolerance * np.abs(expected).max())


def assert_same_at(ks, every, network, X_fit, X, y, **how):
    """Compare all curves with pruning to each k and predicting."""
    accuracy, errors = every.accuracy(X, y), every.logit_errors(X)
    for k, L in zip(every.k, every.logits(X), strict=True):
        if k not in ks:
            continue
        pruned = prune(network, int(k), X=X_fit, **how)
        expected = logits(pruned, X)
        assert_close(L, expected)
        if is_classifier(network) and near_a_tie(expected):
            continue
        assert accuracy[k - 1] == pytest.approx(pruned.score(X, y), abs=1e-6)
        if is_classifier(network):
            assert every.agreement(X)[k - 1] == agreement(network, pruned, X)
        if how.get("layer", 0) + 2 == len(network.coefs_):
            rest = np.linalg.norm(logits(network, X).astype(float) - expected)
            scale = float(np.linalg.norm(expected))
            assert errors[k - 1] == pytest.approx(rest, abs=scale * tolerance_of(X))


def near_a_tie(L):
    """Tell whether rounding could decide between two labels."""
    one = L.shape[1] == 1
    leads = np.abs(L) if one else np.diff(np.sort(L, axis=1))[:, -1]
    return leads.min() < tolerance_of(L)


# --- the same as pruning and predicting ----------------------------------------------------------


def test_every_kind_of_network_at_every_k_and_layer(trained):
    network, X, y = trained
    far = outside(X)
    labels = network.predict(far)
    for layer in range(len(network.coefs_) - 1):
        every = EveryK(network, X, layer=layer)
        assert_same_at(every.k, every, network, X, far, labels, layer=layer)


@pytest.mark.parametrize("correct", CORRECTIONS)
@pytest.mark.parametrize("select", ORDERS)
def test_every_selection_with_every_correction_that_is_a_sum(select, correct, zoo):
    for kind in ("classes", "deep tanh", "numbers"):
        network, X, _ = zoo[kind]
        far = outside(X)
        how = {"select": select, "correct": correct, "random_state": 0}
        every = EveryK(network, X, **how)
        assert_same_at(every.k, every, network, X, far, network.predict(far), **how)


@pytest.mark.parametrize("correct", CORRECTIONS)
@pytest.mark.parametrize("select", ["id", "magnitude"])
def test_dead_and_duplicate_neurons(select, correct):
    network, rng = random_network(20, d=6)
    W, b = network.coefs_[0], network.intercepts_[0]
    W[:, [3, 9]] = W[:, [4, 4]]  # duplicates,
    b[[3, 9]] = b[4]
    b[[0, 7, 19]] = -20.0  # and neurons that fire for none of the calibration data
    X = rng.uniform(-1, 1, (40, 6))
    far = 9 * rng.uniform(-1, 1, (30, 6))
    assert hidden_activations(network, X)[:, [0, 7, 19]].max() == 0
    assert hidden_activations(network, far)[:, [0, 7, 19]].max() > 0
    every = EveryK(network, X, select=select, correct=correct)
    how = {"select": select, "correct": correct}
    assert_same_at(every.k, every, network, X, X, network.predict(X), **how)
    if correct != "least squares":  # a dead neuron is no constant: its weight is free there
        assert_same_at(every.k, every, network, X, far, network.predict(far), **how)
    if how == {"select": "id", "correct": "interpolation"}:
        assert len(every.k) == PivotedQR(hidden_activations(network, X)).rank == 15


@pytest.mark.parametrize("n", [50, 300])
def test_random_ks_of_a_wide_layer(n):
    network, rng = random_network(200)
    X, far = rng.standard_normal((n, 30)), 2 * rng.standard_normal((70, 30))
    y = rng.integers(0, 5, 70)
    every = EveryK(network, X)
    assert len(every.k) == min(n, 200)
    assert_same_at(rng.choice(every.k, 12), every, network, X, far, y)


def test_digits(digits):
    network, X_train, X_test, y_train, y_test = digits
    accuracies = accuracy_at_every_k(network, X_train, X_test, y_test)
    every = list(logits_at_every_k(network, X_train, X_test))
    for k in (1, 7, 31, 32, 33, len(accuracies)):
        pruned = prune_by_id(network, X_train, k)
        assert_close(every[k - 1], logits(pruned, X_test))
        assert accuracies[k - 1] == pruned.score(X_test, y_test)
    on_train = EveryK(network, X_train).accuracy(X_train, y_train)
    np.testing.assert_array_equal(
        on_train, accuracy_at_every_k(network, X_train, X_train.copy(), y_train)
    )


@settings(max_examples=60)
@given(st.data())
def test_drawn_networks_and_data(data):
    whole = st.integers(-3, 3).map(float)
    d, m, c = (data.draw(st.sampled_from(of)) for of in (range(1, 5), range(1, 9), (1, 3, 4)))
    n, n_far = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 5))
    shapes = (d, m), (m,), (m, c), (c,), (n, d), (n_far, d)
    W, b, U, beta, X, far = (data.draw(arrays(float, shape, elements=whole)) for shape in shapes)
    network = network_of(W, b, U, beta)
    y = network.predict(far)
    every = EveryK(network, X)
    assert len(every.k) == PivotedQR(hidden_activations(network, X)).rank
    for select, correct in (("id", "interpolation"), ("magnitude", "none"), ("magnitude", "mean")):
        how = {"select": select, "correct": correct}
        every = EveryK(network, X, **how)
        assert_same_at(every.k, every, network, X, far, y, **how)
    # columns in any order: on the calibration data the answer is unique
    how = {"select": "magnitude", "correct": "least squares"}
    every = EveryK(network, X, **how)
    assert_same_at(every.k, every, network, X, X, network.predict(X), **how)


def test_of_equal_outputs_the_first_wins():
    network, rng = random_network(40)
    network.coefs_[1][:, 3], network.intercepts_[1][3] = network.coefs_[1][:, 1], 0.0
    network.intercepts_[1][1] = 0.0
    X = rng.standard_normal((100, 30))
    for y in (1, 3):
        accuracies = accuracy_at_every_k(network, X, X, np.full(100, y))
        expected = [prune_by_id(network, X, k).score(X, np.full(100, y)) for k in range(1, 41)]
        np.testing.assert_allclose(accuracies, expected)
    assert np.all(accuracies == 0)


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("far_away", [False, True])
def test_errors_are_the_norms_of_what_is_missing(far_away):
    network, rng = random_network(90)
    X, far = rng.standard_normal((80, 30)), 3 * rng.standard_normal((50, 30))
    every, factored = EveryK(network, X), PivotedQR(hidden_activations(network, X))
    data = far if far_away else X
    Z = hidden_activations(network, data)
    of_Z, of_logits = every.activation_errors(data), every.logit_errors(data)
    for k in every.k:
        E = Z - Z[:, factored.kept(k)] @ factored.interpolation(k)
        assert of_Z[k - 1] == pytest.approx(np.linalg.norm(E), rel=1e-9, abs=1e-9)
        E = E @ network.coefs_[1]
        assert of_logits[k - 1] == pytest.approx(np.linalg.norm(E), rel=1e-9, abs=1e-9)
    if not far_away:
        np.testing.assert_allclose(of_Z, factored.errors[1 : len(of_Z) + 1], rtol=1e-9, atol=1e-9)
        assert np.all(np.diff(of_Z) < 0)


def test_without_correction_the_error_is_what_was_removed():
    network, rng = random_network(30)
    X = rng.standard_normal((40, 30))
    every, Z = (
        EveryK(network, X, select="magnitude", correct="none"),
        hidden_activations(network, X),
    )
    removed = [np.linalg.norm(np.delete(Z, every.order[:k], axis=1)) for k in every.k]
    np.testing.assert_allclose(every.activation_errors(X), removed, atol=1e-9)


# --- what it costs and leaves behind -------------------------------------------------------------


def test_memory_stays_below_four_copies_of_Z():
    network, rng = random_network(500, d=20)
    X, far = rng.standard_normal((500, 20)), rng.standard_normal((500, 20))
    y = rng.integers(0, 5, 500)
    size = hidden_activations(network, X).nbytes
    EveryK(network, X[:50]).accuracy(far[:50], y[:50])  # what is imported late comes now
    tracemalloc.start()
    every = EveryK(network, X)
    every.accuracy(X, y), every.accuracy(far, y), every.agreement(far)
    every.logit_errors(far), every.activation_errors(far)
    for _ in every.logits(far):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # a few blocks of 1 MB come on top of the arrays of the size of Z
    assert peak < 4 * size + 4 * 2**20


def test_nothing_given_is_changed(trained):
    network, X, y = trained
    before, X_before, y_before = state(network), X.copy(), np.copy(y)
    for how in ({}, {"select": "magnitude", "correct": "least squares"}):
        every = EveryK(network, X, **how)
        first = every.accuracy(X, y)
        for L in every.logits(X):
            L[:] = np.nan
        every.activation_errors(X), every.logit_errors(X)
        np.testing.assert_array_equal(every.accuracy(X, y), first)
    assert same(state(network), before)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


def test_it_ends_where_further_neurons_change_nothing():
    network, rng = random_network(30, d=3)
    X = rng.standard_normal((10, 3))
    assert len(EveryK(network, X).k) == 10
    assert len(EveryK(network, X, select="magnitude", correct="none").k) == 30
    network.intercepts_[0][:] = -100.0  # nothing fires
    every = EveryK(network, X)
    assert len(every.k) == len(every.accuracy(X, [0] * 10)) == len(list(every.logits(X))) == 0
    assert len(every.activation_errors(X)) == 0


def test_activations_of_any_size():
    network, rng = random_network(30)
    X, y = rng.standard_normal((60, 30)), rng.integers(0, 5, 60)
    expected = accuracy_at_every_k(network, X, X, y)
    for scale in (1e-300, 1e150):
        W, U = network.coefs_
        scaled = network_of(
            W * scale, network.intercepts_[0] * scale, U / scale, network.intercepts_[1]
        )
        np.testing.assert_array_equal(accuracy_at_every_k(scaled, X, X, y), expected)


# --- arguments -----------------------------------------------------------------------------------


def test_labels_must_be_those_of_the_network(zoo):
    every = EveryK(zoo["names"].network, zoo["names"].X)
    X = zoo["names"].X
    with pytest.raises(ValueError, match=r"none of the labels in y .* got \[0\] and \['ash'"):
        every.accuracy(X, np.zeros(len(X), int))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        every.accuracy(X, zoo["names"].y[1:])
    some = np.where(zoo["names"].y == "oak", "yew", zoo["names"].y)  # one class is unknown
    assert every.accuracy(X, some)[-1] == zoo["names"].network.score(X, some)
    labels = zoo["several labels"]
    with pytest.raises(ValueError, match=r"y must have shape \(samples, 3\)"):
        EveryK(labels.network, labels.X).accuracy(labels.X, labels.y[:, 0])


def test_what_cannot_be_asked_is_told(zoo):
    network, X, y = zoo["classes"]
    for how in ({"select": "leverage"}, {"select": "strong id"}, {"correct": "ridge"}):
        with pytest.raises(ValueError, match="has no running sum: use prune at a few k"):
            EveryK(network, X, **how)
    with pytest.raises(ValueError, match="select must be one of 'id'"):
        EveryK(network, X, select="best")
    with pytest.raises(ValueError, match="layer must be a whole number from 0 to 0"):
        EveryK(network, X, layer=1)
    with pytest.raises(ValueError, match="5 features"):
        EveryK(network, X).accuracy(X[:, 1:], y)
    with pytest.raises(ValueError, match="NaN"):
        EveryK(network, X * np.nan)
    with pytest.raises(TypeError, match="MLPRegressor"):
        EveryK(zoo["number"].network, X).agreement(X)
    with pytest.raises(NotFittedError):
        EveryK(MLPClassifier(), X)
    with pytest.raises(ValueError, match="must hold 20 different neurons"):
        EveryK(network, X, select=lambda *a, **b: np.zeros(20, int))


def test_a_selection_of_ones_own(zoo):
    network, X, _ = zoo["classes"]
    how = {"select": lambda network, X, k, **_: np.arange(20)[::-1][:k], "correct": "least squares"}
    every = EveryK(network, X, **how)
    assert_same_at(every.k, every, network, X, outside(X), network.predict(outside(X)), **how)


# --- the smallest k ------------------------------------------------------------------------------


@given(arrays(float, st.integers(1, 30), elements=st.floats(-5, 5)), st.floats(-5, 5))
def test_no_smaller_k_reaches_the_tolerance(curve, tolerance):
    for name, reached in (("at_least", curve >= tolerance), ("at_most", curve <= tolerance)):
        if reached.any():
            k = smallest_k(curve, **{name: tolerance})
            assert reached[k - 1]
            assert not reached[: k - 1].any()
        else:
            best = curve.max() if name == "at_least" else curve.min()
            with pytest.raises(ValueError, match="the best is") as told:
                smallest_k(curve, **{name: tolerance})
            value, k = str(told.value).rpartition("the best is ")[2].split(" at k = ")
            assert float(value) == pytest.approx(best, rel=1e-5)
            assert curve[int(k) - 1] == best


def test_one_tolerance_on_one_curve():
    for how in ({}, {"at_least": 1, "at_most": 1}):
        with pytest.raises(TypeError, match="give one tolerance"):
            smallest_k([1.0], **how)
    with pytest.raises(ValueError, match="NaN"):
        smallest_k([np.nan], at_least=1)
    with pytest.raises(ValueError, match="one value for each k"):
        smallest_k(np.ones((2, 2)), at_least=1)


def test_k_is_chosen_on_some_data_and_confirmed_on_others():
    X, y = make_blobs(300, 8, centers=4, cluster_std=4.0, random_state=0)
    network = train_network(X[:150], y[:150], (60,), max_iter=1000)
    every = EveryK(network, X[:150])
    k = smallest_k(every.agreement(X[:150]), at_least=0.95)
    pruned = prune_by_id(network, X[:150], k)
    assert agreement(network, pruned, X[:150]) >= 0.95
    assert every.agreement(X[150:])[k - 1] == agreement(network, pruned, X[150:])
