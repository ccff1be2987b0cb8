"""Several hidden layers: prune them one after the other, to given widths or to a budget.

With hidden layers ``Z₁, Z₂, …`` the weights ``U`` behind one layer are the ``W`` of the next.
Errors compound: a layer behind pruned ones sees activations that are already a little off.
The refit makes up for that: it aims each layer at what the *original* network computed there.
"""

import copy
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ._validation import check_k
from .convolution import ConvolutionalNetwork
from .correction import solve_with_bias
from .decomposition import PivotedQR
from .networks import check_network, check_samples, forward, hidden_activations, smaller_network


class Size(NamedTuple):
    """What a network costs: multiply-adds to predict one sample, and numbers to store."""

    operations: int
    parameters: int


def network_size(network, widths=None):
    """Count the multiply-adds for one sample and the parameters of a network.

    A layer that reads ``d`` numbers and puts out ``m`` takes ``d · m`` multiply-adds at every
    place where it is applied (once if dense, at each pixel if a convolution) and holds
    ``d · m + m`` numbers. Biases, activation functions and pooling do not count as operations.

    Parameters
    ----------
    network : MLPClassifier, MLPRegressor or ConvolutionalNetwork
        Fitted.
    widths : sequence of int, optional
        Count as if the hidden layers had these widths, or the convolutions these channels.

    Returns
    -------
    size : Size
        ``operations`` and ``parameters``.

    Raises
    ------
    TypeError, ValueError, sklearn.exceptions.NotFittedError
        For no such network, or widths that do not match its layers.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20, 10), max_iter=1000)
    >>> network_size(network)  # 1·20 + 20·10 + 10·1, and 20 + 10 + 1 biases
    Size(operations=230, parameters=261)
    >>> network_size(network, (2, 3)).operations
    11
    """
    full = _widths(network)
    widths = full if widths is None else check_widths(network, widths)
    if isinstance(network, ConvolutionalNetwork):
        (first, second), (dense, classes) = widths, network.coefs[1].shape
        pooled = len(network.coefs[0]) // full[1]
        layers = [(64, 9, first), (64, 9 * first, second)]
        layers += [(1, pooled * second, dense), (1, dense, classes)]
    else:
        units = [network.n_features_in_, *widths, network.n_outputs_]
        layers = [(1, d, m) for d, m in pairwise(units)]
    return Size(
        operations=sum(places * d * m for places, d, m in layers),
        parameters=sum(d * m + m for _, d, m in layers),
    )


def _widths(network):
    if isinstance(network, ConvolutionalNetwork):
        return network.channels
    return tuple(W.shape[1] for W in check_network(network).coefs_[:-1])


def check_widths(network, widths):
    """Return ``widths`` as a tuple of int, or say which would match the network's layers."""
    full = _widths(network)
    if not np.iterable(widths) or len(list(widths)) != len(full):
        raise ValueError(
            f"widths must hold one width for each of the {len(full)} hidden layers, "
            f"at most {full}; got {widths!r}"
        )
    return tuple(
        check_k(k, m, f"the neurons of hidden layer {i}")
        for i, (k, m) in enumerate(zip(widths, full, strict=True))
    )


def prune_layers(network, X, widths, *, refit=True):
    """Prune all hidden layers by the ID, from the first to the last.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted; left as it is.
    X : array-like of shape (n, d)
        Calibration data.
    widths : sequence of int
        Neurons to keep in each hidden layer.
    refit : bool
        If true, each layer's activations ``Z`` come from the layers already pruned, and the next
        layer's weights and bias are refit by least squares so that its pre-activations match
        those of the original network. If false, every ``Z`` comes from the original network and
        ``T`` is folded into the next layer: the plain way.

    Returns
    -------
    pruned : estimator of the same class

    Raises
    ------
    TypeError, ValueError, sklearn.exceptions.NotFittedError
        Also if there are fewer samples than a width: the refit would have no unique answer.

    Notes
    -----
    The plain way is Algorithm 1 of Chee, Flynn, Damle and De Sa, *Model Preserving Compression
    for Neural Networks* (2022).

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (40, 40))
    >>> prune_layers(network, X_train, (20, 10)).hidden_layer_sizes
    (20, 10)
    """
    widths = check_widths(network, widths)
    X = check_samples(network, X)
    if refit:
        _check_samples_for_refit(X, widths)
    pruned = network
    for layer, (k, m) in enumerate(zip(widths, _widths(network), strict=True)):
        if k < m or (refit and pruned is not network):
            factored = PivotedQR(hidden_activations(pruned if refit else network, X, layer))
            pruned = _prune_next(network, pruned, X, layer, k, factored, refit=refit)
    return pruned if pruned is not network else copy.deepcopy(network)


