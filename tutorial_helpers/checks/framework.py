"""Every lesson: statements that are checked, and exercises that answer.

An exercise compares what the reader computed with what it computes itself, and with what comes
out of the mistakes that readers are known to make. It tells a hint, never the solution. Whatever
the answer is, nothing is raised but the reader's own interrupt.
"""

import copy
import inspect
import math
import re
import textwrap
from itertools import chain, islice
from numbers import Number
from typing import NamedTuple

import joblib
import numpy as np
from scipy.sparse import issparse

from .solved import EXERCISES, note

LOST = "what you were given no longer fits: run the cells above again, keep their names"
CHANGED = (
    "what you were given has changed: did your code do that? "
    "Run the cells above again, and give what you make of it a new name"
)
NOT_YET = "not yet; go through the task and your way once more, step by step"
MOST = 1_000_000  # numbers; no exercise asks for as many
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
    """What an exercise expects: the right value, and the known mistakes with their hints.

    A mistake is the value it leads to, or a function that recognises it in an answer of the right
    shape.
    """

    right: object
    mistakes: dict  # hint → mistake


def exercise(number, aim, others=None):
    """Turn a function that returns `Expected` into a checker of the reader's answer.

    Parameters
    ----------
    number : str
        Notebook and exercise, such as "03.1".
    aim : str
        What is to be computed, in a few words.
    others : callable, optional
        Makes a list of other data from the data of the exercise. If it is given, the answer must
        be a function of the data, right on all of them.

    Returns
    -------
    decorator : callable
        The checker takes the answer first and the data of the exercise after it, and prints what
        it thinks.

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
    >>> del EXERCISES["99.1"]
    """

    def decorate(expect):
        check = _checker(number, aim, lambda answer, *data: _judge(answer, expect, data, others))
        check.__name__ = expect.__name__
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        data = inspect.signature(expect).parameters.values()
        check.__signature__ = inspect.Signature([inspect.Parameter("answer", kind), *data])
        check.expect, check.others = expect, others
        return check

    return decorate


def vote(number, aim, right, hints):
    """Make the checker of a question with lettered options; the answer is one letter.

    Parameters
    ----------
    number, aim : str
        As in `exercise`.
    right : str
        The letter of the right option.
    hints : dict of str to str
        For each other letter why it tempts and where to look, not which one is right.

    Returns
    -------
    checker : callable
        Takes the letter as text, such as "B", "b" or "(B)", and prints what it thinks.

    Examples
    --------
    >>> check = vote("99.2", "what 2 + 2 is", "B", {"A": "that is 2 + 1", "C": "2 · 3 is no sum"})
    >>> check("A")
    ✗ Exercise 99.2: that is 2 + 1
    >>> check(" (b) ")
    ✓ Exercise 99.2, what 2 + 2 is: right
    >>> check("Z")
    ✗ Exercise 99.2: give one letter, A, B or C, such as "A"
    >>> del EXERCISES["99.2"]
    """
    verdicts = {right: "", **hints}
    *first, last = sorted(verdicts)
    asked = f'give one letter, {", ".join(first)} or {last}, such as "A"'

    def judge(answer):
        text = answer if type(answer) in (str, np.str_) else ""
        found = re.fullmatch(r"\s*\(?([A-Za-z])[).]?\s*", text)
        return None if answer is ... else verdicts.get(found and found[1].upper(), asked)

    check = _checker(number, aim, judge)
    check.__signature__, check.options = inspect.signature(judge), (right, hints)
    return check


def _checker(number, aim, judge):
    """Enter an exercise, and make the function that tells what ``judge`` thinks of an answer."""
    EXERCISES[number] = aim

    def check(answer, *data):
        try:
            verdict = judge(answer, *data)
        except KeyboardInterrupt:
            raise
        except BaseException:  # an answer may do anything while it is looked at
            verdict = NOT_YET
        if _changed_in_place(number, data) and verdict not in (None, LOST):
            verdict = CHANGED
        _tell(number, aim, verdict)

    # what a notebook shows of a function must not tell the solution
    check.__doc__, check.number = f"Check exercise {number}: {aim}.", number
    return check


