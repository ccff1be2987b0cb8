"""Every exercise: the stub, right answers computed in other ways, and known mistakes with hints."""

from typing import NamedTuple

import numpy as np
import pytest

from tutorial_helpers import checks


class Case(NamedTuple):
    """One exercise as a test sees it. Answers are computed here, not by the checker."""

    check: object  # the checker
    data: tuple  # what the lesson passes after the answer
    right: list  # right answers, best by two different ways of computing
    wrong: dict  # a fragment of the hint → the wrong answer that must bring it


rng = np.random.default_rng(0)
CASES = {}

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


def said(capsys, case, answer):
    """Return what the checker prints for an answer."""
    case.check(answer, *case.data)
    return capsys.readouterr().out.strip()


def test_every_exercise_has_a_case():
    assert set(CASES) == set(checks.EXERCISES)


@pytest.mark.parametrize("number", CASES)
def test_untouched_stub_is_not_tried_yet(number, capsys):
    for stub in (..., None):
        assert said(capsys, CASES[number], stub).endswith("not tried yet")


@pytest.mark.parametrize("number", CASES)
def test_right_answers_pass(number, capsys):
    assert CASES[number].right
    for answer in CASES[number].right:
        assert said(capsys, CASES[number], answer).startswith("✓")


@pytest.mark.parametrize("number", CASES)
def test_known_mistakes_get_their_own_hint(number, capsys):
    case = CASES[number]
    assert len(case.wrong) >= 3
    hints = []
    for fragment, answer in case.wrong.items():
        hints.append(said(capsys, case, answer))
        assert fragment in hints[-1]
    assert len(set(hints)) == len(hints), "two mistakes get the same hint"


@pytest.mark.parametrize("number", CASES)
def test_nonsense_is_answered_not_raised(number, capsys):
    for nonsense in ("text", np.full(3, np.nan), [[1, 2], [3]], lambda *data: 1 / 0):
        assert said(capsys, CASES[number], nonsense).startswith("✗")
