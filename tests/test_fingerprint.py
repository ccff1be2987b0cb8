"""Fingerprints: equal for what does the same, different as soon as anything differs."""

import functools
import os
import subprocess
import sys
import threading
from importlib import reload

import numpy as np
import pytest

from tutorial_helpers._fingerprint import fingerprint


def defined(source, name="job", **space):
    """Run source as a notebook would, and return one of its names."""
    space["__name__"] = "__main__"
    exec(source, space)  # the globals of a function made so are these
    return space[name]


def inner(constant):
    return defined(f"def f(x): return {constant}", "f")


def by_default(a=1, *, b=2):
    return a + b


class Scorer:
    """Something with a state."""

    factor = 2

    def __init__(self, shift):
        self.shift = shift

    def score(self, seed):
        """Depend on the state and on the class."""
        return self.factor * seed + self.shift


CLASS = """
from functools import cached_property
class Job:
    constant = {0}
    def plain(self): return {1}
    @property
    def read(self): return {2}
    @cached_property
    def once(self): return {3}
    @classmethod
    def of_class(cls): return {4}
    @staticmethod
    def of_none(): return {5}
class Inherits(Job): pass
job = Inherits()
"""

DIFFERENT = {
    "closure": [defined("def make(a): return lambda seed: a * seed", "make")(a) for a in (1, 2)],
    "closure, inner function": [
        defined("def make(f): return lambda seed: f(seed)", "make")(inner(c)) for c in (1, 2)
    ],
    "global": [defined("def job(seed): return G * seed", G=g) for g in (1, 2)],
    "global array": [defined("def job(seed): return G[seed]", G=np.arange(3) + g) for g in (0, 1)],
    "global in a comprehension": [
        defined("def job(seed): return [G * i for i in range(seed)]", G=g) for g in (1, 2)
    ],
    "global of a helper": [
        defined("def helper(x): return G * x\ndef job(seed): return helper(seed)", G=g)
        for g in (1, 2)
    ],
    "helper's code": [
        defined(f"def helper(x): return x + {c}\ndef job(seed): return helper(seed)")
        for c in (1, 2)
    ],
    "cached helper": [
        defined(
            "from functools import cache\n@cache\n"
            f"def helper(x): return x + {c}\ndef job(seed): return helper(seed)"
        )
        for c in (1, 2)
    ],
    "name": [defined(f"import numpy as np\ndef job(s): return np.{f}(s)") for f in ("sin", "cos")],
    "constant": [lambda seed: seed + 1, lambda seed: seed + 2],
    "default": [lambda seed, a=1: seed + a, lambda seed, a=2: seed + a],
    "keyword default": [lambda seed, *, a=1: seed + a, lambda seed, *, a=2: seed + a],
    "partial": [functools.partial(by_default, a=a) for a in (1, 2)],
    "partial of a lambda": [functools.partial(lambda s, a: s + a, a=a) for a in (1, 2)],
    "bound method": [Scorer(shift).score for shift in (1, 2)],
    "library function": [np.linalg.norm, np.linalg.det],
    "array": [np.zeros(3), np.zeros(3, np.float32)],
}
for i, part in enumerate(["constant", "method", "property", "cached", "class", "static"]):
    parts = list(range(6))
    parts[i] = 9
    DIFFERENT[f"class, {part}"] = [defined(CLASS.format(*values)) for values in (range(6), parts)]


@pytest.mark.parametrize("kind", DIFFERENT)
def test_what_does_something_else_has_another_fingerprint(kind):
    one, other = DIFFERENT[kind]
    assert fingerprint(one) != fingerprint(other)


SAME = {
    "twice the same source": [defined("def job(seed): return seed + 1")] * 2,
    "on another line": [defined("\n" * n + "def job(seed): return seed + 1") for n in (0, 7)],
    "an unrelated global": [defined("def job(seed): return seed", G=g) for g in (1, 2)],
    "one closure": [defined("def make(a): return lambda s: a * s", "make")(3) for _ in range(2)],
    "calls itself": [defined("def job(n): return n and job(n - 1)") for _ in range(2)],
    "two that call each other": [
        defined("def job(n): return other(n)\ndef other(n): return job(n)") for _ in range(2)
    ],
    "class": [defined(CLASS.format(*range(6))) for _ in range(2)],
}


@pytest.mark.parametrize("kind", SAME)
def test_what_does_the_same_has_the_same_fingerprint(kind):
    one, other = SAME[kind]
    assert fingerprint(one) == fingerprint(other)


def test_modules_of_the_reader_count_by_what_is_used_of_them(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "reader_module.py"
    path.write_text("import reader_module\ndef used(x): return 1\ndef unused(x): return 1\n")
    import reader_module

    whole = defined("def job(x): return reader_module.used(x)", reader_module=reader_module)
    prints = []
    for text in ("1|1", "1|2", "2|2"):
        used, unused = text.split("|")
        path.write_text(
            "import reader_module\n"
            f"def used(x): return {used}\ndef unused(x): return reader_module.used({unused})\n"
        )
        reload(reader_module)
        prints.append((fingerprint(whole), fingerprint(reader_module.used)))
    assert prints[0] == prints[1]
    assert prints[0][0] != prints[2][0]
    assert prints[0][1] != prints[2][1]


def test_a_function_that_stands_in_for_one_of_python_counts_by_its_name():
    """IPython puts an ``open`` of its own into every notebook, which says that it is io's."""

    @functools.wraps(open)
    def careful(file, *arguments):
        return open(file, *arguments)

    del careful.__wrapped__
    assert fingerprint(defined("def job(s): return open(s)", open=careful))


@pytest.mark.parametrize("name", ["numpy", "scipy", "sklearn"])
def test_another_release_of_a_library_is_another_fingerprint(name, monkeypatch):
    before = fingerprint(by_default)
    monkeypatch.setattr(sys.modules[name], "__version__", "0.0")
    assert fingerprint(by_default) != before


def test_a_library_that_a_function_names_counts_by_its_version(monkeypatch):
    source = "import joblib\nfrom joblib import hash as digest\n"
    jobs = [defined(source + f"def job(s): return {call}(s)") for call in ("joblib.hash", "digest")]
    before = [fingerprint(job) for job in jobs]
    monkeypatch.setattr(sys.modules["joblib"], "__version__", "0.0")
    assert all(fingerprint(job) != old for job, old in zip(jobs, before, strict=True))


def test_another_process_comes_to_the_same():
    source = """
from tutorial_helpers import compare_methods, generated_split
from tutorial_helpers._fingerprint import fingerprint
odd = {"b", "a", "c"}
print(fingerprint(compare_methods, generated_split, odd, lambda x: (x in {"u", "v", "w"}, odd)))
"""
    digests = set()
    for seed in ("1", "2"):  # by which Python orders sets of words
        environment = os.environ | {"PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", source]
        digests.add(subprocess.check_output(command, text=True, env=environment))
    assert len(digests) == 1


@pytest.mark.parametrize(
    "thing",
    [threading.Lock(), (i for i in range(3)), defined("def job(s): return G", G=threading.Lock())],
)
def test_what_nobody_can_compare_is_refused(thing):
    with pytest.raises(TypeError, match=r"cannot tell whether this call was made before .*pickle"):
        fingerprint(thing)
