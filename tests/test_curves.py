"""Every k at once is the same as one k after another."""

import tracemalloc

import numpy as np
import pytest
from conftest import fit, same, state
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import is_classifier
from sklearn.datasets import load_breast_cancer, load_iris, load_wine, make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import scale as standardised

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


def assert_close(L, expected, size=0):
    tolerance = tolerance_of(expected)
    size = max(size, np.abs(expected).max())
    np.testing.assert_allclose(L, expected, rtol=tolerance, atol=tolerance * size)


def size_of_terms(network, X):
    """Return how large the terms of the logits are, which may cancel each other."""
    Z, U = hidden_activations(network, X), network.coefs_[1]
    return np.abs(network.intercepts_[1]).max() + (np.abs(Z) @ np.abs(U)).max()


def assert_same_at(ks, every, network, X_fit, X, y, **how):
    """Compare all curves with pruning to each k and predicting."""
    accuracy, errors = every.accuracy(X, y), every.logit_errors(X)
    agree = every.agreement(X) if is_classifier(network) else None
    size = float(size_of_terms(network, X)) if len(network.coefs_) == 2 else 0
    for k, L in zip(every.k, every.logits(X), strict=True):
        if k not in ks:
            continue
        pruned = prune(network, int(k), X=X_fit, **how)
        expected = logits(pruned, X)
        assert_close(L, expected, size)
        if how.get("layer", 0) + 2 == len(network.coefs_):
            rest = np.linalg.norm(logits(network, X).astype(float) - expected)
            scale = max(float(np.linalg.norm(expected)), size)
            assert errors[k - 1] == pytest.approx(rest, abs=scale * tolerance_of(X))
        if is_classifier(network) and near_a_tie(expected, max(1, size)):
            continue
        assert accuracy[k - 1] == pytest.approx(pruned.score(X, y), abs=1e-6)
        if is_classifier(network):
            assert agree[k - 1] == agreement(network, pruned, X)


def near_a_tie(L, size=1):
    """Tell whether rounding could decide between two labels."""
    one = L.shape[1] == 1
    leads = np.abs(L) if one else np.diff(np.sort(L, axis=1))[:, -1]
    return leads.min() < tolerance_of(L) * size


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
@pytest.mark.parametrize("select", ORDERS)
def test_dead_duplicate_dependent_and_constant_neurons(select, correct):
    network, rng = random_network(24, d=6)
    W, b = network.coefs_[0], network.intercepts_[0]
    W[:, [3, 9]], b[[3, 9]] = W[:, [4, 4]], b[4]  # duplicates,
    W[:, [5, 6]], b[[5, 6]] = W[:, [8, 8]] * [2, 1e-6], [2 * b[8], 1e-6 * b[8]]  # multiples,
    W[:, 11], b[11] = W[:, [12, 13]].sum(axis=1), 1e3  # a sum, as long as all of them fire,
    b[[12, 13]] = 500.0
    b[[0, 7, 19]] = -20.0  # neurons that fire for none of the calibration data,
    W[:, [20, 21]], b[[20, 21]] = 0, [3, 5]  # and constants
    X = rng.uniform(-1, 1, (40, 6))
    far = 9 * rng.uniform(-1, 1, (30, 6))
    assert hidden_activations(network, X)[:, [0, 7, 19]].max() == 0
    assert hidden_activations(network, far)[:, [0, 7, 19]].max() > 0
    how = {"select": select, "correct": correct, "random_state": 1}
    every = EveryK(network, X, **how)
    for data in (X, far):
        assert_same_at(every.k, every, network, X, data, network.predict(data), **how)


TABLES = {
    "iris": (load_iris, standardised, {}),
    "wine": (load_wine, standardised, {}),
    "raw wine": (load_wine, np.array, {}),
    "raw breast cancer, tanh": (load_breast_cancer, np.array, {"activation": "tanh"}),
}


@pytest.mark.parametrize("table", TABLES)
def test_tables_of_numbers_with_fewer_features_than_neurons(table):
    load, prepare, options = TABLES[table]
    X, y = load(return_X_y=True)
    shuffled = np.random.default_rng(0).permutation(len(X))
    X, y = prepare(X)[shuffled][:300], y[shuffled][:300]
    half = len(X) // 2
    network = fit(MLPClassifier((60,), random_state=0, **options), X[:half], y[:half]).network
    rank = np.linalg.matrix_rank(hidden_activations(network, X[:half]))
    ks = {1, 2, 5, 10, 20, 40, *range(rank - 2, rank + 3), 58, 59, 60}
    for select in ORDERS:
        for correct in CORRECTIONS:
            how = {"select": select, "correct": correct, "random_state": 0}
            every = EveryK(network, X[:half], **how)
            assert_same_at(ks, every, network, X[:half], X[half:], y[half:], **how)


