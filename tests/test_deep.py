"""Several hidden layers against plain loops, normal equations and counts by hand."""

import copy
import re
from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg
from conftest import by_loops, same, state
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tutorial_helpers import (
    greedy_path,
    hidden_activations,
    load_convolutional_network,
    logits,
    network_size,
    prune,
    prune_layers,
    uniform_path,
    widths_within,
)
from tutorial_helpers.correction import CORRECTIONS
from tutorial_helpers.deep import Size
from tutorial_helpers.selection import SELECTIONS

DEEP = ["deep", "deep tanh", "deep number"]  # hidden layers of 20, 15 and 10 neurons
SQUASH = {"relu": lambda A: np.where(A > 0, A, 0), "tanh": np.tanh}


@pytest.fixture(params=DEEP)
def deep(request, zoo):
    return zoo[request.param]


def pre_activations(network, X):
    """Compute the pre-activations of all layers, the logits last, in a plain loop."""
    found, A = [], X
    for W, b in zip(network.coefs_, network.intercepts_, strict=True):
        found.append(A @ W + b)
        A = SQUASH[network.activation](found[-1])
    return found


def pivots(Z, k):
    return scipy.linalg.qr(Z, mode="r", pivoting=True)[1][:k]


def fit_with_bias(Z, target):
    both = np.linalg.lstsq(np.c_[Z, np.ones(len(Z))], target, rcond=None)[0]
    return both[:-1], both[-1]


def refit_by_loop(network, X, widths, X_new):
    """Prune layer after layer and return the logits on new data."""
    squash, targets = SQUASH[network.activation], pre_activations(network, X)
    W, b = network.coefs_[0], network.intercepts_[0]
    A, A_new = X, X_new
    for k, target in zip(widths, targets[1:], strict=True):
        J = pivots(squash(A @ W + b), k)
        A, A_new = squash(A @ W + b)[:, J], squash(A_new @ W + b)[:, J]
        W, b = fit_with_bias(A, target)
    return A_new @ W + b


def plain_by_loop(network, X, widths, X_new):
    """Decompose every layer of the original network, then put the pieces together."""
    squash, targets = SQUASH[network.activation], pre_activations(network, X)
    T, A_new = np.eye(X.shape[1]), X_new
    for layer, k in enumerate(widths):
        Z = squash(targets[layer])
        J = pivots(Z, k)
        A_new = squash(A_new @ (T @ network.coefs_[layer])[:, J] + network.intercepts_[layer][J])
        T = np.linalg.lstsq(Z[:, J], Z, rcond=None)[0]
    return A_new @ (T @ network.coefs_[-1]) + network.intercepts_[-1]


# --- pruning


@pytest.mark.parametrize("widths", [(20, 15, 10), (12, 9, 6), (5, 5, 5), (20, 4, 10), (1, 1, 1)])
def test_the_refit_is_the_plain_loop(widths, deep):
    network, X, _ = deep
    pruned = prune_layers(network, X[:90], widths)
    expected = refit_by_loop(network, X[:90], widths, X[90:])
    if widths == (20, 15, 10):
        expected = logits(network, X[90:])  # nothing to make up for
    assert np.allclose(logits(pruned, X[90:]), expected, rtol=1e-6, atol=1e-8)
    assert pruned.hidden_layer_sizes == widths


@pytest.mark.parametrize("widths", [(12, 9, 6), (5, 5, 5), (20, 4, 10), (1, 1, 1)])
def test_the_plain_way_is_the_plain_loop(widths, deep):
    network, X, _ = deep
    pruned = prune_layers(network, X[:90], widths, correct="interpolation")
    expected = plain_by_loop(network, X[:90], widths, X[90:])
    assert np.allclose(logits(pruned, X[90:]), expected, rtol=1e-6, atol=1e-8)


def test_the_pruned_network_computes_what_its_weights_say_neuron_by_neuron(deep):
    network, X, _ = deep
    pruned = prune_layers(network, X, (7, 6, 5))
    for x in X[:3]:
        assert np.allclose(by_loops(pruned, x)[0], logits(pruned, x[None])[0])


def test_the_refit_solves_the_normal_equations_of_every_layer(deep):
    network, X, _ = deep
    pruned, targets = prune_layers(network, X, (8, 7, 4)), pre_activations(network, X)
    Z = hidden_activations(pruned, X, 2)
    residual = logits(pruned, X) - targets[-1]
    scale = np.linalg.norm(Z) * np.linalg.norm(targets[-1])
    assert np.linalg.norm(Z.T @ residual) < 1e-10 * scale
    assert np.linalg.norm(residual.sum(axis=0)) < 1e-10 * scale
    for layer in (1, 2):
        Z, fitted = hidden_activations(pruned, X, layer - 1), pre_activations(pruned, X)[layer]
        U, beta = fit_with_bias(Z, targets[layer])
        best = Z @ U + beta
        for column in fitted.T:  # each is the fit of one original neuron
            assert np.abs(best - column[:, None]).max(axis=0).min() < 1e-8 * np.abs(best).max()


