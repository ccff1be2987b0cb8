# make lab       open the lessons in JupyterLab
# make test      check everything: style, tests, every notebook
# make refresh   run the notebooks and store their outputs (NOTEBOOKS="a.ipynb b.ipynb" for a few)
# make lock      write requirements.lock anew from pyproject.toml
# make clean     remove what the others made
#
# Each sets up .venv by itself. It takes git, make and Python 3.11 or newer; another Python than the
# first found is asked for by name: make lab PYTHON=python3.13

# locked: the versions in requirements.lock; lowest, newest: the ends of the ranges in pyproject.toml
VERSIONS ?= locked
VENV ?= .venv$(if $(filter-out locked,$(VERSIONS)),-$(VERSIONS))
NOTEBOOKS ?= $(sort $(wildcard notebooks/*.ipynb notebooks/solutions/*.ipynb))

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(or $(shell for p in $(CANDIDATES); do \
    $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done),python3)

BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
EXE := $(if $(filter Windows_NT,$(OS)),.exe)
UV := $(BIN)/uv$(EXE)
READY := $(VENV)/.ready

# one encoding on every system, whatever the locale
export PYTHONUTF8 := 1
# trust what the system trusts: universities have proxies with certificates of their own
export UV_SYSTEM_CERTS := 1

.PHONY: help lab test lint units run-notebooks refresh lock clean
.NOTPARALLEL:

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

lab: $(READY)
	$(BIN)/jupyter lab notebooks/00_start_here.ipynb

# another release of ruff has another opinion, so only the locked one is asked
test: $(if $(filter locked,$(VERSIONS)),lint) units run-notebooks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# old releases warn of each other's old names; that is no fault of ours
units: $(READY)
	$(BIN)/python -m pytest $(if $(filter lowest,$(VERSIONS)),-W ignore::DeprecationWarning)

# One after the other: side by side they were no faster on two cores.
run-notebooks: $(READY)
	$(if $(NOTEBOOKS),$(BIN)/python -m pytest --nbval-lax --nbval-current-env \
	    --nbval-cell-timeout=600 --durations=10 $(NOTEBOOKS),@echo "no notebooks yet")

refresh: $(READY)
	$(BIN)/python tests/notebook_tools.py refresh $(NOTEBOOKS)

# One version of each package for every Python, so that everyone's digits agree.
lock: $(UV)
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest \
	    --extra dev --no-annotate --no-emit-index-url --custom-compile-command "make lock" \
	    pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv .venv-lowest .venv-newest *.egg-info build .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

$(UV):
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "This needs Python 3.11 or newer, but $(PYTHON) is" \
	    "$$($(PYTHON) --version 2>&1). Name another one: make lab PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

INSTALL := $(UV) pip install --quiet --python $(BIN)/python$(EXE) --compile-bytecode
$(READY): pyproject.toml requirements.lock | $(UV)
ifeq ($(VERSIONS),locked)
	$(INSTALL) --requirement requirements.lock
	$(INSTALL) --no-deps --editable .
else
	$(INSTALL) --upgrade --resolution $(if $(filter lowest,$(VERSIONS)),lowest-direct,highest) \
	    --editable '.[dev]'
endif
	touch $@
