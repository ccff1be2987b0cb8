"""Measure every ratio that the README and the lessons quote: ``python -m benchmarks``.

Writes ``results.md`` and ``results.png`` beside this file. Contestants take turns in one run, so
that a slow moment hits all alike; what counts are ratios of medians. Linear algebra runs on one
thread: so the ratios depend least on the machine and on what else it does.
"""

import os
import platform
import subprocess
import sys
import tracemalloc
from functools import partial
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sklearn
from scipy.linalg import pinv, qr
from scipy.linalg.interpolative import interp_decomp
from threadpoolctl import threadpool_info, threadpool_limits

from tutorial_helpers import (
    EveryK,
    PivotedQR,
    hidden_activations,
    interpolative_decomposition,
    load_digits_split,
    network_size,
    plot_curves,
    prune_by_id,
    time_calls,
    time_predict,
    train_network,
)

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "benchmarks"
SIZES = [(898, 1000), (5000, 2000), (20000, 1000)]
KEPT = 100
PRUNED = (500, 100, 20)
LOOP_POINTS = 9
REPEATS = 15
SLOW_REPEATS = 3  # of what takes seconds


def layer_output(n, m, d=64, seed=0):
    """Make the activations of a random ReLU layer on random data: (n, m), falling spectrum."""
    rng = np.random.default_rng(seed)
    X, W = rng.standard_normal((n, d)), rng.standard_normal((d, m)) / np.sqrt(d)
    return np.maximum(X @ W + rng.standard_normal(m), 0)


def naive_accuracy(network, X_fit, k, halves):
    """Prune to one k as one would without knowing better: a QR and a pseudo-inverse."""
    Z = hidden_activations(network, X_fit)
    P = qr(Z, mode="r", pivoting=True)[1]
    U = pinv(Z[:, P[:k]]) @ Z @ network.coefs_[1]
    logits = [
        hidden_activations(network, X)[:, P[:k]] @ U + network.intercepts_[1] for X, _ in halves
    ]
    return [np.mean(L.argmax(axis=1) == y) for L, (_, y) in zip(logits, halves, strict=True)]


def all_accuracies(network, X_fit, halves):
    """Score every k on both halves from one factorization."""
    every = EveryK(network, X_fit)
    return [every.accuracy(X, y) for X, y in halves]


