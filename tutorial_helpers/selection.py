"""Which neurons to keep: each function takes network, data and k, and returns indices.

The most important neuron comes first, so the first j of k are the choice for j.
"""

import numpy as np
from sklearn.utils import check_random_state

from ._validation import check_k
from .decomposition import PivotedQR
from .networks import check_layer, hidden_activations


def _neurons(network, k, layer):
    """Return the incoming weights ``W`` of a layer and the checked ``k``."""
    W = network.coefs_[check_layer(network, layer)]
    return W, check_k(k, W.shape[1], f"the neurons of hidden layer {layer}")


def by_magnitude(network, X, k, *, layer=0, random_state=None):
    """Keep the k neurons with the largest incoming weights, ``‖W[:, j]‖²``.

    The simplest choice there is: it looks at no data (``X`` and ``random_state`` are unused).

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
    X : ignored
    k : int
    layer : int
    random_state : ignored

    Returns
    -------
    kept : ndarray of int, shape (k,)

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> kept = by_magnitude(network, None, 3)
    >>> norms = np.linalg.norm(network.coefs_[0], axis=0)
    >>> bool(norms[kept].min() > np.delete(norms, kept).max())
    True
    """
    W, k = _neurons(network, k, layer)
    return np.argsort(-(W**2).sum(axis=0), kind="stable")[:k]


def at_random(network, X, k, *, layer=0, random_state=None):
    """Keep k neurons drawn at random: the choice that every other one should beat.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
    X : ignored
    k : int
    layer : int
    random_state : int, RandomState or None

    Returns
    -------
    kept : ndarray of int, shape (k,)

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> sorted(at_random(network, None, 20, random_state=0)) == list(range(20))
    True
    """
    W, k = _neurons(network, k, layer)
    return check_random_state(random_state).permutation(W.shape[1])[:k]


def by_id(network, X, k, *, layer=0, random_state=None):
    """Keep the neurons whose activations are the first k pivots of ``Z`` (the ID's choice).

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
    X : array-like of shape (n, d)
        Calibration data; no labels are needed.
    k : int
    layer : int
    random_state : ignored

    Returns
    -------
    kept : ndarray of int, shape (k,)

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20,), max_iter=1000)
    >>> Z = hidden_activations(network, X)
    >>> bool(by_id(network, X, 1)[0] == np.argmax((Z**2).sum(axis=0)))
    True
    """
    _, k = _neurons(network, k, layer)
    return PivotedQR(hidden_activations(network, X, layer)).kept(k)


SELECTIONS = {"id": by_id, "magnitude": by_magnitude, "random": at_random}
