"""Every exercise: the stub, right answers computed in other ways, and known mistakes with hints."""

from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import block_diag, qr
from sklearn.metrics import log_loss, recall_score

from tutorial_helpers import checks, least_squares, paired_differences


class Case(NamedTuple):
    """One exercise as a test sees it. Answers are computed here, not by the checker."""

    check: object  # the checker
    data: tuple  # what the lesson passes after the answer
    right: list  # right answers, best by two different ways of computing
    wrong: dict  # a fragment of the hint → the wrong answer that must bring it


rng = np.random.default_rng(0)
CASES = {}

# 00 start here

CASES["00.1"] = Case(
    checks.check_removed_fraction,
    (100, 1000),
    [0.9, 900 / 1000, np.mean(np.arange(1000) >= 100)],
    {"fraction that stays": 0.1, "how many neurons go": 900, "between 0 and 1": 90.0}
    | {"a percentage": 10, "compares them": 9},
)

# 01 training

CASES["01.1"] = Case(
    checks.check_guess_loss,
    (10,),
    [2.302585093, log_loss([0, 3], np.full((2, 10), 0.1), labels=range(10))],
    {"minus sign": -np.log(10), "its logarithm": 0.1, "how often": 0.9, "natural loga": 1}
    | {"base of 2": np.log2(10), "one true digit": 10 * np.log(10), "wrong digit": -np.log(0.9)}
    | {"ten answers": -np.log(0.1) - 9 * np.log(0.9)},
)

CASES["01.2"] = Case(
    checks.check_parameter_count,
    ([64, 300, 200, 10],),
    [19_500 + 60_200 + 2_010, 81_710.0],
    {
        "biases are missing": 64 * 300 + 300 * 200 + 200 * 10,
        "too": 64 * 300 + 300 * 200 + 200 * 10 + 500,
        "input layer": 64 * 300 + 300 * 200 + 200 * 10 + 574,
        "those are the neurons": 510,
        "that it enters": 64 * 300 + 300 * 200 + 200 * 10 + 64 + 300 + 200,
    }
    | {"neurons and inputs": 574},
)

p01, Y01 = rng.dirichlet(np.ones(4), size=30), np.eye(4)[rng.integers(4, size=30)]
L01 = np.log(p01)  # logits with these probabilities; the slopes below are finite differences


def loss01(beta):
    E = np.exp(L01 + beta)
    return -np.mean(np.log((Y01 * E).sum(axis=1) / E.sum(axis=1)))


slopes01 = [(loss01(e) - loss01(-e)) / 2e-5 for e in 1e-5 * np.eye(4)]
CASES["01.3"] = Case(
    checks.check_bias_gradient,
    (p01, Y01),
    [slopes01, np.ones(30) @ (p01 - Y01) / 30],
    {
        "not a sum": np.ones(30) @ (p01 - Y01),
        "the sign": np.ones(30) @ (Y01 - p01) / 30,
        "not of digits": np.ones(30) @ (p01 - Y01) / 4,
        "true digits": np.ones(30) @ p01 / 30,
    },
)

CASES["01.4"] = Case(
    checks.check_peak_width,
    (250,),
    [250, 250.0],
    {"what made it": 100, "pixels": 64, "one by one": 2500, "second valley": 400},
)

# 02 magnitude pruning

Z02 = np.array([[0.0, 2, 0, 0, 1], [0, 0, 3, 0, 1], [0, 0, 0, 0, 0]])
CASES["02.1"] = Case(
    checks.check_dead_neurons,
    (Z02, np.array([True, False, False, False, False])),
    [[True, False, False, True, False], Z02.max(axis=0) == 0, [1, 0, 0, 1, 0]],
    {
        "at least once": [True] * 5,
        "do fire": [False, True, True, False, True],
        "rows of Z": [False, False, True],
        "those are their indices": [0, 3],
        "tells places": [[0, 3]],
    }
    | {
        "which half": [True, False, False, False, False],
        "how often": [0, 1 / 3, 1 / 3, 0, 2 / 3],
        "counts": [0, 1, 1, 0, 2],
    },
)

U02, beta02, J02 = rng.normal(size=(5, 2)), rng.normal(size=2), [4, 1]
CASES["02.2"] = Case(
    checks.check_pruned_logits,
    (Z02, U02, beta02, J02),
    [
        np.delete(Z02, [0, 2, 3], axis=1) @ np.delete(U02, [0, 2, 3], axis=0) + beta02,
        [[sum(z[j] * U02[j, i] for j in J02) + beta02[i] for i in (0, 1)] for z in Z02],
    ],
    {
        "bias is missing": Z02[:, J02] @ U02[J02],
        "that go": Z02[:, [0, 2, 3]] @ U02[[0, 2, 3]] + beta02,
        "wrong ones": Z02[:, [0, 1]] @ U02[J02] + beta02,
        "same order": Z02[:, [1, 4]] @ U02[[4, 1]] + beta02,
        "nothing is removed": Z02 @ U02 + beta02,
    },
)

