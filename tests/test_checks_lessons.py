"""Every exercise: known mistakes that differ, one case worked out apart, and rubbish."""

import copy
import itertools
import json
import re
from fractions import Fraction
from pathlib import Path
from unittest import mock

import lesson_rules
import numpy as np
import pytest
from exercise_data import drawn, in_files, of_the_lessons
from exercises import Case
from scipy import sparse
from scipy.linalg import qr
from sklearn.metrics import log_loss

from tutorial_helpers import checks
from tutorial_helpers.checks import framework, solved

EVERY = {name: it for name, it in vars(checks).items() if name.startswith("check_")}
VOTES = {name: it for name, it in EVERY.items() if hasattr(it, "options")}
CHECKERS = {name: it for name, it in EVERY.items() if name not in VOTES}
LESSONS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Begin with nothing done."""
    monkeypatch.setattr(framework, "_given", {})
    with mock.patch.dict(solved._state, clear=True):
        yield


@pytest.fixture
def said(capsys):
    """Tell what a checker prints about an answer."""

    def said(name, answer, data):
        CHECKERS[name](answer, *data)
        line = capsys.readouterr().out
        assert line.count("\n") == 1
        return line.strip()

    return said


# --- the known mistakes


@pytest.fixture(scope="module")
def data():
    return {"lesson": of_the_lessons()} | {f"drawn {seed}": drawn(seed) for seed in range(3)}


def expected(checker, given):
    """Ask a checker what it expects."""
    with np.errstate(all="ignore"):
        return checker.expect(*given)


def submit(checker, mine, pick):
    """Hand in a part of what a checker expects, the way the exercise asks for it."""
    return (lambda *data: pick(expected(checker, data))) if checker.others else pick(mine)


def short(answer, width=40):
    """Write an answer in few characters."""
    if callable(answer):
        return "a function"
    numbers = {"threshold": 6, "edgeitems": 2, "precision": 3, "suppress_small": True}
    text = " ".join(np.array2string(np.asarray(answer), **numbers).split())
    return text if len(text) <= width else text[: width - 2] + " …"


@pytest.mark.parametrize("name", CHECKERS)
@pytest.mark.parametrize("source", ["lesson", "drawn 0", "drawn 1", "drawn 2"])
def test_every_mistake_differs_from_the_right_answer_and_from_every_other(
    name, source, data, said, record_property
):
    """Handed in, each gets its own hint: not a ✓, and not the hint of one that comes before it."""
    checker, given = CHECKERS[name], data[source][name]
    mine = expected(checker, given)
    assert said(name, submit(checker, mine, lambda it: it.right), given).startswith("✓")
    hints = [hint for hint, mistake in mine.mistakes.items() if not callable(mistake)]
    assert len(hints) >= 4
    for hint in hints:
        answer = submit(checker, mine, lambda it, hint=hint: it.mistakes[hint])
        assert said(name, answer, given) == f"✗ Exercise {checker.number}: {hint}"
        if source == "lesson":  # conftest.py reports it
            record_property("mistake", f"{checker.number}  {short(answer)}  →  {hint}")


# --- one case each, worked out apart


rng = np.random.default_rng(0)
CASES = {}

CASES["check_removed_fraction"] = Case(
    (100, 1000),
    Fraction(9, 10),
    [("fraction that stays", 0.1), ("percent sign", 90), ("those that go, and of all", 10)],
)
CASES["check_guess_loss"] = Case(
    (10,),
    log_loss([0, 3], np.full((2, 10), 0.1), labels=range(10)),
    [("natural", 1.0), ("minus sign", -2.302585), ("print", print(end="")), ("rounded", 2.3)],
)
CASES["check_parameter_count"] = Case(
    ([64, 300, 200, 10],),
    np.float32(19_500 + 60_200 + 2_010),
    [("the biases are missing", 81_200), ("input layer", 81_774), ("those are the neurons", 510)],
)

p01, Y01 = rng.dirichlet(np.ones(4), size=30), np.eye(4)[rng.integers(4, size=30)]


def loss01(beta):
    E = np.exp(np.log(p01) + beta)
    return -np.mean(np.log((Y01 * E).sum(axis=1) / E.sum(axis=1)))


CASES["check_bias_gradient"] = Case(
    (p01, Y01),
    [(loss01(e) - loss01(-e)) / 2e-5 for e in 1e-5 * np.eye(4)],  # finite differences
    [("not a sum", sum(p01 - Y01)), ("the sign", sum(Y01 - p01) / 30)],
)

Z02 = np.array([[0.0, 2, 0, 0, 1], [0, 0, 3, 0, 1], [0, 0, 0, 0, 0]])
U02 = rng.normal(size=(5, 3))
CASES["check_dead_neurons"] = Case(
    (Z02, np.array([True, False, False, False, False])),
    [1, 0, 0, 1, 0],
    [("at least once", [True] * 5), ("their indices", [0, 3]), ("counts", [0, 1, 1, 0, 2])],
)
W02 = rng.normal(size=(3, 5))
enters02 = np.array([sum(w**2) ** 0.5 for w in W02.T])
leaves02 = np.array([sum(u**2) ** 0.5 for u in U02])
CASES["check_unit_free_size"] = Case(
    (W02, U02),
    np.float32(np.sqrt(np.diag(W02.T @ W02) * np.diag(U02 @ U02.T))),
    [
        ("a sum", enters02 + leaves02),
        ("no need to scale", enters02 * leaves02 / max(enters02 * leaves02)),
        ("a simpler number", 2 * enters02 * leaves02),
        ("a simpler number", enters02 * leaves02 / np.mean(enters02 * leaves02)),
        ("upside down", 1 / enters02 / leaves02),
        ("a simpler number", np.log(enters02) + np.log(leaves02)),
        ("rounded", np.round(enters02 * leaves02, 4)),
    ],
)

A03 = np.random.default_rng(3).normal(size=(30, 12))
left03 = [np.sqrt(np.linalg.lstsq(A03[:, [4]], a)[1].sum()) for a in A03.T]
CASES["check_residual_norms"] = Case(
    (A03, 4),
    left03,
    [
        ("before the projection", [sum(a**2) ** 0.5 for a in A03.T]),
        ("which part", [left / sum(a**2) ** 0.5 for left, a in zip(left03, A03.T, strict=True)]),
    ],
)

R03, P03 = qr(A03, mode="economic", pivoting=True)[1:]
T03 = np.linalg.lstsq(A03[:, P03[:5]], A03)[0]


def interpolation03(R, P, k):
    """Fit by least squares the columns of a matrix that has this R and this order."""
    A = R[:, np.argsort(P)]
    return np.linalg.lstsq(A[:, P[:k]], A)[0].tolist()


CASES["check_interpolation"] = Case(
    (R03, P03, 5),
    interpolation03,
    [
        ("order of the pivots", lambda R, P, k: np.linalg.pinv(R[:k, :k]) @ R[:k]),
        ("not for others", lambda R, P, k: T03),
        ("a function is asked for", T03),
    ],
)

B03 = 4 + np.random.default_rng(4).normal(size=(60, 40)) * np.linspace(1, 0.3, 40)
R33, P33 = qr(B03, mode="economic", pivoting=True)[1:]
fits33 = (B03[:, P33[:k]] @ np.linalg.lstsq(B03[:, P33[:k]], B03)[0] for k in itertools.count())
left33 = [np.linalg.norm(B03 - fit) / np.linalg.norm(B03) for fit in itertools.islice(fits33, 41)]
k33 = sum(left > 0.08 for left in left33)
CASES["check_least_k"] = Case(
    (R33, 0.08),
    float(k33),
    [("one too few", k33 - 1), ("squares", sum(left**2 > 0.08 for left in left33))],
)

measured03 = A03[:, np.sort(P03[:5])]
CASES["check_rebuilt"] = Case(
    (measured03, P03[:5], T03),
    lambda measured, kept, T: [  # by a dictionary from pixels to what was measured
        sum(seen[j] * row for j, row in zip(kept, T, strict=True))
        for seen in (dict(zip(sorted(kept), m, strict=True)) for m in measured)
    ],
    [
        ("whose is your first column", lambda measured, kept, T: measured @ T),
        ("not for others", lambda measured, kept, T: A03[:, P03[:5]] @ T03),  # no reordering
        ("a function is asked for", A03[:, P03[:5]] @ T03),
    ],
)

X04, W04, b04, J04 = rng.normal(size=(6, 4)), rng.normal(size=(4, 9)), rng.normal(size=9), [7, 2, 5]
CASES["check_kept_activations"] = Case(
    (X04, W04, b04, J04),
    [[max(x @ W04[:, j] + b04[j], 0) for j in J04] for x in X04],
    [
        ("negative", (X04 @ W04 + b04)[:, J04]),
        ("sorted", np.fmax(X04 @ W04 + b04, 0)[:, [2, 5, 7]]),
    ],
)
CASES["check_merged_weights"] = Case(
    (np.array([[1, -1], [2, 0], [3, 1]]),),
    [[7, 1], [5, 1]],
    [
        ("lost", [[1, -1], [2, 0]]),
        ("swapped", [[4, 0], [8, 2]]),
        ("that is T", [[1, 0, 2], [0, 1, 1]]),
    ],
)
CASES["check_won_and_lost"] = Case(
    tuple(np.array(list(word)) for word in ("aabbbcx", "aacabcy", "aaabbcc")),  # full, pruned, true
    (0.0, 1.0),
    [("wrong order", (1, 0)), ("difference", -1), ("before and after", (0, 3))],
)

Z05, U05, k05 = rng.normal(size=(8, 6)), rng.normal(size=(6, 3)), 4
R05, P05 = qr(Z05, mode="r", pivoting=True)


def lost05(k):
    """Measure what the logits lose when the best fit by k columns takes their place."""
    J = Z05[:, P05[:k]]
    lost = (Z05 - J @ np.linalg.pinv(J) @ Z05) @ U05
    return np.sqrt(np.linalg.eigvalsh(lost.T @ lost)[-1])


CASES["check_logit_error"] = Case(
    (R05, P05, U05, k05),
    lost05(4),
    [
        ("at another k", lost05(2)),
        ("moved them", np.linalg.norm(R05[4:, 4:] @ U05[4:], 2)),
        ("error of Z", np.linalg.norm(R05[4:, 4:], 2)),
    ],
)

before05 = 3 * rng.normal(size=(200, 4))


def safe05(before, after, tie=False):
    """Tell of each row whether every logit moves less than half the way to the next."""
    room = [(max(row) - max(np.delete(row, np.argmax(row)))) / 2 for row in before]
    moved = [max(abs(a - b)) for b, a in zip(before, after, strict=True)]
    return [m < r or (tie and m == r) for m, r in zip(moved, room, strict=True)]


CASES["check_is_safe"] = Case(
    (before05, before05 + rng.normal(size=(200, 4))),
    safe05,
    [
        ("end in a tie", lambda before, after: safe05(before, after, tie=True)),
        ("compares predictions", lambda b, a: np.argmax(b, axis=1) == np.argmax(a, axis=1)),
        ("without a certificate", lambda b, a: np.logical_not(safe05(b, a))),
    ],
)
CASES["check_images_needed"] = Case(
    (0.99, 0.95),
    next(n for n in range(1, 999) if 0.99**n <= 0.05),
    [("round which way", 298), ("rule of three", 300), ("whole", 298.0729), ("two-sided", 368)],
)


CASES |= in_files("CASES")


def test_every_exercise_has_a_case_and_data(data):
    assert set(CASES) == set(CHECKERS)
    assert all(set(given) == set(CHECKERS) for given in data.values())


@pytest.mark.parametrize("name", CASES)
def test_a_right_answer_passes_and_a_wrong_one_gets_its_hint(name, said):
    case = CASES[name]
    assert said(name, ..., case.data).endswith("not tried yet")
    assert said(name, case.right, case.data).startswith("✓")
    for fragment, answer in case.wrong:
        told = said(name, answer, case.data)
        assert told.startswith("✗")
        assert fragment in told


# --- rubbish


def method(name, result):
    """Make a class with one special method that does or returns something odd."""

    def act(*args, **kwargs):
        if isinstance(result, type):
            raise result("told by a method")
        return result

    return type("Odd", (), {name: act})()


def nested():
    """Make a list that holds itself twice: numpy would unfold it forever."""
    inner = []
    inner.extend([inner, inner])
    return inner


class Endless:
    """A sequence that never ends."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return self


