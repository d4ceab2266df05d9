# Everything runs in a virtual environment of the project's own. What is never imported need not be
# compiled, which is most of what is installed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CHECKOV := .venv-checkov
# More than there are cores: an apply mostly waits.
PYTEST_WORKERS ?= 4

.DEFAULT_GOAL := help
.PHONY: help demo test check lint unit e2e browser golden docs bench clean

help: ## Show what there is to make
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.demo ## Bring up the example in a simulated AWS: no account, nothing to clean up
	@$(BIN)/python examples/demo.py

# What takes one processor goes beside what takes another; each says which of them has failed.
test: $(BIN)/python ## Everything that CI checks
	@$(MAKE) --no-print-directory -j 2 $(VENV)/.dev $(CHECKOV)/.done
	@$(MAKE) --no-print-directory -j 2 -k lint check

check: $(VENV)/.dev $(CHECKOV)/.done
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev ## Formatting, lint, types and the layers of the package
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev $(CHECKOV)/.done ## The tests that take seconds
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder -m "not e2e"

e2e: $(VENV)/.dev ## The tests that apply whole apps in the sandbox
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder -m e2e

browser: $(VENV)/.dev ## Let a page in a real Chromium attack a sandbox: needs Chromium
	$(BIN)/pytest tests/hostile/browser.py

golden: $(VENV)/.dev ## Render the golden trees and the examples again
	$(BIN)/python -m tests.golden.update

docs: $(VENV)/.dev ## Write the generated reference pages again
	$(BIN)/python -m docs.generate

bench: $(VENV)/.dev ## Measure, and print the tables
	$(BIN)/python -m benchmarks.render
	$(BIN)/python -m benchmarks.plan
	$(BIN)/python -m benchmarks.providers
	$(BIN)/python -m benchmarks.requests
	$(BIN)/python -m benchmarks.start

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) $(CHECKOV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "tfgen needs Python 3.11 or newer: make PYTHON=python3.13 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --no-compile -c constraints.txt -e '.[sandbox,embedded]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --no-compile -c constraints.txt -e '.[sandbox,embedded,dev]'
	@touch $@ $(VENV)/.demo

# Checkov pins libraries that tfgen has newer releases of.
$(CHECKOV)/.done: tests/checkov/constraints.txt
	$(PYTHON) -m venv $(CHECKOV)
	$(CHECKOV)/bin/python -m pip install --quiet --no-compile -c tests/checkov/constraints.txt checkov
	@touch $@