W02 = rng.normal(size=(3, 5))
enters02 = np.array([sum(W02[i, j] ** 2 for i in range(3)) ** 0.5 for j in range(5)])
leaves02 = np.array([sum(u**2) ** 0.5 for u in U02])
CASES["02.3"] = Case(
    checks.check_unit_free_size,
    (W02, U02),
    [enters02 * leaves02, np.sqrt(np.diag(W02.T @ W02) * np.diag(U02 @ U02.T))],
    {
        "leaves": enters02,
        "what enters": leaves02,
        "a sum": enters02 + leaves02,
        "each other": enters02 / leaves02,
        "take the root": (enters02 * leaves02) ** 2,
        "upside down": leaves02 / enters02,
        "without the root": np.sqrt(enters02 * leaves02),
    }
    | {
        "not made of Euclidean": np.sum(np.abs(W02), 0) * np.sum(np.abs(U02), 1),
        "largest entries": np.max(np.abs(W02), 0) * np.max(np.abs(U02), 1),
        "scale it": enters02 * leaves02 / max(enters02 * leaves02),
    },
)

# 03 interpolative decomposition

A03 = np.random.default_rng(3).normal(size=(30, 12))
R03, P03 = qr(A03, mode="economic", pivoting=True)[1:]
left03 = A03 - np.outer(A03[:, 4], A03[:, 4] @ A03) / (A03[:, 4] @ A03[:, 4])
CASES["03.1"] = Case(
    checks.check_residual_norms,
    (A03, 4),
    [
        [np.linalg.norm(column) for column in left03.T],
        [np.sqrt(np.linalg.lstsq(A03[:, [4]], a)[1].sum()) for a in A03.T],
    ],
    {
        "before the projection": np.linalg.norm(A03, axis=0),
        "length one": np.linalg.norm(A03 - np.outer(A03[:, 4], A03[:, 4] @ A03), axis=0),
        "one number": np.linalg.norm(left03),
        "rows": np.linalg.norm(left03, axis=1),
        "squared": [column @ column for column in left03.T],
        "taken away": np.linalg.norm(A03 - left03, axis=0),
        "twice": [
            np.linalg.norm(a - A03[:, 4] * (A03[:, 4] @ a) / np.linalg.norm(A03[:, 4]))
            for a in A03.T
        ],
    },
)


def ordered03(k):
    """Return ``[I, R11⁻¹ R12]`` through the columns of A themselves."""
    return np.linalg.lstsq(A03[:, P03[:k]], A03[:, P03])[0]


def put_back(T):
    """Return T with its columns in the order of A."""
    return np.array([T[:, list(P03).index(j)] for j in range(12)]).T


CASES["03.2"] = Case(
    checks.check_interpolation,
    (R03, P03, 5),
    [
        put_back(ordered03(5)),
        lambda R, P, k: np.linalg.pinv(R[:k, :k]) @ R[:k] @ np.eye(12)[P],
        lambda R, P, k: np.linalg.lstsq(A03[:, P[:k]], A03)[0],
    ],
    {
        "order of the pivots": ordered03(5),
        "taken from there": ordered03(5)[:, P03],
        "who rebuilds the kept ones": ordered03(5)[:, 5:],
        "transposed": put_back(np.hstack([np.eye(5), np.linalg.inv(R03[:5, :5]).T @ R03[:5, 5:]])),
        "divided out": put_back(R03[:5]),
        "one column more": put_back(ordered03(6)),
        "waits for R11": put_back(np.hstack([np.eye(5), R03[:5, 5:]])),
        "yours are empty": put_back(np.hstack([np.zeros((5, 5)), ordered03(5)[:, 5:]])),
    },
)

# so shaped that every mistake leads to a k of its own
B03 = 3 + np.random.default_rng(4).normal(size=(60, 40)) * np.linspace(1, 0, 40) ** 2
R33, P33 = qr(B03, mode="economic", pivoting=True)[1:]


def measured03(ord):
    """Return the error of every k from the columns themselves, in one norm."""
    kept = [B03[:, P33[:k]] for k in range(41)]
    return np.array([np.linalg.norm(B03 - J @ np.linalg.lstsq(J, B03)[0], ord) for J in kept])


def first03(errors, limit):
    """Return the first k whose error is within the limit."""
    return next(k for k, error in enumerate(errors) if error <= limit)


