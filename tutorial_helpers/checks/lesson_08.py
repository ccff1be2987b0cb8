"""Exercises of the lesson on timing."""

from numpy import mean, median, sort

from .framework import Expected, exercise


@exercise("08.1", "the speed-up that these timings show")
def check_speed_up(full, pruned, warm_up):
    """Compare with the ratio of medians after the warm-up."""
    a, b, early = full[warm_up:], pruned[warm_up:], max(warm_up - 1, 0)
    right = median(a) / median(b)
    mistakes = {
        "one slow moment moves a mean: what does not care?": mean(a) / mean(b),
        "the first rounds are warm-up": median(full) / median(pruned),
        "upside down: a speed-up above 1 means that the pruned one is faster": 1 / right,
        "one round each is an anecdote": full[0] / pruned[0],
        "the fastest run is one run as well": min(a) / min(b),
        "this is a difference: how many times as fast is it?": median(a) - median(b),
        "each network has a median of its own": median(a / b),
        "the warm-up is in it, and one slow round moves a mean": mean(full) / mean(pruned),
        "sorted, the warm-up is no longer at the front": (
            median(sort(full)[warm_up:]) / median(sort(pruned)[warm_up:])
        ),
        "that is the part of the time that is saved; by what factor?": 1 - 1 / right,
        "that is what is gained; by what factor?": right - 1,
        "both have a warm-up": median(a) / median(pruned),
        "the warm-up is longer than that": median(full[early:]) / median(pruned[early:]),
        "one slow moment moves a mean, that of the ratios too": mean(a / b),
    }
    return Expected(right, mistakes)


@exercise("08.2", "multiply-adds for one row", others=lambda d, m, c: [(d + 1, m + 2, c + 3)])
def check_multiply_adds(d, m, c):
    """Compare with d m + m c."""
    mistakes = {
        "the second layer multiplies too": d * m,
        "the first layer multiplies too": m * c,
        "the layers work one after the other: do their costs multiply?": d * m * c,
        "biases are added, not multiplied: these are the parameters": d * m + m + m * c + c,
        "a matrix product visits every pair of an input and an output": d + m + c,
        "a multiply-add counts once here": 2 * (d * m + m * c),
    }
    return Expected(d * m + m * c, mistakes)


@exercise("08.3", "the speed-up at a single row")
def check_single_row_speed_up(overhead, work, share):
    """Compare with (overhead + work) / (overhead + share · work)."""
    full, pruned = overhead + work, overhead + share * work
    mistakes = {
        "the overhead does not shrink with the network": 1 / share,
        "upside down: the full network takes longer": pruned / full,
        "the pruned network has the overhead too": full / (share * work),
        "the full network has the overhead too": work / pruned,
        "the share is what stays, not what goes": full / (overhead + (1 - share) * work),
        "that is what is gained; by what factor?": full / pruned - 1,
        "this is a difference; by what factor?": full - pruned,
    }
    return Expected(full / pruned, mistakes)
