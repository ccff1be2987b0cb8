"""Several hidden layers: prune them one after the other, to given widths or a budget (lesson 12).

With hidden layers ``Z₁, Z₂, …`` the weights ``U`` behind one layer are the ``W`` of the next.
Errors accumulate: a layer behind pruned ones sees activations that are already a little off.
The refit makes up for that: it aims each layer at what the *original* network computed there.
"""

import copy
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from scipy.linalg import lstsq

from ._validation import check_choice, check_k, check_kept
from .convolution import ConvolutionalNetwork
from .correction import CORRECTIONS
from .decomposition import SHORT, PivotedQR
from .networks import (
    ACTIVATIONS,
    check_network,
    check_samples,
    forward,
    hidden_activations,
    smaller_network,
)
from .selection import SELECTIONS


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
    widths = _widths(network) if widths is None else check_widths(network, widths)
    if isinstance(network, ConvolutionalNetwork):
        layers = network.layers(widths)
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
    full, given = _widths(network), widths
    widths = tuple(widths) if np.iterable(widths) else ()
    if len(widths) != len(full):
        raise ValueError(
            f"widths must hold one width for each of the {len(full)} hidden layers, "
            f"at most {full}; got {given!r}"
        )
    return tuple(
        check_k(k, m, f"the neurons of hidden layer {i}")
        for i, (k, m) in enumerate(zip(widths, full, strict=True))
    )


def prune_layers(
    network, X, widths, *, select="id", correct="refit", rcond=SHORT, random_state=None
):
    """Prune all hidden layers, from the first to the last.

    With the refit, each layer's activations ``Z`` come from the layers that are already pruned,
    and the next layer is fitted to what the *original* network computes there: its weights and
    bias minimise ``‖Z[:, J] U_new + β_new − A‖_F``, with ``A`` the original pre-activations; as in
    all corrections, what is solved for is what must be added to ``U[J]`` and ``β``. In the plain
    way every ``Z`` comes from the original network, and each next layer is corrected as
    if its layer alone had been pruned.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted; left as it is.
    X : array-like of shape (n, d)
        Calibration data.
    widths : sequence of int
        Neurons to keep in each hidden layer.
    select : str or callable
        Which neurons stay, as in `prune`.
    correct : {"refit", "interpolation", "none", "mean", "least squares", "ridge"} or callable
        The refit, or the correction of the plain way, as in `prune`.
    rcond : float or None
        The refit leaves out directions of the activations shorter than this part of the longest,
        about as in `numpy.linalg.lstsq`. None leaves out only what rounding makes of zero.
    random_state : int, RandomState or None
        For ``select="random"``.

    Returns
    -------
    pruned : estimator of the same class

    Raises
    ------
    TypeError, ValueError, sklearn.exceptions.NotFittedError
        Also if the refit gets fewer samples than a width: it would have no unique answer.

    Notes
    -----
    The plain way with ``correct="interpolation"`` is Algorithm 1 of Chee, Flynn, Damle and De Sa,
    *Model Preserving Compression for Neural Networks* (2022).

    Why the refit needs ``rcond``: a layer that stays whole behind a pruned one may hold neurons
    that fire on one or two calibration samples. Least squares gives them huge weights to mend
    these samples, and a new sample that they fire on is lost. The columns that the ID keeps are
    long and far apart, so with all layers pruned to far fewer neurons than are independent
    ``rcond`` changes nothing.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (40, 40))
    >>> prune_layers(network, X_train, (20, 10)).hidden_layer_sizes
    (20, 10)
    """
    widths, full = check_widths(network, widths), _widths(network)
    choose = check_choice(select, SELECTIONS, "select")
    refit = correct == "refit"
    mend = None if refit else check_choice(correct, {"refit": None} | CORRECTIONS, "correct")
    if rcond is not None and not 0 <= rcond < 1:
        raise ValueError(f"rcond must lie between 0 and 1, or be None; got {rcond!r}")
    X = check_samples(network, X)
    if refit:
        _check_enough(X, widths)
    pruned = network
    for layer, (k, m) in enumerate(zip(widths, full, strict=True)):
        source = pruned if refit else network
        # A whole layer needs a refit too, once there is something to make up for.
        if k < m or source is not network:
            kept = choose(source, X, k, layer=layer, random_state=random_state)
            kept = check_kept(kept, m, k)
            Z = hidden_activations(source, X, layer)
            U, beta = network.coefs_[layer + 1], network.intercepts_[layer + 1]
            if refit:
                target = forward(network, X, 0, layer + 1)
                U, beta = refitted(Z[:, kept], U[kept], beta, target, rcond)
            else:
                U, beta = mend(Z, kept, U, beta)
            pruned = smaller_network(pruned, kept, U, beta, layer=layer)
    return pruned if pruned is not network else copy.deepcopy(network)


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
    widths = list(_widths(check_network(network)))
    X = check_samples(network, X)
    _check_enough(X, widths)
    activation, layers = ACTIVATIONS[network.activation], range(len(widths))
    targets = [forward(network, X, 0, layer) for layer in layers]
    Z = [activation(target) for target in targets]
    factored = [PivotedQR(Z_layer) for Z_layer in Z]
    path, full = [tuple(widths)], network_size(network).operations
    left = full
    while max(widths) > 1 and left > until * full:
        costs = {}
        for layer in layers:
            k = widths[layer]
            if k > 1:
                fewer = min(k - 1, max(1, int(k * (1 - shrink))))
                after = [*widths[:layer], fewer, *widths[layer + 1 :]]
                saved = left - network_size(network, after).operations
                diagonal = np.abs(np.diag(factored[layer].R))
                costs[layer, fewer] = diagonal[fewer] / ((diagonal[0] or 1) * saved)
        changed, widths[changed] = min(costs, key=costs.get)
        path.append(tuple(widths))
        left = network_size(network, widths).operations
        for layer in layers[changed + 1 :]:
            kept = factored[layer - 1].kept(widths[layer - 1])
            before, U = Z[layer - 1][:, kept], network.coefs_[layer][kept]
            U, beta = refitted(before, U, network.intercepts_[layer], targets[layer], SHORT)
            Z[layer] = activation(before @ U + beta)
            factored[layer] = PivotedQR(Z[layer])
    return path


