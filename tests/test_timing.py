"""Timing on a clock that the test holds: order, warm-up, medians, table."""

from math import comb

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from tutorial_helpers import paired_ratio, prune_by_magnitude, time_calls, time_predict, timing


@pytest.fixture
def clock(monkeypatch):
    """Stop the clock: only what a test adds to ``clock[0]`` passes."""
    now = [0.0]
    monkeypatch.setattr(timing, "perf_counter", lambda: now[0])
    return now


def takes(clock, durations, log, name):
    """Make a contestant whose calls take the given seconds, one after the other."""
    left = iter(durations)

    def call():
        log.append(name)
        clock[0] += next(left)

    return call


def test_contestants_alternate_and_warm_up_does_not_count(clock):
    log = []
    contestants = {
        "a": takes(clock, [100, 100, 3, 1, 2], log, "a"),
        "b": takes(clock, [50, 70, 1, 1, 4], log, "b"),
    }
    timings = time_calls(contestants, repeats=3, warm_up=2)
    assert log == ["a", "b"] * 5
    assert timings.seconds["a"].tolist() == [3, 1, 2]
    assert timings.seconds["b"].tolist() == [1, 1, 4]
    assert [timings.median("a"), timings.median("b")] == [2, 1]
    assert timings.ratio("b") == 2
    assert timings.ratio("a") == 1


def test_a_slow_moment_moves_neither_median_nor_ratio(clock):
    log = []
    a, b = [2.0] * 9, [1.0] * 9
    a[4] = b[4] = 1000.0
    timings = time_calls(
        {"a": takes(clock, a, log, "a"), "b": takes(clock, b, log, "b")}, repeats=9, warm_up=0
    )
    assert timings.ratio("b") == 2


def test_the_table_has_a_row_for_each_with_medians_and_quartiles(clock):
    log = []
    contestants = {
        "slow one": takes(clock, [0.010, 0.012, 0.014, 0.016, 0.018], log, "a"),
        "quick": takes(clock, [0.007] * 5, log, "b"),
    }
    lines = repr(time_calls(contestants, repeats=5, warm_up=0)).splitlines()
    assert lines[0].split(maxsplit=3) == [
        "contestant",
        "median",
        "quartiles",
        "slow one is … times as slow",
    ]
    assert lines[1].split() == ["slow", "one", "14", "ms", "12–16", "ms", "1.00"]
    assert lines[2].split() == ["quick", "7", "ms", "7–7", "ms", "2.00"]
    assert "5 repeats, alternated" in lines[3]
    assert len({len(line) for line in lines[:3]}) == 1  # columns line up


def test_calls_that_are_quicker_than_the_clock_have_a_table(clock):
    contestants = {name: takes(clock, [s], [], name) for name, s in (("a", 1), ("b", 0), ("c", 0))}
    timings = time_calls(contestants, repeats=1, warm_up=0)
    assert timings.ratio("b") == np.inf
    timings.seconds.pop("a")
    assert np.isnan(timings.ratio("c"))
    assert [line.split()[-1] for line in repr(timings).splitlines()[1:3]] == ["nan", "nan"]


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.9997, "1000"), (0.0999, "99.9"), (0.09996, "100"), (12.5, "12500")]
)
def test_milliseconds_are_never_told_in_powers_of_ten(clock, seconds, told):
    timings = time_calls({"a": takes(clock, [seconds], [], "a")}, repeats=1, warm_up=0)
    expected = ["a", told, "ms", f"{told}–{told}", "ms", "1.00"]
    assert repr(timings).splitlines()[1].split() == expected


def test_the_number_of_threads_is_the_one_in_force():
    with threadpool_limits(1):
        assert time_calls({"nothing": int}, repeats=1).threads == 1


def test_predictions_are_timed_of_each_network_on_the_same_data(digits, clock):
    network, X, *_ = digits
    pruned, seen = prune_by_magnitude(network, 5), []

    class Watched:
        def __init__(self, inner, seconds):
            self.inner, self.seconds = inner, seconds

        def predict(self, X):
            seen.append((self.seconds, len(X)))
            clock[0] += self.seconds
            return self.inner.predict(X)

    networks = {"full": Watched(network, 4), "pruned": Watched(pruned, 1)}
    timings = time_predict(networks, X[:7], repeats=3, warm_up=1)
    assert seen == [(4, 7), (1, 7)] * 4
    assert timings.ratio("pruned") == 4


def test_a_real_clock_gives_positive_times(digits):
    network, X, *_ = digits
    timings = time_predict({"full": network}, X[:5], repeats=4)
    assert timings.seconds["full"].shape == (4,)
    assert np.all(timings.seconds["full"] > 0)


@pytest.mark.parametrize("contestants", [{}, {"a": 3}, [len], None, len])
def test_contestants_that_are_none_are_named(contestants):
    with pytest.raises(TypeError, match="contestants must be a dict of names and functions"):
        time_calls(contestants)


@pytest.mark.parametrize("networks", [[1], None, {"full": 3}, {"full": len}])
def test_networks_that_are_none_are_named(networks):
    with pytest.raises(TypeError, match="networks must be a dict of names and fitted networks"):
        time_predict(networks, [[0.0]])


def test_an_unfitted_network_says_so():
    with pytest.raises(NotFittedError):
        time_predict({"full": MLPClassifier()}, [[0.0]])


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [("repeats", 0, ValueError), ("repeats", 2.0, TypeError), ("warm_up", -1, ValueError)],
)
def test_counts_that_are_none_are_named(name, value, error):
    with pytest.raises(error, match=f"{name} must be a whole number of at least"):
        time_calls({"nothing": int}, **{name: value})


def test_no_networks_at_all_is_an_error():
    with pytest.raises(TypeError, match=r"got \{\}"):
        time_predict({}, [[0.0]])


@pytest.mark.parametrize("rounds", [6, 7, 8, 9, 12, 40, 101])
def test_the_interval_is_the_narrowest_that_coins_allow(rounds):
    ratios = np.random.default_rng(rounds).permutation(np.arange(1.0, rounds + 1))
    low, middle, high = paired_ratio(3 * ratios, np.full(rounds, 3))
    assert middle == (rounds + 1) / 2
    assert low + high == rounds + 1

    def missed(rank):  # fewer than rank of the coins fall on one side, or on the other
        return 2 * sum(comb(rounds, heads) for heads in range(rank)) / 2**rounds

    assert missed(int(low)) <= 0.05 < missed(int(low) + 1)


def test_a_ratio_is_taken_within_its_round():
    slow = np.array([1, 9, 2, 7, 3, 5, 8])
    assert paired_ratio(20 * slow, 10 * slow) == (2, 2, 2)
    assert paired_ratio(20 * slow, 10 * slow[::-1])[0] < 2


@pytest.mark.parametrize(("first", "second"), [([1] * 5, [1] * 5), ([1] * 6, [1] * 7), (6, 6)])
def test_rounds_that_do_not_match_or_are_too_few(first, second):
    with pytest.raises(ValueError, match="six rounds or more"):
        paired_ratio(first, second)
