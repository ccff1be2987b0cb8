"""The data is what scikit-learn ships, cut in the middle."""

import numpy as np
from sklearn.datasets import load_digits

from tutorial_helpers import load_digits_split


def test_halves_put_together_are_the_digits():
    X_train, X_test, y_train, y_test = load_digits_split()
    digits = load_digits()
    assert np.array_equal(np.vstack([X_train, X_test]), digits.data)
    assert np.array_equal(np.hstack([y_train, y_test]), digits.target)
    assert [len(part) for part in (X_train, X_test)] == [898, 899]
    assert X_train.dtype == X_test.dtype == np.float64


def test_every_digit_is_in_both_halves():
    _, _, y_train, y_test = load_digits_split()
    assert set(y_train) == set(y_test) == set(range(10))


def test_each_call_gives_fresh_arrays():
    load_digits_split()[0][:] = -1
    assert load_digits_split()[0].min() == 0