total03, k03 = np.linalg.norm(B03), first03(measured03("fro"), 0.1 * np.linalg.norm(B03))
CASES["03.3"] = Case(
    checks.check_least_k,
    (R33, 0.1),
    [k03, float(k03), int(np.sum(measured03("fro") > 0.1 * total03))],
    {
        "one too few": k03 - 1,
        "one too many": k03 + 1,
        "sums of squares": first03(measured03("fro") ** 2, 0.1 * total03**2),
        "one diagonal entry": first03(np.abs(np.diag(R33)), 0.1 * abs(R33[0, 0])),
        "2-norm": first03(measured03(2), 0.1 * np.linalg.norm(B03, 2)),
        "a part of what": first03(measured03("fro"), 0.1),
    },
)

seen03 = A03[:, np.sort(P03[:5])]
CASES["03.4"] = Case(
    checks.check_rebuilt,
    (seen03, P03[:5], put_back(ordered03(5))),
    [A03[:, P03[:5]] @ put_back(ordered03(5)), seen03 @ np.linalg.lstsq(seen03, A03)[0]],
    {
        "whose is your first column": seen03 @ put_back(ordered03(5)),
        "the way back": seen03[:, np.argsort(P03[:5])] @ put_back(ordered03(5)),
        "empty": np.where(np.isin(np.arange(12), P03[:5]), A03, 0),
        "images are rows": (A03[:, P03[:5]] @ put_back(ordered03(5))).T,
    },
)

# 04 pruning with the ID

X04, W04, b04, J04 = rng.normal(size=(6, 4)), rng.normal(size=(4, 9)), rng.normal(size=9), [7, 2, 5]
CASES["04.1"] = Case(
    checks.check_kept_activations,
    (X04, W04, b04, J04),
    [
        np.maximum(X04 @ W04 + b04, 0)[:, J04],
        [[max(x @ W04[:, j] + b04[j], 0) for j in J04] for x in X04],
    ],
    {
        "negative": (X04 @ W04 + b04)[:, J04],
        "without ink": np.maximum(X04 @ W04, 0)[:, J04],
        "before ReLU": (np.maximum(X04 @ W04, 0) + b04)[:, J04],
        "first k": np.maximum(X04 @ W04 + b04, 0)[:, :3],
        "sorted": np.maximum(X04 @ W04 + b04, 0)[:, [2, 5, 7]],
    }
    | {
        "only the product": (X04 @ W04)[:, J04],
        "right ones": np.maximum((X04 @ W04)[:, J04] + b04[:3], 0),
    },
)

U04 = np.array([[1, -1], [2, 0], [3, 1]])
CASES["04.2"] = Case(
    checks.check_merged_weights,
    (U04,),
    [np.array([[1, 0, 2], [0, 1, 1]]) @ U04, [[7, 1], [5, 1]]],
    {
        "lost": U04[:2],
        "own share": U04[:2] + U04[2],
        "swapped": np.array([[1, 0, 1], [0, 1, 2]]) @ U04,
        "own rows": np.array([[0, 0, 2], [0, 0, 1]]) @ U04,
        "that goes": np.array([[2, 0, 1], [0, 1, 1]]) @ U04,
        "columns are outputs": [[7, 5], [1, 1]],
    }
    | {"that is T": [[1, 0, 2], [0, 1, 1]]},
)

truth04 = np.repeat([3, 5], 10)
full04 = np.where(np.arange(20) < 8, truth04, 9)
pruned04 = np.where(np.isin(np.arange(20), [0, 1, 2, 3, 4, 10, 11]), truth04, 8)
CASES["04.3"] = Case(
    checks.check_won_and_lost,
    (full04, pruned04, truth04),
    [(2, 3), np.array([2.0, 3.0])],
    {
        "wrong order": (3, 2),
        "fractions": (0.1, 0.15),
        "per cent": (10, 15),
        "difference": -1,
        "before and after": (2, 13),
        "each network": (7, 8),
    },
)

# 05 the error bound

