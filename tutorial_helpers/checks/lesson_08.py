"""Exercises of the lesson on timing."""

from numpy import array, ceil, log2, mean, median, prod, sort

from .framework import Expected, exercise, vote


@exercise("08.1", "the speed-up at a single row")
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
        "that is the most there could be, with no arithmetic left": full / overhead,
        "which part shrinks, and which stays?": full / (share * overhead + work),
    }
    return Expected(full / pruned, mistakes)


@exercise("08.2", "the least number of rounds")
def check_rounds_needed(confidence):
    """Compare with the least n with 2 / 2^n ≤ 1 − confidence."""
    one_side = -log2(1 - confidence)
    right = int(ceil(one_side + 1))
    mistakes = {
        "that would do if the coins could fall on one side only": right - 1,
        "that is enough, but is it the least?": right + 1,
        "that is enough for 95 %": 6,
        "rounds are whole": one_side + 1,
        "how rare is it that so many coins fall alike? Each one more halves it": round(
            1 / (1 - confidence)
        ),
    }
    return Expected(right, mistakes)


check_verdict = vote(
    "08.3",
    "what an interval allows you to say",
    "C",
    {
        "A": "the median is above 1; but where does its interval begin?",
        "B": "1 is inside, and so is 1.05: does the interval tell which of the two it is?",
        "D": "who stops as soon as the result pleases will be pleased in the end, whatever the "
        "truth is; and does the interval tell nothing as it stands?",
    },
)


def _other_rounds(full, pruned, warm_up):
    return [(2 * full[::-1], pruned[::-1], warm_up + 2)]


@exercise("08.4", "the speed-up in pairs", others=_other_rounds)
def check_speed_up(full, pruned, warm_up):
    """Compare with the median of the ratios within rounds, after the warm-up."""
    a, b, early = full[warm_up:], pruned[warm_up:], max(warm_up - 1, 0)
    right = median(a / b)
    mistakes = {
        "sorted, a reading stands beside one from another round, and the warm-up is not in front": (
            median(sort(full)[warm_up:] / sort(pruned)[warm_up:])
        ),
        "sorted ratios: the first are now the smallest, not those of the warm-up": (
            median(sort(full / pruned)[warm_up:])
        ),
        "sorted, a reading stands beside one from another round": median(sort(a) / sort(b)),
        "each has a median of its own here; which readings belong together?": (
            median(a) / median(b)
        ),
        "the warm-up is still in it": median(full / pruned),
        "one slow moment moves a mean, that of the ratios too": mean(a / b),
        "one slow moment moves a mean: what does not care?": mean(a) / mean(b),
        "upside down: a speed-up above 1 means that the pruned one is faster": median(b / a),
        "the warm-up is longer than that": median(full[early:] / pruned[early:]),
        "the warm-up is shorter than that": median(full[warm_up + 1 :] / pruned[warm_up + 1 :]),
        "the warm-up comes first": median(full[:-warm_up] / pruned[:-warm_up]),
        "that is the warm-up": median(full[:warm_up] / pruned[:warm_up]),
        "the fastest run is one run as well": min(a) / min(b),
        "this is a difference: how many times as fast is it?": median(a - b),
        "that is what is gained; by what factor?": right - 1,
    }
    return Expected(right, mistakes)


@exercise("08.5", "multiply-adds for one row", others=lambda widths: [([7, *widths, 3],)])
def check_multiply_adds(widths):
    """Compare with the sum of the products of neighbours."""
    products = array(widths[:-1]) * array(widths[1:])
    mistakes = {
        "the last layer multiplies too": sum(products[:-1]),
        "the first layer multiplies too": sum(products[1:]),
        "the layers work one after the other: do their costs multiply?": prod(products),
        "do all the widths multiply? Only neighbours meet in a product": prod(widths),
        "biases are added, not multiplied: these are the parameters": (
            sum(products) + sum(widths[1:])
        ),
        "a matrix product visits every pair of an input and an output": sum(widths),
        "a multiply-add counts once here": 2 * sum(products),
        "each layer reads the one before it, not the input": widths[0] * sum(widths[1:]),
        "that is right for one hidden layer; what happens between two of them?": (
            (widths[0] + widths[-1]) * sum(widths[1:-1])
        ),
        "these are the costs of each layer; of all together?": products,
    }
    return Expected(sum(products), mistakes)


@exercise("08.6", "the part that was arithmetic")
def check_part(gain, s):
    """Compare with the p that solves gain = 1 / (1 − p + p / s)."""
    right = (1 - 1 / gain) / (1 - 1 / s)
    mistakes = {
        "that part of the time is saved; some of the arithmetic is still there": 1 - 1 / gain,
        "that is what stays; which part was arithmetic?": 1 - right,
        "that is a part of the pruned call; which part of the full call was it?": (
            (gain - 1) / (s - 1)
        ),
        "a part of the time is no ratio of speed-ups: write Amdahl's formula down": gain / s,
        "that part of the time is left; the rest of the arithmetic is in it": 1 / gain,
        "give it as a number between 0 and 1": 100 * right,
    }
    return Expected(right, mistakes)


# three questions for the day after
TOMORROW = [
    exercise("t08.1", "the most that Amdahl's law allows")(
        lambda: Expected(
            2.5,
            {
                "which part of the call stays?": 1 / 0.6,
                "that is the part that stays; how many times as fast is the whole?": 0.4,
            },
        )
    ),
    vote(
        "t08.2",
        "what spoils runs one after the other",
        "A",
        {
            "B": "in the simulation short moments spoilt runs in turns just as often",
            "C": "a median puts up with single odd readings; with twenty in a row?",
        },
    ),
    vote(
        "t08.3",
        "the time of a network full of zeros",
        "C",
        {
            "A": "does a product know which of its numbers are zero?",
            "B": "which arrays have become smaller?",
        },
    ),
]
