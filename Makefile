# Two commands need nothing else on a machine with Python 3.11 or newer: `make demo`, `make test`.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(VENV)/.packages
STAMP := $(VENV)/.ready
PYTEST := $(BIN)/python -m pytest
# Two workers a core: many tests wait for a server, a lock or a process that they started.
WORKERS ?= $(shell $(BIN)/python -c 'import os; print(2 * (os.cpu_count() or 1))')
DEMO := demo-study
REAL := .real-server
PROVIDERS := .providers
MUTANTS := .mutants
AUDIT := .audit

.PHONY: help demo test test-slow test-browser test-real-server test-providers mutants audit check format lint types contracts docs picture bench lock wheel-test clean setup

help:  ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## the local .venv, pinned and hash-checked

# A name on the path can be a dead shim, so every candidate is run before it is believed.
$(PACKAGES): requirements.lock
	@for candidate in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
	  if $$candidate -c 'import sys, venv; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' >/dev/null 2>&1; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo 'cothemes needs Python 3.11, 3.12 or 3.13 with venv; none was found on the path. Name one: make PYTHON=/path/to/python3.12' >&2; exit 3; fi; \
	echo "Setting up $(VENV) with $$found: about 1.5 GB, one to three minutes."; \
	$$found -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements.lock
	@touch $(PACKAGES)

$(STAMP): $(PACKAGES) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: $(STAMP)  ## code the sample study from files to report; no key, no network
	@rm -rf $(DEMO)
	@$(BIN)/cothemes demo $(DEMO)

test: $(STAMP)  ## the fast tests (nine and a half minutes on two cores)
	$(PYTEST) -n $(WORKERS) -m "not slow and not browser and not real_server"

test-slow: $(STAMP)  ## the tests marked slow, and properties on examples not tried before
	$(PYTEST) -n $(WORKERS) -m "slow"
	$(PYTEST) -n $(WORKERS) -m "hypothesis and not slow and not browser and not real_server" --hypothesis-profile=search

test-browser: $(STAMP)  ## the tests in headless Chromium: pages, and a team that codes (Debian: apt install chromium)
	$(PYTEST) -rs -m "browser"

$(REAL)/llama-server: requirements/real-server.txt tests/real_server/build.py
	@$(BIN)/python tests/real_server/build.py

test-real-server: $(STAMP) $(REAL)/llama-server  ## the tests on llama.cpp's server, built from source first (minutes)
	$(PYTEST) -m "real_server" -s tests/real_server

$(PROVIDERS)/.ready: requirements/providers.txt $(PACKAGES)
	@rm -rf $(PROVIDERS)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --target $(PROVIDERS) -r $<
	@touch $@

test-providers: $(STAMP) $(PROVIDERS)/.ready  ## the tests of providers whose packages are not in the lock
	PYTHONPATH=$(PROVIDERS) $(PYTEST) -rs tests/contracts/test_other_providers.py

$(MUTANTS)/.ready: requirements/mutants.txt $(PACKAGES)
	@rm -rf $(MUTANTS)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --target $(MUTANTS) -r $<
	@touch $@

mutants: $(STAMP) $(MUTANTS)/.ready  ## which faults in the statistics their tests would miss (an hour and a half)
	PYTHONPATH=$(CURDIR)/$(MUTANTS) OMP_NUM_THREADS=1 $(BIN)/python eval/mutants.py $(MODULES)

$(AUDIT)/.ready: requirements/audit.txt $(PACKAGES)
	@rm -rf $(AUDIT)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: --target $(AUDIT) -r $<
	@touch $@

audit: $(STAMP) $(AUDIT)/.ready  ## known weaknesses of the packages in the lock; says so where no service can be asked
	PYTHONPATH=$(CURDIR)/$(AUDIT) $(PYTEST) -rs tests/contracts/test_audit.py
	PYTHONPATH=$(CURDIR)/$(AUDIT) $(BIN)/python -m eval.audit

format: $(STAMP)  ## rewrite the code in the house format
	$(BIN)/ruff format src tests eval
	$(BIN)/ruff check --fix src tests eval

lint: $(STAMP)
	$(BIN)/ruff format --check src tests eval
	$(BIN)/ruff check src tests eval

types: $(STAMP)
	$(BIN)/mypy

contracts: $(STAMP)
	$(BIN)/lint-imports

check: lint types contracts test  ## the one gate: format, lint, types, import contracts, tests (the wheel among them)

wheel-test: $(STAMP)  ## build the wheel and run its installed copy outside the source tree
	$(PYTEST) -m wheel tests/wheel

docs: $(STAMP)  ## write the reference of commands and settings from the program itself
	$(BIN)/python -m cothemes.cli.reference

picture: $(STAMP)  ## draw the pictures of the README on the real screen and in Chromium
	$(BIN)/python -m eval.picture
	$(BIN)/python -m eval.browser_picture

bench: $(STAMP)  ## the benchmark table, each figure as a ratio to a yardstick run beside it
	$(BIN)/python -m eval.bench

lock: $(STAMP)  ## resolve requirements.lock anew (needs uv on the path)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --extra dev --extra serve --override requirements/overrides.txt pyproject.toml requirements/tools.in -o requirements.lock
	@! grep -nE '://' requirements.lock || { echo 'the lock names a host' >&2; exit 1; }

clean:  ## remove the local .venv, what tests built beside it, and the demo study
	rm -rf $(VENV) $(REAL) $(PROVIDERS) $(MUTANTS) $(AUDIT) $(DEMO) build dist
