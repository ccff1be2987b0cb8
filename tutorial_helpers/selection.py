"""Which neurons to keep (lessons 03, 06 and 10).

Each selection is called as ``select(network, X, k, *, layer=0, random_state=None)`` and returns
``kept``, an array of k different indices, the most important neuron first. ``network`` is a fitted
MLPClassifier or MLPRegressor, ``X`` (n, d) are calibration data without labels, ``layer`` counts
hidden layers from 0, ``random_state`` is for `at_random`. Selections that look at the weights alone
accept ``X=None``. All raise TypeError or ValueError for a k or a layer that is not there, for data
that do not fit, and NotFittedError for a network without weights.

The first j of k neurons are the choice for j: the selection is *nested*. The exceptions are
`by_leverage` and `by_strong_id`, which look at k as a whole; their attribute ``nested`` says so.
"""

import numpy as np
from scipy.linalg import qr, solve_triangular
from sklearn.utils import check_random_state

from ._validation import check_k, check_matrix
from .decomposition import PivotedQR, interpolative_decomposition
from .networks import check_neurons, hidden_activations


def _largest(scores, k):
    """Return the k indices with the largest scores; of equal ones, the first."""
    return np.argsort(-scores, kind="stable")[:k]


def by_magnitude(network, X, k, *, layer=0, random_state=None):
    """Keep the k neurons with the largest incoming weights, ``‖W[:, j]‖²``.

    The simplest choice there is: it looks at no data.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> kept = by_magnitude(network, None, 3)
    >>> norms = np.linalg.norm(network.coefs_[0], axis=0)
    >>> bool(norms[kept].min() > np.delete(norms, kept).max())
    True
    """
    k = check_neurons(network, k, layer)
    return _largest((network.coefs_[layer] ** 2).sum(axis=0), k)


def at_random(network, X, k, *, layer=0, random_state=None):
    """Keep k neurons drawn at random: the choice that every other one should beat.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> sorted(at_random(network, None, 20, random_state=0)) == list(range(20))
    True
    """
    k = check_neurons(network, k, layer)
    return check_random_state(random_state).permutation(network.coefs_[layer].shape[1])[:k]


def by_id(network, X, k, *, layer=0, random_state=None):
    """Keep the neurons whose activations are the first k pivots of ``Z`` (the ID's choice).

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20,), max_iter=1000)
    >>> Z = hidden_activations(network, X)
    >>> bool(by_id(network, X, 1)[0] == np.argmax((Z**2).sum(axis=0)))
    True
    """
    k = check_neurons(network, k, layer)
    return interpolative_decomposition(hidden_activations(network, X, layer), k)[0]


def by_norm_product(network, X, k, *, layer=0, random_state=None):
    """Keep the k neurons with the largest ``‖W[:, j]‖ · ‖U[j]‖``: weights in and weights out.

    Multiplying ``W[:, j]`` and ``b[j]`` by ten and dividing ``U[j]`` by ten leaves a ReLU network
    as it is; this product stays as well, the magnitude of ``W[:, j]`` does not.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> by_norm_product(network, None, 3).shape
    (3,)
    """
    k = check_neurons(network, k, layer)
    W, U = network.coefs_[layer : layer + 2]
    return _largest(np.linalg.norm(W, axis=0) * np.linalg.norm(U, axis=1), k)


def by_variance(network, X, k, *, layer=0, random_state=None):
    """Keep the k neurons whose activations vary most over the calibration data.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20,), max_iter=1000)
    >>> variances = hidden_activations(network, X).var(axis=0)
    >>> bool(by_variance(network, X, 1)[0] == np.argmax(variances))
    True
    """
    k = check_neurons(network, k, layer)
    return _largest(hidden_activations(network, X, layer).var(axis=0), k)


def by_leverage(network, X, k, *, layer=0, random_state=None):
    """Keep the k neurons with the largest leverage on the best rank-k approximation of ``Z``.

    With ``Z = A Σ Vᵀ`` (SVD), neuron j has the leverage score ``ℓ_j = Σ_{i≤k} V[j, i]²``: how much
    of its axis lies in the space of the k leading right singular vectors.

    Notes
    -----
    Mahoney and Drineas, *CUR matrix decompositions for improved data analysis* (2009), who draw
    columns with these probabilities; here the largest are taken. The scores change with k.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20,), max_iter=1000)
    >>> by_leverage(network, X, 3).shape
    (3,)
    """
    k = check_neurons(network, k, layer)
    Z = hidden_activations(network, X, layer)
    _, sigma, Vt = np.linalg.svd(Z, full_matrices=False)
    rank = np.count_nonzero(sigma > max(Z.shape) * np.finfo(Z.dtype).eps * sigma[0])
    return _largest((Vt[: min(k, rank)] ** 2).sum(axis=0), k)


