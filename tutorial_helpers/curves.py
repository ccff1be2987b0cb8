"""Every k from one factorization (lesson 09).

Keep the first k neurons of an order ``P``. A triangular matrix ``R`` (m, m) tells how each neuron
is made of those before it. Row j is that of QR, ``Z[:, P] = Q R`` (times any number), where neuron
P[j] brings something new, and that of the identity where it stands for itself. On any data ``Z'``,
with ``C = Z'[:, P] R⁻¹`` and ``G = R U[P]``, the pruned network's logits are a running sum of
rank-one terms,

    L_k = β + Σ_{i≤k} c_i g_i.

Why: the first k columns of ``C`` are made of the first k neurons alone. A direction's ``g_i`` is
what all neurons have along it, which is what least squares gives to the kept ones; a neuron that
stands for itself adds what the directions do not say of it, times its own weights. With all m terms
``C G = Z' U``: the full network, whatever ``R`` is.

Pivoted QR gives the order and the ``R`` of the ID; for any other order `decomposition.triangle`
does. With centred activations the same sum has the bias refitted too. Where no weight is refitted
every neuron stands for itself, and ``R`` is the identity.
"""

import numpy as np
from scipy.linalg import get_blas_funcs
from sklearn.base import is_classifier
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from ._validation import check_choice, check_kept, one_thread
from .correction import CORRECTIONS, interpolation
from .decomposition import PivotedQR, triangle
from .networks import (
    ACTIVATIONS,
    check_layer,
    check_same_classes,
    forward,
    hidden_activations,
    labels_from_logits,
)
from .selection import SELECTIONS, by_id


class EveryK:
    """A network pruned to k = 1, 2, …, m neurons, all from one factorization.

    Entry k − 1 of each curve belongs to
    ``prune(network, k, X=X_fit, select=…, correct=…, layer=…, random_state=…)``. A selection or
    a correction that starts anew at every k has no running sum: ValueError. Where two outputs tie,
    rounding decides which label is returned, here as in ``predict``.

    Parameters
    ----------
    network, layer
        As everywhere.
    X_fit : array-like of shape (n, d)
        Calibration data.
    select : str or callable
        As in `prune`; its choice for k must be the start of its choice for k + 1.
    correct : {"interpolation", "none", "mean", "least squares"}
    random_state : int, RandomState or None
        For ``select="random"``.

    Attributes
    ----------
    k : ndarray of int, shape (m,)
        1, 2, …, m.
    order : ndarray of int, shape (m,)
        ``P``, all neurons; the first k are kept.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, prune_by_id, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> every = EveryK(network, X_train)
    >>> accuracies = every.accuracy(X_test, y_test)
    >>> bool(accuracies[9] == prune_by_id(network, X_train, 10).score(X_test, y_test))
    True
    """

    @one_thread
    def __init__(
        self, network, X_fit, *, layer=0, select="id", correct="interpolation", random_state=None
    ):
        self.network, self.layer = network, check_layer(network, layer)
        choose = check_choice(select, SELECTIONS, "select")
        mend = check_choice(correct, CORRECTIONS, "correct")
        refits = getattr(mend, "refits", None)
        if refits is None or not getattr(choose, "nested", True):
            sums = [name for name, other in CORRECTIONS.items() if hasattr(other, "refits")]
            raise ValueError(
                f"select={select!r} with correct={correct!r} has no running sum: use prune at a "
                "few k, or any selection but 'leverage' and 'strong id', with correct one of "
                + ", ".join(map(repr, sums))
            )
        Z = hidden_activations(network, X_fit, layer)
        m = Z.shape[1]
        self._mean = Z.mean(axis=0) if refits["bias"] else np.zeros(m, Z.dtype)
        if (choose, mend) == (by_id, interpolation):
            factored = PivotedQR(Z)
            del Z  # memory is what a large layer lacks first
            self.order, r = factored.pivots, factored.rank
            self._R = np.eye(m, dtype=factored.R.dtype, order="F")  # one row for each neuron
            np.divide(factored.R[:r], factored.scale, out=self._R[:r])
        else:
            self._R = np.eye(m, dtype=Z.dtype, order="F")
            order = choose(network, X_fit, m, layer=layer, random_state=random_state)
            self.order = check_kept(order, m, m)
            if refits["weights"]:
                mean = self._mean if refits["bias"] else None
                new, R = triangle(Z, self.order, m, mean=mean)
                self._R[new] = R
                self._R = np.triu(self._R)  # who stands for itself is in no row of those after it
        self.k = np.arange(1, m + 1)
        self._start = network.intercepts_[layer + 1] + self._mean @ network.coefs_[layer + 1]

    @one_thread
    def _terms(self, X):
        """Return ``C``, shape (n', m), and ``G``, shape (m, c)."""
        Z = hidden_activations(self.network, X, self.layer)
        if self._mean.any():
            Z -= self._mean
        solve = get_blas_funcs("trsm", (self._R, Z))
        C = solve(1, self._R, Z.T[self.order].T, side=1, overwrite_b=1)  # C R = Z'
        return C, self._R @ self.network.coefs_[self.layer + 1][self.order]

    def _outputs(self, A):
        """Send what enters the next layer to the end of the network: logits."""
        network, last = self.network, len(self.network.coefs_) - 1
        if self.layer + 1 == last:
            return A
        return forward(network, ACTIVATIONS[network.activation](A), self.layer + 2, last)

    def logits(self, X):
        """Yield the logits for each k, as `networks.logits` computes them, arrays (n', c)."""
        return (L.copy() for L in self._every(X))

    def _every(self, X):
        C, G = self._terms(X)
        return (self._outputs(A) for A in _running_sum(self._start, C, G))

    def _predictions(self, X):
        return (labels_from_logits(self.network, L) for L in self._every(X))

    @one_thread
    def accuracy(self, X, y):
        """Score every k, shape (m,): accuracy of a classifier, R² of a regressor.

        ``y`` has shape (n',), or (n', c) for several labels or targets.
        """
        check_consistent_length(X, y)
        if is_classifier(self.network):
            return self._equal(X, self._check_labels(y))
        return np.array([r2_score(y, predicted) for predicted in self._predictions(X)])

    @one_thread
    def agreement(self, X):
        """Return for every k the fraction of samples predicted as by the full network, (m,)."""
        check_same_classes(self.network, self.network)
        return self._equal(X, self.network.predict(X))

    def _equal(self, X, labels):
        """Return for every k the fraction of samples of which all labels are predicted."""
        equal = (predicted == labels for predicted in self._predictions(X))
        rows = (each.all(axis=1) if each.ndim > 1 else each for each in equal)
        return np.array([np.count_nonzero(row) for row in rows]) / len(labels)

    def _check_labels(self, y):
        """Return ``y``, unless none of its labels is a class of the network."""
        several = self.network.out_activation_ == "logistic" and self.network.n_outputs_ > 1
        y = np.asarray(y) if several else column_or_1d(y)
        if several and y.shape[1:] != (self.network.n_outputs_,):
            raise ValueError(
                f"y must have shape (samples, {self.network.n_outputs_}), one column for each "
                f"label; got {y.shape}"
            )
        if len(y) and not np.isin(y, self.network.classes_).any():
            raise ValueError(
                f"none of the labels in y is a class of the network: got {np.unique(y)[:5]} and "
                f"{self.network.classes_}"
            )
        return y

    def logit_errors(self, X):
        """Return for every k the Frobenius error of what enters the next layer, shape (m,).

        ``‖(Z' U + β) − (Z'[:, J] U_new + β_new)‖_F`` over all n' samples, in the units of the
        logits; the pre-activations of the next hidden layer, if there is one, count as logits.
        """
        C, G = self._terms(X)
        # the terms that are missing, from the last to the first: no two large sums are subtracted
        missing = _running_sum(np.zeros_like(self._start), C[:, :0:-1], G[:0:-1])
        return np.array([0.0, *(np.linalg.norm(A) for A in missing)])[::-1]


