"""Statements that are checked, and exercises that answer.

An exercise compares what the reader computed with what it computes itself, and with what comes
out of the mistakes that readers are known to make. It tells a hint, never the solution.
"""

import copy
import inspect
from typing import NamedTuple

import joblib
import numpy as np
from scipy.stats import t as student_t

EXERCISES = {}
LOST = "what you were given no longer fits: run the cells above again, keep their names"
_state = {}
_given = {}


def claim(sentence, condition, **values):
    """Print a sentence of the lesson if it is true; stop if it is not.

    Parameters
    ----------
    sentence : str
    condition : bool or array of bool
        All of it must be true. A number is no condition: it would be true unless it is zero.
    **values
        What the sentence is about; told when it fails.

    Raises
    ------
    AssertionError
        If the condition is false, with the sentence and the values.
    TypeError
        If the condition is neither true nor false.

    Examples
    --------
    >>> claim("two is less than three", 2 < 3)
    ✓ two is less than three
    >>> claim("two is more than three", 2 > 3, two=2, three=3)
    Traceback (most recent call last):
        ...
    AssertionError: ✗ two is more than three: two = 2, three = 3
    """
    condition = np.asarray(condition)
    if condition.dtype != bool or not condition.size:
        raise TypeError(f"the condition of a claim must be True or False, got {condition!r}")
    if not condition.all():
        told = ", ".join(f"{name} = {value}" for name, value in values.items())
        raise AssertionError(f"✗ {sentence}" + (f": {told}" if told else ""))
    print(f"✓ {sentence}")


class Expected(NamedTuple):
    """What an exercise expects: the right value, known wrong ones with hints, and how to ask."""

    right: object
    mistakes: dict  # hint → the value that this mistake leads to
    ask: tuple | None = None  # arguments for the reader's function, if the answer is one
    also: tuple | None = None  # other data of the exercise, on which such a function must be right


def exercise(number, aim):
    """Turn a function that returns `Expected` into a checker of the reader's answer.

    Parameters
    ----------
    number : str
        Notebook and exercise, such as "03.1".
    aim : str
        What is to be computed, in a few words.

    Returns
    -------
    decorator : callable
        The checker takes the answer first and the data of the exercise after it, prints what it
        thinks, and raises nothing, whatever the answer is.

    Examples
    --------
    >>> @exercise("99.1", "the sum of two numbers")
    ... def check_sum(a, b):
    ...     return Expected(a + b, {"Is that not the product?": a * b})
    >>> check_sum(..., 3, 4)
    ○ Exercise 99.1, the sum of two numbers: not tried yet
    >>> check_sum(12, 3, 4)
    ✗ Exercise 99.1: Is that not the product?
    >>> check_sum(7, 3, 4)
    ✓ Exercise 99.1, the sum of two numbers: right
    >>> progress("99")
    Exercises of this notebook: ✓ 99.1
    >>> del EXERCISES["99.1"]
    """

    def decorate(expect):
        EXERCISES[number] = aim

        def check(answer, *data):
            verdict = _judge(answer, expect, data)
            if verdict != LOST and _spoilt(number, data, right=verdict in (None, "")):
                verdict = "what you were given has changed: did your code do that? "
                verdict += "Run the cells above again, and give what you make of it a new name"
            _state[number] = {None: "○", "": "✓"}.get(verdict, "✗")
            told = {None: "not tried yet", "": "right"}.get(verdict)
            if told:
                print(f"{_state[number]} Exercise {number}, {aim}: {told}")
            else:
                print(f"✗ Exercise {number}: {verdict}")

        # what a notebook shows of a function must not tell the solution
        check.__name__, check.__doc__ = expect.__name__, f"Check exercise {number}: {aim}."
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        data = inspect.signature(expect).parameters.values()
        check.__signature__ = inspect.Signature([inspect.Parameter("answer", kind), *data])
        check.expect = expect
        return check

    return decorate


def _spoilt(number, data, *, right):
    """Tell whether the data of an exercise are no longer what its first call was given.

    The same arrays with other numbers were changed in place, perhaps by the answer. Other arrays
    with other numbers may come from a cell above that was changed on purpose; then a right answer
    is right, and a wrong one is told of the change once.
    """
    try:
        numbers = joblib.hash(data)
    except Exception:
        return False
    first, known = _given.setdefault(number, (data, numbers))
    if numbers == known:
        return False
    if len(data) == len(first) and all(a is b for a, b in zip(data, first, strict=True)):
        return True
    _given[number] = data, numbers
    return not right


def progress(notebook):
    """Print which exercises of a notebook are done (✓), open (○) or not right yet (✗).

    Parameters
    ----------
    notebook : str
        Its number, such as "03".

    Examples
    --------
    >>> progress("98")
    There is no exercise in this notebook.
    """
    numbers = [number for number in EXERCISES if number.startswith(notebook + ".")]
    if not numbers:
        print("There is no exercise in this notebook.")
        return
    print(
        "Exercises of this notebook: "
        + "  ".join(f"{_state.get(number, '○')} {number}" for number in numbers)
    )