def test_a_short_direction_of_a_whole_layer_is_not_blown_up(zoo):
    network, X, _ = zoo["deep"]
    network, noise = copy.deepcopy(network), np.random.default_rng(0).normal(size=20)
    network.coefs_[1][:, 1] = network.coefs_[1][:, 0] + 1e-5 * noise  # almost twins
    network.intercepts_[1][1] = network.intercepts_[1][0]
    widths, target = (6, 15, 10), logits(network, X)
    uncut, cut = prune_layers(network, X, widths, rcond=None), prune_layers(network, X, widths)
    heaviest = [max(np.abs(W).max() for W in pruned.coefs_) for pruned in (uncut, cut)]
    assert heaviest[0] > 20 * heaviest[1]
    errors = [np.linalg.norm(logits(pruned, X) - target) for pruned in (uncut, cut)]
    assert errors[0] <= errors[1] < 1.2 * errors[0]


@pytest.mark.parametrize("rcond", [None, 1e-3])
def test_a_constant_neuron_is_not_fitted_to_its_rounding(rcond, zoo):
    network, X, _ = zoo["deep tanh"]
    for layer in (0, 1):
        network.intercepts_[layer][:3] = 40.0  # tanh is 1 but for rounding
        network.coefs_[layer][:, :3] *= 2e-2
    pruned = prune_layers(network, X, (3, 3, 10), rcond=rcond)
    assert max(np.abs(W).max() for W in pruned.coefs_) < 1e3
    assert np.isfinite(logits(pruned, 3 * X)).all()


@pytest.mark.parametrize("rcond", [-1e-3, 1, float("nan")])
def test_a_limit_that_is_none_is_named(rcond, zoo):
    network, X, _ = zoo["deep"]
    with pytest.raises(ValueError, match=f"rcond must lie between 0 and 1, .*got {rcond}"):
        prune_layers(network, X, (5, 5, 5), rcond=rcond)


@pytest.mark.parametrize("kind", ["classes", "tanh", "numbers", "float32", "several labels"])
def test_one_hidden_layer_is_prune_with_least_squares(kind, zoo):
    network, X, _ = zoo[kind]
    atol = 1e-3 if X.dtype == np.float32 else 1e-8
    for k in (1, 6, 15):
        one, other = prune_layers(network, X, (k,)), prune(network, k, X=X, correct="least squares")
        assert np.allclose(logits(one, X), logits(other, X), atol=atol)
        one = prune_layers(network, X, [k], correct="interpolation")
        assert np.allclose(logits(one, X), logits(prune(network, k, X=X), X), atol=atol)


def test_only_one_layer_cut_in_the_plain_way_is_prune(deep):
    network, X, _ = deep
    for layer, widths in enumerate([(6, 15, 10), (20, 6, 10), (20, 15, 6)]):
        for correct in ("none", "interpolation", "ridge"):
            one = prune_layers(network, X, widths, correct=correct)
            other = prune(network, 6, X=X, layer=layer, correct=correct)
            assert np.allclose(logits(one, X), logits(other, X))


@pytest.mark.parametrize("select", SELECTIONS)
def test_any_selection_and_correction_by_name_or_function(select, zoo):
    network, X, _ = zoo["deep"]
    for correct in ("refit", *CORRECTIONS):
        named = prune_layers(network, X, (6, 6, 6), select=select, correct=correct, random_state=3)
        mend = CORRECTIONS.get(correct, correct)
        given = prune_layers(
            network, X, (6, 6, 6), select=SELECTIONS[select], correct=mend, random_state=3
        )
        assert np.array_equal(logits(named, X), logits(given, X))


def test_magnitude_without_correction_keeps_entries_of_the_original(zoo):
    network, X, _ = zoo["deep"]
    pruned = prune_layers(network, X, (9, 8, 7), select="magnitude", correct="none")
    order = [np.argsort(-np.linalg.norm(W, axis=0)) for W in network.coefs_[:3]]
    kept = [J[:k] for J, k in zip(order, (9, 8, 7), strict=True)]
    assert np.array_equal(pruned.coefs_[0], network.coefs_[0][:, kept[0]])
    assert np.array_equal(pruned.coefs_[1], network.coefs_[1][np.ix_(kept[0], kept[1])])
    assert np.array_equal(pruned.coefs_[2], network.coefs_[2][np.ix_(kept[1], kept[2])])
    assert np.array_equal(pruned.coefs_[3], network.coefs_[3][kept[2]])


