# What a machine with python3 (3.11 or later), python3-venv, make and this checkout can do. `make help` lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test lint format lock bench fuzz clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Stamps: an install is repeated only when its lock (or the package's own description) has changed.
FOR_RUNNING := $(VENV)/.ready-for-running
FOR_DEVELOPING := $(VENV)/.ready-for-developing
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(if $(UPGRADE),--upgrade)
# A lock names everything, so nothing is resolved: older pips look for newer releases of what an extra asks for, and refuse them.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps
JUDGING := src/waypost/journey/*,src/waypost/score/*,src/waypost/learn/*,src/waypost/sense/*

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: $(FOR_RUNNING) ## Start Waypost; the first start makes and loads the sample workspace
	@exec $(BIN)/waypost serve --sample

test: $(FOR_DEVELOPING) lint ## Set up all that the tests need, check the code, run every test
	@scripts/test-needs
	@rm -f .coverage .coverage.*
	$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report= --cov-fail-under=0
	$(BIN)/coverage report
	$(BIN)/coverage report --include='$(JUDGING)' --fail-under=100

lint: $(FOR_DEVELOPING) ## Check style, types, rooms, spelling and dependencies
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/deptry src

format: $(FOR_DEVELOPING) ## Let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: | $(BIN)/uv ## Write both locks anew from pyproject.toml; UPGRADE=1 takes the newest releases
	$(LOCK) -o requirements/run.txt pyproject.toml requirements/install.in
	$(LOCK) -o requirements/dev.txt --group dev -c requirements/run.txt pyproject.toml requirements/install.in

bench: $(FOR_DEVELOPING) ## Measure this machine; the numbers are printed and kept in bench/results
	$(BIN)/python -m bench.all

SECONDS ?= 60
fuzz: $(FOR_DEVELOPING) ## Fuzz whatever takes in events; SECONDS=600 for longer, what breaks it is left in .fuzz
	$(BIN)/python -m tests.collect.fuzz $(SECONDS)

clean: ## Remove the environment and all caches; the data folder stays
	rm -rf $(VENV) .setup .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz .import_linter_cache .coverage .coverage.*

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Waypost needs Python 3.11 or later; name one with: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { rm -rf $(VENV); echo "no environment could be made; install python3-venv and try again" >&2; exit 1; }

$(FOR_RUNNING): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing Waypost into $(VENV) (about a minute, the first time)"
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-index --no-build-isolation -e .
	@touch $@

# A new lock needs only its tool, so a lock that cannot be installed can still be written anew.
$(BIN)/uv:
	@$(MAKE) --no-print-directory $(FOR_DEVELOPING)

$(FOR_DEVELOPING): requirements/dev.txt $(FOR_RUNNING)
	@echo "Installing what the tests need into $(VENV)"
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
