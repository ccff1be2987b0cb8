"""Claims that fail when they should, and an exercise engine that never raises at a reader."""

import inspect

import numpy as np
import pytest

from tutorial_helpers import checks, claim, progress
from tutorial_helpers.checks import EXERCISES, Expected, exercise


@pytest.fixture
def fresh(monkeypatch):
    """Begin without exercises and without anything done."""
    monkeypatch.setattr(checks, "EXERCISES", {})
    monkeypatch.setattr(checks, "_state", {})
    monkeypatch.setattr(checks, "_given", {})
    return checks.EXERCISES


@pytest.fixture
def check_row(fresh):
    """Ask for twice a row; known mistakes: once, squared, doubled as a list."""

    @exercise("99.1", "twice the row")
    def check_row(a):
        """Compare with 2 a."""
        return Expected(2 * a, {"that is once": a, "not the square": a**2})

    return check_row


@pytest.fixture
def check_function(fresh):
    """Ask for a function that sums its arguments."""

    @exercise("99.2", "a sum")
    def check_function():
        """Compare with 5."""
        return Expected(5.0, {"not the product": 6.0}, ask=(2.0, 3.0))

    return check_function


ROW = np.array([1.0, 2.0, 3.0])


def said(capsys, check, *args):
    assert check(*args) is None
    return capsys.readouterr().out.strip()


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


# --- exercises


@pytest.mark.parametrize("stub", [None, ...])
def test_an_untouched_stub_is_not_tried_yet(check_row, check_function, stub, capsys):
    assert said(capsys, check_row, stub, ROW) == "○ Exercise 99.1, twice the row: not tried yet"
    assert said(capsys, check_function, stub).endswith("not tried yet")


@pytest.mark.parametrize(
    "answer", [2 * ROW, [2, 4, 6], (2.0, 4.0, 6.0), 2 * ROW + 1e-9, np.float32(2) * ROW]
)
def test_any_way_to_the_right_numbers_is_right(check_row, answer, capsys):
    assert said(capsys, check_row, answer, ROW) == "✓ Exercise 99.1, twice the row: right"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ROW, "that is once"),
        (ROW**2, "not the square"),
        (ROW + 10, "not yet"),
        (2 * ROW[:2], "the shape is (2,), expected (3,)"),
        (2 * ROW[None], "the numbers are right, but their shape is (1, 3), expected (3,)"),
        (ROW[None], "the shape is (1, 3), expected (3,)"),
        (3.0, "the shape is (), expected (3,)"),
        ([2, np.nan, 6], "NaN or an infinity"),
        ([2, np.inf, 6], "NaN or an infinity"),
        ("six", "expected numbers of shape (3,), got str"),
        ({"a": 2}, "got dict"),
        ([[2], [4, 6]], "got list"),
        (lambda a: 2 * a, "got function"),
        (object(), "got object"),
    ],
)
def test_every_other_answer_gets_a_hint(check_row, answer, told, capsys):
    out = said(capsys, check_row, answer, ROW)
    assert out.startswith("✗ Exercise 99.1: ")
    assert told in out


def test_functions_are_asked_and_their_errors_are_told(check_function, capsys):
    assert said(capsys, check_function, lambda a, b: a + b).endswith("right")
    assert "not the product" in said(capsys, check_function, lambda a, b: a * b)
    assert "stopped with ZeroDivisionError" in said(capsys, check_function, lambda a, b: a / 0)
    assert "stopped with TypeError" in said(capsys, check_function, lambda a: a)
    assert "expected a number, got str" in said(capsys, check_function, lambda a, b: "five")
    assert said(capsys, check_function, 5.0).endswith("right")  # the number itself is as good


def test_a_function_that_works_in_place_spoils_nothing(fresh, capsys):
    @exercise("99.3", "twice the row")
    def check_twice(a):
        return Expected(2 * a, {}, ask=(a,))

    def in_place(a):
        a *= 2
        return a

    row = ROW.copy()
    for _ in range(2):
        assert said(capsys, check_twice, in_place, row).endswith("right")
    np.testing.assert_array_equal(row, ROW)


def test_a_rounded_answer_is_told_so(fresh, capsys):
    @exercise("99.4", "two numbers")
    def check_numbers():
        return Expected([2.302585, 0.0126], {})

    for digits in (2, 3, 4):
        rounded = np.round([2.302585, 0.0126], digits)
        assert "more digits" in said(capsys, check_numbers, rounded)
    assert "not yet" in said(capsys, check_numbers, [2.31, 0.01])
    assert "more digits" in said(capsys, check_numbers, [2.302, 0.012])  # cut off
    assert "not yet" in said(capsys, check_numbers, [0.0, 0.0])
    assert "not yet" in said(capsys, check_numbers, [2.0, 0.0])


