"""Pruned networks against the plain formula, with T from numpy's least squares."""

import inspect

import numpy as np
import pytest
import scipy.linalg
from conftest import same, state
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tutorial_helpers import (
    hidden_activations,
    logits,
    prune,
    prune_by_id,
    prune_by_magnitude,
)
from tutorial_helpers.correction import CORRECTIONS, interpolation
from tutorial_helpers.selection import SELECTIONS, by_id

SQUASH = {
    "identity": lambda A: A,
    "relu": lambda A: np.where(A > 0, A, 0),
    "tanh": np.tanh,
    "logistic": lambda A: 1 / (1 + np.exp(-A)),
}


def plain_layers(network, A):
    """Compute the activations of all hidden layers and the logits in a plain loop."""
    layers, last = [], len(network.coefs_) - 1
    for i, (W, b) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        A = A @ W + b
        A = A if i == last else SQUASH[network.activation](A)
        layers.append(A)
    return layers


def plain_pruned_logits(network, X, X_new, k, layer):
    """Prune by the formula: pivots of plain scipy, T from the least squares of numpy."""
    Z = plain_layers(network, X)[layer]
    J = scipy.linalg.qr(Z, mode="r", pivoting=True)[1][:k]
    T = np.linalg.lstsq(Z[:, J], Z, rcond=None)[0]
    squash, last = SQUASH[network.activation], len(network.coefs_) - 1
    A = plain_layers(network, X_new)[layer][:, J] @ (T @ network.coefs_[layer + 1])
    A = A + network.intercepts_[layer + 1]
    for i in range(layer + 2, last + 1):
        A = squash(A) @ network.coefs_[i] + network.intercepts_[i]
    return A


def test_pruning_by_the_id_is_the_formula(trained):
    network, X, _ = trained
    X, X_new = X[:80], X[80:] * 1.5  # calibration data, and data beyond its range
    close = {"rtol": 1e-3, "atol": 1e-3} if X.dtype == np.float32 else {"rtol": 1e-6, "atol": 1e-8}
    for layer in range(network.n_layers_ - 2):
        for k in (1, 5):
            pruned = prune_by_id(network, X, k, layer=layer)
            for data in (X, X_new):
                expected = plain_pruned_logits(network, X, data, k, layer)
                assert np.allclose(logits(pruned, data), expected, **close)
            assert pruned.hidden_layer_sizes[layer] == k


def test_the_digits_pruned_by_the_id_are_the_formula(digits):
    network, X_train, X_test, *_ = digits
    for k in (3, 17, 40):
        pruned = prune_by_id(network, X_train, k)
        expected = plain_pruned_logits(network, X_train, X_test, k, 0)
        assert np.allclose(logits(pruned, X_test), expected, atol=1e-6)
        assert np.array_equal(pruned.predict(X_test), expected.argmax(axis=1))


def test_keeping_every_neuron_changes_nothing(trained):
    network, X, _ = trained
    atol = 1e-3 if X.dtype == np.float32 else 1e-9
    for layer in range(network.n_layers_ - 2):
        m = network.coefs_[layer].shape[1]
        for pruned in (
            prune_by_id(network, X, m, layer=layer),
            prune_by_magnitude(network, m, layer=layer),
        ):
            assert np.allclose(logits(pruned, X), logits(network, X), rtol=1e-6, atol=atol)


@pytest.mark.parametrize("samples", [1, 2, 7])
def test_few_samples_are_reproduced_even_with_all_neurons_kept(samples, digits):
    network, X, *_ = digits
    X = X[:samples]
    for k in (samples, samples + 1, 30, 60):  # at and beyond the rank
        pruned = prune_by_id(network, X, k)
        assert np.allclose(logits(pruned, X), logits(network, X), atol=1e-8)


