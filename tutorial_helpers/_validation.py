"""Questions every function asks its arguments, with answers that say what to do."""

from numbers import Integral

from sklearn.utils import check_array


def check_k(k, largest, of, *, smallest=1):
    """Return ``k`` as an int, or say which whole numbers were possible."""
    expected = f"k must be a whole number from {smallest} to {largest} ({of})"
    if isinstance(k, bool) or not isinstance(k, Integral):
        raise TypeError(f"{expected}, got {k!r} of type {type(k).__name__}")
    if not smallest <= k <= largest:
        raise ValueError(f"{expected}, got {k}")
    return int(k)


def check_choice(choice, table, what):
    """Look up a name in ``table``; a callable stands for itself."""
    if callable(choice):
        return choice
    if not isinstance(choice, str) or choice not in table:
        names = ", ".join(repr(name) for name in table)
        raise ValueError(f"{what} must be one of {names}, or a function; got {choice!r}")
    return table[choice]


def check_matrix(A, name):
    """Return ``A`` as a dense, finite, two-dimensional float array (float32 stays float32)."""
    return check_array(A, dtype=("float64", "float32"), input_name=name)
