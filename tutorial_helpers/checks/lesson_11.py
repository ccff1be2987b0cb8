"""Exercises of the lesson on fair rivals."""

import numpy as np

from .framework import Expected, exercise, vote


@exercise("11.1", "weights that read the images as they come")
def check_folded(W, unit):
    """Compare with the weights whose products with X are those of W with X / unit."""
    W = np.asarray(W)
    mistakes = {
        "the images are larger by that factor, so the weights must be smaller": W * unit,
        "these still want small images": W.copy(),
        "once is enough: the unit enters the product once": W / unit**2,
        "no root: the product is linear in the image": W / np.sqrt(unit),
        "W has a row for each pixel; it was not asked to turn": W.T / unit,
        "a number is taken away from every weight; what does X / unit do?": W - unit,
    }
    return Expected(W / unit, mistakes)


@exercise("11.2", "the number of comparisons")
def check_count(pairs, measures, sizes):
    """Compare with pairs × measures × the sum of the sizes of all studies."""
    total, studies = sum(sizes), len(sizes)
    right = pairs * measures * total
    mistakes = {
        "and each pair is looked at in both measures": pairs * total,
        "each at every k of each study": pairs * measures * studies,
        "each pair of methods is one more comparison": measures * total,
        "not every study has as many k as the first": pairs * measures * sizes[0] * studies,
        "one study is not all": pairs * measures * sizes[0],
        "at how many k of how many studies are they looked at?": pairs * measures,
        "so many k there are; how many differences at each of them?": total,
        "that is the plan above, with one pair less": (pairs - 1) * measures * total,
        "they multiply": pairs + measures + total,
    }
    return Expected(right, {hint: wrong for hint, wrong in mistakes.items() if wrong != right})


check_first_question = vote(
    "11.3",
    "what to ask for first",
    "C",
    {
        "A": "they would measure the same difference more closely; do you know its cause?",
        "B": "count the epochs that each side has behind it, from its first weights on",
        "D": "that asks another question; was this one asked of equals?",
    },
)


def _other_scores(valid, test):
    """Exchange the two, and draw scores on which mean, median and maximum choose differently."""
    return [(test, valid), tuple(np.random.default_rng(427).normal(size=(2, 5, 8)))]


@exercise("11.4", "what a chosen setting promises", others=_other_scores)
def check_tuned(valid, test):
    """Compare with the mean test accuracy of the setting whose validation mean is the largest."""
    valid, test = np.asarray(valid), np.asarray(test)
    chosen, seeds = valid.mean(axis=1).argmax(), np.arange(valid.shape[1])
    mistakes = {
        "for each seed, this chooses by the test images": test.max(axis=0).mean(),
        "one setting for all seeds, but it was chosen by the test images": test.mean(axis=1).max(),
        "chosen well, but reported on the data it was chosen by": valid[chosen].mean(),
        "this takes the setting of the luckiest single seed": test[
            valid.max(axis=1).argmax()
        ].mean(),
        "this chooses by the median; what is to be promised is a mean": test[
            np.median(valid, axis=1).argmax()
        ].mean(),
        "this chooses by the worst seed; what is to be promised is a mean": test[
            valid.min(axis=1).argmax()
        ].mean(),
        "this takes the setting that wins with most seeds; by how much does it win?": test[
            np.bincount(valid.argmax(axis=0)).argmax()
        ].mean(),
        "each seed has its own setting here; one was asked for": (
            test[valid.argmax(axis=0), seeds].mean()
        ),
        "this is the mean over all settings; which one is chosen?": test.mean(),
    }
    return Expected(test[chosen].mean(), mistakes)


@exercise("11.5", "the largest agreement that two accuracies allow")
def check_most_agreement(full, small):
    """Compare with one minus the distance of the accuracies."""
    full, small = np.asarray(full), np.asarray(small)
    right = 1 - np.abs(full - small)
    mistakes = {
        "who is more accurate varies or does not matter: no share can exceed 1": 1 - (full - small),
        "it must not matter which of the two comes first": 1 - (small - full),
        "a difference in the other direction counts as well": np.minimum(1, 1 - (full - small)),
        "they need not agree wherever the other is ahead": np.minimum(1, 1 - (small - full)),
        "they may agree on mistakes as well": np.minimum(full, small),
        "nobody said that they err independently, and they may agree on mistakes": full * small,
        "this is how much they must differ": np.abs(full - small),
        "count points, not ratios: of all images, on how many must they differ?": (
            np.minimum(full, small) / np.maximum(full, small)
        ),
        "this is the least that they can both be right on": full + small - 1,
        "shares, please, not per cent": 100 * right,
    }
    differs = {hint: it for hint, it in mistakes.items() if not np.allclose(it, right)}
    return Expected(right, differs)


@exercise("11.6", "the recall of one class")
def check_recall(predicted, truth, label):
    """Compare with the share of the samples of a class that is recognised."""
    found, called = np.sum((predicted == label) & (truth == label)), np.sum(predicted == label)
    samples = np.sum(truth == label)
    mistakes = {
        "this is the share of what was *called* so: precision": found / max(called, 1),
        "divide by the samples of this class, not by all": found / len(truth),
        "this is the accuracy over all classes": np.mean(predicted == truth),
        "a share, please, not a count": found,
        "a share, please, not per cent": 100 * found / samples,
        "those are the ones that were missed": 1 - found / samples,
        "of those called so, how many are right?": called / samples,
        "that mixes in the precision": 2 * found / (called + samples),
    }
    return Expected(found / samples, mistakes)


# three questions for the day after
TOMORROW = [
    vote(
        "t11.1",
        "where the first lead came from",
        "A",
        {
            "B": "on scaled images the same choice was made; where was the lead?",
            "C": "a longer training was not what the control changed",
        },
    ),
    exercise("t11.2", "the most that two can agree")(
        lambda: Expected(
            0.93,
            {
                "where exactly one of them is right they differ: how many images at least?": 1,
                "that is how often both are right, if they err independently": 0.9 * 0.97,
                "a fraction, please": 93,
            },
        )
    ),
    vote(
        "t11.3",
        "who forgets a digit that is missing",
        "C",
        {
            "A": "the student read fewer zeros, too, than with all images",
            "B": "on which images does the ID promise anything?",
        },
    ),
]
