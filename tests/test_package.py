"""The package as a whole: one direction of flow, every name documented and used in a lesson."""

import ast
import inspect
import re
from pathlib import Path

import nbformat
import pytest

import tutorial_helpers

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tutorial_helpers"
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))

# A module imports only from those before it. A new module finds its place here.
FLOW = [
    "_validation",
    "data",
    "networks",
    "decomposition",
    "selection",
    "correction",
    "pruning",
    "convolution",
    "deep",
    "curves",
    "studies",
    "make_studies",
    "train_convolutional",
    "bounds",
    "timing",
    "plotting",
    "widgets",
    "checks",
]


def imported_modules(path):
    """List the modules of the package that a file imports from, relative or by full name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            yield from [node.module] if node.module else [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE.name):
            yield node.module.partition(".")[2] or "__init__"
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.startswith(PACKAGE.name):
                    yield name.name.partition(".")[2] or "__init__"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_modules_import_only_from_those_before_them(path):
    if path.stem == "__init__":
        return
    assert path.stem in FLOW, "a new module: give it its place in FLOW"
    before = FLOW[: FLOW.index(path.stem)]
    assert set(imported_modules(path)) <= set(before)


def test_public_names_are_listed_once_and_exist():
    names = tutorial_helpers.__all__
    assert len(set(names)) == len(names)
    assert all(hasattr(tutorial_helpers, name) for name in names)
    imported = {
        name.asname or name.name
        for node in ast.walk(ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    assert imported == set(names)


@pytest.mark.parametrize("name", tutorial_helpers.__all__)
def test_every_public_name_is_documented_with_an_example_that_runs(name):
    thing = getattr(tutorial_helpers, name)
    doc = inspect.getdoc(thing)
    assert "Examples\n--------\n" in doc
    assert ">>> " in doc
    for parameter in inspect.signature(thing).parameters:
        assert re.search(rf"\b{parameter}\b", doc), f"{parameter} is not documented"


def used_names():
    """Collect all names in the code cells of the lessons."""
    names = set()
    for path in LESSONS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                names |= set(re.findall(r"\w+", cell.source))
    return names


@pytest.mark.skipif(len(LESSONS) < 11, reason="not all lessons are written yet")
@pytest.mark.parametrize("name", tutorial_helpers.__all__)
def test_every_public_name_appears_in_a_lesson(name):
    assert name in used_names(), "no lesson uses it: delete it"
