"""Checks of arguments, whose messages say what was expected (all lessons)."""

import math
from numbers import Integral

import numpy as np
import scipy.linalg  # noqa: F401  its BLAS must be loaded before the controller looks for it
from sklearn.utils import check_array
from threadpoolctl import ThreadpoolController

# Two threads of linear algebra on busy cores take up to ten times as long; on idle ones they gain
# little at this size. Outside decorated functions the reader's own setting applies.
one_thread = ThreadpoolController().wrap(limits=1, user_api="blas")


def check_k(k, largest, of, *, smallest=1, name="k"):
    """Return ``k`` as an int, or say which whole numbers were possible."""
    possible = f"of at least {smallest}" if largest == math.inf else f"from {smallest} to {largest}"
    expected = f"{name} must be a whole number {possible} ({of})"
    if isinstance(k, bool) or not isinstance(k, Integral):
        raise TypeError(f"{expected}, got {k!r} of type {type(k).__name__}")
    if not smallest <= k <= largest:
        raise ValueError(f"{expected}, got {k}")
    return int(k)


def check_kept(kept, m, k=None):
    """Return ``kept`` as an array of different indices below ``m``: ``k`` of them, if given."""
    given, kept = kept, np.asarray(kept)
    fits = kept.ndim == 1 and kept.size and np.issubdtype(kept.dtype, np.integer)
    fits = fits and kept.min() >= 0 and kept.max() < m and len(np.unique(kept)) == len(kept)
    if not fits or len(kept) != (k or len(kept)):
        count = "one or more" if k is None else k
        raise ValueError(
            f"kept must hold {count} different neurons from 0 to {m - 1}, got {given!r}"
        )
    return kept


def check_choice(choice, table, what):
    """Look up a name in ``table``; a callable is returned as it is."""
    if callable(choice):
        return choice
    if not isinstance(choice, str) or choice not in table:
        names = ", ".join(repr(name) for name in table)
        raise ValueError(f"{what} must be one of {names}, or a function; got {choice!r}")
    return table[choice]


def check_matrix(A, name):
    """Return ``A`` as a dense, finite, two-dimensional float array (float32 stays float32)."""
    return check_array(A, dtype=("float64", "float32"), input_name=name)
