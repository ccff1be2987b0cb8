"""The benchmarks run, agree with what they compare, and tell nothing about where they ran."""

import ast
import json
import re
import socket
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import calibration_rows, common, every_k, fresh_seeds, one_k, prune_deep, stream
from benchmarks.make_studies import STUDIES
from tutorial_helpers import (
    Comparisons,
    compare_methods,
    load_study,
    prune_by_id,
    train_network,
    triangle,
)
from tutorial_helpers.studies import Study
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


def test_fresh_seeds_ask_for_what_the_lessons_plan():
    for number, name, expected in (
        ("10", "plan", fresh_seeds.GRID_PLAN),
        ("11", "plan", fresh_seeds.RIVALS_PLAN),
    ):
        (path,) = Path("notebooks").glob(f"{number}_*.ipynb")
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        (source,) = [s for s in ("".join(c["source"]) for c in cells) if f"{name} = {{" in s]
        tree = ast.parse(source)
        space = {"load_study": load_study, "names": [], "Comparisons": lambda *_, **__: None}
        for statement in tree.body:
            target = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0])
            if target in ("plan", "refit"):
                exec(compile(ast.Module([statement], []), "lesson", "exec"), space)
        assert space["plan"] == expected


def test_fresh_seeds_that_contradict_are_named():
    ks, rng = np.array([10, 20]), np.random.default_rng(0)
    noise = rng.normal(size=(2, 20, 2)) / 1000

    def study(gap):
        return Study(ks, np.arange(20), {"a": noise[0] + gap, "b": noise[1]}, {})

    stored = Comparisons({"x": study([0.1, 0.0])}, {"a or b": ("a", "b")}, measures=["accuracy"])
    found = fresh_seeds.contradictions
    assert found(stored, study([0.2, 0.3]), "x", ["accuracy"]) == ([], 1)
    (line,), shown = found(stored, study([-0.1, 0.0]), "x", ["accuracy"])
    assert shown == 1
    assert line.startswith("x, a or b, accuracy, k = 10: stored +9.9")
    assert "fresh -10.0" in line


def test_large_differences_hold_for_two_fresh_seeds():
    """A short version of `benchmarks.fresh_seeds`: what is worth ten points shows at once."""
    split, ks, options = STUDIES["generated"]
    at = [ks.index(k) for k in (10, 50)]
    found = [compare_methods(seed, split, (10, 50), **options)["accuracy"] for seed in (901, 902)]
    comparisons = Comparisons(
        {"generated": load_study("generated")}, fresh_seeds.GRID_PLAN, measures=["accuracy"]
    )
    checked = 0
    for label, (a, b, *rest) in fresh_seeds.GRID_PLAN.items():
        mean, low, _ = comparisons.difference(label, "generated")
        fresh = np.mean([table[a] - table[b] for table in found], axis=0)
        if rest:
            continue  # an interaction needs more seeds
        large = (low[at] > 0) & (mean[at] > 0.1)
        checked += np.count_nonzero(large)
        assert np.all(fresh[large] > 0), label
    assert checked > 5


def test_the_tables_of_deep_networks_hold_what_their_script_makes():
    for name in prune_deep.STUDIES:
        study = load_study(name)
        assert tuple(study.ks) == prune_deep.PERCENTS
        assert tuple(study.seeds) == tuple(prune_deep.SEEDS)
        assert set(study.accuracy) >= {"full", "refit", "scratch", "tapered, equal"}
        assert np.all(study.agreement["full"] == 1)


def test_a_seed_of_the_deep_study_comes_out_as_stored(monkeypatch):
    """One shape is enough: networks, widths and the refit are then as they were."""
    monkeypatch.setattr(prune_deep, "SHAPES", {"three": prune_deep.SHAPES["three"]})
    split, unit = prune_deep.STUDIES["deep scaled"]
    found = prune_deep.compare_deep(3, split, unit, {})["accuracy"]
    stored = load_study("deep scaled").accuracy
    assert set(found) == {"three, full", "three, plain", "three, refit"}
    for name, values in found.items():
        # another BLAS may train a slightly different network
        np.testing.assert_allclose(values, stored[name][2], atol=0.05)


def test_deep_rivals_read_inputs_divided_by_their_unit():
    rng = np.random.default_rng(0)
    X = rng.uniform(0, 16, size=(60, 4))
    y = (X[:, 0] > X[:, 1]).astype(int) + 2 * (X[:, 2] > 8)
    network = train_network(X, y, (20, 20), max_iter=600)
    settings = {"solver": "lbfgs", "max_iter": 200}
    small = prune_deep.trained_small
    scratch = small("scratch", network, X, y, (10, 10), 16, 1, settings).predict(X)
    divided = small("scratch", network, X / 16, y, (10, 10), 1, 1, settings).predict(X / 16)
    np.testing.assert_array_equal(scratch, divided)
    distilled = small("distilled", network, X, y, (10, 10), 16, 1, settings).predict(X)
    assert np.mean(distilled == network.predict(X)) > 0.9


def test_equal_widths_stop_at_narrow_layers():
    network = train_network(np.eye(6), [0, 1, 2] * 2, (5, 3), max_iter=5000)
    assert prune_deep.equal_path(network) == [(5, 3), (4, 3), (3, 3), (2, 2), (1, 1)]


def test_streams_the_gram_matrix_and_all_rows_at_once_have_the_same_triangle():
    blocks = stream.Blocks(9500, 30)
    assert [len(block) for block in blocks] == [4000, 4000, 1500]
    R = triangle(blocks)
    scale = np.abs(R).max() ** 2
    whole, factor = stream.in_memory(blocks), np.triu(stream.gram(blocks))
    assert np.allclose(whole.T @ whole, R.T @ R, atol=1e-5 * scale)
    # its columns are in the order of the pivots, so compare what does not know an order
    assert np.isclose(np.linalg.norm(factor), np.linalg.norm(R), rtol=1e-4)


def test_the_stored_streams_tell_what_lesson_15_shows():
    runs = json.loads(stream.STORED.read_text(encoding="utf-8"))
    assert {"in memory", "stream", "Gram", "Dask tree", "Dask tsqr"} < {run["way"] for run in runs}
    assert all(run["same"] and run["unfinished"] for run in runs if run["way"].endswith("killed"))


def test_a_seed_of_the_study_on_rows_comes_out_as_stored():
    draw, numbers = calibration_rows.STUDIES["rows digits"]
    found = calibration_rows.prune_with_more_rows(3, draw, numbers)
    for measure in ("accuracy", "agreement"):
        stored = getattr(load_study("rows digits"), measure)
        for name, values in found[measure].items():
            np.testing.assert_allclose(values, stored[name][2], atol=0.05)
    for name, (_, numbers) in calibration_rows.STUDIES.items():
        assert tuple(load_study(name).ks) == numbers
