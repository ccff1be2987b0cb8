"""Every way of setting up names the same versions, opens the same lesson, and notices a move."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
import yaml
from notebook_tools import MARKDOWN_LINK, as_text
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CONDA = ENVIRONMENT["dependencies"]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))


def ranges(lines):
    """Return {name: range} of requirement lines."""
    requirements = map(Requirement, lines)
    return {canonicalize_name(need.name): need.specifier for need in requirements}


NEEDED = ranges(PROJECT["dependencies"])
CONDA_NEEDED = ranges(
    re.sub(r"(?<![=<>!~])=(?!=)", "==", line) for line in CONDA if isinstance(line, str)
)
PYTHON = next(iter(CONDA_NEEDED.pop("python"))).version
TESTED = {
    job["versions"]: job["python"]
    for job in WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["include"]
}


def test_conda_and_pip_ask_for_the_same():
    assert CONDA_NEEDED.pop("pip") == SpecifierSet()
    assert CONDA_NEEDED == NEEDED | ranges(EXTRAS["notebooks"])


def test_conda_installs_the_package_of_this_repository():
    (pip,) = [entry["pip"] for entry in CONDA if isinstance(entry, dict)]
    assert pip == ["-e ."]


def test_conda_sets_the_threads_that_make_sets():
    threads = re.findall(r"export (\w+_THREADS) := 1", MAKEFILE)
    assert ENVIRONMENT["variables"] == dict.fromkeys(threads, "1")


def test_what_the_package_imports_comes_with_what_it_needs():
    needs = [Requirement(line) for name in NEEDED for line in requires(name) or []]
    needs = [need.name for need in needs if not need.marker or need.marker.evaluate({"extra": ""})]
    come = {*NEEDED, *map(canonicalize_name, needs), *ranges(EXTRAS["torch"] + EXTRAS["language"])}
    sources = (ROOT / "tutorial_helpers").rglob("*.py")
    nodes = [node for path in sources for node in ast.walk(ast.parse(path.read_bytes()))]
    imported = {
        alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    imported |= {n.module for n in nodes if isinstance(n, ast.ImportFrom) and not n.level}
    roots = {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names)
    installed = packages_distributions()
    for root in roots - {"tutorial_helpers"}:
        names = map(canonicalize_name, installed.get(root, [root]))
        assert come.intersection(names), f"{root} is imported, but nothing brings it along"


def test_every_direct_need_has_a_tested_lower_bound():
    extras = [line for group in EXTRAS.values() for line in group]
    for name, specifier in (NEEDED | ranges(extras)).items():
        assert {part.operator for part in specifier} & {">=", "=="}, f"{name} has no lower bound"


def test_the_lock_is_inside_the_ranges():
    lines = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
    locked = ranges(lines)
    for name, specifier in (NEEDED | ranges(EXTRAS["notebooks"] + EXTRAS["dev"])).items():
        assert name in locked, f"{name} is not in requirements.lock: make lock"
        version = next(iter(locked[name])).version
        assert specifier.contains(version), f"{name} {version} is outside {specifier}: make lock"


def test_what_a_browser_has_is_inside_the_ranges():
    pins = (ROOT / "requirements-browser.txt").read_text(encoding="utf-8").splitlines()
    browser = ranges(pin for pin in pins if not pin.startswith("#"))
    assert set(NEEDED) - set(browser) == {"ipywidgets"}
    for name in set(NEEDED) & set(browser):
        assert NEEDED[name].contains(next(iter(browser[name])).version)


def test_the_lock_pins_one_version_of_each_and_names_no_place():
    lines = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
    assert all(re.match(r"[a-z0-9-]+==[\w.!+]+( ; .+)?$", line) for line in lines)
    names = [line.partition("==")[0] for line in lines]
    assert sorted(set(names)) == sorted(names)
    assert not re.search(r"://|--|@", LOCK)


def test_the_workflow_tests_the_oldest_python_and_the_one_of_conda():
    oldest = SpecifierSet(PROJECT["requires-python"])
    assert set(TESTED) == set(WORKFLOW["jobs"]["test"]["strategy"]["matrix"]["versions"])
    assert oldest == SpecifierSet(f">={TESTED['lowest']}")
    assert TESTED["locked"] == PYTHON
    assert Version(TESTED["newest"]) > Version(PYTHON) > Version(TESTED["lowest"])


def test_the_makefile_refuses_the_pythons_that_the_package_refuses():
    oldest = ", ".join(TESTED["lowest"].split("."))
    assert f"sys.version_info < ({oldest})" in MAKEFILE
    assert f"--python-version {TESTED['lowest']} " in MAKEFILE


# --- the ways in ---------------------------------------------------------------------------------


def test_every_way_in_opens_the_first_lesson():
    first = min(ROOT.glob("notebooks/*.ipynb")).relative_to(ROOT).as_posix()
    lines = re.findall(r"^jupyter lab.*|^.*[\\/]jupyter lab.*", README, re.MULTILINE)
    assert len(lines) == 2  # without make, with conda
    assert all(line.endswith(f" --LabApp.default_url=lab/tree/{first}") for line in lines)
    assert set(re.findall(r"notebooks/00\w*\.ipynb", README)) == {first}


def lines_that_name(address):
    """Return {file: lines} that follow from the address of the repository."""
    binder = address.replace("https://github.com", "https://mybinder.org/v2/gh")
    binder += "/main?urlpath=lab/tree/notebooks/00_start_here.ipynb"
    badge = f"[![Binder](https://mybinder.org/badge_logo.svg)]({binder})"
    return {
        "README.md": (badge, f"git clone {address} pruning"),
        "CITATION.cff": (f"repository-code: {address}",),
    }


def test_the_address_of_the_repository_comes_from_pyproject():
    address = PROJECT.get("urls", {}).get("Repository")
    hosts = r"https://(?:github\.com|mybinder\.org/v2/gh)/[\w.-]+/[\w.-]+"
    named = {link.split("/", 3)[3].removeprefix("v2/gh/") for link in re.findall(hosts, README)}
    assert named <= ({address.split("/", 3)[3]} if address else set()), "a link that may be dead"
    for file, lines in lines_that_name(address).items() if address else []:
        text = (ROOT / file).read_text(encoding="utf-8").splitlines()
        for line in lines:
            assert line in text, f"{file} should have the line {line}"
    if not address:
        assert "repository-code" not in CITATION


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page):
    for target in MARKDOWN_LINK.findall(page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_citation_names_the_version_of_the_package():
    assert yaml.safe_load(CITATION)["version"] == PROJECT["version"]


# --- make, with tools that only tell how they were called ----------------------------------------

TOOL = """#!/bin/sh
case "$*" in
    "-m venv --clear "*)
        mkdir -p "$4/bin"
        for tool in python uv jupyter; do cp "$0" "$4/bin/$tool"; done ;;
    *"pip config list") cat pip-told 2>/dev/null ;;
    "-c "* | --version) exec "{python}" "$@" ;;
