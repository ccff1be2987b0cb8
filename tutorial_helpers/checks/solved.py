"""Every lesson: which exercises are solved, and a small file that remembers them for who wants it.

The file is text, a solved exercise a line, such as "05.1, the order of the pivots". A kernel only
appends to it, so two lessons at a time lose nothing of each other's. A line that names no exercise
of these lessons, since it is damaged or of another version, stays where it is and does not count.
"""

import os
from contextlib import suppress
from pathlib import Path

EXERCISES = {}  # number → aim
HEAD = "# What is solved of the lessons on pruning. Delete this file to forget it."
_state = {}  # number → ✓, ✗ or ○ for the last answer in this kernel


def note(number, mark):
    """Keep what is thought of the last answer to an exercise: ✓, ✗ or ○."""
    _state[number] = mark
    if mark == "✓":
        _append()


def progress(notebook=None):
    """Print which exercises are done (✓), open (○) or not right yet (✗).

    Parameters
    ----------
    notebook : str, optional
        The number of one notebook, such as "03". Without it: all lessons, and the questions for
        the day after each of them.

    Notes
    -----
    What this kernel has not been asked yet is taken from the file of `keep_progress`, if there is
    one.

    Examples
    --------
    >>> progress("98")
    There is no exercise in this notebook.
    """
    kept, strange = _kept()
    marks = {
        n: "✓" if n in kept and _state.get(n) != "✗" else _state.get(n, "○") for n in EXERCISES
    }
    if notebook is not None:
        mine = [f"{mark} {n}" for n, mark in marks.items() if n.startswith(f"{notebook}.")]
        told = "Exercises of this notebook: " + "  ".join(mine)
        print(told if mine else "There is no exercise in this notebook.")
        return
    rows = {}  # "05" → marks of a lesson, "t05" → marks of the day after
    for number, mark in marks.items():
        lesson = number.partition(".")[0]
        rows[lesson] = rows.get(lesson, "") + mark
    print("lesson  exercises  the day after")
    for lesson in sorted(row for row in rows if not row.startswith("t")):
        print(f"{lesson:8}{rows[lesson]:11}{rows.get('t' + lesson, '')}".rstrip())
    print([*marks.values()].count("✓"), "of", len(marks), "solved", end=", ")
    print(f"kept in {_file().name}" if _file().is_file() else "kept by this kernel alone")
    if strange:
        print("Lines of it that name no exercise of these lessons, damaged or of another version:")
        print(f"{strange}. They stay there and do not count.")


def keep_progress():
    """Let a file beside the lessons remember, from now on, what is solved in any of them.

    It is called once: whether the file ``progress.txt`` exists is all that each lesson asks. Who
    wants it elsewhere names the place by the environment variable ``TUTORIAL_PROGRESS``.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["TUTORIAL_PROGRESS"] = os.path.join(folder, "mine.txt")
    ...     keep_progress()
    mine.txt remembers from now on what you solve, in every lesson. Delete it to forget.
    >>> del os.environ["TUTORIAL_PROGRESS"]
    """
    with suppress(OSError), _file().open("x", encoding="utf-8") as new:
        new.write(HEAD)
    if not _file().is_file():
        print(f"{_file().name} cannot be made here: name another place in TUTORIAL_PROGRESS")
        return
    _append()
    print(f"{_file().name} remembers from now on what you solve, in every lesson.", end=" ")
    print("Delete it to forget.")


def _file():
    """Return where the file is or would be; the questions for tomorrow lie one folder deeper."""
    lessons = ".." if Path("tomorrow.ipynb").is_file() else "."
    return Path(os.environ.get("TUTORIAL_PROGRESS") or f"{lessons}/progress.txt").expanduser()


def _kept():
    """Return the exercises that the file names, and how many of its lines name none."""
    try:
        text = (
            _file().read_text(encoding="utf-8-sig", errors="replace") if _file().is_file() else ""
        )
    except OSError:
        text = ""
    lines = {line.strip() for line in text.splitlines() if not line.startswith("#")} - {""}
    known = {f"{number}, {aim}": number for number, aim in EXERCISES.items()}
    return {known[line] for line in lines & set(known)}, len(lines - set(known))


def _append():
    """Append what this kernel has solved and the file lacks, if there is a file."""
    try:
        if not _file().is_file():
            return
        kept = _kept()[0]
        new = [n for n in EXERCISES if _state.get(n) == "✓" and n not in kept]
        # in one piece, and on lines of its own even below one that was cut off
        text = "".join(f"\n{number}, {EXERCISES[number]}" for number in new)
        with _file().open("ab", buffering=0) as file:
            file.write(text.encode())
    except OSError as error:
        print(f"{_file().name} cannot be written ({error.strerror}): this kernel alone remembers")
