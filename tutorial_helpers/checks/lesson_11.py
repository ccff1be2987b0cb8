"""Exercises of the lesson on fair rivals."""

import numpy as np

from .framework import Expected, exercise


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
        "they multiply": pairs + measures + total,
    }
    return Expected(right, {hint: wrong for hint, wrong in mistakes.items() if wrong != right})


@exercise("11.3", "the recall of one class")
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
