"""The questions for the day after: page and checkers say the same, and hints tell no answer."""

import re
from pathlib import Path
from unittest import mock

import notebook_tools
import numpy as np
import pytest
from scipy.linalg import qr
from sklearn.preprocessing import StandardScaler

from tutorial_helpers.checks import framework, solved, tomorrow

NOTEBOOK = notebook_tools.FOLDER / "teaching" / "tomorrow.ipynb"
CELLS = {cell["id"]: cell["source"] for cell in notebook_tools.read(NOTEBOOK)["cells"]}
LESSONS = sorted(
    path.stem.removeprefix("lesson_") for path in Path(framework.__file__).parent.glob("lesson_*")
)
# lessons that have no questions yet; they need them before they are told of anywhere
NOT_YET = set()

R = np.array([[9.0, 2, 1], [0, 6, 3], [0, 0, 2]])
T = np.array([[1, 0, 0.5], [0, 1, -2]])
logits = np.array([7.0, 4, 1])
p = np.array([0.2, 0.7, 0.1])


def log_loss(second):
    at = np.log(p) + np.array([0, second, 0])
    return np.log(np.exp(at).sum()) - at[1]


# each right answer once more, the numbers computed in another way
RIGHT = {
    "00": ("B", np.delete(np.ones((1000, 10)), range(952), axis=0).sum(), "A"),
    "01": ("C", (log_loss(1e-6) - log_loss(-1e-6)) / 2e-6, "A"),
    "02": (np.linalg.norm(np.linalg.lstsq([[3.0, 4]], [50.0])[0]), "B", "C"),
    "03": ("A", [0] @ np.array([[2, -1]])[:, 1] - [3] @ np.array([[2, -1]])[:, 1], "B"),
    "04": (np.linalg.norm(qr([[1, 3], [0, 4]], mode="r")[0][1, 1]), "C", "B"),
    "05": (np.linalg.norm(R - R[:, :1] @ np.linalg.pinv(R[:, :1]) @ R), "A", "C"),
    "06": ((T @ [4, 1, 6])[1], "B", "C"),
    "07": ("A", min(logits[0] - logits[1:]) / 2, "B"),
    "08": (100 / (100 - 60), "A", "C"),
    "09": (([2, 1] + np.array([2, -1]) @ [[3, 9], [6, 0]])[0], "B", "C"),
    "10": (np.diff(np.diff([[60, 85], [50, 90]], axis=1), axis=0).item(), 100 * (1 - 0.95), "C"),
    "11": ("A", 1 - abs(0.9 - 0.97), "C"),
    "12": (np.ones((300, 300))[:100, :100].mean() * 100**2 / 300**2, "B", "A"),
    "13": ("C", np.zeros((10, 6, 4, 4)).transpose(0, 2, 3, 1).reshape(-1, 6).shape[0], "B"),
    "14": (StandardScaler().fit_transform([[2.0], [8], [2], [8]])[1, 0], "C", 1 / (1 - 0.75)),
    "15": (20 * 60 / 20**2, "A", "B"),
}
WITH_QUESTIONS = [lesson for lesson in LESSONS if lesson not in NOT_YET]
EVERY = [(lesson, place) for lesson in WITH_QUESTIONS for place in range(3)]


def checker(lesson, place):
    return vars(__import__(f"tutorial_helpers.checks.lesson_{lesson}", fromlist="_"))["TOMORROW"][
        place
    ]


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """Begin with nothing done."""
    monkeypatch.setattr(framework, "_given", {})
    with mock.patch.dict(solved._state, clear=True):
        yield


@pytest.fixture
def told(capsys):
    """Return the lines that answers get."""

    def told(*args):
        tomorrow(*args)
        return capsys.readouterr().out.splitlines()

    return told


def test_every_lesson_has_its_three_questions_on_the_page():
    numbers = re.findall(r"^\*\*(t\d\d\.\d)\*\* ", "\n".join(CELLS.values()), re.MULTILINE)
    assert numbers == [f"t{lesson}.{place + 1}" for lesson, place in EVERY]
    for lesson in WITH_QUESTIONS:
        (path,) = notebook_tools.FOLDER.glob(f"{lesson}_*.ipynb")
        title = notebook_tools.read(path)["cells"][0]["source"].partition("\n")[0]
        assert CELLS[f"lesson-{lesson}"].startswith(f"#{title}\n")
        assert f"](../{path.name})" in CELLS[f"lesson-{lesson}"]
        assert CELLS[f"answers-{lesson}"] == f'tomorrow("{lesson}", ..., ..., ...)'


@pytest.mark.parametrize("lesson", WITH_QUESTIONS)
def test_the_right_answers_are_right_and_the_page_runs_as_it_is(lesson, told):
    assert [line[0] for line in told(lesson, *RIGHT[lesson])] == ["✓"] * 3
    assert [line[0] for line in told(lesson)] == ["○"] * 3


@pytest.mark.parametrize(("lesson", "place"), EVERY)
def test_each_known_mistake_gets_its_own_hint(lesson, place, told):
    check = checker(lesson, place)
    if options := getattr(check, "options", None):
        right, hints = options
        text = re.split(r"\*\*t\d\d\.\d\*\*", CELLS[f"lesson-{lesson}"])[place + 1]
        assert re.findall(r"^- \*\*([A-Z])\*\* ", text, re.M) == sorted([right, *hints])
        assert not any(re.search(rf"\b{right}\b", hint) for hint in hints.values())
        wrong = {hint: letter for letter, hint in hints.items()}
    else:
        wrong = check.expect().mistakes
        assert not any(re.search(rf"\b{check.expect().right}\b", hint) for hint in wrong)
    assert len(wrong) >= 2
    for hint, answer in wrong.items():
        answers = [..., ..., ...]
        answers[place] = answer
        assert told(lesson, *answers)[place] == f"✗ Exercise t{lesson}.{place + 1}: {hint}"


@pytest.mark.parametrize("rubbish", [None, "Z", "", [1, 2], np.nan, 10**400, object(), print, {}])
def test_any_other_answer_is_told_and_not_raised(rubbish, told):
    for lesson in WITH_QUESTIONS:
        lines = told(lesson, rubbish, rubbish, rubbish)
        assert [line[0] for line in lines] == ["✗"] * 3


def test_no_letter_is_right_more_than_half_of_the_time():
    letters = [it for answers in RIGHT.values() for it in answers if isinstance(it, str)]
    assert max(letters.count(letter) for letter in "ABC") < len(letters) / 2


@pytest.mark.parametrize("lesson", ["5", "99", 5, "", "05.1", "05.TOMORROW"])
def test_a_lesson_that_does_not_exist_is_told(lesson):
    with pytest.raises(ValueError, match=r'expected the number of a lesson, such as "05", got'):
        tomorrow(lesson)