esac
echo "${{0##*/}} $* [$UV_INDEX_URL] [$UV_EXTRA_INDEX_URL]" >>calls
"""
SETTINGS = r"(PIP|UV)_\w*|MAKE\w*|MFLAGS|VERSIONS|VENV|PYTHON|ARGS"
needs_make = pytest.mark.skipif(
    os.name == "nt" or not (shutil.which("make") and shutil.which("git")),
    reason="needs make, git, and scripts that run by their first line",
)


@pytest.fixture
def clone(tmp_path):
    """Make a folder with what set-up reads, and a Python whose tools write to the file `calls`."""
    folder = tmp_path / "with späce"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "00_first.ipynb").touch()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    tool = tmp_path / "python-that-tells"
    tool.write_text(TOOL.format(python=sys.executable), encoding="utf-8")
    tool.chmod(0o755)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def make(folder, *arguments):
    """Run make there; return the lines that its tools wrote."""
    (folder / "calls").unlink(missing_ok=True)
    environment = {k: v for k, v in os.environ.items() if not re.fullmatch(SETTINGS, k)}
    python = folder.parent / "python-that-tells"
    command = ["make", f"PYTHON={python}", *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return (folder / "calls").read_text(encoding="utf-8").splitlines()


def sets_up(calls):
    return any("-m venv --clear" in call for call in calls)


@needs_make
def test_a_second_make_does_not_set_up_again(clone):
    assert sets_up(make(clone, "lab"))
    (call,) = make(clone, "lab")
    assert call.startswith("jupyter lab ")


@needs_make
@pytest.mark.parametrize("how", [shutil.copytree, shutil.move])
def test_a_copied_or_moved_folder_sets_up_anew(how, clone):
    make(clone, "lab")
    other = Path(how(clone, clone.parent / "other"))
    assert sets_up(make(other, "lab"))
    assert not sets_up(make(other, "lab"))


@needs_make
def test_a_folder_reached_by_another_name_does_not_set_up_again(clone):
    make(clone, "lab")
    (clone.parent / "link").symlink_to(clone)
    assert not sets_up(make(clone.parent / "link", "lab"))


@needs_make
def test_lab_opens_the_first_lesson_as_root_too_and_hands_flags_on(clone):
    call = make(clone, "lab", "ARGS=--no-browser --port=9000")[-1]
    assert "--ServerApp.root_dir=. --LabApp.default_url=lab/tree/notebooks/00_first.ipynb " in call
    assert "--allow-root --no-browser --port=9000 [" in call


@needs_make
def test_uv_hears_of_the_mirror_that_pip_is_told_of(clone):
    (install,) = [call for call in make(clone, "lab") if call.startswith("uv ")]
    assert install.endswith(" [] []")
    conf = clone / "pip.conf"
    conf.write_text(
        "[global]\nindex-url = https://a.example/s\nextra-index-url =\n"
        "    https://b.example\n    https://c.example\n"
    )
    told = {"PIP_CONFIG_FILE": str(conf), "PIP_INDEX_URL": "https://mine.example/s"}
    pip = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        env={k: v for k, v in os.environ.items() if not re.fullmatch(SETTINGS, k)} | told,
        check=True,
        capture_output=True,
    )
    (clone / "pip-told").write_bytes(pip.stdout)
    shutil.rmtree(clone / ".venv")
    calls = [call for call in make(clone, "lab", "lock") if call.startswith("uv ")]
    assert [call.split()[1:3] for call in calls] == [["pip", "install"], *[["pip", "compile"]] * 2]
    for call in calls:  # the environment goes before the file
        assert call.endswith(" [https://mine.example/s] [ https://b.example https://c.example]")


# --- notebooks in git ----------------------------------------------------------------------------


@needs_make
def test_set_up_makes_git_show_notebooks_as_text(clone):
    make(clone, "lab")
    git = ["git", "-C", clone]
    config = [*git, "config", "diff.notebook.textconv"]
    command = subprocess.run(config, check=True, capture_output=True, text=True).stdout.strip()
    assert command == f"{clone.parent / 'python-that-tells'} tests/notebook_tools.py text"
    subprocess.run(
        [*config, command.replace(command.split()[0], f"'{sys.executable}'")], check=True
    )
    (clone / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "notebook_tools.py", clone / "tests")
    shutil.copy(ROOT / ".gitattributes", clone)
    notebook = clone / "notebooks" / "00_first.ipynb"
    shutil.copy(min(ROOT.glob("notebooks/*.ipynb")), notebook)
    subprocess.run([*git, "add", "notebooks"], check=True)
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace('\n    "# 00 ·', '\n    "# 00 → ·', 1), encoding="utf-8")
    diff = subprocess.run([*git, "diff", "--unified=0"], check=True, capture_output=True).stdout
    changes = [line for line in diff.decode().splitlines() if re.match(r"[+-](?![+-])", line)]
    assert [change[:6] for change in changes] == ["-# 00 ", "+# 00 "]
    assert "→" in changes[1]


def test_a_picture_is_shown_as_its_checksum_and_a_broken_notebook_as_it_is(tmp_path):
    lesson = next(
        path
        for path in sorted(ROOT.glob("notebooks/*.ipynb"))
        if "image/png" in path.read_text("utf-8")
    )
    text = as_text(lesson)
    assert re.search(r"^\(image/png [0-9a-f]{8}: .+\)$", text, re.MULTILINE)
    assert not re.search(r"[\w+/]{200}", text)
    broken = tmp_path / "broken.ipynb"
    broken.write_text("<<<<<<< ours\n{}\n", encoding="utf-8")
    assert as_text(broken) == "<<<<<<< ours\n{}\n"
