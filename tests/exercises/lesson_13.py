"""The exercises of the lesson on convolutional networks."""

import numpy as np
from scipy import sparse
from scipy.linalg import block_diag

from exercises import Case
from tutorial_helpers import load_convolutional_network

T_SMALL = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]])
K_SMALL, K_BOTH = np.arange(108.0).reshape(4, 3, 3, 3), np.arange(90.0).reshape(2, 5, 3, 3)


def lesson():
    return {
        "check_convolution_cost": (3, 16, 8, 10, 5),
        "check_largest_filters": (load_convolutional_network().kernels[1], 6),
        "check_kernel_with_t": (T_SMALL, K_SMALL),
        "check_block_matrix": (T_SMALL, 4),
        "check_concatenated": (T_SMALL, K_BOTH),
    }


def drawn(rng):
    """Draw networks of other sizes."""
    T = rng.normal(size=(2, 6))
    T[:, [4, 1]] = np.eye(2)
    return {
        "check_convolution_cost": (6, *(int(n) for n in rng.permutation(np.arange(7, 20))[:3]), 5),
        "check_largest_filters": (rng.normal(size=(60, 6, 3, 3)), 12),
        "check_kernel_with_t": (T, rng.normal(size=(5, 6, 3, 3))),
        "check_block_matrix": (rng.normal(size=(2, 5)), int(rng.integers(3, 6))),
        "check_concatenated": (T, rng.normal(size=(5, 9, 3, 3))),
    }


def by_taps(T, K):
    """Fold T into a kernel, one number after the other."""
    new = np.zeros((len(K), len(T), *K.shape[2:]))
    for o, j, c, s, t in np.ndindex(len(K), *T.shape, *K.shape[2:]):
        new[o, j, s, t] += T[j, c] * K[o, c, s, t]
    return new


def scrambled(T, K):
    """Fold T as the lesson's function does before it is mended."""
    return (T @ K.reshape(K.shape[1], -1)).reshape(len(K), len(T), *K.shape[2:])


def both(T, K):
    """Read the kept channels of one branch and all of the other."""
    c = T.shape[1]
    return np.hstack([by_taps(T, K[:, :c]), K[:, c:]])


kernels = np.random.default_rng(10).normal(size=(30, 5, 3, 3))
norms = [np.linalg.norm(kernel.ravel()) for kernel in kernels]
largest = sorted(range(30), key=lambda o: -norms[o])[:9]
sums = [sum(np.linalg.norm(taps) for taps in kernel) for kernel in kernels]

CASES = {
    "check_convolution_cost": Case(
        (3, 16, 8, 10, 5),
        lambda c, o, h, w, size: h * w * np.ones((o, c, size, size)).sum(),
        [
            ("width counts too", lambda c, o, h, w, size: h * h * size * size * c * o),
            ("height counts too", lambda c, o, h, w, size: w * w * size * size * c * o),
            ("how many pairs", lambda c, o, h, w, size: h * w * size * size * (c + o)),
            ("a function is asked for", 96_000),
        ],
    ),
    "check_largest_filters": Case(
        (kernels, 9),
        largest,
        [
            ("not a sum of norms", sorted(range(30), key=lambda o: -sums[o])[:9]),
            ("another order", sorted(largest)),
            ("do they belong", sorted(norms)[::-1][:9]),
        ],
    ),
    "check_kernel_with_t": Case(
        (T_SMALL, K_SMALL),
        by_taps,
        [
            ("which axis holds", scrambled),
            ("only selects", lambda T, K: K[:, [0, 2] if T[0, 0] == 1 else [2, 0]]),
            ("out come first", lambda T, K: np.tensordot(T, K, axes=(1, 1))),
            ("a function is asked for", by_taps(T_SMALL, K_SMALL)),
        ],
    ),
    "check_block_matrix": Case(
        (T_SMALL, 4),
        sparse.block_diag([T_SMALL] * 4),
        [
            ("one pixel", T_SMALL),
            ("columns what is rebuilt", block_diag(*[T_SMALL] * 4).T),
            ("channel after channel", sparse.kron(T_SMALL, np.eye(4))),
        ],
    ),
    "check_concatenated": Case(
        (T_SMALL, K_BOTH),
        both,
        [
            ("still read", lambda T, K: by_taps(T, K[:, : T.shape[1]])),
            ("stay in front", lambda T, K: both(T, K)[:, [*range(2, both(T, K).shape[1]), 0, 1]]),
            ("a function is asked for", both(T_SMALL, K_BOTH)),
        ],
    ),
}