Z05, U05, k05 = rng.normal(size=(8, 6)), rng.normal(size=(6, 3)), 4
R05, P05 = qr(Z05, mode="r", pivoting=True)
left05 = Z05 - Z05[:, P05[:k05]] @ np.linalg.pinv(Z05[:, P05[:k05]]) @ Z05  # error of the best fit
norm05, rows05 = np.linalg.svd(left05)[1][0], U05[P05[k05:]]
CASES["05.1"] = Case(
    checks.check_logit_error,
    (R05, P05, U05, k05),
    [
        np.linalg.norm(left05 @ U05, 2),
        np.sqrt(np.linalg.eigvalsh((left05 @ U05).T @ left05 @ U05)[-1]),
    ],
    {
        "before the norm": norm05 * np.linalg.norm(rows05, 2),
        "looser": norm05 * np.linalg.norm(U05, 2),
        "this is the Frobenius": np.linalg.norm(left05 @ U05),
        "moved them": np.linalg.norm(R05[k05:, k05:] @ U05[k05:], 2),
        "error of Z": norm05,
        "the square": np.linalg.norm(left05 @ U05, 2) ** 2,
        "Frobenius norm of U": norm05 * np.linalg.norm(rows05),
    }
    | {
        "the other way": np.linalg.norm(R05[k05:, k05:] @ U05[np.argsort(P05)][k05:], 2),
        "worst single row": max(np.linalg.norm(row) for row in R05[k05:, k05:] @ rows05),
        "relative": np.linalg.norm(left05 @ U05, 2) / np.linalg.norm(Z05 @ U05, 2),
    },
)

before05 = 3 * rng.normal(size=(200, 4))
after05 = before05 + rng.normal(size=(200, 4))


def margin05(row):
    return max(row) - max(np.delete(row, np.argmax(row)))


def safe05(before, after):
    return [max(abs(a - b)) < margin05(b) / 2 for b, a in zip(before, after, strict=True)]


pairs05 = list(zip(before05, after05, strict=True))
CASES["05.2"] = Case(
    checks.check_is_safe,
    (before05, after05),
    [safe05, lambda before, after: np.array(safe05(before, after))],
    {
        "while the second rises": [max(abs(a - b)) < margin05(b) for b, a in pairs05],
        "average": [np.mean(abs(a - b)) < margin05(b) / 2 for b, a in pairs05],
        "second-best": [max(abs(a - b)) < max(b) / 2 for b, a in pairs05],
        "compares predictions": [np.argmax(a) == np.argmax(b) for b, a in pairs05],
        "full network": [max(abs(a - b)) < margin05(a) / 2 for b, a in pairs05],
        "fall as well": [max(a - b) < margin05(b) / 2 for b, a in pairs05],
        "for itself": [np.linalg.norm(a - b) < margin05(b) / 2 for b, a in pairs05],
    }
    | {
        "without a certificate": [not safe for safe in safe05(before05, after05)],
        "rise as well": [max(b - a) < margin05(b) / 2 for b, a in pairs05],
        "not the last": [max(abs(a - b)) < (max(b) - min(b)) / 2 for b, a in pairs05],
        "other logits": [abs(a - b)[np.argmax(b)] < margin05(b) / 2 for b, a in pairs05],
        "moves on its own": [
            np.max(np.abs(after05 - before05)) < margin05(b) / 2 for b, _ in pairs05
        ],
    },
)

CASES["05.3"] = Case(
    checks.check_images_needed,
    (0.99, 0.95),
    [299, next(n for n in range(1, 999) if 0.99**n <= 0.05)],
    {
        "round which way": 298,
        "rule of three": 300,
        "whole": np.log(0.05) / np.log(0.99),
        "how sure": 100,
        "two-sided": next(n for n in range(1, 999) if 0.99**n <= 0.025),
        "which of the two": next(n for n in range(1, 999) if 0.95**n <= 0.01),
        "what is left": next(n for n in range(1, 999) if 0.99**n <= 0.95),
    }
    | {"the agreement": next(n for n in range(1, 999) if 0.95**n <= 0.05)},
)

# 06 timing

full06 = np.array([90.0, 41.0, 20.0, 21.0, 80.0, 22.0, 19.0])
pruned06 = np.array([40.0, 9.0, 4.0, 3.0, 5.0, 4.5, 3.5])
CASES["06.1"] = Case(
    checks.check_speed_up,
    (full06, pruned06, 2),
    [21 / 4, sorted(full06[2:])[2] / sorted(pruned06[2:])[2]],
    {
        "slow moment": sum(full06[2:]) / sum(pruned06[2:]),
        "are warm-up": sorted(full06)[3] / sorted(pruned06)[3],
        "upside down": 4 / 21,
        "anecdote": 90 / 40,
        "fastest": 19 / 3,
        "difference": 17,
        "of its own": sorted(full06[2:] / pruned06[2:])[2],
        "warm-up is in": sum(full06) / sum(pruned06),
    }
    | {
        "at the front": 41 / 5,
        "part of the time": 1 - 4 / 21,
        "what is gained": 21 / 4 - 1,
        "both have": 21 / 4.5,
    },
)