def widths_within(network, path, fraction):
    """Find the first widths on a path that leave no more than a fraction of the operations.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted.
    path : list of tuple of int
        From `uniform_path` or `greedy_path`.
    fraction : float
        The budget, as a part of what the full network takes.

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
    if not 0 < fraction <= 1:
        raise ValueError(
            f"fraction must lie between 0 and 1, got {fraction}: 0.05 stands for five per cent"
        )
    full = network_size(network).operations
    left = [network_size(network, widths).operations / full for widths in path]
    for widths, part in zip(path, left, strict=True):
        if part <= fraction:
            return widths
    if not left:
        raise ValueError("the path is empty: pass what uniform_path or greedy_path returns")
    least = int(np.argmin(left))
    raise ValueError(
        f"no widths on this path leave {fraction:.3g} of the operations: the least it reaches is "
        f"{left[least]:.3g}, with widths {path[least]}"
    )


def refitted(Z, U, beta, target, rcond):
    """Return weights and bias: what ``Z U + β`` misses of the target is added by least squares."""
    A, missing = Z - Z.mean(axis=0), target - (Z @ U + beta)
    # what is constant but for rounding is the bias's business
    varies = np.linalg.norm(A, axis=0) > SHORT * np.linalg.norm(Z, axis=0)
    shift, added = missing.mean(axis=0), np.zeros_like(U)
    cond = max(A.shape) * np.finfo(A.dtype).eps if rcond is None else rcond
    if varies.any():
        fit = lstsq(A[:, varies], missing - shift, cond=cond, lapack_driver="gelsy")
        added[varies] = fit[0]
    return U + added, beta + shift - Z.mean(axis=0) @ added


def _check_enough(X, widths):
    if X.shape[0] < max(widths):
        raise ValueError(
            f"the refit of {max(widths)} neurons needs at least as many calibration samples, got "
            f"{X.shape[0]}: pass more samples or smaller widths"
        )
