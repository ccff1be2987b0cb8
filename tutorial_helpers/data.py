"""Data that every machine has: nothing is downloaded (lesson 00)."""

import numpy as np
from sklearn.datasets import load_digits


def load_digits_split():
    """Split the digits of scikit-learn into a first and a second half.

    1797 grey images of 8 x 8 pixels, unrolled into rows of 64 values from 0 to 16. They stay in
    their original order: shuffled, near-copies by one writer would end up in both halves and
    flatter the test accuracy.

    Returns
    -------
    X_train : ndarray of shape (898, 64), float64
    X_test : ndarray of shape (899, 64), float64
    y_train : ndarray of shape (898,), int
    y_test : ndarray of shape (899,), int

    Examples
    --------
    >>> X_train, X_test, y_train, y_test = load_digits_split()
    >>> X_train.shape, X_test.shape
    ((898, 64), (899, 64))
    """
    X, y = load_digits(return_X_y=True)
    half = len(X) // 2
    return tuple(np.ascontiguousarray(part) for part in (X[:half], X[half:], y[:half], y[half:]))
