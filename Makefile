# Everything runs in .venv, which the targets make and keep up to date themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-site
READY_TEST := $(VENV)/.ready-test
READY_BROWSER := $(VENV)/.ready-browser
READY_SERVERS := $(VENV)/.ready-servers

.DEFAULT_GOAL := help
.PHONY: help site test check bench clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

site: $(READY) ## Build the demo site and the examples
	@$(BIN)/kpisite build
	@$(BIN)/kpisite build -q -f examples/credit-trends/site.yaml
	@echo "Open public/index.html (demo bank) or examples/credit-trends/public/index.html (real public data)"

test: $(READY_TEST) $(READY_BROWSER) $(READY_SERVERS) ## Install what the tests need, browser, databases and Java too, and run them all
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.servers
	@$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile $(PYTEST)

check: $(READY_TEST) ## Lint, check types and check the demo site
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/kpisite check
	@$(BIN)/kpisite check -f examples/credit-trends/site.yaml

bench: $(READY) ## Measure time, memory and size of builds of 100 and of 1,000 products
	@$(BIN)/python benchmarks/run.py S100 S1000

clean: ## Remove what was built, but not .venv
	rm -rf public public.new public.old examples/*/public .kpisite examples/*/.kpisite .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(READY): pyproject.toml | $(BIN)/python
	@echo "Installing kpisite into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m kpisite.render.prepare
	@touch $@

$(READY_TEST): pyproject.toml $(READY)
	@echo "Installing the tests' and checks' libraries into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@

$(READY_BROWSER): $(READY_TEST)
	@$(BIN)/python -m tests.browser --install
	@touch $@

$(READY_SERVERS): $(READY_TEST)
	@$(BIN)/python -m tests.servers --install
	@touch $@
