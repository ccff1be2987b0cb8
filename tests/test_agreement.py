"""Agreement is counted sample by sample."""

import copy

import numpy as np
import pytest
from conftest import fit
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier

from tutorial_helpers import agreement, prune_by_id, prune_by_magnitude


@pytest.mark.parametrize("kind", ["classes", "two classes", "names", "deep", "float32"])
def test_it_is_the_count_of_equal_predictions(kind, zoo):
    network, X, _ = zoo[kind]
    pruned = prune_by_magnitude(network, 3)
    equal = [a == b for a, b in zip(network.predict(X), pruned.predict(X), strict=True)]
    assert agreement(network, pruned, X) == sum(equal) / len(X)
    assert agreement(network, pruned, X) == agreement(pruned, network, X)
    assert 0 < agreement(network, pruned, X) < 1


def test_a_network_agrees_with_itself(zoo):
    for kind in ("classes", "two classes", "names", "several labels"):
        network, X, _ = zoo[kind]
        assert agreement(network, network, X) == 1
        m = network.coefs_[0].shape[1]
        assert agreement(network, prune_by_id(network, X, m), X) == 1


def test_of_several_labels_all_must_agree(zoo):
    network, X, _ = zoo["several labels"]
    other = copy.deepcopy(network)
    other.intercepts_[-1][1] = 1e3  # the second label is always given
    same = [row[1] == 1 for row in network.predict(X)]
    assert agreement(network, other, X) == np.mean(same)


def test_three_classes_are_not_three_labels(zoo):
    labels, X, Y = zoo["several labels"]
    classes = fit(MLPClassifier((20,), max_iter=5, random_state=0), X, Y.sum(axis=1) % 3).network
    assert list(classes.classes_) == list(labels.classes_)
    with pytest.raises(ValueError, match=r"same output function, got .*logistic.*softmax"):
        agreement(labels, classes, X)


def test_networks_that_cannot_be_compared_are_named(zoo):
    network, X, _ = zoo["classes"]
    with pytest.raises(TypeError, match=r"MLPRegressor .* r2_score"):
        agreement(network, zoo["number"].network, X)
    with pytest.raises(TypeError, match="MLPRegressor"):
        agreement(zoo["number"].network, network, X)
    for other in ("names", "two classes", "several labels"):
        with pytest.raises(ValueError, match="must know the same classes"):
            agreement(network, zoo[other].network, X)
    with pytest.raises(NotFittedError):
        agreement(network, MLPClassifier(), X)
    with pytest.raises(ValueError, match="5 features"):
        agreement(network, network, X[:, 1:])
