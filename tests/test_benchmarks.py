"""The benchmarks run, agree with what they compare, and tell nothing about where they ran."""

import socket

import pytest

from benchmarks import __main__ as benchmarks
from tutorial_helpers import train_network


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Make all sizes so small that only what is written is of interest."""

    def train_small(X, y, hidden_layer_sizes=(1000,), **options):
        return train_network(X, y, (min(40, *hidden_layer_sizes),), **options)

    monkeypatch.setattr(benchmarks, "train_network", train_small)
    monkeypatch.setattr(benchmarks, "FOLDER", tmp_path)
    monkeypatch.setattr(benchmarks, "SIZES", [(60, 40), (50, 20), (90, 30)])
    monkeypatch.setattr(benchmarks, "resident_peak", lambda n, m: "–")
    for name, value in {"KEPT": 5, "PRUNED": (20, 5), "LOOP_POINTS": 3}.items():
        monkeypatch.setattr(benchmarks, name, value)
    monkeypatch.setattr(benchmarks, "REPEATS", 1)
    monkeypatch.setattr(benchmarks, "SLOW_REPEATS", 1)
    return tmp_path


def test_the_report_is_written(small):
    benchmarks.main()
    text = (small / "results.md").read_text(encoding="utf-8")
    for title in ("Every k", "One interpolative", "Prediction", "Growth", "Memory"):
        assert f"\n## {title}" in text
    assert "![Left: seconds" in text
    assert (small / "results.png").stat().st_size > 10_000
    assert str(small) not in text
    assert str(benchmarks.ROOT) not in text
    assert socket.gethostname() not in text
    for version in (benchmarks.np, benchmarks.scipy, benchmarks.sklearn):
        assert version.__version__ in text