@pytest.mark.parametrize("correct", CORRECTIONS)
@pytest.mark.parametrize("select", ORDERS)
def test_removing_nothing_changes_nothing(select, correct, zoo):
    network, X, _ = zoo["classes"]
    few, far = X[:5], outside(X)
    *_, last = EveryK(network, few, select=select, correct=correct, random_state=0).logits(far)
    np.testing.assert_allclose(last, logits(network, far), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("n", [50, 300])
def test_random_ks_of_a_wide_layer(n):
    network, rng = random_network(200)
    X, far = rng.standard_normal((n, 30)), 2 * rng.standard_normal((70, 30))
    y = rng.integers(0, 5, 70)
    every = EveryK(network, X)
    assert list(every.k) == list(range(1, 201))
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


def whole(*shape):
    return arrays(float, shape, elements=st.integers(-3, 3).map(float))


@st.composite
def small_problems(draw):
    """Draw weights, biases and data of whole numbers: ties, zeros and dependence abound."""
    d, m, c = (draw(st.sampled_from(of)) for of in (range(1, 5), range(1, 9), (1, 3, 4)))
    n, n_far = draw(st.integers(1, 12)), draw(st.integers(1, 5))
    shapes = (d, m), (m,), (m, c), (c,), (n, d), (n_far, d)
    return [draw(whole(*shape)) for shape in shapes]


def columns(*rows):
    return [np.array(row, dtype=float) for row in rows]


FAR = [[1.0, 0], [0, 1], [2, 3], [-1, 1], [0, -2], [3, -1]]


@settings(max_examples=30)
@given(small_problems())
# three that earlier releases of hypothesis found: differences that cancel, a full network that ties
@example(columns([[0, -1, 0], [0, -1, 1]], [1, 1, 0], [[0], [1], [-2]], [1], np.eye(2), FAR))
@example(columns([[0, 0, 0], [0, -1, 1]], [1, 0, 0], [[1], [0], [1]], [-1], np.eye(2), FAR))
@example(columns([[1, 1], [0, 0]], [0, 0], [[1], [-1]], [0], np.eye(2), FAR))
def test_drawn_networks_and_data(problem):
    W, b, U, beta, X, far = problem
    network = network_of(W, b, U, beta)
    y = network.predict(far)
    for select in ("id", "magnitude"):
        for correct in CORRECTIONS:
            how = {"select": select, "correct": correct}
            every = EveryK(network, X, **how)
            assert len(every.k) == W.shape[1]
            assert_same_at(every.k, every, network, X, far, y, **how)


def test_where_the_full_network_ties_both_counts_take_its_own_word():
    W, b, U, beta = columns([[0, 0, 0], [0, -1, 1]], [1, 0, 0], [[1], [0], [1]], [-1])
    network = network_of(W, b, U, beta)
    assert (logits(network, FAR) == 0).any()
    how = {"select": "magnitude", "correct": "least squares"}
    agree = EveryK(network, np.eye(2), **how).agreement(FAR)
    # with more neurons the pruned one ties, too, and rounding decides for it
    pruned = prune(network, 1, X=np.eye(2), **how)
    assert np.abs(logits(pruned, FAR)).min() > 0.1
    assert agree[0] == agreement(network, pruned, FAR) == 0.5


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
    Z, errors = hidden_activations(network, data), every.logit_errors(data)
    for k in every.k:
        E = (Z - Z[:, factored.kept(k)] @ factored.interpolation(k)) @ network.coefs_[1]
        assert errors[k - 1] == pytest.approx(np.linalg.norm(E), rel=1e-9, abs=1e-9)
    assert errors[-1] == 0
    if not far_away:  # Q is orthonormal: a suffix sum
        rows = factored.R @ network.coefs_[1][factored.pivots]
        suffix = [np.linalg.norm(rows[k:]) for k in every.k[:79]]
        np.testing.assert_allclose(errors[:79], suffix, rtol=1e-8)


def test_a_small_error_is_not_lost_between_large_numbers():
    network, rng = random_network(30)
    X = rng.standard_normal((40, 30))
    U = network.coefs_[1]
    every = EveryK(network, X, select="magnitude", correct="none")
    U[every.order[:-1]] *= 1e8
    U[every.order[-1]] *= 1e-8
    last = hidden_activations(network, X)[:, every.order[-1:]] @ U[every.order[-1:]]
    again = EveryK(network, X, select="magnitude", correct="none")
    assert again.logit_errors(X)[-2] == pytest.approx(np.linalg.norm(last), rel=1e-12)


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
    every.logit_errors(far)
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
        every.logit_errors(X)
        np.testing.assert_array_equal(every.accuracy(X, y), first)
    assert same(state(network), before)
    np.testing.assert_array_equal(X, X_before)
    np.testing.assert_array_equal(y, y_before)


def test_a_layer_that_never_fires():
    network, rng = random_network(30, d=3)
    X = rng.standard_normal((10, 3))
    network.intercepts_[0][:] = -100.0
    for correct in CORRECTIONS:
        every = EveryK(network, X, correct=correct)
        assert set(every.agreement(X)) == {1.0}
        assert not every.logit_errors(X).any()


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
    reached = curve >= tolerance
    if reached.any():
        k = smallest_k(curve, at_least=tolerance)
        assert reached[k - 1]
        assert not reached[: k - 1].any()
    else:
        with pytest.raises(ValueError, match="the best is") as told:
            smallest_k(curve, at_least=tolerance)
        value, k = str(told.value).rpartition("the best is ")[2].split(" at k = ")
        assert float(value) == pytest.approx(curve.max(), rel=1e-5)
        assert curve[int(k) - 1] == curve.max()


def test_a_tolerance_on_one_curve():
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