def _judge(answer, expect, data):
    """Return None for an untouched stub, "" for a right answer, else a hint."""
    if answer is None or answer is ...:
        return None
    try:
        expected = expect(*data)
    except Exception:
        return LOST
    function = answer if callable(answer) and expected.ask is not None else None
    if function:
        answer, failed = _call(function, expected.ask)
        if failed or answer is ...:
            return failed or None
    verdict = _compare(answer, expected)
    if function and verdict == "" and expected.also is not None:
        other = expect(*expected.also)
        answer, failed = _call(function, other.ask)
        verdict = failed or _compare(answer, other)
        if not failed and verdict and verdict not in other.mistakes:
            return "right for these data, not for others: what in it does not vary?"
    return verdict


def _call(function, arguments):
    """Return what the reader's function returns, and what is to be said if it fails."""
    try:
        # a copy: the function may work in place, the lesson goes on with the data
        answer = function(*copy.deepcopy(arguments))
    except (Exception, SystemExit) as error:
        return None, f"your function stopped with {type(error).__name__}: {error}"
    return answer, "your function returns nothing: where is its return?" if answer is None else ""


def _compare(answer, expected):
    """Return "" for a right answer, else a hint."""
    given, shape = answer, np.shape(expected.right)
    try:
        answer = np.asarray(given)
        if np.iscomplexobj(answer) and not answer.imag.any():
            answer = answer.real
        answer = answer.astype(float, casting="unsafe" if answer.dtype.kind == "O" else "same_kind")
    except Exception:
        wanted = f"numbers of shape {shape}" if shape else "a number"
        return f"expected {wanted}, got {type(given).__name__}"
    if _same(answer, expected.right):
        return ""
    for hint, wrong in expected.mistakes.items():
        if _same(answer, wrong):
            return hint
    if answer.shape != shape:
        flat = answer.size == np.size(expected.right) and _same(
            answer.reshape(shape), expected.right
        )
        told = f"shape is {answer.shape}, expected {shape or 'a single number'}"
        return f"the numbers are right, but their {told}" if flat else f"the {told}"
    if not np.all(np.isfinite(answer)):
        return "there is a NaN or an infinity in your answer"
    if _is_rounded(answer, expected.right):
        return "that is rounded: give more digits, or let Python compute it"
    for hint, wrong in expected.mistakes.items():
        if np.shape(wrong) == shape and _is_rounded(answer, wrong):
            return hint
    return "not yet; go through the task and your way once more, step by step"


def _is_rounded(answer, value):
    """Tell whether numbers are others, rounded or cut off after at most 12 decimals."""
    value = np.asarray(value, dtype=float)
    digits = next(
        (d for d in range(1, 13) if np.allclose(np.round(answer, d), answer, 1e-14, 0)), 0
    )
    off, unit = answer - value, 10.0**-digits
    rounded = np.abs(off) <= 0.5001 * unit
    cut = (np.abs(answer) <= np.abs(value)) & (np.abs(off) < unit)
    return digits > 0 and bool(answer.any()) and bool(np.all(rounded | cut))


def _same(answer, value):
    value = np.asarray(value, dtype=float)
    scale = np.abs(value).max(initial=0)
    return answer.shape == value.shape and np.allclose(answer, value, rtol=1e-6, atol=1e-6 * scale)


# 00 start here


@exercise("00.1", "the fraction of neurons that is removed")
def check_removed_fraction(k, m):
    """Compare with 1 − k / m."""
    hints = {
        "that is the fraction that stays": k / m,
        "that is how many neurons go; which fraction of all are they?": m - k,
        "a fraction lies between 0 and 1: leave the percent sign to the reader": 100 * (1 - k / m),
        "that is a percentage, and of those that stay": 100 * k / m,
        "that compares them with those that stay": (m - k) / k,
    }
    return Expected(1 - k / m, hints)


# 01 training


@exercise("01.1", "the log-loss of a guess")
def check_guess_loss(c):
    """Compare with log c."""
    hints = {
        "the log-loss has a minus sign: it is never negative": -np.log(c),
        "that is the probability of the truth; the loss is made of its logarithm": 1 / c,
        "that is how often the guess is wrong, not its log-loss": 1 - 1 / c,
        "take the natural logarithm": np.log10(c),
        "natural, not to the base of 2": np.log2(c),
        "each image has one true digit, and only that one counts": c * np.log(c),
        "that is what a wrong digit would bring": -np.log(1 - 1 / c),
        "ten yes-or-no questions? it is one question with ten answers": (
            np.log(c) - (c - 1) * np.log(1 - 1 / c)
        ),
    }
    return Expected(np.log(c), hints)


@exercise("01.2", "the number of parameters")
def check_parameter_count(sizes):
    """Compare with the sum of (before + 1) · after over neighbouring layers."""
    before, after = np.array(sizes[:-1]), np.array(sizes[1:])
    hints = {
        "the biases are missing": before @ after,
        "the output layer has biases too": before @ after + after[:-1].sum(),
        "does the input layer have biases?": before @ after + sum(sizes),
        "a bias belongs to the neuron that it enters": before @ after + before.sum(),
        "those are the neurons; each has a weight for every value that enters it": after.sum(),
        "those are neurons and inputs; each neuron has a weight for all that enters it": sum(sizes),
    }
    return Expected((before + 1) @ after, hints)


@exercise("01.3", "the gradient in the output bias")
def check_bias_gradient(p, Y):
    """Compare with the mean of p − Y over the samples."""
    D = p - Y
    hints = {
        "a mean over the samples, not a sum": D.sum(axis=0),
        "the sign: the loss rises with the probability that goes to wrong digits": -D.mean(axis=0),
        "divide by the number of samples, not of digits": D.sum(axis=0) / D.shape[1],
        "where do the true digits enter?": p.mean(axis=0),
    }
    return Expected(D.mean(axis=0), hints)


