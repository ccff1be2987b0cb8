"""The matrix view of a network, against scikit-learn and against plain loops."""

import copy
import pickle
import warnings

import numpy as np
import pytest
from conftest import by_loops, fit, same, state
from scipy import sparse
from scipy.special import expit, softmax
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tutorial_helpers import (
    hidden_activations,
    load_digits_split,
    logits,
    prune_by_id,
    smaller_network,
    train_network,
)
from tutorial_helpers.networks import labels_from_logits

# One value is a sum of at most a few hundred products of numbers of size ten or less, so two
# orders of summation differ by less than 1e-10 in float64 and by less than 1e-3 in float32.
CLOSE = {"float64": {"rtol": 1e-9, "atol": 1e-10}, "float32": {"rtol": 1e-3, "atol": 1e-3}}


def close(a, b):
    return np.allclose(a, b, **CLOSE[str(np.asarray(a).dtype)])


def test_training_uses_the_settings_it_documents():
    X_train, _, y_train, _ = load_digits_split()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = train_network(X_train, y_train, (8, 4), random_state=3, max_iter=2)
        by_hand = MLPClassifier((8, 4), random_state=3, max_iter=2).fit(X_train, y_train)
    assert network.get_params() == by_hand.get_params()
    assert all(map(np.array_equal, network.coefs_, by_hand.coefs_))


def test_activations_and_logits_are_those_of_a_plain_loop(trained):
    network, X, _ = trained
    Z = [hidden_activations(network, X[:3], layer) for layer in range(network.n_layers_ - 2)]
    L = logits(network, X[:3])
    for i in range(3):
        expected, layers = by_loops(network, X[i])
        assert close(L[i], expected)
        for layer, values in enumerate(layers):
            assert close(Z[layer][i], values)


def test_logits_lead_to_the_probabilities_and_predictions_of_scikit_learn(trained):
    network, X, _ = trained
    L = logits(network, X)
    assert L.shape == (len(X), network.n_outputs_)
    assert np.array_equal(labels_from_logits(network, L), network.predict(X))
    if network.out_activation_ == "softmax":
        assert close(softmax(L, axis=1), network.predict_proba(X))
    elif is_classifier(network):
        assert close(expit(L), network.predict_proba(X)[:, -L.shape[1] :])
    else:
        assert close(L, network.predict(X).reshape(L.shape))


def test_poisson_regression_predicts_the_exponential_of_its_logits(zoo):
    pytest.importorskip("sklearn", minversion="1.7")
    X = zoo["number"].X
    counts = np.random.default_rng(0).poisson(np.exp(X[:, 0]))
    network = fit(MLPRegressor("poisson", (8,), max_iter=30, random_state=0), X, counts).network
    assert np.allclose(labels_from_logits(network, logits(network, X)), network.predict(X))
    whole = prune_by_id(network, X, 8)
    assert np.allclose(whole.predict(X), network.predict(X))


@pytest.mark.parametrize("convert", [np.ndarray.tolist, sparse.csr_matrix, sparse.csc_array])
def test_lists_and_sparse_matrices_give_the_same_activations(digits, convert):
    network, X, *_ = digits
    expected = hidden_activations(network, X[:20])
    Z = hidden_activations(network, convert(X[:20]))
    assert isinstance(Z, np.ndarray)
    assert close(Z, expected)
    assert close(logits(network, convert(X[:20])), logits(network, X[:20]))


def test_integers_and_float32_are_read_as_the_numbers_they_are(digits):
    network, X, *_ = digits  # grey values are whole numbers, so nothing is rounded
    expected = hidden_activations(network, X[:20])
    for dtype in (np.int64, np.uint8, np.float32):
        assert close(hidden_activations(network, X[:20].astype(dtype)), expected)


def test_a_float32_network_stays_float32(zoo):
    network, X, _ = zoo["float32"]
    assert hidden_activations(network, X).dtype == logits(network, X).dtype == np.float32
    pruned = prune_by_id(network, X, 10)
    assert {W.dtype for W in pruned.coefs_ + pruned.intercepts_} == {np.dtype(np.float32)}


