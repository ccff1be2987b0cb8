"""One decomposition, and the network that it makes, against what libraries offer."""

from functools import partial

import numpy as np
from scipy.linalg import pinv, qr, solve_triangular
from scipy.linalg.interpolative import interp_decomp
from scipy.linalg.lapack import dpstrf

from benchmarks import common
from benchmarks.common import layer_output, ratio, spread, table
from tutorial_helpers import (
    PivotedQR,
    interpolative_decomposition,
    network_size,
    prune_by_id,
    time_calls,
    time_predict,
)


def by_gram(Z, k):
    """Decompose by LAPACK's pivoted Cholesky of all inner products: the pivots are the same.

    Fast, but it squares the condition number.
    """
    R, pivots, *_ = dpstrf(Z.T @ Z)
    T = np.zeros((k, Z.shape[1]))
    P = pivots - 1
    T[:, P[:k]] = np.eye(k)
    T[:, P[k:]] = solve_triangular(R[:k, :k], R[:k, k:])
    return P[:k], T


def one_decomposition():
    """Compare the ID with scipy's `interp_decomp`, and `T` by a triangular solve with `pinv`."""
    rows = []
    for n, m in common.SIZES:
        Z = layer_output(n, m)
        kept, T = interpolative_decomposition(Z, common.KEPT)
        assert np.array_equal(kept, qr(Z, mode="r", pivoting=True)[1][: common.KEPT])
        # columns 0 to k − 1 of scipy's projection belong to the kept ones
        order, projection = interp_decomp(Z, common.KEPT, rand=False)
        assert np.allclose(T[:, order[common.KEPT :]], projection, atol=1e-8)
        rivals = {
            "`interp_decomp(rand=False)`": partial(interp_decomp, Z, common.KEPT, rand=False),
            "`interp_decomp`": partial(interp_decomp, Z, common.KEPT),
            "`qr(pivoting=True)`": partial(qr, Z, mode="r", pivoting=True),
            "`pstrf` of `Z.T @ Z`": partial(by_gram, Z, common.KEPT),
        }
        timings = time_calls(
            {"ours": partial(interpolative_decomposition, Z, common.KEPT)} | rivals,
            repeats=common.SLOW_REPEATS,
            warm_up=1,
        )
        quotients = [ratio(timings, name, "ours") for name in rivals]
        rows.append([f"{n} × {m}", spread(timings.seconds["ours"]), *quotients])
    first = table(["Z", "`interpolative_decomposition`", *rivals], rows)
    rows = []
    n, m = common.SIZES[0]
    Z = layer_output(n, m)
    factored = PivotedQR(Z)
    for k in (common.KEPT, min(n, m) // 2):
        R, kept = factored.R, factored.kept(k)
        rivals = {
            "`pinv(R11) @ R12`": lambda k=k, R=R: pinv(R[:k, :k]) @ R[:k, k:],
            "`pinv(Z[:, J]) @ Z`": lambda kept=kept: pinv(Z[:, kept]) @ Z,
        }
        timings = time_calls(
            {"ours": partial(factored.interpolation, k)} | rivals, repeats=common.REPEATS
        )
        quotients = [ratio(timings, name, "ours") for name in rivals]
        rows.append([k, spread(timings.seconds["ours"]), *quotients])
    second = table(["k", "triangular solve", *rivals], rows)
    return (
        f"One decomposition to k = {common.KEPT} of the activations of a random ReLU layer; all "
        "columns after the second tell how many times as long as ours. Ours keeps the same columns "
        "as plain pivoted QR and has the T of `interp_decomp` (checked). `qr` and `pstrf` factor "
        "for every k at once; `pstrf` works with squared condition numbers."
        f"\n\n{first}\n\nT alone, from a factorization that is there ({n} × {m}):\n\n{second}"
    )


def predictions(network, halves):
    """Compare the speed of pruned networks with the number of operations they save."""
    X = np.tile(halves[1][0], (20, 1))
    networks = {"full": network}
    networks |= {f"k = {k}": prune_by_id(network, halves[0][0], k) for k in common.PRUNED}
    batch = time_predict(networks, X, repeats=common.REPEATS)
    single = time_predict(networks, X[:1], repeats=20 * common.REPEATS)
    operations = {name: network_size(each).operations for name, each in networks.items()}
    rows = [
        [
            name,
            f"{operations['full'] / operations[name]:.1f}",
            ratio(batch, "full", name),
            spread(batch.seconds[name]),
            ratio(single, "full", name),
            spread(single.seconds[name]),
        ]
        for name in networks
    ]
    head = ["network", "fewer operations", f"faster, {len(X)} rows", "", "faster, one row", ""]
    return (
        "`predict` of the digits network. One row costs scikit-learn more in checks than in "
        "products, so the gain there is small.\n\n" + table(head, rows)
    )