@exercise("01.4", "the width of the peak")
def check_peak_width(n):
    """Compare with n."""
    hints = {
        "that was the peak for 100 images; what made it stand there?": 100,
        "pixels do not set the threshold; neurons do": 64,
        "the images must be fitted, not their ten one-hot entries one by one": 10 * n,
        "that is the second valley of the first experiment": 400,
    }
    return Expected(n, hints)


# 02 magnitude pruning


@exercise("02.1", "the neurons that never fire")
def check_dead_neurons(Z, dead_elsewhere):
    """Compare with the columns of Z that are zero throughout."""
    dead = ~(Z > 0).any(axis=0)
    hints = {
        "those are silent at least once; a dead neuron is silent always": (Z == 0).any(axis=0),
        "those do fire; which ones never do?": ~dead,
        "that tells about images, the rows of Z; a neuron is a column": ~(Z > 0).any(axis=1),
        "those are their indices; give one True or False for each neuron": np.flatnonzero(dead),
        "numpy.where tells places; give one True or False for each neuron": np.where(dead),
        "those are silent on the training half; which half is Z?": dead_elsewhere,
        "that says how often each fires; give True where it never does": (Z > 0).mean(axis=0),
        "those are counts; give True where a neuron never fires": (Z > 0).sum(axis=0),
    }
    return Expected(dead, hints)


@exercise("02.2", "the logits of the pruned network")
def check_pruned_logits(Z, U, beta, kept):
    """Compare with Z[:, J] U[J] + β."""
    rest = np.setdiff1d(np.arange(len(U)), kept)
    hints = {
        "the output bias is missing": Z[:, kept] @ U[kept],
        "those are the terms of the neurons that go": Z[:, rest] @ U[rest] + beta,
        "the columns of Z are the wrong ones": Z[:, : len(kept)] @ U[kept] + beta,
        "columns and rows are not in the same order": Z[:, np.sort(kept)] @ U[kept] + beta,
        "nothing is removed yet": Z @ U + beta,
    }
    return Expected(Z[:, kept] @ U[kept] + beta, hints)


@exercise("02.3", "a size without units")
def check_unit_free_size(W, U):
    """Compare with ‖W[:, j]‖ ‖U[j]‖."""
    enters, leaves = np.linalg.norm(W, axis=0), np.linalg.norm(U, axis=1)
    hints = {
        "what leaves the neuron does not count yet": enters,
        "what enters the neuron does not count yet": leaves,
        "does a sum stay the same in other units?": enters + leaves,
        "in other units this changes; what must the factors do to each other?": enters / leaves,
        "upside down, and in other units this changes as well": leaves / enters,
        "right order, but the squares of the norms: take the root": (enters * leaves) ** 2,
        "free of units too: can you do without the root?": np.sqrt(enters * leaves),
        "free of units too, but not made of Euclidean norms": (
            np.abs(W).sum(axis=0) * np.abs(U).sum(axis=1)
        ),
        "free of units too; take the Euclidean norms, not the largest entries": (
            np.abs(W).max(axis=0) * np.abs(U).max(axis=1)
        ),
        "free of units too; there is no need to scale it": (enters * leaves)
        / (enters * leaves).max(),
    }
    return Expected(enters * leaves, hints)


# 03 interpolative decomposition


@exercise("03.1", "what remains of each column after one is projected out")
def check_residual_norms(A, j):
    """Check ``‖A − q qᵀ A‖`` column by column, with q the direction of column j."""
    a, lengths = A[:, j], np.linalg.norm(A, axis=0)
    q = a / lengths[j]
    left = A - np.outer(q, q @ A)
    mistakes = {
        "these are the columns before the projection": lengths,
        "a direction has length one; has yours?": np.linalg.norm(A - np.outer(a, a @ A), axis=0),
        "this is one number for all columns; we ask for each": np.linalg.norm(left),
        "these are the rows' lengths": np.linalg.norm(left, axis=1),
        "these are squared lengths": (left**2).sum(axis=0),
        "this is what was taken away, not what is left": np.abs(q @ A),
        "a projection divides by the length twice": np.linalg.norm(
            A - np.outer(a, a @ A) / lengths[j], axis=0
        ),
    }
    return Expected(np.linalg.norm(left, axis=0), mistakes)


@exercise("03.2", "T from R and P")
def check_interpolation(R, P, k):
    """Check a function of R, P and k: ``T[:, P] = [I, R11⁻¹ R12]``."""
    R11, R12 = R[:k, :k], R[:k, k:]
    order, S = np.argsort(P), np.linalg.solve(R11, R12)
    ordered = np.hstack([np.eye(k), S])
    mistakes = {
        "these columns are in the order of the pivots; A has another": ordered,
        "T[:, P] = … puts columns to the places P; yours were taken from there": ordered[:, P],
        "this rebuilds the other columns; who rebuilds the kept ones?": S,
        "R11 is upper triangular; yours was transposed": np.hstack(
            [np.eye(k), np.linalg.solve(R11.T, R12)]
        )[:, order],
        "a kept column must rebuild itself: R11 has yet to be divided out": R[:k][:, order],
        "R12 still waits for R11": np.hstack([np.eye(k), R12])[:, order],
        "a kept column must rebuild itself; yours are empty": np.hstack([np.zeros((k, k)), S])[
            :, order
        ],
        "this is for one column more": np.hstack(
            [np.eye(k + 1), np.linalg.solve(R[: k + 1, : k + 1], R[: k + 1, k + 1 :])]
        )[:, order],
    }
    return Expected(ordered[:, order], mistakes, ask=(R, P, k), also=(R, P, k - 2))


