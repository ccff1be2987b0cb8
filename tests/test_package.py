"""The package as a whole: small, one direction of flow, all of it used and documented."""

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
MODULES = sorted(PACKAGE.rglob("*.py"))

# The reading order. A module imports only from those before it; a new one finds its place here.
CORE = [
    "_validation",
    "data",
    "networks",
    "decomposition",
    "selection",
    "correction",
    "pruning",
    "curves",
    "bounds",
]
FLOW = [
    *CORE,
    "timing",
    "streaming",
    "language",
    "convolution",
    "deep",
    "transformer",
    "_fingerprint",
    "rivals",
    "running",
    "studies",
    "comparisons",
    "figures.style",
    "figures.showing",
    "figures.plots",
    "figures.scene",
    "figures.scenes",
    "figures.image_scenes",
    "figures.explorer",
    "figures.drawing",
    "figures",
    "checks.solved",
    "checks.framework",
    *(f"checks.lesson_{number:02}" for number in range(16)),
    "checks.tomorrow",
    "checks",
]
# Arguments and methods that no lesson uses, and who needs them; their docstrings say so as well.
NEEDED_BY = {
    "strong_columns: f": "Gu and Eisenstat",
    "patch_matrix: size": "convolve",
    "agreement_lower_limit: confidence": "readers",
    "paired_differences: confidence": "readers",
    "ConvolutionalNetwork: layers": "network_size",
    "ConvolutionalNetwork: channels": "convolution",
    "compare_methods: neurons": "stored tables",
    "compare_methods: settings": "stored tables",
    "compare_methods: tickets": "stored tables",
    "compare_methods: unit": "stored tables",
    "Comparisons: confidence": "readers",
    "run_study: folder": "interrupted",
    "run_study: n_jobs": "joblib",
}


def name_of(path):
    """Return the name of a module as in FLOW: ``figures.plots``, ``figures`` for the package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def lines_of(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def imported_modules(path):
    """List the modules of the package that a file imports from, relative or by full name."""
    here = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) + 1 - node.level]
            names = [node.module] if node.module else [name.name for name in node.names]
            yield from (".".join([*base, name]) for name in names)
        elif isinstance(node, ast.ImportFrom) and node.module.startswith(PACKAGE.name):
            yield node.module.partition(".")[2] or "__init__"
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.startswith(PACKAGE.name):
                    yield name.name.partition(".")[2] or "__init__"


# --- the house -----------------------------------------------------------------------------------


def test_the_core_is_read_in_one_evening():
    assert sum(lines_of(PACKAGE / f"{name}.py") for name in CORE) <= 1500


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_has_more_than_400_lines(path):
    assert lines_of(path) <= 400, "this is two modules"


def test_the_package_without_its_exercises_has_at_most_6300_lines():
    exercises = set(PACKAGE.glob("checks/lesson_*.py"))
    assert sum(map(lines_of, set(MODULES) - exercises)) <= 6300


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_import_only_from_those_before_them(path):
    name = name_of(path)
    if not name:
        return
    assert name in FLOW, "a new module: give it its place in FLOW"
    assert set(imported_modules(path)) <= set(FLOW[: FLOW.index(name)])


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_first_line_of_a_module_names_its_lesson(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.search(r"\b[Ll]essons?\b", first), first


def test_the_package_tells_the_order_in_which_to_read_it():
    doc = tutorial_helpers.__doc__
    places = [doc.index(f"``{name}``") for name in CORE]
    assert places == sorted(places)


def test_every_module_has_its_tests_where_its_name_says():
    tests = {path.stem for path in (ROOT / "tests").glob("test_*.py")}
    for name in FLOW:
        if name.startswith("checks.lesson"):
            name = "checks.lessons"
        own = "test_" + name.lstrip("_").replace(".", "_")
        assert own in tests or any(test.startswith(own + "_") for test in tests), own


# --- its names -----------------------------------------------------------------------------------


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
    # what many functions share is told once, in the docstring of a module
    shared = inspect.getmodule(thing).__doc__ + tutorial_helpers.networks.__doc__
    for parameter in inspect.signature(thing).parameters:
        assert re.search(rf"\b{parameter}\b", doc + shared), f"{parameter} is not documented"


@pytest.fixture(scope="module")
def used():
    """Collect what the lessons use: names, attributes, and the arguments of each function."""
    names, arguments, places = set(), {}, {}
    for path in LESSONS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type != "code":
                continue
            for node in ast.walk(ast.parse(cell.source)):
                names |= {getattr(node, "id", None), getattr(node, "attr", None)}
                if isinstance(node, ast.Call) and hasattr(node.func, "id"):
                    called = node.func.id
                    several = any(isinstance(each, ast.Starred) for each in node.args)
                    places[called] = max(places.get(called, 0), 99 if several else len(node.args))
                    given = {keyword.arg for keyword in node.keywords}
                    arguments[called] = arguments.get(called, set()) | given
    return names, arguments, places


@pytest.mark.parametrize("name", tutorial_helpers.__all__)
def test_every_public_name_method_and_argument_appears_in_a_lesson(name, used):
    names, arguments, places = used
    assert name in names, "no lesson uses it: delete it"
    thing = getattr(tutorial_helpers, name)
    # an argument of many functions, such as layer, has one meaning: one lesson may teach it; and
    # whoever knows matplotlib expects to hand a plot its axes
    shared = set().union(*arguments.values()) | {"ax", "axes"}
    unused = [
        parameter.name
        for place, parameter in enumerate(inspect.signature(thing).parameters.values())
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        and not (parameter.kind <= parameter.POSITIONAL_OR_KEYWORD and place < places.get(name, 99))
        and parameter.name not in shared
    ]
    if inspect.isclass(thing):
        unused += [
            method for method in vars(thing) if not method.startswith("_") and method not in names
        ]
    for what in unused:
        who = NEEDED_BY.get(f"{name}: {what}")
        assert who, f"no lesson uses {what}: delete it, or say in its docstring who needs it"
        part = getattr(thing, what, thing) if inspect.isclass(thing) else thing
        assert who in " ".join(inspect.getdoc(part).split())