def by_strong_id(network, X, k, *, layer=0, random_state=None):
    """Keep the ID's neurons, and swap some of them until no entry of ``T`` exceeds 2.

    See `strong_columns`; where pivoting has done well already, this is `by_id`.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20,), max_iter=1000)
    >>> set(by_strong_id(network, X, 2)) == set(by_id(network, X, 2))
    True
    """
    k = check_neurons(network, k, layer)
    return strong_columns(hidden_activations(network, X, layer), k)


def strong_columns(A, k, *, f=2.0):
    """Choose k columns by strong rank-revealing QR.

    Starting from pivoted QR, swap a kept column i with a removed column j as long as this
    multiplies ``|det R11|`` by more than ``f``. That factor is

        ρ² = T[i, j]² + (length of row i of R11⁻¹)² · (length of column j of R22)².

    Beyond the rank there is no volume to gain; the pivots that follow are kept as they are.
    Returns ``kept``, shape (k,). Afterwards no entry of ``T`` exceeds f, up to rounding; f, at
    least 1, is the free parameter of Gu and Eisenstat.

    Notes
    -----
    Gu and Eisenstat, *Efficient algorithms for computing a strong rank-revealing QR
    factorization* (1996). Each swap refactors: short code, not the fastest. Near duplicates can
    look like a gain in both directions, so a swap counts only if the volume ``|det R11|`` has
    really grown, and at most 10 m swaps are made.

    Examples
    --------
    >>> A = np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]])
    >>> strong_columns(A, 2)
    array([1, 2])
    """
    if not f >= 1:
        raise ValueError(f"f must be at least 1, or the swaps never end; got {f}")
    # the rank as the data have it, the swaps in float64; scaled, no square overflows
    A = check_matrix(A, "A")
    r, factored = PivotedQR(A).rank, PivotedQR(A.astype(float))
    P, R = factored.pivots, factored.R / factored.scale
    r = min(check_k(k, len(P), "the columns of A"), r)
    for _ in range(10 * len(P) if 0 < r < len(P) else 0):
        inverse = solve_triangular(R[:r, :r], np.eye(r))
        gain = (inverse @ R[:r, r:]) ** 2
        gain += np.outer((inverse**2).sum(axis=1), (R[r:, r:] ** 2).sum(axis=0))
        i, j = np.unravel_index(gain.argmax(), gain.shape)
        order = np.arange(len(P))
        order[[i, r + j]] = r + j, i
        swapped = qr(R[:, order], mode="r")[0]
        grown = np.prod(np.abs(np.diag(swapped)[:r] / np.diag(R)[:r]))
        if gain[i, j] <= f**2 or grown <= 1 + 1e-6:
            break
        P, R = P[order], swapped
    return P[:k]


def by_greedy(network, X, k, *, layer=0, random_state=None):
    """Keep the neurons that explain the next layer's input best, chosen one after another.

    Orthogonal least squares takes the neuron that leaves the smallest residual of ``Z U``: after
    what is kept has been projected out of ``Z`` and ``Z U``, that with the largest
    ``‖z_jᵀ Z U‖ / ‖z_j‖``. Both are centred, as the next layer's bias takes care of the means.

    Notes
    -----
    Chen, Billings and Luo, *Orthogonal least squares methods and their application to non-linear
    system identification* (1989); for pruning, El Halabi et al. (2022).

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20,), max_iter=1000)
    >>> by_greedy(network, X, 2).shape
    (2,)
    """
    k = check_neurons(network, k, layer)
    Z = hidden_activations(network, X, layer)
    Z, U = Z - Z.mean(axis=0), network.coefs_[layer + 1]
    Z /= np.abs(Z).max() or 1  # no square overflows
    target = Z @ (U / (np.abs(U).max() or 1))
    smallest = max(Z.shape) * np.finfo(Z.dtype).eps * np.linalg.norm(Z, axis=0).max(initial=0)
    kept = []
    for _ in range(k):
        lengths = np.linalg.norm(Z, axis=0)
        gains = np.linalg.norm(Z.T @ target, axis=1) / np.maximum(lengths, smallest or 1)
        gains[lengths <= smallest] = 0
        gains[kept] = -1
        kept.append(int(gains.argmax()))
        if lengths[kept[-1]] > smallest:
            q = Z[:, kept[-1]] / lengths[kept[-1]]
            Z -= np.outer(q, q @ Z)
            target -= np.outer(q, q @ target)
    return np.array(kept)


SELECTIONS = {
    "id": by_id,
    "magnitude": by_magnitude,
    "random": at_random,
    "norm product": by_norm_product,
    "variance": by_variance,
    "leverage": by_leverage,
    "strong id": by_strong_id,
    "greedy": by_greedy,
}
for _select in SELECTIONS.values():
    _select.nested = _select not in (by_leverage, by_strong_id)
