"""Measure how triangles of many rows are made: ``python -m benchmarks.stream [rounds]``.

Every run is a process of its own, and rounds are alternated. Writes
``tutorial_helpers/results/streaming.json``, which lesson 15 shows, and prints ratios within rounds.
Needs Linux, for peaks of memory, and the extra ``dask``. A round takes some ten minutes on a
machine that does nothing else.
"""

import json
import logging
import os
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np
from scipy.linalg import get_lapack_funcs
from scipy.linalg.lapack import spstrf

from tutorial_helpers import triangle

ROOT = Path(__file__).parent.parent
STORED = ROOT / "tutorial_helpers" / "results" / "streaming.json"
M, ROWS = 1000, 4000  # columns, rows of a block
RUNS = [
    *product(["in memory"], [10_000, 100_000], [0]),
    *product(["stream"], [10_000, 100_000, 300_000, 1_000_000], [0]),
    *product(["Gram"], [100_000, 1_000_000], [0]),
    *product(["Dask tree"], [300_000], [1, 2]),
    *product(["Dask tree", "Dask tsqr"], [100_000], [2]),
    ("Dask tree, one killed", 300_000, 2),
]


def activations(i, rows=ROWS, m=M):
    """Make block i of the activations of a random ReLU layer: (rows, m), float32."""
    weights = np.random.default_rng(0).standard_normal((64, m), dtype=np.float32) / 8
    inputs = np.random.default_rng([1, i]).standard_normal((rows, 64), dtype=np.float32)
    return np.maximum(inputs @ weights, 0)


class Blocks:
    """Blocks of n rows, and the processor seconds that it took to make them."""

    def __init__(self, n, m=M):
        self.n, self.m, self.seconds = n, m, 0.0

    def __iter__(self):
        for i, first in enumerate(range(0, self.n, ROWS)):
            start = process_time()
            block = activations(i, min(ROWS, self.n - first), self.m)
            self.seconds += process_time() - start
            yield block


def in_memory(blocks):
    """Reduce all rows at once, by the fastest QR that LAPACK has."""
    Z = np.empty((blocks.n, blocks.m), np.float32, order="F")
    for i, block in enumerate(blocks):
        Z[ROWS * i : ROWS * i + len(block)] = block
    geqrt = get_lapack_funcs("geqrt", (Z,))
    return np.triu(geqrt(min(128, blocks.m), Z, overwrite_a=True)[0][: blocks.m])


def gram(blocks):
    """Add up the inner products of columns and take their pivoted Cholesky factor."""
    G = np.zeros((blocks.m, blocks.m), np.float32)
    for block in blocks:
        G += block.T @ block
    return spstrf(G)[0]


def as_dask(n, m=M):
    """Return the same blocks as one Dask array, which makes them where they are needed."""
    import dask
    import dask.array as da

    sizes = [min(ROWS, n - first) for first in range(0, n, ROWS)]
    make = dask.delayed(activations, pure=False)  # nothing is remembered from run to run
    parts = [
        da.from_delayed(make(i, rows, m), (rows, m), np.float32) for i, rows in enumerate(sizes)
    ]
    return da.concatenate(parts)


def join(rows, axis=0, keepdims=True):
    """Reduce rows, or triangles on top of each other, to one triangle."""
    return triangle([rows])


def tree(Z):
    """Reduce a Dask array to its triangle: blocks first, then four triangles at a time."""
    import dask.array as da

    return da.reduction(
        Z, join, join, axis=0, keepdims=True, output_size=Z.shape[1], split_every=4, dtype=Z.dtype
    )


def peak():
    """Return the most memory that this process has held, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def run(way, n, workers):
    """Run one way; return seconds and the peak in megabytes.

    Of a single process also the seconds of the processor, without those for making the blocks:
    these hardly depend on what else the machine does.
    """
    if not workers:
        reduce = {"stream": triangle, "Gram": gram, "in memory": in_memory}[way]
        reduce(Blocks(2 * M))  # load what is loaded at first use
        blocks, start, cpu = Blocks(n), perf_counter(), process_time()
        reduce(blocks)
        told = {"seconds": perf_counter() - start, "megabytes": peak()}
        return told | {"factoring": process_time() - cpu - blocks.seconds}
    import dask.array as da
    from dask.distributed import Client, LocalCluster

    options = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.CRITICAL}
    with LocalCluster(n_workers=workers, **options) as cluster, Client(cluster) as client:
        pids = client.run(os.getpid)
        client.compute(tree(as_dask(4 * ROWS))).result()
        R = da.linalg.tsqr(as_dask(n))[1] if way == "Dask tsqr" else tree(as_dask(n))
        start = perf_counter()
        future = client.compute(R)
        told = {}
        if way.endswith("killed"):
            sleep(6)
            told["unfinished"] = not future.done()
            os.kill(next(iter(pids.values())), signal.SIGKILL)
        found = future.result()
        told["seconds"] = perf_counter() - start
        told["megabytes"] = max(client.run(peak).values())
        if way.endswith("killed"):
            again = client.compute(tree(as_dask(n))).result()
            told["same"] = bool(np.array_equal(found, again))
    return told


def main(rounds=3, runs=RUNS):
    """Run all ways, round after round, and store and print what was found."""
    found = []
    for i, (way, n, workers) in product(range(rounds), runs):
        told = {"way": way, "n": n, "workers": workers, "round": i}
        found.append(told | _in_a_process(way, n, workers))
        lines = ",\n ".join(map(json.dumps, found))
        STORED.write_text(f"[{lines}]\n", encoding="utf-8")
    report(found, runs)


def report(found, runs=RUNS):
    """Print medians, and the ratios that matter, within rounds."""

    def each(way, n, workers, what="seconds"):
        asked = way, n, workers
        return np.array([it[what] for it in found if (it["way"], it["n"], it["workers"]) == asked])

    for way, n, workers in runs:
        seconds, megabytes = (
            np.median(each(way, n, workers, what)) for what in ("seconds", "megabytes")
        )
        print(f"{way:22} {workers or '':1} n = {n:8} {seconds:7.1f} s {megabytes:5.0f} MB")
    few, most = (each("stream", n, 0, "factoring") for n in (10**5, 10**6))
    print("exponent of n, 10⁵ to 10⁶:", np.log10(most / few).round(2))
    whole = each("in memory", 10**5, 0, "factoring")
    print("stream / in memory, a row, n = 10⁵:", (few / whole).round(2))
    print("Gram / stream, n = 10⁶:", (each("Gram", 10**6, 0, "factoring") / most).round(2))
    one, two = (each("Dask tree", 3 * 10**5, workers) for workers in (1, 2))
    print("one worker / two, n = 3 · 10⁵:", (one / two).round(2))


def _in_a_process(way, n, workers):
    command = [sys.executable, "-m", "benchmarks.stream", "run", way, str(n), str(workers)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    print(way, n, workers, done.stdout.strip(), flush=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        print(json.dumps(run(sys.argv[2], *map(int, sys.argv[3:]))))
    else:
        main(*map(int, sys.argv[1:]))
