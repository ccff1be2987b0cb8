"""A tree of triangles on a cluster of processes: the same R, also when one of them is killed."""

import os
import signal
import time

import joblib
import numpy as np
import pytest

from tutorial_helpers import PivotedQR, compare_methods, load_digits_split, triangle

pytest.importorskip("distributed", reason='Dask is not installed: pip install -e ".[dask]"')

import dask.array as da
from dask import delayed
from dask.distributed import Client, LocalCluster

from benchmarks.stream import tree

# what comes to an end in a process that was killed is not told to anybody
pytestmark = pytest.mark.filterwarnings("ignore")
ROWS, M, COUNT = 200, 40, 24
OPTIONS = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}


@pytest.fixture(scope="module")
def client():
    with LocalCluster(n_workers=2, **OPTIONS) as cluster, Client(cluster) as client:
        yield client


def activations(i, seconds=0.0):
    """Make block i, and take some time over it."""
    time.sleep(seconds)
    return np.maximum(np.random.default_rng(i).normal(size=(ROWS, M)), 0)


def rows(seconds=0.0, bad=None):
    make = delayed(activations, pure=False)  # nothing is remembered from one array to the next
    parts = [make(i, seconds) for i in range(COUNT)]
    if bad is not None:
        parts[bad] = delayed(lambda block: block * np.nan)(parts[bad])
    return da.concatenate([da.from_delayed(part, (ROWS, M), float) for part in parts])


def test_the_tree_has_the_triangle_of_all_rows(client):
    R = client.compute(tree(rows())).result()
    Z = np.vstack([activations(i) for i in range(COUNT)])
    assert np.allclose(R, triangle([Z]), atol=1e-10)
    assert np.array_equal(PivotedQR(R, n=len(Z)).pivots, PivotedQR(Z).pivots)


def test_one_of_two_workers_is_killed_and_the_result_is_the_same_to_the_bit(client):
    undisturbed = client.compute(tree(rows())).result()
    future = client.compute(tree(rows(seconds=0.2)))
    time.sleep(1)
    victim = next(iter(client.run(os.getpid).values()))
    assert not future.done()
    os.kill(victim, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    assert np.array_equal(future.result(timeout=200), undisturbed)


def test_a_nan_on_a_worker_comes_back_as_an_error(client):
    future = client.compute(tree(rows(bad=7)))
    with pytest.raises(ValueError, match="contains NaN"):
        future.result(timeout=200)


def test_a_cluster_that_is_gone_is_told_and_nothing_hangs():
    cluster = LocalCluster(n_workers=1, **OPTIONS)
    client, address = Client(cluster), cluster.scheduler_address
    future = client.compute(tree(rows(seconds=1)))
    cluster.close()
    with pytest.raises(Exception, match=r"(?i)cancel|lost|clos|connect"):
        future.result(timeout=60)
    client.close()
    with pytest.raises(OSError, match=r"(?i)timed out|connect"):
        Client(address, timeout=3)


def test_a_study_runs_on_the_cluster_through_joblib(client):
    split, ks = load_digits_split(), [5, 10]
    job = joblib.delayed(compare_methods)
    with joblib.parallel_config("dask"):
        found = joblib.Parallel()(job(seed, split, ks, neurons=30) for seed in (1, 2))
    expected = compare_methods(2, split, ks, neurons=30)
    for name, values in expected["accuracy"].items():
        assert np.allclose(found[1]["accuracy"][name], values)
