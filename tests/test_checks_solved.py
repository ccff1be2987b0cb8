"""What is solved outlives a kernel for who wants it; whatever the file holds, nothing is lost."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutorial_helpers.checks import EXERCISES, keep_progress, progress, solved

AIMS = {"98.1": "a sum", "98.2": "a vote", "99.1": "a bug", "t98.1": "the next day"}


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    """Begin with four exercises, in an empty folder, with nothing solved."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TUTORIAL_PROGRESS", raising=False)
    with mock.patch.dict(EXERCISES, AIMS, clear=True), mock.patch.dict(solved._state, clear=True):
        yield


@pytest.fixture
def told(capsys):
    """Return what a function prints."""

    def told(function, *args):
        capsys.readouterr()
        function(*args)
        return capsys.readouterr().out

    return told


def new_kernel():
    """Forget what this kernel knows."""
    solved._state.clear()


def lines(path="progress.txt"):
    return Path(path).read_text(encoding="utf-8").splitlines()


# --- without a file


def test_nothing_is_written_unless_one_asks_for_it(told):
    solved.note("98.1", "✓")
    assert not [*Path().iterdir()]
    assert "1 of 4 solved, kept by this kernel alone" in told(progress)


def test_all_lessons_are_summed_up_with_the_day_after(told):
    for number, mark in {"98.1": "✓", "98.2": "✗", "t98.1": "✓"}.items():
        solved.note(number, mark)
    rows = told(progress).splitlines()
    assert rows[0].split("  ") == ["lesson", "exercises", "the day after"]
    assert [row.split() for row in rows[1:3]] == [["98", "✓✗", "✓"], ["99", "○"]]
    assert rows[3].startswith("2 of 4 solved")
    assert told(progress, "98") == "Exercises of this notebook: ✓ 98.1  ✗ 98.2\n"
    assert told(progress, "t98") == "Exercises of this notebook: ✓ t98.1\n"
    assert told(progress, "9") == "There is no exercise in this notebook.\n"


def test_without_any_exercise_the_summary_says_so(told):
    EXERCISES.clear()
    assert "0 of 0 solved" in told(progress)


# --- with a file


def test_what_is_solved_outlives_the_kernel(told):
    solved.note("98.1", "✓")  # before it is asked for
    assert told(keep_progress).startswith("progress.txt remembers from now on")
    solved.note("99.1", "✓")
    solved.note("98.2", "✗")
    new_kernel()
    assert told(progress, "98") == "Exercises of this notebook: ✓ 98.1  ○ 98.2\n"
    assert "2 of 4 solved, kept in progress.txt" in told(progress)
    assert lines() == [solved.HEAD, "98.1, a sum", "99.1, a bug"]


def test_an_untouched_stub_leaves_what_was_solved_and_a_wrong_answer_shows(told):
    solved.note("98.1", "✓")
    keep_progress()
    new_kernel()
    solved.note("98.1", "○")
    assert "✓ 98.1" in told(progress, "98")
    solved.note("98.1", "✗")
    assert "✗ 98.1" in told(progress, "98")
    new_kernel()
    assert "✓ 98.1" in told(progress, "98")


def test_the_same_is_written_once():
    keep_progress()
    for _ in range(3):
        solved.note("98.1", "✓")
        keep_progress()
        new_kernel()
    assert lines() == [solved.HEAD, "98.1, a sum"]


def test_a_file_of_its_own_place(tmp_path, monkeypatch, told):
    monkeypatch.setenv("TUTORIAL_PROGRESS", str(tmp_path / "mine.txt"))
    solved.note("98.1", "✓")
    assert told(keep_progress).startswith("mine.txt remembers")
    assert lines("mine.txt")[1:] == ["98.1, a sum"]
    monkeypatch.setenv("TUTORIAL_PROGRESS", os.devnull)  # as when notebooks are stored
    new_kernel()
    solved.note("98.2", "✓")
    assert lines("mine.txt")[1:] == ["98.1, a sum"]
    assert "1 of 4 solved, kept by this kernel alone" in told(progress)