def _tell(number, aim, verdict):
    """Print what is thought of an answer, and keep it for `progress`."""
    mark = {None: "○", "": "✓"}.get(verdict, "✗")
    told = {None: "not tried yet", "": "right"}.get(verdict)
    print(f"{mark} Exercise {number}, {aim}: {told}" if told else f"✗ Exercise {number}: {verdict}")
    note(number, mark)


def _changed_in_place(number, data):
    """Tell whether objects that were given before hold other numbers now."""
    try:
        now = {id(part): joblib.hash(part) for part in data}
    except Exception:
        return False
    before = _given.get(number, ((), {}))[1]
    first = now | {key: before[key] for key in now if key in before}
    _given[number] = data, first  # holds the data: no other object gets their ids
    return first != now


def _judge(answer, expect, data, others):
    """Return None for an untouched stub, "" for a right answer, else a hint."""
    if answer is ...:
        return None
    if answer is None:
        return "that is None: a function such as print shows a value, but returns nothing"
    try:
        with np.errstate(all="ignore"):
            trials = [data, *(others(*data) if others else [])]
            expected = [expect(*trial) for trial in trials]
        if not all(np.isfinite(np.asarray(e.right, dtype=float)).all() for e in expected):
            return LOST
    except Exception:
        return LOST
    if others is None:
        array, refused = _as_numbers(answer, expected[0].right)
        return refused or _compare([array], expected)
    if not callable(answer):
        return "a function is asked for: give its name alone, without brackets and arguments"
    arrays = []
    for trial, wanted in zip(trials, expected, strict=True):
        given, failed = _call(answer, trial)
        if given is ... and not arrays:
            return None
        array, refused = (None, failed) if failed else _as_numbers(given, wanted.right)
        if refused and not arrays:
            return refused
        arrays.append(array)
    return _compare(arrays, expected)