CASES["06.2"] = Case(
    checks.check_multiply_adds,
    (64, 1000, 10),
    [lambda d, m, c: (d + c) * m, lambda d, m, c: np.zeros((d, m)).size + np.zeros((m, c)).size],
    {
        "second layer": lambda d, m, c: d * m,
        "first layer": lambda d, m, c: m * c,
        "one after the other": lambda d, m, c: d * m * c,
        "parameters": lambda d, m, c: (d + 1) * m + (m + 1) * c,
        "every pair": lambda d, m, c: d + m + c,
        "counts once": lambda d, m, c: 2 * m * (d + c),
    },
)

CASES["06.3"] = Case(
    checks.check_single_row_speed_up,
    (90, 10, 0.1),
    [100 / 91, 1 / (0.9 + 0.1 * 0.1)],
    {
        "does not shrink": 10,
        "upside down": 0.91,
        "pruned network has": 100,
        "full network has": 10 / 91,
        "not what goes": 100 / 99,
        "gained": 9 / 91,
        "difference": 9,
    },
)

# 07 every k at once

C07, G07, beta07 = rng.normal(size=(6, 5)), rng.normal(size=(5, 3)), rng.normal(size=3)
CASES["07.1"] = Case(
    checks.check_logits_at,
    (C07, G07, beta07, 3),
    [
        lambda C, G, beta, k: C[:, :k] @ G[:k] + beta,
        lambda C, G, beta, k: sum(np.outer(C[:, i], G[i]) for i in range(k)) + beta,
    ],
    {
        "every network": lambda C, G, beta, k: C[:, :k] @ G[:k],
        "comes once": lambda C, G, beta, k: C[:, :k] @ G[:k] + 3 * beta,
        "all terms": lambda C, G, beta, k: C @ G + beta,
        "too many": lambda C, G, beta, k: C[:, : k + 1] @ G[: k + 1] + beta,
        "too few": lambda C, G, beta, k: C[:, :2] @ G[:2] + beta,
        "last term alone": lambda C, G, beta, k: C[:, 2:3] @ G[2:3] + beta,
        "that are removed": lambda C, G, beta, k: C[:, 3:] @ G[3:] + beta,
    },
)

R07 = np.triu(rng.normal(size=(4, 7)))
left07 = np.array([np.linalg.norm(R07[k:]) for k in range(5)])
CASES["07.2"] = Case(
    checks.check_every_error,
    (R07,),
    [
        left07[1:] / left07[0],
        [np.linalg.norm(R07[k:, k:]) / np.linalg.norm(R07) for k in range(1, 5)],
    ],
    {
        "one row is gone": left07[:-1] / left07[0],
        "root": (left07[1:] / left07[0]) ** 2,
        "explain": [np.linalg.norm(R07[:k]) / left07[0] for k in range(1, 5)],
        "relative to what": left07[1:],
        "begins at": left07 / left07[0],
        "errors fall": [np.linalg.norm(R07[-k:]) / left07[0] for k in range(1, 5)],
        "diagonal": [np.linalg.norm(np.diag(R07)[k:]) / left07[0] for k in range(1, 5)],
    }
    | {
        "which norm": [
            np.linalg.svd(R07[k:, k:])[1].max(initial=0) / np.linalg.norm(R07, 2)
            for k in (1, 2, 3, 4)
        ],
        "what stands above": [np.linalg.norm(R07[:, k:]) / left07[0] for k in range(1, 5)],
        "what is gained": 1 - left07[1:] / left07[0],
        "last k is missing": left07[1:-1] / left07[0],
    },
)

errors07 = [10.0, 4.0, 3.0, 2.0, 1.5, 1.2, 0.9, 0.5, 0.05]
CASES["07.3"] = Case(
    checks.check_tolerance,
    (errors07, 0.1),
    [6, next(k for k, error in enumerate(errors07) if error < 1)],
    {
        "index is its k already": 7,
        "leaves too much": 5,
        "not of its square": next(k for k, error in enumerate(errors07) if error**2 < 10),
        "not to 1": 8,
    },
)

# 08 what makes the difference

TABLE08 = np.array([[0.5, 0.8], [0.6, 1.0]])  # rows: selections, columns: corrections
CASES["08.2"] = Case(
    checks.check_main_effects,
    (TABLE08,),
    [[0.15, 0.35], np.array([TABLE08[1].mean() - TABLE08[0].mean(), np.mean([0.3, 0.4])])],
    {
        "between the rows": [0.35, 0.15],
        "sums": [0.3, 0.7],
        "seen twice": [0.1, 0.3],
        "sign": [-0.15, -0.35],
    }
    | {
        "without a correction": [0.2, 0.4],
        "other order": [0.7, 0.3],
        "not a ratio": [1.6 / 1.3 - 1, 1.8 / 1.1 - 1],
    },
)