def test_write_protected_data_is_enough_and_nothing_is_written(digits):
    network, X, *_ = digits
    X, before = X[:20].copy(), X[:20].copy()
    X.flags.writeable = False
    for W in network.coefs_ + network.intercepts_:
        W.flags.writeable = False
    logits(network, X)
    prune_by_id(network, X, 5)
    assert np.array_equal(X, before)


# --- bad input


@pytest.mark.parametrize("function", [hidden_activations, logits])
def test_what_is_no_fitted_network_is_told_apart(function, digits):
    network, X, _, y, _ = digits
    with pytest.raises(NotFittedError, match="MLPClassifier instance is not fitted"):
        function(MLPClassifier(), X)
    with pytest.raises(TypeError, match="got RandomForestClassifier"):
        function(RandomForestClassifier(2).fit(X, y), X)
    pipeline = make_pipeline(StandardScaler(), network)
    with pytest.raises(TypeError, match=r"got Pipeline.*pass pipeline\[-1\]"):
        function(pipeline, X)
    with pytest.raises(TypeError, match="got NoneType"):
        function(None, X)


@pytest.mark.parametrize("function", [hidden_activations, logits])
@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (lambda X: X[:, :-1], ValueError, "63 features, but MLPClassifier is expecting 64"),
        (lambda X: X[0], ValueError, "Expected 2D array, got 1D"),
        (lambda X: X[:0], ValueError, "0 sample"),
        (lambda X: np.where(X > 15, np.nan, X), ValueError, "NaN"),
        (lambda X: np.where(X > 15, np.inf, X), ValueError, "infinity"),
        (lambda X: X + 1j, ValueError, "Complex data not supported"),
        (lambda X: np.array([["a"] * 64], dtype=object), ValueError, "could not convert string"),
        (lambda X: None, ValueError, r"pass X, an array of shape \(samples, 64\)"),
    ],
)
def test_data_that_does_not_fit_is_named(function, spoil, error, message, digits):
    network, X, *_ = digits
    with pytest.raises(error, match=message):
        function(network, spoil(X))


@pytest.mark.parametrize(
    ("layer", "error"),
    [(-1, ValueError), (3, ValueError), (1.0, TypeError), (True, TypeError), ("0", TypeError)],
)
def test_a_layer_that_is_not_there_is_named(layer, error, zoo):
    network, X, _ = zoo["deep"]
    with pytest.raises(error, match=r"layer must be a whole number from 0 to 2 .*, got"):
        hidden_activations(network, X, layer)
    assert hidden_activations(network, X, np.int64(2)).shape == (120, 10)


# --- a smaller network is a whole one


def some_kept(network, layer=0, k=5):
    """Keep some neurons, out of order, and their rows of U."""
    kept = np.random.default_rng(1).permutation(network.coefs_[layer].shape[1])[:k]
    return kept, network.coefs_[layer + 1][kept], network.intercepts_[layer + 1]


def test_what_is_left_is_what_was_kept_in_any_layer(trained):
    network, X, _ = trained
    for layer in range(network.n_layers_ - 2):
        kept, U, beta = some_kept(network, layer)
        pruned = smaller_network(network, kept, U * 2, beta + 1, layer=layer)
        # the same network in which the others are cut off by hand
        cut = copy.deepcopy(network)
        cut.coefs_[layer + 1][:] = 0
        cut.coefs_[layer + 1][kept] = U * 2
        cut.intercepts_[layer + 1] = beta + 1
        assert close(logits(pruned, X), logits(cut, X))
        sizes = [W.shape[1] for W in network.coefs_[:-1]]
        sizes[layer] = 5
        assert pruned.hidden_layer_sizes == tuple(sizes)


