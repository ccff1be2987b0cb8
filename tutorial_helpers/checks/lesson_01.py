"""Exercises of the lesson on training."""

import numpy as np

from .framework import Expected, exercise, vote


@exercise("01.1", "the log-loss of a guess")
def check_guess_loss(c):
    """Compare with log c."""
    others = -np.log(1 - 1 / c)
    mistakes = {
        "the log-loss has a minus sign: it is never negative": -np.log(c),
        "that is the probability of the truth; the loss is made of its logarithm": 1 / c,
        "that is how often the guess is wrong, not its log-loss": 1 - 1 / c,
        "take the natural logarithm": np.log10(c),
        "natural, not to the base of 2": np.log2(c),
        "each image has one true digit, and only that one counts": c * np.log(c),
        "that is what a wrong digit would bring": others,
        "ten yes-or-no questions? it is one with ten answers": np.log(c) + (c - 1) * others,
    }
    return Expected(np.log(c), mistakes)


check_doubled_logits = vote(
    "01.2",
    "what doubled logits do",
    "C",
    {
        "A": "a common summand cancels in the softmax; does a common factor?",
        "B": "think of a misread image: how certain of its mistake does the network become?",
        "D": "what decides is which logit is the largest",
    },
)


def _other_samples(p, Y):
    some = Y[:, :-1].any(axis=1)  # one class fewer
    q = p[some][:, :-1]
    return [(p[1:], Y[1:]), (q / q.sum(axis=1, keepdims=True), Y[some][:, :-1])]


@exercise("01.3", "the log-loss as a function", others=_other_samples)
def check_log_loss(p, Y):
    """Compare with the mean over samples of minus the logarithm of the true one's probability."""
    each = -(Y * np.log(p)).sum(axis=1)
    mistakes = {
        "how many numbers is your mean taken over, and how many samples are there?": (
            each.sum() / Y.size
        ),
        "sum over the digits of each sample first: which axis is that?": each.sum() / Y.shape[1],
        "one number is asked for, the mean": each,
        "a mean over the samples, not a sum": each.sum(),
        "the log-loss is never negative": -each.mean(),
        "first the logarithm of each probability, then the mean": -np.log((Y * p).sum(1).mean()),
    }
    return Expected(each.mean(), mistakes)


@exercise("01.4", "the number of parameters")
def check_parameter_count(sizes):
    """Compare with the sum of (before + 1) · after over neighbouring layers."""
    before, after = np.array(sizes[:-1]), np.array(sizes[1:])
    mistakes = {
        "the biases are missing": before @ after,
        "the output layer has biases too": before @ after + after[:-1].sum(),
        "does the input layer have biases?": before @ after + sum(sizes),
        "a bias belongs to the neuron that it enters": before @ after + before.sum(),
        "each neuron has a bias of its own, not each layer": before @ after + len(after),
        "are the hidden layers joined? count the weights between them": (
            before @ after + after.sum() - before[1:-1] @ after[1:-1]
        ),
        "that is one layer of all the neurons; what does the second layer read?": (
            (sizes[0] + 1) * sum(sizes[1:-1]) + (sum(sizes[1:-1]) + 1) * sizes[-1]
        ),
        "those are the neurons; each has a weight for every value that enters it": after.sum(),
        "those are neurons and inputs; each neuron has a weight for all that enters it": sum(sizes),
    }
    return Expected((before + 1) @ after, mistakes)


@exercise("01.5", "the gradient in the output bias")
def check_bias_gradient(p, Y):
    """Compare with the mean of p − Y over the samples."""
    D = p - Y
    mistakes = {
        "a mean over the samples, not a sum": D.sum(axis=0),
        "the sign: the loss rises with the probability that goes to wrong digits": -D.mean(axis=0),
        "divide by the number of samples, not of digits": D.sum(axis=0) / D.shape[1],
        "where do the true digits enter?": p.mean(axis=0),
    }
    return Expected(D.mean(axis=0), mistakes)


# three questions for the day after
TOMORROW = [
    vote(
        "t01.1",
        "the log-loss of a bolder mistake",
        "C",
        {
            "A": "that is what the probability does; now take its logarithm",
            "B": "the probability fell a hundredfold; and its logarithm?",
        },
    ),
    exercise("t01.2", "the slope of the log-loss in a logit")(
        lambda: Expected(
            -0.3,
            {
                "which way must this logit go to lower the loss? mind the sign": 0.3,
                "this class is the true one: what is subtracted?": 0.7,
                "that is the slope without the probability": -1,
            },
        )
    ),
    vote(
        "t01.3",
        "why the test half is harder",
        "A",
        {
            "B": "what did the test accuracy do when all images were shuffled before halving?",
            "C": "nobody chose them: the images lie in the order of their writers",
        },
    ),
]