def test_neurons_that_repeat_others_go_without_loss(zoo):
    network, X, _ = zoo["deep"]
    for layer in (0, 1):  # the second half of each layer says what the first says, scaled
        half = network.coefs_[layer].shape[1] // 2
        network.coefs_[layer][:, half : 2 * half] = 2 * network.coefs_[layer][:, :half]
        network.intercepts_[layer][half : 2 * half] = 2 * network.intercepts_[layer][:half]
    for correct in ("refit", "interpolation"):
        pruned = prune_layers(network, X[:60], (10, 8, 10), correct=correct)
        assert np.allclose(logits(pruned, X), logits(network, X), atol=1e-6)


@pytest.mark.parametrize("correct", ["refit", "interpolation"])
def test_the_original_stays_and_the_result_is_a_network_of_its_own(correct, deep):
    network, X, y = deep
    before, data = state(network), X.copy()
    for widths in ((20, 15, 10), (8, 8, 8)):
        pruned = prune_layers(network, X, widths, correct=correct)
        pruned.coefs_[0][:] = 0
        pruned.partial_fit(X, y)
    greedy_path(network, X, shrink=0.4)
    assert same(vars(network), before)
    assert np.array_equal(X, data)


def test_sparse_and_float32_data_are_read(zoo):
    network, X, _ = zoo["deep"]
    dense = logits(prune_layers(network, X, (9, 9, 9)), X)
    assert np.allclose(logits(prune_layers(network, csr_matrix(X), (9, 9, 9)), X), dense)
    single = prune_layers(network, X.astype(np.float32), (9, 9, 9))
    assert np.allclose(logits(single, X), dense, atol=1e-2)
    assert greedy_path(network, csr_matrix(X)) == greedy_path(network, X)


# --- counting


def test_counts_by_hand(zoo):
    network = zoo["deep"].network  # 6 features, 4 classes
    assert network_size(network) == Size(120 + 300 + 150 + 40, 610 + 20 + 15 + 10 + 4)
    assert network_size(network, (3, 2, 1)) == Size(18 + 6 + 2 + 4, 30 + 3 + 2 + 1 + 4)
    assert network_size(zoo["two classes"].network) == Size(120 + 20, 140 + 20 + 1)
    assert network_size(zoo["numbers"].network).parameters == 120 + 20 + 60 + 3


def test_convolutions_counted_by_hand():
    network = load_convolutional_network()
    dense = network.coefs[0].shape[1]
    # 64 pixels, 9 taps; after pooling 16 places of each channel enter the dense layer
    first, second = 64 * 9 * 32, 64 * 9 * 32 * 64
    assert network_size(network).operations == first + second + 16 * 64 * dense + dense * 10
    arrays = (*network.kernels, *network.biases, *network.coefs, *network.intercepts)
    assert network_size(network).parameters == sum(array.size for array in arrays)
    cut = 64 * 9 * 5 + 64 * 9 * 5 * 7 + 16 * 7 * dense + dense * 10
    assert network_size(network, (5, 7)).operations == cut


@given(widths=st.tuples(st.integers(1, 20), st.integers(1, 15), st.integers(1, 10)))
def test_a_pruned_network_has_the_size_that_was_counted(widths, trained_zoo):
    network, X, _ = trained_zoo["deep"]
    pruned = prune_layers(network, X, widths, select="magnitude", correct="none")
    weights = sum(W.size for W in pruned.coefs_)
    size = Size(weights, weights + sum(b.size for b in pruned.intercepts_))
    assert network_size(network, widths) == network_size(pruned) == size


# --- paths and budgets


def test_the_uniform_path_falls_by_one_neuron_of_the_widest_layer(zoo):
    path = uniform_path(zoo["deep"].network)
    assert path[0] == (20, 15, 10)
    assert path[-1] == (1, 1, 1)
    assert [widths[0] for widths in path] == list(range(20, 0, -1))
    for a, b, c in path:  # rounded up, so that no layer vanishes
        assert (b, c) == (int(np.ceil(15 * a / 20)), int(np.ceil(10 * a / 20)))


