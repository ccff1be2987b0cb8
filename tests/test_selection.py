"""Every selection keeps k different neurons; the simple ones agree with a plain loop."""

import numpy as np
import pytest
import scipy.linalg
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier

from tutorial_helpers import at_random, by_id, by_magnitude, hidden_activations
from tutorial_helpers.selection import SELECTIONS


@pytest.fixture(params=SELECTIONS)
def choose(request):
    return SELECTIONS[request.param]


def test_k_different_neurons_are_kept_of_any_layer_of_any_network(choose, trained):
    network, X, _ = trained
    for layer in range(network.n_layers_ - 2):
        m = network.coefs_[layer].shape[1]
        for k in (1, 4, m):
            kept = choose(network, X, k, layer=layer, random_state=0)
            assert kept.shape == (k,)
            assert np.issubdtype(kept.dtype, np.integer)
            assert len(set(kept)) == k
            assert set(kept) <= set(range(m))


def test_neither_network_nor_data_are_written(choose, zoo):
    network, X, _ = zoo["deep"]
    for array in (X, *network.coefs_, *network.intercepts_):
        array.flags.writeable = False
    choose(network, X, 3, layer=1, random_state=0)[:] = -1


@pytest.mark.parametrize(
    ("k", "error"), [(0, ValueError), (21, ValueError), (2.0, TypeError), (True, TypeError)]
)
def test_a_k_that_is_none_is_named(choose, k, error, zoo):
    network, X, _ = zoo["classes"]
    message = rf"k must be a whole number from 1 to 20 \(the neurons of hidden layer 0\), got {k}"
    with pytest.raises(error, match=message):
        choose(network, X, k)


def test_networks_and_layers_that_are_none_are_named(choose, zoo):
    network, X, _ = zoo["classes"]
    with pytest.raises(NotFittedError):
        choose(MLPClassifier(), X, 3)
    with pytest.raises(TypeError, match="got dict"):
        choose({}, X, 3)
    with pytest.raises(ValueError, match="layer must be a whole number from 0 to 0"):
        choose(network, X, 3, layer=1)


def test_magnitude_is_the_sum_of_squares_of_the_weights_that_come_in(trained):
    network = trained.network
    for layer in range(network.n_layers_ - 2):
        W = network.coefs_[layer]
        squares = [sum(float(w) ** 2 for w in W[:, j]) for j in range(W.shape[1])]
        expected = sorted(range(W.shape[1]), key=lambda j: -squares[j])
        assert list(by_magnitude(network, None, W.shape[1], layer=layer)) == expected
        assert list(by_magnitude(network, None, 3, layer=layer)) == expected[:3]


def test_magnitude_takes_the_first_of_equal_neurons(zoo):
    network = zoo["classes"].network
    network.coefs_[0][:] = 1
    assert list(by_magnitude(network, None, 4)) == [0, 1, 2, 3]


def test_random_choice_depends_on_the_seed_alone(digits):
    network = digits[0]
    draws = [tuple(at_random(network, None, 5, random_state=seed)) for seed in range(50)]
    again = [tuple(at_random(network, None, 5, random_state=seed)) for seed in range(50)]
    assert draws == again
    assert len(set(draws)) > 40
    generator = np.random.RandomState(0)
    assert tuple(at_random(network, None, 5, random_state=generator)) == draws[0]
    assert tuple(at_random(network, None, 5, random_state=generator)) != draws[0]


def test_random_choice_prefers_no_neuron(digits):
    kept = [at_random(digits[0], None, 15, random_state=seed) for seed in range(800)]
    counts = np.bincount(np.ravel(kept), minlength=60)
    # 800 draws of 15 of 60: 200 each, with a standard deviation of sqrt(800 · 1/4 · 3/4) ≈ 12
    assert np.all(np.abs(counts - 200) < 5 * 12.3)


def test_the_id_keeps_the_pivots_of_plain_scipy(trained):
    network, X, _ = trained
    for layer in range(network.n_layers_ - 2):
        Z = hidden_activations(network, X, layer)
        P = scipy.linalg.qr(Z, mode="r", pivoting=True)[1]
        assert list(by_id(network, X, 6, layer=layer)) == list(P[:6])


def test_the_id_needs_data(zoo):
    with pytest.raises(ValueError, match=r"pass X, an array of shape \(samples, 6\)"):
        by_id(zoo["classes"].network, None, 3)
