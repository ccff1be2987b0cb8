"""Tell whether a call is the same as one that was made before (lesson 10: `run_study`).

The name of a function does not tell what it does: two closures of one factory share it, and a
global may have another value today. So a function counts by its code, its defaults, what it
encloses, and the globals that it names, and these in the same way. A function of this package
counts by all the package's files.
"""

import platform
import sys
from functools import cache
from inspect import unwrap
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from joblib.hashing import NumpyHasher

VERSIONS = ("numpy", "scipy", "sklearn")  # what decides about the last digits, named or not


def fingerprint(*things):
    """Hash data and functions of any kind, in the same way in every process.

    Parameters
    ----------
    *things : object
        Functions of installed packages count by the version of their package.

    Returns
    -------
    digest : str

    Raises
    ------
    TypeError
        If something among them cannot be pickled, so that nobody can tell whether it has changed.

    Notes
    -----
    What a function reads from files, or imports inside itself, is not seen.

    Examples
    --------
    >>> once = fingerprint(sorted, [1, 2])
    >>> once == fingerprint(sorted, [1, 2]), once == fingerprint(sorted, [1, 3])
    (True, False)
    """
    versions = platform.python_version(), [_version(name) for name in VERSIONS]
    try:
        return _Hasher(coerce_mmap=True).hash((things, versions))
    except Exception as error:  # each library refuses to be pickled with an error of its own
        raise TypeError(
            f"cannot tell whether this call was made before ({next(iter(error.args), error)}): "
            "pass plain data, arrays, networks and functions, and let the job name no others"
        ) from None


class _Hasher(NumpyHasher):
    def reducer_override(self, thing):
        """Say what a thing consists of, where pickle would write its name (or give up)."""
        if isinstance(thing, CodeType):
            return str, (thing.co_name,), _code(thing)
        if isinstance(thing, frozenset):
            return frozenset, (set(thing),)  # in the order that joblib gives to sets
        if isinstance(thing, ModuleType) and not _is_own(thing.__name__):
            return str, (thing.__name__, _version(thing.__name__))
        if callable(thing) and not isinstance(thing, FunctionType | type):
            thing = unwrap(thing)  # cached functions, for example
        if not isinstance(thing, FunctionType | type):
            return NotImplemented
        module = thing.__module__ or ""
        if _is_own(module):
            makings = _function(thing) if isinstance(thing, FunctionType) else _class(thing)
            return str, (thing.__qualname__,), makings
        if isinstance(thing, type) and module.partition(".")[0] in sys.stdlib_module_names:
            return NotImplemented  # the word for `str` itself, among others
        return str, (module, thing.__qualname__, _version(module))


def _is_own(module):
    """Tell what a reader may change from what is installed."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top == __package__:
        return False
    file = getattr(sys.modules.get(top), "__file__", None) or ""
    installed = "site-packages" in file or "dist-packages" in file
    return top in ("__main__", "__mp_main__") or not installed


@cache
def _sources():
    """Return the text of all modules of this package."""
    return [path.read_bytes() for path in sorted(Path(__file__).parent.rglob("*.py"))]


def _version(module):
    if module.partition(".")[0] == __package__:
        return _sources()
    return getattr(sys.modules.get(module.partition(".")[0]), "__version__", "")


def _code(code):
    """Return what a code object does: all but the file and the lines where it was written."""
    parts = "code consts names varnames freevars cellvars flags exceptiontable"
    counts = "argcount kwonlyargcount posonlyargcount"
    return [getattr(code, f"co_{part}") for part in f"{parts} {counts}".split()]


def _names(code):
    """Return the global and attribute names that code and the code inside it speak of."""
    inside = (_names(each) for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*inside)


def _function(function):
    named = _named(_names(function.__code__), function.__globals__)
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    enclosed = {name: _content(cell) for name, cell in cells}
    defaults = function.__defaults__, function.__kwdefaults__
    return [function.__code__, defaults, enclosed, named, vars(function)]


def _content(cell):
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return "empty"


def _named(names, space):
    """Return the values of names; of a module that is the reader's own, what is named of it."""
    found = {}
    for name in names & space.keys():
        value = space[name]
        own = isinstance(value, ModuleType) and _is_own(value.__name__)
        found[name] = _named(names - {name}, vars(value)) if own else value
    return found


def _class(cls):
    members = {}
    for name, value in vars(cls).items():
        for inside in ("__func__", "fget", "func", "__wrapped__"):  # methods of all kinds
            value = getattr(value, inside, value)
        data = not name.startswith(("__", "_abc_")) and not hasattr(value, "__get__")
        if data or isinstance(value, FunctionType):
            members[name] = value
    return [cls.__bases__, members]
