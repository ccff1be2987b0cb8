"""The accuracy at every k: against loops over k, against one pivoted QR, growth, memory."""

import subprocess
import sys
import tracemalloc
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.linalg import pinv, qr, solve_triangular

from benchmarks import common
from benchmarks.common import random_network, ratio, spread, table
from tutorial_helpers import EveryK, hidden_activations, time_calls


def all_accuracies(network, X_fit, halves):
    """Score every k on both halves from one factorization."""
    every = EveryK(network, X_fit)
    return [every.accuracy(X, y) for X, y in halves]


def naive_loop(network, X_fit, halves, ks):
    """Prune to each k as one would without knowing better: a QR and a pseudo-inverse."""
    found = []
    for k in ks:
        Z = hidden_activations(network, X_fit)
        P = qr(Z, mode="r", pivoting=True)[1]
        U = pinv(Z[:, P[:k]]) @ Z @ network.coefs_[1]
        logits = [
            hidden_activations(network, X)[:, P[:k]] @ U + network.intercepts_[1] for X, _ in halves
        ]
        found.append(accuracies(logits, halves))
    return np.transpose(found)


def best_loop(network, X_fit, halves, ks):
    """Prune to each k with all that does not depend on k done once.

    What is left is to solve for the next layer's ten weights, and a product for each half. Beyond
    the rank, kept neurons stand for themselves, as they do in `EveryK`.
    """
    U, beta = network.coefs_[1], network.intercepts_[1]
    R, P = qr(hidden_activations(network, X_fit), mode="r", pivoting=True)
    rank = numerical_rank(R, len(X_fit))
    # a slice of the first k columns is then one piece of memory
    ordered = [np.asfortranarray(hidden_activations(network, X)[:, P]) for X, _ in halves]
    U, found = U[P], []
    G = R @ U
    for k in ks:
        r = min(k, rank)
        rest = G[:r] - R[:r, r:k] @ U[r:k]
        solved = solve_triangular(R[:r, :r], rest, check_finite=False)
        U_new = np.concatenate([solved, U[r:k]])
        found.append(accuracies([Z[:, :k] @ U_new + beta for Z in ordered], halves))
    return np.transpose(found)


def accuracies(logits, halves):
    """Return the accuracy on each half."""
    return [np.mean(L.argmax(axis=1) == y) for L, (_, y) in zip(logits, halves, strict=True)]


def numerical_rank(R, n):
    """Count the pivots that are more than rounding."""
    pivots = np.abs(np.diag(R))
    return int(np.count_nonzero(pivots > max(n, R.shape[1]) * np.finfo(float).eps * pivots[0]))


def every_k(network, halves):
    """Compare all k at once with two loops, and with the limit, one pivoted QR."""
    X_fit = halves[0][0]
    Z = hidden_activations(network, X_fit)
    fast = np.array(all_accuracies(network, X_fit, halves))
    K = fast.shape[1]
    rank = numerical_rank(qr(Z, mode="r", pivoting=True)[0], len(Z))
    few = np.unique(np.linspace(1, min(rank, K), common.LOOP_POINTS).round().astype(int))
    # Loops round differently: an image or two near a tie may change sides. Beyond the rank no pivot
    # is longer than another, so contestants may go on with different neurons.
    best = best_loop(network, X_fit, halves, range(1, K + 1))
    assert np.allclose(fast[:, :rank], best[:, :rank], atol=0.003)
    assert np.allclose(fast[:, few - 1], naive_loop(network, X_fit, halves, few), atol=0.003)

    ours = partial(all_accuracies, network, X_fit, halves)
    one_qr = partial(qr, Z, mode="r", pivoting=True)
    short = time_calls({"QR": one_qr, "all k": ours}, repeats=common.REPEATS)
    loops = time_calls(
        {
            "QR": one_qr,
            "all k": ours,
            "best": partial(best_loop, network, X_fit, halves, range(1, K + 1)),
            "naive": partial(naive_loop, network, X_fit, halves, few),
        },
        repeats=common.SLOW_REPEATS,
        warm_up=1,
    )
    scale = K / len(few)
    loops.seconds["naive, all k"] = scale * loops.seconds["naive"]
    rows = [
        [
            '`scipy.linalg.qr(Z, mode="r", pivoting=True)`',
            spread(short.seconds["QR"]),
            "1",
            ratio(short, "QR", "all k"),
        ],
        [
            f"all {K} k, both halves",
            spread(short.seconds["all k"]),
            ratio(short, "all k", "QR"),
            "1",
        ],
        [
            f"loop, all {K} k: factored once, solved for ten weights at each k",
            spread(loops.seconds["best"]),
            ratio(loops, "best", "QR"),
            ratio(loops, "best", "all k"),
        ],
        [
            f"loop, {len(few)} k: one QR and one `pinv` each",
            spread(loops.seconds["naive"]),
            ratio(loops, "naive", "QR"),
            ratio(loops, "naive", "all k"),
        ],
        [
            f"the same loop, all {K} k (× {K}/{len(few)})",
            spread(loops.seconds["naive, all k"]),
            ratio(loops, "naive, all k", "QR"),
            ratio(loops, "naive, all k", "all k"),
        ],
    ]
    text = (
        f"Digits, {Z.shape[1]} neurons, Z is {Z.shape[0]} × {Z.shape[1]}, of rank {rank}. Time "
        "includes the activations of both halves. Up to the rank all find the same accuracies "
        f"(checked). The naive loop ran at k = {', '.join(map(str, few))}; the last line scales it "
        "to all k.\n\n"
        + table(["", "time", "pivoted QRs", "times as long as all k at once"], rows)
        + f"\n\n**All k take {ratio(short, 'all k', 'QR')} times as long as one pivoted QR. The "
        f"best loop takes {ratio(loops, 'best', 'all k')} times as long as all k, the naive loop "
        f"{ratio(loops, 'naive, all k', 'all k')} times.**"
    )
    bars = {
        "one pivoted QR": short.median("QR"),
        "all k, both halves": short.median("all k"),
        "best loop over all k": loops.median("best"),
        "naive loop over all k": loops.median("naive, all k"),
    }
    return text, bars


