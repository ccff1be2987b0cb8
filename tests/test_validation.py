"""Questions to arguments, and the thread of linear algebra."""

import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from tutorial_helpers._validation import check_choice, check_k, check_kept, one_thread


def threads():
    return {
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    }


@pytest.mark.skipif(sys.platform == "emscripten", reason="a browser has one thread")
def test_one_thread_inside_and_the_readers_own_number_after():
    with threadpool_limits(2, user_api="blas"):
        assert one_thread(threads)() == {1}
        assert threads() == {2}
        with pytest.raises(ZeroDivisionError):
            one_thread(lambda: 1 / 0)()
        assert threads() == {2}


def test_a_k_of_numpy_becomes_an_int():
    assert type(check_k(np.int8(3), 5, "columns")) is int
    with pytest.raises(ValueError, match=r"size must be a whole number of at least 1 \(a\), got 0"):
        check_k(0, np.inf, "a", name="size")


def test_kept_indices_and_choices():
    assert check_kept([2, 0], 3).tolist() == [2, 0]
    with pytest.raises(
        ValueError, match="kept must hold one or more different neurons from 0 to 2"
    ):
        check_kept([], 3)
    assert check_choice("a", {"a": 1}, "way") == 1
    assert check_choice(len, {"a": 1}, "way") is len
    with pytest.raises(ValueError, match="way must be one of 'a', or a function; got 'b'"):
        check_choice("b", {"a": 1}, "way")
