"""Every lesson: its three questions for the day after, which ``teaching/tomorrow.ipynb`` asks."""

from importlib import import_module


def tomorrow(lesson, first=..., second=..., third=...):
    """Check the answers to the questions that a lesson has for the day after it.

    Parameters
    ----------
    lesson : str
        Its number, such as "05".
    first, second, third : str or number
        A letter where there are options. The dots stand for a question that is not tried yet.

    Raises
    ------
    ValueError
        If no lesson has this number.

    Examples
    --------
    >>> tomorrow("05", 6, "a")
    ✗ Exercise t05.1: the diagonal entry is not all that is left: take the whole block
    ✓ Exercise t05.2, whether least squares would do better: right
    ○ Exercise t05.3, why not the SVD: not tried yet
    """
    try:
        checkers = import_module(f"{__package__}.lesson_{lesson}").TOMORROW
    except ModuleNotFoundError:
        raise ValueError(f'expected the number of a lesson, such as "05", got {lesson!r}') from None
    for check, answer in zip(checkers, (first, second, third), strict=True):
        check(answer)
