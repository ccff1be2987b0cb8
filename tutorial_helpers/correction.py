"""How the next layer makes up for the neurons that are gone.

Each function takes the activations ``Z`` (n, m) of all neurons, the kept indices ``J`` (k,), and
the next layer's weights ``U`` (m, c) and bias ``β`` (c,). It returns the weights (k, c) and bias
(c,) that replace them, so that ``Z[:, J] U_new + β_new`` stands in for ``Z U + β``.
"""

import numpy as np
from scipy.linalg import lstsq
from sklearn.linear_model import RidgeCV


def no_correction(Z, kept, U, beta):
    """Keep the rows of ``U`` that belong to the kept neurons, and nothing else: ``U[J], β``.

    Parameters
    ----------
    Z : ignored
    kept : ndarray of int, shape (k,)
    U : ndarray of shape (m, c)
    beta : ndarray of shape (c,)

    Returns
    -------
    U_new : ndarray of shape (k, c)
    beta_new : ndarray of shape (c,)

    Examples
    --------
    >>> no_correction(None, [2, 0], np.array([[1.0], [2.0], [3.0]]), np.array([5.0]))
    (array([[3.],
           [1.]]), array([5.]))
    """
    return U[kept], beta


def interpolation(Z, kept, U, beta):
    """Fold ``T`` into the next layer, ``T U``, where ``Z[:, J] T`` is as close to ``Z`` as it gets.

    For the columns that the ID keeps, this is the ``T`` of the ID. For any other columns, ``T U``
    is found directly as the least-squares solution of ``Z[:, J] (T U) ≈ Z U``.

    Parameters
    ----------
    Z : ndarray of shape (n, m)
    kept : ndarray of int, shape (k,)
    U : ndarray of shape (m, c)
    beta : ndarray of shape (c,)

    Returns
    -------
    U_new : ndarray of shape (k, c)
    beta_new : ndarray of shape (c,)

    Examples
    --------
    >>> Z = np.array([[1.0, 2.0], [3.0, 6.0]])  # the second neuron is twice the first
    >>> U_new, _ = interpolation(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    >>> bool(np.allclose(U_new, 3.0))
    True
    """
    return _solve(Z[:, kept], Z @ U), beta


def least_squares(Z, kept, U, beta):
    """Refit weights and bias: least squares of ``Z U + β`` on ``[1, Z[:, J]]``.

    Parameters
    ----------
    Z : ndarray of shape (n, m)
    kept : ndarray of int, shape (k,)
    U : ndarray of shape (m, c)
    beta : ndarray of shape (c,)

    Returns
    -------
    U_new : ndarray of shape (k, c)
    beta_new : ndarray of shape (c,)

    Notes
    -----
    Centring both sides solves the same problem: the bias is what the means leave over.

    Examples
    --------
    >>> Z = np.array([[1.0, 3.0], [2.0, 5.0], [3.0, 7.0]])  # second neuron = 2 * first + 1
    >>> U_new, beta_new = least_squares(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    >>> bool(np.allclose(U_new, 3.0)), bool(np.allclose(beta_new, 1.0))
    (True, True)
    """
    U_new, shift = solve_with_bias(Z[:, kept], Z @ U)
    return U_new, beta + shift


def mean_into_bias(Z, kept, U, beta):
    """Replace each removed neuron by its mean: ``U[J]``, and ``β`` plus what the means put in.

    ``β_new = β + z̄ U − z̄_J U[J]`` with ``z̄`` the column means of ``Z``: afterwards the mean of
    the next layer's input is what it was.

    Parameters
    ----------
    Z : ndarray of shape (n, m)
    kept : ndarray of int, shape (k,)
    U : ndarray of shape (m, c)
    beta : ndarray of shape (c,)

    Returns
    -------
    U_new : ndarray of shape (k, c)
    beta_new : ndarray of shape (c,)

    Examples
    --------
    >>> Z = np.array([[1.0, 4.0], [2.0, 6.0]])
    >>> mean_into_bias(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    (array([[1.]]), array([5.]))
    """
    mean = Z.mean(axis=0)
    return U[kept], beta + mean @ U - mean[kept] @ U[kept]


def ridge(Z, kept, U, beta):
    """Refit weights and bias with a penalty on large weights, whose size the data choose.

    Minimises ``‖Z[:, J] U_new + β_new − (Z U + β)‖_F² + α ‖U_new‖_F²``. Of ten penalties α, each
    ten times the last, it takes the one with the smallest leave-one-out error.

    Parameters
    ----------
    Z : ndarray of shape (n, m)
    kept : ndarray of int, shape (k,)
    U : ndarray of shape (m, c)
    beta : ndarray of shape (c,)

    Returns
    -------
    U_new : ndarray of shape (k, c)
    beta_new : ndarray of shape (c,)

    Raises
    ------
    ValueError
        For a single sample, of which none can be left out.

    Notes
    -----
    `sklearn.linear_model.RidgeCV` has the leave-one-out errors of all penalties from one
    factorization. Generalised cross-validation (Golub, Heath and Wahba 1979) is the same with
    every sample's leverage replaced by their mean.

    Examples
    --------
    >>> Z = np.array([[1.0, 3.0], [2.0, 5.0], [3.0, 7.0]])  # second neuron = 2 * first + 1
    >>> U_new, beta_new = ridge(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    >>> bool(np.allclose(U_new, 3.0)), bool(np.allclose(beta_new, 1.0))
    (True, True)
    """
    if len(Z) < 2:
        raise ValueError("ridge leaves one sample out to choose its penalty: pass two or more")
    A = Z[:, kept]
    scale = A.var(axis=0).mean() * len(A) or 1.0
    fit = RidgeCV(scale * np.logspace(-8, 1, 10)).fit(A, Z @ U)
    # of a single output scikit-learn returns a vector
    return fit.coef_.reshape(-1, len(kept)).T, beta + fit.intercept_


def solve_with_bias(A, target, rcond=None):
    """Return weights and bias that minimise ``‖A weights + bias − target‖_F``."""
    A_mean, target_mean = A.mean(axis=0), target.mean(axis=0)
    weights = _solve(A - A_mean, target - target_mean, rcond)
    return weights, target_mean - A_mean @ weights


def _solve(A, B, rcond=None):
    """Solve least squares by QR; the shortest solution where columns of ``A`` are dependent."""
    cond = max(A.shape) * np.finfo(A.dtype).eps if rcond is None else rcond
    return lstsq(A, B, cond=cond, lapack_driver="gelsy")[0]


CORRECTIONS = {
    "interpolation": interpolation,
    "none": no_correction,
    "mean": mean_into_bias,
    "least squares": least_squares,
    "ridge": ridge,
}