@exercise("03.3", "the least k within a tolerance")
def check_least_k(R, tolerance):
    """Check the least k with ``‖R22‖_F ≤ tolerance · ‖R‖_F``."""
    errors, spectral = (
        np.array([np.linalg.norm(R[k:, k:], p) for k in range(len(R))] + [0.0]) for p in ("fro", 2)
    )
    diagonal = np.abs(np.diag(R))

    def least(values):
        return np.argmax(values <= tolerance * values[0])

    mistakes = {
        "one too few: does your error belong to this k or to the next?": least(errors) - 1,
        "one too many: does your error belong to this k or to the one before?": least(errors) + 1,
        "these are sums of squares; where is the root?": least(errors**2),
        "one diagonal entry is not the whole error": least(diagonal),
        "this is right for the 2-norm; which norm is asked for?": least(spectral),
        "the tolerance is relative: a part of what?": np.argmax(errors <= tolerance),
    }
    return Expected(least(errors), mistakes)


@exercise("03.4", "images rebuilt from pixels in another order")
def check_rebuilt(measured, kept, T):
    """Check ``X_J T`` where the columns of ``measured`` are sorted, those of ``T`` are not."""
    if not np.allclose(np.asarray(T)[:, kept], np.eye(len(kept))):
        raise ValueError("kept no longer belongs to T")
    order = np.argsort(kept)
    scattered = np.zeros((len(measured), T.shape[1]))
    scattered[:, np.sort(kept)] = measured
    mistakes = {
        "the first row of T belongs to the first pivot; whose is your first column?": measured @ T,
        "argsort tells where to fetch from; on this side you need the way back, its inverse": (
            measured[:, order] @ T
        ),
        "the other pixels are empty; what is T for?": scattered,
        "images are rows here": (measured @ T[order]).T,
    }
    return Expected(measured @ T[order], mistakes)


# 04 pruning with the ID


@exercise("04.1", "the activations of the kept neurons alone")
def check_kept_activations(X, W, b, kept):
    """Check ``φ(X W[:, J] + b[J])``, in the order of ``J``."""
    A, k = X @ W[:, kept], len(kept)
    mistakes = {
        "some values are negative: which step of the layer is missing?": A + b[kept],
        "an image without ink would leave every neuron at 0: what shifts it?": np.maximum(A, 0),
        "the bias shifts a neuron before ReLU looks at it": np.maximum(A, 0) + b[kept],
        "these are the first k neurons, not the kept ones": np.maximum(X @ W[:, :k] + b[:k], 0),
        "these columns are sorted; T expects them in the order of kept": np.maximum(
            X @ W[:, np.sort(kept)] + b[np.sort(kept)], 0
        ),
        "this is only the product; two steps of the layer are missing": A,
        "each bias belongs to its neuron: are these the right ones?": np.maximum(A + b[:k], 0),
    }
    return Expected(np.maximum(A + b[kept], 0), mistakes)


@exercise("04.2", "the weights that take over for a removed neuron")
def check_merged_weights(U):
    """Check ``T U`` where the third neuron is twice the first plus the second."""
    first, second, third = np.asarray(U)
    mistakes = {
        "the removed neuron's row of U is lost: who passes it on?": [first, second],
        "each kept neuron passes on its own share, not all of it": [first + third, second + third],
        "the two shares are swapped": [first + third, second + 2 * third],
        "the kept neurons still have their own rows of U as well": [2 * third, third],
        "the factor belongs to the neuron that goes": [2 * first + third, second + third],
        "rows are neurons, columns are outputs": np.transpose([first + 2 * third, second + third]),
        "that is T; now let it act on the rows of U": [[1, 0, 2], [0, 1, 1]],
    }
    return Expected([first + 2 * third, second + third], mistakes)


@exercise("04.3", "images won and images lost")
def check_won_and_lost(full, pruned, y):
    """Check how many images only the pruned network and only the full one gets right."""
    won, lost = np.sum((pruned == y) & (full != y)), np.sum((pruned != y) & (full == y))
    changed = np.sum(full != pruned)
    mistakes = {
        "the right two counts in the wrong order": [lost, won],
        "counts, please, not fractions": [won / len(y), lost / len(y)],
        "counts, please, not per cent": [100 * won / len(y), 100 * lost / len(y)],
        "this is the difference; we ask for both counts": won - lost,
        "some changed predictions are wrong before and after": [won, changed - won],
        "these are all that each network gets right": [np.sum(pruned == y), np.sum(full == y)],
    }
    return Expected([won, lost], mistakes)


# 05 the error bound


