"""How far a pruned network can be off: a bound in advance, a check a sample (lesson 07)."""

import math
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from ._validation import check_k
from .decomposition import PivotedQR
from .networks import check_neurons, check_same_classes, hidden_activations, logits


class ErrorBound(NamedTuple):
    """The error of the next layer's input on the calibration data, and two bounds for it."""

    error: float
    bound: float
    sharper_bound: float


def error_bound(network, X, k, *, layer=0):
    """Compute the spectral error of the logits after pruning by the ID, and its bounds.

    With ``Z[:, P] = Q R``, ``E = Z − Z[:, J] T`` and ``(Pᵀ U)₂`` the rows of ``U`` that belong to
    the removed neurons,

        ‖E U‖₂ = ‖R22 (Pᵀ U)₂‖₂  ≤  ‖R22‖₂ ‖(Pᵀ U)₂‖₂  ≤  ‖R22‖₂ ‖U‖₂.

    The statement holds for the calibration data ``X``; "logits" are the pre-activations of the
    layer after the pruned one.

    Returns
    -------
    error, bound, sharper_bound : float
        A named tuple: ``‖E U‖₂`` measured, ``‖R22‖₂ ‖U‖₂`` and ``‖R22‖₂ ‖(Pᵀ U)₂‖₂``, all in the
        units of the logits, over all n samples together.

    Notes
    -----
    ``‖A B‖ ≤ ‖A‖ ‖B‖`` (submultiplicativity) is all that the bounds use. The equality holds
    because the first k rows of ``R`` are reproduced exactly. Beyond the numerical rank of ``Z``
    all three are nothing but rounding, and their order need not hold.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> error, bound, sharper_bound = error_bound(network, X_train, 20)
    >>> error <= sharper_bound <= bound
    True
    """
    k = check_neurons(network, k, layer)
    U = network.coefs_[layer + 1]
    Z = hidden_activations(network, X, layer)
    factored = PivotedQR(Z)
    error = np.linalg.norm((Z - Z[:, factored.kept(k)] @ factored.interpolation(k)) @ U, 2)
    removed = U[factored.pivots[k:]]
    left_over = factored.error(k)
    sharper = left_over * np.linalg.norm(removed, 2) if len(removed) else 0.0
    return ErrorBound(float(error), float(left_over * np.linalg.norm(U, 2)), float(sharper))


def certified(network, pruned, X):
    """Tell for which samples the prediction cannot have changed, up to rounding.

    If every logit moves by less than half the margin between the largest and the second largest
    one, the largest stays the largest:
    ``max_j |L'[i, j] − L[i, j]| < (L[i, first] − L[i, second]) / 2``. With two classes, or several
    labels per sample, signs decide: each logit must move by less than its own size.

    Both must be classifiers of the same classes. Returns an array of bool, shape (n,).

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, prune_by_id, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> pruned = prune_by_id(network, X_train, 40)
    >>> safe = certified(network, pruned, X_test)
    >>> same = network.predict(X_test) == pruned.predict(X_test)
    >>> bool(np.all(same[safe]))
    True
    """
    check_same_classes(network, pruned)
    before = logits(network, X)
    moved = np.abs(logits(pruned, X) - before)
    if network.out_activation_ == "logistic":
        return (moved < np.abs(before)).all(axis=1)
    second, first = np.sort(before, axis=1)[:, -2:].T
    return moved.max(axis=1) < (first - second) / 2


def agreement_lower_limit(agreeing, samples, *, confidence=0.95):
    """Bound the true agreement from below, from held-out samples (Clopper–Pearson).

    The smallest agreement p under which seeing ``agreeing`` or more equal predictions among
    ``samples``, drawn independently of how the network was pruned, still has probability
    ``1 − confidence``: one-sided, 95 % unless readers need another.

    Notes
    -----
    Clopper and Pearson, *The use of confidence or fiducial limits illustrated in the case of the
    binomial* (1934), by `scipy.stats.binomtest`. The samples count as independent. Where they come
    in clusters, such as many digits by few writers, the limit is optimistic.

    Examples
    --------
    >>> round(agreement_lower_limit(875, 899), 3)
    0.963
    """
    samples = check_k(samples, math.inf, "samples held out", name="samples")
    agreeing = check_k(agreeing, samples, "the samples held out", smallest=0, name="agreeing")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")
    test = binomtest(agreeing, samples, alternative="greater")
    return float(test.proportion_ci(confidence, method="exact").low)