RUBBISH = {
    "None": None,
    "text": "text",
    "bytes": b"text",
    "a number as text": ["0.9"],
    "nothing": [],
    "no rows": np.empty((0, 3)),
    "NaN": np.full(3, np.nan),
    "one NaN": np.nan,
    "infinity": -np.inf,
    "ragged": [[1, 2], [3]],
    "huge integer": 10**400,
    "huge float": 1e308,
    "tiny float": 5e-324,
    "complex": 2 + 1j,
    "half untouched": [..., ...],
    "huge array": np.broadcast_to(1.0, (10**6, 10**6)),
    "huge range": range(10**15),
    "huge sparse": sparse.coo_array((10**9, 10**9)),
    "many axes": np.zeros((1,) * 30),
    "dictionary": {"right": 1},
    "set": {1, 2},
    "generator": itertools.count(),
    "generators": [itertools.count(), 1],
    "a list in itself": nested(),
    "endless": Endless(),
    "endless in a list": [Endless(), 1],
    "dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "records": np.zeros(3, dtype=[("a", float), ("b", int)]),
    "masked": np.ma.masked_all(3),
    "objects": np.array([print, len], dtype=object),
    "class": float,
    "module": np,
    "NotImplemented": NotImplemented,
    "error": ValueError("given, not raised"),
    "__array__ raises": method("__array__", ValueError),
    "__array__ exits": method("__array__", SystemExit),
    "__array__ is text": method("__array__", "text"),
    "__array__ in a list": [method("__array__", ValueError)] * 2,
    "__len__ raises": method("__len__", ValueError),
    "__len__ is negative": method("__len__", -1),
    "__eq__ raises": method("__eq__", ValueError),
    "__bool__ raises": method("__bool__", ValueError),
    "__float__ raises": method("__float__", ValueError),
    "__getattribute__ raises": method("__getattribute__", ValueError),
    "__class__ raises": type("Odd", (), {"__class__": property(lambda self: 1 / 0)})(),
    "a nameless type": type("", (), {})(),
    "a long name": type("N" * 10_000, (), {})(),
}


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_gets_a_hint(rubbish, said):
    """Never an exception, never a ✓, never a word of data that it did not change."""
    for name, checker in CHECKERS.items():
        given = CASES[name].data
        before, told = copy.deepcopy(given), [said(name, RUBBISH[rubbish], given)]
        if checker.others:
            for function in (lambda *data: RUBBISH[rubbish], lambda: 1, lambda *data: 1 / 0):
                told.append(said(name, function, given))
        for line in told:
            assert line.startswith(f"✗ Exercise {checker.number}: ")
            assert len(line) < 300
            assert "you were given" not in line
        np.testing.assert_equal(given, before)