rng08 = np.random.default_rng(8)
Z08, U08 = rng08.random((30, 8)), rng08.normal(size=(8, 2))
beta08, J08 = np.array([3.0, -4.0]), [6, 1, 3]


def refit08(Z, kept, U, beta, bias=True):
    """Solve the normal equations."""
    A = np.column_stack([Z[:, kept], np.ones(len(Z))])[:, : None if bias else -1]
    return np.linalg.solve(A.T @ A, A.T @ (Z @ U + beta))


def refit08_centred(Z, kept, U, beta):
    """Fit the centred data; the bias is what the means leave over."""
    U_new, beta_new = least_squares(Z, kept, U, beta)
    return np.vstack([U_new, beta_new])


def late08(Z, kept, U, beta):
    """Fit the weights without a bias, and then the bias."""
    weights = refit08(Z, kept, U, 0 * beta, bias=False)
    return [*weights, np.mean(Z @ U + beta - Z[:, kept] @ weights, axis=0)]


CASES["08.1"] = Case(
    checks.check_refit,
    (Z08, J08, U08, beta08),
    [refit08, refit08_centred, refit08(Z08, J08, U08, beta08)],
    {
        "last": lambda *data: refit08(*data)[[3, 0, 1, 2]],
        "whole input": lambda Z, J, U, beta: refit08(Z, J, U, 0 * beta),
        "nothing here": lambda Z, J, U, beta: refit08(Z, J, U, 0 * beta, bias=False),
        "a column is missing": lambda Z, J, U, beta: refit08(Z, J, U, beta, bias=False),
        "too late": late08,
        "nothing is fitted": lambda Z, J, U, beta: [*U[J], beta],
        "old bias below": lambda Z, J, U, beta: np.vstack(
            [refit08(Z, J, U, 0 * beta, bias=False), beta]
        ),
    }
    | {
        "carry it already": lambda Z, J, U, beta: [*refit08(Z, J, U, beta, bias=False), beta],
        "the order of kept": lambda Z, J, U, beta: refit08(Z, np.sort(J), U, beta),
    },
)

a08, b08 = np.array([0.9, 0.8, 0.95, 0.7]), np.array([0.85, 0.8, 0.8, 0.65])
paired08 = stats.ttest_rel(a08, b08)
unpaired08 = stats.ttest_ind(a08, b08).statistic
error08 = np.mean(a08 - b08) / paired08.statistic


def interval08(error, tail):
    """Put the interval around the mean difference."""
    return np.mean(a08 - b08) + error * stats.t.isf(tail, 3) * np.array([-1, 1])


CASES["08.3"] = Case(
    checks.check_interval,
    (a08, b08, 6),
    [
        paired08.confidence_interval(1 - 0.05 / 6),
        np.ravel(paired_differences(a08[:, None], b08[:, None], comparisons=6)[1:]),
    ],
    {
        "one comparison": paired08.confidence_interval(0.95),
        "both ends": interval08(error08, 0.05 / 6),
        "one seed": interval08(2 * error08, 0.05 / 12),
        "pairs": interval08(np.mean(a08 - b08) / unpaired08, 0.05 / 12),
        "ddof": interval08(error08 * np.sqrt(3 / 4), 0.05 / 12),
        "low end": interval08(error08, 0.05 / 12)[::-1],
        "not b": np.negative(interval08(error08, 0.05 / 12)[::-1]),
        "so are the ends": 100 * interval08(error08, 0.05 / 12),
    }
    | {
        "of them are free": np.mean(a08 - b08)
        + error08 * stats.t.isf(0.05 / 12, 4) * np.array([-1, 1]),
        "not two": np.mean(a08 - b08) + error08 * stats.t.isf(0.05 / 12, 6) * np.array([-1, 1]),
        "which distribution": np.mean(a08 - b08)
        + error08 * stats.norm.isf(0.05 / 12) * np.array([-1, 1]),
        "the middle": [np.mean(a08 - b08), error08 * stats.t.isf(0.05 / 12, 3)],
    },
)

truth08 = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
told08 = np.array([0, 0, 0, 2, 1, 0, 0, 2, 2, 2])
CASES["08.4"] = Case(
    checks.check_recall,
    (told08, truth08, 0),
    [3 / 4, recall_score(truth08, told08, labels=[0], average="macro")],
    {"precision": 3 / 5, "by all": 3 / 10, "over all": 7 / 10, "count": 3}
    | {"per cent": 75, "missed": 1 / 4, "how many are right": 5 / 4}
    | {"mixes in": 6 / 9},
)

# 09 deep networks

