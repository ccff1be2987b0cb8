"""The interpolative decomposition against dense computations that share nothing with it."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from tutorial_helpers import PivotedQR, interpolative_decomposition
from tutorial_helpers.decomposition import triangle

EPS = np.finfo(float).eps


def rounding(Z):
    """Bound what rounding may leave: a backward stable QR is off by a small multiple of this."""
    Z = np.asarray(Z)
    eps = np.finfo(Z.dtype).eps if Z.dtype == np.float32 else EPS
    return 50 * max(Z.shape) * eps * np.abs(Z).max(initial=0) * np.sqrt(Z.size)


def scaled(Z):
    """Return ``Z`` in float64 with entries of size one, its unit, and what rounding may leave.

    Norms of huge or tiny numbers would overflow in the tests themselves.
    """
    unit = float(np.abs(Z).max()) or 1.0
    slack = rounding(Z / Z.dtype.type(unit) if Z.dtype == np.float32 else Z / unit)
    return np.asarray(Z, dtype=float) / unit, unit, slack


def residual(Z, factored, k):
    """Measure ``Z − Z[:, J] T`` in float64, entry by entry."""
    Z = np.asarray(Z, dtype=float)
    return Z - Z[:, factored.kept(k)] @ factored.interpolation(k).astype(float)


def by_hand(Z):
    """Pivot columns by modified Gram–Schmidt: take the longest, remove its direction, repeat."""
    left, pivots = np.array(Z, dtype=float), []
    for _ in range(min(Z.shape)):
        j = int(np.argmax(np.linalg.norm(left, axis=0)))
        q = left[:, j] / np.linalg.norm(left[:, j])
        left -= np.outer(q, q @ left)
        left[:, [*pivots, j]] = 0
        pivots.append(j)
    return pivots


def generic(n, m, rank=None, *, decay=0.8, seed=0):
    """Make a matrix with falling singular values and no ties."""
    rng = np.random.default_rng(seed)
    r = rank or min(n, m)
    return rng.standard_normal((n, r)) * decay ** np.arange(r) @ rng.standard_normal((r, m))


NASTY = {
    "generic, tall": generic(60, 20),
    "generic, wide": generic(15, 40),
    "square": generic(25, 25),
    "one row": generic(1, 7),
    "one column": generic(9, 1),
    "one number": np.array([[3.0]]),
    "all zero": np.zeros((6, 4)),
    "all zero, wide": np.zeros((3, 8)),
    "dead neurons": generic(40, 20) * (np.arange(20) % 3 > 0),
    "every column twice": np.repeat(generic(30, 8), 2, axis=1),
    "multiples of one column": np.outer(np.arange(1.0, 12), np.arange(1.0, 6)),
    "all ones": np.ones((10, 6)),
    "low rank": generic(50, 30, rank=5),
    "sudden drop": generic(50, 30, rank=5) + 1e-9 * generic(50, 30, seed=1),
    "identity": np.eye(12),
    "whole numbers": np.arange(24).reshape(4, 6) % 7,
    "float32": generic(40, 20).astype(np.float32),
    "float32, low rank": generic(40, 20, rank=4).astype(np.float32),
    "columns of all scales": generic(30, 12) * 10.0 ** np.arange(-60, 60, 10),
    "tiny": 1e-200 * generic(30, 12),
    "huge": 1e200 * generic(30, 12),
    "truth values": generic(20, 6) > 0,
}


@pytest.fixture(params=NASTY)
def nasty(request):
    return NASTY[request.param]


def test_every_k_rebuilds_all_columns_up_to_its_error(nasty):
    factored, (Z, scale, allowed) = PivotedQR(nasty), scaled(nasty)
    for k in range(1, Z.shape[1] + 1):
        T = factored.interpolation(k)
        assert T.shape == (k, Z.shape[1])
        assert np.isfinite(T).all()
        assert np.array_equal(T[:, factored.kept(k)], np.eye(k))
        E = residual(Z, factored, k)
        slack = allowed * max(1, float(np.abs(T).max()))
        assert np.linalg.norm(E, 2) == pytest.approx(factored.error(k) / scale, abs=slack)
        assert np.linalg.norm(E) == pytest.approx(factored.errors[k] / scale, abs=slack)


def test_beyond_the_numerical_rank_the_rebuilding_is_exact_to_rounding(nasty):
    factored, (Z, _, slack) = PivotedQR(nasty), scaled(nasty)
    for k in range(max(factored.rank, 1), Z.shape[1] + 1):
        T = factored.interpolation(k)
        assert np.linalg.norm(residual(Z, factored, k)) <= slack * max(1, np.abs(T).max())


def test_no_choice_of_k_columns_beats_the_svd(nasty):
    factored, (Z, scale, slack) = PivotedQR(nasty), scaled(nasty)
    sigma = np.append(np.linalg.svd(Z, compute_uv=False), np.zeros(Z.shape[1]))
    for k in range(Z.shape[1] + 1):
        assert factored.error(k) / scale >= sigma[k] - slack
        assert factored.errors[k] / scale >= np.linalg.norm(sigma[k:]) - slack


def test_errors_fall_from_the_norm_of_Z_to_zero(nasty):
    factored, (Z, scale, slack) = PivotedQR(nasty), scaled(nasty)
    errors = factored.errors.astype(float) / scale
    assert len(errors) == Z.shape[1] + 1
    assert errors[0] == pytest.approx(np.linalg.norm(Z), abs=slack)
    assert errors[-1] == 0
    assert np.all(np.diff(errors) <= 0)
    assert factored.error(Z.shape[1]) == 0


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("generic, tall", 20),
        ("generic, wide", 15),
        ("all zero", 0),
        ("all ones", 1),
        ("one number", 1),
        ("low rank", 5),
        ("float32, low rank", 4),
        ("every column twice", 8),
        ("dead neurons", 13),
        ("sudden drop", 30),
        ("tiny", 12),
        ("huge", 12),
    ],
)
def test_the_rank_is_the_one_the_matrix_was_made_with(name, rank):
    assert PivotedQR(NASTY[name]).rank == rank


@pytest.mark.parametrize("shape", [(60, 20), (20, 60), (30, 30), (2000, 10)])
@pytest.mark.parametrize("seed", range(3))
def test_pivots_and_T_are_those_of_plain_scipy_and_of_gram_schmidt(shape, seed):
    Z = generic(*shape, decay=0.9, seed=seed)
    factored = PivotedQR(Z)
    R, P = scipy.linalg.qr(Z, mode="r", pivoting=True)
    assert np.array_equal(factored.pivots, P)  # tall ones are reduced first: nothing changes
    assert list(factored.pivots[: min(shape)]) == by_hand(Z)
    assert np.allclose(np.abs(factored.R), np.abs(R[: min(shape)]), atol=rounding(Z))
    assert np.array_equal(factored.R, np.triu(factored.R))
    k = 7
    T = np.linalg.lstsq(Z[:, factored.kept(k)], Z, rcond=None)[0]
    assert np.allclose(factored.interpolation(k), T, atol=1e-9)


def test_the_diagonal_falls_and_no_entry_of_T_in_a_pivoting_step_is_larger_than_one(nasty):
    factored = PivotedQR(nasty)
    diagonal = np.abs(np.diag(factored.R)).astype(float)
    eps = float(np.finfo(factored.R.dtype).eps)
    # LAPACK updates column norms and recomputes them only when half the digits are lost.
    assert np.all(diagonal[1:] <= diagonal[:-1] * (1 + 10 * np.sqrt(eps)))
    assert sorted(factored.pivots) == list(range(nasty.shape[1]))
    first = np.abs(factored.interpolation(1)).max()
    assert first == pytest.approx(1, abs=100 * eps)


def test_all_k_are_nested_in_one_factorization(nasty):
    factored = PivotedQR(nasty)
    every = factored.kept(nasty.shape[1])
    for k in range(1, nasty.shape[1] + 1):
        kept, T = interpolative_decomposition(nasty, k)
        assert np.array_equal(kept, every[:k])
        expected = factored.interpolation(k)
        assert np.allclose(T, expected, rtol=0, atol=1e-9 * np.abs(expected).max())


def hard_for_squares(n=120):
    """Matrices on which the squares of pivoted Cholesky lose what pivoting needs to know."""
    rng = np.random.default_rng(0)
    shrinking = rng.standard_normal((n, n)) * 10.0 ** -np.linspace(0, 12, n)
    sine, cosine = np.sqrt(1 - 0.3**2), 0.3
    kahan = sine ** np.arange(n)[:, None] * (np.eye(n) - cosine * np.triu(np.ones((n, n)), 1))
    near = np.repeat(rng.standard_normal((n, n // 2)), 2, axis=1)
    return {
        "shrinking columns": shrinking,
        "Kahan": kahan * (1 - 1e-10) ** np.arange(n),
        "Hilbert": scipy.linalg.hilbert(n),
        "near duplicates": near * (1 + 1e-13 * rng.standard_normal((n, n))),
        "low rank": rng.standard_normal((n, 9)) @ rng.standard_normal((9, n)),
        "pixels": rng.integers(0, 3, (n, n)),
        "float32": rng.standard_normal((n, n)).astype(np.float32),
        "one giant": np.where(np.arange(n) == 3, 1e8, 1) * rng.standard_normal((n, n)),
        "ReLU": np.maximum(rng.standard_normal((n, 8)) @ rng.standard_normal((8, 200)), 0),
    }


@pytest.mark.parametrize("name", hard_for_squares())
def test_the_fast_way_for_a_small_k_has_the_columns_and_T_of_pivoted_qr(name):
    A = hard_for_squares()[name]
    R, P = scipy.linalg.qr(np.asarray(A, dtype=A.dtype), mode="r", pivoting=True)
    for k in (1, 2, 7, 20, 30):
        kept, T = interpolative_decomposition(A, k)
        if name == "near duplicates":  # which of two twins comes first is up to rounding
            assert set(kept // 2) == set(P[:k] // 2)
            continue
        assert np.array_equal(kept, P[:k])
        if name not in ("low rank", "Hilbert"):
            expected = np.linalg.lstsq(A[:, kept], A, rcond=None)[0]
            close = 1e-3 if A.dtype == np.float32 else 1e-7
            assert np.allclose(T, expected, atol=close * max(1, np.abs(expected).max()))


@given(seed=st.integers(0, 10**6), n=st.integers(8, 60), m=st.integers(8, 60), k=st.integers(1, 15))
def test_the_fast_way_is_pivoted_qr_on_drawn_matrices(seed, n, m, k):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((n, m)) * 10.0 ** rng.uniform(-8, 0, m) + rng.integers(0, 2, m)
    k = min(k, m)
    factored = PivotedQR(A)
    kept, T = interpolative_decomposition(A, k)
    assert np.array_equal(kept, factored.kept(k))
    assert np.allclose(T, factored.interpolation(k), rtol=1e-6, atol=1e-6)


# --- columns in a given order


def directions_one_by_one(A, k, centred, whole):
    """Tell which columns are new by Gram–Schmidt, twice, and by the rule in words."""
    lengths = np.linalg.norm(A, axis=0)
    left = A - A.mean(axis=0) if centred else A.copy()
    rounding = max(A.shape) * EPS * lengths.max()
    basis, new = np.zeros((len(A), 0)), []
    for j in range(k):
        rest = left - basis @ (basis.T @ left)
        rest -= basis @ (basis.T @ rest)
        own, longest = np.linalg.norm(rest[:, j]), np.linalg.norm(rest, axis=0).max()
        half = whole and own > rounding and own >= longest / 2
        new.append(own > 1e-3 * lengths[j] or half)
        if new[-1]:
            basis = np.column_stack([basis, rest[:, j] / own])
    return np.array(new), basis


@given(
    seed=st.integers(0, 10**6), n=st.integers(1, 20), m=st.integers(1, 25), centred=st.booleans()
)
def test_a_triangle_has_a_row_for_each_column_that_is_new(seed, n, m, centred):
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((n, m)) * (rng.random(m) > 0.1)
    for j in range(1, m):  # copies, sums and near copies of columns before
        if rng.random() < 0.4:
            A[:, j] = A[:, :j] @ rng.integers(-1, 2, j) + rng.choice([0, 1e-5]) * A[:, j]
    order, k = rng.permutation(m), int(rng.integers(1, m + 1))
    mean, target = (A.mean(axis=0) if centred else None), rng.standard_normal((n, 2))
    for columns in (order, order[:k]):
        new, R = triangle(A, columns, k, mean=mean, carried=target)
        whole = len(columns) == m
        expected, basis = directions_one_by_one(A[:, columns], k, centred, whole)
        assert np.array_equal(new, expected)
        left = A - mean if centred else A
        signs = np.sign(np.diag(R[:, :k][:, new])) if len(R) else np.ones(0)
        size = np.abs(A[:, columns]).max() or 1
        given_, told = np.hstack([left[:, columns], target]), signs[:, None] * R * size
        assert np.allclose(told, basis.T @ given_, atol=1e-7 * (1 + size))


def test_columns_in_pivot_order_all_get_a_direction():
    smooth = np.tanh(np.random.default_rng(0).standard_normal((200, 2)) @ generic(2, 60))
    factored = PivotedQR(smooth)
    new, R = triangle(smooth, factored.pivots, 60)
    assert new[: factored.rank].all()
    assert np.abs(np.diag(R)).min() < 1e-6  # which the thousandth alone would not allow
    shuffled = np.random.default_rng(1).permutation(60)
    assert triangle(smooth, shuffled, 60)[0].sum() < factored.rank


@pytest.mark.parametrize("exponent", [-1000, 1000])
def test_a_triangle_of_any_size(exponent):
    A = generic(12, 9)
    for one, other in zip(
        triangle(A, np.arange(9), 9), triangle(A * 2.0**exponent, np.arange(9), 9), strict=True
    ):
        assert np.allclose(one, other)


def test_dead_neurons_are_kept_last_and_nobody_needs_them():
    Z = NASTY["dead neurons"]
    factored = PivotedQR(Z)
    dead = np.flatnonzero(~Z.any(axis=0))
    assert set(factored.pivots[factored.rank :]) == set(dead)
    assert not factored.interpolation(factored.rank)[:, dead].any()


def test_of_two_equal_columns_one_suffices():
    Z = NASTY["every column twice"]
    factored = PivotedQR(Z)
    assert set(factored.kept(8) // 2) == set(range(8))
    assert np.allclose(residual(Z, factored, 8), 0, atol=rounding(Z))


@pytest.mark.parametrize("exponent", [-700, 700])
def test_the_unit_of_Z_changes_nothing_but_the_unit_of_the_error(exponent):
    Z, unit = generic(40, 25), 2.0**exponent  # a power of two: scaling is exact
    one, other = PivotedQR(Z), PivotedQR(Z * unit)
    assert other.rank == one.rank
    assert np.array_equal(other.pivots, one.pivots)
    for k in (1, 10, 25):
        assert np.allclose(other.interpolation(k), one.interpolation(k), rtol=1e-9, atol=1e-12)
        assert other.error(k) / unit == pytest.approx(one.error(k), rel=1e-9)
        assert other.errors[k] / unit == pytest.approx(one.errors[k], rel=1e-9)


def test_denormal_numbers_lead_to_no_nan():
    Z = 1e-310 * generic(30, 12)
    factored = PivotedQR(Z)
    for k in (1, 6, 12):
        assert np.isfinite(factored.interpolation(k)).all()
        assert np.isfinite([factored.error(k), factored.errors[k]]).all()
        assert np.abs(residual(Z, factored, k)).max() <= 2 * np.abs(Z).max()


@pytest.mark.parametrize(
    "change",
    [np.asfortranarray, np.ndarray.tolist, lambda Z: np.repeat(Z, 2, axis=0)[::2], np.float32],
)
def test_storage_does_not_matter(change):
    Z = np.round(generic(20, 9) * 100)  # whole numbers: float32 holds them exactly
    kept, T = interpolative_decomposition(change(Z), 4)
    expected_kept, expected_T = interpolative_decomposition(Z, 4)
    assert np.array_equal(kept, expected_kept)
    assert np.allclose(T, expected_T, atol=1e-4 if change is np.float32 else 1e-12)
    assert T.dtype == (np.float32 if change is np.float32 else np.float64)


def test_whole_numbers_become_float64_and_keep_their_values():
    Z = NASTY["whole numbers"]
    assert PivotedQR(Z).R.dtype == np.float64
    assert np.array_equal(PivotedQR(Z).pivots, PivotedQR(Z.astype(float)).pivots)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
def test_the_input_is_only_read(order, shape):
    Z = np.array(generic(*shape), order=order)
    before = Z.copy()
    Z.flags.writeable = False
    factored = PivotedQR(Z)
    kept = factored.kept(3)
    kept[:] = -1
    factored.interpolation(3)[:] = -1
    assert np.array_equal(Z, before)
    assert factored.kept(3).min() >= 0


# Numbers that meet in ties, cancel, differ by fifteen decades or are zero.
nasty_numbers = st.one_of(
    st.sampled_from([0.0, 0.0, 1.0, -1.0, 1.0, 1e-9, 1e6]),
    st.floats(-1e3, 1e3, allow_subnormal=False),
)
matrices = hnp.array_shapes(min_dims=2, max_dims=2, max_side=8).flatmap(
    lambda shape: hnp.arrays(float, shape, elements=nasty_numbers)
)


@given(Z=matrices)
@example(Z=np.array([[1.0, 1.0, 1.0], [1e-9, 0.0, 0.0], [0.0, 1e-9, 0.0], [0.0, 0.0, 1e-9]]))
def test_any_matrix_is_rebuilt_at_every_k(Z):
    factored = PivotedQR(Z)
    sigma = np.append(np.linalg.svd(Z, compute_uv=False), np.zeros(Z.shape[1]))
    for k in range(1, Z.shape[1] + 1):
        T = factored.interpolation(k)
        E = Z - Z[:, factored.kept(k)] @ T
        slack = rounding(Z) * max(1, np.abs(T).max())
        assert np.isfinite(T).all()
        assert abs(np.linalg.norm(E, 2) - factored.error(k)) <= slack
        assert abs(np.linalg.norm(E) - factored.errors[k]) <= slack
        assert factored.error(k) >= sigma[k] - slack
        # the worst that pivoting can do (Gu and Eisenstat 1996, section 2)
        assert np.abs(T).max() <= 2.0 ** (k - 1) * (1 + 1e-6)


@given(Z=matrices, data=st.data())
def test_the_order_of_the_samples_does_not_matter(Z, data):
    shuffled = Z[data.draw(st.permutations(range(len(Z))))]
    one, other = PivotedQR(Z), PivotedQR(shuffled)
    assert np.allclose(one.errors[0], other.errors[0], rtol=1e-12)
    # With ties rounding decides which column comes first; without them the choice is the same.
    diagonal = np.abs(np.diag(one.R))
    left = np.linalg.norm(Z, axis=0)
    assume(len(left) < 2 or np.diff(np.sort(left))[-1] > 1e-6 * max(diagonal[0], 1))
    assert one.pivots[0] == other.pivots[0]


# --- bad input


@pytest.mark.parametrize(
    ("Z", "error", "message"),
    [
        (np.arange(3.0), ValueError, "Expected 2D array, got 1D"),
        (np.zeros((2, 2, 2)), ValueError, "dim 3"),
        (np.zeros((0, 3)), ValueError, "0 sample"),
        (np.zeros((3, 0)), ValueError, "0 feature"),
        (np.array([[1.0, np.nan]]), ValueError, "Input Z contains NaN"),
        (np.array([[1.0, np.inf]]), ValueError, "Input Z contains infinity"),
        (np.array([[1.0, 1j]]), ValueError, "Complex data not supported"),
        (np.array([["a", "b"]], dtype=object), ValueError, "could not convert string"),
        (sparse.eye_array(3).tocsr(), TypeError, "dense data is required"),
    ],
)
def test_what_is_no_finite_matrix_is_named(Z, error, message):
    with pytest.raises(error, match=message):
        PivotedQR(Z)
    with pytest.raises(error, match=message.replace("Input Z", "Input A")):
        interpolative_decomposition(Z, 1)


@pytest.mark.parametrize(
    ("k", "error", "got"),
    [
        (0, ValueError, "got 0"),
        (-1, ValueError, "got -1"),
        (13, ValueError, "got 13"),
        (2.0, TypeError, "got 2.0 of type float"),
        (True, TypeError, "got True of type bool"),
        ("3", TypeError, "got '3' of type str"),
        (None, TypeError, "got None"),
        (np.array([1, 2]), TypeError, "of type ndarray"),
    ],
)
def test_a_k_that_is_none_is_named(k, error, got):
    Z = generic(30, 12)
    message = rf"k must be a whole number from 1 to 12 \(the columns of [ZA]\), .*{got}"
    factored = PivotedQR(Z)
    for call in (
        lambda: interpolative_decomposition(Z, k),
        lambda: factored.kept(k),
        lambda: factored.interpolation(k),
    ):
        with pytest.raises(error, match=message):
            call()
    if got != "got 0":  # nothing kept: the error is the norm of Z
        with pytest.raises(error, match=rf"k must be a whole number from 0 to 12 .*{got}"):
            factored.error(k)


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.int64])
def test_whole_numbers_of_numpy_are_fine_as_k(dtype):
    assert interpolative_decomposition(generic(30, 12), dtype(3))[1].shape == (3, 12)
