"""Every selection keeps k different neurons; the simple ones agree with a plain loop."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier

from tutorial_helpers import (
    at_random,
    by_greedy,
    by_id,
    by_leverage,
    by_magnitude,
    by_norm_product,
    by_strong_id,
    by_variance,
    hidden_activations,
    strong_columns,
)
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


def test_norm_product_ignores_how_a_weight_is_split_between_in_and_out(zoo):
    network = zoo["classes"].network
    W, U = network.coefs_
    products = [np.sqrt((W[:, j] ** 2).sum() * (U[j] ** 2).sum()) for j in range(20)]
    before = list(by_norm_product(network, None, 20))
    assert before == sorted(range(20), key=lambda j: -products[j])
    scales = 2.0 ** np.arange(-10, 10)  # powers of two change no digit
    network.coefs_ = [W * scales, U / scales[:, None]]
    assert list(by_norm_product(network, None, 20)) == before
    assert list(by_magnitude(network, None, 20)) != before


def test_variance_is_that_of_the_activations(trained):
    network, X, _ = trained
    for layer in range(network.n_layers_ - 2):
        Z = hidden_activations(network, X, layer)
        spread = [sum((z - z.mean()) ** 2) for z in Z.T.astype(float)]
        expected = sorted(range(Z.shape[1]), key=lambda j: -spread[j])[:4]
        assert list(by_variance(network, X, 4, layer=layer)) == expected


def test_leverage_is_the_diagonal_of_a_projection(digits):
    network, X = digits[:2]
    Z = hidden_activations(network, X)
    for k in (1, 5, 20):
        V = np.linalg.eigh(Z.T @ Z)[1][:, -k:]  # eigenvalues rise
        scores = np.diag(V @ V.T)
        kept = by_leverage(network, X, k)
        assert scores[kept].min() >= np.delete(scores, kept).max() - 1e-9


def test_leverage_beyond_the_rank_is_that_of_the_rank():
    Z = np.zeros((30, 8))
    Z[:, :3] = np.random.default_rng(0).random((30, 3))
    Z[:, 3:6] = Z[:, :3]
    network = MLPClassifier((8,), max_iter=1, learning_rate_init=1e-9, activation="identity")
    network.partial_fit(Z, np.arange(30) % 2, classes=[0, 1])
    network.coefs_[0], network.intercepts_[0] = np.eye(8), np.zeros(8)
    for k in (4, 5, 6):
        assert set(by_leverage(network, Z, k)) <= set(range(6))


def test_greedy_leaves_the_least_residual_at_every_step(digits):
    network, X = digits[:2]
    Z = hidden_activations(network, X)
    target = Z @ network.coefs_[1]

    def residual(kept):
        A = np.column_stack([np.ones(len(Z)), Z[:, kept]])
        return np.linalg.norm(target - A @ np.linalg.lstsq(A, target)[0])

    kept = list(by_greedy(network, X, 6))
    for k in range(1, 7):
        best = min(residual([*kept[: k - 1], j]) for j in set(range(60)) - set(kept[: k - 1]))
        # equal but for rounding, of which lstsq and the projections make different amounts
        assert residual(kept[:k]) == pytest.approx(best, rel=1e-9)


def kahan(n=90, cosine=0.3):
    """Build Kahan's matrix with its columns shrunk a little, so that pivoting takes them in order.

    Its last diagonal entry is far larger than the smallest singular value.
    """
    sine = np.sqrt(1 - cosine**2)
    upper = np.eye(n) - cosine * np.triu(np.ones((n, n)), 1)
    return sine ** np.arange(n)[:, None] * upper * (1 - 1e-10) ** np.arange(n)


def coefficients(A, kept):
    """Write the removed columns in terms of the kept ones, without this package."""
    return np.linalg.lstsq(A[:, kept], np.delete(A, kept, axis=1))[0]


def test_one_swap_mends_kahans_matrix():
    A, k = kahan(), 89
    pivots = scipy.linalg.qr(A, mode="r", pivoting=True)[1][:k]
    kept = strong_columns(A, k)
    assert np.abs(coefficients(A, pivots)).max() > 1e6
    assert np.abs(coefficients(A, kept)).max() < 2 + 1e-6
    assert len(set(kept) - set(pivots)) == 1


@given(
    n=st.integers(2, 12),
    m=st.integers(2, 12),
    data=st.data(),
    f=st.sampled_from([1.0, 1.5, 2.0]),
    seed=st.integers(0, 1000),
)
def test_strong_columns_keep_all_coefficients_small(n, m, data, f, seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, m)) * 10.0 ** rng.uniform(-2, 2, size=m)
    k = data.draw(st.integers(1, min(n, m)))
    kept = strong_columns(A, k, f=f)
    assert len(set(kept)) == k
    if k < m:
        assert np.abs(coefficients(A, kept)).max() <= f * (1 + 1e-5)
        # no exchange of two columns makes the kept ones span a volume more than f times as large
        volume = np.prod(np.linalg.svd(A[:, kept], compute_uv=False))
        for i in range(k):
            for j in set(range(m)) - set(kept):
                other = A[:, [*np.delete(kept, i), j]]
                assert np.prod(np.linalg.svd(other, compute_uv=False)) <= f * volume * (1 + 1e-5)


def test_strong_columns_beyond_the_rank_and_with_a_useless_f():
    A = np.ones((5, 4))
    assert len(set(strong_columns(A, 3))) == 3
    assert list(strong_columns(np.zeros((3, 2)), 2)) == [0, 1]
    with pytest.raises(ValueError, match="f must be at least 1"):
        strong_columns(A, 2, f=0.5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("exponent", [-300, -160, -30, 0, 19, 30, 154, 300])
def test_strong_columns_end_at_any_scale(exponent, dtype):
    rng = np.random.default_rng(0)
    A = rng.standard_normal((30, 20))
    expected = set(strong_columns(A, 8))
    if dtype == np.float32 and abs(exponent) > 30:
        return
    assert set(strong_columns((A * 10.0**exponent).astype(dtype), 8)) == expected
    graded = A * 10.0 ** np.linspace(-exponent, exponent, 20)
    for B in (graded, A * 10.0 ** np.linspace(-exponent, exponent, 30)[:, None]):
        with np.errstate(over="ignore", under="ignore"):
            assert len(set(strong_columns(B.astype(dtype), 8))) == 8


@given(
    f=st.floats(1, 1.2),
    noise=st.sampled_from([0, 1e-16, 1e-15, 1e-12, 1e-8]),
    seed=st.integers(0, 1000),
)
def test_strong_columns_end_on_near_duplicates(f, noise, seed):
    rng = np.random.default_rng(seed)
    A = np.repeat(rng.standard_normal((10, 5)), 4, axis=1)
    A *= 1 + noise * rng.standard_normal(A.shape)
    for B in (A, A.astype(np.float32)):
        kept = strong_columns(B, 5, f=f)
        assert set(kept // 4) == set(range(5))


def test_which_selections_are_nested(digits):
    network, X = digits[:2]
    for choose in SELECTIONS.values():
        whole = choose(network, X, 60, random_state=0)
        starts = [choose(network, X, k, random_state=0) for k in (3, 17, 40)]
        begins = all(np.array_equal(start, whole[: len(start)]) for start in starts)
        assert begins or not choose.nested


def test_pivoting_needs_no_swap_on_the_digits(digits):
    network, X = digits[:2]
    for k in (5, 20, 40):
        assert set(by_strong_id(network, X, k)) == set(by_id(network, X, k))
