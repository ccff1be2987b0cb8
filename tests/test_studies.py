"""Studies: equal to pruning one by one, as stored; intervals against scipy."""

import csv
from importlib.resources import files

import numpy as np
import pytest
from scipy import stats
from scipy.sparse import csr_array

from benchmarks.make_studies import STUDIES, save
from tutorial_helpers import (
    compare_methods,
    generated_split,
    initial_network,
    load_digits_split,
    load_study,
    paired_differences,
    prune,
    train_network,
)
from tutorial_helpers.correction import CORRECTIONS
from tutorial_helpers.selection import SELECTIONS
from tutorial_helpers.studies import GRID


@pytest.fixture(scope="module")
def small_split():
    X_train, X_test, y_train, y_test = generated_split(0)
    return X_train[:150], X_test[:200], y_train[:150], y_test[:200]


@pytest.fixture(scope="module")
def small_study(small_split):
    return compare_methods(3, small_split, [4, 9], neurons=30, references=[9])


def test_every_cell_of_the_grid_is_that_pruning(small_split, small_study):
    X, X_test, y, y_test = small_split
    network = train_network(X, y, (30,), random_state=3, max_iter=3000)
    for i, k in enumerate([4, 9]):
        for select in GRID:
            for correct in CORRECTIONS:
                pruned = prune(network, k, X=X, select=select, correct=correct, random_state=3)
                told = pruned.predict(X_test)
                name = f"{select} + {correct}"
                assert small_study["accuracy"][name][i] == np.mean(told == y_test)
                same = np.mean(told == network.predict(X_test))
                assert small_study["agreement"][name][i] == same
    assert np.all(small_study["accuracy"]["full"] == network.score(X_test, y_test))
    assert np.all(small_study["agreement"]["full"] == 1)


@pytest.mark.parametrize("nested", [True, False])
def test_a_nested_selection_is_made_once_for_all_k(small_split, monkeypatch, nested):
    asked = []

    def choose(network, X, k, *, layer=0, random_state=None):
        asked.append(k)
        return np.arange(k) if nested else np.arange(30)[-k:]

    choose.nested = nested
    monkeypatch.setitem(SELECTIONS, "id", choose)
    found = compare_methods(3, small_split, [4, 9], neurons=30)
    assert asked == ([9] if nested else [4, 9])
    X, X_test, y, y_test = small_split
    network = train_network(X, y, (30,), random_state=3, max_iter=3000)
    expected = [prune(network, k, X=X, select=choose, correct="mean") for k in (4, 9)]
    assert found["accuracy"]["id + mean"].tolist() == [n.score(X_test, y_test) for n in expected]


def test_references_are_trained_where_asked(small_split, small_study):
    X, X_test, y, y_test = small_split
    scratch = train_network(X, y, (9,), random_state=3, max_iter=3000)
    assert small_study["accuracy"]["scratch"][1] == scratch.score(X_test, y_test)
    tuned = prune(train_network(X, y, (30,), random_state=3, max_iter=3000), 9, X=X)
    for _ in range(20):
        tuned.partial_fit(X, y)
    assert small_study["accuracy"]["id + 20 epochs"][1] == tuned.score(X_test, y_test)
    names = ["scratch", "ticket of id", "ticket of random", "ticket of magnitude"]
    for name in [*names, "id + 20 epochs", "magnitude + 20 epochs"]:
        assert np.isnan(small_study["accuracy"][name]).tolist() == [True, False]


def test_initial_weights_are_those_that_the_seed_draws():
    X, _, y, _ = load_digits_split()
    network = initial_network(X, y, (30,), random_state=5)
    draw, expected = np.random.RandomState(5), []
    for fan_in, fan_out in ((64, 30), (30, 10)):  # Glorot's uniform weights, bias after each
        bound = np.sqrt(6 / (fan_in + fan_out))
        expected.append(draw.uniform(-bound, bound, (fan_in, fan_out)))
        draw.uniform(-bound, bound, fan_out)
    for W, drawn in zip(network.coefs_, expected, strict=True):
        assert np.array_equal(W, drawn)