@pytest.mark.parametrize("name", CHECKERS)
def test_wrong_numbers_of_the_right_shape_are_wrong(name, said):
    checker, given = CHECKERS[name], CASES[name].data
    for factor, shift in ((1, 0.37), (0, -0.1), (3.1, 1)):
        answer = submit(
            checker,
            expected(checker, given),
            lambda it, a=factor, b=shift: a * np.asarray(it.right, float) + b,
        )
        assert said(name, answer, given).startswith("✗")


@pytest.mark.parametrize("name", CHECKERS)
def test_spoilt_data_are_told_not_raised(name, said):
    checker, given = CHECKERS[name], CASES[name].data
    for spoilt in (None, object()):
        answer = (lambda *data: 1.5) if checker.others else 1.5
        assert "no longer fits" in said(name, answer, [spoilt] * len(given))


@pytest.mark.parametrize("name", [name for name, it in CHECKERS.items() if it.others])
def test_a_function_must_be_right_on_other_data_as_well(name, said):
    given = CASES[name].data
    fixed = CASES[name].right(*given)
    assert "not for others" in said(name, lambda *data: fixed, given)
    assert "where is its return" in said(name, lambda *data: None, given)
    assert said(name, lambda *data: ..., given).endswith("not tried yet")


# --- votes