def test_order_and_type_of_the_indices_do_not_matter(digits):
    network, X, *_ = digits
    kept, U, beta = some_kept(network)
    reference = logits(smaller_network(network, kept, U, beta), X)
    for given, rows in [(list(kept), U.tolist()), (kept.astype(np.uint8), np.asfortranarray(U))]:
        assert np.array_equal(logits(smaller_network(network, given, rows, beta), X), reference)
    back = smaller_network(network, kept[::-1], U[::-1], beta)
    assert close(logits(back, X), reference)


def test_it_is_an_estimator_like_any_other(trained):
    network, X, y = trained
    pruned = smaller_network(network, *some_kept(network))
    assert type(pruned) is type(network)
    assert is_classifier(pruned) == is_classifier(network)
    assert is_regressor(pruned) == is_regressor(network)
    sizes = [W.shape[1] for W in network.coefs_[:-1]]
    params = network.get_params() | {"hidden_layer_sizes": (5, *sizes[1:])}
    assert pruned.get_params() == params
    assert clone(pruned).get_params() == params
    with pytest.raises(NotFittedError):
        clone(pruned).predict(X)
    assert np.isfinite(pruned.score(X, y))
    again = pickle.loads(pickle.dumps(pruned))
    assert np.array_equal(again.predict(X), pruned.predict(X))
    if is_classifier(network):
        probabilities = pruned.predict_proba(X)
        assert probabilities.shape == network.predict_proba(X).shape
        assert np.array_equal(pruned.classes_, network.classes_)
    assert hidden_activations(pruned, X).shape == (len(X), 5)


