"""Statements that are checked, and exercises that answer.

An exercise compares what the reader computed with what it computes itself, and with what comes
out of the mistakes that readers are known to make. It tells a hint, never the solution.
"""

from typing import NamedTuple

import numpy as np

EXERCISES = {}
_state = {}


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
            verdict = _judge(answer, expect(*data))
            _state[number] = {None: "○", "": "✓"}.get(verdict, "✗")
            told = {None: "not tried yet", "": "right"}.get(verdict)
            if told:
                print(f"{_state[number]} Exercise {number}, {aim}: {told}")
            else:
                print(f"✗ Exercise {number}: {verdict}")

        check.__name__, check.__doc__ = expect.__name__, expect.__doc__
        check.__wrapped__ = expect
        return check

    return decorate


def progress(notebook):
    """Print which exercises of a notebook are done (✓), open (○) or not right yet (✗).

    Parameters
    ----------
    notebook : str
        Its number, such as "03".

    Examples
    --------
    >>> progress("00")
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


def _judge(answer, expected):
    """Return None for an untouched stub, "" for a right answer, else a hint."""
    if callable(answer) and expected.ask is not None:
        try:
            answer = answer(*expected.ask)
        except Exception as error:
            return f"your function stopped with {type(error).__name__}: {error}"
    if answer is None or answer is ...:
        return None
    try:
        answer = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        shape = np.shape(expected.right)
        wanted = f"numbers of shape {shape}" if shape else "a number"
        return f"expected {wanted}, got {type(answer).__name__}"
    if _same(answer, expected.right):
        return ""
    for hint, wrong in expected.mistakes.items():
        if _same(answer, wrong):
            return hint
    if answer.shape != np.shape(expected.right):
        return f"the shape is {answer.shape}, expected {np.shape(expected.right)}"
    if not np.all(np.isfinite(answer)):
        return "there is a NaN or an infinity in your answer"
    return "not yet; compare your formula with the one above, term by term"


def _same(answer, value):
    value = np.asarray(value, dtype=float)
    scale = np.abs(value).max(initial=0)
    return answer.shape == value.shape and np.allclose(answer, value, rtol=1e-6, atol=1e-8 * scale)


# 00 start here

# 01 training

# 02 magnitude pruning

# 03 interpolative decomposition

# 04 pruning with the ID

# 05 the error bound

# 06 timing

# 07 every k at once

# 08 what makes the difference

# 09 deep networks

# 10 convolutional networks
