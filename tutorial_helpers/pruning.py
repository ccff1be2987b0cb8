"""Selection × correction → an ordinary, smaller scikit-learn network (lessons 03, 06 and 10)."""

from ._validation import check_choice, check_kept, one_thread
from .correction import CORRECTIONS, interpolation, no_correction
from .decomposition import interpolative_decomposition
from .networks import check_neurons, hidden_activations, smaller_network
from .selection import SELECTIONS, by_id, by_magnitude


def prune_by_magnitude(network, k, *, layer=0):
    """Keep the k neurons with the largest incoming weights; change nothing else.

    Returns
    -------
    pruned : estimator of the same class

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> prune_by_magnitude(network, 10).hidden_layer_sizes
    (10,)
    """
    kept = by_magnitude(network, None, k, layer=layer)
    U, beta = network.coefs_[layer + 1], network.intercepts_[layer + 1]
    return smaller_network(network, kept, *no_correction(None, kept, U, beta), layer=layer)


@one_thread
def prune_by_id(network, X, k, *, layer=0):
    """Keep the neurons that the interpolative decomposition keeps, and fold ``T`` into ``U``.

    With ``Z ≈ Z[:, J] T`` on the calibration data ``X``, the next layer sees
    ``Z U ≈ Z[:, J] (T U)``: so columns ``J`` of ``W`` and entries ``J`` of ``b`` stay, and ``U``
    becomes ``T U``. The bias ``β`` stays.

    Returns
    -------
    pruned : estimator of the same class

    Notes
    -----
    Chee, Flynn, Damle and De Sa, *Model Preserving Compression for Neural Networks* (2022).

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> pruned = prune_by_id(network, X_train, 40)
    >>> bool(pruned.score(X_test, y_test) > network.score(X_test, y_test) - 0.05)
    True
    """
    k = check_neurons(network, k, layer)
    U, beta = network.coefs_[layer + 1], network.intercepts_[layer + 1]
    kept, T = interpolative_decomposition(hidden_activations(network, X, layer), k)
    return smaller_network(network, kept, T @ U, beta, layer=layer)


@one_thread
def prune(network, k, *, X=None, select="id", correct="interpolation", layer=0, random_state=None):
    """Prune a hidden layer: any choice of neurons with any correction of the next layer.

    Parameters
    ----------
    network, k, layer
        As everywhere.
    X : array-like of shape (n, d), optional
        Calibration data. Only selections that look at no data, ``"magnitude"``,
        ``"norm product"`` and ``"random"``, can do without, and only with ``correct="none"``.
    select : str or callable
        Which neurons stay: "id", "magnitude", "random", "norm product", "variance", "leverage",
        "strong id" or "greedy"; a callable gets ``(network, X, k, layer=…, random_state=…)`` and
        returns k indices.
    correct : {"interpolation", "none", "mean", "least squares", "ridge"} or callable
        How the next layer makes up for the rest; a callable gets ``(Z, kept, U, beta)`` and
        returns ``U_new`` (k, c) and ``beta_new`` (c,). Anything else raises an error that says
        what was expected.
    random_state : int, RandomState or None
        For ``select="random"``.

    Returns
    -------
    pruned : estimator of the same class

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split, train_network
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> network = train_network(X_train, y_train, (50,))
    >>> prune(network, 10, X=X_train, select="magnitude", correct="least squares")
    MLPClassifier(hidden_layer_sizes=(10,), max_iter=300, random_state=1)
    """
    k = check_neurons(network, k, layer)
    choose = check_choice(select, SELECTIONS, "select")
    mend = check_choice(correct, CORRECTIONS, "correct")
    # Copies, here and below: a reader's own function may write into what it is given.
    U, beta = network.coefs_[layer + 1].copy(), network.intercepts_[layer + 1].copy()
    if (choose, mend) == (by_id, interpolation):
        return prune_by_id(network, X, k, layer=layer)  # T is there already
    kept = choose(network, X, k, layer=layer, random_state=random_state)
    kept = check_kept(kept, len(U), k)
    Z = None if mend is no_correction else hidden_activations(network, X, layer)
    mended = mend(Z, kept.copy(), U, beta)
    if not isinstance(mended, tuple) or len(mended) != 2:
        raise TypeError(f"correct must return a tuple (U_new, beta_new); got {mended!r}")
    return smaller_network(network, kept, *mended, layer=layer)