def _prune_next(network, pruned, X, layer, k, factored, *, refit=True):
    """Prune one more layer of ``pruned``; ``network`` is the original to aim at."""
    kept, U, beta = factored.kept(k), pruned.coefs_[layer + 1], pruned.intercepts_[layer + 1]
    if refit:
        Z = hidden_activations(pruned, X, layer)
        U, beta = solve_with_bias(Z[:, kept], forward(network, X, 0, layer + 1))
    else:
        U = factored.interpolation(k) @ U
    return smaller_network(pruned, kept, U, beta, layer=layer)


def uniform_path(network):
    """List the widths of ever smaller networks, all layers shrunk by the same factor.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted.

    Returns
    -------
    path : list of tuple of int
        From the full widths down to one neuron in each layer.

    Raises
    ------
    TypeError, sklearn.exceptions.NotFittedError

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20, 10), max_iter=1000)
    >>> uniform_path(network)[::5]
    [(20, 10), (15, 8), (10, 5), (5, 3)]
    """
    full = _widths(network)
    widest = max(full)
    return [tuple(-(-m * step // widest) for m in full) for step in range(widest, 0, -1)]


def greedy_path(network, X, *, shrink=0.05, until=0.0):
    """List the widths of ever smaller networks, at each step shrinking the layer that costs least.

    A layer of width k that would shrink to k' costs ``|R[k', k']| / |R[0, 0]|``, the first
    direction it loses, divided by the operations that this saves. The cheapest layer shrinks;
    only what it changed, the layers behind it, is factored again.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted; left as it is.
    X : array-like of shape (n, d)
        Calibration data, at least as many samples as the widest layer has neurons.
    shrink : float
        Part of its neurons that a layer loses in one step, between 0 and 1.
    until : float
        Stop when no more than this fraction of the operations is left.

    Returns
    -------
    path : list of tuple of int
        From the full widths down to one neuron in each layer, or to ``until``.

    Raises
    ------
    TypeError, ValueError, sklearn.exceptions.NotFittedError

    Notes
    -----
    The rule of Chee, Flynn, Damle and De Sa, *Model Preserving Compression for Neural Networks*
    (2022), here with the refit of `prune_layers` at every step.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (40, 40))
    >>> path = greedy_path(network, X_train, shrink=0.5)
    >>> path[0], path[-1]
    ((40, 40), (1, 1))
    """
    if not 0 < shrink < 1:
        raise ValueError(f"shrink must lie between 0 and 1, got {shrink}")
    widths = list(_widths(network))
    X = check_samples(network, X)
    _check_samples_for_refit(X, widths)
    stages, factored = [network], []
    for layer in range(len(widths)):
        factored.append(PivotedQR(hidden_activations(network, X, layer)))
        stages.append(network)
    path, full = [tuple(widths)], network_size(network).operations
    while max(widths) > 1 and network_size(network, widths).operations > until * full:
        costs = {}
        for layer, k in enumerate(widths):
            if k > 1:
                fewer = min(k - 1, max(1, int(k * (1 - shrink))))
                after = [*widths[:layer], fewer, *widths[layer + 1 :]]
                saved = np.subtract(*(network_size(network, w).operations for w in (widths, after)))
                diagonal = np.abs(np.diag(factored[layer].R))
                costs[layer, fewer] = diagonal[fewer] / (diagonal[0] * saved)
        changed, widths[changed] = min(costs, key=costs.get)
        path.append(tuple(widths))
        for layer in range(changed, len(widths)):
            if layer > changed:
                factored[layer] = PivotedQR(hidden_activations(stages[layer], X, layer))
            stages[layer + 1] = _prune_next(
                network, stages[layer], X, layer, widths[layer], factored[layer]
            )
    return path


def widths_within(network, path, fraction, *, of="operations"):
    """Find the first widths on a path that leave no more than a fraction of the cost.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted.
    path : list of tuple of int
        From `uniform_path` or `greedy_path`.
    fraction : float
        The budget, as a part of what the full network takes.
    of : {"operations", "parameters"}

    Returns
    -------
    widths : tuple of int

    Raises
    ------
    ValueError
        If nothing on the path meets the budget; the message tells the least that it reaches.

    Examples
    --------
    >>> from tutorial_helpers import train_network
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> network = train_network(X, [0, 0, 1, 1], (20, 10), max_iter=1000)
    >>> widths_within(network, uniform_path(network), 0.3)
    (10, 5)
    """
    if of not in Size._fields:
        raise ValueError(f"of must be 'operations' or 'parameters', got {of!r}")
    full = getattr(network_size(network), of)
    for widths in path:
        left = getattr(network_size(network, widths), of) / full
        if left <= fraction:
            return widths
    raise ValueError(
        f"no widths on this path leave {fraction:.3g} of the {of}: the least it reaches is "
        f"{left:.3g}, with widths {widths}"
    )


def _check_samples_for_refit(X, widths):
    if X.shape[0] < max(widths):
        raise ValueError(
            f"the refit of {max(widths)} neurons needs at least as many calibration samples, got "
            f"{X.shape[0]}: pass more samples or smaller widths"
        )