@pytest.mark.parametrize("correct", CORRECTIONS)
@pytest.mark.parametrize("select", SELECTIONS)
def test_removing_nothing_changes_nothing_whatever_the_data(select, correct, digits):
    network, X, X_test, *_ = digits
    pruned = prune(network, 60, X=X[:7], select=select, correct=correct, random_state=0)
    assert np.allclose(logits(pruned, X_test), logits(network, X_test), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("k", [5, 30, 60])
def test_one_name_is_one_network_beyond_the_rank_too(k, digits):
    network, X, X_test, *_ = digits
    for few in (X[:7], X):
        one, other = prune(network, k, X=few), prune_by_id(network, few, k)
        assert np.array_equal(logits(one, X_test), logits(other, X_test))


def test_dead_and_doubled_neurons_can_go_without_loss(zoo):
    network, X, _ = zoo["classes"]
    W, b, U = network.coefs_[0], network.intercepts_[0], network.coefs_[1]
    W[:, :5], b[:5] = 0, -1  # five neurons that never fire
    W[:, 5:10], b[5:10] = 2 * W[:, 10:15], 2 * b[10:15]  # five that repeat others
    pruned = prune_by_id(network, X, 10)
    assert np.allclose(logits(pruned, X), logits(network, X), atol=1e-8)
    assert np.allclose(logits(pruned, 3 * X), logits(network, 3 * X), atol=1e-6)
    for k in (11, 20):
        assert np.allclose(logits(prune_by_id(network, X, k), X), logits(network, X), atol=1e-8)
    assert U.shape == (20, 4)


def test_a_layer_that_never_fires_leaves_the_bias(zoo):
    network, X, _ = zoo["classes"]
    network.coefs_[0][:], network.intercepts_[0][:] = 0, -1
    for k in (1, 7, 20):
        for correct in ("interpolation", "none", "least squares"):
            pruned = prune(network, k, X=X, correct=correct)
            assert np.allclose(logits(pruned, X), network.intercepts_[1])


def test_magnitude_pruning_is_the_formula(trained):
    network, X, _ = trained
    for layer in range(network.n_layers_ - 2):
        W = network.coefs_[layer]
        J = np.argsort([-sum(w * w for w in W[:, j].tolist()) for j in range(W.shape[1])])[:5]
        pruned = prune_by_magnitude(network, 5, layer=layer)
        assert np.array_equal(pruned.coefs_[layer], W[:, J])
        assert np.array_equal(pruned.intercepts_[layer], network.intercepts_[layer][J])
        assert np.array_equal(pruned.coefs_[layer + 1], network.coefs_[layer + 1][J])
        assert np.array_equal(pruned.intercepts_[layer + 1], network.intercepts_[layer + 1])


@pytest.mark.parametrize("select", SELECTIONS)
@pytest.mark.parametrize("correct", CORRECTIONS)
def test_the_grid_by_name_is_the_grid_by_function(select, correct, zoo):
    network, X, _ = zoo["deep"]
    chosen = {"layer": 1, "X": X, "random_state": 3}
    named = prune(network, 6, select=select, correct=correct, **chosen)
    given = prune(network, 6, select=SELECTIONS[select], correct=CORRECTIONS[correct], **chosen)
    assert named.hidden_layer_sizes == (20, 6, 10)
    assert np.array_equal(logits(named, X), logits(given, X))
    kept = SELECTIONS[select](network, X, 6, layer=1, random_state=3)
    assert np.array_equal(named.coefs_[1], network.coefs_[1][:, kept])
    U_new, beta_new = CORRECTIONS[correct](
        hidden_activations(network, X, 1), kept, network.coefs_[2], network.intercepts_[2]
    )
    assert np.allclose(named.coefs_[2], U_new)
    assert np.allclose(named.intercepts_[2], beta_new)


def test_the_short_names_are_two_cells_of_the_grid(trained):
    network, X, _ = trained
    rtol = 1e-3 if X.dtype == np.float32 else 1e-8
    one, other = prune_by_id(network, X, 7), prune(network, 7, X=X)
    assert np.allclose(logits(one, X), logits(other, X), rtol=rtol, atol=rtol)
    one = prune_by_magnitude(network, 7)
    other = prune(network, 7, select="magnitude", correct="none")
    assert np.array_equal(logits(one, X), logits(other, X))


def test_a_function_of_ones_own_is_enough(digits):
    network, X, *_ = digits

    def first(network, X, k, *, layer, random_state):
        return list(range(k))

    def only_bias(Z, kept, U, beta):
        return np.zeros((len(kept), U.shape[1])), beta + (Z @ U).mean(axis=0)

    pruned = prune(network, 4, X=X, select=first, correct=only_bias)
    assert np.array_equal(pruned.coefs_[0], network.coefs_[0][:, :4])
    assert np.allclose(logits(pruned, X), logits(network, X).mean(axis=0))


def test_the_original_stays_as_it_was_whatever_a_function_does(digits):
    network, X, *_ = digits
    before, data = state(network), X.copy()

    def greedy_hands(Z, kept, U, beta):
        Z[:], U[:], beta[:] = 0, 0, 0
        return U[kept], beta

    prune(network, 4, X=X, correct=greedy_hands)
    prune_by_id(network, X, 4)
    prune_by_magnitude(network, 4)
    assert same(vars(network), before)
    assert np.array_equal(X, data)


# --- bad input


CALLS = {
    "prune_by_id": lambda network, X, k, layer=0: prune_by_id(network, X, k, layer=layer),
    "prune_by_magnitude": lambda network, X, k, layer=0: prune_by_magnitude(
        network, k, layer=layer
    ),
    "prune": lambda network, X, k, layer=0: prune(network, k, X=X, layer=layer),
}


@pytest.fixture(params=CALLS)
def call(request):
    return CALLS[request.param]


def test_networks_that_are_none_are_named(call, digits):
    network, X, _, y, _ = digits
    with pytest.raises(NotFittedError, match="not fitted"):
        call(MLPClassifier(), X, 3)
    with pytest.raises(TypeError, match="got RandomForestClassifier"):
        call(RandomForestClassifier(2).fit(X, y), X, 3)
    with pytest.raises(TypeError, match=r"pipeline\[:-1\]\.transform\(X\)"):
        call(make_pipeline(StandardScaler(), network), X, 3)


@pytest.mark.parametrize(
    ("k", "error", "got"),
    [
        (0, ValueError, "got 0"),
        (-1, ValueError, "got -1"),
        (61, ValueError, "got 61"),
        (2.0, TypeError, "got 2.0 of type float"),
        (True, TypeError, "got True of type bool"),
        ("3", TypeError, "got '3' of type str"),
    ],
)
def test_a_k_that_is_none_is_named(call, k, error, got, digits):
    message = rf"k must be a whole number from 1 to 60 \(the neurons of hidden layer 0\), {got}"
    with pytest.raises(error, match=message):
        call(digits[0], digits[1], k)


@pytest.mark.parametrize(
    ("layer", "error"), [(1, ValueError), (-1, ValueError), (0.0, TypeError), (False, TypeError)]
)
def test_a_layer_that_is_not_there_is_named(call, layer, error, digits):
    with pytest.raises(error, match=r"layer must be a whole number from 0 to 0 .* got"):
        call(digits[0], digits[1], 3, layer)


@pytest.mark.parametrize("name", ["prune_by_id", "prune"])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda X: None, r"pass X, an array of shape \(samples, 64\)"),
        (lambda X: X[:, 1:], "63 features"),
        (lambda X: X[0], "1D array"),
        (lambda X: X[:0], "0 sample"),
        (lambda X: np.where(X > 15, np.nan, X), "NaN"),
        (lambda X: X * 1j, "Complex"),
    ],
)
def test_data_that_does_not_fit_is_named(name, spoil, message, digits):
    with pytest.raises(ValueError, match=message):
        CALLS[name](digits[0], spoil(digits[1]), 3)


