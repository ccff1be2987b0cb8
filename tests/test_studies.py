"""Studies: equal to pruning one by one, as stored; intervals against scipy."""

import csv
from functools import partial
from importlib.resources import files

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.neural_network import MLPClassifier

from benchmarks.make_studies import SEEDS, STUDIES, TUNED, save
from tutorial_helpers import (
    agreement,
    at_random,
    by_id,
    by_taylor,
    compare_methods,
    distilled_network,
    generated_split,
    initial_network,
    load_digits_split,
    load_settings,
    load_study,
    prune,
    rescaled,
    scratch_network,
    ticket,
    train_network,
)
from tutorial_helpers.correction import CORRECTIONS
from tutorial_helpers.selection import SELECTIONS
from tutorial_helpers.studies import GRID, MENDED, load_table

# networks of four neurons do not converge, and need not
pytestmark = pytest.mark.filterwarnings("ignore:.*Maximum iterations")

RIVALS = {"scratch", "scratch at its best", "distilled", "id + distillation"}
RIVALS |= {"id + training", "id + 20 epochs", "magnitude + 20 epochs"}
SETTINGS = {
    rival: {k: {"solver": "lbfgs", "max_iter": 20 * k, "alpha": 0.1} for k in (4, 9)}
    for rival in ("scratch", "distilled")
}


@pytest.fixture(scope="module")
def small_split():
    X_train, X_test, y_train, y_test = generated_split(0)
    return X_train[:150], X_test[:200], y_train[:150], y_test[:200]


@pytest.fixture(scope="module")
def small_study(small_split):
    return compare_methods(3, small_split, [4, 9], neurons=30, settings=SETTINGS, tickets=True)


def test_every_cell_of_the_grid_is_that_pruning(small_split, small_study):
    X, X_test, y, y_test = small_split
    network = train_network(X, y, (30,), random_state=3, max_iter=3000)
    for i, k in enumerate([4, 9]):
        for select in GRID:
            choose = partial(by_taylor, y=y) if select == "taylor" else select
            for correct in ("rescaled", *CORRECTIONS):
                mend = rescaled if correct == "rescaled" else correct
                pruned = prune(network, k, X=X, select=choose, correct=mend, random_state=3)
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


def test_every_rival_is_trained_as_told(small_split, small_study):
    X, X_test, y, y_test = small_split
    network = train_network(X, y, (30,), random_state=3, max_iter=3000)
    tuned = prune(network, 9, X=X)
    for _ in range(20):
        tuned.partial_fit(X, y)
    own = SETTINGS["scratch"][9] | {"random_state": 3}
    start = initial_network(X, y, (30,), random_state=3)
    pruned = prune(network, 9, X=X)
    for name, small in {
        "scratch": train_network(X, y, (9,), random_state=3, max_iter=3000),
        "scratch at its best": scratch_network(X, y, 9, **own),
        "distilled": distilled_network(network, X, 9, **own),
        "id + distillation": distilled_network(network, X, 9, start=pruned, **own),
        "id + 20 epochs": tuned,
        "ticket of id": ticket(start, by_id(network, X, 9), X, y),
        "ticket of random": ticket(start, at_random(network, X, 9, random_state=3), X, y),
    }.items():
        assert small_study["accuracy"][name][1] == small.score(X_test, y_test), name
        assert small_study["agreement"][name][1] == agreement(network, small, X_test), name


def test_without_settings_nothing_is_trained_but_the_network(small_split):
    found = compare_methods(3, small_split, [4], neurons=30)
    assert set(found["accuracy"]) == {"full"} | {f"{s} + {c}" for s in GRID for c in MENDED}


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"ks": [4, 151]}, "k = 151 neurons cannot be told apart by 150 training samples"),
        ({}, {"ks": [4, 30]}, r"k = 30 is beyond the rank \d+ of the .* \(seed 3\)"),
        ({"train": 2}, {}, "class 2 is missing from the training half"),
        ({"test": 4}, {}, "class 4 is missing from the test half"),
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