def test_a_network_started_from_its_initial_weights_trains_from_there():
    X, X_test, y, y_test = load_digits_split()
    start = initial_network(X, y, (30,), random_state=5)
    before = start.coefs_[0].copy()
    start.set_params(max_iter=1)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        start.fit(X, y)
    # Adam moves a weight by about its learning rate, 0.001, a step; there are 5 steps
    assert 0 < np.abs(start.coefs_[0] - before).max() < 0.01
    start.set_params(max_iter=1000).fit(X, y)
    assert start.score(X_test, y_test) > 0.85


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"ks": [4, 151]}, "k = 151 neurons cannot be told apart by 150 training samples"),
        ({}, {"ks": [4, 30]}, r"k = 30 is beyond the rank \d+ of the .* \(seed 3\)"),
        ({"train": 2}, {}, "class 2 is missing from the training half"),
        ({"test": 4}, {}, "class 4 is missing from the test half"),
        ({}, {"references": [5]}, r"references must be some of ks = \[4\], got also \[5\]"),
    ],
)
def test_what_cannot_be_studied_is_named(small_split, change, options, message):
    X, X_test, y, y_test = small_split
    if "train" in change:
        X, y = X[y != change["train"]], y[y != change["train"]]
    if "test" in change:
        X_test, y_test = X_test[y_test != change["test"]], y_test[y_test != change["test"]]
    if 30 in options.get("ks", ()):
        X = np.repeat(X[:, :1], 20, axis=1)  # inputs of rank one leave dead and equal neurons
    with pytest.raises(ValueError, match=message):
        compare_methods(3, (X, X_test, y, y_test), neurons=30, **({"ks": [4]} | options))


def test_data_may_come_sparse_and_labels_with_an_index_of_their_own(small_split, small_study):
    X, X_test, y, y_test = small_split

    class Labelled(np.ndarray):
        """Like the column of a table: ``in`` asks for the row's name, not for the value."""

        def __contains__(self, name):
            return 0 <= name < len(self)

    sparse = csr_array(X), csr_array(X_test), y.view(Labelled), y_test.view(Labelled)
    found = compare_methods(3, sparse, [4, 9], neurons=30)["accuracy"]
    assert np.abs(found["id + ridge"] - small_study["accuracy"]["id + ridge"]).max() < 0.05
    with pytest.raises(ValueError, match="k = 151 neurons cannot be told apart"):
        compare_methods(3, sparse, [151], neurons=30)
    keep = y_test != 4
    with pytest.raises(ValueError, match="class 4 is missing from the test half"):
        compare_methods(3, (*sparse[:1], X_test[keep], sparse[2], y_test[keep]), [4], neurons=30)


@pytest.mark.parametrize("split", [None, 3, "digits", ([[0.0]], [0])])
def test_a_split_that_is_none_is_named(split):
    with pytest.raises(TypeError, match="split must be X_train, X_test, y_train, y_test"):
        compare_methods(1, split, [1])


def test_intervals_are_those_of_the_paired_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 8, 5))
    for comparisons, confidence in ((None, 0.95), (1, 0.9), (12, 0.95)):
        found = paired_differences(a, b, comparisons=comparisons, confidence=confidence)
        level = 1 - (1 - confidence) / (comparisons or 5)
        expected = stats.ttest_rel(a, b).confidence_interval(level)
        assert np.allclose(found.low, expected.low)
        assert np.allclose(found.high, expected.high)
        assert np.allclose(found.mean, a.mean(axis=0) - b.mean(axis=0))