@exercise("05.1", "the error of the logits from R, P and U")
def check_logit_error(R, P, U, k):
    """Check ``‖R22 (Pᵀ U)₂‖₂``."""
    R22, removed = R[k:, k:], U[P[k:]]
    norm = np.linalg.norm
    mistakes = {
        "this is a bound; multiply the matrices before the norm": norm(R22, 2) * norm(removed, 2),
        "this is the looser bound; only removed neurons count": norm(R22, 2) * norm(U, 2),
        "this is the Frobenius norm; we ask for the largest stretch": norm(R22 @ removed),
        "which rows of U belong to columns k and on of R? Pivoting moved them": norm(
            R22 @ U[k:], 2
        ),
        "this is the error of Z; the next layer is missing": norm(R22, 2),
        "this is the square; the root is missing": norm(R22 @ removed, 2) ** 2,
        "a bound, and with the Frobenius norm of U": norm(R22, 2) * norm(removed),
        "P itself tells which neuron stands where; you went the other way": norm(
            R22 @ U[np.argsort(P)[k:]], 2
        ),
        "that is the worst single row; the 2-norm looks at all of them": norm(
            R22 @ removed, axis=1
        ).max(),
        "that is relative; the error itself is asked for": norm(R22 @ removed, 2)
        / norm(R @ U[P], 2),
    }
    return Expected(norm(R22 @ removed, 2), mistakes)


@exercise("05.2", "which predictions are certified")
def check_is_safe(before, after):
    """Check a function of the logits before and after pruning; it returns one bool a row."""
    moved, (second, first) = np.abs(after - before), np.sort(before, axis=1)[:, -2:].T
    largest, second_after = moved.max(axis=1), np.sort(after, axis=1)[:, -2:].T
    mistakes = {
        "the best logit can fall while the second rises: how far may each go?": largest
        < first - second,
        "the worst logit decides, not the average one": moved.mean(axis=1) < (first - second) / 2,
        "measure the lead over the second-best logit, not over 0": largest < first / 2,
        "this compares predictions; a certificate also says that there was room": before.argmax(1)
        == after.argmax(1),
        "a logit may fall as well as rise": (after - before).max(axis=1) < (first - second) / 2,
        "each logit for itself, not the length of the whole move": (
            np.linalg.norm(moved, axis=1) < (first - second) / 2
        ),
        "the margin is that of the full network": largest < (second_after[1] - second_after[0]) / 2,
        "those are the ones without a certificate": largest >= (first - second) / 2,
        "a logit may rise as well as fall": (before - after).max(axis=1) < (first - second) / 2,
        "who comes next behind the best? not the last": largest < (first - before.min(axis=1)) / 2,
        "the other logits move as well": (
            moved[np.arange(len(before)), before.argmax(axis=1)] < (first - second) / 2
        ),
        "each image moves on its own; yours is one number for all": (
            largest.max() < (first - second) / 2
        ),
    }
    return Expected(
        largest < (first - second) / 2, mistakes, ask=(before, after), also=(before[1:], after[1:])
    )


@exercise("05.3", "how many held-out images we need")
def check_images_needed(agreement, confidence):
    """Check the least n with ``agreement ** n ≤ 1 − confidence``."""
    exact = np.log(1 - confidence) / np.log(agreement)
    two_sided = np.log((1 - confidence) / 2) / np.log(agreement)
    mistakes = {
        "one image fewer than needed: round which way?": np.floor(exact),
        "the rule of three is close; solve the equation itself": round(3 / (1 - agreement)),
        "a number of images is whole": exact,
        "one such run in that many is expected, but how sure does it make us?": round(
            1 / (1 - agreement)
        ),
        "this is for a two-sided limit; ours looks down only": np.ceil(two_sided),
        "which of the two is the confidence?": np.ceil(np.log(1 - agreement) / np.log(confidence)),
        "p to the power of n shall be what is left beside the confidence": np.ceil(
            np.log(confidence) / np.log(agreement)
        ),
        "which of the two is the agreement?": np.ceil(np.log(1 - confidence) / np.log(confidence)),
    }
    return Expected(np.ceil(exact), mistakes)


# 06 timing


@exercise("06.1", "the speed-up that these timings show")
def check_speed_up(full, pruned, warm_up):
    """Check the ratio of medians after the warm-up."""
    a, b = full[warm_up:], pruned[warm_up:]
    mistakes = {
        "one slow moment moves a mean: what does not care?": a.mean() / b.mean(),
        "the first rounds are warm-up": np.median(full) / np.median(pruned),
        "upside down: a speed-up above 1 means that the pruned one is faster": np.median(b)
        / np.median(a),
        "one round each is an anecdote": full[0] / pruned[0],
        "the fastest run is one run as well": a.min() / b.min(),
        "this is a difference: how many times as fast is it?": np.median(a) - np.median(b),
        "each network has a median of its own": np.median(a / b),
        "the warm-up is in it, and one slow round moves a mean": full.mean() / pruned.mean(),
        "sorted, the warm-up is no longer at the front": (
            np.median(np.sort(full)[warm_up:]) / np.median(np.sort(pruned)[warm_up:])
        ),
        "that is the part of the time that is saved; by what factor?": 1
        - np.median(b) / np.median(a),
        "that is what is gained; by what factor?": np.median(a) / np.median(b) - 1,
        "both have a warm-up": np.median(a) / np.median(pruned),
    }
    return Expected(np.median(a) / np.median(b), mistakes)


