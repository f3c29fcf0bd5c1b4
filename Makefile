# Every verb sets up what it needs first. `make help` explains them.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# Everything stays inside the clone: pip's and uv's packages, and what Tocsin writes.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PATH := $(CURDIR)/$(BIN):$(PATH)
ONCE ?=
# Set on the command line only: others use such names in the environment.
VERSION = 9.4.3
SECURITY = off
STORE = sqlite

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo up elasticsearch env test check format lock schema kibana clean

help:  ## Say what each verb does.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 16

setup: $(VENV)/.runtime  ## Install what runs Tocsin into .venv (about 170 MB to download, no compiler needed).

setup-dev: $(VENV)/.dev  ## Install what tests and checks Tocsin as well.

demo: setup  ## Watch a crisis being caught, on a real Airflow. ONCE=1 stops after the e-mail. STORE=sqlite|elasticsearch.
	tocsin demo --store '$(STORE)' $(if $(ONCE),--once)

up: setup  ## Run Tocsin on this machine with your own include/config and .env, until Ctrl-C.
	tocsin up

elasticsearch: setup  ## Run a real Elasticsearch until Ctrl-C, by Maven and Java. VERSION=9.4.3|8.16.6, SECURITY=on|off.
	tocsin elasticsearch --version '$(VERSION)' --security '$(SECURITY)'

env:  ## Write the secrets that `docker compose up` needs into .env, those that are missing.
	@$(PYTHON) docker/make_env.py .env

test: setup-dev  ## Run the whole test suite.
	pytest $(ARGS)

check: setup-dev  ## Run what CI runs besides the tests: format, lint, types, architecture, lock.
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	python -m compileall -q dags plugins include/tocsin
	tocsin config check --config include/config

format: setup-dev  ## Put the code into shape.
	ruff format .
	ruff check --fix .

lock: setup  ## Resolve requirements*.in anew into the hashed locks.
	for part in boot "" image dev; do \
	  name=requirements$${part:+-$$part}; \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes -o $$name.txt $$name.in || exit 1; \
	done

schema: setup  ## Write the JSON Schemas that editors use for include/config.
	tocsin config schema --out include/config/schema

kibana: setup  ## Compile the dashboards of include/tocsin/kibana into include/kibana/*.ndjson.
	tocsin kibana compile --out include/kibana

clean:  ## Remove the environment and everything that Tocsin wrote in this clone.
	rm -rf $(VENV) .tocsin .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/uv: requirements-boot.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Tocsin runs on Python 3.11; '$(PYTHON)' is another. Say which one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make environments. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-boot.txt
	@touch $@

# --compile-bytecode: without it each Airflow process would compile everything again.
$(VENV)/.runtime: $(VENV)/bin/uv requirements.txt pyproject.toml
	uv pip install --quiet --compile-bytecode --require-hashes -r requirements.txt
	uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	uv pip install --quiet --compile-bytecode --require-hashes -r requirements-dev.txt
	@touch $@
