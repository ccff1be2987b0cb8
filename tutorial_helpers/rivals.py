"""What a pruned network has to beat: small networks trained by every means (lesson 11).

All of them read the same inputs as the full network. What helps their training is done inside and
folded into their weights afterwards: with the inputs divided by ``unit``, weights ``V`` have found
their size, and ``V / unit`` are what reads the inputs as they come.
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import check_array

from .correction import no_correction
from .networks import check_neurons, hidden_activations, logits, smaller_network


def by_taylor(network, X, k, *, y, layer=0, random_state=None):
    """Keep the k neurons that the loss would miss most, to first order: a choice that reads labels.

    Without neuron j the log-loss of one sample changes by about ``Z[i, j] ∂loss/∂Z[i, j]``, and
    ``∂loss/∂Z = (probabilities − Y) Uᵀ``. The score is the mean absolute value over the samples.
    Only for the last hidden layer.

    Parameters
    ----------
    network, X, k, layer, random_state
        As for every selection.
    y : array-like of shape (n,)
        The true labels of ``X``.

    Returns
    -------
    kept : ndarray of int, shape (k,)

    Notes
    -----
    Molchanov, Tyree, Karras, Aila and Kautz, *Pruning convolutional neural networks for resource
    efficient inference* (2017).

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, _, y_train, _ = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> by_taylor(network, X_train, 5, y=y_train).shape
    (5,)
    """
    k = check_neurons(network, k, layer)
    Z = hidden_activations(network, X, layer)
    if unknown := set(np.unique(y).tolist()) - set(network.classes_.tolist()):
        raise ValueError(f"y holds labels that the network does not know: {sorted(unknown)}")
    Y = LabelBinarizer().fit(network.classes_).transform(y)
    # of two classes scikit-learn's networks have a single output
    gradient = (network.predict_proba(X)[:, -Y.shape[1] :] - Y) @ network.coefs_[layer + 1].T
    return np.argsort(-np.abs(Z * gradient).mean(axis=0), kind="stable")[:k]


def rescaled(Z, kept, U, beta):
    """Correct by a single number and the bias: ``s U[J]`` and a new ``β``, by least squares.

    ``Z``, ``kept``, ``U`` and ``beta`` as for every correction.

    Minimises ``‖s Z[:, J] U[J] + β_new − (Z U + β)‖_F`` over ``s`` and ``β_new``. It tells how much
    of a correction is only that the fewer neurons are too quiet.

    Examples
    --------
    >>> Z = np.array([[1.0, 1.0], [3.0, 3.0]])  # two equal neurons
    >>> rescaled(Z, [0], np.array([[1.0], [1.0]]), np.array([0.0]))
    (array([[2.]]), array([0.]))
    """
    told, wanted = Z[:, kept] @ U[kept], Z @ U
    centred = told - told.mean(axis=0)
    power = np.sum(centred**2)
    s = np.sum(centred * wanted) / power if power > 0 else 1.0
    return s * U[kept], beta + wanted.mean(axis=0) - s * told.mean(axis=0)


def initial_network(X, y, hidden_layer_sizes=(1000,), *, random_state=1):
    """Return the network as it was before `train_network` made its first step.

    The same seed draws the same weights; one epoch with a vanishing learning rate leaves them
    where they are.

    Parameters
    ----------
    X, y, hidden_layer_sizes, random_state
        As for `train_network`.

    Returns
    -------
    network : MLPClassifier
        Fitted in name only; ``warm_start`` is set, so that ``fit`` trains on from here.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> start = initial_network(X, y, (20,))
    >>> trained = train_network(X, y, (20,), max_iter=1000)
    >>> bool(np.abs(start.coefs_[0] - trained.coefs_[0]).max() > 0.01)
    True
    """
    network = MLPClassifier(hidden_layer_sizes, random_state=random_state, learning_rate_init=1e-99)
    network.partial_fit(X, y, classes=np.unique(y))
    network.best_loss_ = np.inf  # a louder start, with a larger loss, must not stop at once
    return network.set_params(learning_rate_init=0.001, warm_start=True, max_iter=3000)


def ticket(start, kept, X, y):
    """Put the kept neurons back to their own initial weights and train them: a lottery ticket.

    Parameters
    ----------
    start : MLPClassifier
        As `initial_network` returns it.
    kept : sequence of int
        Chosen on the trained network, or at random for the control.
    X, y
        Training data.

    Returns
    -------
    network : MLPClassifier

    Notes
    -----
    Frankle and Carbin, *The lottery ticket hypothesis* (2019), who prune single weights.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1]
    >>> ticket(initial_network(X, y, (20,)), [4, 7], X, y).hidden_layer_sizes
    (2,)
    """
    weights = no_correction(None, kept, start.coefs_[1], start.intercepts_[1])
    return smaller_network(start, kept, *weights).fit(X, y)


def scratch_network(X, y, k, *, start=None, unit=1, random_state=None, **settings):
    """Train k neurons from scratch, with inputs and settings that suit them.

    Parameters
    ----------
    X, y
        Training data.
    k : int
        Hidden neurons.
    start : MLPClassifier, optional
        A network of k neurons to go on from, such as a pruned one; by default new random weights.
    unit : float
        What the inputs are divided by while training: 16 for grey values from 0 to 16.
    random_state : int, RandomState or None
    **settings
        Of `sklearn.neural_network.MLPClassifier`: solver, alpha, learning_rate_init, max_iter.

    Returns
    -------
    network : MLPClassifier
        Reads inputs as ``X`` has them.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> settings = {"solver": "lbfgs", "alpha": 1, "max_iter": 1000}
    >>> small = scratch_network(X_train, y_train, 10, unit=16, random_state=1, **settings)
    >>> bool(small.score(X_test, y_test) > 0.9)
    True
    """
    small = MLPClassifier((k,), random_state=random_state, **settings)
    with warnings.catch_warnings():
        # a limit on the iterations is part of the settings
        warnings.simplefilter("ignore", ConvergenceWarning)
        X = check_array(X, accept_sparse=True) / unit
        if start is not None:
            _go_on_from(start, small, X, y, unit)
        small.fit(X, y)
    small.coefs_[0] /= unit
    return small


def distilled_network(network, X, k, *, start=None, unit=1, random_state=None, **settings):
    """Train k neurons to say what the full network says: least squares on its logits, no labels.

    Parameters
    ----------
    network : MLPClassifier
        The full network, with one hidden layer.
    X : array-like of shape (n, d)
        Calibration data.
    k : int
        Hidden neurons.
    start : MLPClassifier, optional
        A smaller network to go on from, such as a pruned one; by default new random weights.
    unit : float
        What the inputs are divided by while training.
    random_state : int, RandomState or None
    **settings
        Of `sklearn.neural_network.MLPRegressor`.

    Returns
    -------
    student : MLPClassifier
        Reads inputs as ``X`` has them.

    Notes
    -----
    Hinton, Vinyals and Dean, *Distilling the knowledge in a neural network* (2015), match softened
    probabilities; for a high temperature that is least squares on centred logits.

    Examples
    --------
    >>> from tutorial_helpers import agreement, load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (100,))
    >>> settings = {"solver": "lbfgs", "max_iter": 500}
    >>> student = distilled_network(network, X_train, 20, unit=16, random_state=1, **settings)
    >>> bool(agreement(network, student, X_test) > 0.95)
    True
    """
    check_neurons(network, k, 0)
    taught = logits(network, X)
    if taught.shape[1] > 1:
        # a constant added to all logits of a sample changes no probability
        taught -= taught.mean(axis=1, keepdims=True)
    size = taught.std() or 1.0
    taught /= size
    taught = taught if taught.shape[1] > 1 else taught[:, 0]  # as scikit-learn wants one output
    X = check_array(X, accept_sparse=True) / unit
    small = MLPRegressor(hidden_layer_sizes=(k,), random_state=random_state, **settings)
    with warnings.catch_warnings():
        # a limit on the iterations is part of the settings
        warnings.simplefilter("ignore", ConvergenceWarning)
        if start is not None:
            _go_on_from(start, small, X, taught, unit, size)
        small.fit(X, taught)
    (V, U), (b, beta) = small.coefs_, small.intercepts_
    student = smaller_network(network, range(k), U * size, beta * size)
    student.coefs_[0], student.intercepts_[0] = V / unit, b
    return student


def _go_on_from(start, small, X, y, unit, size=1):
    """Give a network that is to be trained the weights of another one to begin with."""
    limit = small.max_iter
    small.set_params(max_iter=1).fit(X, y)
    small.coefs_ = [start.coefs_[0] * unit, start.coefs_[1] / size]
    small.intercepts_ = [start.intercepts_[0].copy(), start.intercepts_[1] / size]
    small.best_loss_ = np.inf  # a loss above that of the first step must not end the training
    small.set_params(warm_start=True, max_iter=limit)
