"""Rivals: against derivatives by differences, folded inputs, and what training should reach."""

import copy

import numpy as np
import pytest
from sklearn.metrics import log_loss

from tutorial_helpers import (
    agreement,
    by_id,
    by_taylor,
    distilled_network,
    initial_network,
    load_digits_split,
    logits,
    prune,
    rescaled,
    scratch_network,
    ticket,
    train_network,
)

LIMITED = {"solver": "lbfgs", "max_iter": 200}


@pytest.fixture(scope="module")
def digits():
    X, X_test, y, y_test = load_digits_split()
    return X[:300], X_test[:300], y[:300], y_test[:300]


@pytest.fixture(scope="module")
def network(digits):
    X, _, y, _ = digits
    return train_network(X, y, (40,), random_state=0, max_iter=1000)


def test_initial_weights_are_those_that_the_seed_draws():
    X, _, y, _ = load_digits_split()
    network = initial_network(X, y, (30,), random_state=5)
    draw, expected = np.random.RandomState(5), []
    for fan_in, fan_out in ((64, 30), (30, 10)):  # Glorot's uniform weights, bias after each
        bound = np.sqrt(6 / (fan_in + fan_out))
        expected.append(draw.uniform(-bound, bound, (fan_in, fan_out)))
        draw.uniform(-bound, bound, fan_out)
    for W, drawn in zip(network.coefs_, expected, strict=True):
        assert np.array_equal(W, drawn)


def test_a_network_started_from_its_initial_weights_trains_from_there():
    X, X_test, y, y_test = load_digits_split()
    start = initial_network(X, y, (30,), random_state=5)
    before = start.coefs_[0].copy()
    start.set_params(max_iter=1)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        start.fit(X, y)
    # Adam moves a weight by about its learning rate, 0.001, a step; there are 5 steps
    assert 0 < np.abs(start.coefs_[0] - before).max() < 0.01
    start.set_params(max_iter=1000).fit(X, y)
    assert start.score(X_test, y_test) > 0.85


def test_a_louder_start_does_not_stop_at_once():
    """Its loss begins above that of the start as drawn, which must not count as no progress."""
    X, X_test, y, y_test = load_digits_split()
    start = initial_network(X, y, (30,), random_state=5)
    start.coefs_ = [4 * weights for weights in start.coefs_]
    assert start.fit(X, y).score(X_test, y_test) > 0.7


def test_the_taylor_score_is_the_derivative_of_the_loss(digits, network):
    X, _, y, _ = digits
    X, y, step = X[:20], y[:20], 1e-6

    def losses(gain, j):
        changed = copy.deepcopy(network)
        changed.coefs_[1][j] *= gain  # as if neuron j were louder or quieter
        P = changed.predict_proba(X)
        return -np.log(P[np.arange(len(y)), y])

    scores = [
        np.abs(losses(1 + step, j) - losses(1 - step, j)).mean() / (2 * step) for j in range(40)
    ]
    assert set(by_taylor(network, X, 10, y=y)) == set(np.argsort(scores)[-10:])


def test_taylor_works_for_two_classes_and_names_strange_labels(digits, network):
    X, _, y, _ = digits
    two = train_network(X, y > 4, (15,), random_state=0, max_iter=1000)
    assert len(set(by_taylor(two, X, 5, y=y > 4))) == 5
    with pytest.raises(ValueError, match=r"labels that the network does not know: \[11\]"):
        by_taylor(network, X[:1], 5, y=[11])