@exercise("06.2", "multiply-adds for one row")
def check_multiply_adds(d, m, c):
    """Check a function of d, m and c: ``d m + m c``."""
    mistakes = {
        "the second layer multiplies too": d * m,
        "the first layer multiplies too": m * c,
        "the layers work one after the other: do their costs multiply?": d * m * c,
        "biases are added, not multiplied: these are the parameters": d * m + m + m * c + c,
        "a matrix product visits every pair of an input and an output": d + m + c,
        "a multiply-add counts once here": 2 * (d * m + m * c),
    }
    return Expected(d * m + m * c, mistakes, ask=(d, m, c), also=(d + 1, m + 2, c + 3))


@exercise("06.3", "the speed-up at a single row")
def check_single_row_speed_up(overhead, work, share):
    """Check ``(overhead + work) / (overhead + share · work)``."""
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


# 07 every k at once


@exercise("07.1", "the logits for one k")
def check_logits_at(C, G, beta, k):
    """Check a function of these four: ``β + C[:, :k] G[:k]``."""
    mistakes = {
        "every network has a bias behind the layer": C[:, :k] @ G[:k],
        "that is one neuron too many: indices begin at 0": beta + C[:, : k + 1] @ G[: k + 1],
        "that is one neuron too few": beta + C[:, : k - 1] @ G[: k - 1],
        "that is the last term alone; all before it belong to the sum": (
            beta + np.outer(C[:, k - 1], G[k - 1])
        ),
        "those are the terms of the neurons that are removed": (
            beta + C[:, k:] @ G[k : C.shape[1]]
        ),
        "those are all terms: where does k come in?": beta + C @ G[: C.shape[1]],
        "the bias comes once, not with every term": k * beta + C[:, :k] @ G[:k],
    }
    right = beta + C[:, :k] @ G[:k]
    return Expected(right, mistakes, ask=(C, G, beta, k), also=(C, 2 * G, beta + 1, k - 1))


@exercise("07.2", "the relative error for every k")
def check_every_error(R):
    """Check the square roots of the suffix sums of R's squared rows over that of all."""
    rows = (np.asarray(R) ** 2).sum(axis=1)
    left = np.append(np.cumsum(rows[::-1])[::-1], 0)
    right = np.sqrt(left[1:] / left[0])
    mistakes = {
        "the first entry belongs to k = 1, where one row is gone already": np.sqrt(
            left[:-1] / left[0]
        ),
        "those are squares; a norm is their root": right**2,
        "that is what the kept columns explain, not what is left": np.sqrt(1 - right**2),
        "relative to what? divide by the norm of Z": np.sqrt(left[1:]),
        "this begins at k = 0; we ask from k = 1 on": np.sqrt(left / left[0]),
        "errors fall as k grows; do yours?": np.sqrt(np.cumsum(rows[::-1]) / left[0]),
        "what is left is all of the row, not only the diagonal": np.sqrt(
            np.append(np.cumsum((np.diag(R) ** 2)[::-1])[::-1], 0)[1:] / left[0]
        ),
        "which norm is asked for?": np.array(
            [np.linalg.norm(R[k:, k:], 2) if k < len(R) else 0 for k in range(1, len(R) + 1)]
        )
        / np.linalg.norm(R, 2),
        "what stands above R22 is rebuilt": np.array(
            [np.linalg.norm(R[:, k:]) for k in range(1, len(R) + 1)]
        )
        / np.linalg.norm(R),
        "that is what is gained, not what is left": 1 - right,
        "the last k is missing: what is left when all rows are gone?": right[:-1],
    }
    return Expected(right, mistakes)


@exercise("07.3", "the smallest k within a tolerance")
def check_tolerance(errors, tolerance):
    """Check the first k with ``errors[k] < tolerance · errors[0]``; errors start at k = 0."""
    errors = np.asarray(errors)
    k = int(np.argmax(errors < tolerance * errors[0]))
    mistakes = {
        "entry 0 belongs to k = 0, so an index is its k already": k + 1,
        "one neuron fewer leaves too much": k - 1,
        "a tenth of the norm, not of its square": int(
            np.argmax(errors**2 < tolerance * errors[0] ** 2)
        ),
        "relative to the norm of Z, not to 1": int(np.argmax(errors < tolerance)),
    }
    return Expected(k, mistakes)


# 08 what makes the difference


@exercise("08.1", "weights and bias by least squares")
def check_refit(Z, kept, U, beta):
    """Check ``U_new`` with ``β_new`` as its last row, from ``[Z[:, J], 1]`` and ``Z U + β``."""
    A, ones, target = Z[:, kept], np.ones((len(Z), 1)), Z @ U + beta
    right = np.linalg.lstsq(np.hstack([A, ones]), target)[0]
    beta_lost = np.linalg.lstsq(np.hstack([A, ones]), Z @ U)[0]
    no_bias = np.linalg.lstsq(A, Z @ U)[0]
    mistakes = {
        "the bias comes last, please": np.roll(right, 1, axis=0),
        "the target is the whole input of the next layer: what is missing?": beta_lost,
        "nothing here can shift the output: which column would?": no_bias,
        "a column is missing that could shift the output": np.linalg.lstsq(A, target)[0],
        "a bias fitted after the weights comes too late": np.vstack(
            [no_bias, (target - A @ no_bias).mean(axis=0)]
        ),
        "nothing is fitted here: these are the old weights": np.vstack([U[kept], beta]),
        "this is T U with the old bias below; let the bias be fitted too": np.vstack(
            [no_bias, beta]
        ),
        "the old bias is not fitted, and the weights carry it already": np.vstack(
            [np.linalg.lstsq(A, target)[0], beta]
        ),
        "the rows must follow the order of kept": np.vstack(
            [right[:-1][np.argsort(kept)], right[-1]]
        ),
    }
    return Expected(right, mistakes, ask=(Z, kept, U, beta), also=(Z, kept[:-1], 2 * U, beta + 1))


