"""The drawn digit, on Python's side: what the page is given makes the pruned networks' logits."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
from conftest import fit, same, state
from sklearn.neural_network import MLPClassifier

from benchmarks import drawn_digits, train_drawing
from tutorial_helpers import (
    EveryK,
    PivotedQR,
    draw_digit,
    hidden_activations,
    load_digits_split,
    load_drawing_network,
    load_drawings,
    logits,
    prune,
)

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def every():
    return EveryK(load_drawing_network(), load_digits_split()[0])


@pytest.fixture(scope="module")
def page(every):
    return draw_digit(every, load_digits_split()[1][:30]).data


def unpacked(html):
    """Read the numbers of a page as its script does."""
    (text,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    data = json.loads(text)
    for name, value in data.items():
        if isinstance(value, dict):
            raw = base64.b64decode(value["data"].partition(",")[2])
            step = value["step"]
            data[name] = np.frombuffer(raw, "i1") * step if step else np.frombuffer(raw, "<f4")
    return data


def running_sum(data, X):
    """Return the full logits, and those of each k, from the numbers of a page alone."""
    m, c, most = len(data["b"]), len(data["classes"]), data["most"]
    W, U, G = (data[name].reshape(-1, n) for name, n in (("W", 64), ("U", c), ("G", c)))
    assert W.shape == (m, 64)
    R = np.zeros((most, most))
    R[np.tril_indices(most)] = data["R"]
    Z = np.maximum(X @ W.T + data["b"], 0)
    C = np.linalg.solve(R, (Z[:, :most] - data["mean"]).T).T  # R is stored transposed
    terms = C.T[:, :, None] * G[:, None, :]
    return Z @ U + data["beta"], data["start"] + np.cumsum(terms, axis=0)


def test_the_page_has_the_pruned_logits_at_every_k(page, every):
    X_train, X_test, *_ = load_digits_split()
    network, X = every.network, np.vstack([X_test, load_drawings()[0]])
    full, pruned = running_sum(unpacked(page), X)
    np.testing.assert_allclose(full, logits(network, X), atol=1e-4)
    assert len(pruned) == 100
    factored = PivotedQR(hidden_activations(network, X_train))
    Z, U = hidden_activations(network, X), network.coefs_[1]
    for k, found in enumerate(pruned, start=1):
        expected = Z[:, factored.kept(k)] @ (factored.interpolation(k) @ U)
        np.testing.assert_allclose(found, expected + network.intercepts_[1], atol=1e-4)


@pytest.mark.parametrize(
    ("select", "correct"), [("magnitude", "none"), ("variance", "least squares")]
)
def test_other_ways_to_prune_fit_into_the_page_as_well(digits, select, correct):
    network, X, X_test, *_ = digits
    before = state(network)
    html = draw_digit(EveryK(network, X, select=select, correct=correct), X_test[:3], k=60).data
    data = unpacked(html)
    assert (data["most"], data["k"]) == (60, 60)
    full, pruned = running_sum(data, X_test)
    np.testing.assert_allclose(full, logits(network, X_test), rtol=1e-5, atol=1e-4)
    for k in (1, 7, 30):
        expected = logits(prune(network, k, X=X, select=select, correct=correct), X_test)
        np.testing.assert_allclose(pruned[k - 1], expected, rtol=1e-4, atol=1e-3)
    assert same(before, state(network))


def test_the_page_is_light_and_asks_for_nothing(page):
    assert len(page.encode()) < 200_000
    assert not re.search(r"https?:|src=\"(?!data:)|import |fetch\(|XMLHttp", page)
    assert re.search(r'<img alt="Of 6 test images [^"]+"', page)


def test_without_script_there_is_a_picture_and_a_sentence(page):
    still = page.partition("<script")[0]
    (png,) = re.findall(r"base64,([^\"]+)", still)
    assert base64.b64decode(png).startswith(b"\x89PNG")
    assert "JavaScript" in still


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda net, X: (net, X), "must be an EveryK"),
        (
            lambda net, X: (EveryK(net, X), X[:, :9]),
            r"samples of shape \(q, 64\); .*\(898, 9\)",
        ),
        (lambda net, X: (EveryK(net, X), X[:0]), "0 sample"),
    ],
)
def test_what_does_not_fit_is_named(digits, change, told):
    network, X, *_ = digits
    every, samples = change(network, X)
    with pytest.raises((TypeError, ValueError), match=told):
        draw_digit(every, samples)


def test_networks_that_the_page_does_not_know_are_refused(trained_zoo):
    rng = np.random.default_rng(0)
    X = rng.random((40, 64))
    deep, two, small = (
        fit(MLPClassifier(sizes, max_iter=9), X, np.arange(40) % classes).network
        for sizes, classes in (((9, 8), 4), ((9,), 2), ((3,), 4))
    )
    for network, told in ((deep, "one hidden layer"), (two, "ReLU and softmax")):
        with pytest.raises(ValueError, match=told):
            draw_digit(EveryK(network, X), X)
    with pytest.raises(ValueError, match="64 numbers"):
        draw_digit(EveryK(trained_zoo["classes"].network, trained_zoo["classes"].X), X)
    with pytest.raises(ValueError, match="k must be"):
        draw_digit(EveryK(small, X), X, k=10)
    assert unpacked(draw_digit(EveryK(small, X), X, k=3).data)["most"] == 3


def test_the_network_that_ships_is_one_of_bytes_and_reads_nine_drawings_in_ten():
    network = load_drawing_network()
    _, X_test, _, y_test = load_digits_split()
    for weights in network.coefs_:
        steps = weights / (np.abs(weights).max() / 127)
        np.testing.assert_allclose(steps, np.rint(steps), atol=1e-9)
    assert network.score(X_test, y_test) > 0.96
    drawings, digits, _ = load_drawings()
    assert network.score(drawings, digits) >= 0.9
    # other hands than those of the drawings that ship
    fresh, digits, _ = drawn_digits.drawings(10, seed=123)
    assert network.score(fresh, digits) >= 0.9


def test_the_site_names_the_forms_that_are_misread():
    drawings, digits, styles = load_drawings()
    right = load_drawing_network().predict(drawings) == digits
    misread = {str(style) for style in np.unique(styles) if right[styles == style].mean() < 0.75}
    assert misread == {"1 with a foot", "1 with a flag"}
    told = " ".join((ROOT / ".github/site/index.md").read_text(encoding="utf-8").split())
    assert "a 1 with a foot or with a flag" in told


def test_the_drawings_that_ship_are_those_of_their_script():
    X, y, styles = drawn_digits.drawings(train_drawing.SHIPPED)
    shipped, digits, forms = load_drawings()
    assert (shipped != X).mean() < 1e-3  # a pixel on the edge of the pen is decided by rounding
    np.testing.assert_array_equal(digits, y)
    np.testing.assert_array_equal(forms, styles)


@pytest.mark.parametrize("style", drawn_digits.STYLES)
def test_a_drawing_fills_its_box_wherever_and_however_large_it_is(style):
    rng = np.random.default_rng(0)
    strokes = drawn_digits.drawn_by_hand(drawn_digits.STYLES[style], rng)
    picture = drawn_digits.prepare(strokes)
    tiny = drawn_digits.prepare([0.1 * stroke + [0.7, -0.2] for stroke in strokes])
    assert np.abs(picture - tiny).max() <= 1
    assert picture.reshape(8, 8).sum(axis=1).all()  # from the first row to the last
    assert 0 <= picture.min()
    assert picture.max() <= 16
    assert picture.reshape(8, 8)[:, [0, 7]].max() <= 8  # two of the outer columns stay half empty


def test_a_dash_stays_a_dash():
    rows = drawn_digits.prepare([[(0, 0.5), (0.3, 0.502), (1, 0.498)]]).reshape(8, 8).sum(axis=1)
    assert np.count_nonzero(rows) <= 4


def test_copies_keep_labels_and_the_range_of_ink():
    X_train, _, y_train, _ = load_digits_split()
    X, y = train_drawing.with_copies(X_train[:20], y_train[:20], 3)
    assert X.shape == (80, 64)
    assert X.min() >= 0
    assert X.max() <= 16
    np.testing.assert_array_equal(y.reshape(4, 20), np.tile(y_train[:20], (4, 1)))
    np.testing.assert_array_equal(X[:20], X_train[:20])
    # a copy looks more like its image than like most others
    distances = np.linalg.norm(X[20:40, None] - X_train[None, :20], axis=2)
    assert np.mean(np.diag(distances) < np.median(distances, axis=1)) > 0.8


def test_bytes_are_within_half_a_step():
    A = np.random.default_rng(0).normal(size=(30, 4))
    steps, step = train_drawing.in_bytes(A)
    assert steps.dtype == np.int8
    assert np.abs(steps * step - A).max() <= step / 2 * (1 + 1e-9)
