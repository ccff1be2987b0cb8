"""Comparisons: intervals against scipy, and everything that is shown is counted."""

import numpy as np
import pytest
from scipy import stats

from tutorial_helpers import Comparisons, load_study, paired_differences
from tutorial_helpers.studies import Study

KS = np.array([10, 20, 50])


@pytest.fixture
def study():
    rng = np.random.default_rng(0)
    tables = [{name: rng.random((8, 3)) for name in "abcd"} for _ in range(2)]
    return Study(KS, np.arange(8), *tables)


def test_intervals_are_those_of_the_paired_t_test():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 8, 5))
    for comparisons, confidence in ((None, 0.95), (1, 0.9), (12, 0.95)):
        found = paired_differences(a, b, comparisons=comparisons, confidence=confidence)
        level = 1 - (1 - confidence) / (comparisons or 5)
        expected = stats.ttest_rel(a, b).confidence_interval(level)
        assert np.allclose(found.low, expected.low)
        assert np.allclose(found.high, expected.high)
        assert np.allclose(found.mean, a.mean(axis=0) - b.mean(axis=0))


def test_the_intervals_hold_all_at_once_as_often_as_they_say():
    rng = np.random.default_rng(1)
    misses = 0
    for _ in range(600):
        shared = rng.normal(size=(10, 6))  # what both methods have from the seed
        a, b = shared + rng.normal(size=(2, 10, 6))
        _, low, high = paired_differences(a, b)
        misses += np.any((low > 0) | (high < 0))
    # 5 % of 600 is 30 at the most, with a standard deviation of 5.3
    assert 10 < misses < 30 + 4 * 5.3


def test_methods_that_never_differ_have_an_interval_of_length_zero():
    found = paired_differences(np.ones((4, 2)), np.ones((4, 2)))
    assert found.low.tolist() == found.high.tolist() == [0, 0]


@pytest.mark.parametrize(("a", "b"), [((3, 2), (3, 3)), ((1, 2), (1, 2)), ((3,), (3,))])
def test_pairs_that_do_not_fit_are_named(a, b):
    with pytest.raises(ValueError, match="two arrays of the same shape"):
        paired_differences(np.ones(a), np.ones(b))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 95}, "confidence must lie between 0 and 1, such as 0.95; got 95"),
        ({"confidence": np.nan}, "confidence must lie between 0 and 1"),
        ({"comparisons": 0}, "comparisons must be a whole number of at least 1"),
    ],
)
def test_intervals_that_mean_nothing_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        paired_differences(np.ones((4, 2)), np.zeros((4, 2)), **options)


def test_every_interval_is_widened_by_all_that_are_planned(study):
    plan = {"first": ("a", "b"), "second": ("c", "d")}
    comparisons = Comparisons({"one": study, "two": study}, plan)
    assert comparisons.count == 2 * 2 * 2 * 3
    for measure, table in (("accuracy", study.accuracy), ("agreement", study.agreement)):
        found = comparisons.difference("second", "two", measure)
        level = 1 - 0.05 / 24
        expected = stats.ttest_rel(table["c"], table["d"]).confidence_interval(level)
        assert np.allclose([found.low, found.high], [expected.low, expected.high])


def test_an_interaction_is_a_difference_of_differences(study):
    plan = {"interaction": ("a", "b", "c", "d")}
    found = Comparisons({"one": study}, plan, measures=["accuracy"]).difference(
        "interaction", "one"
    )
    a, b, c, d = (study.accuracy[name] for name in "abcd")
    expected = stats.ttest_1samp(a - b - c + d, 0).confidence_interval(1 - 0.05 / 3)
    assert np.allclose([found.low, found.high], [expected.low, expected.high])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("third", "one"), "comparison 'third' is not in the plan"),
        (("first", "two"), "study 'two' is not in the plan"),
        (("first", "one", "agreement"), "measure 'agreement' is not in the plan"),
    ],
)
def test_what_was_not_planned_is_not_told(study, asked, message):
    comparisons = Comparisons({"one": study}, {"first": ("a", "b")}, measures=["accuracy"])
    with pytest.raises(KeyError, match=message):
        comparisons.difference(*asked)


def test_a_plan_that_the_tables_cannot_answer_is_refused(study):
    with pytest.raises(ValueError, match=r"the study 'one' has no \['x', 'y'\]"):
        Comparisons({"one": study}, {"first": ("a", "x"), "second": ("y", "b")})
    with pytest.raises(ValueError, match="two methods, or four for an interaction"):
        Comparisons({"one": study}, {"first": ("a", "b", "c")})
    lone = Study(KS, np.arange(1), {"a": np.ones((1, 3)), "b": np.ones((1, 3))}, {})
    with pytest.raises(ValueError, match="study 'one' has 1 seed"):
        Comparisons({"one": lone}, {"first": ("a", "b")}, measures=["accuracy"])


def test_stored_tables_can_be_asked():
    study = load_study("digits")
    plan = {"correction": ("magnitude + least squares", "magnitude + none")}
    comparisons = Comparisons({"digits": study}, plan, measures=["accuracy"])
    assert np.all(comparisons.difference("correction", "digits").low > 0)