def test_the_questions_for_tomorrow_find_the_file_of_the_lessons(tmp_path, monkeypatch):
    keep_progress()
    (tmp_path / "teaching").mkdir()
    (tmp_path / "teaching" / "tomorrow.ipynb").touch()
    (tmp_path / "solutions").mkdir()
    monkeypatch.chdir(tmp_path / "teaching")
    solved.note("t98.1", "✓")
    monkeypatch.chdir(tmp_path / "solutions")  # to run a solution is not to solve
    solved.note("98.1", "✓")
    assert lines(tmp_path / "progress.txt")[1:] == ["t98.1, the next day"]
    assert not [*Path().iterdir()]


# --- files that are not as they should be

DAMAGED = {
    "empty": (b"", 0),
    "cut off": (b"# head\n98.2, a vote\n99.1, a b", 1),
    "no text": (bytes(range(256)) * 4, None),
    "of an editor on Windows": ("\ufeff98.2, a vote\r\n".encode(), 0),
    "in UTF-16": ("98.2, a vote".encode("utf-16"), 1),
    "of another version": (b"# head\n98.2, a vote, as it was\n97.1, gone\n", 2),
    "JSON": (b'{"version": 1, "solved": ["98.1"]}', 1),
    "blank lines": (b"\n\n  \n98.2, a vote\n\n", 0),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_file_loses_nothing_and_takes_more(kind, told):
    before, strange = DAMAGED[kind]
    Path("progress.txt").write_bytes(before)
    solved.note("98.1", "✓")
    new_kernel()
    assert Path("progress.txt").read_bytes() == before + b"\n98.1, a sum"
    assert "✓ 98.1" in told(progress, "98")
    out = told(progress)
    if strange is None:
        assert "They stay there and do not count." in out
    else:
        assert (f"another version:\n{strange}. They stay" in out) == bool(strange)


@given(st.binary(max_size=300))
def test_whatever_the_file_holds_stays_and_a_new_line_is_read(tmp_path_factory, before):
    file = tmp_path_factory.mktemp("any") / "progress.txt"
    file.write_bytes(before)
    with mock.patch.dict(os.environ, TUTORIAL_PROGRESS=str(file)):
        new_kernel()
        solved.note("98.1", "✓")
        assert "98.1" in solved._kept()[0]
        progress()
    assert file.read_bytes().startswith(before)


def test_a_folder_in_its_place_is_told_and_left(told):
    Path("progress.txt").mkdir()
    assert "cannot be made here: name another place" in told(keep_progress)
    assert told(solved.note, "98.1", "✓") == ""


def test_no_such_folder_is_told(monkeypatch, told):
    monkeypatch.setenv("TUTORIAL_PROGRESS", "no/such/folder.txt")
    assert told(keep_progress).startswith("folder.txt cannot be made here")
    assert "kept by this kernel alone" in told(progress)


def test_a_file_that_cannot_be_written_or_read_is_told(told):
    keep_progress()
    with mock.patch.object(Path, "open", side_effect=PermissionError(13, "Permission denied")):
        out = told(solved.note, "98.1", "✓")
    assert out == (
        "progress.txt cannot be written (Permission denied): this kernel alone remembers\n"
    )
    with mock.patch.object(Path, "read_text", side_effect=PermissionError(13, "no")):
        assert "1 of 4 solved" in told(progress)
    told(solved.note, "98.2", "✓")  # the next one takes the first along
    assert lines()[1:] == ["98.1, a sum", "98.2, a vote"]


# --- two kernels

CHILD = """
import sys
from tutorial_helpers.checks import EXERCISES, solved
mine = [f"{sys.argv[1]}.{i}" for i in range(200)]
EXERCISES.update({number: "one of many" for number in mine})
for number in mine:
    solved.note(number, "✓")
"""


def test_kernels_at_a_time_lose_nothing_of_each_others():
    keep_progress()

    def run(name):
        subprocess.run([sys.executable, "-X", "utf8", "-c", CHILD, name], check=True, timeout=120)

    with ThreadPoolExecutor(3) as pool:
        [*pool.map(run, ("one", "two", "three"))]
    wanted = {f"{name}.{i}, one of many" for name in ("one", "two", "three") for i in range(200)}
    assert set(lines()[1:]) == wanted
    assert len(lines()) == 601