def test_rescaling_is_the_best_number_and_bias(digits, network):
    rng = np.random.default_rng(0)
    Z, U, beta = rng.random((30, 8)), rng.normal(size=(8, 3)), rng.normal(size=3)
    kept = [5, 2, 0]
    U_new, beta_new = rescaled(Z, kept, U, beta)

    def error(s, shift):
        return np.linalg.norm(s * Z[:, kept] @ U[kept] + shift - Z @ U - beta)

    s = (U_new / U[kept]).mean()
    assert np.allclose(U_new, s * U[kept])
    for ds in (-1e-3, 1e-3):
        assert error(s, beta_new) < error(s + ds, beta_new)
        assert error(s, beta_new) < error(s, beta_new + np.array([ds, 0, 0]))
    constant = rescaled(np.ones((4, 2)), [0], U[:2], beta)
    assert np.allclose(constant[0] + constant[1], U[:2].sum(axis=0) + beta)
    whole = rescaled(Z, range(8), U, beta)
    assert np.allclose(whole[0], U)
    assert np.allclose(whole[1], beta)


def test_scaled_training_reads_inputs_as_they_come(digits):
    X, X_test, y, _ = digits
    small = scratch_network(X, y, 7, unit=16, random_state=0, **LIMITED)
    bare = scratch_network(X / 16, y, 7, random_state=0, **LIMITED)
    assert small.hidden_layer_sizes == (7,)
    assert np.array_equal(small.predict(X_test), bare.predict(X_test / 16))
    assert np.array_equal(X, load_digits_split()[0][:300])


def test_training_goes_on_from_where_it_starts(digits, network):
    """One step from the pruned weights lowers its loss; from weights of chance it is far off."""
    X, _, y, _ = digits
    pruned = prune(network, 15, X=X)
    before = copy.deepcopy(pruned.coefs_)
    step = {"solver": "lbfgs", "max_iter": 1, "alpha": 0, "unit": 16, "random_state": 0}
    on, new = (scratch_network(X, y, 15, start=start, **step) for start in (pruned, None))
    losses = [log_loss(y, small.predict_proba(X)) for small in (on, pruned, new)]
    assert losses[0] <= losses[1] < losses[2]
    assert all(map(np.array_equal, before, pruned.coefs_))


def test_a_student_says_what_the_full_network_says(digits, network):
    X, X_test, _, _ = digits
    before = copy.deepcopy(network.coefs_)
    student = distilled_network(network, X, 15, unit=16, random_state=0, **LIMITED)
    assert student.hidden_layer_sizes == (15,)
    assert agreement(network, student, X_test) > 0.9
    told, taught = logits(student, X), logits(network, X)
    taught = taught - taught.mean(axis=1, keepdims=True)
    assert np.linalg.norm(told - taught) < 0.2 * np.linalg.norm(taught)
    assert all(map(np.array_equal, before, network.coefs_))


def test_a_student_goes_on_from_where_it_starts(digits, network):
    X, X_test, _, _ = digits
    pruned = prune(network, 15, X=X)
    before = copy.deepcopy(pruned.coefs_)
    none = distilled_network(network, X, 15, start=pruned, solver="lbfgs", max_iter=1)
    some = distilled_network(network, X, 15, start=pruned, unit=16, **LIMITED)

    def error(small):
        L, full = logits(small, X), logits(network, X)
        return np.linalg.norm((L - full) - (L - full).mean(axis=1, keepdims=True))

    assert error(none) <= error(pruned)
    assert error(some) < error(none)
    assert all(map(np.array_equal, before, pruned.coefs_))


def test_a_student_of_two_classes(digits):
    X, X_test, y, _ = digits
    full = train_network(X, y > 4, (40,), random_state=0, max_iter=1000)
    student = distilled_network(full, X, 20, unit=16, random_state=0, **LIMITED)
    assert agreement(full, student, X_test) > 0.8


def test_a_ticket_starts_from_its_own_initial_weights(digits, network):
    X, _, y, _ = digits
    start = initial_network(X, y, (40,), random_state=0)
    kept = by_id(network, X, 6)
    start.set_params(max_iter=1, learning_rate_init=1e-99)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        bare = ticket(start, kept, X, y)
    assert np.allclose(bare.coefs_[0], start.coefs_[0][:, kept])
    assert np.allclose(bare.coefs_[1], start.coefs_[1][kept])
