"""Every k from one factorization.

Keep the first k neurons of an order ``P``, and let ``Z[:, P] = Q R``. On any data ``Z'``, the best
that they can make of all neurons is the first k columns of ``C = Z'[:, P] R⁻¹`` times the first k
rows of ``R``. Multiplied by the next layer's weights, these rows are those of ``G = R U[P]``. So
what enters the next layer is a running sum of rank-one terms, ``β + Σ_{i≤k} c_i g_i``.

Pivoted QR gives the order and the ``R`` of the ID. For any other order, QR without pivoting gives
``R``. With centred activations the same sum has the bias refitted too, and where no weight is
refitted, ``R`` is the identity.
"""

from itertools import pairwise

import numpy as np
from scipy.linalg import qr, solve_triangular
from sklearn.base import is_classifier
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from ._validation import check_choice, check_kept
from .decomposition import PivotedQR
from .networks import (
    ACTIVATIONS,
    check_layer,
    check_same_classes,
    check_samples,
    forward,
    hidden_activations,
    labels_from_logits,
)
from .selection import SELECTIONS

# correction: whether the activations are centred, whether the weights are refitted
SUMS = {
    "interpolation": (False, True),
    "none": (False, False),
    "mean": (True, False),
    "least squares": (True, True),
}
BLOCK = 32  # terms of the sum that are worked on together