def table(head, rows):
    """Write rows of text as a Markdown table; all columns but the first are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def spread(seconds):
    """Write the median and the quartiles of some seconds in milliseconds."""
    low, middle, high = np.percentile(seconds, [25, 50, 75])
    if middle > 1:
        return f"{middle:.2f} s ({low:.2f}–{high:.2f})"
    return f"{1e3 * middle:.3g} ms ({1e3 * low:.3g}–{1e3 * high:.3g})"


def every_k(network, halves):
    """Compare all k at once with the naive loop, and with the limit, one pivoted QR."""
    X_fit = halves[0][0]
    Z = hidden_activations(network, X_fit)
    fast = all_accuracies(network, X_fit, halves)
    rank = len(fast[0])
    ks = np.unique(np.linspace(1, rank, LOOP_POINTS).round().astype(int))
    for k in ks:
        slow = naive_accuracy(network, X_fit, k, halves)
        # the naive loop rounds differently: one image near a tie may change sides
        assert np.allclose([part[k - 1] for part in fast], slow, atol=0.003), k
    short = time_calls(
        {
            "one pivoted QR": partial(qr, Z, mode="r", pivoting=True),
            "all k": partial(all_accuracies, network, X_fit, halves),
        },
        repeats=REPEATS,
    )
    loop = time_calls(
        {
            "loop": lambda: [naive_accuracy(network, X_fit, k, halves) for k in ks],
            "all k": partial(all_accuracies, network, X_fit, halves),
        },
        repeats=SLOW_REPEATS,
        warm_up=1,
    )
    per_k = loop.median("loop") / len(ks)
    whole = per_k * rank
    to_qr, to_loop = 1 / short.ratio("all k"), whole / loop.median("all k")
    rows = [
        [
            '`scipy.linalg.qr(Z, mode="r", pivoting=True)`',
            spread(short.seconds["one pivoted QR"]),
            "1",
        ],
        [f"all {rank} k, both halves", spread(short.seconds["all k"]), f"{to_qr:.2f}"],
        [
            f"loop, {len(ks)} k: one QR and one `pinv` each",
            spread(loop.seconds["loop"]),
            f"{loop.median('loop') / short.median('one pivoted QR'):.0f}",
        ],
        [
            f"loop, all {rank} k (× {rank}/{len(ks)})",
            f"{whole:.0f} s",
            f"{whole / short.median('one pivoted QR'):.0f}",
        ],
    ]
    text = (
        f"Digits, 1000 neurons, Z is {Z.shape[0]} × {Z.shape[1]}. Time includes the activations of "
        f"both halves. The loop ran at k = {', '.join(map(str, ks))}; the last line scales it to "
        "all k.\n\n"
        + table(["", "median (quartiles)", "pivoted QRs"], rows)
        + f"\n\n**All k take {to_qr:.2f} times as long as one pivoted QR, and the loop "
        f"{to_loop:.0f} times as long as all k.**"
    )
    bars = {
        "one pivoted QR": short.median("one pivoted QR"),
        "all k, both halves": short.median("all k"),
        "loop over all k": whole,
    }
    return text, bars


def one_decomposition():
    """Compare the ID with scipy's `interp_decomp`, and `T` by a triangular solve with `pinv`."""
    rows = []
    for n, m in SIZES:
        Z = layer_output(n, m)
        plain = qr(Z, mode="r", pivoting=True)[1][:KEPT]
        assert np.array_equal(interpolative_decomposition(Z, KEPT)[0], plain)
        timings = time_calls(
            {
                "interp_decomp": partial(interp_decomp, Z, KEPT, rand=False),
                "interp_decomp, rand": partial(interp_decomp, Z, KEPT),
                "qr": partial(qr, Z, mode="r", pivoting=True),
                "ID": partial(interpolative_decomposition, Z, KEPT),
            },
            repeats=SLOW_REPEATS,
            warm_up=1,
        )
        ours = timings.median("ID")
        rows.append(
            [f"{n} × {m}", spread(timings.seconds["ID"])]
            + [f"{timings.median(name) / ours:.1f}" for name in list(timings.seconds)[:3]]
        )
    first = table(
        [
            "Z",
            "`interpolative_decomposition`",
            "`interp_decomp(rand=False)`",
            "`interp_decomp`",
            "`qr(pivoting=True)`",
        ],
        rows,
    )
    rows = []
    Z = layer_output(*SIZES[0])
    factored = PivotedQR(Z)
    for k in (KEPT, min(SIZES[0]) // 2):
        R, kept = factored.R, factored.kept(k)
        timings = time_calls(
            {
                "pinv of Z": lambda kept=kept: pinv(Z[:, kept]) @ Z,
                "pinv of R11": lambda k=k, R=R: pinv(R[:k, :k]) @ R[:k, k:],
                "solve": partial(factored.interpolation, k),
            },
            repeats=REPEATS,
        )
        ours = timings.median("solve")
        rows.append(
            [k, spread(timings.seconds["solve"])]
            + [f"{timings.median(name) / ours:.1f}" for name in ("pinv of R11", "pinv of Z")]
        )
    second = table(["k", "triangular solve", "`pinv(R11) @ R12`", "`pinv(Z[:, J]) @ Z`"], rows)
    return (
        f"One decomposition to k = {KEPT} of the activations of a random ReLU layer; all columns "
        "after the second tell how many times as long as ours. Ours keeps the same columns as "
        f"plain pivoted QR (checked).\n\n{first}\n\n"
        f"T alone, from a factorization that is there ({SIZES[0][0]} × {SIZES[0][1]}):\n\n{second}"
    )


def predictions(network, halves):
    """Compare the speed of pruned networks with the number of operations they save."""
    X = np.tile(halves[1][0], (20, 1))
    networks = {"full": network}
    networks |= {f"k = {k}": prune_by_id(network, halves[0][0], k) for k in PRUNED}
    batch = time_predict(networks, X, repeats=REPEATS)
    single = time_predict(networks, X[:1], repeats=20 * REPEATS)
    operations = {name: network_size(each).operations for name, each in networks.items()}
    rows = [
        [
            name,
            f"{operations['full'] / operations[name]:.1f}",
            f"{batch.ratio(name):.1f}",
            spread(batch.seconds[name]),
            f"{single.ratio(name):.2f}",
            spread(single.seconds[name]),
        ]
        for name in networks
    ]
    head = ["network", "fewer operations", f"faster, {len(X)} rows", "", "faster, one row", ""]
    return (
        "`predict` of the digits network. One row costs scikit-learn more in checks than in "
        "products, so the gain there is small.\n\n" + table(head, rows)
    )


def growth():
    """Time all accuracies while samples, neurons or both grow."""
    base, factors = 250, (1, 2, 4)
    kinds = {
        "n samples (m = 250)": lambda f: (f * base, base),
        "m neurons (n = 250)": lambda f: (base, f * base),
        "n = m, so all k grow too": lambda f: (f * base, f * base),
    }
    rows, curves = [], {}
    for name, sizes in kinds.items():
        calls = {}
        for f in factors:
            n, m = sizes(f)
            network, X, y = random_network(n, m)
            calls[n, m] = partial(all_accuracies, network, X, [(X, y)])
        timings = time_calls(calls, repeats=REPEATS)
        medians = [timings.median(size) for size in calls]
        slope = np.polyfit(np.log(factors), np.log(medians), 1)[0]
        curves[name] = medians
        rows.append([name, *(spread(s) for s in timings.seconds.values()), f"{slope:.1f}"])
    head = ["growing", *(f"{f * base}" for f in factors), "exponent"]
    text = (
        "All k on the calibration data, 10 classes. The exponent p is that of time ∝ sizeᵖ over "
        "this range.\n\n" + table(head, rows)
    )
    return text, np.array(factors) * base, curves


def memory(network, halves):
    """Measure the peak of what numpy allocates, and of the whole process, in copies of Z."""
    Z = hidden_activations(network, halves[0][0])
    tracemalloc.start()
    all_accuracies(network, halves[0][0], halves)
    traced = tracemalloc.get_traced_memory()[1] / Z.nbytes
    tracemalloc.stop()
    n, m = SIZES[1]
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
import numpy as np
from benchmarks.__main__ import all_accuracies, random_network

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


def random_network(n, m):
    """Train a network of m neurons briefly, and make n samples with labels for it."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((n, 64)), rng.integers(0, 10, n)
    return train_network(X[:20], np.arange(20) % 10, (m,), max_iter=1000), X, y


def resident_peak(n, m):
    """Measure by how many copies of Z a fresh process grows; a dash where the system cannot."""
    if not Path("/proc/self/clear_refs").exists():
        return "–"
    command = [sys.executable, "-c", MEMORY_SCRIPT, str(n), str(m)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return f"{float(run.stdout):.1f}"


def machine():
    """Tell versions and what the machine is, but not where."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.partition(": ")[2] for line in lines if "model name" in line), cpu)
    blas = [part for part in threadpool_info() if part["user_api"] == "blas"]
    libraries = sorted(
        {f"{b['internal_api']} {b['version']} ({b.get('architecture')})" for b in blas}
    )
    versions = {"numpy": np, "scipy": scipy, "scikit-learn": sklearn}
    return "; ".join(
        [
            f"{cpu}, {os.cpu_count()} cores, {platform.system()}",
            f"Python {platform.python_version()}, "
            + ", ".join(f"{name} {module.__version__}" for name, module in versions.items()),
            f"{', '.join(libraries)}, {max(b['num_threads'] for b in blas)} thread",
        ]
    )


def draw(bars, sizes, curves):
    """Draw what all k cost, and how that grows."""
    with plt.style.context("tutorial_helpers.style"):
        figure, (left, right) = plt.subplots(1, 2, figsize=(14, 5))
        left.barh(list(bars), list(bars.values()), color=["0.35", "#0072B2", "#D55E00"], log=True)
        left.set(xlabel="seconds", title="Every k costs about two QRs, not hundreds")
        for i, seconds in enumerate(bars.values()):
            left.annotate(
                f" {seconds:.2g} s" if seconds < 10 else f" {seconds:.0f} s", (seconds, i)
            )
        left.set_xlim(right=20 * max(bars.values()))
        left.xaxis.set_minor_locator(plt.NullLocator())
        plot_curves(sizes, curves, ax=right, log=True, logx=True, title="How all k at once grows")
        right.set(xlabel="samples, neurons, or both", ylabel="seconds", xticks=sizes)
        figure.savefig(FOLDER / "results.png", dpi=80, metadata={"Software": None})
    plt.close(figure)


def main():
    """Run all benchmarks and write the results."""
    with threadpool_limits(1, user_api="blas"):
        X_train, X_test, y_train, y_test = load_digits_split()
        network, halves = train_network(X_train, y_train), [(X_train, y_train), (X_test, y_test)]
        every, bars = every_k(network, halves)
        print(every, flush=True)
        grown, sizes, curves = growth()
        sections = {
            "Every k at once": every,
            "One interpolative decomposition": one_decomposition(),
            "Prediction": predictions(network, halves),
            "Growth": grown,
            "Memory": memory(network, halves),
        }
        facts = machine()
    draw(bars, sizes, curves)
    alt = (
        "Left: seconds for one pivoted QR, for the accuracy at every k on both halves, and for the "
        "loop over all k. Right: seconds for every k against the size of the layer."
    )
    text = "\n\n".join(
        [
            "# Benchmarks",
            f"Written by `make bench`. {facts}.",
            "Contestants take turns; medians, quartiles in brackets. Ratios carry over to other "
            "machines better than times do.",
            f"![{alt}](results.png)",
            *(f"## {title}\n\n{section}" for title, section in sections.items()),
        ]
    )
    (FOLDER / "results.md").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