full09, pruned09 = [3, 5, 4, 2], [3, 2, 3, 2]
CASES["09.1"] = Case(
    checks.check_operations_left,
    (full09, pruned09),
    [18 / 43, (3 * 2 + 2 * 3 + 3 * 2) / (3 * 5 + 5 * 4 + 4 * 2)],
    {
        "saved": 25 / 43,
        "per cent": 1800 / 43,
        "upside down": 43 / 18,
        "products": 10 / 14,
        "which part": 18,
        "of the neurons": 5 / 9,
        "those are the parameters": (18 + 7) / (43 + 11),
        "first and the last": 6 / 20,
    }
    | {
        "the last matrix": 12 / 35,
        "the first matrix": 12 / 28,
        "weighs more": np.mean([6 / 15, 6 / 20, 6 / 8]),
    },
)

W09, T09, J09 = rng.normal(size=(5, 4)), rng.normal(size=(2, 5)), np.array([3, 0, 2])
T09[:, [4, 1]] = np.eye(2)  # neurons 4 and 1 stay in front
CASES["09.2"] = Case(
    checks.check_middle_matrix,
    (W09, T09, J09),
    [
        lambda W, T, J: (T @ W)[:, J],
        lambda W, T, J: [[sum(t[i] * W[i, j] for i in range(5)) for j in J] for t in T],
        np.einsum("ki,ij->kj", T09, W09[:, [3, 0, 2]]),
    ],
    {
        "removed behind": lambda W, T, J: T @ W,
        "in front": lambda W, T, J: W[:, J],
        "not the first ones": lambda W, T, J: T @ W[:, :3],
        "order": lambda W, T, J: T @ W[:, [0, 2, 3]],
        "not selected": lambda W, T, J: W[[4, 1]][:, J],
    },
)

R09 = np.triu(rng.normal(size=(4, 4)), 1) + np.diag([-8.0, 4, 2, -1])
CASES["09.3"] = Case(
    checks.check_step_cost,
    (R09, 2, 10),
    [lambda R, k, saved: abs(R[k, k] / R[0, 0]) / saved, 0.025],
    {
        "first that goes": lambda R, k, saved: abs(R[k - 1, k - 1] / R[0, 0]) / saved,
        "other units": 0.2,
        "cost less": 0.25,
        "divide by": 2.5,
        "never negative": lambda R, k, saved: R[k, k] / R[0, 0] / saved,
    },
)

# 10 convolutional networks

CASES["10.1"] = Case(
    checks.check_convolution_cost,
    (3, 16, 8, 10, 5),
    [96_000, lambda c, o, h, w, size: h * w * np.ones((o, c, size, size)).sum()],
    {
        "single pixel": 1_200,
        "how many taps": 3_840,
        "a square": 19_200,
        "come in": 32_000,
        "its own kernel": 6_000,
        "biases": 97_280,
        "parameters": 1_216,
        "counts once": 192_000,
        "at the edge": 4 * 6 * 25 * 48,
        "nothing is made there": 12 * 14 * 25 * 48,
        "always 3": 80 * 9 * 48,
    },
)

K10 = np.random.default_rng(10).normal(size=(9, 5, 3, 3))
norms10 = [np.linalg.norm(taps.ravel()) for taps in K10]
largest10 = sorted(range(9), key=lambda o: -norms10[o])
in10 = [np.linalg.norm(K10[:, c].ravel()) for c in range(5)]
CASES["10.2"] = Case(
    checks.check_largest_filters,
    (K10, 4),
    [largest10[:4], np.argsort(norms10)[::-1][:4]],
    {
        "the smallest ones": largest10[::-1][:4],
        "another order": sorted(largest10[:4]),
        "the smallest comes first": largest10[3::-1],
        "which ones": K10[largest10[:4]],
        "come in": sorted(range(5), key=lambda c: -in10[c])[:4],
        "cancel": sorted(range(9), key=lambda o: -K10[o].sum())[:4],
        "root": sorted(range(9), key=lambda o: -np.abs(K10[o]).sum())[:4],
        "do they belong": sorted(norms10)[::-1][:4],
    }
    | {
        "squared norms": np.sort(np.square(norms10))[::-1][:4],
    },
)

T10, L10 = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]]), np.arange(54.0).reshape(2, 3, 3, 3)
# by hand: channel 0 takes twice channel 1 on top, channel 2 gives it up once
right10 = np.stack([L10[:, 0] + 2 * L10[:, 1], L10[:, 2] - L10[:, 1]], axis=1)
middle10 = right10 * np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
CASES["10.3"] = Case(
    checks.check_kernel_with_t,
    (T10, L10),
    [right10, np.tensordot(T10, L10, axes=(1, 1)).swapaxes(0, 1)],
    {
        "every tap": middle10,
        "only selects": np.delete(L10, 1, axis=1),
        "first channels": L10[:, :2],
        "out come first": np.tensordot(T10, L10, axes=(1, 1)),
        "flipped": np.flip(right10, axis=(2, 3)),
        "summed": right10.reshape(2, 2, 9) @ np.ones(9),
    },
)