def _call(function, arguments):
    """Return what the reader's function returns, and what is to be said if it fails."""
    arguments = copy.deepcopy(arguments)  # it may work in place, the lesson goes on with the data
    try:
        answer = function(*arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return None, f"your function stopped with {_short(type(error).__name__)}: {_short(error)}"
    return answer, "your function returns nothing: where is its return?" if answer is None else ""


def _short(text):
    """Write what is not ours in one line that every screen can show."""
    return textwrap.shorten(str(text), 200, placeholder=" …").encode("utf-8", "replace").decode()


def _as_numbers(answer, right):
    """Return an answer as an array of floats, and what is to be said if it is none."""
    shape, kind = np.shape(right), _short(type(answer).__name__)
    refused = f"expected {f'numbers of shape {shape}' if shape else 'a number'}, got {kind}"
    try:
        if issparse(answer) and math.prod(answer.shape) <= MOST:
            answer = answer.toarray()
        if not _is_plain(answer):
            return None, refused + (": call it" if callable(answer) else "")
        if np.ma.is_masked(answer):
            return None, "some entries of your array are masked"
        array = np.asarray(answer)
    except Exception:
        return None, _among(answer, right) or refused
    if array.size > MOST:
        return None, f"the {_shape_told(array, shape)}"
    try:
        if array.dtype == object and all(isinstance(item, Number) for item in array.flat):
            array = array.astype(float)
        if np.iscomplexobj(array) and not array.imag.any():
            array = array.real
        return (array.astype(float), "") if array.dtype.kind in "biuf" else (None, refused)
    except OverflowError:
        return None, "that is far too large"
    except Exception:
        return None, refused


def _is_plain(answer):
    """Tell whether lists within lists end, in numbers or arrays; numpy might walk on forever."""
    level = [answer]
    for _ in range(8):
        lists = [item for item in level if isinstance(item, list | tuple | range)]
        others = (item for item in level if not isinstance(item, list | tuple | range | Number))
        if not all(hasattr(type(item), "__array__") for item in others):
            return False
        level = list(islice(chain.from_iterable(lists), MOST))
        if len(level) == MOST:
            return False
    return not level


def _among(answer, right):
    """Tell where the right numbers are among things that make no array, such as a few arrays."""
    if not isinstance(answer, list | tuple) or len(answer) > 9 or not _is_plain(answer):
        return ""
    parts = [_as_numbers(part, right)[0] for part in answer]
    for place, part in enumerate(parts):
        if part is not None and _same(part, right):
            return f"entry {place} of your {type(answer).__name__} is right: give it alone"
    if all(part is not None for part in parts):
        flat = np.concatenate([part.ravel() for part in parts])
        if _same(flat, np.ravel(right)):
            return f"the numbers are right: put them into one array of shape {np.shape(right)}"
    return ""


def _shape_told(answer, shape):
    return f"shape is {answer.shape}, expected {shape or 'a single number'}"


def _compare(answers, expected):
    """Return "" for answers that are right on all data, else a hint."""
    with np.errstate(all="ignore"):
        pairs = list(zip(answers, expected, strict=True))
        if all(_same(answer, wanted.right) for answer, wanted in pairs):
            return ""
        only_here = _same(answers[0], expected[0].right)
        for way in [pairs] if only_here else [pairs, pairs[:1]]:
            for hint in expected[0].mistakes:
                if all(_same(answer, wanted.mistakes[hint]) for answer, wanted in way):
                    return hint
        if only_here:
            return "right for these data, not for others: what in it does not vary?"
        return _look_at(*pairs[0])


def _look_at(answer, expected):
    """Return a hint that needs no known mistake, or one to a mistake that was rounded."""
    shape = np.shape(expected.right)
    if answer.shape != shape:
        flat = answer.size == math.prod(shape) and _same(answer.reshape(shape), expected.right)
        told = _shape_told(answer, shape)
        return f"the numbers are right, but their {told}" if flat else f"the {told}"
    if not np.all(np.isfinite(answer)):
        return "there is a NaN or an infinity in your answer"
    if _is_rounded(answer, expected.right):
        return "that is rounded: give more digits, or let Python compute it"
    for hint, mistake in expected.mistakes.items():
        if callable(mistake) and np.all(mistake(answer)):
            return hint
    typed = [hint for hint, wrong in expected.mistakes.items() if _is_rounded(answer, wrong)]
    return typed[0] if len(typed) == 1 else NOT_YET


def _is_rounded(answer, value):
    """Tell whether numbers are others, rounded or cut off after at most 12 decimals."""
    if callable(value) or answer.shape != np.shape(value):
        return False
    value = np.asarray(value, dtype=float)
    digits = next(
        (d for d in range(1, 13) if np.allclose(np.round(answer, d), answer, 1e-14, 0)), 0
    )
    off, unit = answer - value, 10.0**-digits
    rounded = np.abs(off) <= 0.5001 * unit
    cut = (np.abs(answer) <= np.abs(value)) & (np.abs(off) < unit)
    return digits > 0 and bool(answer.any()) and bool(rounded.all() or cut.all())


def _same(answer, value):
    """Tell whether an answer is a value, up to rounding errors; counts and indices are exact."""
    if answer is None or callable(value) or answer.shape != np.shape(value):
        return False
    exact = np.asarray(value).dtype.kind in "biu"
    value = np.asarray(value, dtype=float)
    scale = np.abs(value).max(initial=0)
    around = 1e-6 * scale if np.isfinite(scale) and not exact else 0
    rtol, atol = (0, 1e-6) if exact else (1e-6, around)
    return np.allclose(answer, value, rtol, atol, equal_nan=True)  # a known bug may lead to NaN