def greedy_from_scratch(network, X, shrink):
    """Take the greedy steps, pruning anew from the original network before each."""
    full, squash = network.hidden_layer_sizes, SQUASH[network.activation]
    targets, units = pre_activations(network, X), [X.shape[1], *full, network.n_outputs_]
    widths, path = list(full), [tuple(full)]

    def operations(widths):
        layers = [units[0], *widths, units[-1]]
        return sum(a * b for a, b in pairwise(layers))

    while max(widths) > 1:
        offers, A, W, b = [], X, network.coefs_[0], network.intercepts_[0]
        for layer, k in enumerate(widths):
            Z = squash(A @ W + b)
            R, P = scipy.linalg.qr(Z, mode="r", pivoting=True)
            if k > 1:
                fewer = min(k - 1, max(1, int(k * (1 - shrink))))
                shrunk = [*widths[:layer], fewer, *widths[layer + 1 :]]
                saved = operations(widths) - operations(shrunk)
                offers.append((abs(R[fewer, fewer] / R[0, 0]) / saved, shrunk))
            A = Z[:, P[:k]]
            W, b = fit_with_bias(A, targets[layer + 1])
        widths = min(offers, key=lambda offer: offer[0])[1]
        path.append(tuple(widths))
    return path


@pytest.mark.parametrize("shrink", [0.05, 0.3])
@pytest.mark.parametrize("kind", ["deep tanh", "deep number"])
def test_the_greedy_path_is_that_of_pruning_from_scratch_at_every_step(kind, shrink, zoo):
    network, X, _ = zoo[kind]
    assert greedy_path(network, X, shrink=shrink) == greedy_from_scratch(network, X, shrink)


@pytest.mark.parametrize("shrink", [0.05, 0.5, 0.99])
def test_a_greedy_step_shrinks_one_layer_by_the_part_asked_for(shrink, deep):
    network, X, _ = deep
    path = greedy_path(network, X, shrink=shrink)
    assert (path[0], path[-1]) == ((20, 15, 10), (1, 1, 1))
    for before, after in pairwise(path):
        ((k, fewer),) = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert fewer == max(1, min(k - 1, int(k * (1 - shrink))))


def test_the_greedy_path_stops_where_it_is_told(zoo):
    network, X, _ = zoo["deep"]
    whole = greedy_path(network, X)
    path = greedy_path(network, X, until=0.3)
    left = [network_size(network, widths).operations / 610 for widths in path]
    assert path == whole[: len(path)]
    assert left[-1] <= 0.3 < left[-2]
    assert greedy_path(network, X, until=1) == [(20, 15, 10)]


def test_a_layer_that_never_fires_is_shrunk_first(zoo):
    network, X, _ = zoo["deep"]
    network.coefs_[1][:], network.intercepts_[1][:] = 0, -1
    path = greedy_path(network, X, shrink=0.5)
    assert [widths[1] for widths in path[:4]] == [15, 7, 3, 1]
    assert np.allclose(logits(prune_layers(network, X, (5, 1, 5)), X), logits(network, X))


@given(fraction=st.floats(0.05, 1), kind=st.sampled_from(DEEP[:2]))
def test_the_first_widths_within_a_budget(fraction, kind, trained_zoo):
    network = trained_zoo[kind].network
    path = uniform_path(network)
    full = network_size(network).operations
    widths = widths_within(network, path, fraction)
    left = [network_size(network, each).operations / full for each in path]
    at = path.index(widths)
    assert left[at] <= fraction
    assert all(part > fraction for part in left[:at])


def test_the_convolutional_network_has_budgets_as_well():
    network = load_convolutional_network()
    widths = widths_within(network, uniform_path(network), 0.25)
    assert network_size(network, widths).operations <= network_size(network).operations / 4


# --- bad input


CALLS = {
    "prune_layers": lambda network, X: prune_layers(network, X, (5, 5, 5)),
    "greedy_path": lambda network, X: greedy_path(network, X, shrink=0.5),
    "network_size": lambda network, X: network_size(network),
    "uniform_path": lambda network, X: uniform_path(network),
}


@pytest.mark.parametrize("call", CALLS)
def test_networks_that_are_none_are_named(call, zoo):
    _, X, y = zoo["deep"]
    for unfitted in (MLPClassifier((5, 5, 5)), MLPRegressor((5, 5, 5))):
        with pytest.raises(NotFittedError, match="not fitted"):
            CALLS[call](unfitted, X)
    with pytest.raises(TypeError, match="got RandomForestClassifier"):
        CALLS[call](RandomForestClassifier(2).fit(X, y), X)


def test_convolutions_are_not_pruned_as_dense_layers(zoo):
    with pytest.raises(TypeError, match="got ConvolutionalNetwork"):
        prune_layers(load_convolutional_network(), zoo["deep"].X, (5, 5))
    with pytest.raises(TypeError, match="got ConvolutionalNetwork"):
        greedy_path(load_convolutional_network(), zoo["deep"].X)


