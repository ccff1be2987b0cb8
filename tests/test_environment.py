"""environment.yml, pyproject.toml, requirements.lock and the workflow name the same versions."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
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
    assert CONDA_NEEDED == NEEDED


def test_conda_installs_the_package_of_this_repository():
    (pip,) = [entry["pip"] for entry in CONDA if isinstance(entry, dict)]
    assert pip == ["-e ."]


def test_every_direct_need_has_a_tested_lower_bound():
    extras = [line for group in PROJECT["optional-dependencies"].values() for line in group]
    for name, specifier in (NEEDED | ranges(extras)).items():
        assert {part.operator for part in specifier} & {">=", "=="}, f"{name} has no lower bound"


def test_the_lock_is_inside_the_ranges():
    lines = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
    locked = ranges(lines)
    for name, specifier in (NEEDED | ranges(PROJECT["optional-dependencies"]["dev"])).items():
        assert name in locked, f"{name} is not in requirements.lock: make lock"
        version = next(iter(locked[name])).version
        assert specifier.contains(version), f"{name} {version} is outside {specifier}: make lock"


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
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    oldest = ", ".join(TESTED["lowest"].split("."))
    assert f"sys.version_info < ({oldest})" in makefile
    assert f"--python-version {TESTED['lowest']} " in makefile