def _running_sum(start, C, G):
    """Yield ``start + Σ_{i≤k} c_i g_i`` for k = 1, 2, …, each (n', c): one array, written anew."""
    A = np.tile(start, (len(C), 1)).astype(C.dtype, order="F")
    add = get_blas_funcs("ger", (A,))  # the rank-one update of BLAS, in place
    for c, g in zip(C.T, G, strict=True):
        A = add(1, c, g, a=A, overwrite_a=1)
        yield A


def accuracy_at_every_k(network, X_fit, X, y, *, layer=0):
    """Score the network pruned by the ID to every k = 1, …, m, from one factorization.

    Calibrated on ``X_fit``, scored on ``X`` and ``y``; `EveryK` has the other curves. Entry k − 1
    is ``prune_by_id(network, X_fit, k).score(X, y)``: accuracy of a classifier, R² of a regressor.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, prune_by_id, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> accuracies = accuracy_at_every_k(network, X_train, X_test, y_test)
    >>> bool(accuracies[9] == prune_by_id(network, X_train, 10).score(X_test, y_test))
    True
    """
    return EveryK(network, X_fit, layer=layer).accuracy(X, y)


def logits_at_every_k(network, X_fit, X, *, layer=0):
    """Yield the logits of the network pruned by the ID to k = 1, 2, …, m neurons.

    Equal to ``logits(prune_by_id(network, X_fit, k, layer=layer), X)`` for each k, at the price
    of one factorization for all of them; a fresh array (n', c) for each k.

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, logits, prune_by_id, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> every = list(logits_at_every_k(network, X_train, X_test))
    >>> bool(np.allclose(every[9], logits(prune_by_id(network, X_train, 10), X_test)))
    True
    """
    return EveryK(network, X_fit, layer=layer).logits(X)


def smallest_k(curve, *, at_least):
    """Find the smallest k at which a curve reaches a tolerance.

    On a wiggling curve it is also a lucky k: confirm it on other data. If no k reaches the
    tolerance, the ValueError names the best value.

    Parameters
    ----------
    curve : array-like of shape (K,)
        Entry k − 1 belongs to k, as in all curves of `EveryK`.
    at_least : float
        Of accuracy or agreement; the limit of an error is reached by its negative.

    Returns
    -------
    k : int

    Examples
    --------
    >>> smallest_k([0.5, 0.9, 0.8, 1.0], at_least=0.9)
    2
    >>> smallest_k([0.5, 0.8, 0.7], at_least=0.9)
    Traceback (most recent call last):
        ...
    ValueError: no k from 1 to 3 reaches at least 0.9: the best is 0.8 at k = 2
    """
    curve = check_array(curve, ensure_2d=False, dtype=float, input_name="curve")
    if curve.ndim != 1:
        raise ValueError(f"curve must have one value for each k, got shape {curve.shape}")
    reached = curve >= at_least
    if not reached.any():
        best = int(np.argmax(curve))
        raise ValueError(
            f"no k from 1 to {len(curve)} reaches at least {at_least:.6g}: the best is "
            f"{curve[best]:.6g} at k = {best + 1}"
        )
    return int(reached.argmax()) + 1


def agreement(network, pruned, X):
    """Return the fraction of samples on which two classifiers predict the same.

    ``mean(network.predict(X) == pruned.predict(X))``; for several labels per sample, all must
    agree. Unlike accuracy it needs no labels: it measures whether the model was preserved. Both
    must be classifiers of the same classes; predictions of regressors are hardly ever equal.

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
