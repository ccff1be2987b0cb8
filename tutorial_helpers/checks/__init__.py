"""Every lesson: statements that are checked, and exercises that answer.

`framework` holds the machinery, `solved` what is solved, each ``lesson_…`` the exercises of one
lesson, and `tomorrow` three questions for the day after each. A lesson that is renumbered changes
the name of its file and the numbers in it, nothing else: its checkers are found here.
"""

from importlib import import_module
from pkgutil import iter_modules

from .framework import Expected, claim, exercise, vote
from .solved import EXERCISES, keep_progress, progress
from .tomorrow import tomorrow

__all__ = ["EXERCISES", "Expected", "claim", "exercise", "keep_progress", "progress", "tomorrow"]
__all__ += ["vote"]

for _name in sorted(found.name for found in iter_modules(__path__)):
    if _name.startswith("lesson_"):
        _lesson = vars(import_module(f".{_name}", __name__))
        _checkers = {name: it for name, it in _lesson.items() if name.startswith("check_")}
        globals().update(_checkers)
        __all__ += _checkers
