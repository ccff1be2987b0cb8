"""The benchmarks run, agree with what they compare, and tell nothing about where they ran."""

import re
import socket
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import common, every_k, one_k
from tutorial_helpers import prune_by_id
from tutorial_helpers.timing import Timings


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Make all sizes so small that only what is written is of interest."""
    monkeypatch.setattr(benchmarks, "FOLDER", tmp_path)
    monkeypatch.setattr(every_k, "resident_peak", lambda n, m: "–")
    sizes = {
        "NEURONS": 40, "SIZES": [(60, 40), (50, 20), (90, 30)], "KEPT": 5, "PRUNED": (20, 5),
        "LOOP_POINTS": 3, "GROWTH": (20, 40, 80), "REPEATS": 2, "SLOW_REPEATS": 2,
    }  # fmt: skip
    for name, value in sizes.items():
        monkeypatch.setattr(common, name, value)
    return tmp_path


def test_the_report_is_written(small):
    benchmarks.main()
    text = (small / "results.md").read_text(encoding="utf-8")
    for title in ("Every k", "One interpolative", "Prediction", "Growth", "Memory"):
        assert f"\n## {title}" in text
    assert "![Left: seconds" in text
    assert (small / "results.png").stat().st_size > 10_000
    assert str(small) not in text
    assert str(Path(benchmarks.__file__).parent.parent) not in text
    assert socket.gethostname() not in text
    for version in (benchmarks.np, benchmarks.scipy, benchmarks.sklearn):
        assert version.__version__ in text
    assert re.search(r"[,)] 1 thread\.", text)
    tables = [line for line in text.splitlines() if line.startswith("|")]
    for first, second in pairwise(tables):
        if second.startswith("| ---"):
            columns = first.count("|")
        assert first.count("|") == columns


def test_the_best_loop_finds_what_pruning_one_by_one_finds(digits):
    network, X, X_test, y, y_test = digits
    few = X[:30]  # fewer samples than neurons: beyond k = 30 the rank is used up
    halves = [(few, y[:30]), (X_test, y_test)]
    *found, last = every_k.best_loop(network, few, halves, [1, 10, 29, 60]).T
    networks = [prune_by_id(network, few, k) for k in (1, 10, 29)]
    for scores, pruned in zip(found, networks, strict=True):
        assert np.allclose(scores, [pruned.score(*half) for half in halves], atol=0.003)
    assert np.allclose(last, [network.score(*half) for half in halves], atol=0.003)


def test_the_gram_matrix_gives_the_same_decomposition():
    Z = common.layer_output(80, 30)
    kept, T = one_k.by_gram(Z, 7)
    Q, _ = np.linalg.qr(Z[:, kept])
    assert np.allclose(Z[:, kept] @ T, Q @ (Q.T @ Z))  # the best that these columns can do
    expected = []
    for _ in range(7):  # the longest of what is left, one after the other
        Q = np.linalg.qr(Z[:, expected])[0]
        expected.append(int(np.linalg.norm(Z - Q @ (Q.T @ Z), axis=0).argmax()))
    assert kept.tolist() == expected


def test_ratios_are_taken_within_rounds():
    timings = Timings({"a": np.array([4.0, 40.0, 8.0]), "b": np.array([1.0, 10.0, 1.0])}, 1)
    assert common.ratio(timings, "a", "b") == "4 (4–6)"
    assert common.ratio(timings, "b", "a") == "0.25 (0.188–0.25)"
    assert [common.number(x) for x in (1281.4, 99.94, 1.934, 0.02)] == [
        "1281",
        "99.9",
        "1.93",
        "0.02",
    ]
    assert common.spread([1.5, 1.5, 1.5]) == "1.5 s (1.5–1.5)"
    assert common.spread([0.0426] * 3) == "42.6 ms (42.6–42.6)"