class EveryK:
    """A network pruned to k = 1, 2, … neurons, all from one factorization.

    Entry k − 1 of each curve belongs to
    ``prune(network, k, X=X_fit, select=select, correct=correct, layer=layer)``.

    Parameters
    ----------
    network : MLPClassifier or MLPRegressor
        Fitted; left as it is.
    X_fit : array-like of shape (n, d)
        Calibration data. Its activations are remembered: do not write into it later.
    layer : int
        The hidden layer to prune; the first is 0.
    select : str or callable
        As in `prune`; its choice for k must be the start of its choice for k + 1.
    correct : {"interpolation", "none", "mean", "least squares"}
    random_state : int, RandomState or None
        For ``select="random"``.

    Attributes
    ----------
    k : ndarray of int, shape (K,)
        1, 2, …, K. The last is where further neurons stop to matter: for the ID the numerical rank
        of the activations, at most the width of the layer.
    order : ndarray of int, shape (m,)
        All neurons; the first k are kept.

    Raises
    ------
    TypeError, ValueError, sklearn.exceptions.NotFittedError
        Also for a selection or a correction that starts anew at every k.

    Notes
    -----
    The working memory is at most four arrays of the size of ``Z`` (or, if there are more samples
    to evaluate, of theirs).

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

    def __init__(
        self, network, X_fit, *, layer=0, select="id", correct="interpolation", random_state=None
    ):
        self.network, self.layer = network, check_layer(network, layer)
        choose = check_choice(select, SELECTIONS, "select")
        if correct not in SUMS or select in ("leverage", "strong id"):
            raise ValueError(
                f"select={select!r} with correct={correct!r} has no running sum: use prune at a "
                "few k, or any selection but 'leverage' and 'strong id', with correct one of "
                + ", ".join(map(repr, SUMS))
            )
        centred, refitted = SUMS[correct]
        U, beta = network.coefs_[layer + 1], network.intercepts_[layer + 1]
        m = len(U)
        Z = self._hidden(X_fit)
        self._fit = X_fit, Z  # most curves are asked for on the calibration data as well
        self._mean = Z.mean(axis=0) if centred else None
        if (select, correct) == ("id", "interpolation"):
            factored = PivotedQR(Z)
            self.order = self._columns = factored.pivots
            steps, R = np.arange(factored.rank), factored.R[: factored.rank]
        else:
            self.order = choose(network, X_fit, m, layer=layer, random_state=random_state)
            self.order = check_kept(self.order, m, m)
            if refitted:
                steps, R = _factor(Z - self._mean if centred else Z, self.order)
            else:
                steps, R = np.arange(m), np.eye(m)
            self._columns = np.append(self.order[steps], np.delete(self.order, steps))
        self.k = np.arange(1, max(steps, default=-1) + 2)
        self._terms = np.searchsorted(steps, self.k)  # how many terms of the sum k neurons make
        # C R is the same for any multiple of R; the reciprocal of a tiny one would overflow
        size = abs(R[0, 0]) if steps.size else 1
        self._R = np.array(R, order="F")
        self._R /= size
        self._length = size if refitted else None  # of the columns of C on the calibration data
        self._start = beta + self._mean @ U if centred else beta
        self._G = self._R @ U[self._columns]

    def _hidden(self, X, columns=None):
        """Return columns of the activations, computed in blocks that stay in the cache."""
        X, m = check_samples(self.network, X), self.network.coefs_[self.layer].shape[1]
        Z = np.empty((X.shape[0], m), np.result_type(X, self.network.coefs_[0]))
        for i in range(0, len(Z), 128):
            part = hidden_activations(self.network, X[i : i + 128], self.layer)
            Z[i : i + 128] = part if columns is None else np.take(part, columns, axis=1)
        return Z

    def _activations(self, X):
        """Return ``Z'[:, P]`` of other data, centred if need be."""
        X_fit, Z = self._fit
        Z = np.take(Z, self._columns, axis=1) if X is X_fit else self._hidden(X, self._columns)
        if self._mean is not None:
            Z -= self._mean[self._columns]
        return Z

    def _coordinates(self, Z, terms=None):
        """Return ``C`` transposed, shape (terms, n'), for what `_activations` returns."""
        r = len(self._R) if terms is None else terms
        right = np.array(Z[:, :r].T, order="F")
        if not r:
            return right
        R = self._R[:r, :r]
        return solve_triangular(R, right, "T", overwrite_b=True, check_finite=False)

    def _inputs(self, Z):
        """Return what enters the next layer of the full network, shape (n', c)."""
        return self._start + Z @ self.network.coefs_[self.layer + 1][self._columns]

    def _sums(self, C):
        """Yield what enters the next layer with 0, 1, … terms, in blocks (b, c, n')."""
        total = np.repeat(self._start[:, None], C.shape[1], axis=1)
        yield total[None]
        size = max(1, 2**17 // total.size)
        for i in range(0, len(self._G), size):
            sums = self._G[i : i + size, :, None] * C[i : i + size, None]
            for term in sums:
                term += total
                total = term
            yield sums

    def _winners(self, C):
        """Yield which output is the largest with 0, 1, … terms, in blocks (b, n').

        Within a block no difference of two outputs moves by more than ``Σ |c_i| (max g_i − min
        g_i)``. Where the lead of the winner is larger, it stays the winner, and only the other
        samples are looked at term by term.
        """
        G, total = _against_zero(self._G), _against_zero(self._start[None])
        total = np.repeat(total.T, C.shape[1], axis=1)
        yield total.argmax(axis=0)[None]
        for i in range(0, len(C), BLOCK):
            c, g = C[i : i + BLOCK], G[i : i + BLOCK][: len(C) - i]
            second, first = np.partition(total, -2, axis=0)[-2:]
            moves = np.ptp(g, axis=1) @ np.abs(c)
            unsure = np.flatnonzero(first - second <= 1.001 * moves)
            winners = np.tile(total.argmax(axis=0), (len(c), 1))
            sums = g[:, :, None] * c[:, None, unsure]
            sums[0] += total[:, unsure]
            for before, after in pairwise(sums):
                after += before
            winners[:, unsure] = sums.argmax(axis=1)
            yield winners
            total += g.T @ c

    def _settled(self, Z):
        """Return how many terms settle all winners on the calibration data.

        The columns of ``C`` are orthogonal there, and of one length. So what terms from t on add
        to the lead of output w over v is at most that length times ``√Σ_{i≥t} (g_iw − g_iv)²``.
        """
        G, L = _against_zero(self._G), _against_zero(self._inputs(Z))
        winner, settled = L.argmax(axis=1), np.ones(len(G), bool)
        for w in np.unique(winner):
            won = L[winner == w]
            lead = (won[:, [w]] - won).min(axis=0)
            lead[w] = np.inf
            moves = self._length * (G[::-1, [w]] - G[::-1])
            moves = np.sqrt(np.cumsum(moves**2, axis=0))[::-1]
            settled &= (1.001 * moves < lead).all(axis=1)
        return int(settled.argmax()) if settled.any() else len(settled)

    def _outputs(self, A):
        """Send what enters the next layer to the end of the network: logits."""
        network, last = self.network, len(self.network.coefs_) - 1
        if self.layer + 1 == last:
            return A
        return forward(network, ACTIVATIONS[network.activation](A), self.layer + 2, last)

    def _logits(self, C):
        """Yield the logits with 0, 1, … terms, each (n', c)."""
        return (self._outputs(term.T) for sums in self._sums(C) for term in sums)

    def logits(self, X):
        """Yield the logits for each k, as `networks.logits` computes them.

        Parameters
        ----------
        X : array-like of shape (n', d)

        Yields
        ------
        L : ndarray of shape (n', c)
            A fresh array for each k.
        """
        every = self._logits(self._coordinates(self._activations(X)))
        times = np.bincount(self._terms, minlength=len(self._G) + 1)
        return (L.copy() for L, again in zip(every, times, strict=True) for _ in range(again))

    def accuracy(self, X, y):
        """Score every k: accuracy of a classifier, R² of a regressor.

        Parameters
        ----------
        X : array-like of shape (n', d)
        y : array-like of shape (n',), or (n', c) for several labels or targets

        Returns
        -------
        accuracies : ndarray of shape (K,)
        """
        check_consistent_length(X, y)
        if is_classifier(self.network):
            return self._equal(X, self._check_labels(y))
        C = self._coordinates(self._activations(X))
        every = (labels_from_logits(self.network, L) for L in self._logits(C))
        return np.array([r2_score(y, prediction) for prediction in every])[self._terms]

    def agreement(self, X):
        """Return for every k the fraction of samples predicted as by the full network.

        Parameters
        ----------
        X : array-like of shape (n', d)

        Returns
        -------
        agreements : ndarray of shape (K,)

        Raises
        ------
        TypeError
            For regressors, whose predictions are hardly ever exactly equal.
        """
        check_same_classes(self.network, self.network)
        return self._equal(X)

    def _check_labels(self, y):
        """Return ``y`` if it is made of labels that the network could predict."""
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

    def _equal(self, X, labels=None):
        """Return for every k the fraction of predictions that equal labels, or the full network's.

        The labels of a softmax or of two classes are found without the logits of every k.
        """
        network, Z = self.network, self._activations(X)
        if labels is None:
            labels = labels_from_logits(network, self._outputs(self._inputs(Z)))
        if labels.ndim == 1 and self.layer + 2 == len(network.coefs_):
            known = np.isin(labels, network.classes_)
            outputs = np.where(known, np.searchsorted(network.classes_, labels), -1)
            calibration = X is self._fit[0] and self._length is not None
            C = self._coordinates(Z, self._settled(Z) if calibration else None)
            del Z
            blocks = (winners == outputs for winners in self._winners(C))
            fractions = np.concatenate([block.mean(axis=1) for block in blocks])
            fractions = np.pad(fractions, (0, len(self._G) + 1 - len(fractions)), mode="edge")
        else:
            every = (labels_from_logits(network, L) for L in self._logits(self._coordinates(Z)))
            equal = ((each == labels).reshape(len(labels), -1) for each in every)
            fractions = np.array([each.all(axis=1).mean() for each in equal])
        return fractions[self._terms]

    def logit_errors(self, X):
        """Return for every k the Frobenius error of what enters the next layer.

        ``‖(Z' U + β) − (Z'[:, J] U_new + β_new)‖_F`` over all n' samples, in the units of the
        logits; the pre-activations of the next hidden layer, if there is one, count as logits.

        Parameters
        ----------
        X : array-like of shape (n', d)

        Returns
        -------
        errors : ndarray of shape (K,)
        """
        Z = self._activations(X)
        E = self._inputs(Z) - self._start
        return _residual_norms(E, self._coordinates(Z), self._G)[self._terms]

    def activation_errors(self, X):
        """Return for every k the Frobenius error ``‖Z' − Z'[:, J] T‖_F``.

        With another correction than T, of what it makes of ``Z'``: with ``"none"``, for instance,
        a removed neuron counts as 0.

        Parameters
        ----------
        X : array-like of shape (n', d)

        Returns
        -------
        errors : ndarray of shape (K,)
            In the units of ``Z``. On the calibration data of the ID, `PivotedQR.errors` has the
            same for free.
        """
        Z = self._activations(X)
        return _residual_norms(Z, self._coordinates(Z), self._R)[self._terms]


def _factor(Z, order):
    """Factor ``Z[:, order]`` without pivoting, but put off columns that depend on earlier ones.

    Returns the positions in ``order`` of the r columns that are independent of all before them,
    and ``R``, shape (r, m), whose columns are these first and then the others.
    """
    limit = max(Z.shape) * np.finfo(Z.dtype).eps * np.linalg.norm(Z, axis=0).max()
    steps = np.arange(len(order))
    while steps.size:
        R = qr(Z[:, order[steps]], mode="r", check_finite=False)[0][: len(steps)]
        small = np.abs(np.diag(R)) <= limit
        if not small.any():
            break
        # Behind the first dependent column R is of no use, but the lengths of what is left are.
        first = small.argmax()
        left = np.linalg.norm(R[first:, first:], axis=0)
        steps = np.delete(steps, first + np.flatnonzero(left <= limit))
    steps = steps[: len(Z)]
    columns = np.append(order[steps], np.delete(order, steps))
    return steps, qr(Z[:, columns], mode="r", check_finite=False)[0][: len(steps)]


def _against_zero(A):
    """Put a column of zeros before a single one: two classes share one output, against zero."""
    return np.hstack([0 * A, A]) if A.shape[1] == 1 else A


def _residual_norms(E, C, H):
    """Compute ``‖E − Σ_{i<t} c_i h_i‖_F`` for t = 0, 1, …; ``E`` (n', p) is used up.

    ``C`` (r, n') and ``H`` (r, p) hold the c_i and h_i as rows.
    """
    squares = np.zeros(len(H) + 1)
    for i in range(0, len(E), 64):
        _add_squares(squares, E[i : i + 64], C[:, i : i + 64], H)
    return np.sqrt(np.maximum(squares, 0))


def _add_squares(squares, E, C, H):
    """Add the squares of `_residual_norms` for a few samples.

    From the last term to the first: adding what is missing to a small rest cancels nothing.
    """
    r = len(H)
    blocks = [slice(i, min(i + BLOCK, r)) for i in range(0, r, BLOCK)]
    for block in blocks:
        E -= C[block].T @ H[block]
    squares[-1] += np.vdot(E, E)
    for block in reversed(blocks):
        c, h = C[block][::-1], H[block][::-1]
        cross = 2 * np.einsum("ij,ij->i", c @ E, h)
        gram = ((c @ c.T) * (h @ h.T)).cumsum(axis=0).cumsum(axis=1)
        squares[block] += (np.vdot(E, E) + np.cumsum(cross) + np.diag(gram))[::-1]
        E += c.T @ h


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

    See Also
    --------
    EveryK : the same for several data sets, and the other curves.

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
    return EveryK(network, X_fit, layer=layer).logits(X)


def smallest_k(curve, *, at_least=None, at_most=None):
    """Find the smallest k at which a curve reaches a tolerance.

    Parameters
    ----------
    curve : array-like of shape (K,)
        Entry k − 1 belongs to k, as in all curves of `EveryK`.
    at_least : float, optional
        For accuracy or agreement.
    at_most : float, optional
        For an error. One of the two must be given.

    Returns
    -------
    k : int

    Raises
    ------
    TypeError
        If not exactly one tolerance is given.
    ValueError
        If no k reaches it; the message tells the best value and its k.

    Notes
    -----
    Chosen on a wiggling curve, the first k is also a lucky one: confirm it on other data.

    Examples
    --------
    >>> smallest_k([0.5, 0.9, 0.8, 1.0], at_least=0.9)
    2
    >>> smallest_k([3.0, 1.0, 0.5], at_most=0.1)
    Traceback (most recent call last):
        ...
    ValueError: no k from 1 to 3 reaches at most 0.1: the best is 0.5 at k = 3
    """
    if (at_least is None) == (at_most is None):
        raise TypeError(
            f"give one tolerance, at_least or at_most; got at_least={at_least!r} and "
            f"at_most={at_most!r}"
        )
    wanted, tolerance, sign = (
        ("at least", at_least, 1) if at_most is None else ("at most", at_most, -1)
    )
    curve = check_array(curve, ensure_2d=False, input_name="curve")
    if curve.ndim != 1:
        raise ValueError(f"curve must have one value for each k, got shape {curve.shape}")
    reached = sign * curve >= sign * tolerance
    if not reached.any():
        best = int(np.argmax(sign * curve))
        raise ValueError(
            f"no k from 1 to {len(curve)} reaches {wanted} {tolerance:.6g}: the best is "
            f"{curve[best]:.6g} at k = {best + 1}"
        )
    return int(reached.argmax()) + 1


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
