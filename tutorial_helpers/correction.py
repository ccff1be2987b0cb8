"""How the next layer makes up for the neurons that are gone (lessons 06 and 10).

Each correction takes the activations ``Z`` (n, m) of all neurons on the calibration data, ``kept``
(k,), the indices ``J`` of those that stay, the most important first, and the next layer's weights
``U`` (m, c) and bias ``beta``, β (c,). It returns ``U_new`` (k, c) and ``β_new`` (c,), so that
``Z[:, J] U_new + β_new`` stands in for ``Z U + β``.

A kept neuron *stands for itself*: it keeps its own weights, and a correction only adds to ``U[J]``
and ``β`` what the kept neurons can say for the removed ones. So removing nothing changes nothing.
A kept neuron that tells nothing new gets nothing added, as its weight would rest on rounding or on
little more; `decomposition.triangle` decides who does. (`ridge` only leaves out constant neurons:
its penalty shares the weight among near copies.)
"""

import numpy as np
from scipy.linalg import solve_triangular
from sklearn.linear_model import RidgeCV

from .decomposition import SHORT, triangle


def no_correction(Z, kept, U, beta):
    """Keep the rows of ``U`` that belong to the kept neurons, and nothing else: ``U[J], β``.

    ``Z`` is not looked at.

    Examples
    --------
    >>> no_correction(None, [2, 0], np.array([[1.0], [2.0], [3.0]]), np.array([5.0]))
    (array([[3.],
           [1.]]), array([5.]))
    """
    return U[kept], beta


def interpolation(Z, kept, U, beta):
    """Fold ``T`` into the next layer: ``T U``, with ``Z ≈ Z[:, J] T`` by least squares.

    The columns of ``T`` that belong to kept neurons are those of the identity, so this is
    ``U[J] + T[:, rest] U[rest]``. For the columns that the ID keeps it is the ``T`` of the ID.

    Examples
    --------
    >>> Z = np.array([[1.0, 2.0], [3.0, 6.0]])  # the second neuron is twice the first
    >>> U_new, _ = interpolation(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    >>> bool(np.allclose(U_new, 3.0))
    True
    """
    return U[kept] + _fit(Z, kept, _removed(Z, kept, U)), beta


def mean_into_bias(Z, kept, U, beta):
    """Replace each removed neuron by its mean: ``U[J]``, and ``β + z̄[rest] U[rest]``.

    Afterwards the mean of the next layer's input is what it was.

    Examples
    --------
    >>> Z = np.array([[1.0, 4.0], [2.0, 6.0]])
    >>> mean_into_bias(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    (array([[1.]]), array([5.]))
    """
    return U[kept], beta + _removed(Z, kept, U).mean(axis=0)


def least_squares(Z, kept, U, beta):
    """Refit weights and bias: least squares of ``Z U + β`` on ``[1, Z[:, J]]``.

    Centring both sides solves the same problem: the bias follows from the means.

    Examples
    --------
    >>> Z = np.array([[1.0, 3.0], [2.0, 5.0], [3.0, 7.0]])  # second neuron = 2 * first + 1
    >>> U_new, beta_new = least_squares(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    >>> bool(np.allclose(U_new, 3.0)), bool(np.allclose(beta_new, 1.0))
    (True, True)
    """
    missing, mean = _removed(Z, kept, U), Z.mean(axis=0)
    added = _fit(Z, kept, missing - missing.mean(axis=0), mean)
    return U[kept] + added, beta + missing.mean(axis=0) - mean[kept] @ added


def ridge(Z, kept, U, beta):
    """Refit as `least_squares`, with a penalty on what is added, whose size the data choose.

    Minimises ``‖Z[:, J] V + γ − Z[:, rest] U[rest]‖_F² + α ‖V‖_F²`` and adds V and γ to ``U[J]``
    and β. Of ten penalties α, each ten times the last, it takes the one with the smallest
    leave-one-out error; of a single sample none can be left out: ValueError.

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
    A, missing = Z[:, kept], _removed(Z, kept, U)
    added, shift = np.zeros_like(U[kept]), missing.mean(axis=0)
    varies = A.std(axis=0) * np.sqrt(len(A)) > SHORT * np.linalg.norm(A, axis=0)
    if varies.any():
        A = A[:, varies]
        penalties = A.var(axis=0).mean() * len(A) * np.logspace(-8, 1, 10)
        fit = RidgeCV(penalties).fit(A, missing)
        # for a single output scikit-learn returns a vector
        added[varies], shift = fit.coef_.reshape(U.shape[1], -1).T, fit.intercept_
    return U[kept] + added, beta + shift


def _removed(Z, kept, U):
    """Return what the removed neurons put into the next layer, ``Z[:, rest] U[rest]``."""
    U = U.copy()
    U[kept] = 0
    return Z @ U


def _fit(Z, kept, missing, mean=None):
    """Return the least-squares weights of the kept neurons that come closest to ``missing``."""
    k, rest = len(kept), np.setdiff1d(np.arange(Z.shape[1]), kept)
    for order in (np.asarray(kept), np.append(kept, rest)):
        new, R = triangle(Z, order, k, mean=mean, carried=missing)
        if new.all():  # otherwise it matters how much is left of the removed neurons
            break
    weights = np.zeros((k, missing.shape[1]), R.dtype)
    weights[new] = solve_triangular(R[:, :k][:, new], R[:, len(order) :])
    return weights


CORRECTIONS = {
    "interpolation": interpolation,
    "none": no_correction,
    "mean": mean_into_bias,
    "least squares": least_squares,
    "ridge": ridge,
}
# Which of bias and weights are refitted; `EveryK` needs to know. Ridge chooses its penalty anew at
# every k, so it has no running sum.
for _correct, _bias, _weights in (
    (interpolation, False, True),
    (no_correction, False, False),
    (mean_into_bias, True, False),
    (least_squares, True, True),
):
    _correct.refits = {"bias": _bias, "weights": _weights}
