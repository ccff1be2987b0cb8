"""Every k from one factorization.

The ID is nested. With ``Z[:, P] = Q R`` the pruned layer with k neurons puts out, on any data,
``Z'[:, J] R11⁻¹ (first k rows of Qᵀ Z)``. The first factor is the first k columns of
``C = Z'[:, P] R⁻¹`` and ``Qᵀ Z U = R U[P]``, so the next layer's pre-activations are a running sum
of rank-one terms, ``β + Σ_{i≤k} c_i g_i`` with ``G = R U[P]``.
"""

import numpy as np
from scipy.linalg import solve_triangular
from sklearn.base import is_classifier
from sklearn.metrics import accuracy_score, r2_score

from .decomposition import PivotedQR
from .networks import (
    ACTIVATIONS,
    check_layer,
    check_same_classes,
    forward,
    hidden_activations,
    labels_from_logits,
)


def logits_at_every_k(network, X_fit, X, *, layer=0):
    """Yield the logits of the network pruned by the ID to k = 1, 2, …, rank neurons.

    Equal to ``logits(prune_by_id(network, X_fit, k, layer=layer), X)`` for each k, at the price
    of one factorization for all of them.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted.
    X_fit : array-like of shape (n, d)
        Calibration data.
    X : array-like of shape (n', d)
        Where the pruned networks are evaluated.
    layer : int
        The hidden layer to prune; the first is 0.

    Yields
    ------
    L : ndarray of shape (n', c)
        A fresh array for each k.

    Raises
    ------
    TypeError, ValueError, sklearn.exceptions.NotFittedError

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, logits, prune_by_id, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> every = list(logits_at_every_k(network, X_train, X_test))
    >>> bool(np.allclose(every[9], logits(prune_by_id(network, X_train, 10), X_test)))
    True
    """
    layer = check_layer(network, layer)
    factored = PivotedQR(hidden_activations(network, X_fit, layer))
    yield from _running_logits(network, factored, X, layer)


def _running_logits(network, factored, X, layer):
    r, P = factored.rank, factored.pivots
    Z = hidden_activations(network, X, layer)
    C = solve_triangular(factored.R[:r, :r], Z[:, P[:r]].T, trans="T").T
    G = factored.R[:r] @ network.coefs_[layer + 1][P]
    last = len(network.coefs_) - 1
    A = np.tile(network.intercepts_[layer + 1], (len(Z), 1))
    for c, g in zip(C.T, G, strict=True):
        A += np.outer(c, g)
        if layer + 1 == last:
            yield A.copy()
        else:
            yield forward(network, ACTIVATIONS[network.activation](A), layer + 2, last)


def accuracy_at_every_k(network, X_fit, X, y, *, layer=0):
    """Score the network pruned by the ID to every k = 1, …, rank, from one factorization.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted.
    X_fit : array-like of shape (n, d)
        Calibration data; the ID is computed from its activations.
    X : array-like of shape (n', d)
    y : array-like of shape (n',)
        Where the pruned networks are scored.
    layer : int
        The hidden layer to prune; the first is 0.

    Returns
    -------
    accuracies : ndarray of shape (rank,)
        Entry k − 1 is ``prune_by_id(network, X_fit, k).score(X, y)``: the accuracy of a
        classifier, R² of a regressor.

    Raises
    ------
    TypeError, ValueError, sklearn.exceptions.NotFittedError

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, prune_by_id, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> accuracies = accuracy_at_every_k(network, X_train, X_test, y_test)
    >>> bool(accuracies[9] == prune_by_id(network, X_train, 10).score(X_test, y_test))
    True
    """
    score = accuracy_score if is_classifier(network) else r2_score
    every = logits_at_every_k(network, X_fit, X, layer=layer)
    return np.array([score(y, labels_from_logits(network, L)) for L in every])


def agreement(network, pruned, X):
    """Return the fraction of samples on which two classifiers predict the same.

    ``mean(network.predict(X) == pruned.predict(X))``; for several labels per sample, all must
    agree. Unlike accuracy it needs no labels: it measures whether the model was preserved.

    Parameters
    ----------
    network, pruned : MLPClassifier
        Fitted on the same classes.
    X : array-like of shape (n, d)

    Returns
    -------
    fraction : float
        From 0 to 1.

    Raises
    ------
    TypeError
        For regressors, whose predictions are hardly ever exactly equal.
    ValueError
        If the two know different classes or the data does not fit.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, prune_by_id, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> agreement(network, prune_by_id(network, X_train, 50), X_test)
    1.0
    """
    check_same_classes(network, pruned)
    return accuracy_score(network.predict(X), pruned.predict(X))