def test_its_clone_trains_in_cross_validation(digits):
    network, X, _, y, _ = digits
    pruned = prune_by_id(network, X, 20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        scores = cross_val_score(clone(pruned).set_params(max_iter=5), X, y, cv=3)
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()


def test_partial_fit_goes_on_from_the_pruned_weights(trained):
    network, X, y = trained
    if network.solver == "lbfgs" or network.early_stopping:
        pytest.skip("scikit-learn has no partial_fit here")
    pruned = smaller_network(network, *some_kept(network)).set_params(learning_rate_init=1e-12)
    before = copy.deepcopy(pruned.coefs_)
    pruned.partial_fit(X, y).partial_fit(X, y)
    # steps of Adam and of gradient descent are of the order of the learning rate
    assert all(map(close, pruned.coefs_, before))
    pruned = smaller_network(network, *some_kept(network)).set_params(learning_rate_init=0.01)
    for _ in range(15):
        pruned.partial_fit(X, y)
    assert pruned.loss_curve_[-1] < pruned.loss_curve_[len(network.loss_curve_)]


def test_warm_start_trains_the_pruned_network_on(trained):
    network, X, y = trained
    pruned = smaller_network(network, *some_kept(network))
    before = pruned.score(X, y)
    pruned.set_params(warm_start=True, max_iter=40, learning_rate_init=0.01)
    fit(pruned, X, y)
    assert pruned.hidden_layer_sizes[0] == pruned.coefs_[0].shape[1] == 5
    assert pruned.score(X, y) > before


def test_without_warm_start_training_begins_anew_with_the_smaller_shape(zoo):
    network, X, y = zoo["deep"]
    pruned = smaller_network(network, *some_kept(network))
    fresh = fit(clone(pruned), X, y).network
    assert all(map(np.array_equal, fit(pruned, X, y).network.coefs_, fresh.coefs_))


def test_what_the_full_network_reached_does_not_end_further_training(digits):
    network, X, _, y, _ = digits
    network._no_improvement_count = network.n_iter_no_change + 1  # as after convergence
    network.best_loss_ = 0.0
    pruned = prune_by_id(network, X, 5).set_params(warm_start=True, max_iter=30)
    fit(pruned, X, y)
    assert pruned.n_iter_ == 30
    assert pruned.best_loss_ == min(pruned.loss_curve_[-30:])


def test_early_stopping_returns_to_the_best_weights_of_the_pruned_network(zoo):
    network, X, y = zoo["early stopping"]
    network.best_validation_score_ = 1.0  # no pruned network exceeds that
    kept, U, beta = some_kept(network)
    pruned = smaller_network(network, kept, 0 * U, beta).set_params(warm_start=True)
    fit(pruned.set_params(learning_rate_init=0.02), X, y)
    assert np.any(pruned.coefs_[1] != 0)
    assert 0.3 < pruned.best_validation_score_ <= 1


def test_the_original_stays_as_it_was_to_the_last_bit(trained):
    network, X, y = trained
    before = state(network)
    pruned = smaller_network(network, *some_kept(network))
    assert same(vars(network), before)
    for name in ("coefs_", "intercepts_", "_best_coefs", "_best_intercepts"):
        for mine, theirs in zip(getattr(pruned, name), getattr(network, name), strict=True):
            assert not np.shares_memory(mine, theirs)
    fit(pruned.set_params(warm_start=True, max_iter=3), X, y)
    assert same(vars(network), before)


def test_training_does_not_write_into_the_weights_it_was_built_from(digits):
    network, X, _, y, _ = digits
    kept, U, beta = some_kept(network)
    U, beta = np.ascontiguousarray(U), beta.copy()
    before = U.copy(), beta.copy()
    smaller_network(network, kept, U, beta).partial_fit(X, y)
    assert np.array_equal(U, before[0])
    assert np.array_equal(beta, before[1])


def test_nothing_of_the_old_shape_is_left_behind(trained):
    network = trained.network
    pruned = smaller_network(network, *some_kept(network, k=3))
    old = {W.shape for W in network.coefs_[:2]} | {(W.size,) for W in network.coefs_[:2]}

    def shapes(thing):
        if isinstance(thing, np.ndarray):
            yield thing.shape
        elif isinstance(thing, list | tuple | dict):
            for part in thing.values() if isinstance(thing, dict) else thing:
                yield from shapes(part)
        elif hasattr(thing, "__dict__"):
            yield from shapes(vars(thing))

    assert not old & set(shapes(vars(pruned)))
    assert not {"_optimizer", "_coef_indptr", "_intercept_indptr"} & set(vars(pruned))


def test_names_of_features_are_kept(digits):
    network, X, *_ = digits
    network.feature_names_in_ = np.array([f"pixel {i}" for i in range(64)], dtype=object)
    pruned = smaller_network(network, *some_kept(network))
    assert np.array_equal(pruned.feature_names_in_, network.feature_names_in_)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        pruned.predict(X)


@pytest.mark.parametrize(
    "kept",
    [
        [],
        [0, 0],
        [-1, 2],
        [0, 60],
        [0.0, 1.0],
        [[0, 1]],
        3,
        "ab",
        [True, False],
        np.zeros(60, bool),
    ],
)
def test_kept_neurons_that_are_none_are_named(kept, digits):
    network = digits[0]
    with pytest.raises(
        ValueError, match="kept must hold one or more different neurons from 0 to 59"
    ):
        smaller_network(network, kept, np.zeros((2, 10)), np.zeros(10))


@pytest.mark.parametrize(
    ("U", "beta", "error", "message"),
    [
        (
            np.zeros((3, 10)),
            np.zeros(10),
            ValueError,
            r"U must have shape \(2, 10\).*got \(3, 10\)",
        ),
        (np.zeros((2, 10)), np.zeros(9), ValueError, r"beta \(10,\); got \(2, 10\) and \(9,\)"),
        (np.zeros(20), np.zeros(10), ValueError, r"got \(20,\)"),
        (np.full((2, 10), np.nan), np.zeros(10), ValueError, "Input U contains NaN"),
        (np.zeros((2, 10)), np.full(10, np.inf), ValueError, "Input beta contains infinity"),
        (np.zeros((2, 10)) + 1j, np.zeros(10), ValueError, "Complex data"),
        (sparse.csr_matrix((2, 10)), np.zeros(10), TypeError, "dense data is required"),
    ],
)
def test_weights_that_do_not_fit_are_named(U, beta, error, message, digits):
    with pytest.raises(error, match=message):
        smaller_network(digits[0], [4, 2], U, beta)
