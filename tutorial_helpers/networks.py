"""A scikit-learn network as what it is: matrices, and a function between them (lesson 01).

``X`` (n, d) enters, ``Z = φ(X W + b)`` (n, m) is the hidden layer, ``Z U + β`` (n, c) are the
logits. Rows are samples everywhere.

What all functions of the package share is told here once:

network : fitted `MLPClassifier` or `MLPRegressor`, with any activation that scikit-learn has; it
    is left as it is.
X : array-like or sparse matrix (n, d), the features that the network was trained on, finite. Where
    a network is pruned, these are *calibration data*: no labels are needed.
layer : int, which hidden layer; the first is 0.
k : int, how many neurons of that layer stay, from 1 to m.

TypeError, ValueError or NotFittedError name the argument, its value and what was expected. A
network inside a pipeline is passed as ``pipeline[-1]``.
"""

import copy

import numpy as np
from scipy.special import expit, ndtr
from sklearn.base import is_classifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils import check_array
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.validation import check_is_fitted, validate_data

from ._validation import check_k, check_kept, one_thread

ACTIVATIONS = {
    "identity": lambda A: A,
    "relu": lambda A: np.maximum(A, 0),
    "tanh": np.tanh,
    "logistic": expit,
    "gelu": lambda A: A * ndtr(A),  # not in scikit-learn: transformers have it
}


@one_thread
def train_network(X, y, hidden_layer_sizes=(1000,), *, random_state=1, max_iter=300):
    """Train a ReLU classifier with Adam, the settings of every lesson.

    Parameters
    ----------
    X, y : array-like of shape (n, d) and (n,)
    hidden_layer_sizes : tuple of int
    random_state : int
        Seed of the initial weights and of the order of the samples.
    max_iter : int
        Largest number of epochs; training stops earlier when the loss stops falling.

    Returns
    -------
    network : fitted sklearn.neural_network.MLPClassifier

    Examples
    --------
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> network.predict([[0.0], [3.0]])
    array([0, 1])
    """
    return MLPClassifier(hidden_layer_sizes, random_state=random_state, max_iter=max_iter).fit(X, y)


def check_network(network):
    """Return ``network`` if it is a fitted multi-layer perceptron, or say what is missing."""
    if not isinstance(network, MLPClassifier | MLPRegressor):
        raise TypeError(
            "network must be a fitted MLPClassifier or MLPRegressor, "
            f"got {type(network).__name__}. For a network inside a pipeline, pass pipeline[-1] "
            "as the network and pipeline[:-1].transform(X) as the data."
        )
    check_is_fitted(network)
    return network


def check_layer(network, layer):
    """Return ``layer`` if the network has that hidden layer, or say which it has."""
    last = len(check_network(network).coefs_) - 2
    return check_k(layer, last, "the hidden layers, the first is 0", smallest=0, name="layer")


def check_neurons(network, k, layer):
    """Return ``k`` if that hidden layer has so many neurons, or say how many it has."""
    layer = check_layer(network, layer)
    m = network.coefs_[layer].shape[1]
    return check_k(k, m, f"the neurons of hidden layer {layer}")


def check_same_classes(network, other):
    """Make sure that two networks are classifiers whose predictions can be compared."""
    for model in (network, other):
        if not is_classifier(check_network(model)):
            raise TypeError(
                "class labels are compared here, so both networks must be classifiers; for "
                f"{type(model).__name__} compare predictions by r2_score or a norm instead"
            )
    known = [(model.out_activation_, list(model.classes_)) for model in (network, other)]
    if known[0] != known[1]:
        raise ValueError(
            "the two networks must know the same classes and have the same output function, "
            f"got {known[0]} and {known[1]}"
        )


def check_samples(network, X):
    """Return ``X`` as the network would read it: same features, finite, float, maybe sparse."""
    check_network(network)
    if X is None:
        raise ValueError(
            "activations are computed from data: pass X, an array of shape "
            f"(samples, {network.n_features_in_})"
        )
    return validate_data(
        network, X, reset=False, accept_sparse=("csr", "csc"), dtype=("float64", "float32")
    )


def forward(network, A, first, last):
    """Send ``A``, which enters layer ``first``, up to the pre-activation of layer ``last``."""
    activation = ACTIVATIONS[network.activation]
    for i in range(first, last + 1):
        A = safe_sparse_dot(A if i == first else activation(A), network.coefs_[i])
        A += network.intercepts_[i]
    return A