rows10 = np.zeros((8, 12))
for pixel in range(4):
    rows10[2 * pixel : 2 * pixel + 2, 3 * pixel : 3 * pixel + 3] = T10
CASES["10.4"] = Case(
    checks.check_block_matrix,
    (T10, 4),
    [rows10, block_diag(T10, T10, T10, T10)],
    {
        "channel after channel": [
            [T10[i // 4, j // 4] * (i % 4 == j % 4) for j in range(12)] for i in range(8)
        ],
        "same pixel only": np.block([[T10] * 4] * 4),
        "columns what is rebuilt": rows10.T,
        "one pixel": T10,
        "own place": np.hstack([T10] * 4),
    },
)


def said(capsys, case, answer):
    """Return what the checker prints for an answer."""
    case.check(answer, *case.data)
    return capsys.readouterr().out.strip()


def test_every_exercise_has_a_case():
    assert set(CASES) == set(checks.EXERCISES)


@pytest.mark.parametrize("number", CASES)
def test_untouched_stub_is_not_tried_yet(number, capsys):
    for stub in (..., None):
        assert said(capsys, CASES[number], stub).endswith("not tried yet")


@pytest.mark.parametrize("number", CASES)
def test_right_answers_pass(number, capsys):
    assert CASES[number].right
    for answer in CASES[number].right:
        assert said(capsys, CASES[number], answer).startswith("✓")


def short(answer, width=40):
    """Write an answer in few characters."""
    if callable(answer):
        return "a function"
    numbers = {"threshold": 6, "edgeitems": 2, "precision": 3, "suppress_small": True}
    text = " ".join(np.array2string(np.asarray(answer), **numbers).split())
    return text if len(text) <= width else text[: width - 2] + " …"


MISTAKES = [(number, fragment) for number, case in CASES.items() for fragment in case.wrong]


@pytest.mark.parametrize(("number", "fragment"), MISTAKES)
def test_a_known_mistake_gets_its_hint(number, fragment, capsys, record_property):
    answer = CASES[number].wrong[fragment]
    hint = said(capsys, CASES[number], answer)
    assert fragment in hint
    record_property("mistake", f"{short(answer)}  →  {hint}")  # conftest.py reports it


@pytest.mark.parametrize("number", CASES)
def test_each_mistake_has_a_hint_of_its_own(number, capsys):
    case = CASES[number]
    assert len(case.wrong) >= 3
    assert len({said(capsys, case, answer) for answer in case.wrong.values()}) == len(case.wrong)


@pytest.mark.parametrize("number", CASES)
def test_nonsense_is_answered_not_raised(number, capsys):
    for nonsense in ("text", np.full(3, np.nan), [[1, 2], [3]], lambda *a: 1 / 0, 10**400, 2 + 1j):
        assert said(capsys, CASES[number], nonsense).startswith("✗")


@pytest.mark.parametrize("number", CASES)
def test_wrong_numbers_of_the_right_shape_are_wrong(number, capsys):
    case = CASES[number]
    values = [answer(*case.data) if callable(answer) else answer for answer in case.right]
    right = np.asarray(values[0], dtype=float)
    for wrong in (right + 0.37, 0 * right - 0.1, 3.1 * right + 1):
        assert said(capsys, case, wrong).startswith("✗")


@pytest.mark.parametrize("number", CASES)
def test_spoilt_data_is_told_not_raised(number, capsys):
    spoilt = [None] * len(CASES[number].data)
    CASES[number].check(1.5, *spoilt)
    assert "no longer fits" in capsys.readouterr().out


FUNCTIONS = [number for number, case in CASES.items() if any(map(callable, case.right))]


def test_exercises_that_ask_for_a_function():
    assert FUNCTIONS == ["03.2", "05.2", "06.2", "07.1", "08.1", "09.2", "09.3", "10.1"]


@pytest.mark.parametrize("number", FUNCTIONS)
def test_a_function_must_be_right_on_other_data_as_well(number, capsys):
    case = CASES[number]
    right = next(filter(callable, case.right))
    fixed = []

    def always_the_same(*data):
        fixed.append(right(*data))
        return fixed[0]

    assert "not for others" in said(capsys, case, always_the_same)
    assert "where is its return" in said(capsys, case, lambda *data: None)
    assert said(capsys, case, lambda *data: ...).endswith("not tried yet")
