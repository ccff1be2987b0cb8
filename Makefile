# make lab       open the first lesson in JupyterLab (ARGS="--no-browser --port=9000" for its flags)
# make test      check everything: style, tests, every notebook
# make refresh   run the notebooks and store their outputs (NOTEBOOKS="a.ipynb b.ipynb" for a few)
# make present   open copies of the lessons in JupyterLab, prepared for a projector
# make site      write the lessons as pages that need no kernel: build/site/index.html
# make slides    write a deck a lesson: build/slides/index.html (make slides-pdf: handouts, too)
# make browser   move every slider in a real JupyterLab and on the pages; needs Chromium
# make hub       start a JupyterHub as in class: three run lesson 06, a kernel and a server die
# make lite      write the lessons with a Python that runs in the browser: build/lite
# make engine    install Dask and test lesson 15 on a cluster of processes
# make bench     measure every ratio that is quoted, and the latency of the sliders
# make lock      write requirements.lock and requirements-site.lock anew from pyproject.toml
# make clean     remove what the others made
#
# Each sets up .venv by itself. It takes git, make and Python 3.11 or newer; another Python than the
# first found is asked for by name: make lab PYTHON=python3.13

# locked: the versions in requirements.lock; lowest, newest: the ends of the ranges in pyproject.toml;
# browser: what Pyodide has, for the core alone
VERSIONS ?= locked
VENV ?= .venv$(if $(filter-out locked,$(VERSIONS)),-$(VERSIONS))
NOTEBOOKS ?= $(sort $(wildcard notebooks/*.ipynb notebooks/*/*.ipynb))

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(or $(shell for p in $(CANDIDATES); do \
    $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done),python3)

BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
EXE := $(if $(filter Windows_NT,$(OS)),.exe)
UV := $(BIN)/uv$(EXE)
READY := $(VENV)/.ready
SITE_READY := $(VENV)/.ready-site
CORE := validation data networks decomposition selection correction pruning curves bounds running
LESSONS := $(sort $(wildcard notebooks/*.ipynb))

# one encoding on every system, whatever the locale
export PYTHONUTF8 := 1
# trust what the system trusts: universities have proxies with certificates of their own
export UV_SYSTEM_CERTS := 1
# with more than one index, the best version of any of them, as pip has it
export UV_INDEX_STRATEGY := unsafe-best-match

# A .venv holds the path of its folder: in a copied or moved one it would run the other's package.
ifneq ($(shell cat $(READY) 2>/dev/null),$(shell pwd -P))
.PHONY: $(UV) $(READY)
endif

.PHONY: help lab present test lint units run-notebooks refresh site slides slides-pdf browser engine hub \
    lite bench lock clean
.NOTPARALLEL:

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

# --allow-root is for containers, where one is root; the server refuses otherwise
OPEN = $(BIN)/jupyter lab --ServerApp.root_dir=$(1) --LabApp.default_url=lab/tree/$(2) \
    --allow-root $(ARGS)
lab: $(READY)
	$(call OPEN,.,$(firstword $(LESSONS)))

present: $(READY)
	$(BIN)/python .github/site/present.py
	JUPYTERLAB_SETTINGS_DIR=build/present/.settings \
	    $(call OPEN,build/present,$(notdir $(firstword $(LESSONS))))

# One thread of linear algebra: on cores that are busy two get in each other's way and take ten times
# as long, alone they gain little at this size; and the last digits follow the number of threads.
lab present units run-notebooks refresh engine: export OPENBLAS_NUM_THREADS := 1
lab present units run-notebooks refresh engine: export OMP_NUM_THREADS := 1
lab present units run-notebooks refresh engine: export MKL_NUM_THREADS := 1
lab present units run-notebooks refresh engine: export VECLIB_MAXIMUM_THREADS := 1

# each core takes one file after the other, with one thread of linear algebra; four need 3 GB
SIDE_BY_SIDE := --numprocesses=auto --maxprocesses=4 --dist=loadfile

# another release of ruff has another opinion, so only the locked one is asked
test: $(if $(filter locked,$(VERSIONS)),lint) units $(if $(filter browser,$(VERSIONS)),,run-notebooks)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tests/notebook_tools.py check

# old releases warn of each other's old names; that is no fault of ours
units: $(READY)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) --ignore-glob='tests/test_*_browser.py' \
	    --ignore=tests/test_hub.py --ignore=tests/test_lite.py \
	    $(if $(filter browser,$(VERSIONS)),$(CORE:%=tests/test_%.py)) \
	    $(if $(filter lowest,$(VERSIONS)),-W ignore::DeprecationWarning)

run-notebooks: $(READY)
	$(if $(NOTEBOOKS),$(BIN)/python -m pytest $(SIDE_BY_SIDE) --nbval-lax --nbval-current-env \
	    --nbval-cell-timeout=600 --durations=10 $(NOTEBOOKS),@echo "no notebooks yet")

refresh: $(READY)
	$(BIN)/python tests/notebook_tools.py refresh $(NOTEBOOKS)

# One version of each package for every Python, so that everyone's digits agree.
COMPILE = $(MIRROR) $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 \
    --fork-strategy fewest --no-annotate --no-emit-index-url --custom-compile-command "make lock" \
    pyproject.toml --extra notebooks --extra dev
lock: $(UV)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --extra site --extra browser --constraint requirements.lock \
	    --output-file requirements-site.lock

DECK := $(wildcard .github/site/slides.py .github/site/deck/*)

site: build/site/index.html

build/site/index.html: $(SITE_READY) $(LESSONS) \
    $(wildcard notebooks/solutions/*.ipynb notebooks/optional/*.ipynb notebooks/pictures/*.svg) \
    $(wildcard tutorial_helpers/*.* tutorial_helpers/*/*.*) \
    $(filter-out $(DECK),$(wildcard .github/site/*.* .github/site/*/*.*))
	$(BIN)/python .github/site/build.py

# from the site's runs of the lessons
slides: build/slides/index.html

build/slides/index.html: build/site/index.html $(DECK)
	$(BIN)/python .github/site/slides.py

slides-pdf: build/site/index.html
	$(BIN)/python .github/site/slides.py --pdf

browser: build/site/index.html build/slides/index.html
	TUTORIAL_BROWSER=required $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=2 \
	    --dist=loadfile --durations=10 tests/test_*_browser.py

hub: $(VENV)/.ready-hub
	TUTORIAL_HUB=required $(BIN)/python -m pytest tests/test_hub.py

# a folder with a release of Pyodide, PYODIDE=…, lies beside the lessons; else the browser fetches it
lite: $(VENV)/.ready-lite
	$(BIN)/python .github/lite/build.py
	TUTORIAL_LITE=required $(BIN)/python -m pytest tests/test_lite.py

engine: $(READY)
	@$(INSTALL) --constraint requirements.lock --editable '.[dask]'
	$(BIN)/python -m pytest tests/test_dask.py
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=600 notebooks/15_*.ipynb

clean:
	rm -rf .venv .venv-browser .venv-lowest .venv-newest *.egg-info build .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

bench: build/site/index.html
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.latency

# what only the site and the browser need stays out of the way of a reader's `make lab`
$(SITE_READY): $(READY) requirements-site.lock
	@$(INSTALL) --requirement requirements-site.lock
	@touch $@

# an extra of pyproject.toml: hub, lite
$(VENV)/.ready-%: $(READY)
	@$(INSTALL) --constraint requirements-site.lock --editable '.[$*]'
	@touch $@

$(UV):
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "This needs Python 3.11 or newer, but $(PYTHON) is" \
	    "$$($(PYTHON) --version 2>&1). Name another one: make lab PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version): about a minute"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# uv does not read what pip is told of a mirror, by PIP_INDEX_URL or in a pip.conf
TOLD = $$($(BIN)/python -m pip config list | \
    sed -nE "s/\\\\n/ /g; s/^[^.]*\.$(1)='(.*)'/\1/p" | head -n 1)
MIRROR = UV_INDEX_URL="$(call TOLD,index-url)" UV_EXTRA_INDEX_URL="$(call TOLD,extra-index-url)"
INSTALL = $(MIRROR) $(UV) pip install --quiet --python $(BIN)/python$(EXE) --compile-bytecode

$(READY): pyproject.toml requirements.lock | $(UV)
ifeq ($(VERSIONS),locked)
	@$(INSTALL) --no-deps --requirement requirements.lock --editable .
else ifeq ($(VERSIONS),browser)
	@$(INSTALL) --constraint requirements-browser.txt --editable . pytest pytest-xdist hypothesis nbformat
else
	@$(INSTALL) --upgrade --resolution $(if $(filter lowest,$(VERSIONS)),lowest-direct,highest) \
	    --editable '.[notebooks,dev]'
endif
	@test ! -e .git || git config diff.notebook.textconv "$(PYTHON) tests/notebook_tools.py text" \
	    2>/dev/null || true
	@pwd -P >$@