def hidden_activations(network, X, layer=0):
    """Compute what a hidden layer puts out, ``Z = φ(X W + b)``.

    Returns
    -------
    Z : ndarray of shape (n, m)
        One row per sample, one column per neuron of that layer.

    Examples
    --------
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> hidden_activations(network, [[1.0], [2.0]]).shape
    (2, 20)
    """
    layer = check_layer(network, layer)
    X = check_samples(network, X)
    return ACTIVATIONS[network.activation](forward(network, X, 0, layer))


def logits(network, X):
    """Compute the network's output before the softmax or logistic function, ``Z U + β``.

    For a regressor this is the prediction itself (with the Poisson loss, its logarithm).

    Returns
    -------
    L : ndarray of shape (n, c)
        One column per class; a single one for two classes.

    Examples
    --------
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> logits(network, [[0.0], [3.0]]) > 0
    array([[False],
           [ True]])
    """
    X = check_samples(network, X)
    return forward(network, X, 0, len(network.coefs_) - 1)


def labels_from_logits(network, L):
    """Turn logits (n, c) into what ``network.predict`` returns."""
    if network.out_activation_ == "softmax":
        return network.classes_[L.argmax(axis=1)]
    if network.out_activation_ == "logistic":
        positive = (L > 0).astype(int)
        if network.n_outputs_ > 1:
            return positive
        # a network that has seen one class knows no other
        return network.classes_[np.minimum(positive[:, 0], len(network.classes_) - 1)]
    prediction = np.exp(L) if network.out_activation_ == "exp" else L
    return prediction if network.n_outputs_ > 1 else prediction[:, 0]


def smaller_network(network, kept, U, beta, *, layer=0):
    """Rebuild a network around the kept neurons of one hidden layer.

    The columns ``kept`` of ``W`` and entries of ``b`` stay as they are; ``U`` and ``β`` of the
    next layer are replaced. All else is copied, except what training remembers of the full
    network: the optimiser's state, and the best loss or validation score so far. So the result
    is a fitted estimator like any other: it predicts, clones, pickles and can be trained further.

    Parameters
    ----------
    kept : array-like of int, shape (k,)
        Neurons of the layer that stay.
    U : array-like of shape (k, c)
        Weights from the kept neurons to the next layer.
    beta : array-like of shape (c,)
        Bias of the next layer.

    Examples
    --------
    >>> network = train_network([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1], (20,), max_iter=1000)
    >>> smaller_network(network, [4, 2], network.coefs_[1][[4, 2]], network.intercepts_[1])
    MLPClassifier(hidden_layer_sizes=(2,), max_iter=1000, random_state=1)
    """
    layer = check_layer(network, layer)
    (_, m), (_, c) = network.coefs_[layer].shape, network.coefs_[layer + 1].shape
    dtype = network.coefs_[layer].dtype
    kept = check_kept(kept, m)
    if np.shape(U) != (len(kept), c) or np.shape(beta) != (c,):
        raise ValueError(
            f"for {len(kept)} kept neurons and {c} outputs, U must have shape {(len(kept), c)} "
            f"and beta {(c,)}; got {np.shape(U)} and {np.shape(beta)}"
        )
    U = check_array(U, dtype=dtype, copy=True, input_name="U")
    beta = check_array(beta, dtype=dtype, copy=True, ensure_2d=False, input_name="beta")

    left_out = {"coefs_", "intercepts_", "_optimizer", "_best_coefs", "_best_intercepts"}
    left_out |= {"_coef_indptr", "_intercept_indptr"}
    pruned = object.__new__(type(network))
    state = {name: value for name, value in vars(network).items() if name not in left_out}
    pruned.__dict__.update(copy.deepcopy(state))
    pruned.coefs_ = [coef.copy() for coef in network.coefs_]
    pruned.intercepts_ = [intercept.copy() for intercept in network.intercepts_]
    pruned.coefs_[layer] = network.coefs_[layer][:, kept]
    pruned.intercepts_[layer] = network.intercepts_[layer][kept]
    pruned.coefs_[layer + 1], pruned.intercepts_[layer + 1] = U, beta
    # Early stopping returns to the best weights so far, so they too need the new shape.
    pruned._best_coefs = [coef.copy() for coef in pruned.coefs_]
    pruned._best_intercepts = [intercept.copy() for intercept in pruned.intercepts_]
    # What the full network reached must not stop the training of the pruned one, or undo it.
    if state.get("best_loss_") is not None:
        pruned.best_loss_ = np.inf
    if state.get("best_validation_score_") is not None:
        pruned.best_validation_score_ = -np.inf
    pruned.hidden_layer_sizes = tuple(coef.shape[1] for coef in pruned.coefs_[:-1])
    return pruned