def test_numbers_are_rounded_as_at_school_and_small_ones_too(fresh, capsys):
    @exercise("99.5", "a number")
    def check_number(right):
        return Expected(right, {"that is doubled": 2 * right})

    for right, answer in ((5.25, 5.3), (5.25, 5.2), (9.7566e-7, 9.76e-7), (2.302585, 2.302)):
        check_number(..., right)  # the number has changed
        assert "more digits" in said(capsys, check_number, answer, right).split("\n")[-1]
    check_number(..., 9.7566e-7)
    assert "not yet" in said(capsys, check_number, 0, 9.7566e-7)
    check_number(..., 2.302585)
    assert "that is doubled" in said(capsys, check_number, 4.61, 2.302585)  # typed, not computed


def test_booleans_are_compared_as_well(fresh, capsys):
    @exercise("99.6", "two truths")
    def check_truths():
        return Expected(np.array([True, False]), {"the other one": np.array([False, True])})

    assert said(capsys, check_truths, [1.0, 0.0]).endswith("right")
    for answer in ([0.5, 0.1], [True, True], [3, 4]):
        assert "not yet" in said(capsys, check_truths, answer)


def test_an_answer_that_changes_what_it_was_given_is_told_so(check_row, capsys):
    row = ROW.copy()
    assert said(capsys, check_row, ..., row).endswith("not tried yet")
    row *= 2  # in place: the checker would be asked about other numbers
    for _ in range(2):
        assert "given has changed" in said(capsys, check_row, 2 * row, row)
    assert said(capsys, check_row, 2 * ROW, ROW.copy()).endswith("right")  # the cells ran again


def test_other_data_may_be_meant_to_be_other(check_row, capsys):
    assert said(capsys, check_row, ROW, ROW) == "✗ Exercise 99.1: that is once"
    assert "given has changed" in said(capsys, check_row, ROW[:2], ROW[:2])
    assert said(capsys, check_row, ROW[:2], ROW[:2]) == "✗ Exercise 99.1: that is once"
    assert said(capsys, check_row, 2 * ROW[1:], ROW[1:]).endswith("right")
    assert "no longer fits" in said(capsys, check_row, ROW, "spoilt")


def test_data_that_cannot_be_compared_is_no_reason_to_stop(check_function, check_row, capsys):
    endless = (i for i in ROW)
    assert "no longer fits" in said(capsys, check_row, ROW, endless)
    assert "stopped with SystemExit" in said(capsys, check_function, lambda a, b: exit())


def test_closeness_is_relative_to_the_size_of_the_answer(fresh, capsys):
    for number, size in enumerate([1e-9, 1.0, 1e9]):

        @exercise(f"98.{number}", "a size")
        def check_size(size=size):
            return Expected(np.array([size, 0.0]), {})

        assert said(capsys, check_size, [size * (1 + 1e-8), size * 1e-10]).endswith("right")
        assert "not yet" in said(capsys, check_size, [size * 1.001, 0.0])
        assert "not yet" in said(capsys, check_size, [size, size * 1e-3])


def test_progress_shows_the_last_answer_to_each_exercise(check_row, check_function, capsys):
    assert said(capsys, progress, "99") == "Exercises of this notebook: ○ 99.1  ○ 99.2"
    check_row(ROW, ROW)
    check_function(5.0)
    capsys.readouterr()
    assert said(capsys, progress, "99") == "Exercises of this notebook: ✗ 99.1  ✓ 99.2"
    check_row(2 * ROW, ROW)
    check_function(None)
    capsys.readouterr()
    assert said(capsys, progress, "99") == "Exercises of this notebook: ✓ 99.1  ○ 99.2"
    assert said(capsys, progress, "9") == "There is no exercise in this notebook."


def test_a_checker_keeps_its_name_and_what_it_says_of_itself(check_row):
    assert check_row.__name__ == "check_row"
    assert check_row.__doc__ == "Check exercise 99.1: twice the row."  # and not how
    assert list(inspect.signature(check_row).parameters) == ["answer", "a"]
    assert check_row.expect(ROW).right.tolist() == [2, 4, 6]


def test_exercises_are_numbered_by_notebook_without_gaps():
    by_notebook = {}
    for number in EXERCISES:
        notebook, count = number.split(".")
        by_notebook.setdefault(notebook, []).append(int(count))
    for notebook, counts in by_notebook.items():
        assert len(notebook) == 2
        assert counts == list(range(1, len(counts) + 1)), notebook


def test_every_checker_is_documented():
    checkers = [f for name, f in vars(checks).items() if name.startswith("check_")]
    assert len(checkers) == len(EXERCISES)
    assert all(checker.__doc__ for checker in checkers)