@exercise("08.2", "the effect of the selection and of the correction")
def check_main_effects(table):
    """Check the mean gains from the first to the second row and column of a 2 x 2 table."""
    (a, b), (c, d) = np.asarray(table)
    rows, columns = (c + d - a - b) / 2, (b + d - a - c) / 2
    mistakes = {
        "the right two effects, but the selection changes between the rows": [columns, rows],
        "these are sums over both cases; an effect is their mean": [2 * rows, 2 * columns],
        "each effect is seen twice: where is the case with a correction, with the ID?": [
            c - a,
            b - a,
        ],
        "the sign: what do we gain by going down, by going right?": [-rows, -columns],
        "each effect is seen twice: where is the case without a correction, with magnitude?": [
            d - b,
            d - c,
        ],
        "sums, and in the other order": [2 * columns, 2 * rows],
        "a gain in points, not a ratio": [(c + d) / (a + b) - 1, (b + d) / (a + c) - 1],
    }
    return Expected([rows, columns], mistakes)


@exercise("08.3", "an interval for a paired difference")
def check_interval(a, b, comparisons):
    """Check the two ends of the corrected t interval of ``a − b``."""
    gap, n = np.asarray(a) - b, len(a)

    def around(spread, level, free=n - 1):
        return gap.mean() + spread * student_t.ppf(level, free) * np.array([-1, 1])

    error, level = gap.std(ddof=1) / np.sqrt(n), 1 - 0.05 / comparisons / 2
    unpaired = np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / n)
    mistakes = {
        "right for one comparison; how many do we look at?": around(error, 0.975),
        "5 % must be split between both ends": around(error, 1 - 0.05 / comparisons),
        "that is where one seed may lie; the mean of n seeds varies less": around(
            error * np.sqrt(n), level
        ),
        "the seeds are pairs: take the differences first": around(unpaired, level),
        "ddof=1: the mean was estimated from the same numbers": around(
            gap.std() / np.sqrt(n), level
        ),
        "the low end comes first": around(error, level)[::-1],
        "a − b is asked for, not b − a": -around(error, level)[::-1],
        "the accuracies are fractions, so are the ends": 100 * around(error, level),
        "numbers around their own mean: how many of them are free?": around(error, level, n),
        "the differences are one sample, not two": around(error, level, 2 * n - 2),
        "the spread is estimated too: which distribution allows for that?": around(
            error, level, np.inf
        ),
        "two ends, please, not the middle and the width": [
            gap.mean(),
            error * student_t.ppf(level, n - 1),
        ],
    }
    return Expected(around(error, level), mistakes)


@exercise("08.4", "the recall of one class")
def check_recall(predicted, truth, label):
    """Check which share of the samples of a class is recognised."""
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


# 09 deep networks


def _stand_alone(T):
    """Return the columns of ``T`` that hold a one and zeros: the kept ones, in order."""
    return [int(np.abs(T - row[:, None]).sum(axis=0).argmin()) for row in np.eye(len(T))]


@exercise("09.1", "the fraction of the operations that is left")
def check_operations_left(full_units, pruned_units):
    """Check the ratio of the sums of (before · after) over neighbouring layers."""
    full, pruned = (np.asarray(units, dtype=float) for units in (full_units, pruned_units))
    before, after = full[:-1] @ full[1:], pruned[:-1] @ pruned[1:]
    mistakes = {
        "that is the part that is saved": 1 - after / before,
        "a fraction, please, not per cent": 100 * after / before,
        "upside down: the pruned network has fewer operations": before / after,
        "those are neurons; operations are products": pruned.sum() / full.sum(),
        "those are the operations left; which part of all are they?": after,
        "that is the part of the neurons that stays": pruned[1:-1].sum() / full[1:-1].sum(),
        "biases are no multiplications: those are the parameters left": (
            (pruned[:-1] + 1) @ pruned[1:] / ((full[:-1] + 1) @ full[1:])
        ),
        "the first and the last matrix have operations too": (
            pruned[1:-2] @ pruned[2:-1] / (full[1:-2] @ full[2:-1])
        ),
        "the last matrix has operations too": (pruned[:-2] @ pruned[1:-1])
        / (full[:-2] @ full[1:-1]),
        "the first matrix has operations too": (pruned[1:-1] @ pruned[2:])
        / (full[1:-1] @ full[2:]),
        "a large matrix weighs more than a small one": np.mean(
            pruned[:-1] * pruned[1:] / (full[:-1] * full[1:])
        ),
    }
    return Expected(after / before, mistakes)


@exercise("09.2", "the middle matrix of the plain way")
def check_middle_matrix(W, T_before, kept):
    """Check a function of these three: ``T W[:, J]``."""
    mistakes = {
        "the neurons removed behind still have their columns": T_before @ W,
        "its rows still wait for all neurons in front": W[:, kept],
        "columns stay for the kept neurons, which are not the first ones": (
            T_before @ W[:, : len(kept)]
        ),
        "the columns must keep the order of the pivots": T_before @ W[:, np.sort(kept)],
        "rows are rebuilt by T, not selected": W[np.ix_(_stand_alone(T_before), kept)],
    }
    data, also = (W, T_before, kept), (2 * W, T_before[::-1], kept[:-1])
    return Expected(T_before @ W[:, kept], mistakes, ask=data, also=also)