@pytest.mark.parametrize("widths", [(5, 5), (5, 5, 5, 5), (), 5, None, "5"])
def test_widths_that_do_not_match_the_layers_are_told_which_would(widths, zoo):
    network, X, _ = zoo["deep"]
    message = r"one width for each of the 3 hidden layers, at most \(20, 15, 10\); got "
    with pytest.raises(ValueError, match=message + re.escape(repr(widths))):
        prune_layers(network, X, widths)
    if widths is not None:  # None stands for the full widths
        with pytest.raises(ValueError, match=message):
            network_size(network, widths)


@pytest.mark.parametrize(
    ("widths", "error", "message"),
    [
        ((5, 16, 5), ValueError, r"from 1 to 15 \(the neurons of hidden layer 1\), got 16"),
        ((0, 5, 5), ValueError, r"from 1 to 20 \(the neurons of hidden layer 0\), got 0"),
        ((5, 5, 2.5), TypeError, r"hidden layer 2\), got 2.5 of type float"),
        ("abc", TypeError, "got 'a' of type str"),
    ],
)
def test_a_width_that_is_none_is_named(widths, error, message, zoo):
    network, X, _ = zoo["deep"]
    with pytest.raises(error, match=message):
        prune_layers(network, X, widths)
    with pytest.raises(error, match=message):
        network_size(network, widths)


def test_too_few_samples_for_the_refit(zoo):
    network, X, _ = zoo["deep"]
    with pytest.raises(ValueError, match=r"refit of 9 neurons needs at least .* got 8: pass more"):
        prune_layers(network, X[:8], (5, 9, 5))
    with pytest.raises(ValueError, match=r"refit of 20 neurons needs at least .* got 19"):
        greedy_path(network, X[:19])
    assert prune_layers(network, X[:9], (5, 9, 5)).hidden_layer_sizes == (5, 9, 5)
    plain = prune_layers(network, X[:8], (5, 9, 5), correct="interpolation")
    assert np.all(np.isfinite(logits(plain, X)))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda X: None, r"pass X, an array of shape \(samples, 6\)"),
        (lambda X: X[:, 1:], "5 features"),
        (lambda X: X[0], "1D array"),
        (lambda X: X[:0], "0 sample"),
        (lambda X: np.where(X > X.max() - 1, np.nan, X), "NaN"),
    ],
)
@pytest.mark.parametrize("call", ["prune_layers", "greedy_path"])
def test_data_that_does_not_fit_is_named(call, spoil, message, zoo):
    network, X, _ = zoo["deep"]
    with pytest.raises(ValueError, match=message):
        CALLS[call](network, spoil(X))


def test_choices_that_are_not_there_are_answered_with_those_that_are(zoo):
    network, X, _ = zoo["deep"]
    with pytest.raises(ValueError, match=r"select must be one of 'id', .*; got 'svd'"):
        prune_layers(network, X, (5, 5, 5), select="svd")
    with pytest.raises(ValueError, match=r"correct must be one of 'refit', 'inter.*; got 'fit'"):
        prune_layers(network, X, (5, 5, 5), correct="fit")
    with pytest.raises(ValueError, match="kept must hold 5 different neurons from 0 to 19"):
        prune_layers(network, X, (5, 5, 5), select=lambda *args, **named: [0, 0, 1, 2, 3])


@pytest.mark.parametrize("shrink", [0, 1, -0.1, 5, float("nan")])
def test_a_step_must_leave_something_and_take_something(shrink, zoo):
    network, X, _ = zoo["deep"]
    with pytest.raises(ValueError, match=f"shrink must lie between 0 and 1, got {shrink}"):
        greedy_path(network, X, shrink=shrink)


def test_a_budget_that_cannot_be_met_tells_the_least(zoo):
    network = zoo["deep"].network
    path = [(20, 15, 10), (1, 1, 1), (2, 2, 2)]  # the least need not come last
    least = r"the least it reaches is 0.0197, with widths \(1, 1, 1\)"  # 6 + 1 + 1 + 4 of 610
    with pytest.raises(ValueError, match=rf"leave 0.01 of the operations: {least}"):
        widths_within(network, path, 0.01)
    with pytest.raises(ValueError, match="path is empty"):
        widths_within(network, [], 0.5)


@pytest.mark.parametrize("fraction", [0, -0.5, 5, float("nan")])
def test_a_budget_in_per_cent_is_told_so(fraction, zoo):
    network = zoo["deep"].network
    with pytest.raises(ValueError, match=rf"got {fraction}: 0.05 stands for five per cent"):
        widths_within(network, uniform_path(network), fraction)