def test_the_intervals_hold_all_at_once_as_often_as_they_say():
    rng = np.random.default_rng(1)
    misses = 0
    for _ in range(600):
        shared = rng.normal(size=(10, 6))  # what both methods have from the seed
        a, b = shared + rng.normal(size=(2, 10, 6))
        _, low, high = paired_differences(a, b)
        misses += np.any((low > 0) | (high < 0))
    # 5 % of 600 is 30 at the most, with a standard deviation of 5.3
    assert 10 < misses < 30 + 4 * 5.3


def test_methods_that_never_differ_have_an_interval_of_length_zero():
    found = paired_differences(np.ones((4, 2)), np.ones((4, 2)))
    assert found.low.tolist() == found.high.tolist() == [0, 0]


@pytest.mark.parametrize(("a", "b"), [((3, 2), (3, 3)), ((1, 2), (1, 2)), ((3,), (3,))])
def test_pairs_that_do_not_fit_are_named(a, b):
    with pytest.raises(ValueError, match="two arrays of the same shape"):
        paired_differences(np.ones(a), np.ones(b))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 95}, "confidence must lie between 0 and 1, such as 0.95; got 95"),
        ({"confidence": np.nan}, "confidence must lie between 0 and 1"),
        ({"comparisons": 0}, "comparisons must be a whole number of at least 1"),
    ],
)
def test_intervals_that_mean_nothing_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        paired_differences(np.ones((4, 2)), np.zeros((4, 2)), **options)


def test_stored_studies_are_complete():
    for name, (seeds, (_, ks), options) in STUDIES.items():
        study = load_study(name)
        assert study.ks.tolist() == list(ks)
        assert study.seeds.tolist() == list(seeds)
        assert list(study.accuracy) == list(study.agreement)
        assert {f"{s} + {c}" for s in GRID for c in CORRECTIONS} < set(study.accuracy)
        asked = np.isin(study.ks, options["references"])
        for method in study.accuracy:
            for table in (study.accuracy[method], study.agreement[method]):
                assert table.shape == (len(seeds), len(ks))
                known = ~np.isnan(table)
                assert np.all((table[known] >= 0) & (table[known] <= 1))
                assert np.all(known == (asked if not np.all(known) else True))
    with pytest.raises(ValueError, match="'convolutional', 'digits', 'generated'; got 'mnist'"):
        load_study("mnist")


def test_what_is_saved_is_what_is_loaded(small_study, tmp_path):
    result = {m: {n: v[None] for n, v in table.items()} for m, table in small_study.items()}
    save(tmp_path / "small.csv", [4, 9], [3], result)
    lines = list(csv.reader((tmp_path / "small.csv").read_text().splitlines()))
    assert lines[0] == ["measure", "method", "seed", "4", "9"]
    stored = files("tutorial_helpers") / "results" / "digits.csv"
    assert stored.read_text(encoding="utf-8").startswith("measure,method,seed,10,20,")
    for measure, method, _, *values in lines[1:]:
        expected = small_study[measure][method]
        assert np.allclose([float(v) for v in values], expected, atol=5e-5, equal_nan=True)


@pytest.mark.parametrize("name", STUDIES)
def test_a_sample_of_the_stored_study_comes_out_again(name):
    """Recompute seed 1 at three k.

    Another BLAS rounds otherwise, and training carries that on: the network of seed 1 is then
    like that of another seed. So each value must lie as near to the stored one as the stored
    seeds lie to each other, and the average over all methods, where luck cancels, much nearer.
    """
    study = load_study(name)
    _, (split, _), options = STUDIES[name]
    ks, at = [10, 50, 100], [0, 4, 9]
    neurons = {key: options[key] for key in options.keys() & {"neurons"}}
    found = compare_methods(1, split, ks, **neurons)["accuracy"]
    offsets = []
    for method, values in found.items():
        stored = study.accuracy[method][:, at]
        offsets.append(values - stored[0])
        assert np.all(np.abs(offsets[-1]) <= np.ptp(stored, axis=0) + 0.01), method
    assert np.abs(np.mean(offsets, axis=0)).max() < 0.05