def test_a_full_network_may_have_settings_of_its_own():
    X, X_test, y, y_test = load_digits_split()
    split, own = (X[:300], X_test, y[:300], y_test), {"max_iter": 20, "alpha": 5}
    rival = {4: {"max_iter": 3}}
    settings = {"full": {30: own}, "scratch": rival, "distilled": rival}
    found = compare_methods(2, split, [4], neurons=30, unit=16, settings=settings)["accuracy"]
    for name, size in (("full", 30), ("scratch", 4)):
        expected = MLPClassifier((size,), random_state=2, **own).fit(X[:300] / 16, y[:300])
        assert abs(found[name][0] - expected.score(X_test / 16, y_test)) <= 1 / len(y_test)


@pytest.mark.parametrize("split", [None, 3, "digits", ([[0.0]], [0])])
def test_a_split_that_is_none_is_named(split):
    with pytest.raises(TypeError, match="split must be X_train, X_test, y_train, y_test"):
        compare_methods(1, split, [1])


def test_stored_studies_are_complete():
    for name, (_, ks, options) in STUDIES.items():
        study = load_study(name)
        assert study.ks.tolist() == list(ks)
        assert study.seeds.tolist() == list(SEEDS)
        assert list(study.accuracy) == list(study.agreement)
        assert {f"{s} + {c}" for s in GRID for c in MENDED} | RIVALS <= set(study.accuracy)
        assert options.get("tickets", False) == ("ticket of id" in study.accuracy)
        for method in study.accuracy:
            for table in (study.accuracy[method], study.agreement[method]):
                assert table.shape == (len(SEEDS), len(ks))
                assert np.all((table >= 0) & (table <= 1))
        assert np.all(study.agreement["full"] == 1)
        settings = load_settings(name)
        assert list(settings.pop("full", {})) == [500] * (name in TUNED)
        assert all(sorted(each) == list(ks) for each in settings.values())
    with pytest.raises(ValueError, match=r"searched for digits scaled, .*; got 'iris'"):
        load_settings("iris")
    with pytest.raises(
        ValueError, match=r"'convolutional', 'convolutional scratch', .*; got 'iris'"
    ):
        load_study("iris")


def test_tables_of_the_language_model_are_complete():
    table = load_table("language")
    assert set(table["cosine"]) < set(table["first hits"])
    assert {len(row) for part in table.values() for row in part.values()} == {3}
    for part in table.values():
        assert all(np.all((row >= 0) & (row <= 1)) for row in part.values())
    assert all(len(row) == 4 for row in load_table("language speed")["times as fast"].values())
    assert all(rows["4000"] < 1 for rows in load_table("language calibration").values())
    with pytest.raises(ValueError, match=r"tables are 'language', .*; got 'iris'"):
        load_table("iris")


def test_what_is_saved_is_what_is_loaded(small_study, tmp_path):
    result = {m: {n: v[None] for n, v in table.items()} for m, table in small_study.items()}
    save(tmp_path / "small.csv", [4, 9], [3], result)
    lines = list(csv.reader((tmp_path / "small.csv").read_text().splitlines()))
    assert lines[0] == ["measure", "method", "seed", "4", "9"]
    stored = files("tutorial_helpers") / "results" / "digits.csv"
    assert stored.read_text(encoding="utf-8").startswith("measure,method,seed,10,20,50,")
    for measure, method, _, *values in lines[1:]:
        expected = small_study[measure][method]
        assert np.allclose([float(v) for v in values], expected, atol=5e-5, equal_nan=True)


def test_a_sample_of_the_stored_study_comes_out_again():
    """Recompute seed 1 at two k, seed by seed.

    Another BLAS rounds otherwise, and training amplifies that, so a value may move by as much as
    seeds differ; but then it must still be nearest to the row of its own method, in the mean.
    """
    split, ks, _ = STUDIES["digits scaled"]
    study = load_study("digits scaled")
    at = [list(ks).index(k) for k in (10, 100)]
    found = compare_methods(1, split, [10, 100])["accuracy"]
    gaps = np.array([values - study.accuracy[name][0, at] for name, values in found.items()])
    assert np.abs(gaps).mean() < 0.01
    others = np.array([study.accuracy[name][0, at] for name in found])
    wrong = np.abs(others[:, None] - others).mean(axis=(0, 2))
    assert np.abs(gaps).mean() < wrong.min() / 3