def test_only_choices_that_look_at_activations_need_data(digits):
    network = digits[0]
    for select in ("magnitude", "random"):
        assert prune(network, 3, select=select, correct="none").hidden_layer_sizes == (3,)
        with pytest.raises(ValueError, match="pass X"):
            prune(network, 3, select=select)
    with pytest.raises(ValueError, match="pass X"):
        prune(network, 3, select="id", correct="none")


@pytest.mark.parametrize("what", ["select", "correct"])
@pytest.mark.parametrize("choice", ["ID", "svd", None, 3, ["id"]])
def test_names_that_are_not_there_are_answered_with_those_that_are(what, choice, digits):
    possible = {"select": "'id', 'magnitude', 'random'", "correct": "'interpolation', 'none'"}[what]
    with pytest.raises(ValueError, match=f"{what} must be one of {possible}.*or a function; got"):
        prune(digits[0], 3, X=digits[1], **{what: choice})


@pytest.mark.parametrize(
    "nonsense",
    [
        [0, 1],
        [0, 1, 2, 3],
        [0, 1, 1],
        [-1, 0, 1],
        [0, 1, 60],
        [0.0, 1.0, 2.0],
        [[0, 1, 2]],
        None,
        "abc",
        np.arange(60) < 3,
    ],
)
def test_a_selection_that_returns_nonsense_is_told_so(nonsense, digits):
    network, X, *_ = digits
    for correct in ("interpolation", "none"):
        with pytest.raises(ValueError, match="kept must hold 3 different neurons from 0 to 59"):
            prune(network, 3, X=X, select=lambda *args, **named: nonsense, correct=correct)


