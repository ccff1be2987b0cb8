"""The triangle of many blocks: however they are cut, of both precisions, and what it serves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import qr

from tutorial_helpers import PivotedQR, hidden_activations, least_squares, triangle


def falling(n, m, seed=0):
    """Draw rows as of activations: columns are alike, one is zero, one half of another."""
    rng = np.random.default_rng(seed)
    Z = np.maximum(rng.normal(size=(n, 8)) @ rng.normal(size=(8, m)) + rng.normal(size=m), 0)
    Z[:, m // 2] = Z[:, 0] / 2
    Z[:, m - 1] = 0
    return Z


def cut(Z, places):
    return np.split(Z, sorted(places))


# --- any cutting, one triangle


@given(
    st.integers(1, 9).flatmap(
        lambda m: st.tuples(st.just(m), st.integers(m, 40), st.integers(0, 2**32 - 1))
    ),
    st.sets(st.integers(1, 39), max_size=12),
    st.sampled_from(["float64", "float32"]),
)
def test_any_cutting_gives_the_triangle_of_all_rows(sizes, places, kind):
    m, n, seed = sizes
    Z = np.random.default_rng(seed).normal(size=(n, m)).astype(kind)
    R = triangle(cut(Z, [place for place in places if place < n]))
    assert R.shape == (m, m)
    assert R.dtype == kind
    assert np.array_equal(R, np.triu(R))
    assert np.all(np.diag(R) >= 0)
    # in double precision and by another routine; unique up to signs, as the columns are independent
    expected = qr(Z.astype(float), mode="economic")[1]
    scale, eps = np.abs(expected).max(), np.finfo(kind).eps
    # a nearly dependent column leaves its row less certain: compare what is certain
    assert np.allclose(R.T.astype(float) @ R, expected.T @ expected, atol=30 * n * eps * scale**2)
    if np.linalg.cond(expected) < 100:
        assert np.allclose(
            R, np.sign(np.diag(expected))[:, None] * expected, atol=1e4 * eps * scale
        )


@given(st.permutations(range(6)), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_triangles_join_in_any_order_and_any_tree(order, at, seed):
    blocks = np.split(np.random.default_rng(seed).normal(size=(60, 4)), 6)
    tree = triangle(
        [triangle([blocks[i] for i in order[:at]]), triangle([blocks[i] for i in order[at:]])]
    )
    assert np.allclose(tree, triangle(blocks), atol=1e-11)


def test_blocks_taller_than_a_step_and_rows_one_by_one():
    Z = np.random.default_rng(0).normal(size=(2300, 7))
    whole = triangle([Z])
    assert np.allclose(whole.T @ whole, Z.T @ Z)
    assert np.allclose(triangle(Z[i : i + 1] for i in range(len(Z))), whole, atol=1e-9)


@pytest.mark.parametrize("exponent", [-900, -500, 500, 900])
def test_no_size_overflows(exponent):
    Z = np.random.default_rng(0).normal(size=(40, 5))
    scaled = triangle(np.split(Z * 2.0**exponent, 4))
    assert np.allclose(scaled / 2.0**exponent, triangle([Z]), rtol=1e-12)


def test_any_iterable_of_anything_like_a_matrix(tmp_path):
    Z = np.random.default_rng(0).normal(size=(90, 6))
    R = triangle([Z])
    np.save(tmp_path / "rows.npy", Z)
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    ways = [
        (mapped[i : i + 31] for i in range(0, 90, 31)),
        tuple(np.asfortranarray(part) for part in np.array_split(Z, 4)),
        [Z[:50].tolist(), Z[50:]],
        Z.reshape(3, 30, 6),
        [Z[::2], Z[1::2]],
    ]
    for blocks in ways:
        assert np.allclose(triangle(blocks), R, atol=1e-9)


def test_nothing_that_is_given_is_changed():
    Z = np.asfortranarray(falling(60, 6))
    R = triangle([Z])
    before = Z.copy(), R.copy()
    triangle([R, Z])
    assert np.array_equal(Z, before[0])
    assert np.array_equal(R, before[1])


# --- what it serves


@pytest.mark.parametrize("n", [100, 5000])
def test_pivots_t_errors_and_rank_are_those_of_the_whole(n):
    Z = falling(n, 30)
    whole = PivotedQR(Z)
    factored = PivotedQR(triangle(np.array_split(Z, 9)), n=n)
    assert factored.shape == whole.shape
    assert factored.rank == whole.rank == 28
    assert np.array_equal(factored.pivots[:28], whole.pivots[:28])
    assert np.allclose(factored.errors, whole.errors, atol=1e-10 * whole.errors[0])
    for k in (3, 10, 25):
        assert np.allclose(factored.interpolation(k), whole.interpolation(k), atol=1e-9)
        assert factored.error(k) == pytest.approx(whole.error(k))


def test_single_precision_keeps_the_same_sets(digits):
    network, X, *_ = digits
    rng = np.random.default_rng(0)
    rows = X[rng.integers(0, len(X), 20_000)] + rng.normal(size=(20_000, X.shape[1]))
    Z = hidden_activations(network, rows)
    single = PivotedQR(triangle(np.array_split(Z.astype(np.float32), 20)), n=len(Z))
    for k in (10, 20, 40):
        assert set(single.kept(k)) == set(PivotedQR(Z).kept(k))
        assert np.allclose(single.errors[k], PivotedQR(Z).errors[k], rtol=1e-3)


def test_many_rows_in_single_precision_do_not_use_up_the_rank():
    """A million times eps is an eighth; rounding is far less."""
    spectrum = np.diag(np.logspace(0, -2.5, 8)).astype(np.float32)
    assert PivotedQR(spectrum, n=1_000_000).rank == 8


def test_rank_asks_for_the_number_of_rows():
    R = np.diag([1.0, 1e-3, 3e-10])
    assert PivotedQR(R).rank == 3
    assert PivotedQR(R, n=10_000_000).rank == 2


def test_a_column_of_ones_and_the_next_inputs_make_the_refit(digits):
    network, X, *_ = digits
    Z = hidden_activations(network, X)
    U, beta = network.coefs_[1], network.intercepts_[1]
    kept = PivotedQR(Z).kept(12)
    blocks = np.array_split(np.column_stack([np.ones(len(Z)), Z, Z @ U + beta]), 5)
    R = triangle(blocks)
    m = Z.shape[1]
    solved = np.linalg.lstsq(R[:, [0, *(1 + kept)]], R[:, 1 + m :])[0]
    weights, bias = least_squares(Z, kept, U, beta)
    assert np.allclose(solved[1:], weights, atol=1e-7)
    assert np.allclose(solved[0], bias, atol=1e-6)


# --- what is no block


B = np.ones((6, 3))
WITH_NAN = np.where(np.arange(18).reshape(6, 3) == 7, np.nan, 1.0)
REFUSED = {
    "there is no block": [],
    "yields its blocks only once": iter(()),
    "a single one of shape \\(6, 3\\)": B,
    "block 99 \\(the first is 0\\): Input block contains NaN": [B] * 99 + [WITH_NAN],
    "block 1 .*infinity": [B, np.full((6, 3), np.inf)],
    "block 1 .* has 4 columns, those before it have 3": [B, np.ones((6, 4))],
    "block 2 .* 0 sample": [B, B, B[:0]],
    "block 0 .* 1D array": [B[0]],
    "the blocks have 2 rows and 3 columns": [B[:1], B[:1]],
    "block 1 .*could not convert": [B, [["a", "b", "c"]]],
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_is_no_matrix_is_refused_with_its_number(message):
    with pytest.raises(ValueError, match=message):
        triangle(REFUSED[message])


@pytest.mark.parametrize(
    ("message", "blocks"),
    [
        ("iterable of matrices, got int", 3),
        ("iterable of matrices, got NoneType", None),
        ("block 1 .* float32, those before it are float64.*astype", [B, B.astype(np.float32)]),
        ("block 1 .* float64, those before it are float32", [B.astype(np.float32), B]),
    ],
)
def test_what_is_no_iterable_or_of_another_type_is_refused(message, blocks):
    with pytest.raises(TypeError, match=message):
        triangle(blocks)


def test_a_generator_that_was_used_is_told_apart():
    blocks = (B * i for i in range(1, 4))
    triangle(blocks)
    with pytest.raises(ValueError, match="make it anew"):
        triangle(blocks)


@pytest.mark.parametrize("n", [2, 3.0, True, "many"])
def test_the_number_of_rows_is_a_number_of_rows(n):
    with pytest.raises((TypeError, ValueError), match="n must be a whole number of at least 3"):
        PivotedQR(np.eye(3), n=n)