@pytest.fixture
def told(capsys):
    """Tell what is thought of a vote."""

    def told(name, answer):
        VOTES[name](answer)
        return capsys.readouterr().out.removesuffix("\n")

    return told


@pytest.mark.parametrize("name", VOTES)
def test_a_vote_takes_the_right_letter_in_any_form(name, told):
    right, hints = VOTES[name].options
    for form in ("{}", " {} ", "({})", "{})", "{}."):
        for letter in (right, right.lower()):
            assert told(name, form.format(letter)).startswith("✓")
    assert told(name, ...).endswith("not tried yet")
    assert right not in VOTES[name].__doc__.split()


@pytest.mark.parametrize("name", VOTES)
def test_each_wrong_option_has_a_hint_of_its_own_and_all_else_is_told_the_options(name, told):
    right, hints = VOTES[name].options
    letters = sorted([right, *hints])
    assert letters == list("ABCDEF"[: len(letters)])
    assert len(letters) >= 3
    assert len(set(hints.values())) == len(hints)
    number = VOTES[name].number
    for letter, hint in hints.items():
        assert told(name, f"{letter.lower()})") == f"✗ Exercise {number}: {hint}"
        assert not re.search(rf"\b{right}\b(?!')", hint), "this names the right option"
    always_equal = type("Odd", (str,), {"__eq__": lambda *_: True, "__hash__": lambda _: 0})
    rubbish = [*RUBBISH.values(), "", "Z", "É", right * 2, [right], np.array([right]), {right: 1}]
    for answer in [*rubbish, always_equal("Z"), right.encode()]:
        line = told(name, answer)
        assert line.startswith(f"✗ Exercise {number}: give one letter, {', '.join(letters[:-1])}")
        assert f" or {letters[-1]}" in line


def exercises_of(path):
    """List the exercises that a lesson introduces: number, rung, text and code of each."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return lesson_rules.introduced([cell | {"source": "".join(cell["source"])} for cell in cells])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_calls_the_checkers_of_its_exercises_and_letters_the_options(path):
    for number, rung, text, source in exercises_of(path):
        called = set(re.findall(r"\bcheck_\w+(?=\()", source))
        assert all(EVERY[name].number == number for name in called)
        votes = called & set(VOTES)
        assert bool(votes) == (rung == "vote")
        for name in votes:
            right, hints = VOTES[name].options
            lettered = re.findall(r"^- \*\*([A-Z])\*\* ", text, re.MULTILINE)
            assert lettered == sorted([right, *hints])