def growth():
    """Time all accuracies while samples, neurons or both grow; the exponent of each doubling."""
    base = common.GROWTH[0]
    kinds = {
        f"n samples (m = {base})": lambda size: (size, base),
        f"m neurons (n = {base})": lambda size: (base, size),
        "n = m, so all k grow too": lambda size: (size, size),
    }
    rows, curves = [], {}
    for name, shape in kinds.items():
        medians, exponents = [], []
        for small, large in pairwise(common.GROWTH):
            calls = {}
            for size in (small, large):
                network, X, y = random_network(*shape(size))
                calls[size] = partial(all_accuracies, network, X, [(X, y)])
            slow = min(shape(large)) > 1000
            timings = time_calls(
                calls,
                repeats=common.SLOW_REPEATS if slow else common.REPEATS,
                warm_up=0 if slow else 1,
            )
            if not medians:
                medians.append(timings.median(small))
            medians.append(timings.median(large))
            doubled = timings.seconds[large] / timings.seconds[small]
            low, middle, high = np.percentile(
                np.log2(doubled) / np.log2(large / small), [25, 50, 75]
            )
            exponents.append(f"{middle:.2f} ({low:.2f}–{high:.2f})")
        curves[name] = medians
        seconds = [spread([s]).partition(" (")[0] for s in medians]
        rows += [[name, *seconds], ["exponent p", "", *exponents]]
    text = (
        "All k on the calibration data, 10 classes. The exponent p is that of time ∝ sizeᵖ from "
        "one size to the next, both timed in turns. Small sizes still feel what each call costs, "
        "however little it does; with n = m the operations grow as the third power.\n\n"
        + table(["growing", *map(str, common.GROWTH)], rows)
    )
    return text, np.array(common.GROWTH), curves


def memory(network, halves):
    """Measure the peak of what numpy allocates, and of the whole process, in copies of Z."""
    Z = hidden_activations(network, halves[0][0])
    tracemalloc.start()
    all_accuracies(network, halves[0][0], halves)
    traced = tracemalloc.get_traced_memory()[1] / Z.nbytes
    tracemalloc.stop()
    n, m = common.SIZES[1]
    rows = [
        ["digits, both halves", f"{Z.shape[0]} × {Z.shape[1]}", f"{traced:.1f}", "–"],
        ["random layer, twice", f"{n} × {m}", "–", resident_peak(n, m)],
    ]
    return (
        "Peak while all k are computed, in copies of Z and with Z counted: what numpy allocates "
        "(tracemalloc), and by how much a process grows (Linux only; the work arrays of LAPACK "
        "count there as well).\n\n" + table(["", "Z", "numpy", "process"], rows)
    )


MEMORY_SCRIPT = """
import sys
from pathlib import Path
from benchmarks.common import random_network
from benchmarks.every_k import all_accuracies

def status(name):
    line = next(l for l in Path("/proc/self/status").read_text().splitlines() if name in l)
    return 1024 * int(line.split()[1])

n, m = map(int, sys.argv[1:])
network, X, y = random_network(n, m)
all_accuracies(network, X[:100], [(X[:100], y[:100])])
Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
before = status("VmRSS")
all_accuracies(network, X, [(X, y), (X.copy(), y)])
print((status("VmHWM") - before) / (n * m * 8))
"""


def resident_peak(n, m):
    """Measure by how many copies of Z a fresh process grows; a dash where the system cannot."""
    if not Path("/proc/self/clear_refs").exists():
        return "–"
    command = [sys.executable, "-c", MEMORY_SCRIPT, str(n), str(m)]
    root = Path(__file__).parent.parent
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    return f"{float(run.stdout):.1f}"
