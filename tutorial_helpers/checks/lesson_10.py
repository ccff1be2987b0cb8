"""Exercises of the lesson on what makes the difference."""

import numpy as np
from numpy.linalg import norm
from scipy.stats import t as student_t

from .framework import Expected, exercise, vote


@exercise("10.1", "the interaction of selection and correction")
def check_interaction(table):
    """Compare with how much more the correction gains in the second row than in the first."""
    (a, b), (c, d) = np.asarray(table)
    gains = "how much more does the correction gain for the ID than for magnitude? "
    mistakes = {
        gains + "Subtract the other way round": (b - a) - (d - c),
        gains + "That is a mean of the two gains": (b - a + d - c) / 2,
        gains + "That is their sum": b - a + d - c,
        gains + "That is the gain for the ID alone": d - c,
        gains + "That is the gain for magnitude alone": b - a,
        "half of it: then it is a deviation from the mean effects; here the whole is asked": (
            (d - c - b + a) / 2
        ),
        "a difference of differences, not a ratio of gains": (d - c) / (b - a),
        "all four cells are needed; that is one diagonal": d - a,
        "all four cells are needed; that is the other diagonal": c - b,
    }
    return Expected(d - c - b + a, mistakes)


@exercise("10.2", "the effect of the selection and of the correction")
def check_main_effects(table):
    """Compare with the mean gains from the first to the second row and column of the table."""
    (a, b), (c, d) = np.asarray(table)
    rows, columns = (c + d - a - b) / 2, (b + d - a - c) / 2
    twice = "each effect is seen twice: where is the case "
    mistakes = {
        "the right two effects, but the selection changes between the rows": [columns, rows],
        "these are sums over both cases; an effect is their mean": [2 * rows, 2 * columns],
        twice + "with a correction, with the ID?": [c - a, b - a],
        twice + "without a correction, with magnitude?": [d - b, d - c],
        twice + "without a correction, with the ID?": [d - b, b - a],
        twice + "with a correction, with magnitude?": [c - a, d - c],
        "the sign: what do we gain by going down, by going right?": [-rows, -columns],
        "sums, and in the other order": [2 * columns, 2 * rows],
        "a gain in points, not a ratio": [(c + d) / (a + b) - 1, (b + d) / (a + c) - 1],
    }
    return Expected([rows, columns], mistakes)


check_scope = vote(
    "10.3",
    "what an interval over seeds says",
    "C",
    {
        "A": "the seeds drew networks; did any of them draw writers?",
        "B": "that is about single seeds, which vary more; about what is the interval?",
        "D": "twenty seeds are a sample, and an interval is made to reach beyond it; how far?",
    },
)


def _fewer_kept(Z, kept, U, beta):
    return [(Z, kept[:-1], 2 * U, beta + 1)]


@exercise("10.4", "weights and bias by least squares", others=_fewer_kept)
def check_refit(Z, kept, U, beta):
    """Compare with the fit of Z U + β by [Z[:, J], 1], whose last row is the bias."""
    A, target = Z[:, kept], Z @ U + beta
    B = np.column_stack([A, np.ones(len(Z))])
    (right, lost), (bare, late) = (
        [np.linalg.lstsq(M, Y)[0] for Y in (target, Z @ U)] for M in (B, A)
    )
    mistakes = {
        "the bias comes last, please": np.roll(right, 1, axis=0),
        "the target is the whole input of the next layer: what is missing?": lost,
        "nothing here can shift the output: which column would?": late,
        "a column is missing that could shift the output": bare,
        "a bias fitted after the weights comes too late": [*bare, (target - A @ bare).mean(axis=0)],
        "the weights were fitted as if there were no bias": [
            *late,
            (target - A @ late).mean(axis=0),
        ],
        "the weights are right; the bias must take off what they say on average": [
            *right[:-1],
            target.mean(axis=0),
        ],
        "nothing is fitted here: these are the old weights": [*U[kept], beta],
        "this is T U with the old bias below; let the bias be fitted too": [*late, beta],
        "the old bias is not fitted, and the weights carry it already": [*bare, beta],
        "the rows must follow the order of kept": [*right[:-1][np.argsort(kept)], right[-1]],
    }
    return Expected(right, mistakes)


def _another_network(Z, U, k):
    return [(Z[::-1, ::-1], U[::-1], k - 1)]