@pytest.mark.parametrize(
    ("nonsense", "error", "message"),
    [
        (lambda U, beta: None, TypeError, "must return a tuple .U_new, beta_new.; got None"),
        (lambda U, beta: U[:3], TypeError, "must return a tuple"),
        (lambda U, beta: (U[:3],), TypeError, "must return a tuple"),
        (lambda U, beta: (U, beta), ValueError, r"U must have shape \(3, 10\).*got \(60, 10\)"),
        (lambda U, beta: (U[:3], beta[:1]), ValueError, r"beta \(10,\).*and \(1,\)"),
        (lambda U, beta: (U[:3] * np.nan, beta), ValueError, "Input U contains NaN"),
        (lambda U, beta: (U[:3], beta + np.inf), ValueError, "Input beta contains infinity"),
    ],
)
def test_a_correction_that_returns_nonsense_is_told_so(nonsense, error, message, digits):
    network, X, *_ = digits
    with pytest.raises(error, match=message):
        prune(network, 3, X=X, correct=lambda Z, kept, U, beta: nonsense(U, beta))


def test_a_correction_may_write_into_all_that_it_is_given(digits):
    network, X, *_ = digits

    def careless(Z, kept, U, beta):
        weights, bias = interpolation(Z, kept, U, beta)
        kept[:] = kept[::-1].copy()
        return weights, bias

    one, other = prune(network, 9, X=X, correct=careless), prune(network, 9, X=X)
    assert np.allclose(logits(one, X), logits(other, X))


def test_what_the_docstring_says_a_function_gets_is_what_it_gets(digits):
    network, X, *_ = digits
    got = {}

    def select(network, X, k, **named):
        got.update(named)
        return by_id(network, X, k)

    def correct(*args):
        got["args"] = [np.shape(arg) for arg in args]
        return interpolation(*args)

    prune(network, 3, X=X, select=select, correct=correct, random_state=5)
    assert got == {
        "layer": 0,
        "random_state": 5,
        "args": [(898, 60), (3,), (60, 10), (10,)],
    }
    for choose in SELECTIONS.values():
        assert list(inspect.signature(choose).parameters) == [
            "network",
            "X",
            "k",
            "layer",
            "random_state",
        ]
