"""Corrections against numpy's least squares and against what defines a least-squares solution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutorial_helpers import (
    PivotedQR,
    interpolation,
    interpolative_decomposition,
    least_squares,
    mean_into_bias,
    ridge,
)
from tutorial_helpers.correction import CORRECTIONS, no_correction


def problem(n=40, m=12, c=3, *, rank=None, seed=0):
    """Make activations (never negative, off centre), weights and bias."""
    rng = np.random.default_rng(seed)
    r = rank or min(n, m)
    Z = np.maximum(rng.standard_normal((n, r)) @ rng.standard_normal((r, m)) + 0.5, 0)
    if rank:
        Z = rng.random((n, r)) @ rng.random((r, m))
    return Z, rng.standard_normal((m, c)), rng.standard_normal(c)


def error(Z, kept, U, beta, correction):
    """Measure ``‖Z[:, J] U_new + β_new − (Z U + β)‖_F``."""
    U_new, beta_new = correction(Z, kept, U, beta)
    return np.linalg.norm(Z[:, kept] @ U_new + beta_new - (Z @ U + beta))


@pytest.mark.parametrize("correction", CORRECTIONS.values(), ids=CORRECTIONS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_shapes_fit_and_nothing_is_written(correction, dtype):
    Z, U, beta = (array.astype(dtype) for array in problem())
    for kept in (np.array([7, 0, 3]), [5], np.arange(12)):
        for array in (Z, U, beta):
            array.flags.writeable = False
        U_new, beta_new = correction(Z, kept, U, beta)
        assert U_new.shape == (len(kept), 3)
        assert beta_new.shape == (3,)
        assert np.isfinite(U_new).all()
        assert np.isfinite(beta_new).all()


def test_no_correction_takes_rows_of_U():
    _, U, beta = problem()
    U_new, beta_new = no_correction(None, np.array([7, 0, 3]), U, beta)
    assert U_new.tolist() == [U[7].tolist(), U[0].tolist(), U[3].tolist()]
    assert beta_new.tolist() == beta.tolist()


@pytest.mark.parametrize("k", [1, 5, 12])
def test_interpolation_is_T_U_for_the_columns_of_the_id(k):
    Z, U, beta = problem()
    kept, T = interpolative_decomposition(Z, k)
    U_new, beta_new = interpolation(Z, kept, U, beta)
    assert np.allclose(U_new, T @ U)
    assert np.array_equal(beta_new, beta)


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12), n=st.sampled_from([14, 40, 200]))
def test_the_two_fits_are_those_of_numpy(seed, k, n):
    Z, U, beta = problem(n, seed=seed)
    kept = np.random.default_rng(seed).permutation(12)[:k]
    A = np.column_stack([np.ones(n), Z[:, kept]])
    if np.linalg.cond(A) > 1e6:  # both solvers lose these digits
        return
    T = np.linalg.lstsq(Z[:, kept], Z, rcond=None)[0]
    assert np.allclose(interpolation(Z, kept, U, beta)[0], T @ U, atol=1e-6)
    expected = np.linalg.lstsq(A, Z @ U + beta, rcond=None)[0]
    U_new, beta_new = least_squares(Z, kept, U, beta)
    assert np.allclose(U_new, expected[1:], atol=1e-6)
    assert np.allclose(beta_new, expected[0], atol=1e-6)


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12), rank=st.sampled_from([None, 1, 4]))
def test_what_is_left_is_orthogonal_to_what_was_fitted(seed, k, rank):
    Z, U, beta = problem(rank=rank, seed=seed)
    kept = np.random.default_rng(seed).permutation(12)[:k]
    allowed = 1e-9 * (1 + np.linalg.norm(Z)) ** 2 * (1 + np.linalg.norm(U))
    for correction, fitted in ((interpolation, Z[:, kept]), (least_squares, Z[:, kept])):
        U_new, beta_new = correction(Z, kept, U, beta)
        left = Z @ U + beta - (Z[:, kept] @ U_new + beta_new)
        assert np.abs(fitted.T @ left).max() <= allowed
    assert np.abs(left.sum(axis=0)).max() <= allowed  # the bias takes the mean


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12), rank=st.sampled_from([None, 3]))
def test_the_more_is_refitted_the_smaller_the_error_on_the_calibration_data(seed, k, rank):
    Z, U, beta = problem(rank=rank, seed=seed)
    kept = np.random.default_rng(seed).permutation(12)[:k]
    none, folded, refitted = (
        error(Z, kept, U, beta, correction)
        for correction in (no_correction, interpolation, least_squares)
    )
    slack = 1e-10 * np.linalg.norm(Z) * np.linalg.norm(U)
    assert refitted <= folded + slack
    assert folded <= none + slack


def test_what_brings_nothing_new_stands_for_itself():
    Z, U, beta = problem()
    twice = np.column_stack([Z[:, :1], Z[:, :1], np.zeros(40), Z[:, 1:]])
    U = np.vstack([U[:1], U[:1], U[:1], U[1:]])
    kept, rest = [0, 1, 2, 4], [3, *range(5, 14)]
    U_new, _ = interpolation(twice, kept, U, beta)
    added = np.linalg.lstsq(twice[:, [0, 4]], twice[:, rest] @ U[rest], rcond=None)[0]
    assert np.allclose(U_new[[0, 3]], U[[0, 4]] + added)
    assert np.array_equal(U_new[[1, 2]], U[[1, 2]])


@pytest.mark.parametrize("correction", CORRECTIONS.values(), ids=CORRECTIONS)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 30), rank=st.sampled_from([None, 1, 4]))
def test_removing_nothing_changes_nothing(correction, seed, n, rank):
    Z, U, beta = problem(n, rank=rank, seed=seed)
    kept = np.random.default_rng(seed).permutation(12)
    U_new, beta_new = correction(Z, kept, U, beta)
    assert np.array_equal(U_new, U[kept])
    assert np.array_equal(beta_new, beta)


@pytest.mark.parametrize("correction", CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_constant_kept_neuron_is_not_fitted_to_its_rounding(correction):
    Z, U, beta = problem()
    Z[:, 0] = 1 - np.random.default_rng(0).choice([0, 1e-16, 2e-16], 40)
    for kept in ([0], [0, 3, 5], [3, 0, 5]):
        U_new, beta_new = correction(Z, kept, U, beta)
        assert np.abs(U_new).max() < 1e3
        if correction in (least_squares, ridge, mean_into_bias):
            assert np.array_equal(U_new[kept.index(0)], U[0])


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e160, 1e300])
def test_the_unit_of_Z_changes_nothing(size):
    Z, U, beta = problem()
    kept = np.array([7, 0, 3])
    for correction in (interpolation, least_squares):
        U_new, _ = correction(Z * size, kept, U, beta)
        assert np.allclose(U_new, correction(Z, kept, U, beta)[0], rtol=1e-9)


def test_in_the_order_of_the_id_smooth_activations_are_fitted_to_the_last_direction():
    smooth = np.tanh(np.random.default_rng(0).standard_normal((200, 2)) @ problem(2, 60)[0])
    _, U, beta = problem(200, 60)
    for k in (5, 20, 40):
        kept, T = interpolative_decomposition(smooth, k)
        assert np.allclose(interpolation(smooth, kept, U, beta)[0], T @ U, rtol=1e-5, atol=1e-7)
        best = np.linalg.lstsq(np.c_[smooth[:, kept], np.ones(200)], smooth @ U, rcond=None)[0]
        least = np.linalg.norm(np.c_[smooth[:, kept], np.ones(200)] @ best - smooth @ U)
        assert error(smooth, kept, U, beta, interpolation) < 2 * least + 1e-9
        assert error(smooth, kept, U, beta, least_squares) < 2 * least + 1e-9


def test_a_constant_neuron_moves_into_the_bias():
    Z, U, beta = problem()
    Z[:, 0] = 4.0
    kept = np.arange(1, 12)
    assert error(Z, kept, U, beta, least_squares) < 1e-10 * np.linalg.norm(Z)
    assert error(Z, kept, U, beta, interpolation) > error(Z, kept, U, beta, least_squares)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_fewer_samples_than_kept_neurons_are_fitted_exactly(n):
    Z, U, beta = problem(n)
    kept = PivotedQR(Z).kept(8)
    for correction in (interpolation, least_squares):
        U_new, _ = correction(Z, kept, U, beta)
        assert np.isfinite(U_new).all()
        assert error(Z, kept, U, beta, correction) < 1e-9 * (1 + np.linalg.norm(Z @ U))


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12))
def test_the_means_survive_when_they_move_into_the_bias(seed, k):
    Z, U, beta = problem(seed=seed)
    kept = np.random.default_rng(seed).permutation(12)[:k]
    U_new, beta_new = mean_into_bias(Z, kept, U, beta)
    assert np.array_equal(U_new, U[kept])
    before, after = Z @ U + beta, Z[:, kept] @ U_new + beta_new
    assert np.allclose(before.mean(axis=0), after.mean(axis=0))
    # which is as good as a bias alone can do
    for bias in (beta, beta_new + 0.1, beta_new - 0.1):
        other = Z[:, kept] @ U_new + bias
        assert np.linalg.norm(after - before) <= np.linalg.norm(other - before) + 1e-9


def leave_one_out(A, target, alpha):
    """Fit n times without one sample, each time by the normal equations; sum the squares."""
    total = 0
    for i in range(len(A)):
        rows = np.delete(np.arange(len(A)), i)
        A_mean, B_mean = A[rows].mean(axis=0), target[rows].mean(axis=0)
        centred = A[rows] - A_mean
        weights = np.linalg.solve(
            centred.T @ centred + alpha * np.eye(A.shape[1]), centred.T @ (target[rows] - B_mean)
        )
        total += ((target[i] - B_mean - (A[i] - A_mean) @ weights) ** 2).sum()
    return total


@pytest.mark.parametrize(("n", "k"), [(40, 6), (13, 11), (9, 11)])
def test_ridge_takes_the_penalty_that_leaves_out_best(n, k):
    Z, U, beta = problem(n, seed=n)
    A, target = Z[:, :k], Z[:, k:] @ U[k:]
    centred, wanted = A - A.mean(axis=0), target - target.mean(axis=0)
    penalties = (centred**2).sum() / k * 10.0 ** np.arange(-8, 2)
    best = penalties[np.argmin([leave_one_out(A, target, alpha) for alpha in penalties])]
    expected = np.linalg.solve(centred.T @ centred + best * np.eye(k), centred.T @ wanted)
    U_new, beta_new = ridge(Z, np.arange(k), U, beta)
    assert np.allclose(U_new, U[:k] + expected, atol=1e-6)
    assert np.allclose(beta_new, beta + target.mean(axis=0) - A.mean(axis=0) @ expected)


def test_generalised_cross_validation_would_choose_about_the_same():
    Z, U, beta = problem(200, seed=3)
    A = Z[:, :6] - Z[:, :6].mean(axis=0)
    target = Z[:, 6:] @ U[6:]
    target -= target.mean(axis=0)
    left, s, _ = np.linalg.svd(A, full_matrices=False)

    def error_left(U_new):
        return np.linalg.norm(target - A @ U_new)

    penalties = (A**2).sum() / 6 * 10.0 ** np.arange(-8, 2)
    scores = []
    for alpha in penalties:
        shrink = s**2 / (s**2 + alpha)
        rest = target - left @ (shrink[:, None] * (left.T @ target))
        scores.append((rest**2).sum() / (200 - 1 - shrink.sum()) ** 2)
    best = penalties[np.argmin(scores)]
    chosen = np.linalg.solve(A.T @ A + best * np.eye(6), A.T @ target)
    left_over = error_left(ridge(Z, np.arange(6), U, beta)[0] - U[:6])
    assert left_over == pytest.approx(error_left(chosen), rel=0.01)


@pytest.mark.parametrize("Z", [np.zeros((4, 3)), np.ones((4, 3))])
def test_ridge_where_there_is_nothing_to_fit(Z):
    U_new, beta_new = ridge(Z, [0, 1], np.ones((3, 2)), np.ones(2))
    assert np.allclose(Z[:, :2] @ U_new + beta_new, Z @ np.ones((3, 2)) + 1)


def test_ridge_keeps_a_single_output_a_column():
    rng = np.random.default_rng(0)
    Z, U, beta = rng.standard_normal((30, 6)), rng.standard_normal((6, 2)), np.zeros(2)
    Z[:, 4:] = Z[:, :2]  # all that goes is still there: nothing to shrink
    one, both = (ridge(Z, [0, 1, 2, 3], U[:, :c], beta[:c]) for c in (1, 2))
    assert one[0].shape == (4, 1)
    assert one[1].shape == (1,)
    assert np.allclose(one[0], both[0][:, :1], atol=1e-5)


def test_ridge_cannot_leave_out_the_only_sample():
    with pytest.raises(ValueError, match="pass two or more"):
        ridge(np.ones((1, 3)), [0, 1], np.ones((3, 2)), np.ones(2))
