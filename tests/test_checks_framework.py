"""Claims that fail when they should, and an exercise engine that never raises at a reader."""

import ast
import inspect
import itertools
import re
from fractions import Fraction
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from scipy import sparse

from tutorial_helpers import checks, claim, progress
from tutorial_helpers.checks import Expected, exercise, framework, solved, vote


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Begin without exercises and without anything done."""
    monkeypatch.setattr(framework, "_given", {})
    with (
        mock.patch.dict(solved.EXERCISES, clear=True),
        mock.patch.dict(solved._state, clear=True),
    ):
        yield


@pytest.fixture
def check_row():
    """Ask for twice a row."""

    @exercise("99.1", "twice the row")
    def check_row(a):
        """Compare with 2 a."""
        return Expected(2 * a, {"that is once": a, "not the square": a**2})

    return check_row


@pytest.fixture
def check_function():
    """Ask for a function that sums its arguments."""

    @exercise("99.2", "a sum", others=lambda a, b: [(a + 1, b), (a, -b)])
    def check_function(a, b):
        """Compare with a + b."""
        return Expected(a + b, {"not the product": a * b, "one of them alone": b})

    return check_function


@pytest.fixture
def check_number():
    """Ask for the number itself."""

    @exercise("99.3", "a number")
    def check_number(right):
        return Expected(right, {"that is doubled": 2 * right})

    return check_number


ROW = np.array([1.0, 2.0, 3.0])


@pytest.fixture
def said(capsys):
    """Tell what a checker prints about an answer, behind the number and the aim."""

    def said(check, *args):
        assert check(*args) is None
        line = capsys.readouterr().out
        assert line.count("\n") == 1
        return line.strip()

    return said


# --- claims


@pytest.mark.parametrize("true", [True, np.True_, np.array([True, True]), np.ones((2, 2)) > 0])
def test_a_true_claim_is_printed(true, capsys):
    claim("all is well", true)
    assert capsys.readouterr().out == "✓ all is well\n"


@pytest.mark.parametrize("false", [False, np.False_, [True, False], np.float64(1) > np.nan])
def test_a_false_claim_stops_with_its_values_and_prints_nothing(false, capsys):
    with pytest.raises(AssertionError, match=r"^✗ all is well: k = 3, error = 0.5$"):
        claim("all is well", false, k=3, error=0.5)
    assert capsys.readouterr().out == ""


def test_without_values_only_the_sentence_is_told():
    with pytest.raises(AssertionError, match=r"^✗ all is well$"):
        claim("all is well", False)


@pytest.mark.parametrize("none", [1.0, 0, "yes", None, [], np.array([], bool), 1e-16, [1, 2]])
def test_what_cannot_be_false_is_no_condition(none):
    with pytest.raises(TypeError, match="must be True or False, got"):
        claim("all is well", none)


# --- answers that are values


def test_an_untouched_stub_is_not_tried_yet(check_row, check_function, said):
    assert said(check_row, ..., ROW) == "○ Exercise 99.1, twice the row: not tried yet"
    assert said(check_function, ..., 2, 3).endswith("not tried yet")
    assert said(check_function, lambda a, b: ..., 2, 3).endswith("not tried yet")


@pytest.mark.parametrize(
    "answer",
    [
        2 * ROW,
        [2, 4, 6],
        (2.0, 4.0, 6.0),
        range(2, 7, 2),
        2 * ROW + 1e-9,
        np.float32(2) * ROW,
        2 * ROW + 0j,
        [Fraction(2), np.float64(4), 6],
        np.array([2, 4, 6], dtype=object),
        np.ma.array(2 * ROW),
        sparse.coo_array(2 * ROW),
    ],
)
def test_any_way_to_the_right_numbers_is_right(check_row, answer, said):
    assert said(check_row, answer, ROW) == "✓ Exercise 99.1, twice the row: right"


def nested():
    """Make a list that holds itself twice: numpy would unfold it forever."""
    inner = []
    inner.extend([inner, inner])
    return inner


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "that is None: a function such as print"),
        (ROW, "that is once"),
        (ROW**2, "not the square"),
        (ROW + 10, "not yet"),
        (2 * ROW[:2], "the shape is (2,), expected (3,)"),
        (2 * ROW[None], "the numbers are right, but their shape is (1, 3), expected (3,)"),
        (ROW[None], "the shape is (1, 3), expected (3,)"),
        (3.0, "the shape is (), expected (3,)"),
        ([2, np.nan, 6], "NaN or an infinity"),
        ([2, np.inf, 6], "NaN or an infinity"),
        ([2, 10**400, 6], "far too large"),
        (np.ma.array(2 * ROW, mask=[1, 0, 0]), "masked"),
        (np.broadcast_to(2.0, (10**6, 10**6)), "the shape is (1000000, 1000000), expected (3,)"),
        (sparse.coo_array((10**6, 10**6)), "expected numbers of shape (3,), got coo_array"),
        (range(10**12), "got range"),
        ("six", "expected numbers of shape (3,), got str"),
        (["2", "4", "6"], "got list"),
        (np.array(["2", "4", "6"], dtype=object), "got ndarray"),
        (np.array([2, 4, 6], dtype="m8[s]"), "got ndarray"),
        ([2, 4, 6j], "got list"),
        ({"a": 2}, "got dict"),
        ([[2], [4, 6]], "the numbers are right: put them into one array of shape (3,)"),
        ([[3], [4, 6]], "got list"),
        ((2 * ROW, [], 3), "entry 0 of your tuple is right: give it alone"),
        (lambda a: 2 * a, "got function: call it"),
        (ROW.cumsum, "got builtin_function_or_method: call it"),
        (itertools.count(), "got count"),
        (nested(), "got list"),
        (object(), "got object"),
    ],
)
def test_every_other_answer_gets_a_hint(check_row, answer, told, said):
    out = said(check_row, answer, ROW)
    assert out.startswith("✗ Exercise 99.1: ")
    assert told in out


def test_a_mistake_may_be_recognised_by_a_function(check_number, said):
    @exercise("99.4", "three numbers that grow")
    def check_growing():
        return Expected([1.0, 2, 3], {"they fall": lambda a: np.diff(a) < 0, "that way": [3, 2, 1]})

    assert said(check_growing, [9, 8, 7]) == "✗ Exercise 99.4: they fall"
    assert said(check_growing, [3, 2, 1]) == "✗ Exercise 99.4: that way"  # what is known exactly
    assert "not yet" in said(check_growing, [1, 1, 1])
    assert "the shape is (2,)" in said(check_growing, [2, 1])
    assert "NaN" in said(check_growing, [3, 2, np.nan])


@pytest.mark.parametrize("digits", [2, 3, 4])
def test_a_rounded_answer_is_told_so(digits, check_number, said):
    right = np.array([2.302585, 0.0126])
    assert "more digits" in said(check_number, np.round(right, digits), right)


@pytest.mark.parametrize("cut_off", [[2.302, 0.012]])
def test_an_answer_that_was_cut_off_is_told_so(cut_off, check_number, said):
    assert "more digits" in said(check_number, cut_off, np.array([2.302585, 0.0126]))


@pytest.mark.parametrize("wrong", [[2.31, 0.01], [0.0, 0.0], [2.0, 0.0], [2.302, 0.013]])
def test_an_answer_with_few_digits_may_be_wrong(wrong, check_number, said):
    assert "not yet" in said(check_number, wrong, np.array([2.302585, 0.0126]))


@pytest.mark.parametrize(
    ("right", "answer", "told"),
    [
        (5.25, 5.3, "more digits"),
        (5.25, 5.2, "more digits"),
        (9.7566e-7, 9.76e-7, "more digits"),
        (2.302585, 2.302, "more digits"),
        (9.7566e-7, 0, "not yet"),
        (2.302585, 4.61, "that is doubled"),  # typed, not computed
    ],
)
def test_numbers_are_rounded_as_at_school_and_small_ones_too(
    right, answer, told, check_number, said
):
    assert told in said(check_number, answer, right)


def test_a_rounded_number_that_two_mistakes_lead_to_is_not_told_either(said):
    @exercise("99.4", "one")
    def check_one():
        return Expected(1.0, {"first": 2.0011, "second": 2.0012})

    assert said(check_one, 2.0011) == "✗ Exercise 99.4: first"
    assert "not yet" in said(check_one, 2.001)


@pytest.mark.parametrize("answer", [[0.5, 0.1], [True, True], [3, 4]])
def test_booleans_are_compared_as_well(answer, check_number, said):
    truths = np.array([True, False])
    assert said(check_number, [1.0, 0.0], truths).endswith("right")
    assert "not yet" in said(check_number, answer, truths)


def test_a_count_is_exact_however_large(check_number, said):
    assert said(check_number, 5e7, 50_000_000).endswith("right")
    for wrong in (50_000_001, 49_999_999, 50_000_000.5):
        assert "not yet" in said(check_number, wrong, 50_000_000)


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_closeness_is_relative_to_the_size_of_the_answer(size, check_number, said):
    right = np.array([size, 0.0])
    assert said(check_number, [size * (1 + 1e-8), size * 1e-10], right).endswith("right")
    assert "not yet" in said(check_number, [size * 1.001, 0.0], right)
    assert "not yet" in said(check_number, [size, size * 1e-3], right)


# --- answers that are functions


def test_functions_are_asked_and_their_errors_are_told(check_function, said):
    assert said(check_function, lambda a, b: a + b, 2, 3).endswith("right")
    assert said(check_function, lambda *both: sum(both), 2, 3).endswith("right")
    for function, told in (
        (lambda a, b: a * b, "not the product"),
        (lambda a, b: a / 0, "stopped with ZeroDivisionError"),
        (lambda a: a, "stopped with TypeError"),
        (lambda a, b: "five", "expected a number, got str"),
        (lambda a, b: exit(), "stopped with SystemExit"),
        (lambda a, b: print(end=""), "where is its return"),
        (lambda a, b: (yield a), "got generator"),
    ):
        assert told in said(check_function, function, 2, 3)


@pytest.mark.parametrize("value", [5, 6, ROW, "five", [len]])
def test_a_value_is_no_function(value, check_function, said):
    assert "a function is asked for" in said(check_function, value, 2, 3)


def test_a_function_must_be_right_on_other_data_as_well(check_function, said):
    """What it says of other data tells nothing of what went wrong on those of the reader."""
    for function in (
        lambda a, b: 5,
        lambda a, b: 5 if a == 2 else a * b,
        lambda a, b: 5 if a == 2 else 1 / 0,
        lambda a, b: 5 if a == 2 else None,
        lambda a, b: 5 if a == 2 else "six",
        lambda a, b: 2 + abs(b) if a == 2 else a + b,
    ):
        assert "right for these data, not for others" in said(check_function, function, 2, 3)


def test_a_mistake_is_told_by_all_data_if_they_tell_more(check_function, said):
    assert "one of them alone" in said(check_function, lambda a, b: b, 2, 2)
    assert "not the product" in said(check_function, lambda a, b: a * b, 2, 2)  # right on these
    assert "not the product" in said(check_function, lambda a, b: 6, 2, 3)  # on these alone


def test_a_function_that_works_in_place_spoils_nothing(said):
    @exercise("99.4", "twice the row", others=lambda a: [(a + 1,)])
    def check_twice(a):
        return Expected(2 * a, {})

    buffer = np.empty(3)

    def in_place(a):
        a *= 2
        return a

    def always_the_same_array(a):
        return np.multiply(2, a, out=buffer)

    row = ROW.copy()
    for function in (in_place, in_place, always_the_same_array):
        assert said(check_twice, function, row).endswith("right")
    np.testing.assert_array_equal(row, ROW)


def test_what_is_not_ours_is_told_in_one_short_line(check_function, check_row, said):
    def stop(a, b):
        raise type("E" * 999, (Exception,), {})("two\nlines \ud800 " + "and more " * 999)

    assert len(said(check_function, stop, 2, 3)) < 500
    assert len(said(check_row, type("N" * 999, (), {})(), ROW)) < 300

    class Speechless(Exception):
        def __str__(self):
            raise ValueError("no")

    def speechless(a, b):
        raise Speechless

    assert "not yet" in said(check_function, speechless, 2, 3)


def test_the_readers_own_interrupt_gets_through(check_row, check_function):
    """So that a function that never ends can be stopped, and the cells after it do not run."""

    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    slow = type("Slow", (), {"__array__": interrupt})()
    for check, answer, *data in ((check_function, interrupt, 2, 3), (check_row, slow, ROW)):
        with pytest.raises(KeyboardInterrupt):
            check(answer, *data)


def buggy_mean(a):
    return a[1:].sum() / len(a)


def buggy_shares(a):
    with np.errstate(invalid="ignore"):
        return np.append(a, 0) / np.append(a, 0)  # NaN at the end


def buggy_shape(a):
    return a[None]


@pytest.mark.parametrize(
    ("buggy", "right"),
    [
        (buggy_mean, np.mean),
        (buggy_shares, lambda a: np.append(a / a.sum(), 0)),
        (buggy_shape, lambda a: 2 * a),
    ],
)
def test_the_bug_left_in_is_told_by_its_own_hint(buggy, right, said):
    """Whatever it leads to: wrong numbers, NaN, or another shape."""

    @exercise("99.4", "a mended function", others=lambda a: [(a[::-1],), (a + 1,)])
    def check_mended(a):
        return Expected(right(a), {"follow one entry through the lines": buggy(a)})

    assert said(check_mended, ..., ROW).endswith("not tried yet")
    assert said(check_mended, buggy, ROW) == "✗ Exercise 99.4: follow one entry through the lines"
    assert said(check_mended, right, ROW).endswith("right")


def test_a_bug_that_shows_on_other_data_alone_is_told_as_well(said):
    @exercise("99.4", "the largest size", others=lambda a: [(-a,)])
    def check_largest(a):
        return Expected(np.abs(a).max(), {"what of negative numbers?": a.max()})

    assert said(check_largest, np.max, ROW) == "✗ Exercise 99.4: what of negative numbers?"


# --- answers that are letters


@pytest.fixture
def check_vote():
    """Ask for B of three options."""
    return vote("99.5", "which one", "B", {"A": "it is long, but", "C": "look at the sign"})


@pytest.mark.parametrize("answer", ["B", "b", " b ", "B)", "(B)", " (b) ", "B.", np.str_("B")])
def test_a_letter_may_be_written_in_many_ways(answer, check_vote, said):
    assert said(check_vote, answer) == "✓ Exercise 99.5, which one: right"


@pytest.mark.parametrize(("answer", "hint"), [("a", "it is long, but"), ("C)", "look at the sign")])
def test_each_wrong_letter_has_its_hint(answer, hint, check_vote, said):
    assert said(check_vote, answer) == f"✗ Exercise 99.5: {hint}"


def test_a_vote_is_one_exercise_among_others(check_row, check_vote, said):
    assert said(check_vote, ...) == "○ Exercise 99.5, which one: not tried yet"
    assert said(progress, "99") == "Exercises of this notebook: ○ 99.1  ○ 99.5"
    said(check_vote, "B")
    assert said(progress, "99") == "Exercises of this notebook: ○ 99.1  ✓ 99.5"


def test_a_vote_does_not_tell_its_letter(check_vote):
    assert check_vote.__doc__ == "Check exercise 99.5: which one."
    assert str(inspect.signature(check_vote)) == "(answer)"
    assert not re.search(r"\bB\b", repr(check_vote) + inspect.getsource(check_vote))


# --- the data of an exercise


def test_an_answer_that_changes_what_it_was_given_is_told_so(check_row, said):
    row = ROW.copy()
    assert said(check_row, ..., row).endswith("not tried yet")
    row *= 2  # in place: the checker would be asked about other numbers
    for _ in range(2):
        assert "given has changed" in said(check_row, 2 * row, row)
    assert said(check_row, ..., row).endswith("not tried yet")  # that did nothing
    assert said(check_row, 2 * ROW, ROW.copy()).endswith("right")  # the cells ran again


def test_a_function_that_changes_the_lessons_data_is_told_so(said):
    @exercise("99.4", "twice the row", others=lambda a: [(a + 1,)])
    def check_twice(a):
        return Expected(2 * a, {})

    row = ROW.copy()

    def outside(a):
        row[:] = 0
        return 2 * a

    assert said(check_twice, ..., row).endswith("not tried yet")
    assert "given has changed" in said(check_twice, outside, row)


def test_nobody_is_accused_of_data_that_were_changed_on_purpose(check_row, check_function, said):
    """The reader asks again about another column, say: another object, not the same changed."""
    assert said(check_row, ROW, ROW) == "✗ Exercise 99.1: that is once"
    assert said(check_row, ROW[:2], ROW[:2]) == "✗ Exercise 99.1: that is once"
    assert said(check_row, 2 * ROW[1:], ROW[1:]).endswith("right")
    assert "not the product" in said(check_function, lambda a, b: a * b, 2, 3)
    assert "not the product" in said(check_function, lambda a, b: a * b, 2, 5)
    assert "no longer fits" in said(check_row, ROW, "spoilt")


@pytest.mark.parametrize("spoilt", [None, "text", np.full(3, np.nan), (i for i in ROW), object()])
def test_data_that_no_answer_could_fit_are_told(spoilt, check_row, check_function, said):
    assert "no longer fits" in said(check_row, ROW, spoilt)
    assert "no longer fits" in said(check_function, lambda a, b: a, spoilt, 1)
    assert "no longer fits" in said(check_row, ROW, ROW, ROW)


# --- what a notebook shows


def test_progress_shows_the_last_answer_to_each_exercise(check_row, check_function, said):
    assert said(progress, "99") == "Exercises of this notebook: ○ 99.1  ○ 99.2"
    said(check_row, ROW, ROW)
    said(check_function, lambda a, b: a + b, 2, 3)
    assert said(progress, "99") == "Exercises of this notebook: ✗ 99.1  ✓ 99.2"
    said(check_row, 2 * ROW, ROW)
    said(check_function, ..., 2, 3)
    assert said(progress, "99") == "Exercises of this notebook: ✓ 99.1  ○ 99.2"
    assert said(progress, "9") == "There is no exercise in this notebook."


def test_a_checker_keeps_its_name_and_what_it_says_of_itself(check_row):
    assert check_row.__name__ == "check_row"
    assert check_row.__doc__ == "Check exercise 99.1: twice the row."  # and not how
    assert list(inspect.signature(check_row).parameters) == ["answer", "a"]
    assert check_row.expect(ROW).right.tolist() == [2, 4, 6]


# --- the files of the package

FILES = sorted(Path(checks.__file__).parent.glob("lesson_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_exercises_stands_alone_and_may_be_renumbered(path):
    source = path.read_text(encoding="utf-8")
    number = path.stem.removeprefix("lesson_")
    assert len(number) == 2
    assert source.startswith('"""Exercises of the ')
    imported = {
        "." * node.level + (node.module or "").partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
    } | {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert imported <= {".framework", "numpy", "scipy"}
    checkers = [
        it for it in vars(checks).values() if inspect.isfunction(it) and hasattr(it, "number")
    ]
    numbers = [it.number for it in checkers if it.number.startswith(number)]
    # an exercise to investigate may go without a checker
    assert numbers
    assert numbers == sorted(set(numbers), key=lambda it: int(it.partition(".")[2]))
    written = [
        (node.lineno, node.args[0].value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("exercise", "vote")
    ]
    # the questions for the day after, t05.1 and so on, have tests of their own
    assert numbers == [it for _, it in sorted(written) if not it.startswith("t")]