@exercise("09.3", "the cost of shrinking a layer")
def check_step_cost(R, k_new, saved):
    """Check a function of these three: ``|R[k', k']| / |R[0, 0]| / saved``."""
    size = np.abs(np.diag(R))
    right = size[k_new] / size[0] / saved
    mistakes = {
        "that is the last direction that stays; which is the first that goes?": (
            size[k_new - 1] / size[0] / saved
        ),
        "in other units this changes: what is it to be compared with?": size[k_new] / saved,
        "an offer that saves more should cost less": size[k_new] / size[0],
        "divide by what is saved": right * saved**2,
        "a cost is never negative: take the sizes": -right,
    }
    # rows of R may have either sign, and no cost may follow it: here one, in `also` the other
    R = np.array(R)
    R[k_new] *= -1 if R[k_new, k_new] > 0 else 1
    other = -R
    other[0] *= 2
    return Expected(right, mistakes, ask=(R, k_new, saved), also=(other, k_new - 1, 3 * saved))


# 10 convolutional networks


@exercise("10.1", "multiply-adds of a convolution")
def check_convolution_cost(c, o, h, w, size):
    """Check a function of c, o, h, w and size: ``h w · size² c · o``."""
    taps, places = size**2, h * w
    mistakes = {
        "this is for a single pixel; a convolution makes all of them": taps * c * o,
        "each output looks at how many taps?": places * c * o,
        "a kernel is a square: count its taps again": places * size * c * o,
        "the sum runs over all channels that come in": places * taps * o,
        "each channel that goes out has its own kernel": places * taps * c,
        "biases are added, not multiplied": places * (taps * c + 1) * o,
        "these are the parameters": (taps * c + 1) * o,
        "a multiply-add counts once here": 2 * places * taps * c * o,
        "at the edge a pixel is made as well": (h - size + 1) * (w - size + 1) * taps * c * o,
        "padding is read, but nothing is made there": (h + size - 1)
        * (w + size - 1)
        * taps
        * c
        * o,
        "is a kernel always 3 × 3?": places * 9 * c * o,
    }
    return Expected(
        places * taps * c * o,
        mistakes,
        ask=(c, o, h, w, size),
        also=(c + 1, o + 2, h + 3, w + 4, size + 2),
    )


@exercise("10.2", "the kernels with the largest norms")
def check_largest_filters(kernel, k):
    """Check the indices of the k largest sums of squares over all axes but the first."""

    def first(values):
        return np.argsort(-values, kind="stable")[:k]

    squares = (kernel**2).sum(axis=(1, 2, 3))
    mistakes = {
        "these are the smallest ones": first(-squares),
        "right ones, in another order: the largest comes first": np.sort(first(squares)),
        "right ones, but the smallest comes first": first(squares)[::-1],
        "which ones, please: their indices will do": kernel[first(squares)],
        "these are channels that come in; which axis of K1 are those that go out?": first(
            (kernel**2).sum(axis=(0, 2, 3))
        ),
        "in a sum of weights, large negative and positive ones cancel": first(
            kernel.sum(axis=(1, 2, 3))
        ),
        "the norm is the root of a sum of squares": first(np.abs(kernel).sum(axis=(1, 2, 3))),
        "these are the norms; which kernels do they belong to?": -np.sort(-np.sqrt(squares))[:k],
        "these are squared norms; which kernels have them?": -np.sort(-squares)[:k],
    }
    return Expected(first(squares), mistakes)


@exercise("10.3", "the kernel that reads the kept channels")
def check_kernel_with_t(T, K):
    """Check ``T K[o, :, s, t]`` at every tap."""
    right = np.einsum("kc,ocst->okst", T, K)
    middle, at = np.zeros_like(right), K.shape[2] // 2
    middle[:, :, at, at] = right[:, :, at, at]
    kept = _stand_alone(T)
    mistakes = {
        "T holds at every tap, not only in the middle": middle,
        "this only selects; who speaks for the removed channel?": K[:, kept],
        "the first channels are not the kept ones": K[:, : len(T)],
        "channels out come first, then channels in": right.transpose(1, 0, 2, 3),
        "the taps stay where they are; yours are flipped": right[..., ::-1, ::-1],
        "one value per tap, please: yours are summed over the taps": right.sum(axis=(2, 3)),
    }
    return Expected(right, mistakes)


@exercise("10.4", "the matrix that rebuilds rows of pixels")
def check_block_matrix(T, pixels):
    """Check ``I ⊗ T``, for rows that hold all channels of a pixel side by side."""
    eye = np.eye(pixels)
    mistakes = {
        "this is for channel after channel; here a block belongs to a pixel": np.kron(T, eye),
        "each pixel is rebuilt from the same pixel only": np.kron(np.ones((pixels, pixels)), T),
        "rows are what stays, columns what is rebuilt": np.kron(eye, T).T,
        "this rebuilds one pixel; there are more": T,
        "a pixel after the other needs its own block, at its own place": np.tile(T, (1, pixels)),
    }
    return Expected(np.kron(eye, T), mistakes)