@exercise("10.5", "the neurons that alone say most", others=_another_network)
def check_signal(Z, U, k):
    """Compare with the largest ‖z_j − mean‖ ‖U[j]‖: the norm of an outer product is a product."""
    spread, size = Z.std(axis=0), norm(U, axis=1)

    def largest(scores):
        return np.argsort(-scores, kind="stable")[:k]

    right = largest(spread * size)
    mistakes = {
        "what is the same for all images can go into the bias: subtract the mean": (
            largest(norm(Z, axis=0) * size)
        ),
        "the mean of each column is one over the images, not over the outputs": (
            largest(norm(Z, axis=0) * norm(U - U.mean(axis=1, keepdims=True), axis=1))
        ),
        "one factor is squared, the other is not": largest(spread**2 * size),
        "this factor counts twice: is U squared and Z not?": largest(spread * size**2),
        "that is how much a neuron varies; how well does the next layer listen?": largest(spread),
        "that looks at U alone; does the neuron vary at all?": largest(size),
        "is the norm of an outer product a sum of two lengths?": largest(spread + size),
        "the most important first: yours are in the order of their indices": np.sort(right),
        "the most important first: yours come last": right[::-1],
        # dead ones tie
        "those vary least": lambda J: (
            len(set(J)) == k
            and np.isin(J, np.flatnonzero(spread * size <= np.sort(spread * size)[k - 1])).all()
        ),
        "those are their scores; which neurons have them?": (spread * size / np.sqrt(1 / len(Z)))[
            right
        ],
        "those are standard deviations, and not yet indices": (spread * size)[right],
    }
    return Expected(right, mistakes)


@exercise("10.6", "an interval for a paired difference")
def check_interval(a, b, comparisons):
    """Compare with the two ends of the corrected 95 % t interval of a − b."""
    gap, n, share = np.asarray(a) - b, len(a), 0.05 / comparisons

    def around(error, tail=share / 2, free=n - 1):
        return gap.mean() + error * student_t.isf(tail, free) * np.array([-1, 1])

    spread = gap.std(ddof=1)
    error, unpaired = spread / np.sqrt(n), np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / n)
    right, sidak = around(error), (1 - 0.95 ** (1 / comparisons)) / 2
    mistakes = {
        "right for one comparison; how many do we look at?": around(error, 0.025),
        "5 % must be split between both ends": around(error, share),
        "that is where one seed may lie; the mean of n seeds varies less": around(spread),
        "the seeds are pairs: take the differences first": around(unpaired),
        "ddof=1: the mean was estimated from the same numbers": around(gap.std() / np.sqrt(n)),
        "the low end comes first": right[::-1],
        "a − b is asked for, not b − a": -right[::-1],
        "the accuracies are fractions, so are the ends": 100 * right,
        "numbers around their own mean: how many of them are free?": around(error, free=n),
        "the differences are one sample, not two": around(error, free=2 * n - 2),
        "the spread is estimated too: which distribution allows for that?": (
            around(error, free=np.inf)
        ),
        "two ends, please, not the middle and the width": [gap.mean(), right[1] - gap.mean()],
        "1.96 is for one comparison, and for a spread that is known": around(error, 0.025, np.inf),
        "the error of a mean falls with the root of n": around(spread / n),
        "Šidák's correction is sharper; the lesson's shares 5 % out evenly": around(error, sidak),
        "the middle is right, the width is not: 5 % for all comparisons, how much for each end?": (
            lambda ends: np.isclose(ends.mean(), gap.mean(), 1e-6, 0)
        ),
    }
    return Expected(right, mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t10.1", "an interaction")(
        lambda: Expected(
            15,
            {
                "the ID's gain first, then magnitude's is subtracted": -15,
                "that is the difference after the refit": 5,
                "that is the difference without a refit": -10,
                "the two gains are subtracted, not added": 65,
            },
        )
    ),
    exercise("t10.2", "false alarms among a hundred intervals")(
        lambda: Expected(
            5,
            {
                "each of them misses once in twenty": 1,
                "those hold; how many do not?": 95,
                "that would be so if each were sure": 0,
            },
        )
    ),
    vote(
        "t10.3",
        "the mean of the removed neurons in the bias",
        "C",
        {
            "A": "the logits do come closer; and the answers, which hang on what varies?",
            "B": "T U passes each removed neuron on in shares; what does a constant pass on?",
        },
    ),
]
