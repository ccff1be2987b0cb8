"""Networks that several test files share, trained once; the report of the exercises' hints."""

import copy
import os
import warnings
from typing import NamedTuple

import matplotlib
import numpy as np
import pytest
from sklearn.datasets import make_classification, make_multilabel_classification, make_regression
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tutorial_helpers import load_digits_split, train_network

matplotlib.use("Agg")


def pytest_terminal_summary(terminalreporter, config):
    """List the known mistakes of the exercises with the hints they got, in CI or with -v."""
    passed = terminalreporter.getreports("passed")
    told = [line for report in passed for kind, line in report.user_properties if kind == "mistake"]
    if told and (os.environ.get("CI") or config.get_verbosity() > 0):
        terminalreporter.section("wrong answers to exercises, and their hints")
        terminalreporter.write_line("\n".join(told))


class Trained(NamedTuple):
    """A fitted network and the data it was fitted on."""

    network: object
    X: np.ndarray
    y: np.ndarray


def fit(model, X, y):
    """Train for a few epochs; that it has not converged does not matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return Trained(model.fit(X, y), X, y)


def _classes(number, **kind):
    kind = {"n_informative": 5, "n_redundant": 0, "class_sep": 2.0, "random_state": 0} | kind
    return make_classification(120, 6, n_classes=number, **kind)


def _zoo():
    """Every kind of network that the helpers must know: task × activation × depth × solver."""
    small = {"hidden_layer_sizes": (20,), "max_iter": 40, "random_state": 0}
    X, y = _classes(4)
    X2, y2 = _classes(2)
    names = np.array(["oak", "ash", "elm", "fir"])[y]
    XR, yR = make_regression(120, 6, n_targets=1, noise=1.0, random_state=0)
    XM, yM = make_regression(120, 6, n_targets=3, noise=1.0, random_state=0)
    XL, yL = make_multilabel_classification(120, 6, n_classes=3, random_state=0)
    deep = small | {"hidden_layer_sizes": (20, 15, 10)}
    return {
        "classes": fit(MLPClassifier(**small), X, y),
        "tanh": fit(MLPClassifier(**small, activation="tanh"), X, y),
        "logistic": fit(MLPClassifier(**small, activation="logistic"), X, y),
        "identity": fit(MLPClassifier(**small, activation="identity"), X, y),
        "two classes": fit(MLPClassifier(**small), X2, y2),
        "names": fit(MLPClassifier(**small), X, names),
        "several labels": fit(MLPClassifier(**small), XL, yL),
        "deep": fit(MLPClassifier(**deep), X, y),
        "deep tanh": fit(MLPClassifier(**deep, activation="tanh"), X2, y2),
        "number": fit(MLPRegressor(**small, learning_rate_init=0.01), XR, yR),
        "numbers": fit(MLPRegressor(**small, activation="tanh"), XM, yM),
        "deep number": fit(MLPRegressor(**deep), XR, yR),
        "sgd": fit(MLPClassifier(**small, solver="sgd", learning_rate="adaptive"), X, y),
        "lbfgs": fit(MLPClassifier(**small, solver="lbfgs"), X, y),
        "early stopping": fit(MLPClassifier(**small, early_stopping=True), X, y),
        "float32": fit(MLPClassifier(**small), X.astype(np.float32), y),
        "one size": fit(MLPClassifier(**small | {"hidden_layer_sizes": 20}), X, y),
    }


KINDS = [
    "classes",
    "tanh",
    "logistic",
    "identity",
    "two classes",
    "names",
    "several labels",
    "deep",
    "deep tanh",
    "number",
    "numbers",
    "deep number",
    "sgd",
    "lbfgs",
    "early stopping",
    "float32",
    "one size",
]


@pytest.fixture(scope="session")
def trained_zoo():
    zoo = _zoo()
    assert list(zoo) == KINDS
    return zoo


@pytest.fixture
def zoo(trained_zoo):
    """Give all kinds of networks by name, as copies that a test may change."""
    return copy.deepcopy(trained_zoo)


@pytest.fixture(params=KINDS)
def trained(request, trained_zoo):
    """Give one kind of network after the other."""
    return copy.deepcopy(trained_zoo[request.param])


@pytest.fixture(scope="session")
def trained_digits():
    X_train, X_test, y_train, y_test = load_digits_split()
    return train_network(X_train, y_train, (60,)), X_train, X_test, y_train, y_test


@pytest.fixture
def digits(trained_digits):
    """Give a network of 60 neurons and the digits: network, X_train, X_test, y_train, y_test."""
    return copy.deepcopy(trained_digits)


def by_loops(network, x):
    """Compute the logits of one sample neuron by neuron, and the activations of every layer.

    A second way to the same numbers: plain loops over the weights, no matrix products.
    """
    squash = {
        "identity": lambda a: a,
        "relu": lambda a: a if a > 0 else 0.0,
        "tanh": np.tanh,
        "logistic": lambda a: 1 / (1 + np.exp(-a)),
    }[network.activation]
    layers, values = [], [float(value) for value in x]
    for W, b in zip(network.coefs_, network.intercepts_, strict=True):
        sums = [
            b[j] + sum(v * w for v, w in zip(values, W[:, j], strict=True)) for j in range(len(b))
        ]
        values = [squash(a) for a in sums]
        layers.append(values)
    return np.array(sums), [np.array(layer) for layer in layers[:-1]]


def state(network):
    """Take a picture of all that a network holds, to compare bit by bit."""
    return copy.deepcopy(vars(network))


def same(a, b):
    """Tell whether two nested states are equal to the last bit."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if hasattr(a, "get_state"):
        return same(a.get_state(), b.get_state())
    if hasattr(a, "__dict__"):
        return same(vars(a), vars(b))
    return a == b or a is b
